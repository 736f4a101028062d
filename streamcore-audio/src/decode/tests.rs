//! Helpers for all tests of this crate, and what can be said about decoding without a foreign encoder.

use std::{fs::File, io::Write, path::Path, time::Duration};

use bytes::Bytes;
use streamcore::{FailureKind, FailureReason};

use super::{
    feed::{Feed, Job, spawn},
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
    let job = Job { root, url: "a.wav".into(), from: Duration::from_millis(500), rate: 48_000 };
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

    let missing = spawn(Job { url: "b.wav".into(), ..job }, || ());
    let Feed::End(Err(reason)) = missing.recv().unwrap() else { panic!("there is no such file") };
    assert_eq!(reason.kind, FailureKind::NotFound);
}
