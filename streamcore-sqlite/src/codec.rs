//! Values to columns and back. What cannot be understood is [`Corrupt`], naming table, row and column; nothing here panics.

use std::{fmt::Display, str::FromStr, time::Duration};

use rusqlite::{
    Row, Rows,
    types::{FromSql, Value},
};
use serde::{Serialize, de::DeserializeOwned};
use streamcore::{
    ItemId, QueueItem, Requester, Revision, StreamId, Timestamp,
    queue::HistoryEntry,
    registry::{Session, StreamRecord},
    stream::Ended,
};

use crate::error::{Corrupt, Fault};

/// The columns of an item, in `queue_items` and in `queue_history`.
pub(crate) const ITEM_COLUMNS: &str = "stream, id, track_id, title, url, source, duration_secs, duration_nanos, \
                                       added_by, requested_by, added_at, tier, replays, metadata";

/// A row, and what it takes to name one.
pub(crate) struct Columns<'a> {
    pub(crate) row: &'a Row<'a>,
    pub(crate) table: &'static str,
    /// The columns that identify a row; every query selects them.
    pub(crate) key: &'static [&'static str],
}

impl<'a> Columns<'a> {
    pub(crate) const fn queue(row: &'a Row<'a>) -> Self {
        Self { row, table: "queues", key: &["stream"] }
    }

    pub(crate) const fn item(row: &'a Row<'a>) -> Self {
        Self { row, table: "queue_items", key: &["stream", "id"] }
    }

    /// An item by its place, for queries that read nothing but the index of these.
    pub(crate) const fn place(row: &'a Row<'a>) -> Self {
        Self { row, table: "queue_items", key: &["stream", "sort_key"] }
    }

    pub(crate) const fn history(row: &'a Row<'a>) -> Self {
        Self { row, table: "queue_history", key: &["stream", "seq"] }
    }

    pub(crate) const fn undo(row: &'a Row<'a>) -> Self {
        Self { row, table: "queue_undo", key: &["stream", "seq"] }
    }

    pub(crate) const fn cleared(row: &'a Row<'a>) -> Self {
        Self { row, table: "queue_cleared", key: &["stream"] }
    }

    pub(crate) const fn turns(row: &'a Row<'a>) -> Self {
        Self { row, table: "queue_turns", key: &["stream"] }
    }

    pub(crate) const fn block(row: &'a Row<'a>) -> Self {
        Self { row, table: "queue_blocks", key: &["stream", "block"] }
    }

    pub(crate) const fn stream(row: &'a Row<'a>) -> Self {
        Self { row, table: "streams", key: &["stream"] }
    }

    pub(crate) const fn session(row: &'a Row<'a>) -> Self {
        Self { row, table: "stream_sessions", key: &["stream", "number"] }
    }

    /// A column whose type SQLite should have kept.
    pub(crate) fn get<T: FromSql>(&self, column: &str) -> Result<T, Corrupt> {
        self.row.get(column).map_err(|error| self.corrupt(column, error))
    }

    pub(crate) fn parse<T>(&self, column: &str) -> Result<T, Corrupt>
    where
        T: FromStr<Err: Display>,
    {
        self.get::<String>(column)?.parse().map_err(|error| self.corrupt(column, error))
    }

    fn parse_opt<T>(&self, column: &str) -> Result<Option<T>, Corrupt>
    where
        T: FromStr<Err: Display>,
    {
        let text: Option<String> = self.get(column)?;
        text.map(|text| text.parse().map_err(|error| self.corrupt(column, error))).transpose()
    }

    pub(crate) fn json<T: DeserializeOwned>(&self, column: &str) -> Result<T, Corrupt> {
        serde_json::from_str(&self.get::<String>(column)?).map_err(|error| self.corrupt(column, error))
    }

    /// An enumeration's name.
    pub(crate) fn name<T: DeserializeOwned>(&self, column: &str) -> Result<T, Corrupt> {
        let name = serde_json::Value::String(self.get(column)?);
        serde_json::from_value(name).map_err(|error| self.corrupt(column, error))
    }

    pub(crate) fn unsigned(&self, column: &str) -> Result<u64, Corrupt> {
        Ok(self.get::<i64>(column)?.cast_unsigned())
    }

    /// How many there are of something.
    pub(crate) fn count<T: TryFrom<i64, Error: Display>>(&self, column: &str) -> Result<T, Corrupt> {
        T::try_from(self.get(column)?).map_err(|error| self.corrupt(column, error))
    }

    pub(crate) fn moment(&self, column: &str) -> Result<Timestamp, Corrupt> {
        self.unsigned(column).map(Timestamp::from_millis)
    }

