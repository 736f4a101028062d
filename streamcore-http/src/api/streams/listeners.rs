//! `GET` and `POST /api/v1/streams/{stream}/listeners`: who listens, as each source tells it.

use streamcore::{StreamView, presence::Terms};

use crate::{
    edge::{Answer, Call, respond},
    wire::{Listeners, Told},
};

/// Fits two lists of 10,000 ids of 128 bytes.
pub(crate) const MAX_BODY_BYTES: usize = 3 * 1024 * 1024;

pub(crate) async fn get(call: Call) -> Answer {
    let stream = call.stream().await?;
    let view = super::view(&call, stream).await?;
    respond_with(&call, &view)
}

/// Of a stream that is not running as well: who tells need not know whether it is.
pub(crate) async fn post(call: Call) -> Answer {
    let stream = call.stream().await?;
    let Told { source, observation } = Told::read(call.fields()?)?;
    let view = call.app.host.observe(stream, source, Terms::REMOTE, observation).await?;
    respond_with(&call, &view)
}

fn respond_with(call: &Call, view: &StreamView) -> Answer {
    respond::json(&Listeners::new(view, call.app.host.presence(view.id), call.caller))
}
