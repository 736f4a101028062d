//! What is told, where to, and when it ends.

use streamcore::player::Incident;

use super::*;

#[test]
fn a_start_offset_is_where_it_begins_and_is_reported() {
    let mut studio = Studio::new();
    write_tone(&studio.path("a.wav"), 440.0, 10.0);
    studio.play_from(1, "a.wav", Join::Now, Duration::from_millis(6_500));
    studio.until("progress", |studio| studio.has(|report| matches!(report, Report::Progress { .. })));
    let Some(Report::Progress { position, .. }) =
        studio.told().into_iter().find(|report| matches!(report, Report::Progress { .. }))
    else {
        panic!("there is one")
    };
    assert!((6_500..8_000).contains(&position.as_millis()), "{position:?}");
    studio.until_ended(1);
    studio.play_from(2, "a.wav", Join::AtEnd, Duration::from_secs(60));
    studio.until_ended(2);
    assert!(!studio.has(|report| *report == Report::Started { playback: PlaybackId::new(2) }));
}

/// Promise A10.
#[test]
fn a_closed_stream_ends_for_its_listeners_and_can_be_opened_again() {
    let mut studio = Studio::new();
    studio.seconds(0.2);
    studio.until("counted", |studio| studio.has(|report| *report == Report::Listeners { count: 1, ever: 1 }));
    studio.player.close(STREAM);
    let deadline = Instant::now() + LIMIT;
    while studio.listener.next().now_or_never() != Some(None) {
        assert!(Instant::now() < deadline, "a closed stream ends");
    }
    assert_eq!(studio.player.listen(STREAM).err(), Some(ListenError::NotRunning));
    assert!(!studio.player.is_on_air(STREAM));
    studio.play(9, "x.mp3", Join::Now); // an order for a stream that is not open is ignored
    let into = Arc::clone(&studio.reports);
    studio.player.open(STREAM, Reports::new(move |report| into.lock().unwrap().push((Instant::now(), report))));
    studio.listener = studio.player.listen(STREAM).unwrap();
    studio.heard.clear();
    studio.seconds(0.2);
    assert!(studio.ends().is_empty());
}

#[test]
fn reports_go_where_they_were_last_told_to_go() {
    let mut studio = Studio::new();
    studio.seconds(0.2);
    let second = Arc::new(Mutex::new(Vec::new()));
    let into = Arc::clone(&second);
    studio.player.open(STREAM, Reports::new(move |report| into.lock().unwrap().push(report)));
    studio.player.placeholder(STREAM, PlaybackId::new(1), Join::Now);
    let started = Report::Started { playback: PlaybackId::new(1) };
    studio.until("started", |_| second.lock().unwrap().contains(&started));
    assert!(!studio.has(|report| *report == started));
    assert_eq!(second.lock().unwrap()[0], Report::Listeners { count: 1, ever: 1 }, "the new place is told what holds");
}

#[test]
fn the_first_listener_count_is_told_also_if_it_is_none() {
    let dir = tempfile::tempdir().unwrap();
    let player = AudioPlayer::new(AudioConfig::new(dir.path())).unwrap();
    let (send, told) = std::sync::mpsc::channel();
    player.open(STREAM, Reports::new(move |report| drop(send.send(report))));
    assert_eq!(told.recv_timeout(Duration::from_secs(5)), Ok(Report::Listeners { count: 0, ever: 0 }));
}

/// Promise A16.
#[test]
fn listeners_are_told_whatever_plays_and_whatever_becomes_of_the_engine() {
    let mut studio = Studio::new();
    write_tone(&studio.path("a.wav"), 440.0, 30.0);
    let mut expected = vec![(0, 0), (1, 1)];
    let mut one_comes_and_leaves = |studio: &mut Studio, when: &str| {
        let ever = expected.len() as u64 / 2 + 1;
        let came = studio.player.listen(STREAM).unwrap();
        expected.push((2, ever));
        studio.until(when, |studio| studio.crowds() == expected);
        drop(came);
        expected.push((1, ever));
        studio.until(when, |studio| studio.crowds() == expected);
    };
    one_comes_and_leaves(&mut studio, "before anything was ordered");
    studio.player.placeholder(STREAM, PlaybackId::new(1), Join::Now);
    studio.until_started(1);
    one_comes_and_leaves(&mut studio, "the placeholder plays");
    studio.play(2, "a.wav", Join::Now);
    studio.until_started(2);
    one_comes_and_leaves(&mut studio, "an item plays");
    studio.player.pause(STREAM);
    studio.seconds(0.5);
    one_comes_and_leaves(&mut studio, "it is paused");
    studio.player.faults.no_encoder.store(true, Ordering::Relaxed);
    studio.player.order(STREAM, Order::Panic);
    studio.until("failed", |studio| studio.ends().len() == 1);
    one_comes_and_leaves(&mut studio, "there is no engine");
    studio.player.faults.no_encoder.store(false, Ordering::Relaxed);
    studio.play(3, "a.wav", Join::Now);
    studio.until_started(3);
    one_comes_and_leaves(&mut studio, "another engine took over, of which nothing was told");
}

