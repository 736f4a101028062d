//! What a container says about the part that is meant to be heard.

use super::*;

/// A box of an MP4 file.
fn boxed(kind: &[u8; 4], content: &[&[u8]]) -> Vec<u8> {
    let content = content.concat();
    let mut bytes = u32::try_from(content.len() + 8).unwrap().to_be_bytes().to_vec();
    bytes.extend_from_slice(kind);
    bytes.extend_from_slice(&content);
    bytes
}

fn words(values: &[u32]) -> Vec<u8> {
    values.iter().flat_map(|value| value.to_be_bytes()).collect()
}

/// An MP4 file of uncompressed samples, one packet for each 1,000 of them, with these boxes in its track and in its movie.
pub(crate) fn mp4(pcm: &[f32], rate: u32, in_track: &[u8], in_movie: &[u8]) -> Vec<u8> {
    let count = u32::try_from(pcm.len() / CHANNELS).unwrap();
    let data: Vec<u8> = pcm.iter().flat_map(|value| ((value * 32_767.0).round() as i16).to_be_bytes()).collect();
    let file_type = boxed(b"ftyp", &[b"M4A \0\0\0\0M4A "]);
    let media = boxed(b"mdat", &[&data]);
    let offset = u32::try_from(file_type.len() + 8).unwrap();
    let entry = boxed(b"twos", &[&words(&[0, 1, 0, 0]), &[0, 2, 0, 16], &words(&[0]), &words(&[rate << 16])]);
    let table = boxed(
        b"stbl",
        &[
            &boxed(b"stsd", &[&words(&[0, 1]), &entry]),
            &boxed(b"stts", &[&words(&[0, 1, count, 1])]),
            &boxed(b"stsc", &[&words(&[0, 1, 1, count, 1])]),
            &boxed(b"stsz", &[&words(&[0, 4, count])]),
            &boxed(b"stco", &[&words(&[0, 1, offset])]),
        ],
    );
    let information = boxed(
        b"minf",
        &[
            &boxed(b"smhd", &[&words(&[0, 0])]),
            &boxed(b"dinf", &[&boxed(b"dref", &[&words(&[0, 1]), &boxed(b"url ", &[&words(&[1])])])]),
            &table,
        ],
    );
    let description = boxed(
        b"mdia",
        &[
            &boxed(b"mdhd", &[&words(&[0, 0, 0, rate, count, 0])]),
            &boxed(b"hdlr", &[&words(&[0, 0]), b"soun", &words(&[0, 0, 0]), b"\0"]),
            &information,
        ],
    );
    let mut head = words(&[7, 0, 0, 1, 0, count, 0, 0, 0, 0x0100_0000]);
    head.extend(words(&[0x1_0000, 0, 0, 0, 0x1_0000, 0, 0, 0, 0x4000_0000, 0, 0]));
    let track = boxed(b"trak", &[&boxed(b"tkhd", &[&head]), in_track, &description]);
    let mut movie_head =
        words(&[0, 0, 0, 1_000, u32::try_from(u64::from(count) * 1_000 / u64::from(rate)).unwrap(), 0x1_0000]);
    movie_head.extend(words(&[
        0x0100_0000,
        0,
        0,
        0x1_0000,
        0,
        0,
        0,
        0x1_0000,
        0,
        0,
        0,
        0x4000_0000,
        0,
        0,
        0,
        0,
        0,
        0,
        2,
    ]));
    let movie = boxed(b"moov", &[&boxed(b"mvhd", &[&movie_head]), &track, in_movie]);
    [file_type, media, movie].concat()
}

/// An edit list of these parts: length in milliseconds, first sample.
fn edits(parts: &[(u32, i32)]) -> Vec<u8> {
    let mut list = words(&[0, u32::try_from(parts.len()).unwrap()]);
    for (millis, begins) in parts {
        list.extend(words(&[*millis, begins.cast_unsigned(), 0x1_0000]));
    }
    boxed(b"edts", &[&boxed(b"elst", &[&list])])
}

