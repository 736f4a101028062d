//! One window: some days, from one time of the day to another.

use std::fmt;

use super::form::WindowError;

/// As they are written, the first day of the week first.
const DAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
pub(super) const MINUTES_A_DAY: i32 = 24 * 60;

/// A day of the week, 0 for Monday.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Day(u8);

impl Day {
    pub(super) fn read(text: &str) -> Option<Self> {
        (0..).zip(DAYS).find(|(_, name)| *name == text).map(|(day, _)| Self(day))
    }

    /// The minute of the week at which it begins.
    pub(super) const fn minute(self) -> i32 {
        self.0 as i32 * MINUTES_A_DAY
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(DAYS.get(usize::from(self.0)).unwrap_or(&"?"))
    }
}

/// A minute of a day that has 24 hours, the last of which may be the end of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct TimeOfDay(i32);

impl TimeOfDay {
    /// `HH:MM`, from `00:00` to `24:00`.
    pub(super) fn read(text: &str) -> Option<Self> {
        let (hours, minutes) = text.split_once(':')?;
        let number = |digits: &str| -> Option<i32> {
            let plain = digits.len() == 2 && digits.bytes().all(|byte| byte.is_ascii_digit());
            plain.then(|| digits.parse().ok())?
        };
        let (hours, minutes) = (number(hours)?, number(minutes)?);
        let time = hours * 60 + minutes;
        (minutes < 60 && time <= MINUTES_A_DAY).then_some(Self(time))
    }
}

impl fmt::Display for TimeOfDay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}:{:02}", self.0 / 60, self.0 % 60)
    }
}

/// A window, checked by itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Window {
    /// In the order of the week, each once.
    pub(super) days: Vec<Day>,
    pub(super) from: TimeOfDay,
    pub(super) to: TimeOfDay,
}

impl Window {
    pub(super) fn new(mut days: Vec<Day>, from: TimeOfDay, to: TimeOfDay) -> Result<Self, WindowError> {
        if days.is_empty() {
            return Err(WindowError::NoDays);
        }
        days.sort_unstable();
        if let Some(day) = days.windows(2).find_map(|pair| (pair[0] == pair[1]).then_some(pair[0])) {
            return Err(WindowError::RepeatedDay(day.to_string()));
        }
        if from.0 == MINUTES_A_DAY {
            // That is 00:00 of the day that follows: written as that, its day is not in doubt.
            return Err(WindowError::NotATime { field: "from", text: from.to_string() });
        }
        if from == to {
            return Err(WindowError::NoLength(from.to_string()));
        }
        Ok(Self { days, from, to })
    }

    /// When it begins, in minutes of its day.
    pub(super) const fn start(&self) -> i32 {
        self.from.0
    }

    /// How long it is where no clock is changed; past midnight if it would end before it begins.
    pub(super) const fn minutes(&self) -> i32 {
        let span = self.to.0 - self.from.0;
        if span > 0 { span } else { span + MINUTES_A_DAY }
    }
}
