//! Streamcore inside a program of your own: a queue in memory, the built-in player, no HTTP.
//!
//! Two short pieces are queued, a listener hears them, and a policy of our own ends the stream when the listener has left. The ports that
//! this program brings are in [`ports`]; what it plays is in [`wav`]; what it hears is counted in [`ear`].

mod ear;
mod ports;
mod wav;

use std::{error::Error, process::ExitCode, sync::Arc, time::Duration};

use streamcore::{
    EndReason, EventKind, ItemId, Outcome, QueueItem, StreamId, auto_end,
    driver::{Host, Ports},
    player::Broadcast as _,
    queue::{MemoryQueue, Op, Queue as _},
    registry::{MemoryRegistry, Registry as _, StreamRecord},
    runtime::Runtime as _,
};
use streamcore_audio::{AudioConfig, AudioPlayer};
use uuid::Uuid;

use self::{
    ear::Ear,
    ports::{EndWhenAlone, OnTokio, Trace},
};

const STREAM: StreamId = StreamId::new(1);
const TITLES: [&str; 2] = ["First piece", "Second piece"];
const SECONDS: f32 = 1.5;

#[tokio::main]
async fn main() -> ExitCode {
    match tokio::time::timeout(Duration::from_secs(10), run()).await {
        Ok(Ok(())) => ExitCode::SUCCESS,
        Ok(Err(error)) => {
            eprintln!("embed: {error}");
            ExitCode::FAILURE
        }
        Err(_) => {
            eprintln!("embed: not done within 10 seconds");
            ExitCode::FAILURE
        }
    }
}

async fn run() -> Result<(), Box<dyn Error>> {
    let media = tempfile::tempdir()?;
    for (title, hz) in TITLES.iter().zip([440.0, 660.0]) {
        std::fs::write(media.path().join(format!("{title}.wav")), wav::tone(hz, SECONDS))?;
    }

    // The ports: two from the library, one from the player's crate, three of our own.
    let (queue, registry) = (Arc::new(MemoryQueue::default()), Arc::new(MemoryRegistry::default()));
    let player = AudioPlayer::new(AudioConfig::new(media.path()))?;
    let runtime = Arc::new(OnTokio::new());
    let (trace, mut events) = Trace::new();
    let host = Host::new(Ports {
        queue: queue.clone(),
        registry: registry.clone(),
        player: player.clone(),
        sink: Arc::new(trace),
        policy: Arc::new(EndWhenAlone { after: Duration::from_millis(300) }),
        // For policies that look at what is set: ours has its own idea.
        auto_end: auto_end::Settings::default(),
        runtime: runtime.clone(),
    });

    let (uuid, name) = (Uuid::from_u128(1), String::from("Embedded"));
    let auto_end = auto_end::Overrides::default();
    registry.create(StreamRecord { id: STREAM, uuid, name, created_at: runtime.now(), auto_end }).await?;
    for (n, title) in (2..).zip(TITLES) {
        let item = QueueItem::file(ItemId::new(Uuid::from_u128(n)), title, format!("{title}.wav"), runtime.now());
        let add = Op::add(item);
        queue.apply(STREAM, add.into()).await?;
    }
    host.start(STREAM).await?;
    let ear = Ear::listen(player.listen(STREAM)?);

    // The listener stays until the queue is dry, and a little longer: the player is a second ahead of what is heard.
    let mut played = Vec::new();
    let ended = loop {
        match events.recv().await.ok_or("the stream fell silent about itself")?.kind {
            EventKind::TrackFinished { item, outcome } => played.push((item.title, outcome)),
            EventKind::PlaceholderStarted if played.len() == TITLES.len() => {
                ear.leave_after(Duration::from_millis(1_500))
            }
            EventKind::StreamEnded { reason, .. } => break reason,
            _ => {}
        }
    };
    let heard = ear.heard().await;
    host.shutdown().await;

    println!("heard {heard}; played {played:?}; ended by {}", ended.as_str());
    let expected: Vec<_> = TITLES.iter().map(|title| (String::from(*title), Outcome::Played)).collect();
    if played != expected {
        return Err("both pieces should have been played, in order".into());
    }
    if ended != EndReason::AutoEnd {
        return Err("our policy should have ended the stream".into());
    }
    if heard.frames_time() < Duration::from_secs_f32(2.0 * SECONDS) || heard.strays > 0 {
        return Err("the listener should have heard both pieces, in whole MP3 frames".into());
    }
    Ok(())
}
