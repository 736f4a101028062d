//! A source that gives a demuxer no more than it needs, so that no file can fill the memory.
//!
//! **Rule.** Demuxers keep whatever they are given: pictures and other tags of any size are read as a whole, and copied. So what is bulky is
//! renamed to padding on the way ([`bulk`](super::bulk)), which they pass over without reading it; and of all that is left, only a bounded
//! amount may be read before PCM comes out. Positions stay what they are in the file.

use std::{
    io::{self, Read, Seek, SeekFrom},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use symphonia::core::io::MediaSource;

use super::{bulk, mp4::Edit};

/// What may be read in one step, opening the file included. Ten hours of M4A have an index of 8 MiB.
pub(super) const MOST_BYTES: u64 = 12 << 20;
/// How much of the beginning is kept, so that looking at it first is not a second request to a server.
const HEAD: u64 = 64 << 10;

/// Bytes that take the place of others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Patch {
    pub(super) at: u64,
    pub(super) bytes: Vec<u8>,
}

/// How much may still be read.
#[derive(Debug, Clone)]
pub(super) struct Allowance(Arc<AtomicU64>);

impl Allowance {
    fn new() -> Self {
        Self(Arc::new(AtomicU64::new(MOST_BYTES)))
    }

    pub(super) fn renew(&self) {
        self.0.store(MOST_BYTES, Ordering::Relaxed);
    }

    /// For what reads much and keeps nothing.
    pub(super) fn lift(&self) {
        self.0.store(u64::MAX, Ordering::Relaxed);
    }

    pub(super) fn is_used_up(&self) -> bool {
        self.0.load(Ordering::Relaxed) == 0
    }

    fn left(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }

    /// One source is read by one thread at a time.
    fn use_up(&self, bytes: u64) {
        self.0.store(self.left().saturating_sub(bytes), Ordering::Relaxed);
    }
}

/// See the module.
pub(super) struct Bounded {
    source: Box<dyn MediaSource>,
    seekable: bool,
    /// Where the reader is.
    at: u64,
    /// Where the source is: it follows when it has to be read.
    source_at: u64,
    head: Vec<u8>,
    patches: Vec<Patch>,
    allowance: Allowance,
}

impl Bounded {
    /// Wraps a source that stands at its beginning, and finds what is bulky in it, and the edits if it is an MP4 file. One that cannot seek is
    /// taken as it is: there is no way to look ahead in it.
    pub(super) fn new(source: Box<dyn MediaSource>) -> io::Result<(Self, Vec<Edit>, Allowance)> {
        let allowance = Allowance::new();
        let seekable = source.is_seekable();
        let (head, patches) = (Vec::new(), Vec::new());
        let mut bounded = Self { source, seekable, at: 0, source_at: 0, head, patches, allowance: allowance.clone() };
        let mut edits = Vec::new();
        if seekable {
            bounded.source_at = (&mut bounded.source).take(HEAD).read_to_end(&mut bounded.head)? as u64;
            (bounded.patches, edits) = bulk::find(&mut bounded);
            bounded.at = 0;
            allowance.renew();
        }
        Ok((bounded, edits, allowance))
    }

    fn patch(&self, at: u64, into: &mut [u8]) {
        for patch in &self.patches {
            for (nth, byte) in patch.bytes.iter().enumerate() {
                let place = (patch.at + nth as u64).checked_sub(at).and_then(|place| usize::try_from(place).ok());
                if let Some(shown) = place.and_then(|place| into.get_mut(place)) {
                    *shown = *byte;
                }
            }
        }
    }
}

impl Read for Bounded {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let most = into.len().min(usize::try_from(self.allowance.left()).unwrap_or(usize::MAX));
        if most == 0 && !into.is_empty() {
            return Err(io::Error::other("more than anybody needs was read"));
        }
        let into = &mut into[..most];
        let kept = usize::try_from(self.at).ok().and_then(|at| self.head.get(at..)).filter(|kept| !kept.is_empty());
        let count = if let Some(kept) = kept {
            let count = kept.len().min(most);
            into[..count].copy_from_slice(&kept[..count]);
            count
        } else {
            if self.source_at != self.at {
                self.source_at = self.source.seek(SeekFrom::Start(self.at))?;
            }
            let count = self.source.read(into)?;
            self.source_at += count as u64;
            count
        };
        self.patch(self.at, &mut into[..count]);
        self.at += count as u64;
        self.allowance.use_up(count as u64);
        Ok(count)
    }
}

impl Seek for Bounded {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let wanted = match to {
            SeekFrom::Start(at) => Some(at),
            SeekFrom::Current(by) => self.at.checked_add_signed(by),
            SeekFrom::End(by) => self.source.byte_len().and_then(|length| length.checked_add_signed(by)),
        };
        let wanted = wanted.ok_or(io::ErrorKind::InvalidInput)?;
        if !self.seekable && wanted != self.at {
            return Err(io::ErrorKind::Unsupported.into());
        }
        self.at = wanted;
        Ok(wanted)
    }
}

impl MediaSource for Bounded {
    fn is_seekable(&self) -> bool {
        self.seekable
    }

    fn byte_len(&self) -> Option<u64> {
        self.source.byte_len()
    }
}
