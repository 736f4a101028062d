//! One function per effect. Nothing is decided here.

use std::{pin::pin, time::Duration};

use futures::future::{BoxFuture, Either, select};

use super::{Ports, error::with_sources, mailbox::Mailbox};
use crate::{
    StreamId,
    player::Reports,
    queue::{self, Advanced, Page, QueueView},
    registry,
    stream::{Answer, Input, Order, Question, QuestionId, StoreError, StoreErrorKind},
};

/// How long a store may take to answer before it counts as away. Its adapters have time limits of their own; this one is for those that
/// have not, so that a stream never waits for ever. Asking again is safe: every question is idempotent.
const PATIENCE: Duration = Duration::from_secs(5);

/// Asks a store, and turns what it says into the input that the machine waits for.
pub(super) fn ask(ports: &Ports, stream: StreamId, question: QuestionId, ask: Question) -> BoxFuture<'static, Input> {
    let out_of_patience = ports.runtime.sleep_until(ports.runtime.now() + PATIENCE);
    let answer = answer(ports.clone(), stream, ask);
    Box::pin(async move {
        let answer = match select(pin!(answer), out_of_patience).await {
            Either::Left((answer, _)) => answer,
            Either::Right(((), _)) => {
                let detail = format!("it has not answered for {} s", PATIENCE.as_secs());
                Err(StoreError { kind: StoreErrorKind::Away, detail })
            }
        };
        Input::Answer { question, answer }
    })
}

async fn answer(ports: Ports, stream: StreamId, ask: Question) -> Result<Answer, StoreError> {
    match ask {
        Question::Advance(advance) => {
            let advanced = ports.queue.advance(stream, advance).await;
            advanced.map(Answer::Advanced).map_err(|error| queue_error(&error))
        }
        Question::Current => {
            let view = ports.queue.view(stream, Page { offset: 0, limit: 0 }).await;
            let QueueView { revision, current, .. } = view.map_err(|error| queue_error(&error))?;
            Ok(Answer::Advanced(Advanced { revision, changed: false, current }))
        }
        Question::Release(item) => {
            let released = ports.queue.release(stream, item).await;
            released.map(|_| Answer::Done).map_err(|error| queue_error(&error))
        }
        Question::Close { snapshot, session } => {
            let closed = ports.registry.close_session(stream, snapshot, session).await;
            closed.map(|()| Answer::Done).map_err(|error| registry_error(&error))
        }
        Question::Save(snapshot) => {
            let saved = ports.registry.save_snapshot(stream, snapshot).await;
            saved.map(|()| Answer::Done).map_err(|error| registry_error(&error))
        }
    }
}

fn queue_error(error: &queue::Error) -> StoreError {
    let kind = if error.is_retryable() { StoreErrorKind::Away } else { StoreErrorKind::Unreadable };
    StoreError { kind, detail: with_sources(error) }
}

fn registry_error(error: &registry::Error) -> StoreError {
    let kind = match error {
        registry::Error::Unavailable(_) => StoreErrorKind::Away,
        registry::Error::NotFound { .. } => StoreErrorKind::Gone,
        _ => StoreErrorKind::Unreadable,
    };
    StoreError { kind, detail: with_sources(error) }
}

/// Tells the player.
pub(super) fn order(ports: &Ports, stream: StreamId, mailbox: &Mailbox, order: Order) {
    match order {
        Order::Open => {
            let mailbox = mailbox.clone();
            ports.player.open(stream, Reports::new(move |report| mailbox.report(report)));
        }
        Order::Play(play) => ports.player.play(stream, play),
        Order::Placeholder { playback, join } => ports.player.placeholder(stream, playback, join),
        Order::Pause => ports.player.pause(stream),
        Order::Resume => ports.player.resume(stream),
        Order::Close => ports.player.close(stream),
    }
}
