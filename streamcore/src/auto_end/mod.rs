//! When a stream ends by itself: policies, as pure values.

mod by_settings;
mod forecast;
mod never;
mod schedule;
mod settings;

pub use self::{
    by_settings::BySettings,
    forecast::forecast,
    never::Never,
    schedule::Schedule,
    settings::{Overrides, Settings},
};
use crate::{Timestamp, stream::StreamView};

/// Decides whether a running stream goes on.
///
/// **Laws.** `decide` is pure: the same view and time give the same answer. It never ends a stream while somebody is known to listen, nor
/// while the number of listeners is unknown. [`Verdict::KeepUntil`] names a moment after `now`. Between the moments it names its answer
/// does not change by the passing of time alone. `streamcore::testing` checks the laws for anybody's policy.
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
    /// Decides, given what is known of the stream at `now`. Asked after everything that happens and at the moments it names.
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
