//! What is in a file's tags does not come into memory. Alone in its process, which is measured as a whole.

#![cfg(target_os = "linux")]
#![expect(clippy::unwrap_used, reason = "a test that fails may panic")]

use std::{
    fs::{self, File},
    io::{Seek, SeekFrom, Write},
    path::Path,
    time::{Duration, Instant},
};

use streamcore::media::Media;
use streamcore_audio::{MediaDir, encode_mp3, write_wav};

/// The size of a picture: a hole in the file.
const PICTURE: u32 = 200 << 20;
/// What a file may add to the process.
const MOST_MB: u64 = 24;

/// Pieces of a file: bytes, or so many that nobody wrote.
enum Piece {
    Bytes(Vec<u8>),
    Hole(u64),
}

use Piece::{Bytes, Hole};

/// The title and the artist of a file, or what is said against it.
type Told = Result<(&'static str, Option<&'static str>), &'static str>;

fn write(path: &Path, pieces: &[Piece]) {
    let mut file = File::create(path).unwrap();
    for piece in pieces {
        match piece {
            Bytes(bytes) => file.write_all(bytes).unwrap(),
            Hole(count) => drop(file.seek(SeekFrom::Current(i64::try_from(*count).unwrap())).unwrap()),
        }
    }
    let end = file.stream_position().unwrap();
    file.set_len(end).unwrap();
}

/// A tag: a title, a picture of this many bytes, an artist.
fn id3(version: u8, flags: u8, picture: u32) -> Vec<Piece> {
    let safe = |bytes: u32| [bytes >> 21, bytes >> 14, bytes >> 7, bytes].map(|part| (part & 127) as u8);
    let frame = |id: &str, bytes: u32, content: &[u8]| match version {
        2 => [&id.as_bytes()[..3], &bytes.to_be_bytes()[1..], content].concat(),
        3 => [id.as_bytes(), &bytes.to_be_bytes(), &[0, 0], content].concat(),
        _ => [id.as_bytes(), &safe(bytes), &[0, 0], content].concat(),
    };
    let names = if version == 2 { ["TT2", "PIC", "TP1"] } else { ["TIT2", "APIC", "TPE1"] };
    let (title, artist) = (frame(names[0], 6, b"\0Title"), frame(names[2], 7, b"\0Artist"));
    let begin = b"\0image/png\0\x03\0";
    // A frame of the oldest kind cannot be larger.
    let pictures = if version == 2 { picture >> 24 } else { 1 };
    let each = if version == 2 { 0x00FF_FFFF } else { picture };
    let cover = frame(names[1], each, begin);
    let rest = u64::from(each) - begin.len() as u64;
    let size = (title.len() + artist.len() + cover.len() * pictures as usize) as u64 + rest * u64::from(pictures);
    let head = [b"ID3".as_slice(), &[version, 0, flags], &safe(size as u32)].concat();
    let mut pieces = vec![Bytes(head), Bytes(title)];
    (0..pictures).for_each(|_| pieces.extend([Bytes(cover.clone()), Hole(rest)]));
    pieces.push(Bytes(artist));
    pieces
}

fn then(mut pieces: Vec<Piece>, bytes: &[u8]) -> Vec<Piece> {
    pieces.push(Bytes(bytes.to_vec()));
    pieces
}

fn crc(bytes: &[u8], width: u32, polynomial: u32) -> u32 {
    bytes.iter().fold(0, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte) << (width - 8), |crc, _| {
            let top = crc >> (width - 1) & 1;
            ((crc << 1) ^ (top * polynomial)) & ((1 << width) - 1)
        })
    })
}

