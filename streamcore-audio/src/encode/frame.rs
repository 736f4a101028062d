//! The header of an MP3 frame, as far as it matters here: MPEG-1 Layer III.

/// How many samples later than it was fed a sample comes out of a decoder: 576 of the encoder, 529 of any decoder.
pub(crate) const DECODED_DELAY: u64 = 576 + 529;

/// What the first bytes of a frame say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct FrameHeader {
    /// Length of the whole frame in bytes.
    pub(crate) bytes: usize,
    pub(crate) bitrate_kbps: u32,
    pub(crate) sample_rate: u32,
    /// How many bytes before this frame its data begins: 0 for a frame that stands alone.
    pub(crate) main_data_begin: u16,
}

impl FrameHeader {
    /// Reads the header at the beginning of `data`; none if that is not a frame of MPEG-1 Layer III.
    pub(crate) fn parse(data: &[u8]) -> Option<Self> {
        const KBPS: [u32; 14] = [32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320];
        const RATES: [u32; 3] = [44_100, 48_000, 32_000];
        let [a, b, c, _d, e, f, g, ..] = *data else { return None };
        // Eleven bits of sync, version 1, layer III; the last bit of `b` is clear if a checksum follows.
        if a != 0xFF || b & 0xFE != 0xFA {
            return None;
        }
        let bitrate_kbps = *KBPS.get(usize::from(c >> 4).checked_sub(1)?)?;
        let sample_rate = *RATES.get(usize::from(c >> 2 & 3))?;
        let padding = usize::from(c >> 1 & 1);
        let bytes = (144_000 * bitrate_kbps / sample_rate) as usize + padding;
        let side = if b & 1 == 1 { [e, f] } else { [g, *data.get(7)?] };
        let main_data_begin = u16::from(side[0]) << 1 | u16::from(side[1] >> 7);
        Some(Self { bytes, bitrate_kbps, sample_rate, main_data_begin })
    }

    /// Whether the transform's windows of frame `after` go on where those of frame `before` end, in both channels.
    pub(crate) fn joins(before: &[u8], after: &[u8]) -> bool {
        let (Some(before), Some(after)) = (windows(before, 1), windows(after, 0)) else { return false };
        before.into_iter().zip(after).all(|(before, after)| match before {
            Window::Long | Window::Stop => matches!(after, Window::Long | Window::Start),
            Window::Start | Window::Short => matches!(after, Window::Short | Window::Stop),
        })
    }
}

/// The shapes of windows: one whose overlap with the next is long is followed by one that begins long.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Window {
    Long,
    Start,
    Short,
    Stop,
}

/// The windows of both channels in the first (0) or second (1) half of a stereo frame; none if that cannot be read.
fn windows(frame: &[u8], half: usize) -> Option<[Window; 2]> {
    // In bits: what comes first, what each half of each channel has, and where in that the window is told.
    const BEFORE: usize = 9 + 3 + 8;
    const EACH: usize = 59;
    const TOLD: usize = 12 + 9 + 8 + 4;
    let side = if frame.get(1)? & 1 == 1 { 4 } else { 6 };
    let bit = |at: usize| Some(frame.get(side + at / 8)? >> (7 - at % 8) & 1);
    let window = |channel: usize| {
        let at = BEFORE + (half * 2 + channel) * EACH + TOLD;
        Some(match (bit(at)?, bit(at + 1)?, bit(at + 2)?) {
            (0, ..) => Window::Long,
            (_, 0, 1) => Window::Start,
            (_, 1, 0) => Window::Short,
            (_, 1, _) => Window::Stop,
            _ => return None, // a long window is not told like that
        })
    };
    Some([window(0)?, window(1)?])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_header_is_read_and_noise_is_refused() {
        let header = FrameHeader::parse(&[0xFF, 0xFB, 0x92, 0x64, 0x01, 0x80, 0]).unwrap();
        assert_eq!(header, FrameHeader { bytes: 418, bitrate_kbps: 128, sample_rate: 44_100, main_data_begin: 3 });
        assert_eq!(FrameHeader::parse(b"RIFFxxxx"), None);
        assert_eq!(FrameHeader::parse(&[0xFF, 0xFB, 0xF2, 0, 0, 0, 0]), None, "bit rate 15");
        assert_eq!(FrameHeader::parse(&[0xFF, 0xFB, 0x9C, 0, 0, 0, 0]), None, "sampling rate 3");
        assert_eq!(FrameHeader::parse(&[0xFF, 0xFB]), None);
    }
}
