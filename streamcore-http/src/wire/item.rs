//! One item of a queue.

use std::time::Duration;

use serde::Serialize;
use serde_json::{Map, Number, Value};
use streamcore::{MAX_METADATA_BYTES, MAX_TITLE_CHARS, MAX_URL_BYTES, QueueItem, Source, StreamId};

use super::{Fields, seconds};
use crate::error::{ApiError, Problem};

/// The longest name of a user, in characters.
const MAX_USER_CHARS: usize = 200;

/// An item as clients read it.
#[derive(Debug, Serialize)]
pub(crate) struct Item {
    id: String,
    channel_id: StreamId,
    track_id: Option<String>,
    title: String,
    url: String,
    source: Source,
    duration: Option<Number>,
    requested_by: Option<i64>,
    added_by: Option<String>,
    added_at: String,
    metadata: Map<String, Value>,
    /// 0-based place in the list; null for what is not in it.
    position: Option<usize>,
}

impl Item {
    pub(crate) fn new(channel: StreamId, item: QueueItem, position: Option<usize>) -> Self {
        Self {
            id: item.id.to_string(),
            channel_id: channel,
            track_id: item.track_id.map(|id| id.to_string()),
            title: item.title,
            url: item.url,
            source: item.source,
            duration: item.duration.map(seconds),
            requested_by: item.requested_by,
            added_by: item.added_by,
            added_at: item.added_at.to_string(),
            metadata: item.metadata,
            position,
        }
    }
}

/// What a caller says about an item to add.
#[derive(Debug)]
pub(crate) struct AddItem {
    pub(crate) url: String,
    pub(crate) title: Option<String>,
    pub(crate) duration: Option<Duration>,
    pub(crate) requested_by: Option<i64>,
    pub(crate) added_by: Option<String>,
    pub(crate) metadata: Map<String, Value>,
}

impl AddItem {
    pub(crate) fn read(mut fields: Fields) -> Result<Self, ApiError> {
        let url = fields.location("url", MAX_URL_BYTES);
        let url = fields.require("url", url);
        let title = fields.line("title", MAX_TITLE_CHARS);
        let duration = fields.seconds("duration");
        let requested_by = fields.integer("requested_by");
        let added_by = fields.line("added_by", MAX_USER_CHARS);
        let metadata = fields.object("metadata", MAX_METADATA_BYTES);
        // Which of file and stream it is, the media check tells; only a page needs help that this server does not have.
        let source = fields.word("source", Problem::Source, |word| match word {
            "file" => Some(Source::File),
            "stream" => Some(Source::Stream),
            "youtube" => Some(Source::Youtube),
            _ => None,
        });
        if source == Some(Source::Youtube) {
            fields.refuse("source", Problem::ResolverMissing);
        }
        let read =
            url.zip(metadata).map(|(url, metadata)| Self { url, title, duration, requested_by, added_by, metadata });
        fields.finish(read)
    }
}
