//! When a stream ends by itself: policies, as pure values.
//!
//! | policy | ends an empty stream |
//! |---|---|
//! | [`IdleTimeout`] | once it has been empty for so long |
//! | [`Schedule`] | outside of its windows of the week |
//! | [`QueueEmpty`] | once nothing plays and nothing waits |
//! | [`Never`] | never |
//! | [`AllOf`], [`AnyOf`] | when all of several do, when one of them does |
//! | [`BySettings`] | as the stream's own [`Settings`] say: all of the first three, as far as they are set |
//!
//! What is counted and stored, warned of and put off is the machine's part: `stream/watch.rs`.

mod by_settings;
mod combined;
mod forecast;
mod idle_timeout;
mod never;
mod queue_empty;
pub mod schedule;
pub mod settings;

pub use self::{
    by_settings::BySettings,
    combined::{AllOf, AnyOf},
    forecast::{MAX_STEPS, forecast},
    idle_timeout::IdleTimeout,
    never::Never,
    queue_empty::QueueEmpty,
    schedule::{Schedule, ScheduleError},
    settings::{Overrides, Settings, SettingsError},
};
use crate::{Timestamp, stream::StreamView};

/// Decides whether a running stream goes on.
///
/// **Laws.**
///
/// 1. `decide` is pure: the same view and time give the same answer.
/// 2. It never ends a stream while somebody is known to listen, nor while nobody knows how many do.
/// 3. [`Verdict::KeepUntil`] names a moment after `now`.
/// 4. The passing of time alone brings nothing new: until the moment it names, or for ever if it names none, it does not end the stream; and
///    what it foresees (see [`forecast`](fn@forecast)) is the same whenever it is asked in between. After [`Verdict::End`] nothing is required.
///
/// `streamcore::testing::policy` checks the laws for anybody's policy. The fourth is what makes a deadline a promise that can be stored and
/// warned of.
///
/// ```
/// use std::time::Duration;
/// use streamcore::{StreamView, Timestamp, auto_end::{AutoEndPolicy, Verdict}};
///
/// /// Ends a stream that has run for an hour, once nobody listens.
/// #[derive(Debug)]
/// struct AnHourAtLeast;
///
/// impl AutoEndPolicy for AnHourAtLeast {
///     fn decide(&self, view: &StreamView, now: Timestamp) -> Verdict {
///         let (Some(started_at), true) = (view.started_at, view.audience.is_empty()) else { return Verdict::Keep };
///         let end = started_at + Duration::from_secs(3_600);
///         if now < end { Verdict::KeepUntil(end) } else { Verdict::End }
///     }
/// }
/// ```
pub trait AutoEndPolicy: std::fmt::Debug + Send + Sync {
    /// Decides, given what is known of the stream at `now`. Asked after everything that happens and at the moments it names; and, to foresee
    /// the end, about moments to come.
    fn decide(&self, view: &StreamView, now: Timestamp) -> Verdict;
}

/// What a policy decides.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Goes on until something happens.
    Keep,
    /// Goes on, and ask again at this moment.
    KeepUntil(Timestamp),
    /// Ends now.
    End,
}
