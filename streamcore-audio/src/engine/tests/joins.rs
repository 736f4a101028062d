//! How one thing follows another: joins, skips, pauses.

use super::*;

/// Promise A1.
#[test]
fn a_tone_in_two_files_is_one_tone_on_the_air() {
    let mut studio = Studio::new();
    let tone = sine(441.0, RATE, RATE as usize * 3);
    let split = 2 * 59_999; // in the middle of a wave of the tone, of a block and of everything else
    write_wav(studio.path("a.wav"), &tone[..split], RATE).unwrap();
    write_wav(studio.path("b.wav"), &tone[split..], RATE).unwrap();
    studio.play(1, "a.wav", Join::Now);
    studio.until_ended(1);
    studio.play(2, "b.wav", Join::AtEnd);
    studio.until_started(2);
    studio.until_ended(2);
    studio.seconds(1.8);
    assert_eq!(studio.ends(), [(1, None), (2, None)]);
    let pcm = studio.pcm();
    let heard = audible(&pcm);
    let length = heard.len() as i64 - i64::from(RATE) * 3;
    assert!(length.abs() < 60, "{length} samples too many");
    // Nothing but the tone, in phase from the first to the last sample.
    let begin = heard.start as i64;
    let best = (begin - 30..begin + 30)
        .map(|shift| {
            let inner = 1_000..RATE as usize * 3 - 1_000;
            inner.map(|n| (pcm[(n as i64 + shift) as usize] - tone[2 * n]).abs()).fold(0.0_f32, f32::max)
        })
        .fold(f32::MAX, f32::min);
    assert!(best < 0.03, "off by {best}");
}

/// How much of the broadcast listeners had got when this end was told, in seconds.
fn got_when_told(studio: &Studio, playback: u64) -> f64 {
    let ended = Report::Ended { playback: PlaybackId::new(playback) };
    // The wave before it was polled for a little later.
    let told = studio.reports.lock().unwrap().iter().find(|(_, report)| *report == ended).unwrap().0
        + Duration::from_millis(50);
    let before = studio.heard.iter().filter(|(at, _)| *at <= told).map(|(_, bytes)| split_frames(bytes).len());
    before.sum::<usize>() as f64 * 1_152.0 / f64::from(RATE)
}

#[test]
fn the_end_is_told_when_little_of_it_is_left_to_send() {
    let mut studio = Studio::new();
    write_tone(&studio.path("a.wav"), 440.0, 3.0);
    studio.play(1, "a.wav", Join::Now);
    studio.until_ended(1);
    let told_at = got_when_told(&studio, 1);
    studio.seconds(1.8);
    let pcm = studio.pcm();
    let left = audible(&pcm).end as f64 / f64::from(RATE) - told_at;
    assert!((0.3..0.67).contains(&left), "{left} s were still to be sent");
}

/// Twenty tracks of this length in a row, each ordered by a machine when the one before has ended: the longest silence, in milliseconds.
fn longest_gap_between_short_tracks(millis: usize) -> f64 {
    const TRACKS: u64 = 20;
    let mut studio = Studio::new();
    let tone = sine(441.0, RATE, RATE as usize * millis / 1_000 * TRACKS as usize);
    for (n, part) in tone.chunks(tone.len() / TRACKS as usize).enumerate() {
        write_wav(studio.path(&format!("{}.wav", n + 1)), part, RATE).unwrap();
    }
    studio.play(1, "1.wav", Join::Now);
    let mut ordered = 1;
    while ordered < TRACKS {
        studio.until_ended(ordered);
        ordered += 1;
        studio.play(ordered, &format!("{ordered}.wav"), Join::AtEnd);
    }
    studio.until_ended(TRACKS);
    studio.seconds(1.0);
    assert_eq!(studio.ends(), (1..=TRACKS).map(|n| (n, None)).collect::<Vec<_>>());
    let pcm = studio.pcm();
    let heard = &pcm[audible(&pcm)];
    let wanted = millis as f64 / 1_000.0 * TRACKS as f64;
    let seconds = heard.len() as f64 / f64::from(RATE);
    assert!((seconds - wanted).abs() < 0.005, "{seconds} s instead of {wanted} s");
    // Without the edges, where the codec rings.
    let inner = &heard[RATE as usize / 100..heard.len() - RATE as usize / 100];
    let silent = inner.split(|value| value.abs() > 0.01).map(<[f32]>::len).max().unwrap();
    silent as f64 * 1_000.0 / f64::from(RATE)
}

#[test]
fn tracks_of_50_ms_join_without_silence() {
    let gap = longest_gap_between_short_tracks(50);
    println!("longest silence between tracks of 50 ms: {gap:.2} ms");
    assert!(gap < 1.0, "{gap} ms of silence");
}

