//! `GET` and `PUT .../mode`: where what is added goes; a change moves nothing. `POST .../migrate?from_mode&to_mode` changes the mode and, once,
//! the order of what waits; nothing is lost.

use streamcore::queue::{Mode, Op, Page};

use crate::{
    edge::{Answer, Call, respond},
    error::{ApiError, FieldError, Notice, Part, Problem},
    wire::{Migrated, ModeAnswer},
};

pub(crate) async fn get(call: Call) -> Answer {
    let channel_id = call.stream().await?;
    let view = call.reading.view(channel_id, Page { offset: 0, limit: 0 }).await?;
    let message = Notice::InMode(view.mode).message(call.language);
    let body = ModeAnswer { channel_id, mode: view.mode, message, revision: view.revision };
    Ok(respond::tagged(respond::json(&body)?, view.revision))
}

pub(crate) async fn put(call: Call) -> Answer {
    let channel_id = call.stream().await?;
    let mut fields = call.fields()?;
    let mode = fields.word("mode", Problem::Mode, named);
    let mode = fields.require("mode", mode);
    let mode = fields.finish(mode)?;
    let applied = super::apply(&call, channel_id, Op::SetMode { mode }).await?;
    let message = Notice::InMode(mode).message(call.language);
    let body = ModeAnswer { channel_id, mode, message, revision: applied.revision };
    Ok(respond::tagged(respond::json(&body)?, applied.revision))
}

pub(crate) async fn migrate(call: Call) -> Answer {
    let channel_id = call.stream().await?;
    let (from, to) = (query_mode(&call, "from_mode")?, query_mode(&call, "to_mode")?);
    let applied = super::apply(&call, channel_id, Op::Migrate { from: Some(from), to }).await?;
    let message = Notice::Migrated.message(call.language);
    let body = Migrated { success: true, message, mode: to, total: applied.total, revision: applied.revision };
    Ok(respond::tagged(respond::json(&body)?, applied.revision))
}

fn query_mode(call: &Call, name: &'static str) -> Result<Mode, ApiError> {
    let wrong = |problem| ApiError::from(FieldError::new(Part::Query, name, problem));
    let word = call.query(name).ok_or_else(|| wrong(Problem::Required))?;
    named(word).ok_or_else(|| wrong(Problem::Mode))
}

/// Mode names have always been taken in any case.
fn named(word: &str) -> Option<Mode> {
    Mode::named(&word.to_ascii_lowercase())
}
