//! Where a file holds what is large and not music: pictures, attachments, tags beyond reason.
//!
//! Containers are walked by the headers of their parts, and each part that is bulky is given the name that its format has for padding. Whatever
//! is wrong with a file, its demuxer will say it: a walk ends where it does not understand. Ogg has no such name; its demuxer reads no more
//! than the bound of [`bounded`](super::bounded).

use std::io::{self, Read, Seek, SeekFrom};

use super::{
    bounded::Patch,
    mp4::{self, Edit},
};

/// From this size on a part is bulky.
pub(super) const BULKY: u64 = 256 << 10;
/// Tags of the older kinds of ID3 are read as a whole or not at all: up to here they are.
const WHOLE_TAG: u64 = 3 << 20;
/// The chunks of AIFF that are not there to tell something.
const AIFF_NEEDS: [&[u8; 4]; 4] = [b"COMM", b"SSND", b"FVER", b"MARK"];
/// Parts of a file that are looked at.
const MOST_PARTS: usize = 4_096;

/// What to put over a source's bytes, and its edits if it is an MP4 file. Leaves the source anywhere.
pub(super) fn find<S: Read + Seek>(source: &mut S) -> (Vec<Patch>, Vec<Edit>) {
    let mut walk = Walk { source, patches: Vec::new(), parts: 0 };
    let edits = walk.file().unwrap_or_default();
    (walk.patches, edits)
}

struct Walk<'a, S> {
    source: &'a mut S,
    patches: Vec<Patch>,
    parts: usize,
}

