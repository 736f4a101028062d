//! `[auto_end]`: how streams end by themselves that have no settings of their own.
//!
//! Three variables without our prefix are taken too, because servers of this kind have long been set up with them: see [`LEGACY`].

use std::time::Duration;

use serde::Deserialize;
use streamcore::auto_end::Settings;

use super::{ConfigError, Environment, Origin, Setting};

/// The variables that are ours although they have not our prefix.
pub(super) const LEGACY: [&str; 3] = [LEGACY_ENABLED, LEGACY_MINUTES, LEGACY_SECONDS];
const LEGACY_ENABLED: &str = "AUTO_END_ENABLED";
const LEGACY_MINUTES: &str = "AUTO_END_TIMEOUT_MINUTES";
const LEGACY_SECONDS: &str = "AUTO_END_TIMEOUT";
const ENABLED: &str = "STREAMCORE_AUTO_END_ENABLED";
const SECONDS: &str = "STREAMCORE_AUTO_END_TIMEOUT_SECONDS";

const ENABLED_KEY: &str = "auto_end.enabled";
const TIMEOUT_KEY: &str = "auto_end.timeout_seconds";
const WARNINGS_KEY: &str = "auto_end.warnings_seconds";

/// A day.
const MOST_SECONDS: u64 = 86_400;
const MOST_MINUTES: u64 = 60;
const MOST_WARNINGS: usize = 16;

/// `[auto_end]`
#[derive(Debug, Clone)]
pub(crate) struct AutoEnd {
    pub(crate) enabled: Setting<bool>,
    pub(crate) timeout_seconds: Setting<u64>,
    /// Longest first.
    pub(crate) warnings_seconds: Setting<Vec<u64>>,
    pub(crate) only_when_queue_empty: Setting<bool>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct AutoEndLayer {
    enabled: Option<bool>,
    timeout_seconds: Option<u64>,
    warnings_seconds: Option<Vec<u64>>,
    only_when_queue_empty: Option<bool>,
}

impl AutoEnd {
    pub(super) fn resolve(file: AutoEndLayer, origin: Origin, environment: &Environment) -> Result<Self, ConfigError> {
        let usual = Settings::default();
        let seconds = |spans: &[Duration]| spans.iter().map(Duration::as_secs).collect::<Vec<_>>();
        let timeout_seconds = Setting::default(usual.timeout.as_secs()).or_from(file.timeout_seconds, origin);
        let warnings = Setting::default(seconds(&usual.warnings)).or_from(file.warnings_seconds, origin);
        Ok(Self {
            enabled: switch(environment, Setting::default(usual.enabled).or_from(file.enabled, origin))?,
            timeout_seconds: timeout(environment, timeout_seconds)?.named(TIMEOUT_KEY).within(1..=MOST_SECONDS)?,
            warnings_seconds: check_warnings(warnings)?,
            only_when_queue_empty: Setting::default(usual.only_when_queue_empty)
                .or_from(file.only_when_queue_empty, origin),
        })
    }

    /// What the streams are told that have no settings of their own.
    pub(crate) fn settings(&self) -> Settings {
        Settings {
            enabled: self.enabled.value,
            timeout: Duration::from_secs(self.timeout_seconds.value),
            warnings: self.warnings_seconds.value.iter().copied().map(Duration::from_secs).collect(),
            only_when_queue_empty: self.only_when_queue_empty.value,
            ..Settings::default()
        }
    }
}

/// The one variable of these that is set.
fn the_one(
    environment: &Environment,
    names: &[&'static str],
    key: &'static str,
) -> Result<Option<(&'static str, String)>, ConfigError> {
    let mut found: Option<(&'static str, String)> = None;
    for &name in names {
        let Some(text) = environment.text(name, key)? else { continue };
        if let Some((other, _)) = &found {
            let reason = format!("{other} is set as well, which sets the same; leave one of them out");
            return Err(refuse(key, name, &text, reason));
        }
        found = Some((name, text));
    }
    Ok(found)
}

fn refuse(key: &'static str, name: &'static str, text: &str, reason: String) -> ConfigError {
    ConfigError::Value { key, value: format!("{text:?}"), origin: Origin::Environment(name), reason }
}

fn switch(environment: &Environment, setting: Setting<bool>) -> Result<Setting<bool>, ConfigError> {
    let Some((name, text)) = the_one(environment, &[ENABLED, LEGACY_ENABLED], ENABLED_KEY)? else {
        return Ok(setting);
    };
    let value = match text.to_ascii_lowercase().as_str() {
        "1" | "true" | "yes" | "on" => true,
        "0" | "false" | "no" | "off" => false,
        _ => {
            let reason = String::from("it must be 1, true, yes or on, or else 0, false, no or off");
            return Err(refuse(ENABLED_KEY, name, &text, reason));
        }
    };
    Ok(Setting { value, origin: Origin::Environment(name) })
}

fn timeout(environment: &Environment, setting: Setting<u64>) -> Result<Setting<u64>, ConfigError> {
    let Some((name, text)) = the_one(environment, &[SECONDS, LEGACY_SECONDS, LEGACY_MINUTES], TIMEOUT_KEY)? else {
        return Ok(setting);
    };
    let (unit, most, seconds) =
        if name == LEGACY_MINUTES { ("minutes", MOST_MINUTES, 60) } else { ("seconds", MOST_SECONDS, 1) };
    // A sign would be read as well.
    let number = text.parse::<u64>().ok().filter(|_| text.bytes().all(|byte| byte.is_ascii_digit()));
    match number {
        Some(number) if (1..=most).contains(&number) => {
            Ok(Setting { value: number * seconds, origin: Origin::Environment(name) })
        }
        _ => {
            let reason = format!(
                "it must be a whole number of {unit} from 1 to {most}; {ENABLED}=0 keeps streams from ending by themselves"
            );
            Err(refuse(TIMEOUT_KEY, name, &text, reason))
        }
    }
}

fn check_warnings(mut setting: Setting<Vec<u64>>) -> Result<Setting<Vec<u64>>, ConfigError> {
    let warnings = &setting.value;
    let reason = if warnings.len() > MOST_WARNINGS {
        format!("there are {}; at most {MOST_WARNINGS} warnings are given", warnings.len())
    } else if warnings.iter().any(|seconds| !(1..=MOST_SECONDS).contains(seconds)) {
        format!("each must be a whole number of seconds from 1 to {MOST_SECONDS}")
    } else if warnings.iter().enumerate().any(|(at, seconds)| warnings[..at].contains(seconds)) {
        String::from("one is there twice; leave it out")
    } else {
        setting.value.sort_unstable_by(|one, other| other.cmp(one));
        return Ok(setting);
    };
    Err(setting.named(WARNINGS_KEY).refuse(reason))
}
