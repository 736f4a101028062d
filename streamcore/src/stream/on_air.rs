//! What listeners hear, as far as the machine has ordered it.

use std::time::Duration;

use super::{Effect, Effects, Order, Playing, Stream};
use crate::{
    EventKind, ItemId, Outcome, PlaybackId, QueueItem, Timestamp,
    player::{Join, Play},
};

/// What the player was told last.
#[derive(Debug, Clone, Default)]
pub(super) enum OnAir {
    /// Nothing yet.
    #[default]
    Silence,
    /// An item.
    Item(Box<Live>),
    /// The placeholder.
    Placeholder {
        /// Whether the player has been told; false while paused.
        ordered: bool,
    },
}

/// An item on the air, or ordered to be.
#[derive(Debug, Clone)]
pub(super) struct Live {
    pub(super) item: QueueItem,
    pub(super) playback: PlaybackId,
    /// Where in it playing began.
    pub(super) from: Duration,
    pub(super) join: Join,
    /// Whether the player has been told; false while paused.
    pub(super) ordered: bool,
    /// Whether its first moment has been on the air.
    pub(super) started: bool,
    /// Whether it was told as started by a process or player before.
    pub(super) told_before: bool,
    /// The item whose tail is still on the air until this one starts.
    pub(super) follows: Option<ItemId>,
    /// How far listeners are, and since when that counts up; none while it does not (before the start, paused).
    pub(super) position: Duration,
    pub(super) running_since: Option<Timestamp>,
    /// The position that the player told last.
    pub(super) position_reported: Option<Duration>,
    /// When it was ordered, or was last heard of having moved on.
    pub(super) last_progress: Timestamp,
    /// Whether it begins where somebody moved to, which has been told.
    pub(super) sought: bool,
    /// Set when the player is through with it.
    pub(super) done: Option<Outcome>,
}

impl Live {
    pub(super) fn position_at(&self, now: Timestamp) -> Duration {
        self.position + self.running_since.map_or(Duration::ZERO, |since| now.since(since))
    }

    pub(super) fn playing_at(&self, now: Timestamp) -> Playing {
        let started = self.started || self.told_before;
        Playing { item: self.item.id, position: self.position_at(now), started }
    }

    fn freeze(&mut self, now: Timestamp) {
        self.position = self.position_at(now);
        self.running_since = None;
    }
}

impl Stream {
    pub(super) const fn live(&self) -> Option<&Live> {
        match &self.on_air {
            OnAir::Item(live) => Some(live),
            OnAir::Silence | OnAir::Placeholder { .. } => None,
        }
    }

    /// The live item, if this playback is it.
    pub(super) fn live_mut(&mut self, playback: PlaybackId) -> Option<&mut Live> {
        match &mut self.on_air {
            OnAir::Item(live) if live.playback == playback => Some(live),
            _ => None,
        }
    }

    /// Whether a position moves on with time.
    pub(super) fn is_advancing(&self) -> bool {
        self.live().is_some_and(|live| live.running_since.is_some())
    }

    pub(super) fn put_item(&mut self, item: QueueItem, join: Join, fx: &mut Effects) {
        let resume = self.resume.take().filter(|resume| resume.item == item.id);
        let from = resume.map_or(Duration::ZERO, |resume| resume.position);
        let follows = if join == Join::AtEnd { self.live().map(|live| live.item.id) } else { None };
        let live = Live {
            item,
            playback: self.next_playback(),
            from,
            join,
            ordered: false,
            started: false,
            told_before: resume.is_some_and(|resume| resume.started),
            follows,
            position: from,
            running_since: None,
            position_reported: None,
            last_progress: self.now,
            sought: false,
            done: None,
        };
        self.on_air = OnAir::Item(Box::new(live));
        self.tail_until = None;
        self.order_what_is_on_air(fx);
    }

    /// The live item begins now; the tail of the one before is thrown away.
    pub(super) fn cut_the_tail(&mut self, fx: &mut Effects) {
        let playback = self.next_playback();
        if let OnAir::Item(live) = &mut self.on_air {
            (live.playback, live.join, live.follows, live.ordered) = (playback, Join::Now, None, false);
        }
        self.order_what_is_on_air(fx);
    }

