//! What of a file's samples is music: encoders put some before and behind it, and each format tells in its own way how many.

use symphonia::core::{
    codecs::audio::well_known::{CODEC_ID_AAC, CODEC_ID_MP3},
    formats::{FormatReader, Track},
    meta::RawValue,
};

use super::mp4::Edit;

/// What the encoder's and the decoder's filters put before an MP3 that does not say how much: 576 and 529 samples.
const UNTAGGED_MP3_DELAY: u64 = 1_105;
/// What any AAC encoder puts at least before one that does not say how much: the first half of its first window.
const LEAST_AAC_DELAY: u64 = 1_024;
/// The size of a WAV's data from which on it is a placeholder.
const MOST_WAVE_BYTES: u64 = 0x7FF0_0000;

/// The part that is meant to be heard, in samples of the track.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Trim {
    /// Samples before its beginning that come out of the decoder all the same.
    pub(super) head: u64,
    /// Its length, where what lies behind it comes out of the decoder as well.
    pub(super) length: Option<u64>,
}

impl Trim {
    pub(super) fn of(format: &mut dyn FormatReader, track: &Track, rate: u32, edits: &[Edit]) -> Self {
        let is =
            |codec| track.codec_params.as_ref().and_then(|it| it.audio()).is_some_and(|audio| audio.codec == codec);
        if let Some(smpb) = smpb(format) {
            return smpb;
        }
        if let Some(edit) = edits.iter().find(|edit| edit.track == track.id) {
            return of_edit(edit, track, rate);
        }
        let head = match (track.delay, format.format_info().short_name) {
            (None, _) if is(CODEC_ID_MP3) => UNTAGGED_MP3_DELAY,
            (None, "aac" | "isomp4" | "matroska") if is(CODEC_ID_AAC) => LEAST_AAC_DELAY,
            _ => 0,
        };
        Self { head, length: None }
    }

    /// How many samples the header promises in all, where it is one that knows.
    pub(super) fn promised(self, format: &dyn FormatReader, track: &Track) -> Option<u64> {
        if self.length.is_some() {
            return self.length.map(|length| length.saturating_add(self.head));
        }
        let samples = track.num_frames.filter(|samples| *samples > 0)?;
        let known = match format.format_info().short_name {
            // Who writes into a pipe does not know the size and writes one that is as large as can be, with or without a sign.
            "wave" => samples.checked_mul(wave_sample_bytes(format, track)?)? < MOST_WAVE_BYTES,
            // Without a tag that tells the delay, it is a guess from the bit rate.
            "mp3" => track.delay.is_some(),
            name => matches!(name, "flac" | "aiff" | "isomp4"),
        };
        known.then_some(samples)
    }
}

/// The length of an MP3 that does not tell its delay is a guess from its bit rate: trimming to it could cut music off.
pub(super) fn length_is_known(track: &Track) -> bool {
    let audio = track.codec_params.as_ref().and_then(|params| params.audio());
    track.delay.is_some() || audio.is_none_or(|audio| audio.codec != CODEC_ID_MP3)
}

fn of_edit(edit: &Edit, track: &Track, rate: u32) -> Trim {
    let (num, den) = track
        .time_base
        .map_or((1, u128::from(rate)), |base| (u128::from(base.numer.get()), u128::from(base.denom.get())));
    let samples = |ticks: u64, num: u128, den: u128| {
        u64::try_from((u128::from(ticks) * num * u128::from(rate) + den / 2) / den).unwrap_or(u64::MAX)
    };
    let head = samples(edit.begins, num, den);
    // To the end of the track: there the last packet tells how much of it counts.
    let to_end = track.duration.map(|ticks| samples(ticks.get(), num, den).saturating_sub(head));
    let told = edit.lasts.zip(core::num::NonZeroU32::new(edit.movie_scale)).map(|(ticks, scale)| {
        let tick = u64::from(rate / scale) + 1;
        (samples(ticks, 1, u128::from(scale.get())), tick)
    });
    let length = match (told, to_end) {
        // The movie's clock is coarse, most often of milliseconds: what differs by no more than a tick is meant to be the same.
        (Some((told, tick)), Some(to_end)) if told.saturating_add(tick) >= to_end => Some(to_end),
        (Some((told, _)), _) => Some(told),
        (None, to_end) => to_end,
    };
    Trim { head, length: length.filter(|length| *length > 0) }
}

/// What iTunes writes: delay, padding and length in hexadecimal, exact to the sample.
fn smpb(format: &mut dyn FormatReader) -> Option<Trim> {
    let mut metadata = format.metadata();
    let latest = metadata.skip_to_latest()?;
    let tag = latest.media.tags.iter().find(|tag| tag.raw.key.ends_with("iTunSMPB"))?;
    let RawValue::String(text) = &tag.raw.value else { return None };
    let fields: Vec<u64> = text.split_whitespace().take(4).filter_map(|it| u64::from_str_radix(it, 16).ok()).collect();
    let [_, head, _, length] = fields[..] else { return None };
    // Nobody's filters are a second long.
    (head < 48_000 && length > 0).then_some(Trim { head, length: Some(length) })
}

/// How many bytes a sample of all channels has in a WAV; none in any other file.
pub(super) fn wave_sample_bytes(format: &dyn FormatReader, track: &Track) -> Option<u64> {
    let audio = track.codec_params.as_ref()?.audio()?;
    let wave = format.format_info().short_name == "wave";
    let bits = u64::from(audio.bits_per_coded_sample.or(audio.bits_per_sample)?);
    let channels = audio.channels.as_ref()?.count() as u64;
    wave.then_some(bits / 8 * channels).filter(|bytes| *bytes > 0)
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use symphonia::core::{codecs::CodecParameters, units::Duration};

    use super::*;

    /// Numbers that no file has, and any file may hold.
    #[test]
    fn lengths_beyond_all_measure_are_as_long_as_can_be() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("a.wav");
        crate::write_wav(&path, &crate::decode::tests::sine(440.0, 44_100, 4_410), 44_100).unwrap();
        let wav = Cursor::new(std::fs::read(&path).unwrap());
        let stream = symphonia::core::io::MediaSourceStream::new(Box::new(wav), Default::default());
        let probe = symphonia::default::get_probe();
        let format = probe.probe(&Default::default(), stream, Default::default(), Default::default()).unwrap();
        let track = &format.tracks()[0];
        // An iTunSMPB of FFFFFFFFFFFFFFFF samples behind a delay.
        let endless = Trim { head: 2_112, length: Some(u64::MAX) };
        assert_eq!(endless.promised(format.as_ref(), track), Some(u64::MAX));
        let known = Trim { head: 2_112, length: Some(4_410) };
        assert_eq!(known.promised(format.as_ref(), track), Some(6_522));

        let mut track = Track::new(1);
        track.codec_params = None::<CodecParameters>;
        track.duration = Some(Duration::from(u64::MAX));
        let edit = Edit { track: 1, begins: 0, lasts: Some(u64::MAX), movie_scale: 1 };
        assert_eq!(of_edit(&edit, &track, 44_100), Trim { head: 0, length: Some(u64::MAX) });
    }
}
