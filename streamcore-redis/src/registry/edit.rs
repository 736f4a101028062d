//! What changes records.

use streamcore::{
    StreamId,
    auto_end::Overrides,
    registry::{Error, StreamRecord},
};

use super::{ORDER, Outcome, RUNNING, SNAPSHOTS, STREAMS, UUIDS, read, rows, sessions_of};
use crate::{
    connection::Connection,
    error::{Fault, Unavailable},
    script::{self, Lazy, Script},
};

const CHECKED: &str = include_str!("../scripts/checked.lua");

static CREATE: Lazy =
    Lazy::new(|| Script::changing("registry/create", &[CHECKED, include_str!("../scripts/registry/create.lua")]));
static DELETE: Lazy =
    Lazy::new(|| Script::changing("registry/delete", &[CHECKED, include_str!("../scripts/registry/delete.lua")]));

/// How often a change is decided on anew because somebody else was quicker.
pub(super) const ATTEMPTS: usize = 1_000;

pub(super) async fn create(connection: &Connection, record: &StreamRecord) -> Outcome<()> {
    let args = vec![
        record.id.to_string().into(),
        rows::place(record.id).into(),
        record.uuid.to_string().into(),
        rows::stream(record)?.into(),
    ];
    let names = [STREAMS, ORDER, UUIDS, SNAPSHOTS, RUNNING, &sessions_of(record.id)];
    match connection.call(&CREATE, &connection.keys.registry(), &names, args).await?.parse::<u8>()? {
        0 => Err(Fault::Refused(Error::Exists { stream: record.id })),
        _ => Ok(()),
    }
}

/// Gives a stream another name or other settings.
///
/// What the stream has is read first, and replaced only if it still is that: so what cannot be read is noticed before anything changes.
pub(super) async fn change(
    connection: &Connection,
    stream: StreamId,
    name: Option<String>,
    auto_end: Option<Overrides>,
) -> Outcome<StreamRecord> {
    let (tag, place) = (connection.keys.registry(), read::at(connection, STREAMS, stream));
    for _ in 0..ATTEMPTS {
        let Some(stored) = script::field(connection, &tag, STREAMS, &place.field).await? else {
            return Err(Fault::Refused(Error::NotFound { stream }));
        };
        let record = rows::Stored::of(stream, &place, &stored)?.with(name.clone(), auto_end.clone())?;
        let changed = rows::stream(&record)?;
        if changed.as_bytes() == stored
            || script::replace(connection, &tag, STREAMS, &place.field, stored, changed).await?
        {
            return Ok(record);
        }
    }
    Err(Fault::Away(Unavailable::Contended { what: format!("stream {stream}") }))
}

pub(super) async fn delete(connection: &Connection, stream: StreamId) -> Outcome<()> {
    let args = vec![stream.to_string().into(), rows::place(stream).into()];
    let names = [STREAMS, ORDER, UUIDS, SNAPSHOTS, RUNNING, &sessions_of(stream)];
    match connection.call(&DELETE, &connection.keys.registry(), &names, args).await?.parse::<u8>()? {
        0 => Err(Fault::Refused(Error::NotFound { stream })),
        _ => Ok(()),
    }
}
