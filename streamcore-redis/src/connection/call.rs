//! One call of one script, with its time limit, however often it takes to send it.

use std::time::{Duration, Instant};

use fred::{interfaces::LuaInterface, types::Value};

use super::{Connection, MAX_WAITING, failure};
use crate::{
    error::{Failure, Unavailable},
    keys::Tagged,
    reply::Reply,
    script::Script,
};

/// A failed attempt is followed by another one after this long, twice as long each time.
const FIRST_PAUSE: Duration = Duration::from_millis(20);
const LONGEST_PAUSE: Duration = Duration::from_millis(500);

/// The answer to a call that is given up on the server's side is waited for a moment longer, so that there is no time at which it may still be
/// carried out though its caller was told that it was not.
const LAST_ANSWER: Duration = Duration::from_millis(100);

/// What an attempt came to, if not to an answer.
pub(super) enum Trouble {
    /// Try again, with what the server's clock shows.
    Late(i64),
    /// Try again.
    Passing(Unavailable),
    /// Do not.
    Final(Failure),
}

impl Connection {
    /// Runs a script on the keys of one tag, with these names.
    ///
    /// A script that changes something is carried out once, whatever becomes of its answers, and not after this has answered.
    pub(crate) async fn call(
        &self,
        script: &Script,
        tag: &Tagged,
        names: &[&str],
        args: Vec<Value>,
    ) -> Result<Reply, Failure> {
        let _place = self.places.try_acquire().map_err(|error| match error {
            tokio::sync::TryAcquireError::Closed => Failure::Away(Unavailable::Closed),
            tokio::sync::TryAcquireError::NoPermits => Failure::Away(Unavailable::Busy { limit: MAX_WAITING }),
        })?;
        self.health.check().map_err(Failure::Away)?;
        let mut keys: Vec<String> = names.iter().map(|name| tag.key(name)).collect();
        let mut call = Vec::new();
        if script.changes {
            keys.insert(0, self.calls_key(tag));
            call.push(Value::from(self.call_ids.next()));
            call.push(Value::Null);
        }
        let deadline = call.len();
        call.extend(args);
        let give_up = Instant::now() + self.config.call_timeout;
        let mut pause = FIRST_PAUSE;
        let mut maybe_done = false;
        loop {
            let left = give_up.saturating_duration_since(Instant::now());
            if let Some(until) = deadline.checked_sub(1).and_then(|until| call.get_mut(until)) {
                *until = Value::from(self.clock.after(left));
            }
            let attempt = tokio::time::timeout(left + LAST_ANSWER, self.send(script, keys.clone(), call.clone()));
            let trouble = match attempt.await {
                Ok(Ok(value)) => {
                    self.answered();
                    return Ok(Reply::new(script.name, value));
                }
                Ok(Err(trouble)) => trouble,
                Err(_) => {
                    let reason = format!("no answer for {} s", self.config.call_timeout.as_secs_f32());
                    let reason = self.clients.last_error().unwrap_or(reason);
                    self.unanswered(&reason);
                    return Err(Failure::Away(Unavailable::Silent(reason)));
                }
            };
            let unavailable = match trouble {
                Trouble::Final(failure) => return Err(failure),
                // It was not carried out, nor will an earlier attempt be: that one was as late. But if that was carried out in time, and the clock
                // has jumped so far that nothing is known of it any more, sending it once more would do it twice.
                Trouble::Late(server) => {
                    self.clock.set(server, Instant::now());
                    let unavailable = Unavailable::Silent("it answered too late".to_owned());
                    if maybe_done {
                        return Err(Failure::Away(unavailable));
                    }
                    unavailable
                }
                Trouble::Passing(unavailable) => {
                    maybe_done = true;
                    unavailable
                }
            };
            let left = give_up.saturating_duration_since(Instant::now());
            if left <= pause {
                self.unanswered(&unavailable.to_string());
                return Err(Failure::Away(unavailable));
            }
            tokio::time::sleep(pause).await;
            pause = (pause * 2).min(LONGEST_PAUSE);
        }
    }

    async fn send(&self, script: &Script, keys: Vec<String>, args: Vec<Value>) -> Result<Value, Trouble> {
        let by_digest =
            self.clients.calls.evalsha::<Value, _, _, _>(script.sha1.as_str(), keys.clone(), args.clone()).await;
        let answer = match by_digest {
            // A server that was restarted, flushed or promoted does not know it; this makes it known, too.
            Err(error) if error.details().starts_with("NOSCRIPT") => {
                self.clients.calls.eval::<Value, _, _, _>(script.source.as_str(), keys, args).await
            }
            answer => answer,
        };
        answer.map_err(|error| {
            if let Some(server) = error.details().strip_prefix("LATE ").and_then(|ms| ms.trim().parse().ok()) {
                return Trouble::Late(server);
            }
            failure::trouble(&error, script, self.config.fails_over())
        })
    }
}
