//! Windows of the week in which a stream goes on however empty it is.
//!
//! A schedule is written as [`ScheduleForm`] (JSON, TOML), is checked and laid out once, and is a cheap value from then on. Three pages:
//! what people write ([`form`]), the week as intervals of local minutes (`week`), and the one place that knows time zones (`zone`).

use std::sync::Arc;

use serde::{Deserialize, Serialize};

pub use self::form::{MAX_WINDOWS, ScheduleError, ScheduleForm, WindowError, WindowForm};
use self::{
    week::{MINUTES_A_WEEK, Week},
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

    fn at(&self, now: Timestamp) -> Opening {
        let Plan { zone, week, .. } = &*self.0;
        let spans = match week {
            Week::Always => return Opening::Always,
            Week::Spans(spans) if spans.is_empty() => return Opening::Closed,
            Week::Spans(spans) => spans,
        };
        let Some(local) = zone.local(now) else { return Opening::Closed };
        // One that began last week may reach into this one. One of next week may have begun where clocks were set back.
        let weeks = [-MINUTES_A_WEEK, 0, MINUTES_A_WEEK];
        let occurrences = weeks.into_iter().flat_map(|week| spans.iter().map(move |span| span.after(week)));
        let end = occurrences
            .filter(|span| span.is_near(local.minute))
            .filter(|span| zone.first(local, span.from) <= now)
            .map(|span| zone.last(local, span.to))
            .filter(|to| now < *to)
            .max();
        end.map_or(Opening::Closed, Opening::Until)
    }
}

impl Default for Schedule {
    fn default() -> Self {
        Self(Arc::new(Plan { zone: Zone::utc(), windows: Vec::new(), week: Week::Spans(Vec::new()) }))
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
mod tests;
