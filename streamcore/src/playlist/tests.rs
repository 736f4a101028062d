use proptest::{collection::vec, option, prelude::*, sample::select};

use super::*;
use crate::MAX_URL_BYTES;

fn read(text: impl AsRef<[u8]>) -> Playlist {
    parse(text.as_ref(), Limits::default()).unwrap()
}

fn refused(text: impl AsRef<[u8]>) -> Error {
    parse(text.as_ref(), Limits { bytes: 100_000, entries: 3 }).unwrap_err()
}

fn urls(list: &Playlist) -> Vec<&str> {
    list.entries.iter().map(|entry| entry.url.as_str()).collect()
}

/// Url, artist, title, milliseconds, line.
type Row<'a> = (&'a str, Option<&'a str>, Option<&'a str>, Option<u128>, usize);

fn rows(list: &Playlist) -> Vec<Row<'_>> {
    let row = |entry: &'_ Entry| -> (usize, Option<u128>) { (entry.line, entry.duration.map(|d| d.as_millis())) };
    let entries = list.entries.iter();
    entries.map(|e| (e.url.as_str(), e.artist.as_deref(), e.title.as_deref(), row(e).1, row(e).0)).collect()
}

#[test]
fn an_m3u_as_programs_write_them() {
    let list = read(
        "\u{feff}#EXTM3U url-tvg=\"x\"\r\n\r\n#PLAYLIST:Mine\r\n#EXTINF:215, Bach - Prelude - in C \r\nbach/846 a.flac\r\n\
         #EXTINF:-1 tvg-id=\"a\" group-title=\"News, Talk\",Radio, live\r\n#EXTVLCOPT:network-caching=1\r\n  https://h.example/live?a=1#x  \r\n\
         ..\\C.mp3\r\n#EXTINF:12.5,\r\nd.mp3",
    );
    assert_eq!(list.format, Format::M3u);
    assert_eq!(
        rows(&list),
        [
            ("bach/846 a.flac", Some("Bach"), Some("Prelude - in C"), Some(215_000), 5),
            ("https://h.example/live?a=1#x", None, Some("Radio, live"), None, 8),
            ("..\\C.mp3", None, None, None, 9),
            ("d.mp3", None, None, Some(12_500), 11),
        ]
    );
}

#[test]
fn what_is_said_of_an_entry_in_odd_ways() {
    for (said, artist, title, length) in [
        ("Only a title", None, Some("Only a title"), None),
        ("77", None, None, Some(77_000)),
        ("0,t", None, Some("t"), None),
        ("-1,t", None, Some("t"), None),
        ("1e3,t", None, Some("t"), None),
        ("3.14159 x,t", None, Some("t"), Some(3_141)),
        ("99999999999999999999,t", None, Some("t"), None),
        ("40000000,t", None, Some("t"), None),
        ("5, - t", None, Some("- t"), Some(5_000)),
        ("5,a - ", None, Some("a -"), Some(5_000)),
        ("5,a-b", None, Some("a-b"), Some(5_000)),
        ("5 \"open,t", None, Some("t"), Some(5_000)),
        ("5,a\u{0}b\t-  c", None, Some("a b -  c"), Some(5_000)),
        ("", None, None, None),
    ] {
        let list = read(format!("#EXTINF:{said}\nx.mp3"));
        assert_eq!(rows(&list), [("x.mp3", artist, title, length, 2)], "{said:?}");
    }
    let long = read(format!("#extinf:1,{}\nx", "я".repeat(600)));
    assert_eq!(long.entries[0].title.as_ref().map(|title| title.chars().count()), Some(500));
}

#[test]
fn a_plain_list_is_a_location_on_each_line() {
    let list = read("# mine\na.mp3\r\r  http://h.example/b  \n\n\n");
    assert_eq!((list.format, urls(&list)), (Format::Plain, vec!["a.mp3", "http://h.example/b"]));
    assert_eq!(list.entries[1].line, 4);
}

