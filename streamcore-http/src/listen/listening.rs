//! One listener, as the server sees it: pieces of a body, until the broadcast ends it.

use std::{
    fmt,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
    time::Duration,
};

use bytes::Bytes;
use futures::{Stream, StreamExt as _};
use streamcore::{
    StreamId,
    player::{Broadcast, Waves},
};
use tokio::sync::OwnedSemaphorePermit;

use super::icy::Icy;
use crate::metrics;

/// What a listener gets. Counts as connected until it is dropped.
pub(crate) struct Listening {
    pub(super) stream: StreamId,
    pub(super) broadcast: Arc<dyn Broadcast>,
    pub(super) waves: Waves,
    /// Only for who asked for it.
    pub(super) icy: Option<Icy>,
    /// Whether what it gave last was a cut.
    pub(super) cut: bool,
    /// What counts it and what it is sent, if anything does.
    pub(super) counted: Option<metrics::Listening>,
    pub(super) _place: OwnedSemaphorePermit,
}

impl Listening {
    pub(crate) fn stream(&self) -> StreamId {
        self.stream
    }

    /// Whether the piece that it gave last is one that nobody should wait for.
    pub(crate) fn is_at_cut(&self) -> bool {
        self.cut
    }

    /// Its socket took so many bytes.
    pub(crate) fn sent(&self, bytes: usize) {
        if let Some(counted) = &self.counted {
            counted.sent(bytes);
        }
    }

    /// It was disconnected because it took nothing for this long.
    pub(crate) fn gave_up(&self, behind: Duration) {
        self.broadcast.gave_up(self.stream, behind);
    }
}

impl Stream for Listening {
    type Item = Bytes;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Bytes>> {
        let this = &mut *self;
        this.waves.poll_next_unpin(cx).map(|wave| {
            let wave = wave?;
            this.cut = wave.cut;
            Some(match &mut this.icy {
                Some(icy) => icy.interleave(&wave),
                None => wave.audio,
            })
        })
    }
}

impl fmt::Debug for Listening {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Listening").field("stream", &self.stream).finish_non_exhaustive()
    }
}
