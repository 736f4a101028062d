//! The three ports that this program implements itself: when streams end, where facts go, and what time it is.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use futures::future::BoxFuture;
use streamcore::{
    Event, EventKind, Status, StreamView, Timestamp,
    auto_end::{AutoEndPolicy, Verdict},
    metrics::MetricsSink,
    runtime::Runtime,
};
use tokio::{
    sync::mpsc::{Receiver, Sender, channel},
    time::Instant,
};

/// Ends a stream whose queue is dry once nobody has listened for a while.
#[derive(Debug)]
pub(crate) struct EndWhenAlone {
    pub(crate) after: Duration,
}

impl AutoEndPolicy for EndWhenAlone {
    fn decide(&self, view: &StreamView, now: Timestamp) -> Verdict {
        let (Status::Placeholder, Some(empty_since)) = (view.status, view.empty_since) else { return Verdict::Keep };
        // Unknown is not zero: a stream whose listeners nobody can tell goes on.
        if !view.audience.is_empty() {
            return Verdict::Keep;
        }
        let end = empty_since + self.after;
        if now < end { Verdict::KeepUntil(end) } else { Verdict::End }
    }
}

/// Prints what happens, and passes it on.
#[derive(Debug)]
pub(crate) struct Trace(Sender<Event>);

impl Trace {
    pub(crate) fn new() -> (Self, Receiver<Event>) {
        let (sender, receiver) = channel(64);
        (Self(sender), receiver)
    }
}

impl MetricsSink for Trace {
    fn record(&self, event: &Event) {
        let what = match &event.kind {
            EventKind::StreamStarted { .. } => String::from("the stream starts"),
            EventKind::StreamEnded { reason, .. } => format!("the stream ends ({})", reason.as_str()),
            EventKind::TrackStarted { item, .. } => format!("now playing: {}", item.title),
            EventKind::TrackFinished { item, outcome } => format!("finished: {} ({outcome:?})", item.title),
            EventKind::PlaceholderStarted => String::from("the queue is dry: placeholder"),
            EventKind::AutoEndArmed { deadline, .. } => format!("nobody listens: the stream ends at {deadline}"),
            EventKind::AutoEndCancelled { cause, .. } => format!("it does not ({})", cause.as_str()),
            EventKind::ListenersChanged { count, known: true } => format!("listeners: {count}"),
            EventKind::ListenersChanged { count, known: false } => format!("listeners: {count} or more"),
            other => format!("{other:?}"),
        };
        println!("{}  {what}", event.at);
        // A sink must not block: when nobody reads, facts are dropped.
        let _ = self.0.try_send(event.clone());
    }
}

/// Time and tasks on tokio.
#[derive(Debug, Clone, Copy)]
pub(crate) struct OnTokio {
    wall: Timestamp,
    start: Instant,
}

impl OnTokio {
    pub(crate) fn new() -> Self {
        let wall = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Self { wall: Timestamp::default() + wall, start: Instant::now() }
    }
}

impl Runtime for OnTokio {
    fn now(&self) -> Timestamp {
        self.wall + self.start.elapsed()
    }

    fn sleep_until(&self, deadline: Timestamp) -> BoxFuture<'static, ()> {
        let clock = *self;
        Box::pin(async move {
            // The clock is told in whole milliseconds: look again, for late is allowed and early is not.
            while clock.now() < deadline {
                tokio::time::sleep(deadline.since(clock.now())).await;
            }
        })
    }

    fn spawn(&self, task: BoxFuture<'static, ()>) {
        tokio::spawn(task);
    }
}
