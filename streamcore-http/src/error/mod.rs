//! Everything that can go wrong with a request, and the one place where it becomes a response.

mod catalogue;
mod field;
mod from_core;
mod respond;

use streamcore::{Ended, FailureReason, ItemId, Revision, StreamId, Timestamp, TrackId, playlist, queue::Mode};
use warp::http::StatusCode;

pub(crate) use self::{
    catalogue::Notice,
    field::{FieldError, Part, Problem},
    respond::ErrorCode,
};

/// Why a request was not carried out. A variant is a decision that the caller can take; its words are in the catalogue.
#[derive(Debug)]
pub(crate) enum ApiError {
    /// Metrics are for scrapers with their token.
    NoScraper {
        /// Whether a wrong one was shown.
        given: bool,
    },
    NotAuthenticated {
        /// Whether the caller wanted to read, not to change something.
        reads: bool,
    },
    WrongToken,
    RouteNotFound,
    StreamNotFound {
        stream: String,
    },
    ItemNotFound {
        item: String,
    },
    TrackNotFound {
        track: String,
    },
    TrackExists {
        track: TrackId,
    },
    /// What was to be imported cannot be read.
    List(playlist::Error),
    LibraryFull {
        limit: usize,
    },
    MethodNotAllowed {
        allow: String,
    },
    StreamExists {
        stream: StreamId,
    },
    StreamRunning {
        stream: StreamId,
    },
    StreamNotRunning {
        stream: StreamId,
    },
    /// Nobody can listen: for a listener that is a place that is not there.
    NotOnAir {
        stream: StreamId,
        /// How its last session ended, if that is known.
        ended: Option<Ended>,
    },
    CurrentItem {
        item: ItemId,
    },
    RevisionMismatch {
        current: Revision,
    },
    Invalid(Vec<FieldError>),
    MalformedBody {
        detail: String,
    },
    BodyBroken,
    BodyTimeout,
    BodyTooLong {
        limit: usize,
    },
    FileTooLong {
        limit: u64,
    },
    TooManyUploads {
        limit: usize,
    },
    NotStored {
        detail: String,
    },
    OutOfRange {
        min: usize,
        max: usize,
    },
    QueueFull {
        limit: usize,
    },
    NothingToSkip {
        stream: StreamId,
    },
    /// The number of the item in its batch, from 0; an item that came alone is 0.
    QuotaReached {
        index: usize,
        limit: usize,
    },
    Duplicate {
        index: usize,
        of: ItemId,
    },
    Cooldown {
        index: usize,
        until: Timestamp,
        now: Timestamp,
    },
    ModeMismatch {
        mode: Mode,
    },
    NothingToUndo,
    NothingToRestore,
    NothingPrevious {
        stream: StreamId,
    },
    NotInHistory {
        item: String,
    },
    NothingToSeek {
        stream: StreamId,
    },
    NotSeekable {
        stream: StreamId,
    },
    KeyReused,
    KeyInProgress,
    TooManyKeys {
        limit: usize,
    },
    ListenersFull {
        limit: usize,
    },
    /// As many sources tell about a stream's listeners as may.
    TooManySources {
        limit: usize,
    },
    /// As many listeners of one stream are known by identity as may be.
    TooManyIds {
        limit: usize,
    },
    Busy {
        stream: StreamId,
    },
    ShuttingDown,
    Unavailable {
        detail: String,
        /// How its disk fails, if it is that.
        disk: Option<std::io::ErrorKind>,
    },
    /// No answer in time, of a store or of whoever sends a file: what was asked may or may not have happened.
    Late,
    MediaUnavailable {
        reason: FailureReason,
    },
    Corrupt {
        detail: String,
    },
    NotSupported {
        operation: &'static str,
    },
    Internal,
}

