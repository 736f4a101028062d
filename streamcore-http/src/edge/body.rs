//! Reads a request's body within a size and a time.

use std::{io, pin::pin, time::Duration};

use bytes::{Buf, Bytes, BytesMut};
use futures::{Stream, StreamExt};
use streamcore::media::Upload;
use warp::http::{HeaderMap, header};

use crate::error::ApiError;

/// The longest body that is read, where a route does not say otherwise.
pub(super) const MAX_BODY_BYTES: usize = 64 * 1024;

/// How much of a body that is too long is read and thrown away, so that its sender gets to see the answer and not a reset connection.
const MAX_DISCARDED_BYTES: usize = 1024 * 1024;

/// How long that may take.
const DISCARD_LIMIT: Duration = Duration::from_secs(2);

/// Reads the body, of at most `max` bytes, to its end.
pub(super) async fn collect<S, B>(body: S, headers: &HeaderMap, max: usize, limit: Duration) -> Result<Bytes, ApiError>
where
    S: Stream<Item = Result<B, warp::Error>>,
    B: Buf,
{
    let too_long = ApiError::BodyTooLong { limit: max };
    if announced(headers) > (max + MAX_DISCARDED_BYTES) as u64 {
        return Err(too_long);
    }
    let read = async {
        let mut body = pin!(body);
        let mut kept = BytesMut::new();
        let mut length = 0;
        while let Some(piece) = body.next().await {
            let mut piece = piece.map_err(|_| ApiError::BodyBroken)?;
            length += piece.remaining();
            if length > max + MAX_DISCARDED_BYTES {
                break;
            }
            if length <= max {
                kept.extend_from_slice(&piece.copy_to_bytes(piece.remaining()));
            }
        }
        if length > max { Err(too_long) } else { Ok(kept.freeze()) }
    };
    tokio::time::timeout(limit, read).await.unwrap_or(Err(ApiError::BodyTimeout))
}

/// Reads and throws away the body of a request that is refused unseen, within narrow bounds: a socket that is closed with data unread in
/// it resets the connection, and the sender never sees why. Who waits to be asked for the body (`Expect`) is not asked.
pub(super) async fn discard<S, B>(body: S, headers: &HeaderMap)
where
    S: Stream<Item = Result<B, warp::Error>>,
    B: Buf,
{
    if headers.contains_key(header::EXPECT) || announced(headers) > MAX_DISCARDED_BYTES as u64 {
        return;
    }
    let read = async {
        let mut body = pin!(body);
        let mut length = 0;
        while let Some(Ok(piece)) = body.next().await {
            length += piece.remaining();
            if length > MAX_DISCARDED_BYTES {
                break;
            }
        }
    };
    let _ = tokio::time::timeout(DISCARD_LIMIT, read).await;
}

/// The body as it comes, for who reads it piece by piece; each piece may take that long.
pub(super) fn as_it_comes<S, B>(body: S, limit: Duration) -> Upload
where
    S: Stream<Item = Result<B, warp::Error>> + Send + 'static,
    B: Buf + Send,
{
    let pieces = futures::stream::unfold(Box::pin(body), move |mut body| async move {
        let piece = match tokio::time::timeout(limit, body.next()).await {
            Ok(piece) => piece?.map_err(io::Error::other),
            Err(_) => Err(io::ErrorKind::TimedOut.into()),
        };
        Some((piece.map(|mut piece| piece.copy_to_bytes(piece.remaining())), body))
    });
    pieces.boxed()
}

/// The length that the sender says the body has; 0 if it does not say.
pub(crate) fn announced(headers: &HeaderMap) -> u64 {
    let length = headers.get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok());
    length.and_then(|value| value.parse().ok()).unwrap_or(0)
}