    pub(crate) fn duration(&self) -> Result<Option<Duration>, Corrupt> {
        let (secs, nanos): (Option<i64>, Option<i64>) = (self.get("duration_secs")?, self.get("duration_nanos")?);
        match (secs, nanos) {
            (None, None) => Ok(None),
            (Some(secs), Some(nanos)) => match u32::try_from(nanos) {
                // Duration::new would carry more nanoseconds over, and may then overflow.
                Ok(nanos) if nanos < 1_000_000_000 => Ok(Some(Duration::new(secs.cast_unsigned(), nanos))),
                _ => Err(self.corrupt("duration_nanos", format!("{nanos} is not below a second"))),
            },
            _ => Err(self.corrupt("duration_nanos", "seconds and nanoseconds come together")),
        }
    }

    pub(crate) fn corrupt(&self, column: &str, problem: impl Display) -> Corrupt {
        let key: Vec<_> = self.key.iter().map(|column| format!("{column} = {}", self.shown(column))).collect();
        Corrupt(format!("table {}, row {}, column {column}: {problem}", self.table, key.join(" and ")))
    }

    fn shown(&self, column: &str) -> String {
        match self.row.get(column) {
            Ok(Value::Integer(n)) => n.to_string(),
            Ok(Value::Text(text)) => format!("'{text}'"),
            Ok(other) => format!("{other:?}"),
            Err(error) => format!("({error})"),
        }
    }
}

pub(crate) fn item(columns: &Columns<'_>) -> Result<QueueItem, Corrupt> {
    Ok(QueueItem {
        id: columns.parse("id")?,
        track_id: columns.parse_opt::<uuid::Uuid>("track_id")?.map(streamcore::TrackId::new),
        title: columns.get("title")?,
        url: columns.get("url")?,
        source: columns.name("source")?,
        duration: columns.duration()?,
        added_by: columns.get("added_by")?,
        requested_by: columns.get("requested_by")?,
        added_at: columns.moment("added_at")?,
        tier: columns.name("tier")?,
        replays: columns.get::<Option<i64>>("replays")?.map(i64::cast_unsigned),
        metadata: columns.json("metadata")?,
    })
}

pub(crate) fn item_id(columns: &Columns<'_>) -> Result<ItemId, Corrupt> {
    columns.parse("id")
}

/// Whom the item of this row is for.
pub(crate) fn requester(columns: &Columns<'_>) -> Result<Requester, Corrupt> {
    Ok(Requester::of(columns.get("requested_by")?, columns.get("added_by")?))
}

pub(crate) fn history_entry(columns: &Columns<'_>) -> Result<HistoryEntry, Corrupt> {
    Ok(HistoryEntry {
        seq: columns.unsigned("seq")?,
        item: item(columns)?,
        outcome: columns.json("outcome")?,
        finished_at: columns.moment("finished_at")?,
    })
}

pub(crate) fn record(columns: &Columns<'_>) -> Result<StreamRecord, Corrupt> {
    Ok(StreamRecord {
        id: StreamId::new(columns.get("stream")?),
        uuid: columns.parse("uuid")?,
        name: columns.get("name")?,
        created_at: columns.moment("created_at")?,
        auto_end: columns.json("auto_end")?,
    })
}

pub(crate) fn session(columns: &Columns<'_>) -> Result<Session, Corrupt> {
    Ok(Session {
        number: columns.unsigned("number")?,
        started_at: columns.moment("started_at")?,
        ended: Ended { at: columns.moment("ended_at")?, cause: columns.json("cause")? },
        peak_listeners: columns.unsigned("peak_listeners")?,
        total_listeners: columns.unsigned("total_listeners")?,
        tracks_played: columns.unsigned("tracks_played")?,
        errors: columns.unsigned("errors")?,
    })
}

/// All rows, decoded.
pub(crate) fn collect<T, E>(
    mut rows: Rows<'_>,
    decode: impl Fn(&Row<'_>) -> Result<T, Corrupt>,
) -> Result<Vec<T>, Fault<E>> {
    let mut decoded = Vec::new();
    while let Some(row) = rows.next()? {
        decoded.push(decode(row)?);
    }
    Ok(decoded)
}

/// The first row, decoded.
pub(crate) fn first<T, E>(
    mut rows: Rows<'_>,
    decode: impl Fn(&Row<'_>) -> Result<T, Corrupt>,
) -> Result<Option<T>, Fault<E>> {
    Ok(rows.next()?.map(decode).transpose()?)
}

pub(crate) const fn moment(at: Timestamp) -> i64 {
    at.as_millis().cast_signed()
}

pub(crate) const fn revision(revision: Revision) -> i64 {
    revision.get().cast_signed()
}

/// The JSON text of a value; the types of the core always have one.
pub(crate) fn json<E>(value: &impl Serialize) -> Result<String, Fault<E>> {
    serde_json::to_string(value).map_err(|error| Fault::Sqlite(rusqlite::Error::ToSqlConversionFailure(error.into())))
}

/// An enumeration's name, without the quotes that JSON puts around it.
pub(crate) fn name<E>(value: &impl Serialize) -> Result<String, Fault<E>> {
    json(value).map(|json| json.trim_matches('"').to_owned())
}

/// A count or a bound as SQLite takes it.
pub(crate) fn bound(n: usize) -> i64 {
    i64::try_from(n).unwrap_or(i64::MAX)
}
