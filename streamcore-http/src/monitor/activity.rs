//! What happened lately, for people: streams that began and ended, tracks that came and went, what went wrong.
//!
//! It is a list to look at, not a log: the log, the sessions and the play history of streams are kept elsewhere and in full. What an operator
//! should act on is a `stream_error`: a stream that could not go on, a track that could not be played, an order that the player could not
//! carry out. Ends by an automatic timer or by a person are `stream_stopped`. What comes by the hundred or ends by itself (listeners, tracks
//! that play as they should, a store that is away for a while) is left to the log and to metrics, so that it does not push the rest out.
//!
//! **Bounds.** The last [`Activity::CAPACITY`] entries, each of less than 3 KiB.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use streamcore::{
    EndCause, Event, EventKind, FailureReason, ItemId, Outcome, StreamId, Timestamp, metrics::MetricsSink,
};

/// How much of a title or of an explanation is kept, in characters.
const MAX_CHARS: usize = 300;

/// The kinds of entries.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum ActivityKind {
    /// A stream began, or went on after a restart of the process.
    StreamStarted,
    /// It ended, by a person or by itself.
    StreamStopped,
    /// It could not go on, or could not play what it should.
    StreamError,
    /// Tracks came into a queue.
    TrackAdded,
    /// Tracks were taken out of one.
    TrackRemoved,
    /// Somebody asked for an account.
    UserRegistered,
    /// They got it.
    UserApproved,
    /// They did not.
    UserRejected,
}

impl ActivityKind {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::StreamStarted,
        Self::StreamStopped,
        Self::StreamError,
        Self::TrackAdded,
        Self::TrackRemoved,
        Self::UserRegistered,
        Self::UserApproved,
        Self::UserRejected,
    ];

    /// Its name in snake case, as in JSON.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::StreamStarted => "stream_started",
            Self::StreamStopped => "stream_stopped",
            Self::StreamError => "stream_error",
            Self::TrackAdded => "track_added",
            Self::TrackRemoved => "track_removed",
            Self::UserRegistered => "user_registered",
            Self::UserApproved => "user_approved",
            Self::UserRejected => "user_rejected",
        }
    }

    /// The one with this name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == name)
    }
}

/// One entry.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Entry {
    /// Higher than that of every entry before it, also of those before a restart.
    pub(crate) id: u64,
    pub(crate) at: Timestamp,
    pub(crate) stream: StreamId,
    pub(crate) what: What,
}

/// What happened to a stream.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum What {
    Started {
        resumed: bool,
    },
    Ended {
        session: u64,
        cause: EndCause,
    },
    TrackFailed {
        item: ItemId,
        title: String,
        reason: FailureReason,
    },
    PlayerFailed {
        reason: FailureReason,
    },
    /// So many tracks, and what the first of them is called.
    Added {
        title: String,
        count: u64,
    },
    Removed {
        title: String,
        count: u64,
    },
}

impl What {
    pub(crate) const fn kind(&self) -> ActivityKind {
        match self {
            Self::Started { .. } => ActivityKind::StreamStarted,
            Self::Ended { cause: EndCause::Error { .. }, .. }
            | Self::TrackFailed { .. }
            | Self::PlayerFailed { .. } => ActivityKind::StreamError,
            Self::Ended { .. } => ActivityKind::StreamStopped,
            Self::Added { .. } => ActivityKind::TrackAdded,
            Self::Removed { .. } => ActivityKind::TrackRemoved,
        }
    }
}

/// The last entries. See the [module](self).
///
/// As a [`MetricsSink`] it takes note of what happens to streams; edits of queues are told by who carries them out. **Cancellation.** No call
/// waits for anything.
///
/// ```
/// use streamcore::{StreamId, Timestamp};
/// use streamcore_http::monitor::Activity;
///
/// let activity = Activity::new(Timestamp::from_millis(1_000));
/// activity.track_added(StreamId::new(7), "Prelude", Timestamp::from_millis(2_000));
/// assert_eq!(activity.len(), 1);
/// ```
#[derive(Debug)]
pub struct Activity {
    ring: Mutex<Ring>,
}

#[derive(Debug)]
struct Ring {
    next_id: u64,
    entries: VecDeque<Arc<Entry>>,
}

impl Activity {
    /// So many entries are kept.
    pub const CAPACITY: usize = 1_000;

