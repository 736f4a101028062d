//! On to another track because somebody wants it: the next one, or one of their choice. Who meant an item that is no longer current is
//! told so, and skips nothing.

use super::{
    CommandId, Done, Effect, Effects, Refusal, Stream,
    handoff::{Handoff, Jump, Wait, Why},
    phase::Phase,
};
use crate::{ItemId, Outcome, QueueItem, player::Join};

impl Stream {
    pub(super) fn skip(&mut self, command: CommandId, item: Option<ItemId>, fx: &mut Effects) {
        if self.phase != Phase::Running {
            return self.refuse(command, Refusal::NotRunning, fx);
        }
        if let Some(handoff) = &mut self.handoff {
            // What plays is being replaced already: this skip is answered with what comes, and skips nothing more.
            handoff.waiters.push((command, Wait::Skip { mine: false, item }));
            handoff.not_before = None;
            return self.ask_if_due(fx);
        }
        let skipped = |current: Option<QueueItem>| {
            Ok(Done::Skipped { skipped: true, current: current.map(Box::new), revision: None })
        };
        if let Some(live) = self.live().filter(|live| live.done.is_some()) {
            // The queue is dry already, and the tail of its last track is on the air.
            if item.is_none_or(|item| item == live.item.id) {
                self.put_placeholder(Join::Now, fx);
                return fx.0.push(Effect::Reply { command, reply: skipped(None) });
            }
            let done = Done::Skipped { skipped: false, current: None, revision: None };
            return fx.0.push(Effect::Reply { command, reply: Ok(done) });
        }
        if let Some(live) = self.live().filter(|live| !live.started && !self.paused && live.follows.is_some()) {
            // What people hear is the tail of the track before: that is what they skip, unless they name the next one.
            if item.is_none_or(|item| Some(item) == live.follows) {
                let current = live.item.clone();
                self.cut_the_tail(fx);
                return fx.0.push(Effect::Reply { command, reply: skipped(Some(current)) });
            }
        }
        let current = self.live().map(|live| (live.item.clone(), live.follows.is_some() && !live.started));
        match (current, item) {
            (Some((current, behind_a_tail)), item) if item.is_none_or(|item| item == current.id) => {
                self.failures_in_a_row = 0;
                // An item that nobody has heard yet makes room without cutting off what is heard.
                let join = if behind_a_tail { Join::AtEnd } else { Join::Now };
                let mut handoff = Handoff::new(Some((current, Outcome::Skipped)), join);
                handoff.why = Why::Skip;
                handoff.ends_pause = self.paused;
                handoff.waiters.push((command, Wait::Skip { mine: true, item }));
                self.begin(handoff, fx);
            }
            (None, None) if self.paused => {
                // Nothing was put on the air while paused; there may be something now.
                let mut handoff = Handoff::new(None, Join::Now);
                handoff.ends_pause = true;
                handoff.waiters.push((command, Wait::Skip { mine: true, item }));
                self.begin(handoff, fx);
            }
            (None, None) => self.refuse(command, Refusal::NothingToSkip, fx),
            (current, _) => {
                let done = Done::Skipped {
                    skipped: false,
                    current: current.map(|(current, _)| Box::new(current)),
                    revision: None,
                };
                fx.0.push(Effect::Reply { command, reply: Ok(done) });
            }
        }
    }

    /// On to an item of one's choice.
    pub(super) fn jump(&mut self, command: CommandId, item: Option<ItemId>, jump: Jump, fx: &mut Effects) {
        if self.phase != Phase::Running {
            return self.refuse(command, Refusal::NotRunning, fx);
        }
        if let Some(handoff) = &mut self.handoff {
            handoff.waiters.push((command, Wait::Jump { mine: false, item, jump }));
            handoff.not_before = None;
            return self.ask_if_due(fx);
        }
        // An item that the player is through with is no longer current; what is heard of it is its tail.
        let live = self.live().filter(|live| live.done.is_none());
        let unheard = live.is_some_and(|live| !live.started && !live.told_before);
        let current = live.map(|live| live.item.clone());
        let is_there = current.as_ref().is_some_and(|current| current.id == jump.to);
        if is_there || item.is_some_and(|item| current.as_ref().is_none_or(|current| current.id != item)) {
            let done = Done::Skipped { skipped: false, current: current.map(Box::new), revision: None };
            return fx.0.push(Effect::Reply { command, reply: Ok(done) });
        }
        let outcome = if jump.keep || unheard { Outcome::Interrupted } else { Outcome::Skipped };
        let mut handoff = Handoff::new(current.map(|current| (current, outcome)), Join::Now);
        handoff.why = if handoff.finished.is_some() { Why::Skip } else { Why::Done };
        handoff.next = Some(jump.to);
        handoff.ends_pause = self.paused;
        handoff.waiters.push((command, Wait::Jump { mine: true, item, jump }));
        self.failures_in_a_row = 0;
        self.begin(handoff, fx);
    }
}
