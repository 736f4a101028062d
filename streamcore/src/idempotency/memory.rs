//! The keys that say what correct is, and vanish with the process.

use std::{
    collections::BTreeMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use async_trait::async_trait;

use super::{Answer, Claim, Error, Fingerprint, Idempotency, Limits, Origin, Result, ScopedKey, Ticket};
use crate::Timestamp;

/// Keys that vanish with the process. **Durability.** None.
///
/// ```
/// use streamcore::{Timestamp, idempotency::{Answer, Claim, Fingerprint, Idempotency, Limits, MemoryIdempotency, Origin, ScopedKey}};
/// # futures::executor::block_on(async {
/// let keys = MemoryIdempotency::new();
/// let key = ScopedKey { caller: "anna".into(), route: "POST /items".into(), key: "7".into() };
/// let (request, limits, now) = (Fingerprint([1; 32]), Limits::default(), Timestamp::from_millis(1_795_355_340_123));
/// let (origin, later) = (Origin([7; 16]), Origin([8; 16]));
/// let claim = keys.claim(key.clone(), request, origin, limits, now).await?;
/// let Claim::Fresh(ticket, _) = claim else { panic!("the key is new") };
/// let answer = Answer { status: 201, content_type: "application/json".into(), body: "{}".into() };
/// keys.finish(ticket, answer.clone(), now).await?;
/// assert_eq!(keys.claim(key, request, later, limits, now).await?, Claim::Done(answer, origin));
/// # Ok::<(), streamcore::idempotency::Error>(())
/// # }).unwrap();
/// ```
#[derive(Debug, Default)]
pub struct MemoryIdempotency {
    keys: Mutex<Keys>,
}

#[derive(Debug, Default)]
struct Keys {
    entries: BTreeMap<Ticket, Entry>,
    last: u64,
}

#[derive(Debug)]
struct Entry {
    key: ScopedKey,
    request: Fingerprint,
    origin: Origin,
    /// When it was claimed or finished.
    since: Timestamp,
    state: State,
}

#[derive(Debug, PartialEq)]
enum State {
    InProgress,
    Abandoned,
    Done(Answer),
}

impl Entry {
    /// Whether nobody is at it any more.
    fn is_over(&self, limits: Limits, now: Timestamp) -> bool {
        self.state != State::InProgress || now.since(self.since) >= limits.overdue_after
    }
}

impl Keys {
    /// A claim that is refused changes nothing, not even what is old is forgotten.
    fn claim(
        &mut self,
        key: ScopedKey,
        request: Fingerprint,
        origin: Origin,
        limits: Limits,
        now: Timestamp,
    ) -> Result<Claim> {
        let is_old = |entry: &Entry| now.since(entry.since) >= limits.keep_for;
        let old: Vec<_> = self.entries.iter().filter(|(_, entry)| is_old(entry)).map(|(ticket, _)| *ticket).collect();
        let forgotten: Vec<_> = old.into_iter().filter_map(|ticket| self.entries.remove_entry(&ticket)).collect();
        self.claim_among_remembered(key, request, origin, limits, now).inspect_err(|_| self.entries.extend(forgotten))
    }

    fn claim_among_remembered(
        &mut self,
        key: ScopedKey,
        request: Fingerprint,
        mut origin: Origin,
        limits: Limits,
        now: Timestamp,
    ) -> Result<Claim> {
        let known = self.entries.iter().find(|(_, entry)| entry.key == key).map(|(ticket, entry)| (*ticket, entry));
        if let Some((ticket, entry)) = known {
            match &entry.state {
                State::Abandoned => {}
                _ if entry.request != request => return Ok(Claim::Mismatch),
                State::Done(answer) => return Ok(Claim::Done(answer.clone(), entry.origin)),
                State::InProgress if !entry.is_over(limits, now) => return Ok(Claim::InProgress),
                State::InProgress => {}
            }
            origin = entry.origin;
            self.entries.remove(&ticket);
        } else {
            self.make_room(&key.caller, limits, now)?;
        }
        self.last += 1;
        let ticket = Ticket(self.last);
        self.entries.insert(ticket, Entry { key, request, origin, since: now, state: State::InProgress });
        Ok(Claim::Fresh(ticket, origin))
    }

    fn make_room(&mut self, caller: &str, limits: Limits, now: Timestamp) -> Result<()> {
        let of_caller = || self.entries.iter().filter(|(_, entry)| entry.key.caller == caller);
        let surplus = (of_caller().count() + 1).saturating_sub(limits.keys_per_caller);
        let mut ended: Vec<_> = of_caller()
            .filter(|(_, entry)| entry.is_over(limits, now))
            .map(|(ticket, entry)| (entry.since, *ticket))
            .collect();
        if ended.len() < surplus {
            return Err(Error::LimitReached { limit: limits.keys_per_caller });
        }
        ended.sort_unstable();
        for (_, ticket) in &ended[..surplus] {
            self.entries.remove(ticket);
        }
        Ok(())
    }
}

impl MemoryIdempotency {
    /// No keys yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    fn lock(&self) -> MutexGuard<'_, Keys> {
        self.keys.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl Idempotency for MemoryIdempotency {
    async fn claim(
        &self,
        key: ScopedKey,
        request: Fingerprint,
        origin: Origin,
        limits: Limits,
        now: Timestamp,
    ) -> Result<Claim> {
        key.check()?;
        self.lock().claim(key, request, origin, limits, now)
    }

    async fn finish(&self, ticket: Ticket, answer: Answer, now: Timestamp) -> Result<bool> {
        answer.check()?;
        let mut keys = self.lock();
        let Some(entry) = keys.entries.get_mut(&ticket) else { return Ok(false) };
        if entry.state == State::InProgress {
            entry.state = State::Done(answer);
            entry.since = now;
        }
        Ok(entry.state != State::Abandoned)
    }

    async fn abandon(&self, ticket: Ticket) -> Result<()> {
        let mut keys = self.lock();
        if let Some(entry) = keys.entries.get_mut(&ticket).filter(|entry| entry.state == State::InProgress) {
            entry.state = State::Abandoned;
        }
        Ok(())
    }
}
