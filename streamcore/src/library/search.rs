//! What a search finds and in which order: pure functions, the same for every adapter.
//!
//! A text is cut into words at white space; a track is found if *every* word occurs, anywhere and in any case, in its title, its artist, the
//! `album` of its metadata or the file name of its location, each word within one of them. What was found is in the order of [`Cursor`]:
//! by the beginning of the title, then by id.
//!
//! An adapter stores [`key`] and [`title_key`] beside the track and compares them by bytes; it never folds text by rules of its own, which
//! would differ from one store to the next (SQLite's `lower` knows ASCII alone).

use std::{borrow::Cow, collections::BTreeSet, fmt, str::FromStr};

use super::Track;
use crate::{MAX_TITLE_CHARS, Source, TrackId};

/// How much of a text is searched for, in characters; the rest is ignored.
pub const MAX_TEXT_CHARS: usize = 500;
/// How many different words are searched for; further ones are ignored.
pub const MAX_WORDS: usize = 16;
/// How many characters of a title decide about the order: bounds the size of a [`Cursor`].
pub const TITLE_KEY_CHARS: usize = 128;

/// What to look for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Search {
    /// The words that must all occur; a blank text finds every track.
    pub text: String,
    /// Where to go on: the `next` of the page before, or none to begin.
    pub after: Option<Cursor>,
    /// How many tracks to read: at most [`MAX_PAGE`](super::MAX_PAGE) are. Zero asks for the total alone.
    pub limit: usize,
}

/// Some of the tracks that were found.
#[derive(Debug, Clone, PartialEq)]
pub struct SearchPage {
    /// The tracks, in the order of their [`Cursor`]s.
    pub tracks: Vec<Track>,
    /// Where to go on; none at the end, and none if no tracks were asked for.
    pub next: Option<Cursor>,
    /// How many tracks match in all, on whatever page.
    pub total: usize,
}

/// The place of a track in the order of all tracks.
///
/// A page goes on behind it even if its track was changed or deleted meanwhile. Its text form is for URLs (to be percent-encoded there).
///
/// ```
/// use streamcore::{Timestamp, TrackId, library::{Cursor, Track}};
/// let track = Track::file(TrackId::new(uuid::Uuid::from_u128(7)), "  The ÉTUDE", "a.flac", Timestamp::default());
/// let cursor = Cursor::of(&track);
/// assert_eq!(cursor.to_string(), "00000000-0000-0000-0000-000000000007:the étude");
/// assert_eq!(cursor.to_string().parse::<Cursor>().unwrap(), cursor);
/// ```
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Cursor {
    title_key: String,
    id: TrackId,
}

impl Cursor {
    /// The place of this track.
    #[must_use]
    pub fn of(track: &Track) -> Self {
        Self { title_key: title_key(&track.title), id: track.id }
    }

    /// What is compared first: the [`title_key`].
    #[must_use]
    pub fn title_key(&self) -> &str {
        &self.title_key
    }

    /// What is compared among equal titles.
    #[must_use]
    pub const fn id(&self) -> TrackId {
        self.id
    }
}

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.id, self.title_key)
    }
}

/// Why a text is no [`Cursor`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("this is not a place in the library; take `next` of a page as it was given, or begin anew")]
pub struct ParseCursorError;

impl FromStr for Cursor {
    type Err = ParseCursorError;

    fn from_str(s: &str) -> Result<Self, Self::Err> {
        let (id, key) = s.split_once(':').ok_or(ParseCursorError)?;
        // One that the library did not make is refused: it may be of any size, and is not the place it seems to be.
        let title_key = title_key(key);
        if title_key != key {
            return Err(ParseCursorError);
        }
        let id: uuid::Uuid = id.parse().map_err(|_| ParseCursorError)?;
        Ok(Self { title_key, id: TrackId::new(id) })
    }
}

/// A text without its differences of case: every character in lower case by Unicode's simple and special mappings, the final sigma as the
/// other one, `ё` as `е`, and every control character as a space.
///
/// It works on each character alone, so that whatever occurs in a text occurs in its folded form, folded.
///
/// ```
/// use streamcore::library::search::fold;
/// assert_eq!(fold("ЁЛКА Straße\tΟΔΟΣ"), "елка straße οδοσ");
/// ```
#[must_use]
pub fn fold(text: &str) -> String {
    let lower = text.chars().flat_map(|c| if c.is_control() { ' '.to_lowercase() } else { c.to_lowercase() });
    let same = lower.map(|c| match c {
        'ς' => 'σ',
        'ё' => 'е',
        c => c,
    });
    same.collect()
}

/// The words that a text asks for: folded, in the order of their bytes, each once.
///
/// ```
/// use streamcore::library::search::words;
/// assert_eq!(words(" Moon  the MOON "), ["moon", "the"]);
/// ```
#[must_use]
pub fn words(text: &str) -> Vec<String> {
    let folded = fold(&beginning(text, MAX_TEXT_CHARS));
    let mut seen = BTreeSet::new();
    for word in folded.split_whitespace() {
        if seen.len() == MAX_WORDS {
            break;
        }
        seen.insert(word);
    }
    seen.into_iter().map(str::to_owned).collect()
}

