//! A queue as clients of the older playlist API read and write it.

use std::time::Duration;

use serde::Serialize;
use streamcore::{ItemId, MAX_TITLE_CHARS, MAX_URL_BYTES, QueueItem, Source};

use super::{AddItem, Fields};
use crate::error::{ApiError, Problem};

/// How many places one request may name.
const MAX_PLACES: usize = 1_000;

/// One item.
#[derive(Debug, Serialize)]
pub(crate) struct PlaylistItem {
    id: ItemId,
    url: String,
    title: String,
    #[serde(rename = "type")]
    kind: &'static str,
    position: usize,
    created_at: String,
    status: &'static str,
    /// In whole seconds.
    duration: Option<u64>,
}

impl PlaylistItem {
    pub(crate) fn new(item: QueueItem, position: usize, is_current: bool) -> Self {
        let kind = match item.source {
            Source::File => "local",
            Source::Youtube => "youtube",
            _ => "stream",
        };
        Self {
            id: item.id,
            url: item.url,
            title: item.title,
            kind,
            position,
            created_at: item.added_at.to_string(),
            status: if is_current { "playing" } else { "queued" },
            duration: item.duration.map(|duration| (duration + Duration::from_millis(500)).as_secs()),
        }
    }
}

/// What is to be added.
#[derive(Debug)]
pub(crate) struct PlaylistEntry {
    pub(crate) item: AddItem,
    /// The stream that the body names, as it names it.
    pub(crate) channel: Option<String>,
}

impl PlaylistEntry {
    pub(crate) fn read(mut fields: Fields) -> Result<Self, ApiError> {
        let url = fields.location("url", MAX_URL_BYTES);
        let url = fields.require("url", url);
        let title = fields.line("title", MAX_TITLE_CHARS);
        let duration = fields.seconds("duration");
        let channel = fields.number_or_text("channel_id");
        // Which of the others it is, the media check tells.
        let kind = fields.word("type", Problem::PlaylistType, |word| {
            matches!(word, "youtube" | "local" | "stream" | "file").then(|| word.to_owned())
        });
        if kind.as_deref() == Some("youtube") {
            fields.refuse("type", Problem::ResolverMissing);
        }
        let read = url.map(|url| {
            let mut item = AddItem::at(url, String::new());
            (item.title, item.duration) = (title, duration);
            Self { item, channel }
        });
        fields.finish(read)
    }
}

/// Places that items are to have.
#[derive(Debug)]
pub(crate) struct Reorder {
    pub(crate) places: Vec<(ItemId, usize)>,
}

impl Reorder {
    pub(crate) fn read(fields: Fields) -> Result<Self, ApiError> {
        let mut places = Vec::new();
        for mut fields in fields.objects("items", MAX_PLACES)? {
            let id = fields.uuid("id");
            let id = fields.require("id", id);
            let position = fields.place("position");
            let position = fields.require("position", position);
            let read = id.zip(position).map(|(id, position)| (ItemId::new(id), position));
            places.push(fields.finish(read)?);
        }
        Ok(Self { places })
    }
}

/// What a change answers that has nothing else to tell.
#[derive(Debug, Serialize)]
pub(crate) struct Removed {
    pub(crate) ok: bool,
}

/// The answer to new places.
#[derive(Debug, Serialize)]
pub(crate) struct Reordered {
    pub(crate) ok: bool,
    /// How many of the items that were named are in the list.
    pub(crate) updated: usize,
}
