//! A name for one request, so that a person can find it in the logs.

use warp::http::HeaderMap;

pub(super) const HEADER: &str = "x-request-id";

/// The caller's own id if it is a plain one, else a random one.
pub(super) fn of(headers: &HeaderMap) -> String {
    let given = headers.get(HEADER).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.');
    if (1..=64).contains(&given.len()) && given.bytes().all(plain) { given.to_owned() } else { random() }
}

fn random() -> String {
    let mut bytes = [0; 8];
    // Without randomness ids repeat; nothing depends on it.
    let _ = getrandom::fill(&mut bytes);
    format!("{:016x}", u64::from_be_bytes(bytes))
}
