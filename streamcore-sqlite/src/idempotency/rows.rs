//! Keys to rows and back.

use std::time::Duration;

use rusqlite::Row;
use streamcore::{
    Timestamp,
    idempotency::{Answer, Fingerprint, Origin, Ticket},
};

use crate::{codec::Columns, error::Corrupt};

/// What is remembered under a key.
pub(super) struct Known {
    pub(super) ticket: Ticket,
    pub(super) request: Fingerprint,
    pub(super) origin: Origin,
    pub(super) abandoned: bool,
    pub(super) since: i64,
    pub(super) answer: Option<Answer>,
}

/// The columns that [`known`] reads.
pub(super) const KNOWN: &str = "ticket, request, origin, abandoned, since, status, content_type, body";

pub(super) fn known(row: &Row<'_>) -> Result<Known, Corrupt> {
    let columns = Columns { row, table: "idempotency_keys", key: &["ticket"] };
    let request: Vec<u8> = columns.get("request")?;
    let Ok(request) = <[u8; 32]>::try_from(request) else {
        return Err(columns.corrupt("request", "it is not 32 bytes"));
    };
    let origin: Vec<u8> = columns.get("origin")?;
    let Ok(origin) = <[u8; 16]>::try_from(origin) else {
        return Err(columns.corrupt("origin", "it is not 16 bytes"));
    };
    let answer = match columns.get::<Option<u16>>("status")? {
        Some(status) => Some(Answer {
            status,
            content_type: columns.get("content_type")?,
            body: columns.get::<Vec<u8>>("body")?.into(),
        }),
        None => None,
    };
    Ok(Known {
        ticket: Ticket(columns.unsigned("ticket")?),
        request: Fingerprint(request),
        origin: Origin(origin),
        abandoned: columns.get("abandoned")?,
        since: columns.get("since")?,
        answer,
    })
}

/// Unlike elsewhere SQLite compares these; the end of time is as good as 2^63 milliseconds.
pub(super) fn moment(at: Timestamp) -> i64 {
    i64::try_from(at.as_millis()).unwrap_or(i64::MAX)
}

pub(super) fn ticket(ticket: Ticket) -> i64 {
    // A number that was never given finds nothing.
    i64::try_from(ticket.0).unwrap_or(i64::MIN)
}

/// The latest moment that is at least so long ago.
pub(super) fn ago(now: Timestamp, age: Duration) -> i64 {
    if age.is_zero() {
        return i64::MAX;
    }
    // Of a part of a millisecond, the whole.
    let age = i64::try_from(age.as_nanos().div_ceil(1_000_000)).unwrap_or(i64::MAX);
    // Moments are not negative: what would be before them is never.
    moment(now).saturating_sub(age)
}
