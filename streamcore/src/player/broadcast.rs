use std::{sync::Arc, time::Duration};

use bytes::Bytes;
use futures::{StreamExt as _, stream::BoxStream};

use crate::StreamId;

/// A player that listeners can connect to: the encoded audio of running streams.
pub trait Broadcast: std::fmt::Debug + Send + Sync {
    /// Begins to listen, and to be told what is heard.
    ///
    /// **Effect.** The listener counts as connected until what is returned is dropped.
    /// **Cost.** Whoever serves many listeners polls all of a stream with one waker: it is woken once a wave, and gives all of them the same bytes.
    /// **Errors.** [`ListenError::NotRunning`], [`ListenError::Full`].
    fn waves(&self, stream: StreamId) -> Result<Waves, ListenError>;

    /// Begins to listen, as [`waves`](Self::waves) does, to the audio alone.
    ///
    /// **Errors.** The same.
    fn listen(&self, stream: StreamId) -> Result<Listener, ListenError> {
        Ok(self.waves(stream)?.map(|wave| wave.audio).boxed())
    }

    /// Takes note that a listener was given up because it took nothing for this long.
    ///
    /// **Effect.** Reported as [`Incident::ListenerDropped`](super::Incident::ListenerDropped) if the stream is open. One that falls behind by
    /// itself, or leaves, is not told here. Never blocks.
    fn gave_up(&self, stream: StreamId, behind: Duration);

    /// How far the slowest listener of a stream is behind its newest audio. None if nobody listens, or it is not known.
    ///
    /// **Effect.** None. **Cost.** As many steps as there are listeners: for monitoring, not for each wave.
    fn lag(&self, stream: StreamId) -> Option<Duration> {
        let _ = stream;
        None
    }

    /// The media type of what listeners get, for example `audio/mpeg`.
    fn content_type(&self) -> &'static str;

    /// The nominal bit rate of what listeners get, in kbit/s.
    fn bitrate_kbps(&self) -> u32;

    /// Whether the stream is on the air. Does not count as listening.
    fn is_on_air(&self, stream: StreamId) -> bool;
}

/// A run of whole frames as it goes out: the same bytes for everybody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wave {
    /// The encoded audio.
    pub audio: Bytes,
    /// What people read about what is heard in it, such as `Artist - Title`; none if it is nothing that was queued.
    pub title: Option<Arc<str>>,
    /// It follows a cut, such as a skip: somebody waits to hear it, so it is not held back to be sent with the next one.
    pub cut: bool,
}

/// What one listener gets, wave by wave; otherwise as [`Listener`].
pub type Waves = BoxStream<'static, Wave>;

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
