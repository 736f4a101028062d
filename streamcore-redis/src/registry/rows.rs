//! Streams, snapshots and sessions to values and back.

use bytes::Bytes;
use streamcore::{
    StreamId, Timestamp,
    auto_end::Overrides,
    registry::{Session, StreamRecord},
    stream::Snapshot,
};

use crate::{
    error::Corrupt,
    record::{self, Place, sortable},
};

/// A stream's place in the order of all: sorts as the id does, and ends with it.
pub(super) fn place(stream: StreamId) -> String {
    let from_the_lowest = stream.get().cast_unsigned() ^ (1 << 63);
    format!("{from_the_lowest:016x}:{stream}")
}

/// The stream at a place.
pub(super) fn stream_at(key: &str, place: &str) -> Result<StreamId, Corrupt> {
    let id = place.split_once(':').and_then(|(_, id)| id.parse().ok());
    id.ok_or_else(|| Corrupt(format!("key {key}, member {place}: it is no place of a stream; remove it (ZREM)")))
}

/// A stored record; what is to be replaced is not read, so that it can be mended.
pub(super) struct Stored<'a> {
    at: &'a Place,
    stream: StreamId,
    lines: [&'a str; 4],
}

impl<'a> Stored<'a> {
    pub(super) fn of(stream: StreamId, at: &'a Place, value: &'a Bytes) -> Result<Self, Corrupt> {
        Ok(Self { at, stream, lines: at.lines(value)? })
    }

    pub(super) fn read(&self) -> Result<StreamRecord, Corrupt> {
        self.with(Some(self.name()?), Some(self.auto_end()?))
    }

    /// The record, with this name or these settings if they are given.
    pub(super) fn with(&self, name: Option<String>, auto_end: Option<Overrides>) -> Result<StreamRecord, Corrupt> {
        let [uuid, created_at, ..] = self.lines;
        Ok(StreamRecord {
            id: self.stream,
            uuid: self.at.parse("uuid", uuid)?,
            name: name.map_or_else(|| self.name(), Ok)?,
            created_at: Timestamp::from_millis(self.at.parse("created_at", created_at)?),
            auto_end: auto_end.map_or_else(|| self.auto_end(), Ok)?,
        })
    }

    fn name(&self) -> Result<String, Corrupt> {
        self.at.json("name", self.lines[2])
    }

    fn auto_end(&self) -> Result<Overrides, Corrupt> {
        self.at.json("auto_end", self.lines[3])
    }
}

pub(super) fn stream(record: &StreamRecord) -> Result<String, Corrupt> {
    let (uuid, created_at) = (record.uuid.to_string(), record.created_at.as_millis().to_string());
    Ok(record::record(&[&uuid, &created_at, &record::json(&record.name)?, &record::json(&record.auto_end)?]))
}

/// What of a snapshot decides whether another one outlives it: the number of its session, and whether that runs.
pub(super) fn life(snapshot: &Snapshot) -> (String, &'static str) {
    (sortable(snapshot.session), if snapshot.is_running() { "running" } else { "over" })
}

pub(super) fn snapshot(snapshot: &Snapshot) -> Result<String, Corrupt> {
    let (session, state) = life(snapshot);
    Ok(record::record(&[&session, state, &record::json(snapshot)?]))
}

pub(super) fn read_snapshot(at: &Place, value: &Bytes) -> Result<Snapshot, Corrupt> {
    let [session, state, json] = at.lines(value)?;
    let snapshot: Snapshot = at.json("snapshot", json)?;
    let said = life(&snapshot);
    if (session, state) != (&*said.0, said.1) {
        return Err(at.corrupt(format!("its head says session {session}, {state}, and its body another thing")));
    }
    Ok(snapshot)
}

pub(super) fn session(session: &Session) -> Result<String, Corrupt> {
    Ok(record::record(&[&record::json(session)?]))
}

/// A session as its key holds it: the number, then the record.
pub(super) fn read_session(key: &str, member: &Bytes) -> Result<Session, Corrupt> {
    let number = member.get(..20).and_then(|head| std::str::from_utf8(head).ok()).unwrap_or_default();
    let at = Place { key: key.to_owned(), field: format!("(member) {number}") };
    let rest = member.get(21..).filter(|_| member.get(20) == Some(&b'\n'));
    let rest =
        rest.ok_or_else(|| at.corrupt("a member does not begin with the number of a session; remove it (ZREM)"))?;
    let [json] = at.lines(&member.slice_ref(rest)).map(|[line]: [&str; 1]| [line.to_owned()])?;
    let session: Session = at.json("session", &json)?;
    if sortable(session.number) != number {
        return Err(at.corrupt(format!("its body is of session {}", session.number)));
    }
    Ok(session)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_sort_as_ids_do() {
        let ids = [i64::MIN, -1_001_234_567_890, -2, -1, 0, 1, 7, 10, i64::MAX].map(StreamId::new);
        let places = ids.map(place);
        assert!(places.is_sorted());
        for (id, place) in ids.into_iter().zip(places) {
            assert_eq!(stream_at("k", &place), Ok(id));
        }
    }
}
