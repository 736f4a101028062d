//! `[metrics]`: what a Prometheus can read, and where.

use std::net::SocketAddr;

use serde::Deserialize;
use streamcore_http::metrics::DEFAULT_MAX_STREAMS;

use super::{ConfigError, Environment, Origin, Secret, Setting, check_token, sections::parse_address};

const LISTEN_VARIABLE: &str = "STREAMCORE_METRICS_LISTEN";
const TOKEN_VARIABLE: &str = "STREAMCORE_METRICS_TOKEN";

/// `[metrics]`
#[derive(Debug, Clone)]
pub(crate) struct MetricsSection {
    /// Whether anything is measured.
    pub(crate) enabled: Setting<bool>,
    /// None: `/metrics` is among the other routes.
    pub(crate) listen: Setting<Option<SocketAddr>>,
    /// None: whoever may read may scrape.
    pub(crate) token: Setting<Option<Secret>>,
    /// How many streams have series of their own.
    pub(crate) max_streams: Setting<usize>,
    /// Whether the names of the system before are there as well.
    pub(crate) legacy_names: Setting<bool>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct MetricsLayer {
    enabled: Option<bool>,
    listen: Option<String>,
    /// Refused: see [`MetricsSection::resolve`].
    token: Option<String>,
    max_streams: Option<usize>,
    legacy_names: Option<bool>,
}

impl MetricsSection {
    pub(super) fn resolve(file: MetricsLayer, origin: Origin, environment: &Environment) -> Result<Self, ConfigError> {
        let listen = Setting::default(None).or_from(file.listen.map(Some), origin).or_from(
            environment.text(LISTEN_VARIABLE, "metrics.listen")?.map(Some),
            Origin::Environment(LISTEN_VARIABLE),
        );
        if file.token.is_some() {
            return Err(ConfigError::Value {
                key: "metrics.token",
                value: String::from("(redacted)"),
                origin,
                reason: format!("others may read the file; set {TOKEN_VARIABLE} instead"),
            });
        }
        let token = environment.text(TOKEN_VARIABLE, "metrics.token")?.map(|text| Some(Secret(text)));
        Ok(Self {
            enabled: Setting::default(true).or_from(file.enabled, origin),
            listen: match listen.value {
                Some(value) => {
                    let address = parse_address("metrics.listen", Setting { value, origin: listen.origin })?;
                    Setting { value: Some(address.value), origin: address.origin }
                }
                None => Setting { value: None, origin: listen.origin },
            },
            // Not in the file: that is read by others.
            token: check_token(
                "metrics.token",
                Setting::default(None).or_from(token, Origin::Environment(TOKEN_VARIABLE)),
            )?,
            max_streams: Setting::default(DEFAULT_MAX_STREAMS)
                .or_from(file.max_streams, origin)
                .named("metrics.max_streams")
                .within(0..=1_000_000)?,
            legacy_names: Setting::default(false).or_from(file.legacy_names, origin),
        })
    }

    /// That it is not the main address, which is in use by then.
    pub(super) fn check_apart(&self, main: SocketAddr) -> Result<(), ConfigError> {
        let same = |own: &SocketAddr| *own == main && own.port() != 0;
        match self.listen.value.filter(|_| self.enabled.value).filter(same) {
            None => Ok(()),
            Some(_) => Err(ConfigError::Value {
                key: "metrics.listen",
                value: format!("\"{main}\""),
                origin: self.listen.origin,
                reason: String::from(
                    "it is the server's own address; leave it out to have /metrics there, or choose another port",
                ),
            }),
        }
    }
}
