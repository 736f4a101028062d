//! The sections: for each, what the file may say of it, the checked result, and what an adapter is told of it.

use std::{net::SocketAddr, path::Path, time::Duration};

use serde::Deserialize;
use streamcore::{
    StreamId,
    queue::{Duplicates, Rules},
};
use streamcore_audio::AudioConfig;
use streamcore_http::{ServeOptions, ServiceToken, Settings};

use super::{ConfigError, Origin, Setting};

/// `[queue]`
#[derive(Debug, Clone)]
pub(crate) struct Queue {
    pub(crate) max_items: Setting<usize>,
    /// 0: no quota.
    pub(crate) max_items_per_requester: Setting<usize>,
    pub(crate) allow_duplicates: Setting<bool>,
    /// 0: none.
    pub(crate) cooldown_seconds: Setting<u64>,
    pub(crate) default_stream: Setting<i64>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct QueueLayer {
    max_items: Option<usize>,
    max_items_per_requester: Option<usize>,
    allow_duplicates: Option<bool>,
    cooldown_seconds: Option<u64>,
    default_stream: Option<i64>,
}

impl Queue {
    pub(super) fn resolve(file: QueueLayer, origin: Origin) -> Result<Self, ConfigError> {
        let max_items = Setting::default(streamcore::queue::DEFAULT_MAX_ITEMS).or_from(file.max_items, origin);
        Ok(Self {
            max_items: max_items.named("queue.max_items").within(1..=100_000)?,
            max_items_per_requester: Setting::default(0)
                .or_from(file.max_items_per_requester, origin)
                .named("queue.max_items_per_requester")
                .within(0..=100_000)?,
            allow_duplicates: Setting::default(true).or_from(file.allow_duplicates, origin),
            cooldown_seconds: Setting::default(0)
                .or_from(file.cooldown_seconds, origin)
                .named("queue.cooldown_seconds")
                .within(0..=MOST_COOLDOWN)?,
            default_stream: Setting::default(1)
                .or_from(file.default_stream, origin)
                .named("queue.default_stream")
                .within(-MOST_ID..=MOST_ID)?,
        })
    }

    /// What an added item must keep to.
    pub(crate) fn rules(&self) -> Rules {
        let mut rules = Rules::at_most(self.max_items.value);
        rules.max_per_requester = Some(self.max_items_per_requester.value).filter(|limit| *limit > 0);
        rules.duplicates = if self.allow_duplicates.value { Duplicates::Allow } else { Duplicates::Refuse };
        rules.cooldown = Some(Duration::from_secs(self.cooldown_seconds.value)).filter(|cooldown| !cooldown.is_zero());
        rules
    }
}

/// A week.
const MOST_COOLDOWN: u64 = 7 * 24 * 3_600;
/// As far as every reader of JSON can count.
const MOST_ID: i64 = (1 << 53) - 1;

/// 100 GiB.
const MOST_UPLOAD: u64 = 100 << 30;

/// `[library]`
#[derive(Debug, Clone)]
pub(crate) struct Library {
    pub(crate) max_tracks: Setting<usize>,
    pub(crate) max_upload_bytes: Setting<u64>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct LibraryLayer {
    max_tracks: Option<usize>,
    max_upload_bytes: Option<u64>,
}

impl Library {
    pub(super) fn resolve(file: LibraryLayer, origin: Origin) -> Result<Self, ConfigError> {
        let max_tracks = Setting::default(streamcore::library::DEFAULT_MAX_TRACKS).or_from(file.max_tracks, origin);
        Ok(Self {
            max_tracks: max_tracks.named("library.max_tracks").within(1..=10_000_000)?,
            max_upload_bytes: Setting::default(200 * 1024 * 1024)
                .or_from(file.max_upload_bytes, origin)
                .named("library.max_upload_bytes")
                .within(1..=MOST_UPLOAD)?,
        })
    }
}

/// `[audio]`
#[derive(Debug, Clone)]
pub(crate) struct Audio {
    pub(crate) bitrate_kbps: Setting<u32>,
    pub(crate) sample_rate: Setting<u32>,
    pub(crate) quality: Setting<u8>,
    pub(crate) placeholder: Setting<Option<String>>,
    pub(crate) max_listeners: Setting<usize>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct AudioLayer {
    bitrate_kbps: Option<u32>,
    sample_rate: Option<u32>,
    quality: Option<u8>,
    placeholder: Option<String>,
    max_listeners: Option<usize>,
}

impl Audio {
    pub(super) fn resolve(file: AudioLayer, origin: Origin) -> Result<Self, ConfigError> {
        let usual = AudioConfig::new("");
        Ok(Self {
            bitrate_kbps: Setting::default(usual.bitrate_kbps)
                .or_from(file.bitrate_kbps, origin)
                .named("audio.bitrate_kbps")
                .one_of(&[32, 40, 48, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320])?,
            sample_rate: Setting::default(usual.sample_rate)
                .or_from(file.sample_rate, origin)
                .named("audio.sample_rate")
                .one_of(&[32_000, 44_100, 48_000])?,
            quality: Setting::default(usual.quality)
                .or_from(file.quality, origin)
                .named("audio.quality")
                .within(0..=7)?,
            // Whether it can be played is looked at by the player, which has another one if not.
            placeholder: Setting::default(usual.placeholder).or_from(file.placeholder.map(Some), origin),
            max_listeners: Setting::default(usual.max_listeners)
                .or_from(file.max_listeners, origin)
                .named("audio.max_listeners")
                .within(1..=1_000_000)?,
        })
    }

