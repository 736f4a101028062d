//! One open source, as a decoder reads it: blocking, bounded, and able to begin elsewhere where the server is.

use std::{
    io::{self, Read, Seek, SeekFrom},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use streamcore::{FailureKind, FailureReason};
use symphonia::core::io::MediaSource;
use tokio::task::AbortHandle;
use url::Url;

use super::{
    Remote,
    client::{Place, Reply},
    fetch::Fetch,
    pipe::{Patience, Pipe},
};
use crate::source::carrying;

/// Going forward by no more than this is reading.
const NEAR: u64 = 256 << 10;

/// A source and its fetch, which ends with it.
#[derive(Debug)]
pub(super) struct Line {
    remote: Remote,
    /// Where it was found: a page's answer, or the URL itself.
    url: Url,
    link: Mutex<Link>,
    patience: Patience,
}

#[derive(Debug)]
struct Link {
    pipe: Arc<Pipe>,
    task: AbortHandle,
}

impl Drop for Link {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Line {
    pub(super) fn new(remote: Remote, url: Url, reply: Reply, patience: Patience) -> Result<Self, FailureReason> {
        let link = Link::new(&remote, &url, reply)?;
        Ok(Self { remote, url, link: Mutex::new(link), patience })
    }

    fn link(&self) -> MutexGuard<'_, Link> {
        self.link.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn pipe(&self) -> Arc<Pipe> {
        Arc::clone(&self.link().pipe)
    }

    pub(super) fn peek(&self, count: usize) -> Result<Vec<u8>, FailureReason> {
        self.pipe().peek(count, &self.patience)
    }

    pub(super) fn next_part(&self) -> Result<bool, FailureReason> {
        self.pipe().next_part(&self.patience)
    }

    pub(super) fn part_is_over(&self) -> bool {
        self.pipe().part_is_over()
    }

    /// Why reading failed, if it did: what a decoder makes of it is another matter.
    pub(super) fn failure(&self) -> Option<FailureReason> {
        self.patience.ends().or_else(|| self.pipe().failure())
    }

    /// Begins anew from here.
    pub(super) fn restart(&self, place: Place, length: u64) -> Result<(), FailureReason> {
        self.begin_at(place, Some(length))
    }

    fn begin_at(&self, place: Place, length: Option<u64>) -> Result<(), FailureReason> {
        let reply = self.remote.ask(&self.url, place.clone(), &self.patience)?;
        if !reply.head.goes_on(&place, length) {
            return Err(FailureReason::new(FailureKind::Broken, "the file on the server is another one now"));
        }
        let link = Link::new(&self.remote, &self.url, reply)?;
        drop(std::mem::replace(&mut *self.link(), link));
        Ok(())
    }
}

impl Link {
    fn new(remote: &Remote, url: &Url, reply: Reply) -> Result<Self, FailureReason> {
        let client = remote.client()?;
        let pipe = Arc::new(Pipe::new(client.config.buffer()));
        let fetch = Fetch { client, url: url.clone(), pipe: Arc::clone(&pipe), seed: remote.seed() };
        let task = remote.runtime()?.spawn(fetch.run(reply)).abort_handle();
        Ok(Self { pipe, task })
    }
}

/// What a decoder reads; there is one at a time on a line.
#[derive(Debug)]
pub(super) struct Reading {
    line: Arc<Line>,
    place: Place,
    length: Option<u64>,
    seekable: bool,
    /// How many bytes may be read in all.
    budget: u64,
}

impl Reading {
    pub(super) fn new(line: Arc<Line>, place: Place, length: Option<u64>, seekable: bool, budget: u64) -> Self {
        Self { line, place, length, seekable, budget }
    }
}

impl Read for Reading {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let most = into.len().min(usize::try_from(self.budget).unwrap_or(usize::MAX));
        // At a known end there is nothing to wait for.
        if most == 0 || self.length.is_some_and(|length| self.place.offset >= length) {
            return Ok(0);
        }
        let read = self.line.pipe().read(&mut into[..most], &self.line.patience)?;
        self.place.offset += read as u64;
        self.budget -= read as u64;
        Ok(read)
    }
}

impl Seek for Reading {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let beyond = || io::Error::from(io::ErrorKind::InvalidInput);
        let wanted = match to {
            SeekFrom::Start(at) => Some(at),
            SeekFrom::Current(by) => self.place.offset.checked_add_signed(by),
            SeekFrom::End(by) => self.length.and_then(|length| length.checked_add_signed(by)),
        };
        let wanted = wanted.ok_or_else(beyond)?;
        let at = self.place.offset;
        if wanted == at || self.length.is_some_and(|length| wanted >= length) {
            // Past the end there is nothing, and nobody has to be asked for it.
            self.place.offset = wanted;
            return Ok(wanted);
        }
        if !self.seekable {
            return Err(io::ErrorKind::Unsupported.into());
        }
        if wanted > at && wanted - at <= NEAR {
            io::copy(&mut Read::by_ref(self).take(wanted - at), &mut io::sink())?;
        } else {
            self.line.begin_at(Place { offset: wanted, ..self.place.clone() }, self.length).map_err(carrying)?;
            self.place.offset = wanted;
        }
        Ok(self.place.offset)
    }
}

impl MediaSource for Reading {
    fn is_seekable(&self) -> bool {
        self.seekable
    }

    fn byte_len(&self) -> Option<u64> {
        self.length
    }
}