/// A FLAC of silence with a title and pictures of the largest size that there is.
fn flac() -> Vec<Piece> {
    let block = |kind: u8, size: u32| [&[kind], &size.to_be_bytes()[1..]].concat();
    // 4,096 samples a frame; 44,100 Hz, stereo, 16 bits; 40,960 samples; no checksum.
    let mut info = [block(0, 34), vec![0x10, 0, 0x10, 0, 0, 0, 0, 0, 0, 0]].concat();
    info.extend([0x0A, 0xC4, 0x42, 0xF0, 0, 0, 0xA0, 0]);
    info.extend([0; 16]);
    let comment = [&[0, 0, 0, 0, 1, 0, 0, 0, 11, 0, 0, 0], b"TITLE=Title".as_slice()].concat();
    let mut pieces = vec![Bytes([b"fLaC".to_vec(), info, block(4, comment.len() as u32), comment].concat())];
    for last in [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x80] {
        let size = 0x00FF_FFFF;
        let picture = [words(&[3, 9]), b"image/png".to_vec(), words(&[0, 1, 1, 24, 0, size - 41])].concat();
        let rest = u64::from(size) - picture.len() as u64;
        pieces.extend([Bytes([block(6 | last, size), picture].concat()), Hole(rest)]);
    }
    for nth in 0..10 {
        let mut frame = vec![0xFF, 0xF8, 0xC9, 0x18, nth];
        frame.push(crc(&frame, 8, 0x07) as u8);
        frame.extend([0, 0, 0, 0, 0, 0]); // two channels of one value
        let sum = crc(&frame, 16, 0x8005) as u16;
        pieces.push(Bytes([frame, sum.to_be_bytes().to_vec()].concat()));
    }
    pieces
}

fn words(values: &[u32]) -> Vec<u8> {
    values.iter().flat_map(|value| value.to_be_bytes()).collect()
}

/// A chunk of an AIFF, a WAV or a box of an MP4 is its name, its size and what is in it.
fn chunk(name: &[u8; 4], size: [u8; 4], content: &[u8]) -> Vec<u8> {
    [name.as_slice(), &size, content].concat()
}

fn wav(dir: &Path) -> Vec<Piece> {
    write_wav(dir.join("plain.wav"), &vec![0.1; 88_200], 44_100).unwrap();
    let plain = fs::read(dir.join("plain.wav")).unwrap();
    let info = [b"INFO".to_vec(), chunk(b"INAM", (PICTURE - 12).to_le_bytes(), b"Title")].concat();
    let list = chunk(b"LIST", PICTURE.to_le_bytes(), &info);
    let whole = (plain.len() as u32 + PICTURE).to_le_bytes();
    let rest = u64::from(PICTURE) - info.len() as u64;
    let begin = [b"RIFF".as_slice(), &whole, &plain[8..36], &list].concat();
    vec![Bytes(begin), Hole(rest), Bytes(plain[36..].to_vec())]
}

fn aiff() -> Vec<Piece> {
    let sound = vec![1; 88_200];
    let common = [&[0, 1], words(&[44_100]).as_slice(), &[0, 16, 0x40, 0x0E, 0xAC, 0x44, 0, 0, 0, 0, 0, 0]].concat();
    let tag = id3(4, 0, PICTURE);
    let size: u64 = tag
        .iter()
        .map(|piece| match piece {
            Bytes(bytes) => bytes.len() as u64,
            Hole(count) => *count,
        })
        .sum();
    let sound = chunk(b"SSND", (sound.len() as u32 + 8).to_be_bytes(), &[words(&[0, 0]), sound].concat());
    let begin = [
        b"AIFF".to_vec(),
        chunk(b"COMM", 18_u32.to_be_bytes(), &common),
        chunk(b"ID3 ", (size as u32).to_be_bytes(), &[]),
    ]
    .concat();
    let odd = (size % 2) as usize;
    let whole = begin.len() as u64 + size + odd as u64 + sound.len() as u64;
    let mut pieces = vec![Bytes(chunk(b"FORM", (whole as u32).to_be_bytes(), &begin))];
    pieces.extend(tag);
    then(pieces, &[vec![0; odd], sound].concat())
}

