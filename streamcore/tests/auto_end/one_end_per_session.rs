//! A session ends once, and its history tells of it once.
//!
//! A process tells of an end of each session at most once. (A session that was on the air when its process died goes on in the next one: if
//! the end was not stored yet, it is that process that ends it, so two processes may tell of one session.) The history has every session
//! that ended exactly once, with the reason and the moment of one of those ends; however often it was stored, because answers were lost or
//! came late; and no session that is on the air, none twice, and none that never was. A session in the history is over: no process goes on
//! with it, whatever was still on its way to the store when it ended.

use std::collections::{BTreeMap, BTreeSet};

use streamcore::{Ended, registry::Session};

use crate::world::{End, Verdict};

/// All ends of one stream, its history, and the session that is on the air.
pub(crate) fn check(ends: &[End], history: &[Session], running: Option<u64>) -> Verdict {
    let told: BTreeSet<_> = ends.iter().map(|end| (end.process, end.session)).collect();
    if told.len() != ends.len() {
        return Err(format!("a session ended twice in one process: {ends:?}"));
    }
    let kept: BTreeMap<_, _> = history.iter().map(|session| (session.number, &session.ended)).collect();
    if kept.len() != history.len() {
        return Err(format!("a session is in the history twice: {history:?}"));
    }
    for (number, ended) in &kept {
        let is_it = |end: &End| end.session == *number && Ended { at: end.at, cause: end.cause.clone() } == **ended;
        if !ends.iter().any(is_it) {
            return Err(format!("session {number} never ended as the history says: {ended:?}, but {ends:?}"));
        }
    }
    if let Some(running) = running.filter(|running| kept.contains_key(running)) {
        return Err(format!("session {running} is on the air, and in the history"));
    }
    let missing = ends.iter().find(|end| !kept.contains_key(&end.session) && running != Some(end.session));
    match missing {
        Some(end) => Err(format!("the end of session {} at {} is not in the history", end.session, end.at)),
        None => Ok(()),
    }
}

/// A process goes on with this session.
pub(crate) fn check_going_on(session: u64, history: &[Session]) -> Verdict {
    match history.iter().find(|over| over.number == session) {
        Some(over) => Err(format!("session {session} goes on, though it is over: {:?}", over.ended)),
        None => Ok(()),
    }
}

#[test]
fn every_session_that_ended_is_in_the_history_once() {
    crate::campaign::outcome().assert_kept(crate::world::Promise::OneEndPerSession);
}
