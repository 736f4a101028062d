//! One item of a queue.

use std::time::Duration;

use serde::Serialize;
use serde_json::{Map, Number, Value};
use streamcore::{
    MAX_METADATA_BYTES, MAX_TITLE_CHARS, MAX_URL_BYTES, QueueItem, Source, StreamId, TrackId, queue::Tier,
};

use super::{Fields, seconds};
use crate::error::{ApiError, Problem};

/// The longest name of a user, in characters.
pub(super) const MAX_USER_CHARS: usize = 200;

/// An item as clients read it.
#[derive(Debug, Clone, Serialize)]
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
    tier: Tier,
    /// The number of the entry of the history that it plays again; null unless it does.
    replays: Option<u64>,
    /// 0-based place in the list; null for what is not in it.
    position: Option<usize>,
    /// When it begins if nobody changes anything, as far as that can be told; null otherwise, and outside of lists.
    pub(super) expected_at: Option<String>,
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
            tier: item.tier,
            replays: item.replays,
            position,
            expected_at: None,
        }
    }
}

/// What a caller says about an item to add.
#[derive(Debug)]
pub(crate) struct AddItem {
    /// Empty if a track is named.
    pub(crate) url: String,
    pub(crate) track_id: Option<TrackId>,
    pub(crate) title: Option<String>,
    pub(crate) duration: Option<Duration>,
    pub(crate) requested_by: Option<i64>,
    pub(crate) added_by: Option<String>,
    pub(crate) tier: Tier,
    pub(crate) metadata: Map<String, Value>,
    /// How long it is said to be, where nothing better is known.
    pub(crate) nominal: Option<Duration>,
    /// What the names of its fields begin with.
    prefix: String,
}

impl AddItem {
    /// Nothing but a location.
    pub(crate) fn at(url: String, prefix: String) -> Self {
        Self {
            url,
            track_id: None,
            title: None,
            duration: None,
            requested_by: None,
            added_by: None,
            tier: Tier::default(),
            metadata: Map::new(),
            nominal: None,
            prefix,
        }
    }

    pub(crate) fn read(mut fields: Fields) -> Result<Self, ApiError> {
        let names_track = fields.names("track_id");
        let track_id = fields.uuid("track_id").map(TrackId::new);
        let url = fields.location("url", MAX_URL_BYTES);
        let url = match (track_id, url) {
            (Some(_), None) => Some(String::new()),
            (Some(_), Some(_)) => {
                fields.refuse("url", Problem::Beside { other: "track_id" });
                None
            }
            (None, url) if names_track && url.is_none() => fields.require("track_id", url),
            (None, url) => fields.require("url", url),
        };
        let title = fields.line("title", MAX_TITLE_CHARS);
        let duration = fields.seconds("duration");
        let requested_by = fields.integer("requested_by");
        let added_by = fields.line("added_by", MAX_USER_CHARS);
        let tier = fields.word("tier", Problem::Tier, Tier::named).unwrap_or_default();
        let metadata = fields.object("metadata", MAX_METADATA_BYTES);
        // Which it is, the media check tells; the word is only read so that a wrong one is told.
        let _: Option<Source> = fields.word("source", Problem::Source, |word| match word {
            "file" => Some(Source::File),
            "stream" => Some(Source::Stream),
            "youtube" => Some(Source::Youtube),
            _ => None,
        });
        let prefix = fields.prefix().to_owned();
        let read = url.zip(metadata).map(|(url, metadata)| Self {
            url,
            track_id,
            title,
            duration,
            requested_by,
            added_by,
            tier,
            metadata,
            nominal: None,
            prefix,
        });
        fields.finish(read)
    }

    /// The name of one of its fields in the request.
    pub(crate) fn named(&self, field: &str) -> String {
        format!("{}{field}", self.prefix)
    }
}
