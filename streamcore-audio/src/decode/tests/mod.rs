//! Helpers for all tests of this crate, and what can be said about decoding without a foreign encoder.

use std::{fs::File, io::Write, path::Path, time::Duration};

use bytes::Bytes;
use streamcore::{FailureKind, FailureReason};

pub(crate) mod formats;
mod hostile;

use super::{
    feed::{Feed, Job, pump, spawn},
    reader::{Reader, Step},
};
use crate::{encode_mp3, pcm::CHANNELS, source::Root, write_wav};

/// A stereo sine of amplitude 0.5, from phase 0.
pub(crate) fn sine(hz: f64, rate: u32, samples: usize) -> Vec<f32> {
    (0..samples)
        .flat_map(|n| [((n as f64 * hz / f64::from(rate) * std::f64::consts::TAU).sin() * 0.5) as f32; CHANNELS])
        .collect()
}

/// White noise of amplitude 0.5, always the same.
pub(crate) fn noise(samples: usize) -> Vec<f32> {
    let mut state = 0x9E37_79B9_7F4A_7C15_u64;
    (0..samples * CHANNELS)
        .map(|_| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 40) as f32 / (1 << 24) as f32 - 0.5
        })
        .collect()
}

/// Decodes MP3 frames as a listener's player would that trims nothing: 1,152 samples per frame. Panics if one does not decode.
pub(crate) fn decode_frames(frames: &[Bytes]) -> Vec<f32> {
    use symphonia::core::codecs::audio::{AudioCodecParameters, AudioDecoderOptions, well_known::CODEC_ID_MP3};
    use symphonia::core::{packet::Packet, units};
    let mut params = AudioCodecParameters::new();
    params.for_codec(CODEC_ID_MP3);
    let options = AudioDecoderOptions::default();
    let mut decoder = symphonia::default::get_codecs().make_audio_decoder(&params, &options).unwrap();
    let mut pcm = Vec::new();
    for frame in frames {
        let packet = Packet::new(0, units::Timestamp::from(0), units::Duration::from(1_152_u32), frame.to_vec());
        let buffer = decoder.decode(&packet).unwrap();
        let mut interleaved = vec![0.0_f32; buffer.samples_interleaved()];
        buffer.copy_to_slice_interleaved(&mut interleaved);
        pcm.extend_from_slice(&interleaved);
    }
    pcm
}

/// Splits a byte stream into its frames. Panics if there is anything else in it.
pub(crate) fn split_frames(mut bytes: &[u8]) -> Vec<Bytes> {
    let mut frames = Vec::new();
    while !bytes.is_empty() {
        let header = crate::encode::FrameHeader::parse(bytes).expect("a frame header");
        let (frame, rest) = bytes.split_at(header.bytes);
        frames.push(Bytes::copy_from_slice(frame));
        bytes = rest;
    }
    frames
}

fn decode_all(path: &Path, from: Duration) -> Result<Vec<f32>, FailureReason> {
    let name = path.file_name().unwrap().to_str().unwrap();
    let mut reader = Reader::open(File::open(path).unwrap(), name)?;
    if !from.is_zero() && !reader.seek(from) {
        reader = Reader::open(File::open(path).unwrap(), name)?;
        reader.discard_before(from);
    }
    let mut pcm = Vec::new();
    while reader.step(&mut pcm)? != Step::End {}
    Ok(pcm)
}

fn worst(a: &[f32], b: &[f32]) -> f32 {
    a.iter().zip(b).fold(0.0, |worst, (a, b)| worst.max((a - b).abs()))
}

/// Promise A1.
#[test]
fn a_tagged_mp3_gives_back_exactly_what_was_encoded() {
    let dir = tempfile::tempdir().unwrap();
    for (rate, samples) in [(44_100, 44_100 * 2 + 123), (48_000, 50_001), (32_000, 1_000)] {
        let tone = sine(440.0, rate, samples);
        let path = dir.path().join("tone.mp3");
        std::fs::write(&path, encode_mp3(&tone, rate, 192).unwrap()).unwrap();
        let pcm = decode_all(&path, Duration::ZERO).unwrap();
        assert_eq!(pcm.len(), tone.len(), "{rate} Hz, {samples} samples");
        assert!(worst(&pcm, &tone) < 0.08, "off by {}", worst(&pcm, &tone));
    }
}