/// A box of an MP4.
fn boxed(kind: &[u8; 4], content: &[u8]) -> Vec<u8> {
    chunk(kind, (content.len() as u32 + 8).to_be_bytes(), content).rotated()
}

trait Rotated {
    /// The size before the name.
    fn rotated(self) -> Vec<u8>;
}

impl Rotated for Vec<u8> {
    fn rotated(mut self) -> Vec<u8> {
        self[..8].rotate_left(4);
        self
    }
}

/// An MP4 of uncompressed samples with a title, a cover and another tag, all before its samples.
fn mp4() -> Vec<Piece> {
    let file_type = boxed(b"ftyp", b"M4A \0\0\0\0M4A ");
    let entry = [words(&[0, 1, 0, 0]), vec![0, 2, 0, 16], words(&[0]), words(&[44_100 << 16])].concat();
    let count = 44_100;
    let table = |offset: u32| {
        let parts = [
            boxed(b"stsd", &[words(&[0, 1]), boxed(b"twos", &entry)].concat()),
            boxed(b"stts", &words(&[0, 1, count, 1])),
            boxed(b"stsc", &words(&[0, 1, 1, count, 1])),
            boxed(b"stsz", &words(&[0, 4, count])),
            boxed(b"stco", &words(&[0, 1, offset])),
        ];
        let data = boxed(b"dinf", &boxed(b"dref", &[words(&[0, 1]), boxed(b"url ", &words(&[1]))].concat()));
        let information = [boxed(b"smhd", &words(&[0, 0])), data, boxed(b"stbl", &parts.concat())].concat();
        let handler = [words(&[0, 0]), b"soun".to_vec(), words(&[0, 0, 0]), vec![0]].concat();
        let media = [
            boxed(b"mdhd", &words(&[0, 0, 0, 44_100, count, 0])),
            boxed(b"hdlr", &handler),
            boxed(b"minf", &information),
        ];
        let mut head = words(&[7, 0, 0, 1, 0, 1_000, 0, 0, 0, 0x0100_0000, 0x1_0000, 0, 0, 0, 0x1_0000, 0, 0, 0]);
        head.extend(words(&[0x4000_0000, 0, 0]));
        let mut movie = words(&[0, 0, 0, 1_000, 1_000, 0x1_0000, 0x0100_0000, 0, 0]);
        movie.extend(words(&[0x1_0000, 0, 0, 0, 0x1_0000, 0, 0, 0, 0x4000_0000, 0, 0, 0, 0, 0, 0, 2]));
        [boxed(b"mvhd", &movie), boxed(b"trak", &[boxed(b"tkhd", &head), boxed(b"mdia", &media.concat())].concat())]
            .concat()
    };
    let text = |kind: &[u8; 4], text: &str| boxed(kind, &boxed(b"data", &[words(&[1, 0]), text.into()].concat()));
    let cover =
        [words(&[PICTURE]), b"covr".to_vec(), words(&[PICTURE - 8]), b"data".to_vec(), words(&[14, 0])].concat();
    let rest = PICTURE - cover.len() as u32;
    let (title, artist) = (text(b"\xA9nam", "Title"), text(b"\xA9ART", "Artist"));
    // The sizes of those around the cover, from the inside out.
    let tags = title.len() as u32 + PICTURE + artist.len() as u32;
    let handler = boxed(b"hdlr", &[words(&[0, 0]), b"mdirappl".to_vec(), words(&[0, 0]), vec![0]].concat());
    let meta = 12 + handler.len() as u32 + 8 + tags;
    let whole = 8 + table(0).len() as u32 + 8 + meta;
    let offset = file_type.len() as u32 + whole + 8;
    let begin = [
        file_type,
        words(&[whole]),
        b"moov".to_vec(),
        table(offset),
        words(&[meta + 8]),
        b"udta".to_vec(),
        words(&[meta]),
        b"meta".to_vec(),
        words(&[0]),
        handler,
        words(&[8 + tags]),
        b"ilst".to_vec(),
        title,
        cover,
    ]
    .concat();
    vec![Bytes(begin), Hole(u64::from(rest)), Bytes(artist), Bytes(boxed(b"mdat", &vec![1; 4 * count as usize]))]
}

