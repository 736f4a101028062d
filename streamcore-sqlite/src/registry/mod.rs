//! The registry port: one row per stream, its snapshot in it, and one per session that ended.

mod sessions;

use async_trait::async_trait;
use rusqlite::{Connection, named_params};
use streamcore::{
    StreamId,
    auto_end::Overrides,
    registry::{Error, Registry, Result, Session, SessionList, StreamList, StreamRecord},
    stream::Snapshot,
};
use uuid::Uuid;

use crate::{
    SqliteStore,
    codec::{self, Columns},
    error::Fault,
};

/// What an operation inside the store answers with.
type Outcome<T> = std::result::Result<T, Fault<Error>>;

#[async_trait]
impl Registry for SqliteStore {
    async fn create(&self, record: StreamRecord) -> Result<()> {
        self.write(move |conn| create(conn, &record), |()| ()).await
    }

    async fn get(&self, stream: StreamId) -> Result<Option<StreamRecord>> {
        self.read(move |conn| get(conn, stream)).await
    }

    async fn by_uuid(&self, uuid: Uuid) -> Result<Option<StreamRecord>> {
        self.read(move |conn| by_uuid(conn, uuid)).await
    }

    async fn list(&self, after: Option<StreamId>, limit: usize) -> Result<StreamList> {
        self.read(move |conn| list(conn, after, limit)).await
    }

    async fn rename(&self, stream: StreamId, name: String) -> Result<StreamRecord> {
        self.write(move |conn| rename(conn, stream, &name), |_| ()).await
    }

    async fn set_auto_end(&self, stream: StreamId, auto_end: Overrides) -> Result<StreamRecord> {
        self.write(move |conn| set_auto_end(conn, stream, &auto_end), |_| ()).await
    }

    async fn delete(&self, stream: StreamId) -> Result<()> {
        self.write(move |conn| delete(conn, stream), |()| ()).await
    }

    async fn save_snapshot(&self, stream: StreamId, snapshot: Snapshot) -> Result<()> {
        self.write(move |conn| save_snapshot(conn, stream, &snapshot), |()| ()).await
    }

    async fn close_session(&self, stream: StreamId, snapshot: Snapshot, session: Session) -> Result<()> {
        let close = move |conn: &Connection| {
            save_snapshot(conn, stream, &snapshot)?;
            sessions::add(conn, stream, &session)
        };
        self.write(close, |()| ()).await
    }

    async fn sessions(&self, stream: StreamId, before: Option<u64>, limit: usize) -> Result<SessionList> {
        self.read(move |conn| sessions::list(conn, stream, before, limit)).await
    }

    async fn snapshot(&self, stream: StreamId) -> Result<Option<Snapshot>> {
        self.read(move |conn| snapshot(conn, stream)).await
    }

    async fn running(&self) -> Result<Vec<StreamId>> {
        self.read(running).await
    }
}

fn create(conn: &Connection, record: &StreamRecord) -> Outcome<()> {
    let mut insert = conn.prepare_cached(
        "INSERT INTO streams (stream, uuid, name, created_at, auto_end)
         VALUES (:stream, :uuid, :name, :created_at, :auto_end)
         ON CONFLICT (stream) DO NOTHING",
    )?;
    let inserted = insert.execute(named_params! {
        ":stream": record.id.get(),
        ":uuid": record.uuid.to_string(),
        ":name": record.name,
        ":created_at": codec::moment(record.created_at),
        ":auto_end": codec::json::<Error>(&record.auto_end)?,
    })?;
    if inserted == 0 { Err(Fault::Refused(Error::Exists { stream: record.id })) } else { Ok(()) }
}

fn get(conn: &Connection, stream: StreamId) -> Outcome<Option<StreamRecord>> {
    let mut query =
        conn.prepare_cached("SELECT stream, uuid, name, created_at, auto_end FROM streams WHERE stream = :stream")?;
    codec::first(query.query(named_params! { ":stream": stream.get() })?, |row| codec::record(&Columns::stream(row)))
}

fn by_uuid(conn: &Connection, uuid: Uuid) -> Outcome<Option<StreamRecord>> {
    let mut query = conn.prepare_cached(
        "SELECT stream, uuid, name, created_at, auto_end FROM streams WHERE uuid = :uuid ORDER BY stream LIMIT 1",
    )?;
    codec::first(query.query(named_params! { ":uuid": uuid.to_string() })?, |row| codec::record(&Columns::stream(row)))
}

