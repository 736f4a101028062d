//! The history of a stream: its sessions that ended, the newest [`MAX_SESSIONS`] of them.

use rusqlite::{Connection, named_params};
use streamcore::{
    StreamId,
    registry::{Error, MAX_SESSIONS, Session, SessionList},
};

use super::Outcome;
use crate::codec::{self, Columns};

/// Adds a session unless its number is there, and has the lowest numbers make way, which may be its own. The stream exists.
pub(super) fn add(conn: &Connection, stream: StreamId, session: &Session) -> Outcome<()> {
    let mut insert = conn.prepare_cached(
        "INSERT INTO stream_sessions
             (stream, number, started_at, ended_at, cause, peak_listeners, total_listeners, tracks_played, errors)
         VALUES (:stream, :number, :started_at, :ended_at, :cause, :peak, :total, :tracks, :errors)
         ON CONFLICT (stream, number) DO NOTHING",
    )?;
    insert.execute(named_params! {
        ":stream": stream.get(),
        ":number": session.number.cast_signed(),
        ":started_at": codec::moment(session.started_at),
        ":ended_at": codec::moment(session.ended.at),
        ":cause": codec::json::<Error>(&session.ended.cause)?,
        ":peak": session.peak_listeners.cast_signed(),
        ":total": session.total_listeners.cast_signed(),
        ":tracks": session.tracks_played.cast_signed(),
        ":errors": session.errors.cast_signed(),
    })?;
    let mut make_way = conn.prepare_cached(
        "DELETE FROM stream_sessions WHERE stream = :stream AND number IN (
             SELECT number FROM stream_sessions WHERE stream = :stream ORDER BY number DESC LIMIT -1 OFFSET :kept)",
    )?;
    make_way.execute(named_params! { ":stream": stream.get(), ":kept": codec::bound(MAX_SESSIONS) })?;
    Ok(())
}

pub(super) fn list(conn: &Connection, stream: StreamId, before: Option<u64>, limit: usize) -> Outcome<SessionList> {
    let mut query = conn.prepare_cached(
        "SELECT stream, number, started_at, ended_at, cause, peak_listeners, total_listeners, tracks_played, errors
         FROM stream_sessions WHERE stream = :stream AND (:before IS NULL OR number < :before)
         ORDER BY number DESC LIMIT :limit",
    )?;
    // One more than asked for tells whether there are more.
    let one_more = codec::bound(limit).saturating_add(1);
    // What no number is above is above all of them.
    let before = before.and_then(|before| i64::try_from(before).ok());
    let mut rows = query.query(named_params! { ":stream": stream.get(), ":before": before, ":limit": one_more })?;
    let mut sessions = Vec::new();
    let mut next = None;
    while let Some(row) = rows.next()? {
        // A row of the next page that cannot be understood is not this page's business.
        if sessions.len() == limit {
            next = sessions.last().map(|session: &Session| session.number);
            break;
        }
        sessions.push(codec::session(&Columns::session(row))?);
    }
    let mut count = conn.prepare_cached("SELECT count(*) FROM stream_sessions WHERE stream = :stream")?;
    let total: i64 = count.query_row(named_params! { ":stream": stream.get() }, |row| row.get(0))?;
    Ok(SessionList { sessions, next, total: usize::try_from(total).unwrap_or_default() })
}

pub(super) fn forget(conn: &Connection, stream: StreamId) -> Outcome<()> {
    let mut delete = conn.prepare_cached("DELETE FROM stream_sessions WHERE stream = :stream")?;
    delete.execute(named_params! { ":stream": stream.get() })?;
    Ok(())
}
