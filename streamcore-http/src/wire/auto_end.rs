//! How a stream ends by itself, as clients read and set it, and the end that it is heading for.

use std::time::Duration;

use serde::Serialize;
use serde_json::Value;
use streamcore::{
    StreamId, StreamView, Timestamp,
    auto_end::{
        Overrides, Settings, SettingsError,
        settings::{MAX_SECONDS, MAX_WARNINGS, MIN_SECONDS, warnings},
    },
    registry,
    stream::Held,
};

use super::{
    Fields,
    fields::whole_within,
    schedule::{ScheduleChange, ScheduleKeys},
};
use crate::error::Problem;

/// What holds for a stream, and what is under way.
#[derive(Debug, Serialize)]
pub(crate) struct AutoEnd {
    channel_id: StreamId,
    #[serde(flatten)]
    settings: Keys,
    /// Which of the keys are not as the server's defaults, but the stream's own.
    overrides: Vec<&'static str>,
    defaults: Keys,
    /// Whether it is heading for its end.
    is_active: bool,
    started_at: Option<String>,
    timeout_at: Option<String>,
    remaining_seconds: Option<u64>,
    held: Option<Held>,
}

impl AutoEnd {
    pub(crate) fn new(record: &registry::StreamRecord, view: &StreamView, defaults: &Settings, now: Timestamp) -> Self {
        let countdown = Countdown::of(view, now);
        Self {
            channel_id: record.id,
            settings: Keys::of(&record.auto_end.over(defaults)),
            overrides: overridden(&record.auto_end),
            defaults: Keys::of(defaults),
            is_active: countdown.is_some(),
            started_at: countdown.as_ref().and_then(|countdown| countdown.started_at.clone()),
            timeout_at: countdown.as_ref().map(|countdown| countdown.timeout_at.clone()),
            remaining_seconds: countdown.map(|countdown| countdown.remaining_seconds),
            held: view.timer.as_ref().and_then(|timer| timer.held),
        }
    }
}

/// The settings as they travel.
#[derive(Debug, Serialize)]
struct Keys {
    enabled: bool,
    timeout_seconds: u64,
    warnings_seconds: Vec<u64>,
    only_when_queue_empty: bool,
    #[serde(flatten)]
    schedule: ScheduleKeys,
}

impl Keys {
    fn of(settings: &Settings) -> Self {
        Self {
            enabled: settings.enabled,
            timeout_seconds: settings.timeout.as_secs(),
            warnings_seconds: settings.warnings.iter().map(Duration::as_secs).collect(),
            only_when_queue_empty: settings.only_when_queue_empty,
            schedule: ScheduleKeys::of(&settings.schedule),
        }
    }
}

fn overridden(own: &Overrides) -> Vec<&'static str> {
    let keys = [
        ("enabled", own.enabled.is_some()),
        ("timeout_seconds", own.timeout.is_some()),
        ("warnings_seconds", own.warnings.is_some()),
        ("only_when_queue_empty", own.only_when_queue_empty.is_some()),
        ("time_zone", own.schedule.is_some()),
        ("windows", own.schedule.is_some()),
    ];
    keys.into_iter().filter(|(_, is_own)| *is_own).map(|(key, _)| key).collect()
}

/// What is to be different about how a stream ends by itself. Of each key: none if it stays, else its value, or none for the server's
/// default.
#[derive(Debug, Default)]
pub(crate) struct AutoEndChange {
    enabled: Option<Option<bool>>,
    timeout: Option<Option<Duration>>,
    warnings: Option<Option<Vec<Duration>>>,
    only_when_queue_empty: Option<Option<bool>>,
    schedule: ScheduleChange,
}

impl AutoEndChange {
    /// Reads what is there; what is wrong is noted in `fields`, and then nothing of this counts.
    pub(crate) fn read(fields: &mut Fields) -> Self {
        Self {
            enabled: fields.setting("enabled", Fields::flag),
            timeout: fields.setting("timeout_seconds", |fields, field| {
                fields.whole(field, MIN_SECONDS, MAX_SECONDS).map(Duration::from_secs)
            }),
            warnings: fields.setting("warnings_seconds", read_warnings),
            only_when_queue_empty: fields.setting("only_when_queue_empty", Fields::flag),
            schedule: ScheduleChange::read(fields),
        }
    }