impl<S: Read + Seek> Walk<'_, S> {
    fn file(&mut self) -> io::Result<Vec<Edit>> {
        let mut at = 0;
        let mut begin = self.bytes::<12>(at)?;
        // Tags stand before files of any format, and before other tags.
        while begin.starts_with(b"ID3") && !self.is_over() {
            at = self.id3(at, &begin)?;
            begin = self.bytes(at)?;
        }
        match &begin {
            [b'f', b'L', b'a', b'C', ..] => self.flac(at + 4)?,
            [b'R', b'I', b'F', b'F' | b'X', .., b'W', b'A', b'V', b'E'] | [b'R', b'F', b'6', b'4', ..] => {
                self.chunks(at + 12, u32::from_le_bytes, |kind| kind == b"LIST")?;
            }
            [b'F', b'O', b'R', b'M', .., b'A', b'I', b'F', b'F' | b'C'] => {
                self.chunks(at + 12, u32::from_be_bytes, |kind| !AIFF_NEEDS.contains(&kind))?;
            }
            [0x1A, 0x45, 0xDF, 0xA3, ..] => self.matroska(at)?,
            [_, _, _, _, b'f', b't', b'y', b'p', ..] if at == 0 => {
                let (edits, covers) = mp4::edits_and_covers(self.source);
                // Among tags, a box of free space is taken for one; a name that nobody uses is not.
                covers.into_iter().for_each(|kind_at| self.put(kind_at, b"bulk"));
                return Ok(edits);
            }
            _ => {}
        }
        Ok(Vec::new())
    }

    /// A tag at this place. Returns where it ends.
    fn id3(&mut self, at: u64, head: &[u8; 12]) -> io::Result<u64> {
        let (version, flags) = (head[3], head[5]);
        let size = syncsafe(&head[6..10]);
        let end = at + 10 + size;
        let next = if flags & 0x10 == 0 { end } else { end + 10 };
        if size <= BULKY {
            return Ok(next);
        }
        // Where what is said about sizes must be translated first, all is left out: no flags, and padding.
        let plain = flags & 0x40 == 0 && (version == 4 || version == 3 && flags & 0x80 == 0);
        if !plain {
            if size > WHOLE_TAG {
                self.put(at + 5, &[flags & 0x10]);
                self.put(at + 10, &[0; 4]);
            }
            return Ok(next);
        }
        let mut frame_at = at + 10;
        while frame_at + 10 <= end {
            if self.is_over() {
                self.put(frame_at, &[0; 4]);
                break;
            }
            let frame = self.bytes::<10>(frame_at)?;
            if !frame[..4].iter().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit()) {
                break;
            }
            let size = if version == 4 { syncsafe(&frame[4..8]) } else { u64::from(number(&frame[4..8])) };
            if size > BULKY {
                // Compressed frames are passed over; those of the newer kind have to tell their full size.
                self.put(frame_at + 8, if version == 4 { &[0, 0x09] } else { &[0, 0x80] });
            }
            frame_at += 10 + size;
        }
        Ok(next)
    }

    fn flac(&mut self, mut at: u64) -> io::Result<()> {
        const PADDING: u8 = 1;
        const APPLICATION: u8 = 2;
        const COMMENT: u8 = 4;
        const PICTURE: u8 = 6;
        while !self.is_over() {
            let head = self.bytes::<4>(at)?;
            let size = u64::from(number(&[0, head[1], head[2], head[3]]));
            let passed = match head[0] & 0x7F {
                // It tells its size once more within, and that may be another one.
                PICTURE => true,
                APPLICATION => size > BULKY,
                COMMENT => size > WHOLE_TAG,
                _ => false,
            };
            if passed {
                self.put(at, &[head[0] & 0x80 | PADDING]);
            }
            if head[0] & 0x80 != 0 {
                break;
            }
            at += 4 + size;
        }
        Ok(())
    }

    /// The chunks of WAV and AIFF.
    fn chunks(&mut self, mut at: u64, size: fn([u8; 4]) -> u32, unneeded: fn(&[u8; 4]) -> bool) -> io::Result<()> {
        while !self.is_over() {
            let [kind @ .., a, b, c, d] = self.bytes::<8>(at)?;
            let size = u64::from(size([a, b, c, d]));
            if size > BULKY && unneeded(&kind) {
                self.put(at, b"JUNK");
            }
            at += 8 + size + size % 2;
        }
        Ok(())
    }

    fn matroska(&mut self, mut at: u64) -> io::Result<()> {
        const SEGMENT: u64 = 0x1853_8067;
        // Attachments, tags, chapters.
        const BULK: [u64; 3] = [0x1941_A469, 0x1254_C367, 0x1043_A770];
        while !self.is_over() {
            let head = self.bytes::<12>(at)?;
            let Some((id, id_bytes)) = variable(&head, false) else { break };
            let Some((size, size_bytes)) = variable(&head[id_bytes..], true) else { break };
            let before = (id_bytes + size_bytes) as u64;
            if id == SEGMENT {
                at += before;
                continue;
            }
            if size == (1 << (7 * size_bytes)) - 1 {
                break; // of unknown size
            }
            if size > BULKY && BULK.contains(&id) {
                // The name of padding is one byte long: its size makes up for the rest.
                let width = (before - 1).min(8);
                let padding = size + before - 1 - width;
                let marked = padding | 1 << (7 * width);
                self.put(at, &[&[0xEC], &marked.to_be_bytes()[8 - width as usize..]].concat());
            }
            at = at.saturating_add(before).saturating_add(size);
        }
        Ok(())
    }

    /// Counts the parts.
    fn is_over(&mut self) -> bool {
        self.parts += 1;
        self.parts > MOST_PARTS
    }

    fn put(&mut self, at: u64, bytes: &[u8]) {
        self.patches.push(Patch { at, bytes: bytes.to_vec() });
    }

    fn bytes<const N: usize>(&mut self, at: u64) -> io::Result<[u8; N]> {
        let mut bytes = [0; N];
        self.source.seek(SeekFrom::Start(at))?;
        self.source.read_exact(&mut bytes)?;
        Ok(bytes)
    }
}

fn number(bytes: &[u8]) -> u32 {
    bytes.iter().fold(0, |number, byte| number << 8 | u32::from(*byte))
}

/// Seven bits of each byte.
fn syncsafe(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0, |number, byte| number << 7 | u64::from(byte & 127))
}

/// A number of Matroska and how many bytes it takes, without or with the bit that tells this.
fn variable(bytes: &[u8], unmarked: bool) -> Option<(u64, usize)> {
    let count = bytes.first()?.leading_zeros() as usize + 1;
    let number = bytes.get(..count).filter(|_| count <= 8)?;
    let number = number.iter().fold(0, |number, byte| number << 8 | u64::from(*byte));
    Some((if unmarked { number & !(1 << (7 * count)) } else { number }, count))
}
