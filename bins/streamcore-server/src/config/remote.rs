//! `[remote]` and `[resolver]`: media behind http(s) URLs.

use std::time::Duration;

use serde::Deserialize;
use streamcore_audio::{Network, RemoteConfig};

use super::{ConfigError, Origin, Setting};

/// `[remote]`
#[derive(Debug, Clone)]
pub(crate) struct Remote {
    pub(crate) enabled: Setting<bool>,
    pub(crate) allow: Setting<Vec<Network>>,
    pub(crate) max_megabytes: Setting<u64>,
    pub(crate) min_bytes_per_second: Setting<u64>,
    pub(crate) connect_timeout_seconds: Setting<u64>,
    pub(crate) answer_timeout_seconds: Setting<u64>,
    pub(crate) read_timeout_seconds: Setting<u64>,
    pub(crate) retry_seconds: Setting<u64>,
}

/// `[resolver]`
#[derive(Debug, Clone)]
pub(crate) struct Resolver {
    pub(crate) command: Setting<Option<Vec<String>>>,
    pub(crate) timeout_seconds: Setting<u64>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RemoteLayer {
    enabled: Option<bool>,
    allow: Option<Vec<String>>,
    max_megabytes: Option<u64>,
    min_bytes_per_second: Option<u64>,
    connect_timeout_seconds: Option<u64>,
    answer_timeout_seconds: Option<u64>,
    read_timeout_seconds: Option<u64>,
    retry_seconds: Option<u64>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ResolverLayer {
    command: Option<Vec<String>>,
    timeout_seconds: Option<u64>,
}

impl Remote {
    pub(super) fn resolve(file: RemoteLayer, origin: Origin) -> Result<Self, ConfigError> {
        let usual = RemoteConfig::default();
        let number = |usual: u64, value: Option<u64>, key| Setting::default(usual).or_from(value, origin).named(key);
        Ok(Self {
            enabled: Setting::default(usual.enabled).or_from(file.enabled, origin),
            allow: Setting::default(usual.allow)
                .or_from(file.allow.map(|texts| networks(&texts, origin)).transpose()?, origin),
            max_megabytes: number(usual.max_bytes >> 20, file.max_megabytes, "remote.max_megabytes")
                .within(1..=1_000_000)?,
            min_bytes_per_second: number(
                usual.min_bytes_per_second,
                file.min_bytes_per_second,
                "remote.min_bytes_per_second",
            )
            .within(0..=1_000_000)?,
            connect_timeout_seconds: number(
                usual.connect_timeout.as_secs(),
                file.connect_timeout_seconds,
                "remote.connect_timeout_seconds",
            )
            .within(1..=60)?,
            answer_timeout_seconds: number(
                usual.header_timeout.as_secs(),
                file.answer_timeout_seconds,
                "remote.answer_timeout_seconds",
            )
            .within(1..=60)?,
            read_timeout_seconds: number(
                usual.read_timeout.as_secs(),
                file.read_timeout_seconds,
                "remote.read_timeout_seconds",
            )
            .within(1..=60)?,
            retry_seconds: number(usual.retry_for.as_secs(), file.retry_seconds, "remote.retry_seconds")
                .within(0..=600)?,
        })
    }

    /// How long a URL may take to show what it is, beyond which it is given up; none where files are all there is.
    pub(crate) fn check_limit(&self, resolver: &Resolver) -> Option<Duration> {
        let resolving = if resolver.command.value.is_some() { resolver.timeout_seconds.value } else { 0 };
        let seconds = resolving + self.connect_timeout_seconds.value + self.answer_timeout_seconds.value;
        self.enabled.value.then(|| Duration::from_secs(seconds.max(8)))
    }

    /// What the player and the media check are told.
    pub(crate) fn config(&self, resolver: &Resolver) -> RemoteConfig {
        RemoteConfig {
            enabled: self.enabled.value,
            allow: self.allow.value.clone(),
            max_bytes: self.max_megabytes.value << 20,
            min_bytes_per_second: self.min_bytes_per_second.value,
            connect_timeout: Duration::from_secs(self.connect_timeout_seconds.value),
            header_timeout: Duration::from_secs(self.answer_timeout_seconds.value),
            read_timeout: Duration::from_secs(self.read_timeout_seconds.value),
            retry_for: Duration::from_secs(self.retry_seconds.value),
            resolver: resolver.command.value.clone(),
            resolver_timeout: Duration::from_secs(resolver.timeout_seconds.value),
            ..RemoteConfig::default()
        }
    }
}

impl Resolver {
    pub(super) fn resolve(file: ResolverLayer, origin: Origin) -> Result<Self, ConfigError> {
        let usual = RemoteConfig::default().resolver_timeout.as_secs();
        if let Some(command) = &file.command {
            let refuse = |reason: &str| ConfigError::Value {
                key: "resolver.command",
                value: format!("{command:?}"),
                origin,
                reason: format!(
                    "{reason}; it must be like [\"yt-dlp\", \"-f\", \"bestaudio\", \"-g\", \"--\", \"{{url}}\"]"
                ),
            };
            if command.first().is_none_or(String::is_empty) {
                return Err(refuse("it names no program"));
            }
            if !command.iter().skip(1).any(|argument| argument.contains("{url}")) {
                return Err(refuse("no argument holds {url}"));
            }
        }
        Ok(Self {
            command: Setting::default(None).or_from(file.command.map(Some), origin),
            timeout_seconds: Setting::default(usual)
                .or_from(file.timeout_seconds, origin)
                .named("resolver.timeout_seconds")
                .within(1..=120)?,
        })
    }
}

fn networks(texts: &[String], origin: Origin) -> Result<Vec<Network>, ConfigError> {
    let network = |text: &String| {
        text.parse().map_err(|error: streamcore_audio::NotANetwork| ConfigError::Value {
            key: "remote.allow",
            value: format!("{text:?}"),
            origin,
            reason: error.to_string(),
        })
    };
    texts.iter().map(network).collect()
}
