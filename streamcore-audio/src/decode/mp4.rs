//! The edit lists of MP4 files: which part of a track is meant to be heard.
//!
//! An encoder puts samples before and behind the music that the container tells players to leave out; the demuxer does not read it. Here the
//! boxes are walked by their headers: nothing is read but the few fields that are needed, and no more boxes than [`MAX_BOXES`]. On the way it is
//! seen where the bulky tags are, which are pictures.

use std::io::{self, Read, Seek, SeekFrom};

use super::bulk::BULKY;

/// Boxes that are looked at in one file.
const MAX_BOXES: usize = 4_096;
/// Entries of an edit list that are looked at.
const MAX_EDITS: u32 = 64;

/// The edit of one track.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Edit {
    /// The track's id.
    pub(super) track: u32,
    /// Where in the track the part begins, in ticks of the track.
    pub(super) begins: u64,
    /// How long it is, in ticks of the movie; none if to the end, or if there are more parts than one.
    pub(super) lasts: Option<u64>,
    /// Ticks of the movie in a second.
    pub(super) movie_scale: u32,
}

/// The edits of all tracks that have one, and where the kinds of the tags stand that are bulky, in an MP4 file; what was found until there if it
/// is a broken one. Leaves the source anywhere.
pub(super) fn edits_and_covers<S: Read + Seek>(source: &mut S) -> (Vec<Edit>, Vec<u64>) {
    let mut walk = Walk { source, boxes: 0, movie_scale: 0, track: 0, edits: Vec::new(), covers: Vec::new() };
    // Whatever is wrong, the demuxer will say it.
    let _ = walk.children(0, u64::MAX, b"file", 0);
    let scale = walk.movie_scale;
    (walk.edits.into_iter().map(|edit| Edit { movie_scale: scale, ..edit }).collect(), walk.covers)
}

struct Walk<'a, S> {
    source: &'a mut S,
    boxes: usize,
    movie_scale: u32,
    /// The id of the track whose box was entered last.
    track: u32,
    edits: Vec<Edit>,
    covers: Vec<u64>,
}

impl<S: Read + Seek> Walk<'_, S> {
    /// Walks the boxes between these places.
    fn children(&mut self, mut at: u64, end: u64, parent: &[u8; 4], depth: usize) -> io::Result<()> {
        while at.saturating_add(8) <= end && self.boxes < MAX_BOXES {
            self.boxes += 1;
            self.source.seek(SeekFrom::Start(at))?;
            let size = u64::from(self.u32()?);
            let mut kind = [0; 4];
            self.source.read_exact(&mut kind)?;
            let (head, size) = match size {
                0 => (8, end - at), // to the end
                1 => (16, self.u64()?),
                size => (8, size),
            };
            if size < head {
                return Err(io::ErrorKind::InvalidData.into());
            }
            let (inside, next) = (at + head, at.saturating_add(size).min(end));
            match &kind {
                _ if parent == b"ilst" && size > BULKY => self.covers.push(at + 4),
                b"moov" | b"trak" | b"edts" | b"udta" | b"ilst" if depth < 5 => {
                    self.children(inside, next, &kind, depth + 1)?;
                }
                b"meta" if depth < 5 => {
                    // With a version, or without it where it comes from QuickTime.
                    let mut first = [0; 8];
                    self.source.read_exact(&mut first)?;
                    let versioned = if &first[4..] == b"hdlr" { 0 } else { 4 };
                    self.children(inside + versioned, next, &kind, depth + 1)?;
                }
                b"mvhd" => {
                    let long = self.version()? == 1;
                    self.skip(if long { 16 } else { 8 })?;
                    self.movie_scale = self.u32()?;
                }
                b"tkhd" => {
                    let long = self.version()? == 1;
                    self.skip(if long { 16 } else { 8 })?;
                    self.track = self.u32()?;
                }
                b"elst" => {
                    let edit = self.edit()?;
                    self.edits.extend(edit);
                }
                _ => {}
            }
            // The movie is all that is wanted, and there is one.
            if depth == 0 && &kind == b"moov" {
                return Ok(());
            }
            at = next;
        }
        Ok(())
    }

    /// The part that is played, from an edit list. Waits before it are left out: they are there to line audio up with a picture.
    fn edit(&mut self) -> io::Result<Option<Edit>> {
        let long = self.version()? == 1;
        let mut found: Option<Edit> = None;
        for _ in 0..self.u32()?.min(MAX_EDITS) {
            let (lasts, begins) = if long {
                (self.u64()?, self.u64()?.cast_signed())
            } else {
                (u64::from(self.u32()?), i64::from(self.u32()?.cast_signed()))
            };
            self.skip(4)?; // the speed
            let Ok(begins) = u64::try_from(begins) else { continue };
            match &mut found {
                Some(first) => first.lasts = None,
                none => {
                    let lasts = Some(lasts).filter(|lasts| *lasts > 0);
                    *none = Some(Edit { track: self.track, begins, lasts, movie_scale: 0 });
                }
            }
        }
        Ok(found)
    }

    fn version(&mut self) -> io::Result<u8> {
        Ok(self.u32()?.to_be_bytes()[0])
    }

    fn skip(&mut self, bytes: i64) -> io::Result<()> {
        self.source.seek(SeekFrom::Current(bytes)).map(drop)
    }

    fn u32(&mut self) -> io::Result<u32> {
        let mut bytes = [0; 4];
        self.source.read_exact(&mut bytes)?;
        Ok(u32::from_be_bytes(bytes))
    }

    fn u64(&mut self) -> io::Result<u64> {
        let mut bytes = [0; 8];
        self.source.read_exact(&mut bytes)?;
        Ok(u64::from_be_bytes(bytes))
    }
}
