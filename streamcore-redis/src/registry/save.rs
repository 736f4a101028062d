//! Snapshots, and the sessions that end with them.

use bytes::Bytes;
use streamcore::{
    StreamId,
    registry::{Error, MAX_SESSIONS, Session},
    stream::Snapshot,
};

use super::{Outcome, RUNNING, SNAPSHOTS, STREAMS, edit::ATTEMPTS, read, rows, sessions_of};
use crate::{
    connection::Connection,
    error::{Fault, Unavailable},
    record::sortable,
    script::{Lazy, Script},
};

static SAVE: Lazy = Lazy::new(|| {
    Script::changing(
        "registry/save",
        &[include_str!("../scripts/checked.lua"), include_str!("../scripts/registry/save.lua")],
    )
});

/// Stores a snapshot unless the stored one outlives it, and a session that ended.
///
/// A stored one that would outlive it and cannot be read makes way: else a stream whose snapshot was damaged could never be resumed.
pub(super) async fn save(
    connection: &Connection,
    stream: StreamId,
    snapshot: &Snapshot,
    ended: Option<&Session>,
) -> Outcome<()> {
    let place = read::at(connection, SNAPSHOTS, stream);
    let (life, value) = (rows::life(snapshot), rows::snapshot(snapshot)?);
    let (number, session) = match ended {
        Some(session) => (sortable(session.number), rows::session(session)?),
        None => (String::new(), String::new()),
    };
    let names = [STREAMS, SNAPSHOTS, RUNNING, &sessions_of(stream)];
    let (mut asked_about, mut verdict) = (Bytes::new(), "");
    for _ in 0..ATTEMPTS {
        let args = vec![
            stream.to_string().into(),
            rows::place(stream).into(),
            life.0.as_str().into(),
            life.1.into(),
            value.as_str().into(),
            asked_about.clone().into(),
            verdict.into(),
            number.as_str().into(),
            session.as_str().into(),
            MAX_SESSIONS.to_string().into(),
        ];
        let mut reply = connection.call(&SAVE, &connection.keys.registry(), &names, args).await?;
        match reply.required()?.as_str() {
            "done" => return Ok(()),
            "missing" => return Err(Fault::Refused(Error::NotFound { stream })),
            _ => {
                asked_about = reply.bytes().unwrap_or_default();
                let readable = rows::read_snapshot(&place, &asked_about).is_ok();
                if readable && ended.is_none() {
                    return Ok(());
                }
                verdict = if readable { "readable" } else { "unreadable" };
            }
        }
    }
    Err(Fault::Away(Unavailable::Contended { what: format!("the snapshot of stream {stream}") }))
}
