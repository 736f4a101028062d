//! `[log]`: in which form lines are written, and which.

use std::collections::BTreeMap;

use serde::Deserialize;
use tracing_subscriber::filter::{LevelFilter, Targets};

use super::{ConfigError, Environment, Origin, Setting};
use crate::cli::Flags;

const LEVEL_KEY: &str = "log.level";
const LEVEL_VARIABLE: &str = "STREAMCORE_LOG";
const FORMAT_KEY: &str = "log.format";
const FORMAT_VARIABLE: &str = "STREAMCORE_LOG_FORMAT";
const LEVELS: &str = "`error`, `warn`, `info`, `debug`, `trace` or `off`";

/// `[log]`
#[derive(Debug, Clone)]
pub(crate) struct Log {
    pub(crate) format: Setting<Format>,
    /// A level, and more of them for targets: `info,streamcore_http=debug`.
    pub(crate) level: Setting<String>,
    /// Levels by target, of the file; none where the variable or the flag says what is logged.
    pub(crate) targets: Setting<BTreeMap<String, String>>,
    /// What all that comes to.
    pub(crate) filter: Targets,
}

/// The form of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Format {
    /// For people.
    Text,
    /// For programs: one object in each line.
    Json,
}

impl Format {
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Json => "json",
        }
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct LogLayer {
    format: Option<String>,
    level: Option<String>,
    targets: Option<BTreeMap<String, String>>,
}

impl Log {
    pub(super) fn resolve(
        file: LogLayer,
        origin: Origin,
        environment: &Environment,
        flags: &Flags,
    ) -> Result<Self, ConfigError> {
        let format = Setting::default(String::from("text"))
            .or_from(file.format, origin)
            .or_from(environment.text(FORMAT_VARIABLE, FORMAT_KEY)?, Origin::Environment(FORMAT_VARIABLE))
            .or_from(flags.log_format.clone(), Origin::Flag("--log-format"));
        let level = Setting::default(String::from("info"))
            .or_from(file.level, origin)
            .or_from(environment.text(LEVEL_VARIABLE, LEVEL_KEY)?, Origin::Environment(LEVEL_VARIABLE))
            .or_from(flags.log.clone(), Origin::Flag("--log"));
        // Who says for one run what is to be logged means all of it.
        let is_of_this_run = matches!(level.origin, Origin::Environment(_) | Origin::Flag(_));
        let of_file = if is_of_this_run { None } else { file.targets };
        let targets = Setting::default(BTreeMap::new()).or_from(of_file, origin);
        let mut filter = levels(&level)?;
        for (target, text) in &targets.value {
            let directive = parse_target(target).and_then(|()| parse_level(text));
            filter = filter.with_target(
                target.clone(),
                directive.map_err(|reason| ConfigError::Value {
                    key: "log.targets",
                    value: format!("{{ {target:?} = {text:?} }}"),
                    origin: targets.origin,
                    reason: format!("{reason}; write for example `streamcore_http = \"debug\"`"),
                })?,
            );
        }
        Ok(Self { format: check_format(format)?, level, targets, filter })
    }
}

fn check_format(setting: Setting<String>) -> Result<Setting<Format>, ConfigError> {
    let value = match setting.value.as_str() {
        "text" => Format::Text,
        "json" => Format::Json,
        _ => return Err(setting.named(FORMAT_KEY).refuse("it must be \"text\" or \"json\"")),
    };
    Ok(Setting { value, origin: setting.origin })
}

/// What a list such as `info,streamcore_http=debug` says.
fn levels(setting: &Setting<String>) -> Result<Targets, ConfigError> {
    let mut targets = Targets::new();
    for directive in setting.value.split(',') {
        let parsed = match directive.split_once('=') {
            None => parse_level(directive).map(|level| (None, level)),
            Some((target, level)) => {
                let target = target.trim();
                parse_target(target).and_then(|()| Ok((Some(target), parse_level(level)?)))
            }
        };
        targets = match parsed {
            Ok((None, level)) => targets.with_default(level),
            Ok((Some(target), level)) => targets.with_target(target, level),
            Err(reason) => {
                let reason = format!("{reason}; use for example `warn` or `info,streamcore_http=debug`");
                return Err(setting.clone().named(LEVEL_KEY).refuse(reason));
            }
        };
    }
    Ok(targets)
}

/// Stricter than the library, to which a misspelt level is the name of a target, so that nothing at all is logged.
fn parse_level(text: &str) -> Result<LevelFilter, String> {
    let text = text.trim();
    let level = if text.is_empty() { None } else { text.parse().ok() };
    level.ok_or_else(|| format!("{text:?} is no level; there are {LEVELS}"))
}

/// A module's path, as lines show it.
fn parse_target(text: &str) -> Result<(), String> {
    let fits = |b: u8| b.is_ascii_alphanumeric() || b"_:-.".contains(&b);
    if !text.is_empty() && text.bytes().all(fits) {
        return Ok(());
    }
    Err(format!("{text:?} is no target; lines show theirs, such as `streamcore_http`"))
}