#[test]
fn a_pls_is_in_the_order_of_its_numbers() {
    let list = read(
        "\n[PlayList]\nNumberOfEntries=9\nfile10=last.mp3\nTITLE2=B - Two\n; note\nFile2 = two.mp3?x=y\nLength2=61\nTitle7=of nothing\n\
         File3=\nLength10=-1\nFilex=1\nFile99999999999=1\nVersion=2\n",
    );
    assert_eq!(list.format, Format::Pls);
    assert_eq!(
        rows(&list),
        [("two.mp3?x=y", Some("B"), Some("Two"), Some(61_000), 7), ("last.mp3", None, None, None, 4)]
    );
}

#[test]
fn bytes_that_are_not_utf_8_are_windows_1252() {
    assert_eq!(urls(&read(b"Bj\xf6rk/\x8auch\xe9.mp3")), ["Björk/Šuché.mp3"]);
    assert_eq!(urls(&read("Björk/Šuché.mp3")), ["Björk/Šuché.mp3"]);
    assert_eq!(refused(b"caf\xe9\x81.mp3"), Error::ControlCharacter { line: 1 });
    assert_eq!(refused(b"\xff\xfea\0.\0m\0"), Error::Utf16);
}

#[test]
fn what_is_refused_names_the_line() {
    let hls = "#EXTM3U\n#EXT-X-VERSION:3\n#EXTINF:10,\nsegment0.ts\n";
    assert_eq!(refused(hls), Error::HlsStream { line: 2 });
    assert!(refused(hls).to_string().ends_with("queue its URL instead"), "{}", refused(hls));
    assert_eq!(refused("#EXTM3U\na\n#ext-x-endlist"), Error::HlsStream { line: 3 });
    assert_eq!(refused(""), Error::Empty);
    assert_eq!(refused("#EXTM3U\n#EXTINF:1,a\n"), Error::Empty);
    assert_eq!(refused("[playlist]\nFile1=\n"), Error::Empty);
    assert_eq!(refused("a\nb\n\nc\nd"), Error::TooManyEntries { max: 3, line: 5 });
    assert_eq!(refused("[playlist]\nFile1=a\nFile2=b\nFile3=c\nFile4=d"), Error::TooManyEntries { max: 3, line: 5 });
    assert_eq!(refused("[playlist]\nFile1=a\nnonsense"), Error::NotAPair { line: 3 });
    assert_eq!(refused("[playlist]\nFile1=a\nFILE01=b"), Error::Repeated { line: 3, number: 1 });
    assert_eq!(refused("a\nb\u{7}c"), Error::ControlCharacter { line: 2 });
    let long = "x".repeat(MAX_URL_BYTES + 1);
    assert_eq!(refused(&long), Error::LocationTooLong { line: 1, max: MAX_URL_BYTES, got: MAX_URL_BYTES + 1 });
    assert_eq!(urls(&read(&long[1..])), [&long[1..]]);
    assert_eq!(refused("x".repeat(100_001)), Error::TooLarge { max: 100_000, got: 100_001 });
}

#[test]
fn what_cannot_be_written_is_left_out() {
    let entry = |url: &str| Entry { url: url.into(), ..Entry::default() };
    let entries = [entry("a\nhttp://h.example/"), entry("#1 hit.mp3"), entry(" ")];
    assert_eq!(urls(&read(to_m3u(&entries))), ["./#1 hit.mp3"]);
    assert_eq!(urls(&read(to_pls(&entries))), ["#1 hit.mp3"]);
}

