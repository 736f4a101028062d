//! A schedule as people and stores write it, and what can be wrong with it.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::{
    Plan, Schedule,
    week::Week,
    window::{Day, TimeOfDay, Window},
    zone::Zone,
};

/// A schedule has at most so many windows.
pub const MAX_WINDOWS: usize = 64;
/// So much of what somebody wrote is repeated in an error.
const MAX_QUOTED_CHARS: usize = 40;

/// A schedule, unchecked; [`Schedule::try_from`] checks it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ScheduleForm {
    /// The name of a time zone in the IANA database, such as `Europe/Moscow`.
    pub time_zone: String,
    /// At most [`MAX_WINDOWS`], none of which overlap.
    pub windows: Vec<WindowForm>,
}

impl Default for ScheduleForm {
    fn default() -> Self {
        Self { time_zone: "UTC".into(), windows: Vec::new() }
    }
}

/// A window, unchecked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WindowForm {
    /// On which days it begins: `mon`, `tue`, `wed`, `thu`, `fri`, `sat`, `sun`; each once, at least one.
    pub days: Vec<String>,
    /// When it begins, as `HH:MM` of the local clock.
    pub from: String,
    /// When it ends, as `HH:MM` up to `24:00`; on the next day if that is earlier than `from`.
    pub to: String,
}

/// What is wrong with a schedule.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ScheduleError {
    /// No time zone has this name.
    #[error("there is no time zone `{name}`; write a name of the IANA database, such as {}", .like.unwrap_or("Europe/Moscow or UTC"))]
    UnknownZone {
        /// What was written, cut.
        name: String,
        /// A zone that may be meant.
        like: Option<&'static str>,
    },
    /// More windows than there may be.
    #[error("a schedule has at most {MAX_WINDOWS} windows, not {found}; join some or remove some")]
    TooManyWindows {
        /// So many are there.
        found: usize,
    },
    /// A window is wrong.
    #[error("windows[{index}]: {reason}")]
    Window {
        /// Which, from 0.
        index: usize,
        /// Why.
        reason: WindowError,
    },
}

/// What is wrong with a window.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum WindowError {
    /// It is on no day.
    #[error("a window needs at least one day; name some of mon, tue, wed, thu, fri, sat, sun")]
    NoDays,
    /// There is no such day.
    #[error("`{0}` is no day; use mon, tue, wed, thu, fri, sat or sun")]
    UnknownDay(String),
    /// A day is named twice.
    #[error("{0} is named twice; name each day once")]
    RepeatedDay(String),
    /// Not a time of the day.
    #[error(
        "`{field}` is `{text}`, which is no time of the day; write HH:MM from 00:00 to 23:59, or for the end of the day `to` 24:00"
    )]
    NotATime {
        /// `from` or `to`.
        field: &'static str,
        /// What was written, cut.
        text: String,
    },
    /// It ends when it begins.
    #[error("it begins and ends at {0}; for a whole day write 00:00 to 24:00")]
    NoLength(String),
    /// Another window covers a part of it.
    #[error("it overlaps windows[{other}]; join them or change one")]
    Overlaps {
        /// Which, from 0, earlier in the list.
        other: usize,
    },
}

impl TryFrom<ScheduleForm> for Schedule {
    type Error = ScheduleError;

    fn try_from(form: ScheduleForm) -> Result<Self, ScheduleError> {
        let zone = Zone::find(&form.time_zone).ok_or_else(|| ScheduleError::UnknownZone {
            name: quoted(&form.time_zone),
            like: Zone::like(&form.time_zone),
        })?;
        if form.windows.len() > MAX_WINDOWS {
            return Err(ScheduleError::TooManyWindows { found: form.windows.len() });
        }
        let at = |index| move |reason| ScheduleError::Window { index, reason };
        let windows = form.windows.iter().enumerate();
        let windows: Vec<Window> =
            windows.map(|(index, form)| form.read().map_err(at(index))).collect::<Result<_, _>>()?;
        let week = Week::lay_out(&windows)
            .map_err(|(index, other)| ScheduleError::Window { index, reason: WindowError::Overlaps { other } })?;
        Ok(Self(Arc::new(Plan { zone, windows, week })))
    }
}

impl From<Schedule> for ScheduleForm {
    fn from(schedule: Schedule) -> Self {
        Self { time_zone: schedule.time_zone().to_owned(), windows: schedule.windows().collect() }
    }
}

impl WindowForm {
    fn read(&self) -> Result<Window, WindowError> {
        let day = |text: &String| Day::read(text).ok_or_else(|| WindowError::UnknownDay(quoted(text)));
        // Eight are enough to see that one is there twice.
        let days = self.days.iter().take(8).map(day).collect::<Result<_, _>>()?;
        let time = |field, text: &str| {
            TimeOfDay::read(text).ok_or_else(|| WindowError::NotATime { field, text: quoted(text) })
        };
        Window::new(days, time("from", &self.from)?, time("to", &self.to)?)
    }
}

impl From<&Window> for WindowForm {
    fn from(window: &Window) -> Self {
        let days = window.days.iter().map(ToString::to_string).collect();
        Self { days, from: window.from.to_string(), to: window.to.to_string() }
    }
}

fn quoted(text: &str) -> String {
    text.chars().take(MAX_QUOTED_CHARS).collect()
}
