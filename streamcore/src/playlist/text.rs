//! Bytes to text, text to lines, and what of a line may go into an entry.

use std::{borrow::Cow, time::Duration};

use super::{Entry, Error};
use crate::{MAX_TITLE_CHARS, MAX_URL_BYTES};

/// What Windows-1252 has where Latin-1 has control characters; the five places it leaves free stay what they are.
const WINDOWS_1252: [char; 32] = [
    '€', '\u{81}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{8d}', 'Ž', '\u{8f}', '\u{90}', '‘', '’',
    '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{9d}', 'ž', 'Ÿ',
];

/// The text without its byte order mark.
pub(super) fn decode(bytes: &[u8]) -> Result<Cow<'_, str>, Error> {
    if bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]) {
        return Err(Error::Utf16);
    }
    let bytes = bytes.strip_prefix(&[0xef, 0xbb, 0xbf]).unwrap_or(bytes);
    Ok(match std::str::from_utf8(bytes) {
        Ok(text) => text.into(),
        Err(_) => bytes.iter().map(|byte| windows_1252(*byte)).collect(),
    })
}

fn windows_1252(byte: u8) -> char {
    let special = byte.checked_sub(0x80).and_then(|n| WINDOWS_1252.get(usize::from(n)));
    special.copied().unwrap_or(char::from(byte))
}

/// The lines of a text, numbered from 1, without the spaces around them. They end in LF, CR LF or CR.
pub(super) struct Lines<'a> {
    rest: Option<&'a str>,
    number: usize,
}

impl<'a> Lines<'a> {
    pub(super) const fn of(text: &'a str) -> Self {
        Self { rest: Some(text), number: 0 }
    }
}

impl<'a> Iterator for Lines<'a> {
    type Item = (usize, &'a str);

    fn next(&mut self) -> Option<Self::Item> {
        let rest = self.rest?;
        let (line, behind) = match rest.find(['\r', '\n']) {
            Some(end) => {
                let behind = &rest[end..];
                (&rest[..end], Some(behind.strip_prefix("\r\n").unwrap_or(&behind[1..])))
            }
            None => (rest, None),
        };
        self.rest = behind;
        self.number += 1;
        Some((self.number, line.trim()))
    }
}

/// An entry of this location and nothing else.
pub(super) fn entry(location: &str, line: usize) -> Result<Entry, Error> {
    if location.len() > MAX_URL_BYTES {
        return Err(Error::LocationTooLong { line, max: MAX_URL_BYTES, got: location.len() });
    }
    if location.contains(char::is_control) {
        return Err(Error::ControlCharacter { line });
    }
    Ok(Entry { url: location.to_owned(), line, ..Entry::default() })
}

/// Artist and title of `artist - title`, or the title alone; none of them is blank.
pub(super) fn names(text: &str) -> (Option<String>, Option<String>) {
    if let Some((artist, title)) = text.split_once(" - ")
        && let (Some(artist), Some(title)) = (name(artist), name(title))
    {
        return (Some(artist), Some(title));
    }
    (None, name(text))
}

/// Without control characters, and not longer than a title may be; none if nothing is left.
fn name(text: &str) -> Option<String> {
    let seen = text.trim().chars().map(|c| if c.is_control() { ' ' } else { c }).take(MAX_TITLE_CHARS);
    let name: String = seen.collect();
    let name = name.trim();
    (!name.is_empty()).then(|| name.to_owned())
}

/// The longest duration that is believed: a year.
const MAX_DURATION: Duration = Duration::from_secs(366 * 86_400);

/// A length in seconds; none for what is not one, as `-1` and `0` are not.
pub(super) fn seconds(text: &str) -> Option<Duration> {
    let text = text.trim();
    let (whole, part) = text.split_once('.').unwrap_or((text, ""));
    if whole.is_empty() || !(whole.bytes().chain(part.bytes())).all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let milliseconds: u64 = format!("{part:0<3.3}").parse().ok()?;
    let duration = Duration::from_secs(whole.parse().ok()?).checked_add(Duration::from_millis(milliseconds))?;
    (!duration.is_zero() && duration <= MAX_DURATION).then_some(duration)
}
