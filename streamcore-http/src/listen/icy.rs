//! ICY metadata: the title of what is heard, between the bytes of the audio, for players that ask for it. Pure.
//!
//! After every [`INTERVAL`] bytes of audio comes one byte that says how many times 16 bytes of metadata follow. None follow if nothing changed.

use std::sync::Arc;

use bytes::{BufMut as _, Bytes, BytesMut};
use streamcore::player::Wave;

/// `icy-metaint`: a second of audio at 128 kbit/s.
pub(crate) const INTERVAL: usize = 16_000;
/// The most that one length byte can announce.
const MAX_BLOCK: usize = 255 * 16;
const BEFORE: &str = "StreamTitle='";
const AFTER: &str = "';";

/// Where one listener is between two titles, and which one it knows.
#[derive(Debug)]
pub(crate) struct Icy {
    /// Audio up to the next metadata.
    left: usize,
    /// None: it was told nothing yet.
    told: Option<Option<Arc<str>>>,
}

impl Default for Icy {
    fn default() -> Self {
        Self { left: INTERVAL, told: None }
    }
}

impl Icy {
    /// The audio of a wave with metadata where it is due. A wave without any stays the bytes that all share.
    pub(crate) fn interleave(&mut self, wave: &Wave) -> Bytes {
        let mut audio = &wave.audio[..];
        if audio.len() < self.left {
            self.left -= audio.len();
            return wave.audio.clone();
        }
        let mut mixed = BytesMut::with_capacity(audio.len() + 128);
        while let Some((due, behind)) = audio.split_at_checked(self.left) {
            mixed.put_slice(due);
            self.put_metadata(wave.title.as_ref(), &mut mixed);
            (audio, self.left) = (behind, INTERVAL);
        }
        mixed.put_slice(audio);
        self.left -= audio.len();
        mixed.freeze()
    }

    fn put_metadata(&mut self, title: Option<&Arc<str>>, into: &mut BytesMut) {
        if self.told.as_ref().is_some_and(|told| told.as_ref() == title) {
            into.put_u8(0);
            return;
        }
        self.told = Some(title.cloned());
        let text = format!("{BEFORE}{}{AFTER}", shown(title.map_or("", |title| title)));
        let blocks = text.len().div_ceil(16);
        into.put_u8(u8::try_from(blocks).unwrap_or(u8::MAX)); // `shown` keeps it within
        into.put_slice(text.as_bytes());
        into.put_bytes(0, blocks * 16 - text.len());
    }
}

/// A title that fits, and in which no player sees the end of the title: that is a quote before a semicolon.
fn shown(title: &str) -> String {
    let mut title: String = title.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    title = title.replace(AFTER, "\u{2019};");
    title.truncate(title.floor_char_boundary(MAX_BLOCK - BEFORE.len() - AFTER.len()));
    title
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn wave(audio: &[u8], title: &str) -> Wave {
        Wave { audio: Bytes::copy_from_slice(audio), title: (!title.is_empty()).then(|| title.into()), cut: false }
    }

    /// What a player takes apart: the audio, and the texts that came with their place in it.
    fn take_apart(mixed: &[u8]) -> (Vec<u8>, Vec<(usize, String)>) {
        let (mut audio, mut texts, mut rest) = (Vec::new(), Vec::new(), mixed);
        while let Some((due, behind)) = rest.split_at_checked(INTERVAL) {
            audio.extend_from_slice(due);
            let Some((blocks, behind)) = behind.split_first() else { return (audio, texts) };
            let (text, behind) = behind.split_at(usize::from(*blocks) * 16);
            if *blocks > 0 {
                texts.push((audio.len(), String::from_utf8(text.to_vec()).unwrap().trim_end_matches('\0').to_owned()));
            }
            rest = behind;
        }
        audio.extend_from_slice(rest);
        (audio, texts)
    }

    /// Promise H12.
    #[test]
    fn a_title_is_told_once_and_at_its_place() {
        let mut icy = Icy::default();
        let mut mixed = Vec::new();
        for (seconds, title) in [(2, "a"), (1, "b"), (2, ""), (1, "a")] {
            for _ in 0..seconds * 4 {
                mixed.extend(icy.interleave(&wave(&[7; INTERVAL / 4], title)));
            }
        }
        let (audio, texts) = take_apart(&mixed);
        assert_eq!(audio, vec![7; 6 * INTERVAL]);
        let told: Vec<_> = texts.iter().map(|(at, text)| (at / INTERVAL, text.as_str())).collect();
        assert_eq!(
            told,
            [(1, "StreamTitle='a';"), (3, "StreamTitle='b';"), (4, "StreamTitle='';"), (6, "StreamTitle='a';")]
        );
    }

    #[test]
    fn a_wave_in_which_nothing_is_due_is_not_copied() {
        let wave = wave(&[7; INTERVAL - 1], "a");
        assert_eq!(Icy::default().interleave(&wave).as_ptr(), wave.audio.as_ptr());
    }

    #[test]
    fn no_title_can_end_early_or_be_too_long() {
        assert_eq!(shown("Rock 'n' Roll; Don't; 'x'; y\0\n"), "Rock 'n' Roll; Don't; 'x\u{2019}; y  ");
        let long = "\u{044f}".repeat(5_000);
        let mut icy = Icy::default();
        let mixed = icy.interleave(&wave(&[7; INTERVAL], &long));
        let (_, texts) = take_apart(&mixed);
        assert_eq!(mixed.len(), INTERVAL + 1 + MAX_BLOCK);
        assert!(texts[0].1.ends_with("\u{044f}';"), "cut between characters");
    }

    proptest! {
        /// Promise H12.
        #[test]
        fn the_audio_is_unharmed(waves in prop::collection::vec((0..3 * INTERVAL, ".{0,40}"), 0..12)) {
            let (mut icy, mut mixed, mut sent) = (Icy::default(), Vec::new(), Vec::new());
            for (index, (length, title)) in waves.iter().enumerate() {
                let audio = vec![index as u8; *length];
                mixed.extend(icy.interleave(&wave(&audio, title)));
                sent.extend(audio);
            }
            prop_assert_eq!(take_apart(&mixed).0, sent);
        }
    }
}
