//! Files that are strange on purpose or by accident: they play, or fail with a reason, and neither takes long.

use std::{io::Seek, time::Instant};

use super::*;

const QUICK: Duration = Duration::from_secs(20);

/// An ID3 tag with a title, an artist and a picture of this many bytes, which are a hole in the file.
fn write_tagged(path: &Path, picture: u32, mp3: &[u8]) {
    let size = |bytes: u32| [bytes >> 21, bytes >> 14, bytes >> 7, bytes].map(|part| (part & 127) as u8);
    let frame = |id: &[u8], bytes: u32, content: &[u8]| [id, &size(bytes), &[0, 0], content].concat();
    let text = |id: &[u8], text: &str| frame(id, text.len() as u32 + 1, &[&[3], text.as_bytes()].concat());
    let head = [text(b"TIT2", " A\u{7}\u{202E} Title "), text(b"TPE1", "Some\nbody")].concat();
    let cover = frame(b"APIC", picture, b"\0image/png\0\x03\0");
    let all = head.len() as u32 + 10 + picture;
    let mut file = File::create(path).unwrap();
    file.write_all(&[b"ID3\x04\0\0".as_slice(), &size(all)].concat()).unwrap();
    file.write_all(&head).unwrap();
    file.write_all(&cover).unwrap();
    file.seek(std::io::SeekFrom::Start(u64::from(all) + 10)).unwrap();
    file.write_all(mp3).unwrap();
}

/// Promise A7.
#[test]
fn a_picture_of_200_megabytes_in_the_tags_is_passed_over() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("cover.mp3");
    write_tagged(&path, 200 << 20, &encode_mp3(&sine(440.0, 44_100, 44_100), 44_100, 128).unwrap());
    let begin = Instant::now();
    assert_eq!(decode_all(&path, Duration::ZERO).unwrap().len(), 44_100 * CHANNELS);
    assert!(begin.elapsed() < QUICK, "{:?}", begin.elapsed());
    let about = Reader::open(File::open(&path).unwrap(), "cover.mp3").unwrap().about(0);
    assert!(about.title.unwrap().contains("Title"));
    assert!(about.artist.unwrap().contains("body"));
}

/// Promise A7.
#[test]
fn a_wav_that_claims_4_gigabytes_plays_what_there_is() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("liar.wav");
    write_wav(&path, &sine(440.0, 44_100, 44_100), 44_100).unwrap();
    let mut wav = std::fs::read(&path).unwrap();
    for at in [4, 40] {
        wav[at..at + 4].copy_from_slice(&u32::MAX.to_le_bytes());
    }
    std::fs::write(&path, wav).unwrap();
    let (seconds, end) = played(dir.path(), "liar.wav", Duration::ZERO, 44_100);
    assert_eq!((seconds, end), (1.0, Ok(())));
}

/// Promise A7.
#[test]
fn a_free_format_mp3_is_refused_with_a_reason() {
    let dir = tempfile::tempdir().unwrap();
    let mp3 = encode_mp3(&sine(440.0, 32_000, 32_000), 32_000, 128).unwrap();
    // At 32,000 Hz all frames of 128 kbit/s are of one length: without the bit rate in their headers they are of free format.
    let free: Vec<u8> =
        split_frames(&mp3).iter().flat_map(|frame| [&frame[..2], &[frame[2] & 0x0F], &frame[3..]].concat()).collect();
    let path = dir.path().join("free.mp3");
    std::fs::write(&path, free).unwrap();
    let reason = decode_all(&path, Duration::ZERO).unwrap_err();
    assert_eq!(reason.kind, FailureKind::Unsupported, "{reason}");
    assert!(reason.detail.contains("use MP3"), "{reason}");
}

/// A WAV of any number of channels and any rate, the same in all channels.
fn write_many(path: &Path, channels: u16, rate: u32, samples: u32) {
    let bytes = samples * u32::from(channels) * 2;
    let mut wav =
        [b"RIFF".as_slice(), &(bytes + 36).to_le_bytes(), b"WAVEfmt ", &16_u32.to_le_bytes(), &1_u16.to_le_bytes()]
            .concat();
    wav.extend(channels.to_le_bytes());
    wav.extend(rate.to_le_bytes());
    wav.extend((rate * u32::from(channels) * 2).to_le_bytes());
    wav.extend((channels * 2).to_le_bytes());
    wav.extend(16_u16.to_le_bytes());
    wav.extend(b"data");
    wav.extend(bytes.to_le_bytes());
    for sample in sine(440.0, rate, samples as usize).chunks(2) {
        let value = ((sample[0] * 32_767.0) as i16).to_le_bytes();
        (0..channels).for_each(|_| wav.extend(value));
    }
    std::fs::write(path, wav).unwrap();
}

#[test]
fn eight_kilohertz_of_mono_and_192_of_eight_channels_keep_their_length() {
    let dir = tempfile::tempdir().unwrap();
    for (channels, rate) in [(1, 8_000), (8, 192_000), (6, 96_000), (1, 11_025)] {
        write_many(&dir.path().join("a.wav"), channels, rate, rate * 2);
        let (seconds, end) = played(dir.path(), "a.wav", Duration::ZERO, 44_100);
        assert_eq!((seconds, end), (2.0, Ok(())), "{channels} channels at {rate} Hz");
    }
}

/// Promise A7.
#[test]
fn scratched_files_play_or_fail_and_never_panic_or_hang() {
    let dir = tempfile::tempdir().unwrap();
    let tone = sine(440.0, 44_100, 20_000);
    let mp4 = formats::mp4(&tone, 44_100, &[], &[]);
    let mp3 = encode_mp3(&tone, 44_100, 128).unwrap();
    write_wav(dir.path().join("a.wav"), &tone, 44_100).unwrap();
    let wav = std::fs::read(dir.path().join("a.wav")).unwrap();
    let mut random = 0x2545_F491_4F6C_DD1D_u64;
    let mut next = |below: usize| {
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        (random % below as u64) as usize
    };
    let begin = Instant::now();
    for (name, whole, head) in [("a.m4a", &mp4, mp4.len() - 80_040), ("a.mp3", &mp3, 400), ("a.wav", &wav, 60)] {
        for _ in 0..60 {
            let mut bytes = whole.clone();
            for _ in 0..=next(8) {
                // The header of an MP4 is at its end here.
                let at = next(head);
                let at = if name == "a.m4a" { bytes.len() - 1 - at } else { at };
                bytes[at] = next(256) as u8;
            }
            bytes.truncate(bytes.len() - next(2) * next(bytes.len()));
            let path = dir.path().join(name);
            std::fs::write(&path, &bytes).unwrap();
            if let Ok(pcm) = decode_all(&path, Duration::ZERO) {
                assert!(pcm.len() < 100 * tone.len(), "{} samples of {name}", pcm.len());
            }
        }
    }
    assert!(begin.elapsed() < QUICK, "{:?}", begin.elapsed());
}
