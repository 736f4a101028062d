//! One line for every fact about a stream. `reason` is always a label of a closed list, `detail` the words to it.

use streamcore::{CancelCause, EndCause, Event, EventKind, Outcome, Port, Timestamp, metrics::MetricsSink};
use tracing::{info, warn};

/// The target of events, so that `STREAMCORE_LOG=warn,streamcore::event=info` shows them and little else.
const EVENTS: &str = "streamcore::event";

/// Logs every event in one line.
#[derive(Debug, Clone, Copy)]
pub(crate) struct LogSink;

impl MetricsSink for LogSink {
    fn record(&self, event: &Event) {
        let stream = event.stream.get();
        match &event.kind {
            EventKind::StreamStarted { resumed } => info!(target: EVENTS, stream, event = "stream_started", resumed),
            EventKind::StreamEnded { session, reason, cause, .. } => {
                let end = EndFields::of(event.at, cause);
                info!(target: EVENTS, stream, event = "stream_ended", session, reason = reason.as_str(), by = end.by, detail = end.detail,
                      empty_since = end.empty_since, deadline = end.deadline, late_ms = end.late_ms);
            }
            EventKind::AutoEndArmed { session, empty_since, deadline } => {
                info!(target: EVENTS, stream, event = "auto_end_armed", session, %empty_since, %deadline);
            }
            EventKind::AutoEndWarning { session, seconds, deadline } => {
                info!(target: EVENTS, stream, event = "auto_end_warning", session, seconds, %deadline);
            }
            EventKind::AutoEndCancelled { session, cause } => {
                let by = if let CancelCause::KeepAlive { by } = cause { Some(by.as_str()) } else { None };
                info!(target: EVENTS, stream, event = "auto_end_cancelled", session, cause = cause.as_str(), by);
            }
            EventKind::TrackStarted { item } => {
                info!(target: EVENTS, stream, event = "track_started", item = %item.id, title = item.title);
            }
            EventKind::TrackResumed { item, position_ms } => {
                info!(target: EVENTS, stream, event = "track_resumed", item = %item.id, title = item.title, position_ms);
            }
            EventKind::TrackFinished { item, outcome: Outcome::Failed(reason) } => {
                warn!(target: EVENTS, stream, event = "track_failed", item = %item.id, title = item.title, url = item.url,
                      reason = reason.kind.as_str(), detail = reason.detail);
            }
            EventKind::TrackFinished { item, outcome } => {
                let outcome = match outcome {
                    Outcome::Skipped => "skipped",
                    Outcome::Interrupted => "interrupted",
                    _ => "played",
                };
                info!(target: EVENTS, stream, event = "track_finished", item = %item.id, title = item.title, outcome);
            }
            EventKind::PlaceholderStarted => info!(target: EVENTS, stream, event = "placeholder_started"),
            EventKind::Paused => info!(target: EVENTS, stream, event = "paused"),
            EventKind::Resumed => info!(target: EVENTS, stream, event = "resumed"),
            EventKind::ListenersChanged { count, known } => {
                info!(target: EVENTS, stream, event = "listeners_changed", count, known);
            }
            // One per track, and no news unless something was missing.
            EventKind::Switched { gap_us: 0 } => {}
            EventKind::Switched { gap_us } => warn!(target: EVENTS, stream, event = "switched", gap_us),
            EventKind::DeadAir { lasted_ms } => warn!(target: EVENTS, stream, event = "dead_air", lasted_ms),
            EventKind::EncoderLag { behind_ms } => warn!(target: EVENTS, stream, event = "encoder_lag", behind_ms),
            EventKind::ListenerDropped { behind_ms } => {
                info!(target: EVENTS, stream, event = "listener_dropped", behind_ms)
            }
            EventKind::Sought { item, position_ms } => {
                info!(target: EVENTS, stream, event = "sought", item = %item.id, title = item.title, position_ms);
            }
            EventKind::StoreFailed { port, detail } => {
                warn!(target: EVENTS, stream, event = "store_failed", port = port_label(*port), reason = "unavailable", detail)
            }
            EventKind::PlayerFailed { reason } => {
                warn!(target: EVENTS, stream, event = "player_failed", reason = reason.kind.as_str(), detail = reason.detail);
            }
            other => info!(target: EVENTS, stream, event = "other", ?other),
        }
    }
}

fn port_label(port: Port) -> &'static str {
    match port {
        Port::Queue => "queue",
        Port::Registry => "registry",
        _ => "other",
    }
}

/// What the line of an end says of its cause: what a cause has not is left out.
#[derive(Debug, Default, PartialEq, Eq)]
struct EndFields<'a> {
    by: Option<&'a str>,
    detail: Option<&'a str>,
    empty_since: Option<String>,
    deadline: Option<String>,
    /// How much later than it was to be.
    late_ms: Option<u64>,
}

impl<'a> EndFields<'a> {
    fn of(at: Timestamp, cause: &'a EndCause) -> Self {
        match cause {
            EndCause::AutoEnd { empty_since, deadline } => Self {
                empty_since: Some(empty_since.to_string()),
                deadline: Some(deadline.to_string()),
                late_ms: Some(at.since(*deadline).as_millis().try_into().unwrap_or(u64::MAX)),
                ..Self::default()
            },
            EndCause::Manual { by } => Self { by: Some(by), ..Self::default() },
            EndCause::Error { detail } => Self { detail: Some(detail), ..Self::default() },
            _ => Self::default(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_of_an_end_says_who_or_what_and_how_late() {
        let ms = Timestamp::from_millis;
        let cause = EndCause::AutoEnd { empty_since: ms(1_000), deadline: ms(4_000) };
        let end = EndFields::of(ms(4_012), &cause);
        assert_eq!((end.late_ms, end.by, end.detail), (Some(12), None, None));
        assert_eq!(end.deadline.as_deref(), Some("1970-01-01T00:00:04.000Z"));
        assert_eq!(end.empty_since.as_deref(), Some("1970-01-01T00:00:01.000Z"));
        assert_eq!(EndFields::of(ms(3_999), &cause).late_ms, Some(0), "a clock that was set back");
        let manual = EndCause::Manual { by: String::from("service token") };
        assert_eq!(EndFields::of(ms(1), &manual), EndFields { by: Some("service token"), ..EndFields::default() });
        let error = EndCause::Error { detail: String::from("no disk") };
        assert_eq!(EndFields::of(ms(1), &error), EndFields { detail: Some("no disk"), ..EndFields::default() });
    }
}
