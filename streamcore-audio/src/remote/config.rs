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
    /// How long a server may take to begin its answer (6 s): 100 ms to 60 s.
    pub header_timeout: Duration,
    /// How long a server may send nothing (5 s): 100 ms to 60 s.
    pub read_timeout: Duration,
    /// The least that a server has to deliver, in bytes per second (500), averaged over [`rate_window`](Self::rate_window). Time in which we do not
    /// read, because our buffer is full, does not count.
    pub min_bytes_per_second: u64,
    /// See [`min_bytes_per_second`](Self::min_bytes_per_second) (10 s): 100 ms to 60 s.
    pub rate_window: Duration,
    /// How long a lost connection is tried again, since it last brought something (10 s): at most 10 minutes. A player gives a source that gives
    /// nothing up after 12 s, whatever stands here; it cannot tell why then.
    pub retry_for: Duration,
    /// The command that turns a page into the URL of its audio (none): a program and its arguments, of which `{url}` is replaced by the page. It is
    /// run without a shell; the first line that it prints is used, and checked like any other URL.
    pub resolver: Option<Vec<String>>,
    /// How long the resolver may take (10 s): 1 to 120 s.
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
            header_timeout: Duration::from_secs(6),
            read_timeout: Duration::from_secs(5),
            min_bytes_per_second: 500,
            rate_window: Duration::from_secs(10),
            retry_for: Duration::from_secs(10),
            resolver: None,
            resolver_timeout: Duration::from_secs(10),
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::MAX_STALL;

    /// Whoever knows why a source gives nothing speaks first: the source, then the player, and after 15 s the stream itself.
    #[test]
    fn a_source_is_given_up_by_who_knows_the_reason_best() {
        let config = RemoteConfig::default();
        assert!(config.retry_for > config.read_timeout, "a silent connection is tried again");
        for known in [config.retry_for, config.connect_timeout + config.header_timeout, config.resolver_timeout] {
            assert!(known < MAX_STALL, "{known:?}");
        }
        assert!(MAX_STALL < Duration::from_secs(15));
    }
}