/// An element of Matroska with a size of eight bytes.
fn element(id: &[u8], size: u64, content: &[u8]) -> Vec<u8> {
    [id, &(size | 1 << 56).to_be_bytes(), content].concat()
}

fn whole(id: &[u8], content: &[u8]) -> Vec<u8> {
    element(id, content.len() as u64, content)
}

/// A Matroska file of uncompressed samples with an attachment before them.
fn mkv() -> Vec<Piece> {
    let head = whole(&[0x1A, 0x45, 0xDF, 0xA3], &whole(&[0x42, 0x82], b"matroska"));
    let audio = [whole(&[0xB5], &44_100_f32.to_be_bytes()), whole(&[0x9F], &[1]), whole(&[0x62, 0x64], &[16])].concat();
    let track = [
        whole(&[0xD7], &[1]),
        whole(&[0x73, 0xC5], &[1]),
        whole(&[0x83], &[2]),
        whole(&[0x86], b"A_PCM/INT/LIT"),
        whole(&[0xE1], &audio),
    ];
    let tracks = whole(&[0x16, 0x54, 0xAE, 0x6B], &whole(&[0xAE], &track.concat()));
    let by = [whole(&[0x4D, 0x80], b"us"), whole(&[0x57, 0x41], b"us")].concat();
    let scale = whole(&[0x2A, 0xD7, 0xB1], &1_000_000_u32.to_be_bytes());
    let information = whole(&[0x15, 0x49, 0xA9, 0x66], &[scale, by].concat());
    let file =
        [whole(&[0x46, 0x6E], b"cover.png"), whole(&[0x46, 0x60], b"image/png"), whole(&[0x46, 0xAE], &[9])].concat();
    let data = element(&[0x46, 0x5C], PICTURE.into(), &[]);
    let inner = file.len() as u64 + data.len() as u64 + u64::from(PICTURE);
    let attached = element(&[0x61, 0xA7], inner, &[file, data].concat());
    let attachments = element(&[0x19, 0x41, 0xA4, 0x69], inner + 10, &attached);
    let block = whole(&[0xA3], &[&[0x81, 0, 0, 0x80], vec![1; 8_820].as_slice()].concat());
    let cluster = whole(&[0x1F, 0x43, 0xB6, 0x75], &[whole(&[0xE7], &[0]), block].concat());
    let begin = [information, tracks, attachments].concat();
    let size = begin.len() as u64 + u64::from(PICTURE) + cluster.len() as u64;
    let segment = element(&[0x18, 0x53, 0x80, 0x67], size, &begin);
    vec![Bytes([head, segment].concat()), Hole(PICTURE.into()), Bytes(cluster)]
}

/// The first pages of an Ogg Vorbis file, with a comment full of a picture; it may go on beyond them.
fn ogg(count: u32, is_whole: bool) -> Vec<Piece> {
    let page = |flags: u8, number: u32, content: &[u8], goes_on: bool| {
        let mut page =
            [b"OggS".as_slice(), &[0, flags], &[0; 8], &7_u32.to_le_bytes(), &number.to_le_bytes(), &[0; 4]].concat();
        let mut lacing = vec![255; (content.len() / 255).min(254 + usize::from(goes_on))];
        if !goes_on {
            lacing.push((content.len() % 255) as u8);
        }
        page.push(lacing.len() as u8);
        page.extend(lacing);
        page.extend(content);
        let sum = page.iter().fold(0_u32, |crc, byte| {
            (0..8).fold(crc ^ u32::from(*byte) << 24, |crc, _| (crc << 1) ^ ((crc >> 31) * 0x04C1_1DB7))
        });
        page[22..26].copy_from_slice(&sum.to_le_bytes());
        page
    };
    let ident = [b"\x01vorbis\0\0\0\0\x02".as_slice(), &44_100_u32.to_le_bytes(), &[0; 12], &[0xB8, 1]].concat();
    let size = if is_whole { 255 * 255 * count - 20 } else { PICTURE };
    let mut comment =
        [b"\x03vorbis\0\0\0\0\x01\0\0\0".as_slice(), &size.to_le_bytes(), b"METADATA_BLOCK_PICTURE="].concat();
    comment.resize(255 * 255, b'A');
    let more = vec![b'A'; 255 * 255];
    let mut pages = vec![Bytes(page(2, 0, &ident, false)), Bytes(page(0, 1, &comment, true))];
    pages.extend((2..=count).map(|number| Bytes(page(1, number, &more, !(is_whole && number == count)))));
    pages
}

