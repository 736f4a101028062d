//! What an operator may choose about http(s) URLs, and which choices make no sense.

use std::time::Duration;

use super::Network;

/// Settings for media behind http(s) URLs. The defaults reach public addresses only.
///
/// ```
/// use streamcore_audio::RemoteConfig;
/// let mut remote = RemoteConfig::default();
/// remote.allow.push("10.20.0.0/16".parse()?); // a media server in the house
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RemoteConfig {
    /// Whether URLs are played at all (yes).
    pub enabled: bool,
    /// Networks that may be reached although their addresses are not public (none).
    pub allow: Vec<Network>,
    /// The largest finite file that is played, in bytes (2 GiB); a live stream has no size.
    pub max_bytes: u64,
    /// How much of a source is read ahead of its decoder, in bytes (1 MiB): 64 KiB to 64 MiB.
    pub buffer_bytes: usize,
    /// How long looking a name up, connecting and TLS may take together (5 s): 100 ms to 60 s.
    pub connect_timeout: Duration,
    /// How long a server may take to begin its answer (10 s): 100 ms to 60 s.
    pub header_timeout: Duration,
    /// How long a server may send nothing (10 s): 100 ms to 60 s.
    pub read_timeout: Duration,
    /// The least that a server has to deliver, in bytes per second (500), averaged over [`rate_window`](Self::rate_window). Time in which we do not
    /// read, because our buffer is full, does not count.
    pub min_bytes_per_second: u64,
    /// See [`min_bytes_per_second`](Self::min_bytes_per_second) (10 s): 100 ms to 60 s.
    pub rate_window: Duration,
    /// How long a lost connection is tried again (15 s): at most 10 minutes. A player gives a silent source up after 20 s, whatever stands here.
    pub retry_for: Duration,
    /// The command that turns a page into the URL of its audio (none): a program and its arguments, of which `{url}` is replaced by the page. It is
    /// run without a shell; the first line that it prints is used, and checked like any other URL.
    pub resolver: Option<Vec<String>>,
    /// How long the resolver may take (20 s): 1 to 120 s.
    pub resolver_timeout: Duration,
}

impl Default for RemoteConfig {
    fn default() -> Self {
        Self {
            enabled: true,
            allow: Vec::new(),
            max_bytes: 2 << 30,
            buffer_bytes: 1 << 20,
            connect_timeout: Duration::from_secs(5),
            header_timeout: Duration::from_secs(10),
            read_timeout: Duration::from_secs(10),
            min_bytes_per_second: 500,
            rate_window: Duration::from_secs(10),
            retry_for: Duration::from_secs(15),
            resolver: None,
            resolver_timeout: Duration::from_secs(20),
        }
    }
}

impl RemoteConfig {
    /// What cannot work, as `(setting, value, least, most)`; none if all is well.
    pub(crate) fn out_of_range(&self) -> Option<(&'static str, Duration, Duration, Duration)> {
        let (short, minute) = (Duration::from_millis(100), Duration::from_secs(60));
        [
            ("remote.connect_timeout", self.connect_timeout, short, minute),
            ("remote.header_timeout", self.header_timeout, short, minute),
            ("remote.read_timeout", self.read_timeout, short, minute),
            ("remote.rate_window", self.rate_window, short, minute),
            ("remote.retry_for", self.retry_for, Duration::ZERO, Duration::from_secs(600)),
            ("remote.resolver_timeout", self.resolver_timeout, Duration::from_secs(1), Duration::from_secs(120)),
        ]
        .into_iter()
        .find(|(_, value, least, most)| value < least || value > most)
    }

    /// The read-ahead, within its bounds.
    pub(super) fn buffer(&self) -> usize {
        self.buffer_bytes.clamp(64 << 10, 64 << 20)
    }
}
