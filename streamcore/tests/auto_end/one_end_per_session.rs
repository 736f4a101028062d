//! A session ends once, and its history tells of it once.
//!
//! Off the air is not yet over: an end counts when it is noted. A session that was on the air when its process died, or whose end was not
//! noted yet, goes on in the next one, which ends it in its turn. So an end is told when it is noted, and of each session once, by
//! whatever process; the history has every session whose end was noted, exactly once, with the reason and the moment at which it left the air,
//! however often it was stored because answers were lost or came late; and no session that is on the air, and none that never was.
//! A session in the history is over: no process goes on with it, whatever was still on its way to the store when it ended.

use std::collections::{BTreeMap, BTreeSet};

use streamcore::{Ended, registry::Session};

use crate::world::{End, Verdict};

/// How the sessions of one stream left the air, what was told of it, the history, and the session that is on the air.
pub(crate) fn check(ends: &[End], told: &[End], history: &[Session], running: Option<u64>) -> Verdict {
    let left: BTreeSet<_> = ends.iter().map(|end| (end.process, end.session)).collect();
    if left.len() != ends.len() {
        return Err(format!("a session ended twice in one process: {ends:?}"));
    }
    let kept: BTreeMap<_, _> = history.iter().map(|session| (session.number, &session.ended)).collect();
    if kept.len() != history.len() {
        return Err(format!("a session is in the history twice: {history:?}"));
    }
    for (number, ended) in &kept {
        let is_it = |end: &End| end.session == *number && ended_as(end) == **ended;
        if !ends.iter().any(is_it) {
            return Err(format!("session {number} never ended as the history says: {ended:?}, but {ends:?}"));
        }
    }
    let twice: BTreeSet<_> = told.iter().map(|end| end.session).collect();
    if twice.len() != told.len() {
        return Err(format!("an end was told twice: {told:?}"));
    }
    if let Some(end) = told.iter().find(|end| kept.get(&end.session).is_none_or(|ended| **ended != ended_as(end))) {
        return Err(format!("the end of session {} at {} was told, and is not in the history", end.session, end.at));
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

fn ended_as(end: &End) -> Ended {
    Ended { at: end.at, cause: end.cause.clone() }
}

/// A process goes on with this session.
pub(crate) fn check_going_on(session: u64, history: &[Session]) -> Verdict {
    match history.iter().find(|over| over.number == session) {
        Some(over) => Err(format!("session {session} goes on, though it is over: {:?}", over.ended)),
        None => Ok(()),
    }
}

/// Promise S29.
#[test]
fn every_session_that_ended_is_in_the_history_once() {
    crate::campaign::outcome().assert_kept(crate::world::Promise::OneEndPerSession);
}
