use std::f64::consts::TAU;

use super::*;

/// A tone, from one of its samples to another.
fn tone(hz: u32, from: usize, to: usize) -> Vec<f32> {
    (from..to).map(|n| (0.5 * (TAU * f64::from(hz) * n as f64 / RATE as f64).sin()) as f32).collect()
}

fn ms(millis: usize) -> usize {
    RATE * millis / 1_000
}

/// Quiet music before and after, as the placeholder is.
fn quiet(length: usize) -> Vec<f32> {
    (0..length).map(|n| (0.03 * (TAU * 261.6 * n as f64 / RATE as f64).sin()) as f32).collect()
}

/// Two tones of a second with this between them, and what is measured of them.
fn two_tones(between: &[f32], first_ends_at: usize, second_begins_at: usize) -> (Vec<Heard>, Join) {
    let samples = [
        quiet(ms(300)),
        tone(400, 0, first_ends_at),
        between.to_vec(),
        tone(700, second_begins_at, RATE),
        quiet(ms(300)),
    ]
    .concat();
    let tones: Vec<_> = [400, 700].iter().map(|hz| hear(&samples, *hz).expect("it is there")).collect();
    let join = joins(&samples, &tones).remove(0);
    (tones, join)
}

#[track_caller]
fn about(measured: f64, expected: f64) {
    assert!((measured - expected).abs() < 1.0, "measured {measured:.2} ms, expected {expected:.2} ms");
}

#[test]
fn a_perfect_join_measures_as_none() {
    let (tones, join) = two_tones(&[], RATE, 0);
    about(join.gap_ms, 0.0);
    assert!(join.silence_ms < 0.1, "{join:?}");
    for tone in tones {
        about(tone.missing_ms(1.0), 0.0);
        assert!(tone.is_whole(), "{tone:?}");
    }
}

#[test]
fn silence_between_two_tones_is_measured() {
    for length in [4, 6, 12, 50] {
        let (tones, join) = two_tones(&vec![0.0; ms(length)], RATE, 0);
        about(join.gap_ms, length as f64);
        about(join.silence_ms, length as f64);
        about(tones[0].missing_ms(1.0), 0.0);
    }
}

#[test]
fn what_is_missing_at_the_ends_is_measured() {
    let (tones, join) = two_tones(&[], RATE - ms(8), ms(20));
    about(join.gap_ms, 0.0);
    about(tones[0].missing_ms(1.0), 8.0);
    about(tones[1].missing_ms(1.0), 20.0);
}

#[test]
fn what_is_repeated_at_the_end_is_measured() {
    let (tones, _) = two_tones(&tone(400, RATE - ms(10), RATE), RATE, 0);
    about(tones[0].missing_ms(1.0), -10.0);
}

#[test]
fn samples_lost_inside_a_tone_are_a_splice() {
    for lost in [20, 50, 100, 333] {
        let samples =
            [quiet(ms(100)), tone(700, 0, RATE / 2), tone(700, RATE / 2 + lost, RATE), quiet(ms(100))].concat();
        let heard = hear(&samples, 700).expect("it is there");
        assert_eq!(heard.splices.len(), 1, "{lost} samples lost: {heard:?}");
        assert!((heard.splices[0] - 500.0).abs() < 10.0, "{heard:?}");
        about(heard.missing_ms(1.0), millis(lost as f64));
    }
    // 441 samples are seven whole periods: the phase does not tell, the length does.
    let samples = [quiet(ms(100)), tone(700, 0, RATE / 2), tone(700, RATE / 2 + 441, RATE), quiet(ms(100))].concat();
    about(hear(&samples, 700).expect("it is there").missing_ms(1.0), 10.0);
}

#[test]
fn a_pause_inside_a_tone_is_a_dip() {
    let mut samples = [quiet(ms(100)), tone(1_000, 0, RATE), quiet(ms(100))].concat();
    samples[RATE / 2..RATE / 2 + ms(30)].fill(0.0);
    let heard = hear(&samples, 1_000).expect("it is there");
    assert_eq!(heard.dips.len(), 1, "{heard:?}");
    about(heard.dips[0].0, 400.0);
    about(heard.dips[0].1, 30.0);
}

#[test]
fn a_tone_that_is_not_there_is_not_heard() {
    let samples = [quiet(ms(300)), tone(400, 0, RATE), quiet(ms(300))].concat();
    assert_eq!(hear(&samples, 700), None);
    assert_eq!(hear(&[], 700), None);
    assert_eq!(hear(&vec![0.0; RATE], 700), None);
}

#[test]
fn a_tone_heard_twice_is_not_whole() {
    let samples = [tone(400, 0, RATE), tone(700, 0, RATE), tone(400, 0, RATE)].concat();
    assert!(!hear(&samples, 400).expect("it is there").is_whole());
}
