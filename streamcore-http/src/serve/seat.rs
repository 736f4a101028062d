//! One listener's socket, when it has left hyper.

use std::{
    io,
    task::{Context, Poll, Waker},
    time::Duration,
};

use bytes::{Buf as _, BufMut as _, Bytes, BytesMut};
use futures::StreamExt as _;
use tokio::{net::TcpStream, sync::OwnedSemaphorePermit, time::Instant};

use crate::listen::Listening;

/// What ends a chunked body.
const LAST_CHUNK: Bytes = Bytes::from_static(b"0\r\n\r\n");

/// A listener and the way to it. Between two steps it costs nothing: no task, no timer, no buffer but what it has still to be sent.
pub(super) struct Seat {
    pub(super) socket: TcpStream,
    pub(super) listening: Listening,
    pub(super) chunked: bool,
    /// What the socket did not take yet of the last piece.
    rest: Bytes,
    /// There is nothing behind `rest`.
    ended: bool,
    stuck_since: Option<Instant>,
    _connection: OwnedSemaphorePermit,
}

impl Seat {
    pub(super) fn new(
        socket: TcpStream,
        listening: Listening,
        chunked: bool,
        connection: OwnedSemaphorePermit,
    ) -> Self {
        Self {
            socket,
            listening,
            chunked,
            rest: Bytes::new(),
            ended: false,
            stuck_since: None,
            _connection: connection,
        }
    }

    /// Sends what there is, as far as the socket takes it; never waits. Returns whether the listener stays. The waker tells when there is more to
    /// send or the socket takes more.
    pub(super) fn step(&mut self, waker: &Waker, chunks: &mut Chunks, now: Instant, patience: Duration) -> bool {
        if self.has_left() {
            return false;
        }
        let cx = &mut Context::from_waker(waker);
        loop {
            if self.rest.is_empty() {
                if self.ended {
                    return false;
                }
                match self.listening.poll_next_unpin(cx) {
                    Poll::Ready(Some(piece)) if self.chunked => self.rest = chunks.of(&piece),
                    Poll::Ready(Some(piece)) => self.rest = piece,
                    Poll::Ready(None) => {
                        self.ended = true;
                        self.rest = if self.chunked { LAST_CHUNK } else { Bytes::new() };
                    }
                    Poll::Pending => return true,
                }
                continue;
            }
            match self.socket.try_write(&self.rest) {
                Ok(count) => {
                    self.rest.advance(count);
                    self.stuck_since = None;
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                    // It may have become writable since.
                    if self.socket.poll_write_ready(cx).is_pending() {
                        return self.is_borne(now, patience);
                    }
                }
                Err(_) => return false,
            }
        }
    }

    /// Whether one that takes nothing may go on so.
    fn is_borne(&mut self, now: Instant, patience: Duration) -> bool {
        let stuck = now.saturating_duration_since(*self.stuck_since.get_or_insert(now));
        if stuck >= patience {
            self.listening.gave_up(stuck);
        }
        stuck < patience
    }

    /// Whether the peer has closed. What it says is not listened to: it has its answer, and gets no other. As long as it says nothing this is
    /// no system call.
    fn has_left(&self) -> bool {
        match self.socket.try_read(&mut [0; 1024]) {
            Ok(count) => count == 0,
            Err(error) => !matches!(error.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::Interrupted),
        }
    }
}

/// Makes chunks; of a piece that many get, once.
#[derive(Default)]
pub(super) struct Chunks {
    /// Kept, so that no other piece can take its place in memory and be mistaken for it.
    piece: Bytes,
    chunk: Bytes,
}

impl Chunks {
    fn of(&mut self, piece: &Bytes) -> Bytes {
        if piece.is_empty() {
            return Bytes::new(); // a chunk of nothing would be the last
        }
        if (piece.as_ptr(), piece.len()) != (self.piece.as_ptr(), self.piece.len()) {
            let mut chunk = BytesMut::with_capacity(piece.len() + 16);
            chunk.put_slice(format!("{:X}\r\n", piece.len()).as_bytes());
            chunk.put_slice(piece);
            chunk.put_slice(b"\r\n");
            (self.piece, self.chunk) = (piece.clone(), chunk.freeze());
        }
        self.chunk.clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_piece_is_one_chunk_for_all() {
        let mut chunks = Chunks::default();
        let (a, b) = (Bytes::from(vec![b'a'; 20]), Bytes::from(vec![b'b'; 20]));
        let first = chunks.of(&a);
        assert_eq!(first, [&b"14\r\n"[..], &a, b"\r\n"].concat());
        assert_eq!(chunks.of(&a.clone()).as_ptr(), first.as_ptr());
        assert_eq!(chunks.of(&b), [&b"14\r\n"[..], &b, b"\r\n"].concat());
        assert_eq!(chunks.of(&a.slice(..1)), &b"1\r\na\r\n"[..], "the same place, but less");
        assert!(chunks.of(&Bytes::new()).is_empty());
    }
}
