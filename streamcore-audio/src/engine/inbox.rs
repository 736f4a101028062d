//! How orders and wake-ups reach an engine, without making anybody wait.

use std::{
    collections::VecDeque,
    sync::{
        Condvar, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use streamcore::{
    PlaybackId,
    player::{Join, Play},
};

/// Orders under way. An engine takes all of them at least every few milliseconds, so that more than this means that it is stuck.
const MAX_ORDERS: usize = 256;

/// What a player can be told about one stream.
#[derive(Debug, Clone)]
#[expect(clippy::large_enum_variant, reason = "one waits at a time, and is moved once")]
pub(crate) enum Order {
    Play(Play),
    Placeholder {
        playback: PlaybackId,
        join: Join,
    },
    Pause,
    Resume,
    Close,
    #[cfg(test)]
    Panic,
}

/// The inbox of one engine.
///
/// **Bound.** At [`MAX_ORDERS`] the oldest order gives way to the new one, which supersedes it; except that it is never forgotten that the
/// stream is closed.
#[derive(Debug, Default)]
pub(crate) struct Inbox {
    state: Mutex<State>,
    bell: Condvar,
    /// Whether the engine would like to know that there is PCM. Decoders ring only then: while the lead is full a wake-up would be for nothing.
    hungry: AtomicBool,
}

#[derive(Debug, Default)]
struct State {
    orders: VecDeque<Order>,
    rung: bool,
}

impl Inbox {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Gives an order. Returns at once.
    pub(crate) fn order(&self, order: Order) {
        let mut state = self.state();
        if state.orders.len() >= MAX_ORDERS {
            let oldest = state.orders.iter().position(|order| !matches!(order, Order::Close)).unwrap_or(0);
            state.orders.remove(oldest);
        }
        state.orders.push_back(order);
        self.bell.notify_one();
    }

    /// Says that there is PCM.
    pub(crate) fn pcm_is_there(&self) {
        if self.hungry.swap(false, Ordering::AcqRel) {
            self.state().rung = true;
            self.bell.notify_one();
        }
    }

    /// Before looking for PCM: from now on its arrival rings.
    pub(crate) fn listen_for_pcm(&self) {
        self.hungry.store(true, Ordering::Release);
    }

    /// After looking: PCM is not needed now.
    pub(crate) fn ignore_pcm(&self) {
        self.hungry.store(false, Ordering::Release);
        self.state().rung = false;
    }

    /// Waits until `deadline`, whatever comes; unless the stream is closed, which it says. Takes no orders.
    pub(crate) fn is_closed_before(&self, deadline: Instant) -> bool {
        let mut state = self.state();
        loop {
            if state.orders.iter().any(|order| matches!(order, Order::Close)) {
                return true;
            }
            let left = deadline.saturating_duration_since(Instant::now());
            if left == Duration::ZERO {
                return false;
            }
            state = self.bell.wait_timeout(state, left).unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    /// Waits for orders or a ring, until `deadline` at the latest; takes all orders.
    pub(crate) fn wait(&self, deadline: Instant) -> VecDeque<Order> {
        let mut state = self.state();
        while state.orders.is_empty() && !state.rung {
            let left = deadline.saturating_duration_since(Instant::now());
            if left == Duration::ZERO {
                break;
            }
            state = self.bell.wait_timeout(state, left).unwrap_or_else(PoisonError::into_inner).0;
        }
        state.rung = false;
        std::mem::take(&mut state.orders)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_inbox_forgets_the_oldest_order_but_not_the_close() {
        let inbox = Inbox::default();
        inbox.order(Order::Close);
        for _ in 0..MAX_ORDERS + 10 {
            inbox.order(Order::Pause);
        }
        inbox.order(Order::Resume);
        let orders = inbox.wait(Instant::now());
        assert_eq!(orders.len(), MAX_ORDERS);
        assert!(matches!(orders[0], Order::Close));
        assert!(matches!(orders[MAX_ORDERS - 1], Order::Resume));
    }

    #[test]
    fn pcm_rings_only_if_somebody_listens() {
        let inbox = Inbox::default();
        inbox.pcm_is_there();
        assert!(!inbox.state().rung);
        inbox.listen_for_pcm();
        inbox.pcm_is_there();
        assert!(inbox.state().rung);
        inbox.ignore_pcm();
        assert!(!inbox.state().rung);
    }
}