    /// Nothing has happened yet. Ids count from this moment, a thousand for each millisecond: so they rise over restarts as well.
    #[must_use]
    pub fn new(now: Timestamp) -> Self {
        let next_id = now.as_millis().saturating_mul(1_000).min(crate::wire::MAX_SAFE_INTEGER.unsigned_abs() / 2);
        Self { ring: Mutex::new(Ring { next_id, entries: VecDeque::new() }) }
    }

    /// How many entries there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.lock().entries.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// A track came into a stream's queue.
    pub fn track_added(&self, stream: StreamId, title: &str, at: Timestamp) {
        self.tracks_added(stream, title, 1, at);
    }

    /// So many tracks came into a stream's queue at once; the first of them is called `title`. One entry, however many; none for none.
    pub fn tracks_added(&self, stream: StreamId, title: &str, count: u64, at: Timestamp) {
        if count > 0 {
            self.push(at, stream, What::Added { title: cut(title), count });
        }
    }

    /// A track was taken out of a stream's queue.
    pub fn track_removed(&self, stream: StreamId, title: &str, at: Timestamp) {
        self.tracks_removed(stream, title, 1, at);
    }

    /// So many tracks were taken out of a stream's queue at once; the first of them was called `title`. One entry, however many; none for
    /// none.
    pub fn tracks_removed(&self, stream: StreamId, title: &str, count: u64, at: Timestamp) {
        if count > 0 {
            self.push(at, stream, What::Removed { title: cut(title), count });
        }
    }

    /// Those entries that are wanted, newest first: a page of them, and how many they are.
    pub(crate) fn page(
        &self,
        wanted: impl Fn(&Entry) -> bool,
        offset: usize,
        limit: usize,
    ) -> (Vec<Arc<Entry>>, usize) {
        // The loops of streams wait for this lock: what is wanted is found out without it.
        let mut entries: Vec<_> = self.lock().entries.iter().rev().cloned().collect();
        entries.retain(|entry| wanted(entry));
        let total = entries.len();
        (entries.into_iter().skip(offset).take(limit).collect(), total)
    }

    fn push(&self, at: Timestamp, stream: StreamId, what: What) {
        let mut ring = self.lock();
        let id = ring.next_id;
        ring.next_id = id.saturating_add(1);
        if ring.entries.len() >= Self::CAPACITY {
            ring.entries.pop_front();
        }
        ring.entries.push_back(Arc::new(Entry { id, at, stream, what }));
    }

