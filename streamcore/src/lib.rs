//! Continuous audio streams that run themselves.
#![cfg_attr(docsrs, feature(doc_cfg))]

pub mod auto_end;
pub mod driver;
mod event;
mod ids;
pub mod media;
pub mod metrics;
pub mod player;
pub mod queue;
pub mod registry;
pub mod runtime;
pub mod stream;
#[cfg(feature = "testing")]
pub mod testing;
mod time;
mod track;

pub use self::{
    event::{EndReason, Event, EventKind, Port},
    ids::{ItemId, PlaybackId, Revision, StreamId, TrackId},
    stream::{Status, StreamMetrics, StreamView},
    time::Timestamp,
    track::{
        FailureKind, FailureReason, MAX_METADATA_BYTES, MAX_TITLE_CHARS, MAX_URL_BYTES, Outcome, QueueItem, Source,
    },
};
