//! The windows of the week in which a stream goes on however empty it is, as they travel.

use serde::Serialize;
use serde_json::Value;
use streamcore::auto_end::{
    Schedule, ScheduleError,
    schedule::{MAX_WINDOWS, ScheduleForm, WindowError, WindowForm},
};

use super::Fields;
use crate::error::Problem;

/// A week has so many.
const DAYS: usize = 7;

/// A schedule as it is read.
#[derive(Debug, Serialize)]
pub(super) struct ScheduleKeys {
    time_zone: String,
    windows: Vec<WindowForm>,
}

impl ScheduleKeys {
    pub(super) fn of(schedule: &Schedule) -> Self {
        Self { time_zone: schedule.time_zone().to_owned(), windows: schedule.windows().collect() }
    }
}

/// What is to be different about a schedule. Of each key: none if it stays, else its value, or none for the server's default. Both have been
/// checked, and neither can make the other one wrong.
#[derive(Debug, Default)]
pub(super) struct ScheduleChange {
    time_zone: Option<Option<String>>,
    windows: Option<Option<Vec<WindowForm>>>,
}

impl ScheduleChange {
    pub(super) fn read(fields: &mut Fields) -> Self {
        Self { time_zone: fields.setting("time_zone", time_zone), windows: fields.setting("windows", windows) }
    }

    /// The stream's own schedule then. One that says what the default says after something went back to that is none of its own.
    pub(super) fn apply(self, own: Option<Schedule>, default: &Schedule) -> Option<Schedule> {
        if self.time_zone.is_none() && self.windows.is_none() {
            return own;
        }
        let goes_back = self.time_zone == Some(None) || self.windows == Some(None);
        let now = ScheduleForm::from(own.clone().unwrap_or_else(|| default.clone()));
        let default = ScheduleForm::from(default.clone());
        let form = ScheduleForm {
            time_zone: self.time_zone.map_or(now.time_zone, |zone| zone.unwrap_or_else(|| default.time_zone.clone())),
            windows: self.windows.map_or(now.windows, |windows| windows.unwrap_or_else(|| default.windows.clone())),
        };
        if goes_back && form == default { None } else { Schedule::try_from(form).ok().or(own) }
    }
}

fn time_zone(fields: &mut Fields, field: &'static str) -> Option<String> {
    let form = ScheduleForm { time_zone: fields.plain_text(field)?, windows: Vec::new() };
    match Schedule::try_from(form) {
        Ok(schedule) => Some(schedule.time_zone().to_owned()),
        Err(error) => {
            fields.refuse(field, Problem::Schedule(error));
            None
        }
    }
}

fn windows(fields: &mut Fields, field: &'static str) -> Option<Vec<WindowForm>> {
    let windows = fields.parts(field, MAX_WINDOWS, window)?;
    match Schedule::try_from(ScheduleForm { windows, ..ScheduleForm::default() }) {
        Ok(schedule) => Some(schedule.windows().collect()),
        Err(error) => {
            fields.refuse(place(field, &error), Problem::Schedule(error));
            None
        }
    }
}

/// Where in the list it is wrong.
fn place(field: &'static str, error: &ScheduleError) -> String {
    let ScheduleError::Window { index, reason } = error else { return field.to_owned() };
    match reason {
        WindowError::NoDays | WindowError::UnknownDay(_) | WindowError::RepeatedDay(_) => {
            format!("{field}[{index}].days")
        }
        WindowError::NotATime { field: time, .. } => format!("{field}[{index}].{time}"),
        _ => format!("{field}[{index}]"),
    }
}

fn window(fields: &mut Fields) -> Option<WindowForm> {
    let too_many = |got| (got > DAYS).then_some(Problem::Count { min: 1, max: DAYS, got });
    let day = |value: &Value| value.as_str().map(str::to_owned).ok_or(Problem::Text);
    let days = fields.list("days", too_many, day);
    let days = fields.require("days", days);
    let from = fields.plain_text("from");
    let from = fields.require("from", from);
    let to = fields.plain_text("to");
    let to = fields.require("to", to);
    Some(WindowForm { days: days?, from: from?, to: to? })
}