    /// What is a stream's own then.
    pub(crate) fn apply(self, own: Overrides, defaults: &Settings) -> Overrides {
        Overrides {
            enabled: self.enabled.unwrap_or(own.enabled),
            timeout: self.timeout.unwrap_or(own.timeout),
            warnings: self.warnings.unwrap_or(own.warnings),
            only_when_queue_empty: self.only_when_queue_empty.unwrap_or(own.only_when_queue_empty),
            schedule: self.schedule.apply(own.schedule, &defaults.schedule),
        }
    }
}

/// So long before the end it is warned of, longest first.
fn read_warnings(fields: &mut Fields, field: &'static str) -> Option<Vec<Duration>> {
    let too_many = |got| (got > MAX_WARNINGS).then_some(Problem::Count { min: 0, max: MAX_WARNINGS, got });
    let read = |value: &Value| whole_within(value, MIN_SECONDS, MAX_SECONDS).map(Duration::from_secs);
    let given = fields.list(field, too_many, read)?;
    match warnings(&given) {
        Ok(sorted) => Some(sorted),
        Err(SettingsError::RepeatedWarning { index, before }) => {
            fields.refuse(format_args!("{field}[{index}]"), Problem::Twice { value: before.as_secs() });
            None
        }
        Err(_) => {
            fields.refuse(field, Problem::List);
            None
        }
    }
}

/// The end that a stream is heading for.
#[derive(Debug, Serialize)]
pub(crate) struct Countdown {
    /// Since when it counts as empty.
    started_at: Option<String>,
    timeout_at: String,
    /// Rounded up: 0 is when it is due.
    remaining_seconds: u64,
}

impl Countdown {
    /// None if the stream is not heading for its end.
    pub(crate) fn of(view: &StreamView, now: Timestamp) -> Option<Self> {
        let timer = view.timer.as_ref()?;
        Some(Self {
            started_at: view.empty_since.map(|since| since.to_string()),
            timeout_at: timer.deadline.to_string(),
            remaining_seconds: remaining(timer.deadline, now),
        })
    }
}

/// The same, with the reason why nothing will happen then, if there is one.
#[derive(Debug, Serialize)]
pub(super) struct HeldCountdown {
    #[serde(flatten)]
    countdown: Countdown,
    held: Option<Held>,
}

impl HeldCountdown {
    pub(super) fn new(countdown: Countdown, view: &StreamView) -> Self {
        Self { countdown, held: view.timer.as_ref().and_then(|timer| timer.held) }
    }
}

/// A warning that was given.
#[derive(Debug, Serialize)]
pub(crate) struct Warning {
    /// How long before the end it was to come.
    seconds: u64,
    given_at: String,
    timeout_at: String,
    /// From now on.
    remaining_seconds: u64,
}

impl Warning {
    /// Those of the end that a stream is heading for, newest last.
    pub(crate) fn all(view: &StreamView, now: Timestamp) -> Vec<Self> {
        let Some(timer) = &view.timer else { return Vec::new() };
        let given = timer.warned.iter().map(|(seconds, at)| Self {
            seconds: *seconds,
            given_at: at.to_string(),
            timeout_at: timer.deadline.to_string(),
            remaining_seconds: remaining(timer.deadline, now),
        });
        given.collect()
    }
}

fn remaining(deadline: Timestamp, now: Timestamp) -> u64 {
    u64::try_from(deadline.since(now).as_millis().div_ceil(1_000)).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_remains_is_rounded_up() {
        let at = Timestamp::from_millis;
        for (now, left) in [(0, 10), (1, 10), (999, 10), (1_000, 9), (9_999, 1), (10_000, 0), (11_000, 0)] {
            assert_eq!(remaining(at(10_000), at(now)), left, "{now}");
        }
    }
}
