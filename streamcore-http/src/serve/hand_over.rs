//! How a socket leaves hyper: hyper writes the head of an endless response, and when that is on its way the connection is taken apart.
//!
//! 1. `/listen` marks its response with a [`HandOver`] and gives it a body that would do anywhere.
//! 2. The connection, seeing the mark, puts [`Body::Parked`] in the body's place. hyper writes the head, asks the body for more, is told to wait,
//!    and flushes; the [`Stage`] that body and socket share notes both.
//! 3. The connection takes the socket back and [`FanOut`](super::fan_out::FanOut) gives it a seat.
//!
//! Behind any other server nobody looks at the mark, and the body that was there is sent.

use std::{
    pin::Pin,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU8, Ordering},
    },
    task::{Context, Poll},
};

use bytes::Bytes;
use futures::Stream;
use hyper::body::{Body as HttpBody, Frame, SizeHint};
use warp::http::{HeaderValue, Response, Version, header};

use crate::listen::Listening;

/// The mark on a response whose body is this listener's: an extension of the response, and the body that is sent if nobody takes it over.
#[derive(Clone)]
pub(crate) struct HandOver(Arc<Mutex<Option<Listening>>>);

impl HandOver {
    pub(crate) fn new(listening: Listening) -> Self {
        Self(Arc::new(Mutex::new(Some(listening))))
    }

    fn listening(&self) -> MutexGuard<'_, Option<Listening>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Stream for HandOver {
    type Item = Result<Bytes, std::convert::Infallible>;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        match &mut *self.listening() {
            Some(listening) => Pin::new(&mut *listening).poll_next(cx).map(|piece| {
                let piece = piece?;
                listening.sent(piece.len());
                Some(Ok(piece))
            }),
            None => Poll::Ready(None),
        }
    }
}

/// The body of a response.
pub(super) enum Body<B> {
    /// As the routes made it.
    Own(B),
    /// Never says anything.
    Parked(Arc<Stage>),
}

impl<B: HttpBody + Unpin> HttpBody for Body<B> {
    type Data = B::Data;
    type Error = B::Error;

    fn poll_frame(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Self::Data>, Self::Error>>> {
        match self.get_mut() {
            Self::Own(body) => Pin::new(body).poll_frame(cx),
            Self::Parked(stage) => {
                stage.parked();
                Poll::Pending
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        match self {
            Self::Own(body) => body.is_end_stream(),
            Self::Parked(_) => false,
        }
    }

    fn size_hint(&self) -> SizeHint {
        match self {
            Self::Own(body) => body.size_hint(),
            Self::Parked(_) => SizeHint::default(),
        }
    }
}

/// The connection is hyper's.
const ANSWERING: u8 = 0;
/// hyper has written the head, and waits for the body.
const PARKED: u8 = 1;
/// The socket has taken all that hyper wrote.
const FLUSHED: u8 = 2;

/// How far the hand-over of one connection is. Its parts share it.
#[derive(Default)]
pub(super) struct Stage {
    at: AtomicU8,
    leaving: Mutex<Leaving>,
}

#[derive(Default)]
struct Leaving {
    version: Version,
    listening: Option<Listening>,
}

impl Stage {
    fn leaving(&self) -> MutexGuard<'_, Leaving> {
        self.leaving.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A request came in this version of HTTP.
    pub(super) fn asked_in(&self, version: Version) {
        self.leaving().version = version;
    }

    /// A response goes out: parks its body if it is marked.
    pub(super) fn park<B>(self: &Arc<Self>, mut response: Response<B>) -> Response<Body<B>> {
        let mark = response.extensions_mut().remove::<HandOver>();
        let Some(listening) = mark.and_then(|mark| mark.listening().take()) else {
            return response.map(Body::Own);
        };
        self.leaving().listening = Some(listening);
        // There is no way back to hyper.
        response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
        response.map(|_| Body::Parked(Arc::clone(self)))
    }

    /// The head is written. hyper may ask for the body again after it was flushed: that changes nothing.
    fn parked(&self) {
        let _ = self.at.compare_exchange(ANSWERING, PARKED, Ordering::AcqRel, Ordering::Relaxed);
    }

    /// Everything that hyper wrote was taken by the socket.
    pub(super) fn flushed(&self) {
        let _ = self.at.compare_exchange(PARKED, FLUSHED, Ordering::AcqRel, Ordering::Relaxed);
    }

    /// Whether the socket can be taken.
    pub(super) fn is_over(&self) -> bool {
        self.at.load(Ordering::Acquire) == FLUSHED
    }

    /// Who listens, and whether the body is chunked; none unless the head is out.
    pub(super) fn take(&self) -> Option<(Listening, bool)> {
        if !self.is_over() {
            return None;
        }
        let mut leaving = self.leaving();
        let chunked = leaving.version != Version::HTTP_10;
        leaving.listening.take().map(|listening| (listening, chunked))
    }
}
