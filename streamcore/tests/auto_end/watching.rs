//! What comes of it: events, in their order and at their moments, and after each of them the promises.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use futures::FutureExt;
use streamcore::{
    Ended, Event, EventKind, Status, StreamId, Timestamp,
    metrics::MetricsSink,
    queue::{Page, Queue},
    registry::{Registry, Session},
};

use crate::{
    ends_when_it_should, never_ends_while_heard, one_end_per_session, spares_the_next_session,
    weather::Weather,
    world::{End, Promise, Verdict, World},
};

/// What the host did.
#[derive(Debug, Clone)]
pub(crate) enum Fact {
    Told(Event),
    /// An end is told when it is noted; this is when it happens.
    OffAir {
        stream: StreamId,
        at: Timestamp,
    },
}

/// What a host did, in order. Clones are the same.
#[derive(Debug, Clone, Default)]
pub(crate) struct Log(Arc<Mutex<Vec<Fact>>>);

impl Log {
    pub(crate) fn note(&self, fact: Fact) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(fact);
    }

    /// What was done since this was last asked.
    fn take(&self) -> Vec<Fact> {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl MetricsSink for Log {
    fn record(&self, event: &Event) {
        self.note(Fact::Told(event.clone()));
    }
}

impl World {
    pub(crate) fn settle(&mut self, stream: StreamId) {
        self.clock.runtime.settle();
        self.take_note();
        self.look_at(stream);
    }

    /// Looks at everything.
    pub(crate) fn look(&mut self) {
        self.take_note();
        for stream in self.truths.keys().copied().collect::<Vec<_>>() {
            self.look_at(stream);
        }
    }

    /// Takes note of what has happened.
    fn take_note(&mut self) {
        let facts = self.log.take();
        for (n, fact) in facts.iter().enumerate() {
            match fact {
                Fact::Told(event) => {
                    self.events += 1;
                    self.pass_to(event.stream, event.at);
                    self.happened(event.clone());
                }
                Fact::OffAir { stream, at } => {
                    self.pass_to(*stream, *at);
                    self.left_the_air(*stream, *at, &facts[n..]);
                }
            }
        }
    }

    fn pass_to(&mut self, stream: StreamId, to: Timestamp) {
        let Self { truths, broken, .. } = self;
        let truth = truths.get_mut(&stream).expect("the test made it");
        truth.pass_to(to, |truth, until| {
            if let Err(why) = ends_when_it_should::check_going_on(truth, until) {
                broken.push((Promise::EndsWhenItShould, format!("stream {stream}: {why}")));
            }
        });
    }

    fn happened(&mut self, event: Event) {
        if self.aloud {
            println!("{} stream {}: {:?}", event.at.as_millis(), event.stream, event.kind);
        }
        let stream = event.stream;
        match event.kind {
            EventKind::StreamStarted { resumed: false } => self.truth(stream).began(),
            EventKind::StreamStarted { resumed: true } => {
                self.driven.insert(stream);
                let stored = self.registry.inner().snapshot(stream).now_or_never().expect("memory does not wait");
                let stored = stored.expect("nor fail").unwrap_or_default();
                let known = stored.sources.iter().cloned().collect();
                let forgotten = never_ends_while_heard::check_sources(self.truth(stream), &known);
                self.note(Promise::NeverEndsWhileHeard, stream, forgotten);
                let history = self.history(stream);
                let over = one_end_per_session::check_going_on(stored.session, &history);
                self.note(Promise::OneEndPerSession, stream, over);
                self.truth(stream).went_on(stored.session, stored.sources);
            }
            EventKind::StreamEnded { session, cause, .. } => {
                self.told.push(End { process: self.process, stream, session, at: event.at, cause, played: false });
            }
            EventKind::AutoEndArmed { session, deadline, .. } => {
                let own = spares_the_next_session::check_timer(self.truth(stream), session, deadline);
                self.note(Promise::SparesTheNextSession, stream, own);
            }
            _ => {}
        }
    }

    /// A stream has left the air: because its session ended, or else because its process does. What followed says which, or the stream
    /// itself.
    fn left_the_air(&mut self, stream: StreamId, at: Timestamp, followed: &[Fact]) {
        let told = followed.iter().find_map(|fact| match fact {
            Fact::Told(Event { at: ended, stream: other, kind: EventKind::StreamEnded { session, cause, .. } })
                if *other == stream && *ended == at =>
            {
                Some((*session, cause.clone()))
            }
            _ => None,
        });
        let untold = || {
            let view = self.host.view(stream).now_or_never().and_then(Result::ok)?;
            let Ended { at: ended, cause } = view.ended?;
            (ended == at).then_some((view.session, cause))
        };
        let Some((session, cause)) = told.or_else(untold) else {
            return self.truth(stream).is_suspended();
        };
        let played = self.player.air(stream).is_some_and(|air| air.placeholder_since.is_none());
        let end = End { process: self.process, stream, session, at, cause, played };
        let truth = self.truth(stream);
        let heard = never_ends_while_heard::check(truth, &end);
        let due = ends_when_it_should::check_end(truth, &end);
        let own = spares_the_next_session::check_end(truth, &end);
        truth.ended();
        self.note(Promise::NeverEndsWhileHeard, stream, heard);
        self.note(Promise::EndsWhenItShould, stream, due);
        self.note(Promise::SparesTheNextSession, stream, own);
        self.ends.push(end);
    }

    /// What events do not tell.
    pub(crate) fn look_at(&mut self, stream: StreamId) {
        let now = self.now();
        self.pass_to(stream, now);
        let air = self.player.air(stream);
        let queue = self.queue.inner().view(stream, Page { offset: 0, limit: 0 }).now_or_never();
        let queue = queue.expect("memory does not wait").expect("nor fail");
        let is_dry = queue.total == 0 && queue.current.is_none();
        let placeholder_since = air.filter(|air| air.is_on).and_then(|air| air.placeholder_since);
        let truth = self.truth(stream);
        truth.dry_since = placeholder_since.filter(|_| is_dry).map(|since| truth.dry_since.unwrap_or(now).max(since));
        if truth.session.as_ref().is_some_and(|session| session.number.is_none()) {
            let host = self.host.clone();
            let view = host.view(stream).now_or_never().and_then(Result::ok);
            let number = view.filter(|view| view.status != Status::Stopped).map(|view| view.session);
            if let Some(session) = &mut self.truth(stream).session {
                session.number = number;
            }
        }
    }

    fn note(&mut self, promise: Promise, stream: StreamId, verdict: Verdict) {
        if let Err(why) = verdict {
            self.broken.push((promise, format!("stream {stream}: {why}")));
        }
    }

    fn history(&self, stream: StreamId) -> Vec<Session> {
        let sessions = self.registry.inner().sessions(stream, None, 1_000).now_or_never();
        sessions.expect("memory does not wait").expect("nor fail").sessions
    }

    /// Everything calms down; then what is kept of it all is compared to what happened.
    pub(crate) fn finish(&mut self) {
        self.weather(Weather::Fine, Weather::Fine);
        self.pass(Duration::from_secs(60));
        for stream in self.truths.keys().copied().collect::<Vec<_>>() {
            let history = self.history(stream);
            let of_it = |ends: &[End]| ends.iter().filter(|end| end.stream == stream).cloned().collect::<Vec<_>>();
            let (ends, told) = (of_it(&self.ends), of_it(&self.told));
            let running = self.truth(stream).session.as_ref().and_then(|session| session.number);
            self.note(Promise::OneEndPerSession, stream, one_end_per_session::check(&ends, &told, &history, running));
        }
    }
}
