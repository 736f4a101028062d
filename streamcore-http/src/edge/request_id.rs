//! A name for one request, so that a person can find it in the logs.

use warp::http::HeaderMap;

pub(super) const HEADER: &str = "x-request-id";

/// Longest id that is taken over from a caller.
const MAX_BYTES: usize = 64;

/// An id of letters, digits, `-`, `_` and `.`: nothing that could forge a line of a log, or break out of a header. It needs no memory of its own.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct RequestId {
    bytes: [u8; MAX_BYTES],
    length: usize,
}

impl RequestId {
    /// The caller's own id if it is a plain one, else a random one.
    pub(super) fn of(headers: &HeaderMap) -> Self {
        let given = headers.get(HEADER).and_then(|value| value.to_str().ok()).unwrap_or_default();
        Self::plain(given).unwrap_or_else(Self::random)
    }

    fn plain(text: &str) -> Option<Self> {
        let is_plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.');
        if text.is_empty() || !text.bytes().all(is_plain) {
            return None;
        }
        let mut bytes = [0; MAX_BYTES];
        bytes.get_mut(..text.len())?.copy_from_slice(text.as_bytes());
        Some(Self { bytes, length: text.len() })
    }

    fn random() -> Self {
        const DIGITS: &[u8; 16] = b"0123456789abcdef";
        let mut random = [0; 8];
        // Without randomness ids repeat; nothing depends on it.
        let _ = getrandom::fill(&mut random);
        let mut bytes = [0; MAX_BYTES];
        for (pair, byte) in bytes.chunks_exact_mut(2).zip(random) {
            pair.copy_from_slice(&[DIGITS[usize::from(byte >> 4)], DIGITS[usize::from(byte & 0xf)]]);
        }
        Self { bytes, length: 2 * random.len() }
    }

    /// The id as text.
    pub(crate) fn as_str(&self) -> &str {
        self.bytes.get(..self.length).and_then(|bytes| std::str::from_utf8(bytes).ok()).unwrap_or_default()
    }
}

impl std::fmt::Debug for RequestId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use warp::http::HeaderValue;

    use super::*;

    fn of(given: &[u8]) -> RequestId {
        let mut headers = HeaderMap::new();
        if let Ok(value) = HeaderValue::from_bytes(given) {
            headers.insert(HEADER, value);
        }
        RequestId::of(&headers)
    }

    #[test]
    fn a_plain_id_is_taken_over() {
        let longest = "x".repeat(MAX_BYTES);
        for given in ["a", "0-9_A.z", longest.as_str()] {
            assert_eq!(of(given.as_bytes()).as_str(), given);
        }
    }

    #[test]
    fn what_could_forge_a_line_is_replaced() {
        let long = "x".repeat(MAX_BYTES + 1);
        for given in ["", "a b", "a\"b", "a\tb", "level=error", "é", "a,b", "{}", long.as_str()] {
            let id = of(given.as_bytes());
            let is_ours = id.as_str().len() == 16 && id.as_str().bytes().all(|b| b"0123456789abcdef".contains(&b));
            assert!(is_ours, "{given:?}: {id:?}");
        }
        assert_ne!(of(b""), of(b""));
    }
}