    /// What the player is told.
    pub(crate) fn config(&self, media_dir: &Path) -> AudioConfig {
        AudioConfig {
            bitrate_kbps: self.bitrate_kbps.value,
            sample_rate: self.sample_rate.value,
            quality: self.quality.value,
            placeholder: self.placeholder.value.clone(),
            max_listeners: self.max_listeners.value,
            ..AudioConfig::new(media_dir)
        }
    }
}

/// `[http]`
#[derive(Debug, Clone)]
pub(crate) struct Http {
    pub(crate) public_url: Setting<Option<String>>,
    pub(crate) header_timeout_seconds: Setting<u64>,
    pub(crate) body_timeout_seconds: Setting<u64>,
    pub(crate) answer_timeout_seconds: Setting<u64>,
    pub(crate) write_timeout_seconds: Setting<u64>,
    pub(crate) max_connections: Setting<usize>,
    pub(crate) max_idempotency_keys: Setting<usize>,
    pub(crate) max_listeners: Setting<usize>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct HttpLayer {
    public_url: Option<String>,
    header_timeout_seconds: Option<u64>,
    body_timeout_seconds: Option<u64>,
    answer_timeout_seconds: Option<u64>,
    write_timeout_seconds: Option<u64>,
    max_connections: Option<usize>,
    max_idempotency_keys: Option<usize>,
    max_listeners: Option<usize>,
}

impl Http {
    pub(super) fn resolve(file: HttpLayer, origin: Origin) -> Result<Self, ConfigError> {
        let usual = ServeOptions::default();
        let seconds = |usual: u64, value: Option<u64>, key| {
            Setting::default(usual).or_from(value, origin).named(key).within(1..=600)
        };
        Ok(Self {
            public_url: check_url(Setting::default(None).or_from(file.public_url.map(Some), origin))?,
            header_timeout_seconds: seconds(
                usual.header_timeout.as_secs(),
                file.header_timeout_seconds,
                "http.header_timeout_seconds",
            )?,
            body_timeout_seconds: seconds(10, file.body_timeout_seconds, "http.body_timeout_seconds")?,
            answer_timeout_seconds: seconds(15, file.answer_timeout_seconds, "http.answer_timeout_seconds")?,
            write_timeout_seconds: seconds(
                usual.write_timeout.as_secs(),
                file.write_timeout_seconds,
                "http.write_timeout_seconds",
            )?,
            max_connections: Setting::default(usual.max_connections)
                .or_from(file.max_connections, origin)
                .named("http.max_connections")
                .within(1..=1_000_000)?,
            max_idempotency_keys: Setting::default(10_000)
                .or_from(file.max_idempotency_keys, origin)
                .named("http.max_idempotency_keys")
                .within(1..=1_000_000)?,
            max_listeners: Setting::default(9_000)
                .or_from(file.max_listeners, origin)
                .named("http.max_listeners")
                .within(1..=1_000_000)?,
        })
    }

    /// What the accept loop is told.
    pub(crate) fn options(&self, grace: Duration) -> ServeOptions {
        let mut options = ServeOptions::default();
        options.max_connections = self.max_connections.value;
        options.header_timeout = Duration::from_secs(self.header_timeout_seconds.value);
        options.write_timeout = Duration::from_secs(self.write_timeout_seconds.value);
        options.grace = grace;
        options
    }

    /// What the routes are told.
    pub(crate) fn settings(
        &self,
        token: ServiceToken,
        queue: &Queue,
        library: &Library,
        max_listeners: usize,
    ) -> Settings {
        let mut settings = Settings::new(token);
        settings.max_listeners = max_listeners;
        settings.rules = queue.rules();
        settings.default_stream = StreamId::new(queue.default_stream.value);
        settings.max_tracks = library.max_tracks.value;
        settings.max_upload_bytes = library.max_upload_bytes.value;
        settings.max_idempotency_keys = self.max_idempotency_keys.value;
        settings.version = env!("CARGO_PKG_VERSION");
        settings.public_url.clone_from(&self.public_url.value);
        settings.body_timeout = Duration::from_secs(self.body_timeout_seconds.value);
        settings.answer_timeout = Duration::from_secs(self.answer_timeout_seconds.value);
        settings
    }
}

/// A URL that others can open, perhaps with the path that a proxy gives us, without a slash at its end.
fn check_url(setting: Setting<Option<String>>) -> Result<Setting<Option<String>>, ConfigError> {
    let Some(url) = &setting.value else { return Ok(setting) };
    let Some(reason) = unusable(url) else { return Ok(setting) };
    Err(ConfigError::Value {
        key: "http.public_url",
        value: format!("{url:?}"),
        origin: setting.origin,
        reason: format!("{reason}; it must be a URL such as https://radio.example"),
    })
}

fn unusable(url: &str) -> Option<&'static str> {
    let Some(rest) = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://")) else {
        return Some("it must begin with https:// or http://");
    };
    if rest.is_empty() || rest.starts_with(['/', '?', '#', ':']) {
        Some("it names no host")
    } else if !rest.bytes().all(|b| b.is_ascii_graphic()) {
        Some("it holds a space or another character that no URL has")
    } else if rest.contains(['?', '#']) {
        Some("leave out the query and the fragment")
    } else if rest.ends_with('/') {
        Some("leave out the slash at its end: addresses such as /listen/1 are put behind it")
    } else {
        None
    }
}

/// An address with a port.
pub(super) fn parse_address(key: &'static str, setting: Setting<String>) -> Result<Setting<SocketAddr>, ConfigError> {
    match setting.value.parse() {
        Ok(value) => Ok(Setting { value, origin: setting.origin }),
        Err(_) => {
            Err(setting.named(key).refuse("it must be an IP address and a port, such as 127.0.0.1:8000 or [::]:8000"))
        }
    }
}