#[test]
fn a_stream_that_was_closed_reports_nothing_more() {
    let dir = tempfile::tempdir().unwrap();
    let player = AudioPlayer::new(AudioConfig::new(dir.path())).unwrap();
    let told = Arc::new(Mutex::new(Vec::new()));
    let into = Arc::clone(&told);
    let slow = move |report| {
        into.lock().unwrap().push(report);
        std::thread::sleep(Duration::from_millis(100)); // in the middle of a wave, which would report more
    };
    player.open(STREAM, Reports::new(slow));
    let _listener = player.listen(STREAM).unwrap();
    player.placeholder(STREAM, PlaybackId::new(1), Join::Now);
    let begin = Instant::now();
    let started = Report::Started { playback: PlaybackId::new(1) };
    while !told.lock().unwrap().contains(&started) {
        assert!(begin.elapsed() < LIMIT);
    }
    let _more = player.listen(STREAM).unwrap();
    player.close(STREAM);
    let count = told.lock().unwrap().len();
    std::thread::sleep(Duration::from_millis(500));
    let told = told.lock().unwrap();
    assert_eq!(told.len(), count, "{told:?}");
}

#[test]
fn a_mount_has_as_many_listeners_as_it_may() {
    let dir = tempfile::tempdir().unwrap();
    let player = AudioPlayer::new(AudioConfig { max_listeners: 2, ..AudioConfig::new(dir.path()) }).unwrap();
    player.open(STREAM, Reports::new(|_| ()));
    let one = player.listen(STREAM).unwrap();
    let _two = player.listen(STREAM).unwrap();
    assert_eq!(player.listen(STREAM).err(), Some(ListenError::Full { limit: 2 }));
    drop(one);
    assert!(player.listen(STREAM).is_ok());
}

/// The incidents that were told.
fn incidents(studio: &Studio) -> Vec<Incident> {
    let incident = |report| match report {
        Report::Incident(incident) => Some(incident),
        _ => None,
    };
    studio.told().into_iter().filter_map(incident).collect()
}

#[test]
fn each_join_is_told_once_with_the_silence_in_it() {
    let mut studio = Studio::new();
    write_tone(&studio.path("a.wav"), 440.0, 1.0);
    studio.play(1, "a.wav", Join::Now);
    studio.until_ended(1);
    studio.play(2, "a.wav", Join::AtEnd);
    studio.until_ended(2);
    assert_eq!(joins_told(&studio), [Duration::ZERO]);
    // The next order comes late: what listeners hear in between is what is told.
    studio.seconds(1.5);
    studio.play(3, "a.wav", Join::AtEnd);
    studio.until_started(3);
    let [_, late] = joins_told(&studio).try_into().expect("one more");
    assert!((500..1_800).contains(&late.as_millis()), "{late:?}");
    // A skip is no join, nor is the end of a loop.
    studio.play(4, "a.wav", Join::Now);
    studio.until_started(4);
    studio.player.placeholder(STREAM, PlaybackId::new(5), Join::Now);
    studio.until_started(5);
    studio.play(6, "a.wav", Join::AtEnd);
    studio.until_ended(6);
    assert_eq!(joins_told(&studio).len(), 2);
    studio.seconds(1.5);
    let pcm = studio.pcm();
    let first_three = &pcm[audible(&pcm).start + 2 * RATE as usize - 2_000..];
    let silent = first_three.iter().skip(2_500).position(|value| value.abs() > 0.02).unwrap();
    let told = late.as_secs_f64() * f64::from(RATE);
    assert!((silent as f64 - told).abs() < 1_200.0, "{silent} samples of silence, {told} told");
}

/// The gaps of the joins that were told.
fn joins_told(studio: &Studio) -> Vec<Duration> {
    let gap = |incident| match incident {
        Incident::Switched { gap } => Some(gap),
        _ => None,
    };
    incidents(studio).into_iter().filter_map(gap).collect()
}

#[test]
fn a_silent_track_plays_to_its_end_and_is_no_dead_air() {
    let mut studio = Studio::new();
    write_wav(studio.path("silence.wav"), &vec![0.0; RATE as usize * 2 * 3], RATE).unwrap();
    studio.play(1, "silence.wav", Join::Now);
    studio.until_ended(1);
    studio.seconds(0.8);
    assert_eq!(studio.ends(), [(1, None)]);
    let dead = |incident: &Incident| matches!(incident, Incident::DeadAir { .. });
    assert!(!incidents(&studio).iter().any(dead), "{:?}", incidents(&studio));
}
