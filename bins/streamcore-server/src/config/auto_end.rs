//! `[auto_end]`: how streams end by themselves that have no settings of their own.
//!
//! Three variables without our prefix are taken too, because servers of this kind have long been set up with them: see [`LEGACY`].

use std::time::Duration;

use serde::Deserialize;
use streamcore::auto_end::{
    Schedule, ScheduleError, Settings, SettingsError,
    schedule::{ScheduleForm, WindowForm},
    settings::{self, MAX_SECONDS, MIN_SECONDS},
};

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
const ZONE_KEY: &str = "auto_end.time_zone";
const WINDOWS_KEY: &str = "auto_end.windows";

const MAX_MINUTES: u64 = 60;

/// `[auto_end]`
#[derive(Debug, Clone)]
pub(crate) struct AutoEnd {
    pub(crate) enabled: Setting<bool>,
    pub(crate) timeout_seconds: Setting<u64>,
    /// Longest first.
    pub(crate) warnings_seconds: Setting<Vec<u64>>,
    pub(crate) only_when_queue_empty: Setting<bool>,
    /// `time_zone` and `windows`: where either is set, both are as that source says.
    pub(crate) schedule: Setting<Schedule>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct AutoEndLayer {
    enabled: Option<bool>,
    timeout_seconds: Option<u64>,
    warnings_seconds: Option<Vec<u64>>,
    only_when_queue_empty: Option<bool>,
    time_zone: Option<String>,
    windows: Option<Vec<WindowForm>>,
}

impl AutoEnd {
    pub(super) fn resolve(file: AutoEndLayer, origin: Origin, environment: &Environment) -> Result<Self, ConfigError> {
        let usual = Settings::default();
        let seconds = |spans: &[Duration]| spans.iter().map(Duration::as_secs).collect::<Vec<_>>();
        let schedule = schedule(file.time_zone, file.windows, origin)?;
        let timeout_seconds = Setting::default(usual.timeout.as_secs()).or_from(file.timeout_seconds, origin);
        let warnings = Setting::default(seconds(&usual.warnings)).or_from(file.warnings_seconds, origin);
        Ok(Self {
            enabled: switch(environment, Setting::default(usual.enabled).or_from(file.enabled, origin))?,
            timeout_seconds: timeout(environment, timeout_seconds)?
                .named(TIMEOUT_KEY)
                .within(MIN_SECONDS..=MAX_SECONDS)?,
            warnings_seconds: check_warnings(warnings)?,
            only_when_queue_empty: Setting::default(usual.only_when_queue_empty)
                .or_from(file.only_when_queue_empty, origin),
            schedule: Setting::default(usual.schedule).or_from(schedule, origin),
        })
    }

    /// What the streams are told that have no settings of their own.
    pub(crate) fn settings(&self) -> Settings {
        Settings {
            enabled: self.enabled.value,
            timeout: Duration::from_secs(self.timeout_seconds.value),
            warnings: self.warnings_seconds.value.iter().copied().map(Duration::from_secs).collect(),
            only_when_queue_empty: self.only_when_queue_empty.value,
            schedule: self.schedule.value.clone(),
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
        if name == LEGACY_MINUTES { ("minutes", MAX_MINUTES, 60) } else { ("seconds", MAX_SECONDS, 1) };
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

fn check_warnings(setting: Setting<Vec<u64>>) -> Result<Setting<Vec<u64>>, ConfigError> {
    let spans: Vec<_> = setting.value.iter().copied().map(Duration::from_secs).collect();
    match settings::warnings(&spans) {
        Ok(sorted) => Ok(Setting { value: sorted.iter().map(Duration::as_secs).collect(), origin: setting.origin }),
        // Thousands of them would not help who reads the message.
        Err(error @ SettingsError::TooManyWarnings { found }) => Err(ConfigError::Value {
            key: WARNINGS_KEY,
            value: format!("({found} numbers)"),
            origin: setting.origin,
            reason: error.to_string(),
        }),
        Err(error) => Err(setting.named(WARNINGS_KEY).refuse(error.to_string())),
    }
}

/// The schedule that the file sets, if it does.
fn schedule(
    time_zone: Option<String>,
    windows: Option<Vec<WindowForm>>,
    origin: Origin,
) -> Result<Option<Schedule>, ConfigError> {
    if time_zone.is_none() && windows.is_none() {
        return Ok(None);
    }
    let usual = ScheduleForm::default();
    let form =
        ScheduleForm { time_zone: time_zone.unwrap_or(usual.time_zone), windows: windows.unwrap_or(usual.windows) };
    let (zone, count) = (form.time_zone.clone(), form.windows.len());
    Schedule::try_from(form).map(Some).map_err(|error| {
        let (key, value) = match error {
            ScheduleError::UnknownZone { .. } => (ZONE_KEY, format!("{zone:?}")),
            _ => (WINDOWS_KEY, format!("({count} windows)")),
        };
        ConfigError::Value { key, value, origin, reason: error.to_string() }
    })
}
