//! What is wrong with one part of a request.

use std::borrow::Cow;

use streamcore::{FailureReason, TrackId, auto_end::ScheduleError, presence::NameError};

use super::ApiError;

/// One part of a request and what is wrong with it.
#[derive(Debug)]
pub(crate) struct FieldError {
    pub(crate) part: Part,
    pub(crate) field: Cow<'static, str>,
    pub(crate) problem: Problem,
}

/// Where the field is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Part {
    Path,
    Query,
    Body,
    Header,
}

impl Part {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Path => "path",
            Self::Query => "query",
            Self::Body => "body",
            Self::Header => "header",
        }
    }
}

/// What is wrong.
#[derive(Debug)]
pub(crate) enum Problem {
    Required,
    Text,
    Boolean,
    Object,
    List,
    Count {
        min: usize,
        max: usize,
        got: usize,
    },
    Integer,
    WholeNumber {
        min: u64,
        max: u64,
    },
    Seconds {
        max: u64,
    },
    Length {
        min: usize,
        max: usize,
        got: usize,
    },
    Bytes {
        max: usize,
        got: usize,
    },
    ControlCharacters,
    TurnsText {
        found: char,
    },
    Invisible,
    StreamId,
    Uuid,
    Source,
    Tier,
    Mode,
    Repeat,
    BeyondTheEnd {
        length: f64,
    },
    Key,
    /// An upload with an idempotency key does not say how long it is.
    LengthOfKeyed,
    /// Only one of the two may be given.
    Beside {
        other: &'static str,
    },
    PlaylistType,
    /// The same value twice in a list in which each says something.
    Twice {
        value: u64,
    },
    /// A time zone or a window of the week.
    Schedule(ScheduleError),
    /// The name of a source of listeners.
    SourceName(NameError),
    /// The stream's own player tells for itself.
    OwnSource,
    /// The identity of a listener.
    ListenerId(NameError),
    ListenerIdType,
    TooManyIds {
        max: usize,
        got: usize,
    },
    /// Nothing is told about listeners.
    NothingTold,
    OnlyTrue,
    NoTrack {
        track: TrackId,
    },
    Cursor,
    /// The resolution of the history of figures.
    Resolution,
    /// A moment in time.
    Moment,
    /// The beginning of a span behind its end.
    BehindTheEnd,
    ActivityType,
    Host,
    NotUtf8,
    Media(FailureReason),
    ResolverMissing,
}

impl FieldError {
    pub(crate) fn new(part: Part, field: impl Into<Cow<'static, str>>, problem: Problem) -> Self {
        Self { part, field: field.into(), problem }
    }
}

impl From<FieldError> for ApiError {
    fn from(error: FieldError) -> Self {
        Self::Invalid(vec![error])
    }
}

/// The code of an answer about these fields.
pub(super) fn code(fields: &[FieldError]) -> &'static str {
    match fields {
        [FieldError { problem: Problem::ResolverMissing, .. }] => "resolver_missing",
        _ => "validation_error",
    }
}
