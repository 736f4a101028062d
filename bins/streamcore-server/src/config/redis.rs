//! `[redis]`: the shared store, in place of the embedded one where a URL is given.

use std::path::PathBuf;

use serde::Deserialize;

use super::{ConfigError, Environment, Origin, Secret, Setting};
use crate::cli::Flags;

const URL_VARIABLE: &str = "STREAMCORE_REDIS_URL";
const URL_KEY: &str = "redis.url";

/// What stands where a password is.
const HIDDEN: &str = "(redacted)";

/// `[redis]`
#[derive(Debug, Clone)]
pub(crate) struct Redis {
    /// None: the embedded store. It holds a password, so messages show it [`masked`].
    pub(crate) url: Setting<Option<Secret>>,
    pub(crate) prefix: Setting<String>,
    pub(crate) ca_file: Setting<Option<PathBuf>>,
    pub(crate) call_timeout_ms: Setting<u64>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RedisLayer {
    url: Option<String>,
    prefix: Option<String>,
    ca_file: Option<PathBuf>,
    call_timeout_ms: Option<u64>,
}

impl Redis {
    pub(super) fn resolve(
        file: RedisLayer,
        origin: Origin,
        environment: &Environment,
        flags: &Flags,
    ) -> Result<Self, ConfigError> {
        let secret = |text: String| Some(Secret(text));
        let redis = Self {
            url: Setting::default(None)
                .or_from(file.url.map(secret), origin)
                .or_from(environment.text(URL_VARIABLE, URL_KEY)?.map(secret), Origin::Environment(URL_VARIABLE))
                .or_from(flags.redis_url.clone().map(secret), Origin::Flag("--redis-url")),
            prefix: Setting::default(String::from("streamcore")).or_from(file.prefix, origin),
            ca_file: Setting::default(None).or_from(file.ca_file.map(Some), origin),
            call_timeout_ms: Setting::default(3_000)
                .or_from(file.call_timeout_ms, origin)
                .named("redis.call_timeout_ms")
                .within(100..=60_000)?,
        };
        redis.check()?;
        Ok(redis)
    }

    /// That this URL is not usable.
    fn refuse_url(&self, reason: impl Into<String>) -> ConfigError {
        let shown = self.url.value.as_ref().map_or_else(String::new, |url| format!("{:?}", masked(&url.0)));
        ConfigError::Value { key: URL_KEY, value: shown, origin: self.url.origin, reason: reason.into() }
    }
}

#[cfg(feature = "redis")]
impl Redis {
    fn check(&self) -> Result<(), ConfigError> {
        // The prefix is looked at also where there is no URL yet.
        let anywhere =
            streamcore_redis::Config::from_url("redis://localhost").map_err(|e| self.refuse_url(e.to_string()))?;
        self.with_prefix(anywhere)?;
        self.connection().map(drop)
    }

    /// How to connect, if it is to be Redis.
    pub(crate) fn connection(&self) -> Result<Option<streamcore_redis::Config>, ConfigError> {
        let Some(url) = &self.url.value else { return Ok(None) };
        if url.0.is_empty() {
            return Err(self.refuse_url("it is empty; leave it out for the embedded store"));
        }
        let config = streamcore_redis::Config::from_url(&url.0).map_err(|error| self.refuse_url(error.to_string()))?;
        let config = self.with_prefix(config)?;
        let config = config.with_call_timeout(std::time::Duration::from_millis(self.call_timeout_ms.value));
        let Some(path) = &self.ca_file.value else { return Ok(Some(config)) };
        let refuse = |reason: String| ConfigError::Value {
            key: "redis.ca_file",
            value: format!("{path:?}"),
            origin: self.ca_file.origin,
            reason,
        };
        let pem = std::fs::read(path).map_err(|error| refuse(format!("it cannot be read: {error}")))?;
        config.with_ca(&pem).map(Some).map_err(|error| refuse(error.to_string()))
    }

    fn with_prefix(&self, config: streamcore_redis::Config) -> Result<streamcore_redis::Config, ConfigError> {
        config.with_prefix(&self.prefix.value).map_err(|_| {
            self.prefix.clone().named("redis.prefix").refuse("it must be 1 to 64 letters, digits, '-', '_', '.' or ':'")
        })
    }
}

#[cfg(not(feature = "redis"))]
impl Redis {
    fn check(&self) -> Result<(), ConfigError> {
        match self.url.value {
            Some(_) => Err(self.refuse_url("this program was built without Redis; build it with --features redis")),
            None => Ok(()),
        }
    }
}

/// A URL of Redis without what is nobody's business. What cannot be told apart is not shown at all.
pub(crate) fn masked(url: &str) -> String {
    const NOTHING: &str = "(not shown)";
    let Some((scheme, rest)) = url.split_once("://") else { return NOTHING.to_owned() };
    if !scheme.bytes().all(|b| b.is_ascii_lowercase() || b == b'-') {
        return NOTHING.to_owned();
    }
    let (authority, tail) = rest.split_at(rest.find(['/', '?', '#']).unwrap_or(rest.len()));
    // A password that holds one of these signs as they are, not percent-encoded: where it ends nobody can tell.
    if tail.contains(['@', '#']) {
        return NOTHING.to_owned();
    }
    let authority = match authority.rsplit_once('@') {
        None => authority.to_owned(),
        Some((who, host)) => match who.split_once(':') {
            Some((user, _)) => format!("{user}:{HIDDEN}@{host}"),
            None => format!("{HIDDEN}@{host}"),
        },
    };
    let (path, query) = tail.split_once('?').unwrap_or((tail, ""));
    let shown = |pair: &str| match pair.split_once('=') {
        Some(("node" | "sentinelServiceName" | "sentinelUsername", _)) => pair.to_owned(),
        Some((key, _)) => format!("{key}={HIDDEN}"),
        None => HIDDEN.to_owned(),
    };
    let query: Vec<_> = query.split('&').filter(|pair| !pair.is_empty()).map(shown).collect();
    let mark = if query.is_empty() { "" } else { "?" };
    format!("{scheme}://{authority}{path}{mark}{}", query.join("&"))
}

/// Whether [`masked`] shows all of it.
pub(super) fn is_public(url: &str) -> bool {
    masked(url) == url
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_never_shown_however_it_is_written() {
        for url in [
            "redis://:hunter2@host",
            "redis://user:hunter2@host:6379/0",
            "rediss://hunter2@host",
            "redis://user:a@hunter2@host",
            "redis://user:12/hunter2@host",
            "redis://user:?hunter2@host/1",
            "redis://user:#hunter2",
            "redis-sentinel://host?sentinelServiceName=a&sentinelPassword=hunter2",
            "redis-cluster://u:hunter2@host?node=b:1&other=hunter2&hunter2",
            "hunter2",
            "hunter2://x",
        ] {
            assert!(!masked(url).contains("hunter2"), "{url} -> {}", masked(url));
            assert!(!is_public(url), "{url}");
        }
    }

    #[test]
    fn what_is_no_secret_is_shown() {
        for (url, shown) in [
            ("redis://host:6379/2", "redis://host:6379/2"),
            ("redis://me:pw@host:6379/2", "redis://me:(redacted)@host:6379/2"),
            (
                "redis-sentinel://a:1?sentinelServiceName=s&node=b:2",
                "redis-sentinel://a:1?sentinelServiceName=s&node=b:2",
            ),
        ] {
            assert_eq!(masked(url), shown);
        }
        assert!(is_public("redis://host:6379/2"));
    }
}