fn list(conn: &Connection, after: Option<StreamId>, limit: usize) -> Outcome<StreamList> {
    let mut query = conn.prepare_cached(
        "SELECT stream, uuid, name, created_at, auto_end FROM streams
         WHERE :after IS NULL OR stream > :after ORDER BY stream LIMIT :limit",
    )?;
    // One more than asked for tells whether there are more.
    let one_more = codec::bound(limit).saturating_add(1);
    let rows = query.query(named_params! { ":after": after.map(StreamId::get), ":limit": one_more })?;
    let mut streams = codec::collect(rows, |row| codec::record(&Columns::stream(row)))?;
    let more = streams.len() > limit;
    streams.truncate(limit);
    let total: i64 = conn.prepare_cached("SELECT count(*) FROM streams")?.query_row([], |row| row.get(0))?;
    Ok(StreamList { streams, more, total: usize::try_from(total).unwrap_or_default() })
}

fn rename(conn: &Connection, stream: StreamId, name: &str) -> Outcome<StreamRecord> {
    let mut update = conn.prepare_cached("UPDATE streams SET name = :name WHERE stream = :stream")?;
    update.execute(named_params! { ":name": name, ":stream": stream.get() })?;
    get(conn, stream)?.ok_or(Fault::Refused(Error::NotFound { stream }))
}

fn set_auto_end(conn: &Connection, stream: StreamId, auto_end: &Overrides) -> Outcome<StreamRecord> {
    let mut update = conn.prepare_cached("UPDATE streams SET auto_end = :auto_end WHERE stream = :stream")?;
    update.execute(named_params! { ":auto_end": codec::json::<Error>(auto_end)?, ":stream": stream.get() })?;
    get(conn, stream)?.ok_or(Fault::Refused(Error::NotFound { stream }))
}

fn delete(conn: &Connection, stream: StreamId) -> Outcome<()> {
    sessions::forget(conn, stream)?;
    let mut delete = conn.prepare_cached("DELETE FROM streams WHERE stream = :stream")?;
    found(delete.execute(named_params! { ":stream": stream.get() })?, stream)
}

/// A snapshot of an earlier session than the stored one comes too late, and so does one of a session that is over in the stored one; unless nobody
/// can read that one.
fn save_snapshot(conn: &Connection, stream: StreamId, new: &Snapshot) -> Outcome<()> {
    if put_snapshot(conn, stream, new, false)? {
        return Ok(());
    }
    let unreadable = matches!(snapshot(conn, stream), Err(Fault::Corrupt(_)));
    if unreadable && put_snapshot(conn, stream, new, true)? { Ok(()) } else { exists(conn, stream) }
}

fn put_snapshot(conn: &Connection, stream: StreamId, snapshot: &Snapshot, anyway: bool) -> Outcome<bool> {
    let mut update = conn.prepare_cached(
        "UPDATE streams SET snapshot = :snapshot, running = :running, session = :session
         WHERE stream = :stream
           AND (:anyway OR session < :session OR (session = :session AND (snapshot IS NULL OR running >= :running)))",
    )?;
    let written = update.execute(named_params! {
        ":snapshot": codec::json::<Error>(snapshot)?,
        ":running": snapshot.is_running(),
        ":session": snapshot.session.cast_signed(),
        ":stream": stream.get(),
        ":anyway": anyway,
    })?;
    Ok(written > 0)
}

fn exists(conn: &Connection, stream: StreamId) -> Outcome<()> {
    let mut query = conn.prepare_cached("SELECT 1 FROM streams WHERE stream = :stream")?;
    found(query.exists(named_params! { ":stream": stream.get() })?.into(), stream)
}

fn found(rows: usize, stream: StreamId) -> Outcome<()> {
    if rows == 0 { Err(Fault::Refused(Error::NotFound { stream })) } else { Ok(()) }
}

fn snapshot(conn: &Connection, stream: StreamId) -> Outcome<Option<Snapshot>> {
    let mut query =
        conn.prepare_cached("SELECT stream, snapshot FROM streams WHERE stream = :stream AND snapshot IS NOT NULL")?;
    let rows = query.query(named_params! { ":stream": stream.get() })?;
    codec::first(rows, |row| Columns::stream(row).json("snapshot"))
}

fn running(conn: &Connection) -> Outcome<Vec<StreamId>> {
    let mut query = conn.prepare_cached("SELECT stream FROM streams WHERE running = 1 ORDER BY stream")?;
    codec::collect(query.query([])?, |row| Ok(StreamId::new(Columns::stream(row).get("stream")?)))
}
