//! `POST /api/v1/queue/{stream}/import`: adds what a playlist names (M3U, PLS, or a location on each line), all or none.

use streamcore::{
    MAX_TITLE_CHARS,
    playlist::{self, Entry, Limits},
};

use super::batch;
use crate::{
    edge::{Answer, Call},
    wire::{AddItem, readable},
};

/// The longest list, in bytes.
pub(crate) const MAX_BODY_BYTES: usize = 1024 * 1024;

pub(crate) async fn answer(call: Call) -> Answer {
    let stream = call.stream().await?;
    let priority = call.flag("priority")?;
    let list = playlist::parse(call.body(), Limits { bytes: MAX_BODY_BYTES, entries: batch::MAX_ITEMS })?;
    let wanted = list.entries.into_iter().map(wanted).collect();
    batch::add(&call, stream, wanted, priority).await
}

/// What a list calls a track is cleaned, not refused: whoever imports it did not write it.
fn wanted(entry: Entry) -> AddItem {
    let title = entry.title.as_deref().and_then(|title| readable(title, MAX_TITLE_CHARS));
    let mut item = AddItem::at(entry.url, format!("lines[{}].", entry.line));
    item.title = title;
    item.nominal = entry.duration;
    if let Some(artist) = entry.artist.as_deref().and_then(|artist| readable(artist, MAX_TITLE_CHARS)) {
        item.metadata.insert("artist".to_owned(), artist.into());
    }
    item
}