#[test]
fn an_untagged_mp3_begins_where_its_music_begins() {
    let dir = tempfile::tempdir().unwrap();
    let tone = sine(440.0, 44_100, 44_100);
    let mp3 = encode_mp3(&tone, 44_100, 192).unwrap();
    let tag = crate::encode::FrameHeader::parse(&mp3).unwrap().bytes;
    let path = dir.path().join("untagged.mp3");
    std::fs::write(&path, &mp3[tag..]).unwrap();
    let pcm = decode_all(&path, Duration::ZERO).unwrap();
    assert!(pcm.len() >= tone.len(), "no music is cut off");
    assert!(worst(&pcm, &tone) < 0.05, "off by {}", worst(&pcm, &tone));
}

#[test]
fn a_start_offset_is_exact_to_the_sample() {
    let dir = tempfile::tempdir().unwrap();
    let chirp: Vec<f32> = (0..44_100 * 6)
        .flat_map(|n| {
            let t = f64::from(n) / 44_100.0;
            [((200.0 * t + 100.0 * t * t) * std::f64::consts::TAU).sin() as f32 * 0.5; 2]
        })
        .collect();
    let mp3 = dir.path().join("chirp.mp3");
    std::fs::write(&mp3, encode_mp3(&chirp, 44_100, 192).unwrap()).unwrap();
    let wav = dir.path().join("chirp.wav");
    write_wav(&wav, &chirp, 44_100).unwrap();
    let untagged = dir.path().join("untagged.mp3");
    let bytes = encode_mp3(&chirp, 44_100, 192).unwrap();
    std::fs::write(&untagged, &bytes[crate::encode::FrameHeader::parse(&bytes).unwrap().bytes..]).unwrap();
    for (path, tolerance) in [(&wav, 0.0001), (&mp3, 0.05), (&untagged, 0.05)] {
        for millis in [0, 10, 900, 2_345, 5_999] {
            let from = Duration::from_millis(millis);
            let pcm = decode_all(path, from).unwrap();
            let expected = &chirp[crate::pcm::samples_in(from, 44_100) as usize * CHANNELS..];
            assert!(pcm.len() >= expected.len(), "{path:?} from {millis} ms");
            let off = worst(&pcm, expected);
            assert!(off < tolerance, "{path:?} from {millis} ms: off by {off}");
        }
        let past = decode_all(path, Duration::from_secs(60)).unwrap();
        assert!(past.is_empty(), "{path:?}: past its end it ends at once");
    }
}

/// Promise A7.
#[test]
fn a_truncated_file_plays_to_where_it_is_cut_off() {
    let dir = tempfile::tempdir().unwrap();
    let tone = sine(440.0, 44_100, 44_100 * 2);
    let mp3 = encode_mp3(&tone, 44_100, 128).unwrap();
    let path = dir.path().join("half.mp3");
    std::fs::write(&path, &mp3[..mp3.len() / 2]).unwrap();
    let pcm = decode_all(&path, Duration::ZERO).unwrap();
    let seconds = pcm.len() as f64 / 2.0 / 44_100.0;
    assert!((0.9..1.1).contains(&seconds), "{seconds} s");
}

#[test]
fn a_header_that_promises_more_than_there_is_is_not_believed() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("liar.wav");
    write_wav(&path, &sine(440.0, 44_100, 44_100), 44_100).unwrap();
    let mut bytes = std::fs::read(&path).unwrap();
    bytes[40..44].copy_from_slice(&2_000_000_000_u32.to_le_bytes());
    bytes[4..8].copy_from_slice(&2_000_000_036_u32.to_le_bytes());
    File::create(&path).unwrap().write_all(&bytes).unwrap();
    assert!(decode_all(&path, Duration::ZERO).unwrap().len() >= 44_000 * 2);
    let about = Reader::open(File::open(&path).unwrap(), "liar.wav").unwrap().about(bytes.len() as u64);
    assert_eq!(about.duration.unwrap().as_secs(), 1);
}

#[test]
fn what_is_not_audio_is_refused_whatever_it_is_called() {
    let dir = tempfile::tempdir().unwrap();
    for (name, content) in [
        ("text.mp3", b"It was a bright cold day in April. ".repeat(500)),
        ("zeros.wav", vec![0; 50_000]),
        ("tiny.flac", b"fLaC".to_vec()),
        ("tag.mp3", b"ID3\x04\0\0\0\0\0\0".to_vec()),
    ] {
        let path = dir.path().join(name);
        std::fs::write(&path, content).unwrap();
        let reason = decode_all(&path, Duration::ZERO).unwrap_err();
        assert_eq!(reason.kind, FailureKind::Unsupported, "{name}: {reason}");
        assert!(!reason.detail.contains(dir.path().to_str().unwrap()), "{reason}");
    }
}

