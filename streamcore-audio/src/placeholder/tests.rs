use super::*;
use crate::{
    decode::tests::{decode_frames, sine},
    encode::DECODED_DELAY,
    splice::Line,
};

fn format(sample_rate: u32) -> MountFormat {
    MountFormat { sample_rate, bitrate_kbps: 128, quality: 7 }
}

/// Promise A9.
#[test]
fn it_is_quiet_never_silent_and_has_no_seam() {
    for rate in [32_000, 44_100, 48_000] {
        let mut playback = Placeholder::new(format(rate)).play();
        let length = playback.looped.blocks() * BLOCK;
        assert!((12.0..12.1).contains(&(length as f64 / f64::from(rate))), "{length} samples at {rate} Hz");
        let mut pcm = Vec::new();
        playback.read(length + 5, &mut pcm);
        assert_eq!(pcm.len(), (length + 5) * CHANNELS);
        assert_eq!(pcm[..10], pcm[length * CHANNELS..], "it loops");
        let rms = (pcm.iter().map(|v| f64::from(v * v)).sum::<f64>() / pcm.len() as f64).sqrt();
        assert!((0.04..0.06).contains(&rms), "{rms}");
        let steps: Vec<f32> = pcm.windows(3).step_by(2).map(|pair| (pair[2] - pair[0]).abs()).collect();
        let largest = steps[..length - 1].iter().fold(0.0_f32, |most, step| most.max(*step));
        assert!(steps[length - 1] <= largest, "the seam is no larger a step than any other");
        for quarter in pcm.chunks(rate as usize / 2) {
            assert!(quarter.iter().any(|value| value.abs() > 0.003), "somewhere it is silent");
        }
    }
}

/// The worst difference between what a listener hears of `frames` and the PCM that they were made of, from this sample on.
fn off(frames: &[Bytes], pcm: &[f32], from: usize) -> f32 {
    let heard = decode_frames(frames);
    let heard = heard[DECODED_DELAY as usize * CHANNELS..].iter();
    heard.zip(pcm).skip(from * CHANNELS).fold(0.0, |worst, (a, b)| worst.max((a - b).abs()))
}

/// Promise A9.
#[test]
fn its_frames_go_round_as_if_they_were_encoded_anew() {
    for rate in [32_000, 44_100, 48_000] {
        let looped = Looped::new(chord::compute(rate));
        let frames = frames::of(&looped, format(rate)).unwrap().expect("its end leads into its beginning");
        assert_eq!(frames.len(), looped.blocks());
        let twice: Vec<Bytes> = frames.iter().chain(&frames).cloned().collect();
        let mut pcm = Vec::new();
        (0..twice.len()).for_each(|n| looped.block(n, &mut pcm));
        // What a decoder that joins here makes of the first frames lacks what was before them.
        let worst = off(&twice, &pcm, 2 * BLOCK);
        assert!(worst < 0.015, "off by {worst} at {rate} Hz");
        let seam = (looped.blocks() - 3) * BLOCK;
        let at_seam = off(&twice[..looped.blocks() + 3], &pcm, seam);
        assert!(at_seam <= worst, "{at_seam} at the seam");
    }
}

