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
const LAST_CHUNK: &[u8] = b"0\r\n\r\n";
/// How much is sent at a time, about: more only makes copies for who is behind.
const AT_ONCE: usize = 32 * 1024;

/// What came of a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    /// The listener stays; it was sent a cut, or not.
    Stays { cut: bool },
    /// It left, was given up, or has all it will get.
    Leaves,
}

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

    /// Whether the socket has still to take something.
    pub(super) fn is_behind(&self) -> bool {
        !self.rest.is_empty()
    }

    /// Sends what there is, as far as the socket takes it; never waits. The waker tells when there is more to send or the socket takes more.
    pub(super) fn step(&mut self, waker: &Waker, chunks: &mut Chunks, now: Instant, patience: Duration) -> Step {
        if let Some(end) = self.peers_end() {
            self.gave_up_if_stuck(&end, now);
            return Step::Leaves;
        }
        let cx = &mut Context::from_waker(waker);
        let mut cut = false;
        loop {
            if self.rest.is_empty() {
                if self.ended {
                    return Step::Leaves;
                }
                self.rest = self.gather(cx, chunks, &mut cut);
                if self.rest.is_empty() && !self.ended {
                    return Step::Stays { cut };
                }
                continue;
            }
            match self.socket.try_write(&self.rest) {
                Ok(count) => {
                    self.rest.advance(count);
                    self.listening.sent(count);
                    self.stuck_since = None;
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                    // It may have become writable since.
                    if self.socket.poll_write_ready(cx).is_pending() {
                        return if self.is_borne(now, patience) { Step::Stays { cut } } else { Step::Leaves };
                    }
                }
                Err(error) => {
                    self.gave_up_if_stuck(&error, now);
                    return Step::Leaves;
                }
            }
        }
    }

    /// What is there to be sent next, as one piece: what costs is the number of sends.
    fn gather(&mut self, cx: &mut Context<'_>, chunks: &mut Chunks, cut: &mut bool) -> Bytes {
        chunks.begin(self.chunked);
        while chunks.is_small() {
            match self.listening.poll_next_unpin(cx) {
                Poll::Ready(Some(piece)) => {
                    *cut |= self.listening.is_at_cut();
                    chunks.add(piece);
                }
                Poll::Ready(None) => {
                    self.ended = true;
                    chunks.add_end();
                    break;
                }
                Poll::Pending => break,
            }
        }
        chunks.finish()
    }

    /// Whether one that takes nothing may go on so.
    fn is_borne(&mut self, now: Instant, patience: Duration) -> bool {
        let stuck = now.saturating_duration_since(*self.stuck_since.get_or_insert(now));
        if stuck >= patience {
            self.listening.gave_up(stuck);
        }
        stuck < patience
    }

    /// The kernel has the same patience as we, and may lose it first.
    fn gave_up_if_stuck(&self, error: &io::Error, now: Instant) {
        if error.kind() == io::ErrorKind::TimedOut {
            self.listening
                .gave_up(self.stuck_since.map_or(Duration::ZERO, |since| now.saturating_duration_since(since)));
        }
    }

    /// How the peer ended it, if it did. What it says is not listened to: it has its answer, and gets no other. As long as it says nothing this
    /// is no system call.
    fn peers_end(&self) -> Option<io::Error> {
        match self.socket.try_read(&mut [0; 1024]) {
            Ok(0) => Some(io::ErrorKind::UnexpectedEof.into()),
            Ok(_) => None,
            Err(error) if matches!(error.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::Interrupted) => None,
            Err(error) => Some(error),
        }
    }
}

/// Makes one piece of several, as the body wants it; of what many get, once.
#[derive(Default)]
pub(super) struct Chunks {
    next: Gathered,
    /// What was made last, and of what. Those pieces are kept, so that no others can take their place in memory and be mistaken for them.
    last: Gathered,
    made: Bytes,
}

#[derive(Default)]
struct Gathered {
    pieces: Vec<Bytes>,
    length: usize,
    chunked: bool,
    ends: bool,
}

impl Gathered {
    fn is(&self, other: &Self) -> bool {
        let place = |piece: &Bytes| (piece.as_ptr(), piece.len());
        (self.chunked, self.ends) == (other.chunked, other.ends)
            && self.pieces.iter().map(place).eq(other.pieces.iter().map(place))
    }
}

impl Chunks {
    fn begin(&mut self, chunked: bool) {
        let next = &mut self.next;
        next.pieces.clear();
        (next.length, next.chunked, next.ends) = (0, chunked, false);
    }

    fn is_small(&self) -> bool {
        self.next.length < AT_ONCE
    }

    fn add(&mut self, piece: Bytes) {
        self.next.length += piece.len();
        self.next.pieces.push(piece);
    }

    fn add_end(&mut self) {
        self.next.ends = true;
    }

    fn finish(&mut self) -> Bytes {
        let next = &self.next;
        if next.length == 0 && !(next.ends && next.chunked) {
            return Bytes::new();
        }
        if !next.is(&self.last) {
            let mut made = BytesMut::with_capacity(next.length + 24);
            // A chunk of nothing would be the last.
            let chunk = next.chunked && next.length > 0;
            if chunk {
                made.put_slice(format!("{:X}\r\n", next.length).as_bytes());
            }
            next.pieces.iter().for_each(|piece| made.put_slice(piece));
            if chunk {
                made.put_slice(b"\r\n");
            }
            if next.ends && next.chunked {
                made.put_slice(LAST_CHUNK);
            }
            self.made = made.freeze();
            std::mem::swap(&mut self.next, &mut self.last);
        }
        self.made.clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(chunks: &mut Chunks, chunked: bool, pieces: &[Bytes], ends: bool) -> Bytes {
        chunks.begin(chunked);
        pieces.iter().for_each(|piece| chunks.add(piece.clone()));
        if ends {
            chunks.add_end();
        }
        chunks.finish()
    }

    #[test]
    fn what_all_get_is_made_once() {
        let mut chunks = Chunks::default();
        let (a, b) = (Bytes::from(vec![b'a'; 20]), Bytes::from(vec![b'b'; 20]));
        let first = of(&mut chunks, true, &[a.clone(), b.clone()], false);
        assert_eq!(first, [b"28\r\n", &a[..], &b, b"\r\n"].concat());
        assert_eq!(of(&mut chunks, true, &[a.clone(), b.clone()], false).as_ptr(), first.as_ptr());
        assert_eq!(of(&mut chunks, false, &[a.clone(), b.clone()], false), [&a[..], &b].concat());
        assert_eq!(of(&mut chunks, true, std::slice::from_ref(&b), false), [b"14\r\n", &b[..], b"\r\n"].concat());
        assert_eq!(of(&mut chunks, true, &[b.slice(..1)], false), &b"1\r\nb\r\n"[..], "the same place, but less");
        assert_eq!(of(&mut chunks, true, &[b.slice(..1)], true), &b"1\r\nb\r\n0\r\n\r\n"[..]);
    }

    #[test]
    fn nothing_is_no_chunk_and_only_a_chunked_body_has_a_last_one() {
        let mut chunks = Chunks::default();
        assert!(of(&mut chunks, true, &[Bytes::new()], false).is_empty());
        assert_eq!(of(&mut chunks, true, &[], true), LAST_CHUNK);
        assert!(of(&mut chunks, false, &[], true).is_empty());
    }
}
