//! The settings: read in layers (defaults, file, environment, flags), checked once, and each knows where it comes from.
//!
//! A section of the file is a struct in [`sections`]; [`layers`] reads the sources; [`report`] prints the result.

mod auto_end;
mod layers;
mod log;
mod metrics;
mod redis;
mod remote;
mod report;
mod sections;
mod setting;

pub(crate) use self::{
    auto_end::AutoEnd,
    layers::Environment,
    log::{Format, Log},
    metrics::MetricsSection,
    redis::{Redis, masked},
    remote::{Remote, Resolver},
    report::Report,
    sections::{Audio, Http, Library, Queue},
    setting::{Origin, Setting},
};
use std::{net::SocketAddr, path::PathBuf, time::Duration};

use self::{layers::FileLayer, sections::parse_address};
use crate::cli::Flags;

/// Everything that can be set.
#[derive(Debug, Clone)]
pub(crate) struct Config {
    pub(crate) listen: Setting<SocketAddr>,
    pub(crate) data_dir: Setting<PathBuf>,
    pub(crate) media_dir: Setting<PathBuf>,
    /// How long an orderly end may take.
    pub(crate) shutdown_grace_seconds: Setting<u64>,
    /// None: the server makes its own and keeps it in the data directory.
    pub(crate) api_token: Setting<Option<Secret>>,
    pub(crate) redis: Redis,
    pub(crate) queue: Queue,
    pub(crate) library: Library,
    pub(crate) auto_end: AutoEnd,
    pub(crate) audio: Audio,
    pub(crate) remote: Remote,
    pub(crate) resolver: Resolver,
    pub(crate) http: Http,
    pub(crate) metrics: MetricsSection,
    pub(crate) log: Log,
}

/// A text that must not reach a log: it has no `Display`, and its `Debug` is blank.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Secret(pub(crate) String);

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("(redacted)")
    }
}

/// What is wrong with the settings: always the thing, its origin, and what would be right.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum ConfigError {
    #[error("cannot read the settings file {path}: {reason}")]
    Unreadable { path: String, reason: String },
    #[error("the settings file {path} is not valid: {reason}")]
    Invalid { path: String, reason: String },
    #[error("{key} = {value} ({origin}) is not usable: {reason}")]
    Value { key: &'static str, value: String, origin: Origin, reason: String },
}

impl Config {
    /// Reads all layers and checks the result.
    pub(crate) fn load(flags: &Flags, environment: &Environment) -> Result<Self, ConfigError> {
        let file = flags.config.as_deref().map(FileLayer::read).transpose()?.unwrap_or_default();
        Self::resolve(flags, environment, file)
    }

    fn resolve(flags: &Flags, environment: &Environment, file: FileLayer) -> Result<Self, ConfigError> {
        let origin = file.origin;
        let listen = Setting::default(String::from("127.0.0.1:8000"))
            .or_from(file.listen, origin)
            .or_from(environment.text("STREAMCORE_LISTEN", "listen")?, Origin::Environment("STREAMCORE_LISTEN"))
            .or_from(flags.listen.clone(), Origin::Flag("--listen"));
        let data_dir = Setting::default(PathBuf::from("./streamcore-data"))
            .or_from(file.data_dir, origin)
            .or_from(environment.path("STREAMCORE_DATA_DIR"), Origin::Environment("STREAMCORE_DATA_DIR"))
            .or_from(flags.data_dir.clone(), Origin::Flag("--data-dir"));
        let media_dir = Setting::default(data_dir.value.join("media"))
            .or_from(file.media_dir, origin)
            .or_from(environment.path("STREAMCORE_MEDIA_DIR"), Origin::Environment("STREAMCORE_MEDIA_DIR"))
            .or_from(flags.media_dir.clone(), Origin::Flag("--media-dir"));
        let api_token = Setting::default(None)
            .or_from(
                environment.text("STREAMCORE_API_TOKEN", "api_token")?.map(|text| Some(Secret(text))),
                Origin::Environment("STREAMCORE_API_TOKEN"),
            )
            .or_from(flags.api_token.clone().map(|text| Some(Secret(text))), Origin::Flag("--api-token"));
        let config = Self {
            listen: parse_address("listen", listen)?,
            data_dir: data_dir.named("data_dir").not_empty()?,
            media_dir: media_dir.named("media_dir").not_empty()?,
            shutdown_grace_seconds: Setting::default(10)
                .or_from(file.shutdown_grace_seconds, origin)
                .named("shutdown_grace_seconds")
                .within(1..=300)?,
            api_token: check_token("api_token", api_token)?,
            redis: Redis::resolve(file.redis, origin, environment, flags)?,
            queue: Queue::resolve(file.queue, origin)?,
            library: Library::resolve(file.library, origin)?,
            auto_end: AutoEnd::resolve(file.auto_end, origin, environment)?,
            audio: Audio::resolve(file.audio, origin)?,
            remote: Remote::resolve(file.remote, origin)?,
            resolver: Resolver::resolve(file.resolver, origin)?,
            http: Http::resolve(file.http, origin)?,
            metrics: MetricsSection::resolve(file.metrics, origin, environment)?,
            log: Log::resolve(file.log, origin, environment, flags)?,
        };
        config.metrics.check_apart(config.listen.value)?;
        Ok(config)
    }

    /// What the player is told.
    pub(crate) fn player(&self) -> streamcore_audio::AudioConfig {
        let mut player = self.audio.config(&self.media_dir.value);
        player.remote = self.remote.config(&self.resolver);
        player
    }

    /// How long an orderly end may take.
    pub(crate) fn shutdown_grace(&self) -> Duration {
        Duration::from_secs(self.shutdown_grace_seconds.value)
    }
}

/// Fewest characters of a token: enough that guessing over the network is hopeless for a random one.
pub(crate) const MIN_TOKEN_CHARS: usize = 16;

fn check_token(key: &'static str, token: Setting<Option<Secret>>) -> Result<Setting<Option<Secret>>, ConfigError> {
    let Some(Secret(text)) = &token.value else { return Ok(token) };
    let reason = if text.len() < MIN_TOKEN_CHARS {
        format!("it has {} characters; use at least {MIN_TOKEN_CHARS}, or leave it out", text.len())
    } else if !text.bytes().all(|b| b.is_ascii_graphic()) {
        String::from("a token may hold only printable ASCII without spaces, because it travels in a header")
    } else {
        return Ok(token);
    };
    Err(ConfigError::Value { key, value: String::from("(redacted)"), origin: token.origin, reason })
}

#[cfg(test)]
mod tests;