    /// Puts the placeholder on the air, unless it is there.
    pub(super) fn put_placeholder(&mut self, join: Join, fx: &mut Effects) {
        if matches!(self.on_air, OnAir::Placeholder { .. }) {
            // It may have been put there in a pause that is over now.
            return self.order_what_is_on_air(fx);
        }
        self.on_air = OnAir::Placeholder { ordered: false };
        self.tail_until = None;
        self.placeholder_join = join;
        (self.dry_since, self.poll_from) = (self.now, self.now);
        self.order_what_is_on_air(fx);
        self.emit(EventKind::PlaceholderStarted, fx);
    }

    /// Tells the player what is on the air, if it has not been told and the stream is not paused. A playback ordered while paused would
    /// end the pause.
    pub(super) fn order_what_is_on_air(&mut self, fx: &mut Effects) {
        if self.paused {
            return;
        }
        let (placeholder_playback, now) = (PlaybackId(self.last_playback + 1), self.now);
        let order = match &mut self.on_air {
            OnAir::Item(live) if !live.ordered => {
                live.ordered = true;
                live.last_progress = now;
                Order::Play(Play { playback: live.playback, item: live.item.clone(), from: live.from, join: live.join })
            }
            OnAir::Placeholder { ordered } if !*ordered => {
                *ordered = true;
                self.last_playback += 1;
                Order::Placeholder { playback: placeholder_playback, join: self.placeholder_join }
            }
            _ => return,
        };
        fx.0.push(Effect::Order(order));
    }

    pub(super) fn pause(&mut self, fx: &mut Effects) {
        self.paused = true;
        if let Some(handoff) = &mut self.handoff {
            handoff.ends_pause = false; // this pause is younger than the skip
        }
        let now = self.now;
        if let OnAir::Item(live) = &mut self.on_air {
            live.freeze(now);
        }
        fx.0.push(Effect::Order(Order::Pause));
        self.emit(EventKind::Paused, fx);
    }

    pub(super) fn unpause(&mut self, fx: &mut Effects) {
        self.paused = false;
        let now = self.now;
        if let OnAir::Item(live) = &mut self.on_air {
            live.running_since = (live.ordered && live.started).then_some(now);
            live.last_progress = now;
        }
        // What the pause interrupted may still have a tail to play, also if something was put on the air behind it since.
        fx.0.push(Effect::Order(Order::Resume));
        self.order_what_is_on_air(fx);
        self.emit(EventKind::Resumed, fx);
    }

    /// The first moment of the live item is on the air.
    pub(super) fn started(&mut self, playback: PlaybackId, fx: &mut Effects) {
        let (now, paused) = (self.now, self.paused);
        let Some(live) = self.live_mut(playback) else { return };
        if std::mem::replace(&mut live.started, true) {
            return;
        }
        live.running_since = (!paused).then_some(now);
        live.last_progress = now;
        let sought = std::mem::take(&mut live.sought);
        let (item, position_ms) = (live.item.clone(), u64::try_from(live.from.as_millis()).unwrap_or(u64::MAX));
        if sought {
            // Told when it was asked for.
        } else if live.told_before {
            self.emit(EventKind::TrackResumed { item, position_ms }, fx);
        } else {
            self.tracks_played += 1;
            self.emit(EventKind::TrackStarted { item }, fx);
        }
        self.save(None, fx);
    }

    pub(super) fn progressed(&mut self, playback: PlaybackId, position: Duration) {
        let (now, paused) = (self.now, self.paused);
        let Some(live) = self.live_mut(playback) else { return };
        if !live.started {
            return;
        }
        if live.position_reported != Some(position) {
            live.position_reported = Some(position);
            live.last_progress = now;
        }
        live.position = position;
        live.running_since = (!paused).then_some(now);
        if position.saturating_sub(live.from) >= super::handoff::HEALTHY_AFTER {
            let url = live.item.url.clone();
            self.failures_in_a_row = 0;
            self.quarantine.played_well(&url);
        }
    }
}
