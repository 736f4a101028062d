//! Listeners that are known by identity, each until an expiry of its own.

use std::collections::{BTreeMap, BTreeSet};

use crate::Timestamp;

use super::ListenerId;

/// A set of identities. Both halves name the same people, so that who expires next is found without looking at everybody.
#[derive(Debug, Clone, Default)]
pub(super) struct Named {
    /// Until when each is known; none: until its source says otherwise.
    until: BTreeMap<ListenerId, Option<Timestamp>>,
    /// Those with an expiry, the next one first.
    expiring: BTreeSet<(Timestamp, ListenerId)>,
}

impl Named {
    pub(super) fn len(&self) -> usize {
        self.until.len()
    }

    pub(super) fn contains(&self, id: &ListenerId) -> bool {
        self.until.contains_key(id)
    }

    /// Exactly these are known, until then.
    pub(super) fn replace(&mut self, ids: BTreeSet<ListenerId>, until: Option<Timestamp>) {
        self.expiring = until.map(|at| ids.iter().map(|id| (at, id.clone())).collect()).unwrap_or_default();
        self.until = ids.into_iter().map(|id| (id, until)).collect();
    }

    /// This one is known until then, whatever was said before.
    pub(super) fn insert(&mut self, id: ListenerId, until: Option<Timestamp>) {
        self.remove(&id);
        if let Some(at) = until {
            self.expiring.insert((at, id.clone()));
        }
        self.until.insert(id, until);
    }

    pub(super) fn remove(&mut self, id: &ListenerId) {
        if let Some((id, Some(at))) = self.until.remove_entry(id) {
            self.expiring.remove(&(at, id));
        }
    }

    pub(super) fn clear(&mut self) {
        *self = Self::default();
    }

    pub(super) fn expire(&mut self, now: Timestamp) {
        while self.next_expiry().is_some_and(|at| at <= now) {
            if let Some((_, id)) = self.expiring.pop_first() {
                self.until.remove(&id);
            }
        }
    }

    pub(super) fn next_expiry(&self) -> Option<Timestamp> {
        self.expiring.first().map(|(at, _)| *at)
    }
}
