//! Playlists that people paste or upload: read into entries, and written.
//!
//! Pure, and safe against whatever is pasted: time and memory grow with the input, which is bounded, and nothing panics. Whether a location
//! may be played is not decided here; see [`Media::check`](crate::media::Media::check).
//!
//! ```
//! use streamcore::playlist::{self, Limits};
//!
//! let list = playlist::parse(b"#EXTM3U\n#EXTINF:215,Bach - Prelude\nbach/846.flac\n", Limits::default())?;
//! let entry = &list.entries[0];
//! assert_eq!((entry.artist.as_deref(), entry.title.as_deref(), entry.url.as_str()), (Some("Bach"), Some("Prelude"), "bach/846.flac"));
//! # Ok::<(), playlist::Error>(())
//! ```

mod error;
mod m3u;
mod pls;
mod text;
mod write;

use std::time::Duration;

use self::text::Lines;
pub use self::{
    error::Error,
    write::{to_m3u, to_pls},
};

/// One line of a list that names something to play.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Entry {
    /// Where it is: a URL or a path, as it was written, without the spaces around it.
    pub url: String,
    /// What the list calls it: at most [`MAX_TITLE_CHARS`](crate::MAX_TITLE_CHARS) characters, further ones are cut off.
    pub title: Option<String>,
    /// Who performs it, where the list says `artist - title`: as long as a title at most.
    pub artist: Option<String>,
    /// How long it is, if the list says so.
    pub duration: Option<Duration>,
    /// The line of its location, from 1.
    pub line: usize,
}

/// How a list was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// It begins with `#EXTM3U`.
    M3u,
    /// It begins with `[playlist]`.
    Pls,
    /// A location on each line; `#` begins a comment, and what M3U says in comments is understood.
    Plain,
}

/// A list as it was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Playlist {
    /// How it was written.
    pub format: Format,
    /// What it names, in its order.
    pub entries: Vec<Entry>,
}

/// How large a list may be; one that is larger is refused as a whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Its size in bytes.
    pub bytes: usize,
    /// How many entries it has.
    pub entries: usize,
}

impl Default for Limits {
    /// 1 MiB and 1,000 entries.
    fn default() -> Self {
        Self { bytes: 1_048_576, entries: 1_000 }
    }
}

/// Reads a list: M3U, PLS, or a location on each line, told apart by the first line that is not blank.
///
/// Text is UTF-8, with or without a byte order mark, or Windows-1252 (of which Latin-1 is a part) if it is not UTF-8; lines end as on any
/// system. What a list says beside locations, titles and lengths is ignored.
///
/// # Errors
/// [`Error`] names the line and says what to do about it; of a list with an error nothing is read.
pub fn parse(bytes: &[u8], limits: Limits) -> Result<Playlist, Error> {
    if bytes.len() > limits.bytes {
        return Err(Error::TooLarge { max: limits.bytes, got: bytes.len() });
    }
    let text = text::decode(bytes)?;
    let first = Lines::of(&text).find(|(_, line)| !line.is_empty());
    let (format, entries) = match first {
        Some((_, line)) if line.eq_ignore_ascii_case("[playlist]") => (Format::Pls, pls::parse(&text, limits.entries)?),
        Some((_, line)) if m3u::is_header(line) => (Format::M3u, m3u::parse(&text, limits.entries)?),
        _ => (Format::Plain, m3u::parse(&text, limits.entries)?),
    };
    if entries.is_empty() { Err(Error::Empty) } else { Ok(Playlist { format, entries }) }
}

#[cfg(test)]
mod tests;
