//! Windows of the week in which a stream goes on however empty it is.
//!
//! A schedule is written as [`ScheduleForm`] (JSON, TOML), is checked and laid out once, and is a cheap value from then on. Three pages:
//! what people write ([`form`]), the week as intervals of local minutes (`week`), and the one place that knows time zones (`zone`).

use std::sync::Arc;

use serde::{Deserialize, Serialize};

pub use self::form::{MAX_WINDOWS, ScheduleError, ScheduleForm, WindowError, WindowForm};
use self::{
    week::{Spans, Week},
    window::Window,
    zone::Zone,
};
use super::{AutoEndPolicy, Verdict};
use crate::{Timestamp, stream::StreamView};

mod form;
mod week;
mod window;
mod zone;

/// Windows of the week, in a time zone; by default none, in UTC.
///
/// As a policy: inside of a window a stream goes on, outside of all of them an empty one may end. A window holds from the first moment at
/// which the clocks of the zone show its beginning to the last one at which they show its end; if clocks are set forward past one of these,
/// it is the moment at which that happens.
///
/// ```
/// use streamcore::auto_end::Schedule;
/// let evenings: Schedule = serde_json::from_str(
///     r#"{ "time_zone": "Europe/Moscow", "windows": [{ "days": ["mon", "fri"], "from": "18:00", "to": "23:00" }] }"#,
/// )?;
/// assert_eq!(evenings.time_zone(), "Europe/Moscow");
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "ScheduleForm", into = "ScheduleForm")]
pub struct Schedule(Arc<Plan>);

#[derive(Debug, PartialEq, Eq)]
struct Plan {
    zone: Zone,
    /// As they were written.
    windows: Vec<Window>,
    week: Week,
}

/// What a schedule says of a moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Opening {
    Closed,
    Until(Timestamp),
    Always,
}

impl Schedule {
    /// The IANA name of its time zone.
    #[must_use]
    pub fn time_zone(&self) -> &str {
        self.0.zone.name()
    }

    /// Its windows, as they are written.
    pub fn windows(&self) -> impl ExactSizeIterator<Item = WindowForm> {
        self.0.windows.iter().map(WindowForm::from)
    }

    /// Whether it has no windows.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.windows.is_empty()
    }

    /// Asked after everything that happens to a stream: however many windows there are, a binary search and a few questions to the zone.
    fn at(&self, now: Timestamp) -> Opening {
        let Plan { zone, week, .. } = &*self.0;
        let spans = match week {
            Week::Always => return Opening::Always,
            Week::Spans(spans) => spans,
        };
        let Some(local) = zone.local(now) else { return Opening::Closed };
        // Neither their beginnings nor their ends change places when clocks are set: of those that have begun, the latest ends last.
        let (begun, next) = spans.around(local.minute);
        // Clocks that were set back may have shown the beginnings of some more before.
        let shown_before = next.take_while(|span| zone.first(local, span.from) <= now).last();
        match shown_before.or(begun).map(|span| zone.last(local, span.to)) {
            Some(end) if now < end => Opening::Until(end),
            _ => Opening::Closed,
        }
    }
}

impl Default for Schedule {
    fn default() -> Self {
        Self(Arc::new(Plan { zone: Zone::utc(), windows: Vec::new(), week: Week::Spans(Spans::default()) }))
    }
}

impl AutoEndPolicy for Schedule {
    fn decide(&self, view: &StreamView, now: Timestamp) -> Verdict {
        if !view.audience.is_empty() {
            return Verdict::Keep;
        }
        match self.at(now) {
            Opening::Closed => Verdict::End,
            Opening::Until(end) => Verdict::KeepUntil(end),
            Opening::Always => Verdict::Keep,
        }
    }
}

#[cfg(test)]
mod model;
#[cfg(test)]
mod tests;