/// What the words are looked for in: the folded fields, a line each, so that no word is found across two of them.
#[must_use]
pub fn key(track: &Track) -> String {
    let album = track.metadata.get("album").and_then(|album| album.as_str()).unwrap_or_default();
    let name = file_name(track);
    let fields = [&track.title, track.artist.as_deref().unwrap_or_default(), &beginning(album, MAX_TITLE_CHARS), &name];
    fields.map(fold).join("\n")
}

/// Whether a track with this [`key`] is found by these [`words`].
#[must_use]
pub fn matches(key: &str, words: &[String]) -> bool {
    words.iter().all(|word| key.contains(word))
}

/// What tracks are ordered by: the folded title with single spaces, its first [`TITLE_KEY_CHARS`] characters.
#[must_use]
pub fn title_key(title: &str) -> String {
    let folded = fold(title);
    let words: Vec<_> = folded.split_whitespace().collect();
    beginning(&words.join(" "), TITLE_KEY_CHARS).trim_end().to_owned()
}

fn beginning(text: &str, chars: usize) -> Cow<'_, str> {
    match text.char_indices().nth(chars) {
        Some((end, _)) => text[..end].into(),
        None => text.into(),
    }
}

/// The last part of a location. Of a URL: without its query and fragment, escapes read as what they stand for if that is text.
fn file_name(track: &Track) -> Cow<'_, str> {
    if track.source == Source::File {
        return last_part(&track.url).into();
    }
    let path = track.url.split(['?', '#']).next().unwrap_or_default();
    unescaped(last_part(path))
}

fn last_part(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or_default()
}

fn unescaped(name: &str) -> Cow<'_, str> {
    let mut bytes = Vec::with_capacity(name.len());
    let mut rest = name.as_bytes();
    while let Some((byte, behind)) = rest.split_first() {
        let escaped = behind.get(..2).filter(|_| *byte == b'%').and_then(|digits| {
            let digits = std::str::from_utf8(digits).ok().filter(|digits| !digits.starts_with('+'))?;
            u8::from_str_radix(digits, 16).ok()
        });
        bytes.push(escaped.unwrap_or(*byte));
        rest = if escaped.is_some() { &behind[2..] } else { behind };
    }
    String::from_utf8(bytes).map_or(name.into(), Cow::from)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::Timestamp;

    fn track(url: &str, source: Source) -> Track {
        let id = TrackId::new(uuid::Uuid::nil());
        Track { source, ..Track::file(id, "Title", url, Timestamp::default()) }
    }

    #[test]
    fn the_file_name_is_what_people_see_of_a_location() {
        for (url, source, name) in [
            ("a/b/Song%20One.mp3", Source::File, "song%20one.mp3"),
            ("https://h.example/a/Song%20One.mp3?token=x/y#z", Source::Stream, "song one.mp3"),
            ("https://h.example/%D0%9F.mp3", Source::Stream, "п.mp3"),
            ("https://h.example/%FF.mp3", Source::Stream, "%ff.mp3"),
            ("https://h.example/100%.mp3", Source::Stream, "100%.mp3"),
            ("https://h.example/%+1%e", Source::Stream, "%+1%e"),
            ("https://h.example/", Source::Stream, ""),
        ] {
            assert_eq!(key(&track(url, source)), format!("title\n\n\n{name}"), "{url}");
        }
    }

    #[test]
    fn no_word_is_found_across_fields() {
        let track = Track { artist: Some("Two\nThree".into()), ..track("x", Source::File) };
        assert_eq!(key(&track), "title\ntwo three\n\nx");
        assert!(!matches(&key(&track), &words("titletwo")));
        assert!(matches(&key(&track), &words("three tit two")));
    }

    #[test]
    fn further_words_and_further_text_are_ignored() {
        let many: Vec<_> = (100..200).map(|n| n.to_string()).collect();
        assert_eq!(words(&many.join(" ")), many[..MAX_WORDS]);
        assert_eq!(words(&"x".repeat(10_000)), ["x".repeat(MAX_TEXT_CHARS)]);
    }

    #[test]
    fn a_cursor_that_the_library_did_not_make_is_refused() {
        let id = uuid::Uuid::nil().to_string();
        for text in ["", "x", &id, &format!("{id}:UPPER"), &format!("{id}:{}", "x".repeat(129)), "7:x"] {
            assert_eq!(text.parse::<Cursor>(), Err(ParseCursorError), "{text}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn what_occurs_in_a_text_occurs_folded_in_any_case(before in ".*", part in ".*", after in ".*") {
            let folded = fold(&format!("{before}{part}{after}"));
            prop_assert!(folded.contains(&fold(&part)));
            prop_assert_eq!(fold(&folded), folded);
        }

        #[test]
        fn every_cursor_reads_back(title in ".*", id in any::<u128>()) {
            let track = Track::file(TrackId::new(uuid::Uuid::from_u128(id)), title, "x", Timestamp::default());
            let cursor = Cursor::of(&track);
            prop_assert!(cursor.title_key().chars().count() <= TITLE_KEY_CHARS);
            prop_assert_eq!(cursor.to_string().parse::<Cursor>(), Ok(cursor));
        }
    }
}
