//! Who works on the data: a note that expires, so that a second program that would do the same work is noticed.
//!
//! It is a notice and no lease: nothing that a program writes is refused because it has lost its note.

use std::time::Duration;

use fred::types::Value;

use crate::{
    RedisStore,
    error::Failure,
    script::{Lazy, Script},
};

// Not among the scripts that are carried out once: written again it is the same note, and late it expires by itself.
static LOCK: Lazy = Lazy::new(|| Script::reading("advisory_lock", &[include_str!("scripts/advisory_lock.lua")]));

/// The name of the key.
const KEY: &str = "server";

/// What became of asking for the note.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AdvisoryLock {
    /// It is ours.
    Ours,
    /// Somebody else works on the data, or did until a moment ago.
    Taken {
        /// How they describe themselves.
        by: String,
        /// When their note expires, unless they renew it.
        expires_in: Duration,
    },
}

/// The note could not be written: Redis is away.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct LockError(String);

impl RedisStore {
    /// Notes that the program with this id works on the data, for so long; or answers who does. Call it again, well before that time is over, to renew it.
    ///
    /// **Effect.** Writes the note if there is none, if it has this id already, or, with `take_over`, in any case. The id is letters, digits
    /// and `-`; the description is shown to people.
    ///
    /// # Errors
    /// [`LockError`] if Redis cannot be asked. **Cancellation.** The note may have been written; it expires.
    pub async fn lock_advisory(
        &self,
        id: &str,
        description: &str,
        time: Duration,
        take_over: bool,
    ) -> Result<AdvisoryLock, LockError> {
        let time = i64::try_from(time.as_millis()).unwrap_or(i64::MAX);
        let args: Vec<Value> =
            vec![id.into(), description.into(), time.to_string().into(), if take_over { "1" } else { "0" }.into()];
        let mut answer = self.ask_lock(args).await?;
        let read = |problem: crate::error::Corrupt| LockError(problem.0);
        if answer.required().map_err(read)? == "ours" {
            return Ok(AdvisoryLock::Ours);
        }
        let by = answer.required().map_err(read)?;
        let left: i64 = answer.parse().map_err(read)?;
        Ok(AdvisoryLock::Taken { by, expires_in: Duration::from_millis(left.try_into().unwrap_or(0)) })
    }

    /// Takes the note of this id away, if it is the one that is there.
    ///
    /// # Errors
    /// [`LockError`] if Redis cannot be asked: then it expires. **Cancellation.** It may be gone, or expire.
    pub async fn unlock_advisory(&self, id: &str) -> Result<(), LockError> {
        self.ask_lock(vec![id.into(), "".into(), "0".into(), "0".into()]).await.map(drop)
    }

    async fn ask_lock(&self, args: Vec<Value>) -> Result<crate::reply::Reply, LockError> {
        let connection = &self.connection;
        let answer = connection.call(&LOCK, &connection.keys.registry(), &[KEY], args).await;
        answer.map_err(|failure| match failure {
            Failure::Away(unavailable) => LockError(unavailable.to_string()),
            Failure::Corrupt(corrupt) => LockError(corrupt.0),
        })
    }
}