impl ApiError {
    /// Its status and the code that programs match on.
    pub(crate) fn status_and_code(&self) -> (StatusCode, &'static str) {
        use StatusCode as S;
        match self {
            Self::NoScraper { given: false } => (S::UNAUTHORIZED, "not_authenticated"),
            Self::NoScraper { given: true } => (S::UNAUTHORIZED, "invalid_token"),
            Self::NotAuthenticated { .. } => (S::UNAUTHORIZED, "not_authenticated"),
            Self::WrongToken => (S::UNAUTHORIZED, "invalid_token"),
            Self::RouteNotFound => (S::NOT_FOUND, "not_found"),
            Self::StreamNotFound { .. } => (S::NOT_FOUND, "stream_not_found"),
            Self::ItemNotFound { .. } => (S::NOT_FOUND, "item_not_found"),
            Self::MethodNotAllowed { .. } => (S::METHOD_NOT_ALLOWED, "method_not_allowed"),
            Self::StreamExists { .. } => (S::CONFLICT, "stream_exists"),
            Self::StreamRunning { .. } => (S::CONFLICT, "stream_running"),
            Self::StreamNotRunning { .. } => (S::CONFLICT, "stream_not_running"),
            Self::NotOnAir { .. } => (S::NOT_FOUND, "stream_not_running"),
            Self::CurrentItem { .. } => (S::CONFLICT, "current_item"),
            Self::RevisionMismatch { .. } => (S::PRECONDITION_FAILED, "revision_mismatch"),
            Self::Invalid(fields) => (S::UNPROCESSABLE_ENTITY, field::code(fields)),
            Self::MalformedBody { .. } => (S::UNPROCESSABLE_ENTITY, "malformed_body"),
            Self::BodyBroken => (S::BAD_REQUEST, "body_broken"),
            Self::BodyTimeout => (S::REQUEST_TIMEOUT, "body_timeout"),
            Self::BodyTooLong { .. } => (S::PAYLOAD_TOO_LARGE, "body_too_long"),
            Self::FileTooLong { .. } => (S::PAYLOAD_TOO_LARGE, "file_too_long"),
            Self::TooManyUploads { .. } => (S::SERVICE_UNAVAILABLE, "too_many_uploads"),
            Self::NotStored { .. } => (S::SERVICE_UNAVAILABLE, "not_stored"),
            Self::OutOfRange { .. } => (S::BAD_REQUEST, "position_out_of_range"),
            Self::QueueFull { .. } => (S::BAD_REQUEST, "queue_full"),
            Self::NothingToSkip { .. } => (S::BAD_REQUEST, "nothing_to_skip"),
            Self::TrackNotFound { .. } => (S::NOT_FOUND, "track_not_found"),
            Self::TrackExists { .. } => (S::CONFLICT, "track_exists"),
            Self::List(_) => (S::UNPROCESSABLE_ENTITY, "unreadable_list"),
            Self::LibraryFull { .. } => (S::BAD_REQUEST, "library_full"),
            Self::QuotaReached { .. } => (S::CONFLICT, "quota_reached"),
            Self::Duplicate { .. } => (S::CONFLICT, "duplicate"),
            Self::Cooldown { .. } => (S::TOO_MANY_REQUESTS, "cooldown"),
            Self::ModeMismatch { .. } => (S::CONFLICT, "mode_mismatch"),
            Self::NothingToUndo => (S::CONFLICT, "nothing_to_undo"),
            Self::NothingToRestore => (S::CONFLICT, "nothing_to_restore"),
            Self::NothingPrevious { .. } => (S::CONFLICT, "nothing_previous"),
            Self::NotInHistory { .. } => (S::NOT_FOUND, "item_not_found"),
            Self::NothingToSeek { .. } => (S::CONFLICT, "nothing_to_seek"),
            Self::NotSeekable { .. } => (S::CONFLICT, "not_seekable"),
            Self::KeyReused => (S::CONFLICT, "idempotency_key_reused"),
            Self::KeyInProgress => (S::CONFLICT, "request_in_progress"),
            Self::TooManyKeys { .. } => (S::TOO_MANY_REQUESTS, "too_many_keys"),
            Self::ListenersFull { .. } => (S::SERVICE_UNAVAILABLE, "too_many_listeners"),
            Self::TooManySources { .. } => (S::CONFLICT, "too_many_sources"),
            Self::TooManyIds { .. } => (S::CONFLICT, "too_many_listener_ids"),
            Self::Busy { .. } => (S::SERVICE_UNAVAILABLE, "busy"),
            Self::ShuttingDown => (S::SERVICE_UNAVAILABLE, "shutting_down"),
            Self::Unavailable { .. } | Self::Late => (S::SERVICE_UNAVAILABLE, "unavailable"),
            Self::MediaUnavailable { .. } => (S::SERVICE_UNAVAILABLE, "media_unavailable"),
            Self::Corrupt { .. } => (S::INTERNAL_SERVER_ERROR, "store_corrupt"),
            Self::NotSupported { .. } => (S::NOT_IMPLEMENTED, "not_supported"),
            Self::Internal => (S::INTERNAL_SERVER_ERROR, "internal"),
        }
    }
}
