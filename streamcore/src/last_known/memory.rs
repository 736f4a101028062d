//! The answers that are remembered: bounded, and not served once they are known to be wrong.

use std::collections::BTreeMap;

use super::query::{Answer, Query, Scope};
use crate::Timestamp;

/// So many answers are remembered.
pub const MAX_ANSWERS: usize = 1_000;

/// About so many bytes of answers are remembered.
pub const MAX_BYTES: usize = 32 * 1024 * 1024;

#[derive(Debug, Default)]
pub(super) struct Memory {
    known: BTreeMap<Query, Known>,
    bytes: usize,
    /// Questions under way, and what changed since they were asked: their answers may be older than that.
    asked: BTreeMap<u64, (Query, Age)>,
    /// Numbers questions, and orders uses: no clock can confuse these.
    count: u64,
}

#[derive(Debug)]
struct Known {
    answer: Answer,
    read_at: Timestamp,
    wanted_at: Timestamp,
    used: u64,
    weight: usize,
    age: Age,
}

/// Whether an answer still is what the store would say.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Age {
    /// As far as is known here.
    Fresh,
    /// Something may have changed, elsewhere: it is read anew, and until then, or if that fails, it is what was known last.
    Old,
    /// This process acknowledged a change behind it: it is not served any more.
    Wrong,
}

impl Memory {
    fn next(&mut self) -> u64 {
        self.count += 1;
        self.count
    }

    /// Notes that this is asked now; the number it goes by.
    pub(super) fn ask(&mut self, query: Query) -> u64 {
        let number = self.next();
        self.asked.insert(number, (query, Age::Fresh));
        number
    }

    /// Nobody waits for that answer any more.
    pub(super) fn give_up(&mut self, number: u64) {
        self.asked.remove(&number);
    }

    /// Remembers the answer to a question, which was asked at `asked_at`. `wanted`: by somebody who reads, and not only to keep up.
    /// Returns whether it is outdated already.
    pub(super) fn answer(&mut self, number: u64, answer: Answer, asked_at: Timestamp, wanted: bool) -> bool {
        let Some((query, age)) = self.asked.remove(&number) else { return false };
        let weight = answer.weight();
        let before = self.known.get(&query);
        // Two that ask at once may be answered in another order.
        if before.is_some_and(|before| before.read_at > asked_at && before.age == Age::Fresh) {
            return false;
        }
        let (wanted_at, used) = match before {
            Some(before) if !wanted => (before.wanted_at, before.used),
            // It was forgotten meanwhile.
            None if !wanted => return false,
            _ => (asked_at, self.next()),
        };
        self.forget(&query);
        if weight > MAX_BYTES {
            return false;
        }
        self.bytes += weight;
        self.known.insert(query, Known { answer, read_at: asked_at, wanted_at, used, weight, age });
        while self.known.len() > MAX_ANSWERS || self.bytes > MAX_BYTES {
            let oldest = self.known.iter().min_by_key(|(_, known)| known.used).map(|(query, _)| query.clone());
            let Some(oldest) = oldest else { break };
            self.forget(&oldest);
        }
        age != Age::Fresh
    }

    /// The last answer to this and when it was read, unless it is known to be wrong.
    pub(super) fn recall(&mut self, query: &Query, now: Timestamp) -> Option<(Answer, Timestamp)> {
        let used = self.next();
        let known = self.known.get_mut(query).filter(|known| known.age != Age::Wrong)?;
        (known.used, known.wanted_at) = (used, known.wanted_at.max(now));
        Some((known.answer.clone(), known.read_at))
    }

    /// Something changed: what it touches is of this age now, or worse. Returns whether anything is to be read anew.
    pub(super) fn outdate(&mut self, scope: Scope, age: Age) -> bool {
        for (_, changed) in self.asked.values_mut().filter(|(query, _)| query.is_touched_by(scope)) {
            *changed = age.max(*changed);
        }
        let mut any = false;
        for (_, known) in self.known.iter_mut().filter(|(query, _)| query.is_touched_by(scope)) {
            (known.age, any) = (age.max(known.age), true);
        }
        any
    }

    /// What is to be read anew: of what is not fresh the `limit` most recently read since `since`. The rest is [given up](Self::not_read).
    pub(super) fn outdated(&mut self, since: Timestamp, limit: usize) -> Vec<Query> {
        let outdated = self.known.iter().filter(|(_, known)| known.age != Age::Fresh);
        let mut lately: Vec<_> = outdated.map(|(query, known)| (known.used, known.wanted_at, query.clone())).collect();
        lately.sort_unstable_by(|one, other| other.cmp(one));
        let (mut again, mut rest) = (Vec::new(), Vec::new());
        for (_, wanted_at, query) in lately {
            if again.len() < limit && wanted_at >= since { again.push(query) } else { rest.push(query) }
        }
        rest.iter().for_each(|query| self.not_read(query));
        again
    }

    /// It is not read anew: what is wrong is forgotten, what is only old stays what was known last.
    pub(super) fn not_read(&mut self, query: &Query) {
        match self.known.get_mut(query) {
            Some(known) if known.age != Age::Wrong => known.age = Age::Fresh,
            _ => self.forget(query),
        }
    }

    pub(super) fn forget(&mut self, query: &Query) {
        if let Some(known) = self.known.remove(query) {
            self.bytes -= known.weight;
        }
    }

    /// A stream is gone, or its queue: nothing that touches it is known.
    pub(super) fn forget_all(&mut self, scope: Scope) {
        self.outdate(scope, Age::Wrong);
        let gone: Vec<_> = self.known.keys().filter(|query| query.is_touched_by(scope)).cloned().collect();
        gone.iter().for_each(|query| self.forget(query));
    }

    #[cfg(test)]
    pub(super) fn size(&self) -> (usize, usize) {
        assert_eq!(self.bytes, self.known.values().map(|known| known.weight).sum::<usize>());
        (self.known.len(), self.bytes)
    }
}
