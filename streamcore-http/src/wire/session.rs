//! Sessions that ended, as clients read them.

use serde::Serialize;
use streamcore::{
    EndCause, EndReason, Ended,
    registry::{Session, SessionList},
};

use crate::token::Caller;

/// A page of sessions, newest first.
#[derive(Debug, Serialize)]
pub(crate) struct SessionPage {
    items: Vec<Entry>,
    /// The `cursor` of the next page; null at the end.
    next: Option<String>,
    total: usize,
}

#[derive(Debug, Serialize)]
struct Entry {
    number: u64,
    started_at: String,
    ended_at: String,
    reason: EndReason,
    /// Who ended it, if somebody did; for who may know.
    ended_by: Option<String>,
    /// What was wrong, if something was; for who may know.
    detail: Option<String>,
    /// For how long it had counted as empty, if that is why it ended.
    empty_seconds: Option<u64>,
    duration_seconds: u64,
    peak_listeners: u64,
    total_listeners: u64,
    tracks_played: u64,
    errors_count: u64,
}

impl SessionPage {
    pub(crate) fn new(page: SessionList, caller: Caller) -> Self {
        Self {
            items: page.sessions.into_iter().map(|session| Entry::new(session, caller)).collect(),
            next: page.next.map(|number| number.to_string()),
            total: page.total,
        }
    }
}

impl Entry {
    fn new(session: Session, caller: Caller) -> Self {
        let Session { ended, .. } = session;
        let detail = match &ended.cause {
            EndCause::Error { detail } => Some(detail.clone()),
            _ => None,
        };
        Self {
            number: session.number,
            started_at: session.started_at.to_string(),
            ended_at: ended.at.to_string(),
            reason: ended.cause.reason(),
            ended_by: caller.told(ended_by(&ended.cause)),
            detail: caller.told(detail),
            empty_seconds: empty_seconds(&ended),
            duration_seconds: ended.at.since(session.started_at).as_secs(),
            peak_listeners: session.peak_listeners,
            total_listeners: session.total_listeners,
            tracks_played: session.tracks_played,
            errors_count: session.errors,
        }
    }
}

/// For how long a stream that ended by itself had counted as empty.
pub(super) fn empty_seconds(ended: &Ended) -> Option<u64> {
    match &ended.cause {
        EndCause::AutoEnd { empty_since, .. } => Some(ended.at.since(*empty_since).as_secs()),
        _ => None,
    }
}

/// Who ended a session, if somebody did.
pub(super) fn ended_by(cause: &EndCause) -> Option<String> {
    match cause {
        EndCause::Manual { by } => Some(by.clone()),
        _ => None,
    }
}