#[test]
fn a_corrupt_stretch_is_left_out() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("scratched.mp3");
    let mut mp3 = encode_mp3(&sine(440.0, 44_100, 44_100 * 4), 44_100, 128).unwrap();
    for (n, byte) in mp3[20_000..24_000].iter_mut().enumerate() {
        *byte = (n * 37 % 251) as u8;
    }
    std::fs::write(&path, mp3).unwrap();
    let seconds = decode_all(&path, Duration::ZERO).unwrap().len() as f64 / 2.0 / 44_100.0;
    assert!((3.0..4.1).contains(&seconds), "{seconds} s");
}

#[test]
fn the_thread_feeds_the_mounts_rate_and_ends_once() {
    let dir = tempfile::tempdir().unwrap();
    write_wav(dir.path().join("a.wav"), &sine(440.0, 22_050, 22_050), 22_050).unwrap();
    let root = Root::new(dir.path()).unwrap();
    let job = Job {
        root,
        url: "a.wav".into(),
        from: Duration::from_millis(500),
        rate: 48_000,
        abandoned: Default::default(),
    };
    let receive = spawn(job.clone(), || ());
    let mut samples = 0;
    let end = loop {
        match receive.recv().unwrap() {
            Feed::Pcm(pcm) => samples += pcm.len() / 2,
            Feed::End(end) => break end,
        }
    };
    assert_eq!((samples, end), (24_000, Ok(())));
    assert!(receive.recv().is_err(), "nothing comes after the end");

    let missing = spawn(Job { url: "b.wav".into(), ..job.clone() }, || ());
    let Feed::End(Err(reason)) = missing.recv().unwrap() else { panic!("there is no such file") };
    assert_eq!(reason.kind, FailureKind::NotFound);

    // Threads that hang in a read, and nobody waits for them any more.
    let hung: Vec<_> = std::iter::from_fn(|| Some(job.abandoned.tie()?.1)).take(1_000).collect();
    assert_eq!(hung.len(), 32);
    let refused = spawn(job.clone(), || ());
    let Feed::End(Err(reason)) = refused.recv().unwrap() else { panic!("there are too many") };
    assert_eq!(reason.kind, FailureKind::Unavailable);
    drop(hung);
    assert!(matches!(spawn(job, || ()).recv().unwrap(), Feed::Pcm(_)));
}

/// An open file that gives a fault in the middle.
struct Faulty(std::io::Cursor<Vec<u8>>, i32);

impl std::io::Read for Faulty {
    fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
        let left = self.0.get_ref().len() as u64 / 2 - self.0.position().min(self.0.get_ref().len() as u64 / 2);
        if left == 0 {
            return Err(std::io::Error::from_raw_os_error(self.1));
        }
        let most = into.len().min(left as usize);
        self.0.read(&mut into[..most])
    }
}

impl std::io::Seek for Faulty {
    fn seek(&mut self, to: std::io::SeekFrom) -> std::io::Result<u64> {
        self.0.seek(to)
    }
}

impl symphonia::core::io::MediaSource for Faulty {
    fn is_seekable(&self) -> bool {
        false
    }

    fn byte_len(&self) -> Option<u64> {
        None
    }
}

#[cfg(unix)]
#[test]
fn running_out_of_memory_while_reading_is_not_the_fault_of_the_file() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("a.wav");
    write_wav(&path, &sine(440.0, 44_100, 44_100 * 4), 44_100).unwrap();
    let bytes = std::fs::read(&path).unwrap();
    for (number, kind) in [(12, FailureKind::Unavailable), (5, FailureKind::Unreadable)] {
        let source = Faulty(std::io::Cursor::new(bytes.clone()), number);
        let mut reader = Reader::read(Box::new(source), "a.wav").unwrap();
        let mut pcm = Vec::new();
        let reason = loop {
            match reader.step(&mut pcm) {
                Ok(step) => assert_eq!(step, Step::Pcm(44_100)),
                Err(reason) => break reason,
            }
        };
        assert_eq!(reason.kind, kind, "{reason}");
    }
}

