//! A claim: forgets what is old, looks the key up, and makes room for it if it is new.

use rusqlite::{Connection, named_params};
use streamcore::{
    Timestamp,
    idempotency::{Claim, Error, Fingerprint, Limits, Origin, ScopedKey, Ticket},
};

use super::{
    Outcome,
    rows::{self, KNOWN, Known},
};
use crate::{codec, error::Fault};

pub(super) fn claim(
    conn: &Connection,
    key: &ScopedKey,
    request: Fingerprint,
    mut origin: Origin,
    limits: Limits,
    now: Timestamp,
) -> Outcome<Claim> {
    let mut forget = conn.prepare_cached("DELETE FROM idempotency_keys WHERE since <= :since")?;
    forget.execute(named_params! { ":since": rows::ago(now, limits.keep_for) })?;
    let overdue = rows::ago(now, limits.overdue_after);
    match known(conn, key)? {
        Some(known) if !known.abandoned && known.request != request => return Ok(Claim::Mismatch),
        Some(Known { answer: Some(answer), origin, .. }) => return Ok(Claim::Done(answer, origin)),
        Some(known) if !known.abandoned && known.since > overdue => return Ok(Claim::InProgress),
        Some(known) => {
            origin = known.origin;
            // The next claim gets a ticket of its own.
            let mut delete = conn.prepare_cached("DELETE FROM idempotency_keys WHERE ticket = :ticket")?;
            delete.execute(named_params! { ":ticket": rows::ticket(known.ticket) })?;
        }
        None => make_room(conn, &key.caller, limits.keys_per_caller, overdue)?,
    }
    Ok(Claim::Fresh(insert(conn, key, request, origin, now)?, origin))
}

fn known(conn: &Connection, key: &ScopedKey) -> Outcome<Option<Known>> {
    let mut query = conn.prepare_cached(&format!(
        "SELECT {KNOWN} FROM idempotency_keys WHERE caller = :caller AND route = :route AND key = :key"
    ))?;
    let rows = query.query(named_params! { ":caller": key.caller, ":route": key.route, ":key": key.key })?;
    codec::first(rows, rows::known)
}

fn make_room(conn: &Connection, caller: &str, limit: usize, overdue: i64) -> Outcome<()> {
    let mut count = conn.prepare_cached("SELECT count(*) FROM idempotency_keys WHERE caller = :caller")?;
    let held: i64 = count.query_row(named_params! { ":caller": caller }, |row| row.get(0))?;
    let surplus = held.saturating_add(1).saturating_sub(codec::bound(limit)).max(0);
    if surplus == 0 {
        return Ok(());
    }
    let mut delete = conn.prepare_cached(
        "DELETE FROM idempotency_keys WHERE ticket IN (
             SELECT ticket FROM idempotency_keys
             WHERE caller = :caller AND (status IS NOT NULL OR abandoned OR since <= :overdue)
             ORDER BY since, ticket LIMIT :surplus)",
    )?;
    let gone = delete.execute(named_params! { ":caller": caller, ":overdue": overdue, ":surplus": surplus })?;
    // Refusing it undoes the deletion.
    if codec::bound(gone) < surplus { Err(Fault::Refused(Error::LimitReached { limit })) } else { Ok(()) }
}

fn insert(conn: &Connection, key: &ScopedKey, request: Fingerprint, origin: Origin, now: Timestamp) -> Outcome<Ticket> {
    let mut insert = conn.prepare_cached(
        "INSERT INTO idempotency_keys (caller, route, key, request, origin, since)
         VALUES (:caller, :route, :key, :request, :origin, :since)",
    )?;
    insert.execute(named_params! {
        ":caller": key.caller,
        ":route": key.route,
        ":key": key.key,
        ":request": &request.0[..],
        ":origin": &origin.0[..],
        ":since": rows::moment(now),
    })?;
    Ok(Ticket(conn.last_insert_rowid().unsigned_abs()))
}
