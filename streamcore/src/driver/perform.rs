//! One function per effect. Nothing is decided here.

use futures::future::BoxFuture;

use super::{Ports, error::with_sources, mailbox::Mailbox};
use crate::{
    StreamId,
    player::Reports,
    queue::{self, Advanced, Page, QueueView},
    registry,
    stream::{Answer, Input, Order, Question, QuestionId, StoreError},
};

/// Asks a store, and turns what it says into the input that the machine waits for.
pub(super) fn ask(ports: &Ports, stream: StreamId, question: QuestionId, ask: Question) -> BoxFuture<'static, Input> {
    let ports = ports.clone();
    Box::pin(async move {
        let answer = match ask {
            Question::Advance(advance) => {
                ports.queue.advance(stream, advance).await.map(Answer::Advanced).map_err(|error| queue_error(&error))
            }
            Question::Current => match ports.queue.view(stream, Page { offset: 0, limit: 0 }).await {
                Ok(QueueView { revision, current, .. }) => {
                    Ok(Answer::Advanced(Advanced { revision, changed: false, current }))
                }
                Err(error) => Err(queue_error(&error)),
            },
            Question::Release(item) => {
                ports.queue.release(stream, item).await.map(|_| Answer::Done).map_err(|error| queue_error(&error))
            }
            Question::Save(snapshot) => {
                let saved = ports.registry.save_snapshot(stream, snapshot).await;
                saved.map(|()| Answer::Done).map_err(|error| registry_error(&error))
            }
        };
        Input::Answer { question, answer }
    })
}

fn queue_error(error: &queue::Error) -> StoreError {
    StoreError { retryable: error.is_retryable(), detail: with_sources(error) }
}

fn registry_error(error: &registry::Error) -> StoreError {
    StoreError { retryable: matches!(error, registry::Error::Unavailable(_)), detail: with_sources(error) }
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
