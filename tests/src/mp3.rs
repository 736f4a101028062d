//! Frame boundaries in MPEG-1 Layer III, enough to say which byte holds which sample.

use std::ops::Range;

/// Samples per channel in one frame.
pub(crate) const SAMPLES_PER_FRAME: usize = 1_152;

const KBPS: [usize; 15] = [0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320];
const HZ: [usize; 3] = [44_100, 48_000, 32_000];

/// The byte ranges of the whole frames.
///
/// # Panics
/// If the bytes do not begin with frames and go on so: a broadcast starts at a frame boundary and holds nothing else.
pub(crate) fn frames(bytes: &[u8]) -> Vec<Range<usize>> {
    let mut frames = Vec::new();
    let mut at = 0;
    while let Some(head) = bytes.get(at..at + 4) {
        let length = frame_length(head).unwrap_or_else(|| panic!("no frame header at byte {at}: {head:02x?}"));
        if at + length > bytes.len() {
            break;
        }
        frames.push(at..at + length);
        at += length;
    }
    frames
}

fn frame_length(head: &[u8]) -> Option<usize> {
    if head[0] != 0xff || head[1] & 0xfe != 0xfa {
        return None;
    }
    let kbps = KBPS.get(usize::from(head[2] >> 4)).filter(|kbps| **kbps > 0)?;
    let hz = HZ.get(usize::from(head[2] >> 2 & 3))?;
    let padding = usize::from(head[2] >> 1 & 1);
    Some(144_000 * kbps / hz + padding)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_follow_each_other() {
        let mut bytes = vec![0; 417 + 418 + 10];
        bytes[..3].copy_from_slice(&[0xff, 0xfb, 0x90]);
        bytes[417..420].copy_from_slice(&[0xff, 0xfb, 0x92]);
        bytes[835..838].copy_from_slice(&[0xff, 0xfb, 0x90]);
        assert_eq!(frames(&bytes), [0..417, 417..835], "the third is not whole");
    }

    #[test]
    #[should_panic(expected = "no frame header at byte 0")]
    fn anything_else_is_refused() {
        let _ = frames(b"ICY garbage");
    }
}