fn itunes(text: &str) -> Vec<u8> {
    let value = boxed(b"data", &[&words(&[1, 0]), text.as_bytes()]);
    let item = boxed(
        b"----",
        &[&boxed(b"mean", &[&words(&[0]), b"com.apple.iTunes"]), &boxed(b"name", &[&words(&[0]), b"iTunSMPB"]), &value],
    );
    let handler = boxed(b"hdlr", &[&words(&[0, 0]), b"mdirappl", &words(&[0, 0]), b"\0"]);
    boxed(b"udta", &[&boxed(b"meta", &[&words(&[0]), &handler, &boxed(b"ilst", &[&item])])])
}

/// The samples of the track that are heard.
fn heard(bytes: &[u8], pcm: &[f32], from: Duration) -> (usize, usize) {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("a.m4a");
    std::fs::write(&path, bytes).unwrap();
    let out = decode_all(&path, from).unwrap();
    if from.is_zero() {
        let about = Reader::open(File::open(&path).unwrap(), "a.m4a").unwrap().about(bytes.len() as u64);
        assert_eq!(about.duration, Some(crate::pcm::time_of(out.len() as u64 / 2, 44_100)), "the length is told");
    }
    // Noise: each place is like no other.
    let at = (0..pcm.len() - 200).step_by(2).find(|at| worst(&out[..200], &pcm[*at..at + 200]) < 0.001);
    let at = at.expect("a part of it is heard");
    assert!(worst(&out, &pcm[at..]) < 0.001);
    (at / 2, at / 2 + out.len() / 2)
}

/// Promise A1.
#[test]
fn an_edit_list_says_what_of_an_mp4_is_heard() {
    let pcm = noise(44_100 * 3 + 77);
    let heard = |edit: &[(u32, i32)]| heard(&mp4(&pcm, 44_100, &edits(edit), &[]), &pcm, Duration::ZERO);
    // As ffmpeg writes them: the length, in milliseconds, means to the end of the track.
    assert_eq!(heard(&[(2_978, 1_024)]), (1_024, 44_100 * 3 + 77));
    assert_eq!(heard(&[(0, 2_112)]), (2_112, 44_100 * 3 + 77));
    // A wait before it is there for the sake of a picture.
    assert_eq!(heard(&[(500, -1), (2_978, 1_024)]), (1_024, 44_100 * 3 + 77));
    // Much shorter than the track: that is meant.
    assert_eq!(heard(&[(1_000, 1_024)]), (1_024, 1_024 + 44_100));
    // Several parts: from the first on.
    assert_eq!(heard(&[(1_000, 1_024), (500, 100_000)]), (1_024, 44_100 * 3 + 77));
}

/// Promise A1.
#[test]
fn a_start_offset_counts_from_the_edit_on() {
    let pcm = noise(44_100 * 4);
    let bytes = mp4(&pcm, 44_100, &edits(&[(3_900, 1_024)]), &[]);
    let (first, last) = heard(&bytes, &pcm, Duration::from_millis(2_500));
    assert_eq!((first, last), (1_024 + 110_250, 1_024 + 171_990));
}

/// Promise A1.
#[test]
fn what_itunes_says_is_exact_and_goes_first() {
    let pcm = noise(44_100 * 3);
    let length = 44_100 * 3 - 2_112 - 460;
    let text = format!(" 00000000 00000840 000001CC {length:016X} 00000000 00000000");
    let bytes = mp4(&pcm, 44_100, &edits(&[(0, 1_024)]), &itunes(&text));
    assert_eq!(heard(&bytes, &pcm, Duration::ZERO), (2_112, 2_112 + length));
}

/// Promise A7.
#[test]
fn an_edit_list_that_lies_does_no_harm() {
    let pcm = noise(44_100);
    for edit in [(u32::MAX, 1_024), (1, i32::MAX)] {
        let path = tempfile::tempdir().unwrap();
        let path = path.path().join("a.m4a");
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, mp4(&pcm, 44_100, &edits(&[edit]), &[])).unwrap();
        let out = decode_all(&path, Duration::ZERO).unwrap();
        assert!(out.len() <= pcm.len(), "{edit:?}");
    }
}
