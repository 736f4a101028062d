//! What goes wrong, and what goes on all the same.

use super::*;

/// Promise A7.
#[test]
fn files_that_cannot_be_played_fail_once_each_with_their_kind() {
    let mut studio = Studio::new();
    fs::write(studio.path("text.mp3"), "It is not music. ".repeat(2_000)).unwrap();
    fs::write(studio.path("empty.mp3"), "").unwrap();
    let orders = [
        ("text.mp3", FailureKind::Unsupported),
        ("empty.mp3", FailureKind::Empty),
        ("none.mp3", FailureKind::NotFound),
        ("../x.mp3", FailureKind::Forbidden),
    ];
    let mut expected = Vec::new();
    for (n, (url, kind)) in orders.into_iter().enumerate() {
        let playback = n as u64 + 1;
        studio.play(playback, url, if n % 2 == 0 { Join::Now } else { Join::AtEnd });
        studio.until("failed", |studio| studio.ends().len() > n);
        expected.push((playback, Some(kind)));
    }
    studio.seconds(0.5);
    assert_eq!(studio.ends(), expected);
    assert!(!studio.has(|report| matches!(report, Report::Started { .. })), "nothing of them was heard");
    assert!(studio.player.is_on_air(STREAM), "the stream goes on");
}

#[test]
fn a_cut_off_file_plays_to_its_end_and_what_follows_joins() {
    let mut studio = Studio::new();
    let mp3 = encode_mp3(&sine(440.0, RATE, RATE as usize * 3), RATE, 128).unwrap();
    fs::write(studio.path("half.mp3"), &mp3[..mp3.len() / 2]).unwrap();
    write_tone(&studio.path("b.wav"), 880.0, 1.0);
    studio.play(1, "half.mp3", Join::Now);
    studio.until("told", |studio| studio.ends().len() == 1);
    studio.play(2, "b.wav", Join::AtEnd);
    studio.until_ended(2);
    studio.seconds(1.5);
    assert_eq!(studio.ends(), [(1, Some(FailureKind::Broken)), (2, None)]);
    let pcm = studio.pcm();
    let heard = audible(&pcm);
    let seconds = heard.len() as f64 / f64::from(RATE);
    assert!((2.4..2.6).contains(&seconds), "{seconds} s");
    let silent = pcm[heard].split(|value| value.abs() > 0.004).map(<[f32]>::len).max().unwrap();
    assert!(silent < RATE as usize / 200, "{silent} samples of silence");
}

/// Promise A10.
#[test]
fn an_engine_that_fails_is_replaced_and_listeners_stay() {
    let mut studio = Studio::new();
    write_tone(&studio.path("a.wav"), 440.0, 30.0);
    studio.play(1, "a.wav", Join::Now);
    studio.until_started(1);
    studio.player.order(STREAM, Order::Panic);
    studio.until("failed", |studio| studio.ends() == [(1, Some(FailureKind::Unavailable))]);
    assert!(studio.player.is_on_air(STREAM));
    studio.play(2, "a.wav", Join::AtEnd);
    studio.until_started(2);
    studio.seconds(0.5);
    assert_eq!(studio.ends().len(), 1);
    let sent: usize = studio.frames();
    let pcm = studio.pcm(); // of the same listener, to a clean end
    assert!(pcm.len() >= sent * 1_152 - DECODED_DELAY as usize);
    assert!(pcm[pcm.len() - RATE as usize / 5..].iter().any(|value| value.abs() > 0.3), "the second is heard");
}

/// Promise A10.
#[test]
fn a_placeholder_plays_on_when_its_engine_fails() {
    let mut studio = Studio::new();
    studio.player.placeholder(STREAM, PlaybackId::new(1), Join::Now);
    studio.until_started(1);
    for _ in 0..3 {
        studio.seconds(0.3);
        studio.player.order(STREAM, Order::Panic);
    }
    studio.seconds(1.0);
    assert!(studio.ends().is_empty());
    let starts = studio.told().iter().filter(|report| matches!(report, Report::Started { .. })).count();
    assert_eq!(starts, 1, "it is the same playback");
    let pcm = studio.pcm();
    let last = &pcm[pcm.len() - RATE as usize / 2..];
    assert!(last.iter().any(|value| value.abs() > 0.003), "it is heard");
}

#[test]
fn an_engine_that_keeps_failing_is_replaced_once_a_second_and_can_be_closed() {
    let mut studio = Studio::new();
    write_tone(&studio.path("a.wav"), 440.0, 30.0);
    let faults = Arc::clone(&studio.player.faults);
    studio.seconds(0.2);
    faults.no_encoder.store(true, Ordering::Relaxed);
    studio.player.order(STREAM, Order::Panic);
    std::thread::sleep(Duration::from_millis(2_500));
    let attempts = faults.attempts.load(Ordering::Relaxed);
    assert!((4..12).contains(&attempts), "{attempts} attempts in 2.5 s");
    studio.play(1, "a.wav", Join::Now);
    studio.until("failed", |studio| studio.ends() == [(1, Some(FailureKind::Unavailable))]);
    studio.play(2, "a.wav", Join::Now);
    faults.no_encoder.store(false, Ordering::Relaxed);
    studio.until_started(2);
    faults.no_encoder.store(true, Ordering::Relaxed);
    studio.player.order(STREAM, Order::Panic);
    studio.until("failed", |studio| studio.ends().len() == 2);
    let closed = Instant::now();
    studio.pcm();
    assert!(closed.elapsed() < Duration::from_millis(700), "a close interrupts the wait");
}

#[test]
fn without_a_thread_items_are_unavailable_until_there_is_one() {
    let dir = tempfile::tempdir().unwrap();
    let player = AudioPlayer::new(AudioConfig::new(dir.path())).unwrap();
    player.faults.no_thread.store(true, Ordering::Relaxed);
    let reports = Arc::new(Mutex::new(Vec::new()));
    let into = Arc::clone(&reports);
    player.open(STREAM, Reports::new(move |report| into.lock().unwrap().push((Instant::now(), report))));
    let listener = player.listen(STREAM).unwrap();
    let mut studio = Studio { dir, player, reports, listener, heard: Vec::new() };
    write_tone(&studio.path("a.wav"), 440.0, 30.0);
    studio.play(1, "a.wav", Join::Now);
    studio.play(2, "a.wav", Join::Now);
    let unavailable = Some(FailureKind::Unavailable);
    assert_eq!(studio.ends(), [(1, unavailable), (2, unavailable)]);
    studio.player.faults.no_thread.store(false, Ordering::Relaxed);
    studio.play(3, "a.wav", Join::Now);
    studio.until_started(3);
    studio.player.close(STREAM);
    let none = AudioPlayer::new(AudioConfig::new(studio.dir.path())).unwrap();
    none.faults.no_thread.store(true, Ordering::Relaxed);
    none.open(STREAM, Reports::new(|_| ()));
    let mut listener = none.listen(STREAM).unwrap();
    none.close(STREAM);
    assert_eq!(listener.next().now_or_never(), Some(None), "it is closed without a thread as well");
}
