//! M3U, which is a location on each line and comments, some of which mean something.

use std::time::Duration;

use super::{
    Entry, Error,
    text::{self, Lines},
};

pub(super) fn is_header(line: &str) -> bool {
    line.split_ascii_whitespace().next().is_some_and(|word| word.eq_ignore_ascii_case("#EXTM3U"))
}

pub(super) fn parse(text: &str, max: usize) -> Result<Vec<Entry>, Error> {
    let mut entries: Vec<Entry> = Vec::new();
    let mut said = Said::default();
    for (number, line) in Lines::of(text) {
        if line.is_empty() {
            continue;
        }
        if let Some(comment) = line.strip_prefix('#') {
            if starts_with(comment, "EXT-X-") {
                return Err(Error::HlsStream { line: number });
            }
            if starts_with(comment, "EXTINF:") {
                said = Said::read(&comment["EXTINF:".len()..]);
            }
            continue;
        }
        if entries.len() == max {
            return Err(Error::TooManyEntries { max, line: number });
        }
        let Said { duration, artist, title } = std::mem::take(&mut said);
        entries.push(Entry { duration, artist, title, ..text::entry(line, number)? });
    }
    Ok(entries)
}

fn starts_with(text: &str, name: &str) -> bool {
    text.get(..name.len()).is_some_and(|beginning| beginning.eq_ignore_ascii_case(name))
}

/// What a comment said about the next location.
#[derive(Default)]
struct Said {
    duration: Option<Duration>,
    artist: Option<String>,
    title: Option<String>,
}

impl Said {
    /// `length,artist - title`, where attributes may stand behind the length: `-1 group="a, b",title`.
    fn read(text: &str) -> Self {
        let (about, names) = split_at_comma(text);
        let length = about.split_ascii_whitespace().next().unwrap_or_default();
        let (artist, title) = text::names(names);
        Self { duration: text::seconds(length), artist, title }
    }
}

/// At the first comma that is not in quotes; if a quote is not closed, at the first of all. Without a comma it is all a title, unless it is
/// a length.
fn split_at_comma(text: &str) -> (&str, &str) {
    let mut quoted = false;
    let unquoted = text.find(|c| {
        quoted ^= c == '"';
        c == ',' && !quoted
    });
    match unquoted.or_else(|| text.find(',')) {
        Some(comma) => (&text[..comma], &text[comma + 1..]),
        None if text.trim().parse::<f64>().is_ok() => (text, ""),
        None => ("", text),
    }
}
