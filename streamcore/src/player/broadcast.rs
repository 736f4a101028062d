use bytes::Bytes;
use futures::stream::BoxStream;

use crate::StreamId;

/// A player that listeners can connect to: the encoded audio of running streams.
pub trait Broadcast: std::fmt::Debug + Send + Sync {
    /// Begins to listen.
    ///
    /// **Effect.** The listener counts as connected until it is dropped.
    /// **Errors.** [`ListenError::NotRunning`], [`ListenError::Full`].
    fn listen(&self, stream: StreamId) -> Result<Listener, ListenError>;

    /// The media type of what listeners get, for example `audio/mpeg`.
    fn content_type(&self) -> &'static str;

    /// The nominal bit rate of what listeners get, in kbit/s.
    fn bitrate_kbps(&self) -> u32;

    /// Whether the stream is on the air. Does not count as listening.
    fn is_on_air(&self, stream: StreamId) -> bool;
}

/// The encoded audio for one listener: a burst from the recent past, then the present, in pieces that begin and end at frame boundaries.
///
/// It ends when the stream is closed, and when this listener has fallen too far behind to go on. It never makes another listener or the
/// stream wait. Dropping it disconnects.
pub type Listener = BoxStream<'static, Bytes>;

/// Why one cannot listen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ListenError {
    /// The stream is not running.
    #[error("the stream is not running; start it first")]
    NotRunning,
    /// The stream has as many listeners as it may have.
    #[error("the stream has reached its limit of {limit} listeners; try again later")]
    Full {
        /// The limit.
        limit: usize,
    },
}
