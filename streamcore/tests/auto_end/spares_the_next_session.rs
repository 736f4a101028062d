//! A timer of one session ends no other.
//!
//! Somebody stops a stream a moment before it would end by itself, and starts it again: that is a new session with the whole timeout before
//! it, and whatever is left of the old one (a timer, a save that took its time, a snapshot that a restart reads) must not end it. So every
//! end by itself is one of the session that is on the air, and comes no earlier than that session's own beginning and the timeout
//! allow; and no timer is set for any other session.

use streamcore::{EndReason, Timestamp};

use crate::{
    truth::Truth,
    world::{End, Verdict},
};

pub(crate) fn check_end(truth: &Truth, end: &End) -> Verdict {
    let Some(session) = &truth.session else {
        return Err(format!("session {} ended at {}, and none was on the air", end.session, end.at));
    };
    if session.number.is_some_and(|number| number != end.session) {
        return Err(format!("session {} ended at {} instead of {:?}", end.session, end.at, session.number));
    }
    if end.cause.reason() == EndReason::AutoEnd && end.at < session.began + truth.timeout() {
        return Err(format!("session {} began at {} and ended at {}", end.session, session.began, end.at));
    }
    Ok(())
}

pub(crate) fn check_timer(truth: &Truth, session: u64, deadline: Timestamp) -> Verdict {
    match &truth.session {
        Some(running) if running.number.is_none_or(|number| number == session) => Ok(()),
        running => Err(format!("a timer for session {session} at {deadline}, and on the air is {running:?}")),
    }
}

/// Promise S26.
#[test]
fn a_timer_ends_no_session_but_its_own() {
    crate::campaign::outcome().assert_kept(crate::world::Promise::SparesTheNextSession);
}