    fn lock(&self) -> MutexGuard<'_, Ring> {
        self.ring.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl MetricsSink for Activity {
    fn record(&self, event: &Event) {
        let what = match &event.kind {
            EventKind::StreamStarted { resumed } => What::Started { resumed: *resumed },
            EventKind::StreamEnded { session, cause, .. } => {
                let cause = match cause {
                    EndCause::Manual { by } => EndCause::Manual { by: cut(by) },
                    EndCause::Error { detail } => EndCause::Error { detail: cut(detail) },
                    other => other.clone(),
                };
                What::Ended { session: *session, cause }
            }
            EventKind::TrackFinished { item, outcome: Outcome::Failed(reason) } => {
                What::TrackFailed { item: item.id, title: cut(&item.title), reason: shortened(reason) }
            }
            EventKind::PlayerFailed { reason } => What::PlayerFailed { reason: shortened(reason) },
            _ => return,
        };
        self.push(event.at, event.stream, what);
    }
}

fn cut(text: &str) -> String {
    text.chars().take(MAX_CHARS).collect()
}

fn shortened(reason: &FailureReason) -> FailureReason {
    FailureReason::new(reason.kind, cut(&reason.detail))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use streamcore::{EndReason, FailureKind, QueueItem, metrics::MetricsSink as _};

    use super::*;

    const STREAM: StreamId = StreamId::new(7);

    fn at(millis: u64) -> Timestamp {
        Timestamp::from_millis(millis)
    }

    fn all(activity: &Activity) -> Vec<Arc<Entry>> {
        activity.page(|_| true, 0, usize::MAX).0
    }

    #[test]
    fn what_an_operator_should_know_is_noted_and_the_rest_is_not() {
        let activity = Activity::new(at(0));
        let item = QueueItem::file(ItemId::new(uuid::Uuid::from_u128(1)), "Prelude", "a.mp3", at(0));
        let ended =
            |cause: EndCause| EventKind::StreamEnded { session: 1, started_at: at(0), reason: cause.reason(), cause };
        let broken = FailureReason::new(FailureKind::Broken, "no");
        for (kind, noted) in [
            (EventKind::StreamStarted { resumed: false }, Some("stream_started")),
            (EventKind::StreamStarted { resumed: true }, Some("stream_started")),
            (ended(EndCause::Manual { by: "anna".to_owned() }), Some("stream_stopped")),
            (ended(EndCause::AutoEnd { empty_since: at(1), deadline: at(2) }), Some("stream_stopped")),
            (ended(EndCause::Error { detail: "no disk".to_owned() }), Some("stream_error")),
            (
                EventKind::TrackFinished { item: item.clone(), outcome: Outcome::Failed(broken.clone()) },
                Some("stream_error"),
            ),
            (EventKind::PlayerFailed { reason: broken }, Some("stream_error")),
            (EventKind::TrackFinished { item: item.clone(), outcome: Outcome::Played }, None),
            (EventKind::TrackFinished { item: item.clone(), outcome: Outcome::Skipped }, None),
            (EventKind::TrackStarted { item }, None),
            (EventKind::ListenersChanged { count: 1, known: true }, None),
            (EventKind::StoreFailed { port: streamcore::Port::Queue, detail: "away".to_owned() }, None),
            (EventKind::PlaceholderStarted, None),
        ] {
            let before = activity.len();
            activity.record(&Event { at: at(5), stream: STREAM, kind: kind.clone() });
            let new = (activity.len() > before).then(|| all(&activity)[0].what.kind().as_str());
            assert_eq!(new, noted, "{kind:?}");
        }
        assert!(all(&activity).iter().all(|entry| entry.at == at(5) && entry.stream == STREAM));
        assert_eq!(EndReason::Error.as_str(), "error");
    }

    #[test]
    fn a_batch_is_one_entry_and_nothing_is_none() {
        let activity = Activity::new(at(0));
        activity.tracks_added(STREAM, "Prelude", 1_000, at(1));
        activity.tracks_removed(STREAM, "", 0, at(1));
        activity.tracks_added(STREAM, "", 0, at(1));
        activity.track_removed(STREAM, &"ы".repeat(10_000), at(2));
        let entries = all(&activity);
        let long = What::Removed { title: "ы".repeat(MAX_CHARS), count: 1 };
        let seen: Vec<_> = entries.iter().map(|entry| &entry.what).collect();
        assert_eq!(seen, [&long, &What::Added { title: "Prelude".to_owned(), count: 1_000 }]);
    }

    #[test]
    fn ids_rise_over_a_restart_and_json_keeps_them() {
        let (before, after) = (Activity::new(at(1_795_355_340_123)), Activity::new(at(1_795_355_341_000)));
        for _ in 0..5_000 {
            before.track_added(STREAM, "a", at(1));
        }
        after.track_added(STREAM, "a", at(1));
        assert!(all(&after)[0].id > all(&before)[0].id);
        let beyond = Activity::new(at(u64::MAX));
        beyond.track_added(STREAM, "a", at(1));
        assert!(all(&beyond)[0].id < 1 << 53);
    }

    proptest! {
        /// It is the end of the list of all that was told.
        #[test]
        fn it_is_the_end_of_what_was_told(
            told in proptest::collection::vec(any::<bool>(), 0..2_500),
            offset in 0..1_500_usize,
            limit in 0..200_usize,
        ) {
            let activity = Activity::new(at(3));
            for (n, adds) in told.iter().enumerate() {
                let tell = if *adds { Activity::track_added } else { Activity::track_removed };
                tell(&activity, STREAM, &n.to_string(), at(n as u64));
            }
            let kept = told.iter().enumerate().rev().take(Activity::CAPACITY);
            let added: Vec<_> = kept.filter(|(_, adds)| **adds).map(|(n, _)| n as u64).collect();
            let wanted = |entry: &Entry| entry.what.kind() == ActivityKind::TrackAdded;
            let (page, total) = activity.page(wanted, offset, limit);
            prop_assert_eq!(total, added.len());
            let seen: Vec<_> = page.iter().map(|entry| entry.id - 3_000).collect();
            let expected: Vec<_> = added.into_iter().skip(offset).take(limit).collect();
            prop_assert_eq!(seen, expected);
            prop_assert_eq!(activity.len(), told.len().min(Activity::CAPACITY));
        }
    }
}