#[test]
fn tracks_of_100_ms_join_without_silence() {
    let gap = longest_gap_between_short_tracks(100);
    println!("longest silence between tracks of 100 ms: {gap:.2} ms");
    assert!(gap < 1.0, "{gap} ms of silence");
}

/// Promise A2.
#[test]
fn a_skip_is_heard_at_once_and_without_a_click() {
    let mut studio = Studio::new();
    write_tone(&studio.path("a.wav"), 440.0, 30.0);
    write_tone(&studio.path("b.wav"), 880.0, 30.0);
    studio.play(1, "a.wav", Join::Now);
    studio.until_started(1);
    let mut quickest = LIMIT;
    for (playback, url) in [(2, "b.wav"), (3, "a.wav"), (4, "b.wav")] {
        studio.seconds(0.6);
        let ordered = Instant::now();
        studio.play(playback, url, Join::Now);
        studio.until_started(playback);
        quickest = quickest.min(ordered.elapsed());
    }
    // Each order was given right behind a wave: were the cut to wait for the next one, it would take 250 ms. A busy machine may delay one
    // of them, not all.
    assert!(quickest < Duration::from_millis(200), "{quickest:?} to the first bytes");
    studio.seconds(0.8);
    assert!(studio.ends().is_empty(), "a playback that was replaced reports no end");
    let pcm = studio.pcm();
    let heard = &pcm[audible(&pcm)];
    assert!(largest_step(heard) < 0.08, "a step of {}", largest_step(heard));
    // At the end there is the second tone, by its cycles.
    let second = &heard[heard.len() - RATE as usize / 2..];
    assert!((430..=450).contains(&cycles(second)), "{} cycles in half a second", cycles(second));
}

/// Promise A3.
#[test]
fn a_pause_loses_and_repeats_nothing() {
    let mut studio = Studio::new();
    // A slow sweep: the pitch tells the place.
    let sweep: Vec<f32> = (0..RATE * 6)
        .flat_map(|n| {
            let t = f64::from(n) / f64::from(RATE);
            [((300.0 * t + 50.0 * t * t) * std::f64::consts::TAU).sin() as f32 * 0.5; 2]
        })
        .collect();
    write_wav(studio.path("sweep.wav"), &sweep, RATE).unwrap();
    studio.play(1, "sweep.wav", Join::Now);
    studio.until_started(1);
    studio.seconds(1.5);
    studio.player.pause(STREAM);
    studio.seconds(1.2);
    studio.player.resume(STREAM);
    studio.until_ended(1);
    studio.seconds(1.8);
    assert_eq!(studio.ends(), [(1, None)]);
    let pcm = studio.pcm();
    let heard = audible(&pcm);
    let pcm = &pcm[heard];
    // The silence of the pause: the longest run without sound.
    let (mut gap, mut run_from) = (0..0, 0);
    for (n, value) in pcm.iter().enumerate() {
        if value.abs() > 0.004 {
            if n - run_from > gap.len() {
                gap = run_from..n;
            }
            run_from = n + 1;
        }
    }
    assert!(gap.len() > RATE as usize / 2, "there is a pause");
    let sounding = pcm.len() - gap.len();
    let missing = RATE as i64 * 6 - sounding as i64;
    assert!((-50..600).contains(&missing), "{missing} samples are missing (or repeated)");
    // Behind the gap the sweep goes on where it stopped: compared to the sample, found by aligning the last part.
    let after = &pcm[gap.end + 2_000..gap.end + 12_000];
    let at = (RATE as usize * 6 - (pcm.len() - gap.end - 2_000)) as i64;
    let best = (at - 200..at + 200)
        .map(|at| {
            let part = sweep[at as usize * 2..].iter().step_by(2);
            after.iter().zip(part).fold(0.0_f32, |worst, (a, b)| worst.max((a - b).abs()))
        })
        .fold(f32::MAX, f32::min);
    assert!(best < 0.05, "off by {best}");
    assert!(largest_step(pcm) < 0.1, "a step of {}", largest_step(pcm));
}

#[test]
fn the_placeholder_is_heard_until_an_item_takes_over_and_reports_no_end() {
    let mut studio = Studio::new();
    write_tone(&studio.path("a.wav"), 440.0, 1.0);
    studio.player.placeholder(STREAM, PlaybackId::new(1), Join::Now);
    studio.until_started(1);
    studio.seconds(0.5);
    studio.play(2, "a.wav", Join::AtEnd); // a loop has no end: it takes over at once
    studio.until_ended(2);
    studio.player.placeholder(STREAM, PlaybackId::new(3), Join::AtEnd);
    studio.until_started(3);
    studio.seconds(0.5);
    assert_eq!(studio.ends(), [(2, None)]);
    let pcm = studio.pcm();
    assert!(largest_step(&pcm[2_000..]) < 0.08);
}
