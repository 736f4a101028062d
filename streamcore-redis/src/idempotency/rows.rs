//! Keys, moments and answers to values and back.

use std::time::Duration;

use bytes::Bytes;
use streamcore::{
    Timestamp,
    idempotency::{Answer, Origin, ScopedKey},
};

use crate::{
    error::Corrupt,
    record::{self, Place, sortable},
};

/// Caller, route and key, a line of JSON each: no two keys have the same.
pub(super) fn scoped(key: &ScopedKey) -> Result<String, Corrupt> {
    Ok([record::json(&key.caller)?, record::json(&key.route)?, record::json(&key.key)?].join("\n"))
}

pub(super) fn moment(at: Timestamp) -> String {
    sortable(at.as_millis())
}

/// The latest moment that is at least so long ago; nothing if there is none.
pub(super) fn ago(now: Timestamp, age: Duration) -> String {
    if age.is_zero() {
        return sortable(u64::MAX);
    }
    // Of a part of a millisecond, the whole.
    let age = u64::try_from(age.as_nanos().div_ceil(1_000_000)).ok();
    age.and_then(|age| now.as_millis().checked_sub(age)).map_or_else(String::new, sortable)
}

pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

pub(super) fn origin(hex: &str) -> Option<Origin> {
    // 32 digits and no sign, as the script has checked what is stored.
    u128::from_str_radix(hex, 16).ok().map(|origin| Origin(origin.to_be_bytes()))
}

/// The head of an answer in lines, then its body as it is.
pub(super) fn answer(answer: &Answer) -> Result<Bytes, Corrupt> {
    let (status, length) = (answer.status.to_string(), answer.body.len().to_string());
    let head = record::record(&[&status, &record::json(&answer.content_type)?, &length, ""]);
    Ok([head.as_bytes(), &answer.body].concat().into())
}

pub(super) fn read_answer(at: &Place, value: &Bytes) -> Result<Answer, Corrupt> {
    let mut parts = value.splitn(5, |byte| *byte == b'\n');
    let head: Vec<_> = parts.by_ref().take(4).collect();
    let body = parts.next();
    let head = Bytes::from(head.join(&b'\n'));
    let [status, content_type, length] = at.lines(&head)?;
    let body = value.slice_ref(body.ok_or_else(|| at.corrupt("its body is missing"))?);
    let answer =
        Answer { status: at.parse("status", status)?, content_type: at.json("content type", content_type)?, body };
    match at.parse::<usize>("length of the body", length)? {
        length if length == answer.body.len() => Ok(answer),
        length => Err(at.corrupt(format!("its body has {} bytes instead of {length}", answer.body.len()))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_so_long_ago_is_exact() {
        let now = Timestamp::from_millis(1_000);
        for (age, expected) in [
            (Duration::ZERO, sortable(u64::MAX)),
            (Duration::from_nanos(1), sortable(999)),
            (Duration::from_millis(1), sortable(999)),
            (Duration::from_millis(1_000), sortable(0)),
            (Duration::from_nanos(1_000_000_001), String::new()),
            (Duration::MAX, String::new()),
        ] {
            assert_eq!(ago(now, age), expected, "{age:?}");
        }
    }

    #[test]
    fn an_answer_reads_back_whatever_its_body_holds() {
        let at = Place { key: "k".to_owned(), field: "f".to_owned() };
        for body in [&b""[..], b"\n", b"\n\n\n1\n", &[0, 255, b'\n', 254]] {
            let content_type = "text/\n\"я\"".to_owned();
            let expected = Answer { status: 201, content_type, body: Bytes::from_static(body) };
            let value = answer(&expected).unwrap();
            assert_eq!(read_answer(&at, &value), Ok(expected));
            let short = value.slice(..value.len().saturating_sub(1));
            assert!(read_answer(&at, &short).is_err());
        }
    }
}
