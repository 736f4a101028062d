//! Lists that people paste: what is read is within its bounds, in the order of its lines, and written and read again as the same.

use streamcore::{
    MAX_TITLE_CHARS, MAX_URL_BYTES,
    playlist::{Format, Limits, parse, to_m3u, to_pls},
};

/// Small enough to be reached.
const LIMITS: Limits = Limits { bytes: 4_000, entries: 20 };

pub(crate) fn target(bytes: &[u8]) {
    let list = match parse(bytes, LIMITS) {
        Ok(list) => list,
        Err(error) => return assert!(!error.to_string().is_empty()),
    };
    assert!(bytes.len() <= LIMITS.bytes && (1..=LIMITS.entries).contains(&list.entries.len()));
    for entry in &list.entries {
        assert!(
            !entry.url.is_empty() && entry.url.len() <= MAX_URL_BYTES && entry.url == entry.url.trim(),
            "{entry:?}"
        );
        assert!(!entry.url.contains(char::is_control), "{entry:?}");
        let texts = [&entry.title, &entry.artist];
        assert!(texts.into_iter().flatten().all(|text| text.chars().count() <= MAX_TITLE_CHARS), "{entry:?}");
        assert!(entry.line >= 1 && entry.line <= bytes.len(), "{entry:?}");
    }
    assert!(
        list.format == Format::Pls || list.entries.is_sorted_by_key(|entry| entry.line),
        "in the order of the lines"
    );
    let urls =
        |entries: &[streamcore::playlist::Entry]| entries.iter().map(|entry| entry.url.clone()).collect::<Vec<_>>();
    let again = |text: &str| parse(text.as_bytes(), Limits::default()).map(|again| urls(&again.entries));
    let pls = to_pls(&list.entries);
    assert_eq!(again(&pls), Ok(urls(&list.entries)), "{pls:?}");
    // A path may not begin as a comment does.
    let written = |url: String| if url.starts_with('#') { format!("./{url}") } else { url };
    let m3u = to_m3u(&list.entries);
    assert_eq!(again(&m3u), Ok(urls(&list.entries).into_iter().map(written).collect()), "{m3u:?}");
}
