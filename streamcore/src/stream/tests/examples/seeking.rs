use super::*;
use crate::Source;

/// Promise S20.
#[test]
fn a_seek_goes_on_in_the_same_track_and_is_not_a_second_start() {
    let mut world = World::playing(2);
    world.start_heard();
    let before = world.playback();
    let command = world.seek(Some(id(1)), 90_000);
    let play = world.hears.played().expect("it plays on");
    assert_eq!((play.item.id, play.from, play.join), (id(1), Duration::from_secs(90), Join::Now));
    world.report(Report::Ended { playback: before });
    world.answer_all(Store::Works);
    assert_eq!(world.heard(), Some(id(1)), "what is told of the place before is stale");
    assert!(matches!(world.reply(command), Ok(Done::View(view)) if view.position == Duration::from_secs(90)));
    world.start_heard();
    let started = world.events.iter().filter(|event| matches!(event, EventKind::TrackStarted { .. })).count();
    let resumed = world.events.iter().filter(|event| matches!(event, EventKind::TrackResumed { .. })).count();
    assert_eq!((started, resumed, world.view().tracks_played), (1, 0, 1));
    assert!(world.events.contains(&EventKind::Sought { item: item(1), position_ms: 90_000 }));
}

#[test]
fn a_seek_while_paused_is_heard_when_the_pause_ends() {
    let mut world = World::playing(1);
    world.start_heard();
    world.command(Command::Pause);
    world.seek(None, 30_000);
    world.answer_all(Store::Works);
    assert_eq!((world.paused, world.view().position), (true, Duration::from_secs(30)));
    world.command(Command::Resume);
    assert_eq!(world.hears.played().map(|play| play.from), Some(Duration::from_secs(30)));
}

#[test]
fn a_crash_after_a_seek_resumes_where_it_went() {
    let mut world = World::playing(1);
    world.start_heard();
    world.seek(None, 60_000);
    world.answer_all(Store::Works);
    world.crash();
    world.answer_all(Store::Works);
    assert_eq!(world.hears.played().map(|play| play.from), Some(Duration::from_secs(60)));
}

#[test]
fn what_cannot_be_sought_in_is_refused() {
    let mut world = World::playing(1);
    let command = world.seek(Some(id(2)), 1);
    assert_eq!(world.reply(command), &Err(Refusal::NothingToSeek));
    let mut dry = World::playing(0);
    let command = dry.seek(None, 1);
    assert_eq!(dry.reply(command), &Err(Refusal::NothingToSeek));
    let live = QueueItem { source: Source::Stream, ..item(1) };
    dry.add_item(live, Placement::Back);
    dry.input(Input::QueueChanged);
    dry.answer_all(Store::Works);
    let command = dry.seek(None, 1);
    assert_eq!(dry.reply(command), &Err(Refusal::NotSeekable));
    let mut stopped = World::new();
    let command = stopped.seek(None, 1);
    assert_eq!(stopped.reply(command), &Err(Refusal::NotRunning));
}
