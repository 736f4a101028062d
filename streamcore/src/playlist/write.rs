//! Entries to lists that players read.
//!
//! A location with a control character in it cannot be written, as a line break would make two of it, and is left out. In an M3U a path that
//! begins with `#` is written as `./#…`, or it would be a comment.

use super::Entry;

/// The entries as an M3U (in UTF-8, so an `.m3u8`).
///
/// ```
/// use streamcore::playlist::{Entry, to_m3u};
/// let entry = Entry { url: "http://h.example/live".into(), title: Some("Live".into()), ..Entry::default() };
/// assert_eq!(to_m3u([&entry]), "#EXTM3U\n#EXTINF:-1,Live\nhttp://h.example/live\n");
/// ```
#[must_use]
pub fn to_m3u<'a>(entries: impl IntoIterator<Item = &'a Entry>) -> String {
    let mut list = "#EXTM3U\n".to_owned();
    for entry in writable(entries) {
        let here = if entry.url.starts_with('#') { "./" } else { "" };
        list.push_str(&format!("#EXTINF:{},{}\n{here}{}\n", length(entry), called(entry), entry.url));
    }
    list
}

/// The entries as a PLS.
///
/// ```
/// use streamcore::playlist::{Entry, to_pls};
/// let entry = Entry { url: "http://h.example/live".into(), title: Some("Live".into()), ..Entry::default() };
/// let list = "[playlist]\nFile1=http://h.example/live\nTitle1=Live\nLength1=-1\nNumberOfEntries=1\nVersion=2\n";
/// assert_eq!(to_pls([&entry]), list);
/// ```
#[must_use]
pub fn to_pls<'a>(entries: impl IntoIterator<Item = &'a Entry>) -> String {
    let mut list = "[playlist]\n".to_owned();
    let mut count = 0;
    for (n, entry) in (1..).zip(writable(entries)) {
        count = n;
        let called = called(entry);
        let title = if called.is_empty() { String::new() } else { format!("Title{n}={called}\n") };
        list.push_str(&format!("File{n}={}\n{title}Length{n}={}\n", entry.url, length(entry)));
    }
    list + &format!("NumberOfEntries={count}\nVersion=2\n")
}

fn writable<'a>(entries: impl IntoIterator<Item = &'a Entry>) -> impl Iterator<Item = &'a Entry> {
    entries.into_iter().filter(|entry| !entry.url.trim().is_empty() && !entry.url.contains(char::is_control))
}

/// Whole seconds, which is what players read; -1 is unknown.
fn length(entry: &Entry) -> String {
    entry.duration.map_or_else(|| "-1".to_owned(), |duration| duration.as_secs().max(1).to_string())
}

fn called(entry: &Entry) -> String {
    let names: Vec<_> = entry.artist.iter().chain(&entry.title).map(String::as_str).collect();
    names.join(" - ").chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}
