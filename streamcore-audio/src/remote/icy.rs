//! What servers of the SHOUTcast kind do differently: a status line of their own, and titles between the bytes. We do not ask for titles, and
//! take them out where they come all the same.

use std::{
    io,
    pin::Pin,
    task::{Context, Poll, ready},
};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// The fewest bytes between titles that a server may choose (stations use thousands): fewer are nothing but work.
pub(super) const LEAST_INTERVAL: usize = 256;

/// Takes the titles out of a body: after every so many bytes a length in units of 16, and so much text.
#[derive(Debug, Clone)]
pub(super) struct Strip {
    interval: usize,
    audio: usize,
    text: usize,
}

impl Strip {
    pub(super) fn new(interval: usize) -> Self {
        Self { interval, audio: interval, text: 0 }
    }

    /// Passes on the audio of a piece.
    pub(super) fn pieces(&mut self, mut piece: &[u8], mut audio: impl FnMut(&[u8])) {
        while let Some((first, behind)) = piece.split_first() {
            if self.text > 0 {
                let text = self.text.min(piece.len());
                piece = &piece[text..];
                self.text -= text;
            } else if self.audio > 0 {
                let count = self.audio.min(piece.len());
                let (heard, rest) = piece.split_at(count);
                audio(heard);
                piece = rest;
                self.audio -= count;
            } else {
                self.text = usize::from(*first) * 16;
                piece = behind;
                self.audio = self.interval;
            }
        }
    }
}

/// Reads `ICY 200 OK` as `HTTP/1.0 200 OK`; everything else is passed through.
#[derive(Debug)]
pub(super) struct Status<T> {
    io: T,
    /// What was read of the beginning and is still to be given; none when that is done.
    begin: Option<(Vec<u8>, bool)>,
}

const ICY: &[u8] = b"ICY ";
const HTTP: &[u8] = b"HTTP/1.0 ";

impl<T> Status<T> {
    pub(super) fn new(io: T) -> Self {
        Self { io, begin: Some((Vec::new(), false)) }
    }
}

impl<T: AsyncRead + Unpin> AsyncRead for Status<T> {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, into: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let Self { io, begin } = &mut *self;
        while let Some((read, known)) = begin {
            if *known {
                let count = read.len().min(into.remaining());
                into.put_slice(&read[..count]);
                read.drain(..count);
                if read.is_empty() {
                    *begin = None;
                }
                return Poll::Ready(Ok(()));
            }
            let mut byte = [0; 4];
            let mut buffer = ReadBuf::new(&mut byte[..ICY.len() - read.len()]);
            ready!(Pin::new(&mut *io).poll_read(cx, &mut buffer))?;
            let ended = buffer.filled().is_empty();
            read.extend_from_slice(buffer.filled());
            if read == ICY {
                *read = HTTP.to_vec();
                *known = true;
            } else if ended || !ICY.starts_with(read) {
                *known = true;
                if read.is_empty() {
                    *begin = None;
                    return Poll::Ready(Ok(())); // it ended before it began
                }
            }
        }
        Pin::new(io).poll_read(cx, into)
    }
}

impl<T: AsyncWrite + Unpin> AsyncWrite for Status<T> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.io).poll_write(cx, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_shutdown(cx)
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::AsyncReadExt;

    use super::*;

    #[test]
    fn titles_are_taken_out_however_the_bytes_are_cut() {
        let audio: Vec<u8> = (0..200_u8).collect();
        let mut body = Vec::new();
        for (n, piece) in audio.chunks(16).enumerate() {
            body.extend_from_slice(piece);
            if piece.len() == 16 {
                body.push((n % 3) as u8);
                body.extend(std::iter::repeat_n(0xFF, n % 3 * 16));
            }
        }
        for size in 1..60 {
            let (mut strip, mut out) = (Strip::new(16), Vec::new());
            for piece in body.chunks(size) {
                strip.pieces(piece, |audio| out.extend_from_slice(audio));
            }
            assert_eq!(out, audio, "in pieces of {size}");
        }
    }

    #[tokio::test]
    async fn the_old_status_line_becomes_one_of_http_and_others_stay() {
        for (from, to) in [
            ("ICY 200 OK\r\nicy-name: x\r\n\r\nbody", "HTTP/1.0 200 OK\r\nicy-name: x\r\n\r\nbody"),
            ("HTTP/1.1 200 OK\r\n\r\n", "HTTP/1.1 200 OK\r\n\r\n"),
            ("ICE", "ICE"),
            ("IC", "IC"),
            ("", ""),
        ] {
            let mut read = String::new();
            Status::new(from.as_bytes()).read_to_string(&mut read).await.unwrap();
            assert_eq!(read, to);
        }
    }
}