/// How a file ends for who plays it from here, and how many seconds of it come.
fn played(dir: &Path, name: &str, from: Duration, rate: u32) -> (f64, Result<(), FailureReason>) {
    let feeds = spawn(
        Job { root: Root::new(dir).unwrap(), url: name.into(), from, rate, abandoned: Default::default() },
        || (),
    );
    let mut samples = 0;
    loop {
        match feeds.recv().unwrap() {
            Feed::Pcm(pcm) => samples += pcm.len() / CHANNELS,
            Feed::End(end) => return (samples as f64 / f64::from(rate), end),
        }
    }
}

/// Promise A7.
#[test]
fn a_file_that_breaks_off_plays_as_far_as_it_goes_and_says_so() {
    let dir = tempfile::tempdir().unwrap();
    let tone = sine(440.0, 44_100, 44_100 * 10);
    write_wav(dir.path().join("a.wav"), &tone, 44_100).unwrap();
    std::fs::write(dir.path().join("a.mp3"), encode_mp3(&tone, 44_100, 128).unwrap()).unwrap();
    for name in ["a.wav", "a.mp3"] {
        let whole = std::fs::read(dir.path().join(name)).unwrap();
        let part = format!("part.{}", &name[2..]);
        std::fs::write(dir.path().join(&part), &whole[..whole.len() * 24 / 100]).unwrap();
        for rate in [44_100, 48_000] {
            for from in [0, 1_700] {
                let from = Duration::from_millis(from);
                let (seconds, end) = played(dir.path(), name, from, rate);
                assert_eq!(end, Ok(()), "{name} from {from:?} at {rate} Hz is intact");
                assert!((seconds + from.as_secs_f64() - 10.0).abs() < 0.001);
                let (seconds, end) = played(dir.path(), &part, from, rate);
                assert!((seconds + from.as_secs_f64() - 2.4).abs() < 0.06, "{part} from {from:?}: {seconds} s");
                let reason = end.unwrap_err();
                assert_eq!(reason.kind, FailureKind::Broken);
                assert!(reason.detail.starts_with("broke off after 2."), "{reason}");
                assert!(reason.detail.ends_with(" s of 10.0 s; upload it again"), "{reason}");
            }
            assert_eq!(played(dir.path(), name, Duration::from_secs(60), rate), (0.0, Ok(())), "past its end");
        }
        // A little is missing in many a file.
        std::fs::write(dir.path().join(&part), &whole[..whole.len() * 97 / 100]).unwrap();
        assert_eq!(played(dir.path(), &part, Duration::ZERO, 44_100).1, Ok(()));
    }
    // What was written into a pipe promises nothing.
    let mut wav = std::fs::read(dir.path().join("a.wav")).unwrap();
    for size in [0xFFFF_FFFF_u32, 0xFFFF_FFFF - 36, 0x7FFF_FFFF - 36, 0x7FFF_F000, 0x8000_0000] {
        wav[4..8].copy_from_slice(&size.saturating_add(36).to_le_bytes());
        wav[40..44].copy_from_slice(&size.to_le_bytes());
        std::fs::write(dir.path().join("pipe.wav"), &wav).unwrap();
        assert_eq!(played(dir.path(), "pipe.wav", Duration::ZERO, 44_100).1, Ok(()), "{size:#x}");
    }
}

#[test]
fn who_looks_for_the_place_to_begin_at_notices_that_nobody_waits_any_more() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("long.wav");
    write_wav(&path, &sine(440.0, 44_100, 10), 44_100).unwrap();
    let mut bytes = std::fs::read(&path).unwrap();
    bytes[4..8].copy_from_slice(&1_000_000_036_u32.to_le_bytes());
    bytes[40..44].copy_from_slice(&1_000_000_000_u32.to_le_bytes());
    std::fs::write(&path, &bytes).unwrap();
    File::options().write(true).open(&path).unwrap().set_len(1_000_000_044).unwrap(); // a hole, no bytes
    let mut reader = Reader::open(File::open(&path).unwrap(), "long.wav").unwrap();
    reader.discard_before(Duration::from_secs(5_000)); // as if it could not seek
    let (send, _receive) = super::sync_channel(1);
    let wanted = std::sync::Arc::new(());
    let is_wanted = std::sync::Arc::downgrade(&wanted);
    let thread = std::thread::spawn(move || pump(reader, 44_100, &is_wanted, &send, &|| ()));
    std::thread::sleep(Duration::from_millis(50));
    assert!(!thread.is_finished());
    let dropped = std::time::Instant::now();
    drop(wanted);
    assert_eq!(thread.join().unwrap(), Ok(()));
    assert!(dropped.elapsed() < Duration::from_millis(500), "{:?}", dropped.elapsed());
}
