//! What only reads.

use streamcore::{
    StreamId,
    registry::{SessionList, StreamList, StreamRecord},
    stream::Snapshot,
};
use uuid::Uuid;

use super::{ORDER, Outcome, RUNNING, SNAPSHOTS, STREAMS, UUIDS, rows, sessions_of};
use crate::{
    connection::Connection,
    record::{Place, sortable},
    script::{self, Lazy, Script},
};

const CHECKED: &str = include_str!("../scripts/checked.lua");

static BY_UUID: Lazy =
    Lazy::new(|| Script::reading("registry/by_uuid", &[CHECKED, include_str!("../scripts/registry/by_uuid.lua")]));
static LIST: Lazy =
    Lazy::new(|| Script::reading("registry/list", &[CHECKED, include_str!("../scripts/registry/list.lua")]));
static SESSIONS: Lazy =
    Lazy::new(|| Script::reading("registry/sessions", &[CHECKED, include_str!("../scripts/registry/sessions.lua")]));
static RUNNING_ONES: Lazy =
    Lazy::new(|| Script::reading("registry/running", &[CHECKED, include_str!("../scripts/registry/running.lua")]));

/// More than there ever are, and a number that Lua knows exactly.
const ALL: usize = 1 << 52;

/// Where the value of a stream is stored.
pub(super) fn at(connection: &Connection, name: &str, stream: StreamId) -> Place {
    Place { key: connection.keys.registry().key(name), field: stream.to_string() }
}

pub(super) async fn get(connection: &Connection, stream: StreamId) -> Outcome<Option<StreamRecord>> {
    let place = at(connection, STREAMS, stream);
    let value = script::field(connection, &connection.keys.registry(), STREAMS, &place.field).await?;
    Ok(value.map(|value| rows::Stored::of(stream, &place, &value)?.read()).transpose()?)
}

pub(super) async fn by_uuid(connection: &Connection, uuid: Uuid) -> Outcome<Option<StreamRecord>> {
    let tag = connection.keys.registry();
    let mut reply = connection.call(&BY_UUID, &tag, &[UUIDS, STREAMS], vec![uuid.to_string().into()]).await?;
    if reply.len() == 0 {
        return Ok(None);
    }
    let (stream, value) = (reply.parse()?, reply.bytes().unwrap_or_default());
    Ok(Some(rows::Stored::of(stream, &at(connection, STREAMS, stream), &value)?.read()?))
}

pub(super) async fn list(connection: &Connection, after: Option<StreamId>, limit: usize) -> Outcome<StreamList> {
    let after = after.map_or_else(|| "-".to_owned(), |after| format!("({}", rows::place(after)));
    let args = vec![after.into(), limit.min(ALL).to_string().into()];
    let mut reply = connection.call(&LIST, &connection.keys.registry(), &[ORDER, STREAMS], args).await?;
    let (total, more) = (reply.parse()?, reply.parse::<u8>()? == 1);
    let mut streams = Vec::with_capacity(reply.len() / 2);
    while reply.len() > 0 {
        let (stream, value) = (reply.parse()?, reply.bytes().unwrap_or_default());
        streams.push(rows::Stored::of(stream, &at(connection, STREAMS, stream), &value)?.read()?);
    }
    Ok(StreamList { streams, more, total })
}

pub(super) async fn sessions(
    connection: &Connection,
    stream: StreamId,
    before: Option<u64>,
    limit: usize,
) -> Outcome<SessionList> {
    let tag = connection.keys.registry();
    let name = sessions_of(stream);
    let before = before.map_or_else(|| "+".to_owned(), |before| format!("({}", sortable(before)));
    let args = vec![stream.to_string().into(), before.into(), limit.min(ALL).to_string().into()];
    let mut reply = connection.call(&SESSIONS, &tag, &[&name, STREAMS], args).await?;
    let (total, more) = (reply.parse()?, reply.parse::<u8>()? == 1);
    let mut sessions = Vec::with_capacity(reply.len());
    while reply.len() > 0 {
        sessions.push(rows::read_session(&tag.key(&name), &reply.bytes().unwrap_or_default())?);
    }
    let next = sessions.last().filter(|_| more).map(|session| session.number);
    Ok(SessionList { sessions, next, total })
}

pub(super) async fn snapshot(connection: &Connection, stream: StreamId) -> Outcome<Option<Snapshot>> {
    let place = at(connection, SNAPSHOTS, stream);
    let value = script::field(connection, &connection.keys.registry(), SNAPSHOTS, &place.field).await?;
    Ok(value.map(|value| rows::read_snapshot(&place, &value)).transpose()?)
}

pub(super) async fn running(connection: &Connection) -> Outcome<Vec<StreamId>> {
    let tag = connection.keys.registry();
    let mut reply = connection.call(&RUNNING_ONES, &tag, &[RUNNING], Vec::new()).await?;
    let key = tag.key(RUNNING);
    let mut running = Vec::with_capacity(reply.len());
    while reply.len() > 0 {
        running.push(rows::stream_at(&key, &reply.required()?)?);
    }
    Ok(running)
}