#[test]
fn a_line_takes_the_frames_of_a_loop_and_leaves_them_without_a_click() {
    let rate = 44_100;
    let looped = Arc::new(Looped::new(chord::compute(rate)));
    let frames = frames::of(&looped, format(rate)).unwrap();
    looped.frames.set(frames).unwrap();
    let mut line = Line::new(format(rate)).unwrap();
    let tone = sine(220.0, rate, BLOCK * 10);
    let mut fed = tone.clone();
    line.feed(&tone).unwrap();
    let mut sent = Vec::new();
    for n in 0..looped.blocks() + 30 {
        line.feed_block(&looped, n).unwrap();
        looped.block(n, &mut fed);
        sent.extend(line.take());
    }
    let taken = |frame: &Bytes| (0..looped.blocks()).any(|n| looped.frame(n).unwrap().as_ptr() == frame.as_ptr());
    // All but the first few, and those around the step from the tone to the loop, whose windows are short.
    let own = sent.iter().filter(|frame| taken(frame)).count();
    assert!(
        (looped.blocks() + 10..looped.blocks() + 27).contains(&own),
        "{own} of {} frames are the loop's own",
        sent.len()
    );
    // Something else follows, without a cut and, later, with one.
    line.feed(&tone).unwrap();
    fed.extend_from_slice(&tone);
    while let Some(frame) = line.take() {
        sent.push(frame);
    }
    let loud = off(&sent, &fed, 2 * BLOCK);
    assert!(loud < 0.1, "off by {loud}"); // at the joints of tone and chord, which are no fades here
    let inside = off(&sent[..looped.blocks() + 30], &fed, 14 * BLOCK);
    assert!(inside < 0.015, "off by {inside} in the loop");
    for n in 0..60 {
        line.feed_block(&looped, n).unwrap();
    }
    let at = sent.len();
    for _ in 0..20 {
        sent.extend(line.take());
    }
    line.cut(0).unwrap();
    line.feed(&vec![0.0; BLOCK * CHANNELS * 10]).unwrap();
    sent.extend(std::iter::from_fn(|| line.take()));
    let heard = decode_frames(&sent);
    let left: Vec<f32> = heard.chunks(2).map(|pair| pair[0]).skip((at + 6) * BLOCK).collect();
    let step = left.windows(2).fold(0.0_f32, |most, pair| most.max((pair[1] - pair[0]).abs()));
    assert!(step < 0.03, "a step of {step}");
}

/// Promise A9.
#[test]
fn a_file_loops_without_silence_or_loss_and_what_is_no_file_gives_way_to_the_chord() {
    let dir = tempfile::tempdir().unwrap();
    let root = Root::new(dir.path()).unwrap();
    // Whole cycles: the file itself has no seam. 7,000 samples are no whole number of blocks.
    let tone = sine(441.0, 44_100, 7_000);
    crate::write_wav(dir.path().join("hold.wav"), &tone, 44_100).unwrap();
    let absolute = dir.path().join("hold.wav");
    for place in ["hold.wav", absolute.to_str().unwrap()] {
        let mut playback = Placeholder::of_file(&root, place, format(44_100)).unwrap().play();
        let length = playback.looped.blocks() * BLOCK;
        assert!((29.9..30.3).contains(&(length as f64 / 44_100.0)), "{length} samples");
        let mut pcm = Vec::new();
        playback.read(length * 2, &mut pcm);
        let left: Vec<f32> = pcm.chunks(2).map(|pair| pair[0]).collect();
        let step = left.windows(2).fold(0.0_f32, |most, pair| most.max((pair[1] - pair[0]).abs()));
        assert!(step < 0.034, "a step of {step}: the tone's own are 0.0314");
        let silent = left.split(|value| value.abs() > 0.01).map(<[f32]>::len).max().unwrap();
        assert!(silent < 4, "{silent} samples of silence");
        let frames = frames::of(&playback.looped, format(44_100)).unwrap();
        assert!(frames.is_some_and(|frames| frames.len() * BLOCK == length));
    }
    std::fs::write(dir.path().join("text.mp3"), "no music ".repeat(5_000)).unwrap();
    for (place, says) in [
        ("none.mp3", "none.mp3"),
        ("text.mp3", "use MP3"),
        ("../hold.wav", ".."),
        ("/nowhere/a.mp3", "not found"),
        ("/dev", "regular"),
    ] {
        let reason = Placeholder::of_file(&root, place, format(44_100)).unwrap_err();
        assert!(reason.detail.contains(says), "{place}: {reason}");
        let config = crate::AudioConfig { placeholder: Some(place.to_owned()), ..crate::AudioConfig::new(dir.path()) };
        let player = crate::AudioPlayer::new(config).unwrap();
        assert_eq!(player.placeholder_problem(), Some(&reason));
    }
}
