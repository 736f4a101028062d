use super::*;
use crate::decode::tests::{decode_frames, sine};

const RATE: u32 = 44_100;
const FORMAT: MountFormat = MountFormat { sample_rate: RATE, bitrate_kbps: 128, quality: 7 };

/// Sends this many frames.
fn send(line: &mut Line, count: usize, sent: &mut Vec<Bytes>) {
    for _ in 0..count {
        sent.push(line.take().expect("a frame"));
    }
}

/// The left channel as a listener hears it: without the delay of the codec.
fn heard(frames: &[Bytes]) -> Vec<f32> {
    decode_frames(frames).chunks(2).map(|pair| pair[0]).skip(DECODED_DELAY as usize).collect()
}

fn largest_step(pcm: &[f32]) -> f32 {
    pcm.windows(2).fold(0.0, |most, pair| most.max((pair[1] - pair[0]).abs()))
}

/// The amplitude of one frequency in a stretch of PCM.
fn level(pcm: &[f32], hz: f64) -> f64 {
    let (mut re, mut im) = (0.0, 0.0);
    for (n, value) in pcm.iter().enumerate() {
        let angle = n as f64 * hz / f64::from(RATE) * std::f64::consts::TAU;
        re += f64::from(*value) * angle.cos();
        im += f64::from(*value) * angle.sin();
    }
    (re * re + im * im).sqrt() * 2.0 / pcm.len() as f64
}

/// How many samples in a row are (nearly) silent at most.
fn longest_silence(pcm: &[f32]) -> usize {
    let (mut most, mut now) = (0, 0);
    for value in pcm {
        now = if value.abs() < 0.003 { now + 1 } else { 0 };
        most = most.max(now);
    }
    most
}

/// Promise A2.
#[test]
fn a_cut_from_tone_to_tone_is_quick_and_does_not_click() {
    // Wherever the wave stands: cuts after different numbers of sent frames, beginning with fewer than it takes to warm up.
    for count in [1, 2, 3, 7, 40, 41, 42] {
        let mut line = Line::new(FORMAT).unwrap();
        let mut sent = Vec::new();
        line.feed(&sine(440.0, RATE, BLOCK * 90 + 500)).unwrap();
        send(&mut line, count, &mut sent);
        let cut = count * BLOCK + fade_out_samples(RATE);
        let removed = line.cut(0).unwrap();
        assert_eq!(removed.at, cut as u64);
        assert_eq!(samples(&removed.pcm), BLOCK * 90 + 500 - cut, "what was not sent comes back");
        let mut tone = sine(880.0, RATE, BLOCK * 40);
        fade(&mut tone[..fade_in_samples(RATE) * CHANNELS], Fade::In, 0, fade_in_samples(RATE));
        line.feed(&tone).unwrap();
        send(&mut line, 30, &mut sent);

        let pcm = heard(&sent);
        // 880 Hz at amplitude 0.5 steps by 0.0627 from sample to sample; a click would step by several times that.
        let step = largest_step(&pcm);
        assert!(step < 0.08, "a step of {step} after {count} frames");
        let around = &pcm[cut - 1_000.min(cut)..cut + 3_000];
        assert!(longest_silence(around) < RATE as usize / 200, "{} silent", longest_silence(around));
        if count > 3 {
            let before = &pcm[cut - 441 - 2_000..cut - 441];
            assert!((level(before, 440.0) - 0.5).abs() < 0.03, "the old tone is whole up to the fade");
            assert!(level(before, 880.0) < 0.02);
        }
        let after = &pcm[cut + 300..cut + 2_300];
        assert!((level(after, 880.0) - 0.5).abs() < 0.05, "the new tone is there {}", level(after, 880.0));
        assert!(level(&pcm[cut + 441..cut + 2_441], 440.0) < 0.02, "the old one is gone");
    }
}

#[test]
fn frames_around_a_cut_continue_each_other_to_the_sample() {
    // A cut that goes on with what it took back: but for the fade the tone is what it was.
    let mut line = Line::new(FORMAT).unwrap();
    let mut sent = Vec::new();
    let tone = sine(440.0, RATE, BLOCK * 90);
    line.feed(&tone).unwrap();
    send(&mut line, 33, &mut sent);
    let removed = line.cut(0).unwrap();
    line.feed(&removed.pcm).unwrap();
    send(&mut line, 40, &mut sent);
    let pcm = heard(&sent);
    let cut = removed.at as usize;
    for (n, (heard, fed)) in pcm.iter().zip(tone.iter().step_by(2)).enumerate() {
        // The fade, and the spread of the jump behind it.
        let disturbed = (cut - 441 - 60..cut + 600).contains(&n);
        assert!(disturbed || (heard - fed).abs() < 0.03, "sample {n}: {heard} for {fed}, cut at {cut}");
    }
}

#[test]
fn a_cut_before_anything_was_sent_begins_again() {
    let mut line = Line::new(FORMAT).unwrap();
    line.feed(&sine(440.0, RATE, BLOCK * 5 + 7)).unwrap();
    let removed = line.cut(0).unwrap();
    assert_eq!((removed.at, samples(&removed.pcm)), (0, BLOCK * 5 + 7));
    assert_eq!((line.position(), line.ready()), (0, 0));
    line.feed(&sine(880.0, RATE, BLOCK * 4)).unwrap();
    assert_eq!(line.ready(), 3);
}

#[test]
fn cut_upon_cut_keeps_count() {
    let mut line = Line::new(FORMAT).unwrap();
    let mut sent = Vec::new();
    for round in 0..30 {
        line.feed(&sine(300.0 + 20.0 * f64::from(round), RATE, BLOCK * 6)).unwrap();
        send(&mut line, (round % 4) as usize, &mut sent);
        line.cut(0).unwrap();
        assert_eq!(line.sent(), sent.len() as u64);
        assert!(line.position() >= line.sent() * BLOCK as u64);
    }
    line.feed(&sine(440.0, RATE, BLOCK * 6)).unwrap();
    send(&mut line, 4, &mut sent);
    decode_frames(&sent);
}
