//! `--demo`: a few generated pieces on stream 1, so that one command is enough to hear something.

use std::path::PathBuf;

use streamcore::{
    ItemId, QueueItem, StreamId, Timestamp,
    auto_end::Overrides,
    media::Media,
    queue::{Op, Page, Placement, Queue, Rules},
    registry::{self, Registry, StreamRecord},
};
use streamcore_audio::demo;
use uuid::Uuid;

use crate::failure::Failure;

/// The stream that the demo plays.
pub(crate) const STREAM: StreamId = StreamId::new(1);

/// Writes the pieces, makes the stream if there is none, and queues them unless its queue has items: a second start adds nothing.
pub(crate) async fn prepare(
    media_dir: PathBuf,
    media: &dyn Media,
    registry: &dyn Registry,
    queue: &dyn Queue,
    rules: Rules,
    now: Timestamp,
) -> Result<(), Failure> {
    let pieces =
        tokio::task::spawn_blocking(move || demo::write_pieces(&media_dir)).await.map_err(failed)?.map_err(failed)?;
    let (uuid, name, auto_end) = (random_uuid()?, String::from("Demo"), Overrides::default());
    let record = StreamRecord { id: STREAM, uuid, name, created_at: now, auto_end };
    match registry.create(record).await {
        Ok(()) | Err(registry::Error::Exists { .. }) => {}
        Err(error) => return Err(failed(error)),
    }
    let page = Page { offset: 0, limit: 1 };
    if queue.view(STREAM, page).await.map_err(failed)?.total > 0 {
        return Ok(());
    }
    for piece in pieces {
        let found = media.check(&piece.path).await.map_err(failed)?;
        let mut item = QueueItem::file(ItemId::new(random_uuid()?), piece.title, found.url, now);
        item.duration = found.duration;
        let add = Op::Add { items: vec![item], placement: Placement::Back, rules };
        queue.apply(STREAM, add.into()).await.map_err(failed)?;
    }
    Ok(())
}

fn random_uuid() -> Result<Uuid, Failure> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).map_err(failed)?;
    Ok(uuid::Builder::from_random_bytes(bytes).into_uuid())
}

fn failed(error: impl std::fmt::Display) -> Failure {
    Failure::Demo(error.to_string())
}
