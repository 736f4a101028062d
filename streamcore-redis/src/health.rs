//! Whether Redis answers. While it is known not to, calls are refused at once instead of each waiting for its own time limit.

use std::{
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use crate::error::Unavailable;

/// An outage that is shorter than this is waited out: a reconnect, a failover.
const WAIT_OUT: Duration = Duration::from_secs(1);

/// Whether the store can be asked, as of its last word.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Health {
    /// It answers.
    Up,
    /// It does not.
    Down {
        /// For how long.
        since: Duration,
        /// What was tried and failed.
        reason: Arc<str>,
    },
}

#[derive(Debug, Default)]
pub(crate) struct Watch {
    outage: Mutex<Option<Outage>>,
    ended: AtomicU64,
}

#[derive(Debug, Clone)]
struct Outage {
    began: Instant,
    reason: Arc<str>,
}

impl Watch {
    /// It answered. Whether it had not before.
    pub(crate) fn up(&self) -> bool {
        let was_away = self.outage().take().is_some();
        self.ended.fetch_add(was_away.into(), Ordering::Relaxed);
        was_away
    }

    /// How often it answered again.
    pub(crate) fn outages(&self) -> u64 {
        self.ended.load(Ordering::Relaxed)
    }

    /// It did not answer. Whether it had before.
    pub(crate) fn down(&self, reason: &str) -> bool {
        let mut outage = self.outage();
        let is_new = outage.is_none();
        let began = outage.as_ref().map_or_else(Instant::now, |outage| outage.began);
        *outage = Some(Outage { began, reason: reason.into() });
        is_new
    }

    pub(crate) fn health(&self) -> Health {
        match &*self.outage() {
            None => Health::Up,
            Some(outage) => Health::Down { since: outage.began.elapsed(), reason: outage.reason.clone() },
        }
    }

    /// Whether it makes sense to ask.
    pub(crate) fn check(&self) -> Result<(), Unavailable> {
        match self.health() {
            Health::Down { since, reason } if since > WAIT_OUT => {
                Err(Unavailable::Down { seconds: since.as_secs(), reason })
            }
            _ => Ok(()),
        }
    }

    fn outage(&self) -> std::sync::MutexGuard<'_, Option<Outage>> {
        self.outage.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_outage_is_told_once_and_waited_out_at_first() {
        let watch = Watch::default();
        assert!(watch.down("no route"));
        assert!(!watch.down("still none"));
        assert!(watch.check().is_ok());
        watch.outage().as_mut().unwrap().began -= Duration::from_secs(2);
        assert!(matches!(watch.check(), Err(Unavailable::Down { seconds: 2, reason }) if &*reason == "still none"));
        assert!(watch.up());
        assert!(!watch.up());
        assert_eq!((watch.health(), watch.outages()), (Health::Up, 1));
    }
}