/// The most memory that this process has had since it was asked last, in MiB.
fn peak() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap();
    fs::write("/proc/self/clear_refs", "5").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    line.trim().trim_end_matches(" kB").parse::<u64>().unwrap() >> 10
}

/// Promise A7.
#[tokio::test]
async fn pictures_of_200_megabytes_are_passed_over_in_every_format() {
    let dir = tempfile::tempdir().unwrap();
    let mp3 = encode_mp3(&vec![0.1; 88_200], 44_100, 128).unwrap();
    let junk = [vec![Bytes(vec![0; 100])], id3(4, 0, PICTURE)].into_iter().flatten().collect();
    let twice = id3(3, 0, PICTURE).into_iter().chain(id3(4, 0, PICTURE)).collect();
    // A name, what it is made of, and the title and artist that are found, or what is said about it.
    let files: Vec<(&str, Vec<Piece>, Told)> = vec![
        ("old.mp3", then(id3(2, 0, PICTURE), &mp3), Ok(("old", None))),
        ("usual.mp3", then(id3(3, 0, PICTURE), &mp3), Ok(("Title", Some("Artist")))),
        ("new.mp3", then(id3(4, 0, PICTURE), &mp3), Ok(("Title", Some("Artist")))),
        ("doubled.mp3", then(id3(3, 0x80, PICTURE), &mp3), Ok(("doubled", None))),
        ("twice.mp3", then(twice, &mp3), Ok(("Title", Some("Artist")))),
        ("behind junk.mp3", then(junk, &mp3), Err("remove the pictures")),
        ("small.mp3", then(id3(3, 0, 100_000), &mp3), Ok(("Title", Some("Artist")))),
        ("a.flac", flac(), Ok(("Title", None))),
        ("a.wav", wav(dir.path()), Ok(("a", None))),
        ("a.aiff", aiff(), Ok(("a", None))),
        ("a.m4a", mp4(), Ok(("Title", Some("Artist")))),
        ("a.mkv", mkv(), Ok(("a", None))),
        ("large.ogg", ogg(120, true), Err("is not audio")),
        ("a.ogg", ogg(340, false), Err("remove the pictures")),
    ];
    let media = MediaDir::new(dir.path()).unwrap();
    let mut wrong = Vec::new();
    for (name, pieces, told) in files {
        write(&dir.path().join(name), &pieces);
        drop(pieces);
        peak();
        let (before, begin) = (peak(), Instant::now());
        let found = media.check(name).await;
        let (took, grew) = (begin.elapsed(), peak().saturating_sub(before));
        println!("{name:<16} {grew:>4} MiB {:>5} ms  {found:?}", took.as_millis());
        let as_told = match (&found, told) {
            (Ok(info), Ok((title, artist))) => (info.title.as_str(), info.artist.as_deref()) == (title, artist),
            (Err(reason), Err(detail)) => reason.detail.contains(detail),
            _ => false,
        };
        if !as_told || grew > MOST_MB || took > Duration::from_secs(2) {
            wrong.push(name);
        }
    }
    assert!(wrong.is_empty(), "{wrong:?}");
}
