//! Ends by themselves, as the host carries them out: settings, restarts, and what cannot be read.

use std::{sync::Arc, time::Duration};

use futures::FutureExt as _;
use streamcore::{
    EndReason, EventKind, Status,
    auto_end::Overrides,
    driver::CommandError,
    registry::{MemoryRegistry, Registry, StreamRecord},
    runtime::Runtime as _,
    testing::{
        Flaky, SimRuntime,
        flaky::{Fault, Gate},
    },
};

use super::{STREAM, World};

fn after(seconds: u64) -> impl FnOnce(Overrides, &streamcore::auto_end::Settings) -> Overrides + Send + 'static {
    move |own, _| Overrides { enabled: Some(true), timeout: Some(Duration::from_secs(seconds)), ..own }
}

/// A world whose registry does as this script says.
fn with_registry(script: impl FnMut(streamcore::testing::flaky::Called) -> Fault + Send + 'static) -> World {
    let runtime = SimRuntime::new(streamcore::Timestamp::from_millis(1_000_000));
    let registry = MemoryRegistry::new();
    let record = StreamRecord {
        id: STREAM,
        uuid: uuid::Uuid::from_u128(1),
        name: "One".to_owned(),
        created_at: runtime.now(),
        auto_end: Overrides::default(),
    };
    runtime.run(registry.create(record)).expect("it is the first");
    World::on(runtime, Arc::new(streamcore::queue::MemoryQueue::new()), Arc::new(Flaky::by(registry, script)))
}

impl World {
    fn ends(&self) -> Vec<EndReason> {
        let events = self.sink.events.events();
        let reason = |event: &streamcore::Event| match event.kind {
            EventKind::StreamEnded { reason, .. } => Some(reason),
            _ => None,
        };
        events.iter().filter_map(reason).collect()
    }
}

/// Promise S23 and S29.
#[test]
fn an_empty_stream_ends_and_is_in_the_history() {
    let world = World::new();
    world.start();
    world.runtime.run(world.host.configure(STREAM, after(600))).expect("it is stored");
    world.runtime.pass(Duration::from_secs(599));
    assert_eq!(world.status(), Status::Placeholder);
    world.runtime.pass(Duration::from_secs(1));
    assert_eq!((world.status(), world.ends()), (Status::Stopped, vec![EndReason::AutoEnd]));
    let sessions = world.runtime.run(world.registry.sessions(STREAM, None, 10)).expect("the registry works");
    assert_eq!(sessions.sessions.iter().map(|session| session.number).collect::<Vec<_>>(), [1]);
}

/// Promise S27. Found by a review: what was stored was never told, and the stream ended as its old settings said.
#[test]
fn settings_whose_sender_went_away_are_obeyed() {
    let gate = Gate::new();
    let held = gate.clone();
    let world =
        with_registry(
            move |call| {
                if call.method == "set_auto_end" { Fault::HoldAnswer(held.clone()) } else { Fault::None }
            },
        );
    world.start();
    {
        let configure = world.host.configure(STREAM, after(600));
        futures::pin_mut!(configure);
        assert!(configure.as_mut().now_or_never().is_none());
        world.runtime.settle();
        assert!(configure.now_or_never().is_none(), "the store has it, and has not answered");
    }
    gate.open();
    world.runtime.settle();
    let view = world.runtime.run(world.host.view(STREAM)).expect("it is there");
    assert_eq!((view.auto_end.enabled, view.auto_end.timeout), (true, Duration::from_secs(600)));
}

/// Promise S18. Found by a review: a command that came while streams were being resumed made one a stopped one.
#[test]
fn a_command_in_the_middle_of_resuming_finds_the_stream_running() {
    let gate = Gate::new();
    let (held, mut snapshots) = (gate.clone(), 0);
    let world = with_registry(move |call| {
        snapshots += u32::from(call.method == "snapshot");
        // The first is of the start; the second of resuming.
        if call.method == "snapshot" && snapshots == 2 { Fault::HoldAnswer(held.clone()) } else { Fault::None }
    });
    world.start();
    world.runtime.run(world.host.shutdown());
    let World { runtime, queue, registry, host, .. } = world;
    drop(host);
    runtime.settle();
    let world = World::on(runtime, queue, registry);
    let resumed = world.host.resume_all();
    futures::pin_mut!(resumed);
    assert!(resumed.as_mut().now_or_never().is_none(), "its snapshot is being read");
    let kept = world.runtime.run(world.host.keep_alive(STREAM, "a test"));
    assert_eq!(kept.map(|view| view.status), Ok(Status::Placeholder));
    gate.open();
    world.runtime.run(resumed).expect("the registry works");
    assert_eq!(world.status(), Status::Placeholder);
}

#[test]
fn settings_of_a_stream_that_does_not_exist_are_refused() {
    let world = World::new();
    let unknown = streamcore::StreamId::new(99);
    let refused = world.runtime.run(world.host.configure(unknown, after(600))).map(|view| view.status);
    assert_eq!(refused, Err(CommandError::NotFound { stream: unknown }));
}