/// Pieces that lists are made of, and what they are spoilt with.
fn hostile() -> impl Strategy<Value = Vec<u8>> {
    const PIECES: &[&[u8]] = &[
        b"#EXTM3U",
        b"[playlist]",
        b"\n",
        b"\r",
        b"\r\n",
        b"#EXTINF:",
        b"1,",
        b"-1",
        b"\"",
        b",",
        b" - ",
        b"File1=",
        b"File4294967296=",
        b"Title1=",
        b"Length1=",
        b"=",
        b"#",
        b"#EXT-X",
        b"-",
        b"\xef\xbb\xbf",
        b"\xff",
        b"\x00",
        b".",
        b"9999999999",
        b"\xd0\xb5",
        b"\xe2\x80",
    ];
    let piece = prop_oneof![4 => select(PIECES).prop_map(<[u8]>::to_vec), 1 => vec(any::<u8>(), 0..9)];
    vec(piece, 0..60).prop_map(|pieces| pieces.concat())
}

fn name() -> impl Strategy<Value = String> {
    "[a-zа-я\"=,#;][a-z ,=\"]{0,8}[a-z]"
}

fn entries() -> impl Strategy<Value = Vec<Entry>> {
    let location = "[a-zа-я0-9:/?=#\\[;,][a-z0-9 /?=#,%]{0,9}[a-z]";
    let entry = (location, option::of((option::of(name()), name())), option::of(1..1_000_u64)).prop_map(
        |(url, names, seconds)| {
            let (artist, title) = names.unzip();
            Entry { url, artist: artist.flatten(), title, duration: seconds.map(Duration::from_secs), line: 0 }
        },
    );
    vec(entry, 1..9)
}

fn without_lines(entries: Vec<Entry>) -> Vec<Entry> {
    entries.into_iter().map(|entry| Entry { line: 0, ..entry }).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn whatever_is_pasted_is_read_within_the_limits_or_refused(bytes in hostile()) {
        if let Ok(list) = parse(&bytes, Limits { bytes: 400, entries: 5 }) {
            prop_assert!((1..=5).contains(&list.entries.len()));
            for entry in list.entries {
                prop_assert!(!entry.url.trim().is_empty() && !entry.url.contains(char::is_control));
                prop_assert!(entry.line >= 1);
                for name in entry.artist.iter().chain(&entry.title) {
                    prop_assert!(!name.trim().is_empty() && !name.contains(char::is_control));
                }
            }
        }
    }

    #[test]
    fn lines_are_those_of_the_standard_library(text in "[a-b\r\n ]{0,40}") {
        let unix = text.replace("\r\n", "\n").replace('\r', "\n");
        let expected: Vec<_> = unix.split('\n').map(str::trim).collect();
        let lines: Vec<_> = Lines::of(&text).collect();
        prop_assert_eq!(lines.iter().map(|(_, line)| *line).collect::<Vec<_>>(), expected);
        prop_assert!((1..).zip(&lines).all(|(n, (number, _))| n == *number));
    }

    #[test]
    fn what_is_written_is_read_back(entries in entries()) {
        prop_assert_eq!(without_lines(read(to_pls(&entries)).entries), entries.clone());
        let here = |entry: Entry| {
            let url = if entry.url.starts_with('#') { format!("./{}", entry.url) } else { entry.url };
            Entry { url, ..entry }
        };
        let expected: Vec<_> = entries.iter().cloned().map(here).collect();
        prop_assert_eq!(without_lines(read(to_m3u(&entries)).entries), expected);
    }
}

/// A list of the largest size, of whatever kind, is read in a time that grows with its size: a second would be far too long.
#[test]
fn the_largest_lists_are_read() {
    let limits = Limits { entries: 2_000_000, ..Limits::default() };
    for piece in ["a\n", "\n", "\r", "#EXTINF:\"\n", "#EXTINF:1,a - b\nx\n", "#\n", "x"] {
        let text = piece.repeat(limits.bytes / piece.len());
        let expected = piece.matches(['a', 'x']).count() > 0 && piece.ends_with('\n');
        assert_eq!(parse(text.as_bytes(), limits).is_ok(), expected, "{piece:?}");
    }
    let numbers = |n: u32| format!("File{n}=a\n");
    let pls = "[playlist]\n".to_owned() + &(0..60_000).rev().map(numbers).collect::<String>();
    assert_eq!(parse(pls.as_bytes(), limits).unwrap().entries.len(), 60_000);
}
