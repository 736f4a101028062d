//! The idempotency port. A claim reads and writes in one request, so that the writer does it.

mod claim;
mod rows;

use async_trait::async_trait;
use rusqlite::{Connection, named_params};
use streamcore::{
    Timestamp,
    idempotency::{Answer, Claim, Error, Fingerprint, Idempotency, Limits, Origin, Result, ScopedKey, Ticket},
};

use crate::{SqliteStore, error::Fault};

/// What an operation inside the store answers with.
type Outcome<T> = std::result::Result<T, Fault<Error>>;

#[async_trait]
impl Idempotency for SqliteStore {
    async fn claim(
        &self,
        key: ScopedKey,
        request: Fingerprint,
        origin: Origin,
        limits: Limits,
        now: Timestamp,
    ) -> Result<Claim> {
        key.check()?;
        self.write(move |conn| claim::claim(conn, &key, request, origin, limits, now), |_| ()).await
    }

    async fn finish(&self, ticket: Ticket, answer: Answer, now: Timestamp) -> Result<bool> {
        answer.check()?;
        self.write(move |conn| finish(conn, ticket, &answer, now), |_| ()).await
    }

    async fn abandon(&self, ticket: Ticket) -> Result<()> {
        self.write(move |conn| abandon(conn, ticket), |()| ()).await
    }
}

fn finish(conn: &Connection, ticket: Ticket, answer: &Answer, now: Timestamp) -> Outcome<bool> {
    let mut update = conn.prepare_cached(
        "UPDATE idempotency_keys SET since = :now, status = :status, content_type = :content_type, body = :body
         WHERE ticket = :ticket AND status IS NULL AND NOT abandoned",
    )?;
    let written = update.execute(named_params! {
        ":now": rows::moment(now),
        ":status": answer.status,
        ":content_type": answer.content_type,
        ":body": &answer.body[..],
        ":ticket": rows::ticket(ticket),
    })?;
    let mut known = conn.prepare_cached("SELECT 1 FROM idempotency_keys WHERE ticket = :ticket AND NOT abandoned")?;
    Ok(written > 0 || known.exists(named_params! { ":ticket": rows::ticket(ticket) })?)
}

fn abandon(conn: &Connection, ticket: Ticket) -> Outcome<()> {
    let mut update =
        conn.prepare_cached("UPDATE idempotency_keys SET abandoned = 1 WHERE ticket = :ticket AND status IS NULL")?;
    update.execute(named_params! { ":ticket": rows::ticket(ticket) })?;
    Ok(())
}
