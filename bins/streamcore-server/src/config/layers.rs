//! The sources of settings: the file and the environment. (The flags are in `cli`.)

use std::{
    collections::BTreeMap,
    ffi::OsString,
    path::{Path, PathBuf},
};

use serde::Deserialize;

use super::{
    ConfigError, Origin,
    auto_end::{AutoEndLayer, LEGACY},
    log::LogLayer,
    metrics::MetricsLayer,
    redis::RedisLayer,
    remote::{RemoteLayer, ResolverLayer},
    sections::{AudioLayer, HttpLayer, LibraryLayer, QueueLayer},
};

/// What the file says: every key is optional, a key it does not know is an error.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct FileLayer {
    pub(super) listen: Option<String>,
    pub(super) data_dir: Option<PathBuf>,
    pub(super) media_dir: Option<PathBuf>,
    pub(super) shutdown_grace_seconds: Option<u64>,
    #[serde(default)]
    pub(super) redis: RedisLayer,
    #[serde(default)]
    pub(super) queue: QueueLayer,
    #[serde(default)]
    pub(super) library: LibraryLayer,
    #[serde(default)]
    pub(super) auto_end: AutoEndLayer,
    #[serde(default)]
    pub(super) audio: AudioLayer,
    #[serde(default)]
    pub(super) remote: RemoteLayer,
    #[serde(default)]
    pub(super) resolver: ResolverLayer,
    #[serde(default)]
    pub(super) http: HttpLayer,
    #[serde(default)]
    pub(super) metrics: MetricsLayer,
    #[serde(default)]
    pub(super) log: LogLayer,
    #[serde(skip)]
    pub(super) origin: Origin,
}

impl FileLayer {
    pub(super) fn read(path: &Path) -> Result<Self, ConfigError> {
        let name = path.display().to_string();
        let text = std::fs::read_to_string(path)
            .map_err(|error| ConfigError::Unreadable { path: name.clone(), reason: error.to_string() })?;
        Self::parse(&name, &text)
    }

    pub(super) fn parse(name: &str, text: &str) -> Result<Self, ConfigError> {
        // Where it is wrong is said, and not what stands there: it may be a password.
        let invalid = |error: toml::de::Error| {
            let before = error.span().and_then(|span| text.get(..span.start)).unwrap_or_default();
            let line = before.matches('\n').count() + 1;
            let message = error.message();
            ConfigError::Invalid { path: name.to_owned(), reason: format!("line {line}: {message}") }
        };
        let layer: Self = toml::from_str(text).map_err(invalid)?;
        Ok(Self { origin: Origin::File, ..layer })
    }
}

/// The environment, read once: tests bring their own.
#[derive(Default)]
pub(crate) struct Environment(BTreeMap<String, OsString>);

impl Environment {
    /// Our part of this process's environment.
    pub(crate) fn of_process() -> Self {
        Self::new(std::env::vars_os().filter_map(|(name, value)| Some((name.into_string().ok()?, value))))
    }

    pub(crate) fn new(variables: impl IntoIterator<Item = (String, OsString)>) -> Self {
        let is_ours = |name: &str| name.starts_with("STREAMCORE_") || LEGACY.contains(&name);
        Self(variables.into_iter().filter(|(name, _)| is_ours(name)).collect())
    }

    pub(super) fn path(&self, name: &'static str) -> Option<PathBuf> {
        self.0.get(name).map(PathBuf::from)
    }

    /// A variable that must be text; `key` is the setting it gives.
    pub(crate) fn text(&self, name: &'static str, key: &'static str) -> Result<Option<String>, ConfigError> {
        let Some(value) = self.0.get(name) else { return Ok(None) };
        value.to_str().map(|text| Some(text.to_owned())).ok_or_else(|| ConfigError::Value {
            key,
            value: String::from("(not shown)"),
            origin: Origin::Environment(name),
            reason: String::from("it is not valid UTF-8"),
        })
    }
}
