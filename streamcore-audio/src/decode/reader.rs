//! Demuxing and decoding: a file becomes interleaved stereo PCM at its own rate, trimmed to what its maker meant to be heard.

use std::{fs::File, io, time::Duration};

use streamcore::{FailureKind, FailureReason};
use symphonia::core::{
    codecs::audio::{AudioDecoder, AudioDecoderOptions},
    errors::Error,
    formats::{FormatOptions, FormatReader, SeekMode, SeekTo, Track, TrackType, probe::Hint},
    io::{MediaSource, MediaSourceStream},
    meta::{MetadataOptions, StandardTag},
    packet::Packet,
    units::Timestamp,
};

use super::{
    bounded::{Allowance, Bounded, MOST_BYTES},
    downmix::Downmix,
    trim::{Trim, length_is_known, wave_sample_bytes},
};
use crate::source::out_of_means;

/// After this many packets in a row that cannot be decoded, the rest is given up.
const MAX_BAD_PACKETS: u32 = 200;
/// How much before the wanted place decoding begins after a seek, so that the overlap of the codecs has settled there.
const PREROLL: u64 = 4 * 1_152;
/// Sampling rates that somebody could mean seriously.
const RATES: std::ops::RangeInclusive<u32> = 4_000..=768_000;

/// An open file.
pub(crate) struct Reader {
    format: Box<dyn FormatReader>,
    decoder: Box<dyn AudioDecoder>,
    track: Track,
    rate: u32,
    trim: Trim,
    /// Decoded samples before this position, counted in samples of the item, are dropped.
    start: Option<u64>,
    /// How many samples were decoded from the beginning, or none after a seek: then packets tell where they belong.
    counted: Option<u64>,
    /// Behind the last sample that was decoded, after a seek.
    reached: Option<u64>,
    /// How many samples at which rate its header says that there are, if that is to be believed.
    promised: Option<(u64, u32)>,
    allowance: Allowance,
    interleaved: Vec<f32>,
    pub(crate) decoded_any: bool,
    /// Whether all that is to be heard was decoded.
    is_over: bool,
    bad_packets: u32,
    /// What whoever queued it can do if it is broken, for messages.
    remedy: &'static str,
}

/// What a step of reading gave.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Step {
    /// PCM at this rate, in Hz, was appended (perhaps none).
    Pcm(u32),
    /// There is no more.
    End,
}

/// What a file says about itself.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct About {
    pub(crate) duration: Option<Duration>,
    pub(crate) title: Option<String>,
    pub(crate) artist: Option<String>,
}

impl Reader {
    /// Opens a file and reads its header; `name` is for messages.
    pub(crate) fn open(file: File, name: &str) -> Result<Self, FailureReason> {
        Self::read(Box::new(file), name).map(|reader| Self { remedy: "upload it again", ..reader })
    }

    /// See [`open`](Self::open).
    pub(crate) fn read(source: Box<dyn MediaSource>, name: &str) -> Result<Self, FailureReason> {
        let (source, edits, allowance) = Bounded::new(source).map_err(|error| refused(name, &Error::IoError(error)))?;
        let stream = MediaSourceStream::new(Box::new(source), Default::default());
        let mut hint = Hint::new();
        if let Some((_, extension)) = name.rsplit_once('.') {
            hint.with_extension(extension);
        }
        let mut format = symphonia::default::get_probe()
            .probe(&hint, stream, FormatOptions::default(), MetadataOptions::default())
            .map_err(|error| if allowance.is_used_up() { too_much(name) } else { refused(name, &error) })?;
        let (track, decoder, rate) = decoder_of(format.as_ref(), name)?;
        let trim = Trim::of(format.as_mut(), &track, rate, &edits);
        let promised = trim.promised(format.as_ref(), &track).map(|samples| (samples, rate));
        Ok(Self {
            reached: None,
            promised,
            allowance,
            format,
            decoder,
            track,
            rate,
            trim,
            start: (trim.head > 0).then_some(0),
            counted: Some(0),
            interleaved: Vec::new(),
            decoded_any: false,
            is_over: false,
            bad_packets: 0,
            remedy: "use another address",
        })
    }

    /// Begins at this position, exact to the sample. Past the end, the end comes at once. Only before the first step.
    ///
    /// Tries to seek; where that does not work the packets before the position are decoded and dropped. Returns false if a failed seek may have
    /// left the file anywhere: then it must be opened again and be told [`discard_before`](Self::discard_before).
    pub(crate) fn seek(&mut self, from: Duration) -> bool {
        let position = crate::pcm::samples_in(from, self.rate);
        self.discard_before(from);
        // Near the beginning decoding is as quick, and always exact.
        let Some(target) = position.checked_sub(PREROLL).filter(|target| *target > u64::from(self.rate)) else {
            return true;
        };
        let Some(ts) = self.timestamp_of(target.saturating_add(self.trim.head)) else { return true };
        let to = SeekTo::Timestamp { ts, track_id: self.track.id };
        // Some formats can only be searched from the beginning.
        self.allowance.lift();
        if self.format.seek(SeekMode::Accurate, to).is_err() {
            return false;
        }
        self.decoder.reset();
        self.counted = None;
        true
    }

    /// Drops whatever lies before this position.
    pub(crate) fn discard_before(&mut self, from: Duration) {
        self.start = Some(crate::pcm::samples_in(from, self.rate));
    }

    /// Reads one packet and appends its PCM, interleaved stereo.
    pub(crate) fn step(&mut self, out: &mut Vec<f32>) -> Result<Step, FailureReason> {
        if self.is_over {
            return self.end();
        }
        self.allowance.renew();
        let packet = match self.format.next_packet() {
            Ok(Some(packet)) => packet,
            Err(_) if self.allowance.is_used_up() => {
                return Err(FailureReason::new(
                    FailureKind::Broken,
                    "there is too much between its packets; convert it",
                ));
            }
            Ok(None) => return self.end(),
            // A file that was cut off ends where it is cut off.
            Err(Error::IoError(error)) if error.kind() == io::ErrorKind::UnexpectedEof => return self.end(),
            Err(Error::ResetRequired) => return self.another_track(),
            Err(Error::IoError(error)) => {
                let unreadable =
                    || FailureReason::new(FailureKind::Unreadable, format!("reading failed: {}", error.kind()));
                return Err(out_of_means(&error).unwrap_or_else(unreadable));
            }
            Err(error) => return self.bad(&error),
        };
        if packet.track_id != self.track.id {
            return Ok(Step::Pcm(self.rate));
        }
        let starts_at = self.position_of(&packet);
        match self.decoder.decode(&packet) {
            Ok(buffer) => {
                let rate = buffer.spec().rate();
                let mix = Downmix::new(buffer.spec().channels());
                self.interleaved.resize(buffer.samples_interleaved(), 0.0);
                buffer.copy_to_slice_interleaved(&mut self.interleaved);
                let before = out.len();
                mix.mix(&self.interleaved, out);
                self.bad_packets = 0;
                self.drop_outside(out, before, starts_at);
                if RATES.contains(&rate) {
                    self.rate = rate;
                }
                Ok(Step::Pcm(self.rate))
            }
            Err(Error::DecodeError(_) | Error::IoError(_)) => self.bad(&Error::DecodeError("packet")),
            Err(Error::ResetRequired) => self.another_track(),
            Err(error) => self.bad(&error),
        }
    }

    /// Removes what lies before the wanted start and behind the end from the PCM appended behind `before`.
    fn drop_outside(&mut self, out: &mut Vec<f32>, before: usize, starts_at: i64) {
        let appended = crate::pcm::samples(&out[before..]) as u64;
        if appended > 0 {
            self.decoded_any = true;
        }
        let at = match &mut self.counted {
            Some(counted) => {
                let at = i64::try_from(*counted).unwrap_or(i64::MAX).saturating_sub_unsigned(self.trim.head);
                *counted += appended;
                at
            }
            None => {
                let until = starts_at.saturating_add(i64::try_from(appended).unwrap_or(i64::MAX));
                self.reached = self.reached.max(u64::try_from(until).ok());
                starts_at
            }
        };
        if let Some(length) = self.trim.length {
            let left = i64::try_from(length).unwrap_or(i64::MAX).saturating_sub(at);
            let left = u64::try_from(left).unwrap_or(0).min(appended);
            out.truncate(before + left as usize * 2);
            self.is_over = left < appended || left == 0;
        }
        let Some(start) = self.start else { return };
        let appended = crate::pcm::samples(&out[before..]) as u64;
        let early = i64::try_from(start).unwrap_or(i64::MAX).saturating_sub(at);
        match u64::try_from(early) {
            Ok(early) if early >= appended => out.truncate(before),
            Ok(early) => {
                out.drain(before..before + early as usize * 2);
                self.start = None;
            }
            Err(_) => self.start = None,
        }
    }

    /// The end, or that there was nothing.
    fn end(&mut self) -> Result<Step, FailureReason> {
        if self.decoded_any || self.counted.is_none() {
            return Ok(Step::End);
        }
        Err(if self.bad_packets > 0 {
            FailureReason::new(
                FailureKind::Broken,
                format!("nothing in it could be decoded; it may be cut off: {}, or convert it", self.remedy),
            )
        } else {
            FailureReason::new(FailureKind::Empty, "it holds no audio")
        })
    }

    /// At the end: why it is not the end that the header promised; none if it is, or if that cannot be known.
    pub(crate) fn broke_off(&self) -> Option<FailureReason> {
        let (promised, rate) = self.promised.filter(|(_, rate)| *rate == self.rate)?;
        let reached = self.counted.or(self.reached)?;
        let seconds = |samples| crate::pcm::time_of(samples, rate).as_secs_f64();
        (reached + u64::from(rate) / 2 < promised).then(|| {
            let (after, of) = (seconds(reached), seconds(promised));
            FailureReason::new(
                FailureKind::Broken,
                format!("broke off after {after:.1} s of {of:.1} s; {}", self.remedy),
            )
        })
    }

    /// A packet that cannot be decoded is left out; too many in a row are the end of it.
    fn bad(&mut self, error: &Error) -> Result<Step, FailureReason> {
        self.bad_packets += 1;
        if self.bad_packets > MAX_BAD_PACKETS {
            return Err(FailureReason::new(FailureKind::Broken, format!("it cannot be decoded any further: {error}")));
        }
        Ok(Step::Pcm(self.rate))
    }

    /// In a chained file a new track begins where the last one ended.
    fn another_track(&mut self) -> Result<Step, FailureReason> {
        let (track, decoder, rate) = decoder_of(self.format.as_ref(), "the next part")?;
        (self.track, self.decoder, self.rate) = (track, decoder, rate);
        (self.promised, self.trim.length) = (None, None);
        Ok(Step::Pcm(rate))
    }

    /// Where in the item the first sample lies that this packet will give.
    fn position_of(&self, packet: &Packet) -> i64 {
        let ticks = packet.pts.get().saturating_add(i64::try_from(packet.trim_start.get()).unwrap_or(0));
        let (num, den) = self.time_base();
        let samples = i128::from(ticks) * num * i128::from(self.rate) / den;
        i64::try_from(samples).unwrap_or(i64::MAX).saturating_sub_unsigned(self.trim.head)
    }

    fn timestamp_of(&self, sample: u64) -> Option<Timestamp> {
        let (num, den) = self.time_base();
        let ticks = i128::from(sample) * den / (num * i128::from(self.rate));
        i64::try_from(ticks).ok().map(Timestamp::from)
    }

    /// Seconds per tick of the track's timestamps, as a fraction.
    fn time_base(&self) -> (i128, i128) {
        self.track
            .time_base
            .map_or((1, i128::from(self.rate)), |base| (i128::from(base.numer.get()), i128::from(base.denom.get())))
    }

    /// The short name of its format, by its content.
    pub(crate) fn format(&self) -> &'static str {
        self.format.format_info().short_name
    }

    /// What the header tells. `bytes` is the size of the file: no header can promise more PCM than that.
    pub(crate) fn about(&mut self, bytes: u64) -> About {
        let most = wave_sample_bytes(self.format.as_ref(), &self.track).map_or(u64::MAX, |frame| bytes / frame);
        let whole = self.track.num_frames.map(|frames| frames.min(most).saturating_sub(self.trim.head));
        let samples = self.trim.length.or(whole);
        let duration = samples.filter(|samples| *samples > 0).map(|samples| crate::pcm::time_of(samples, self.rate));
        let mut title = None;
        let mut artist = None;
        let mut metadata = self.format.metadata();
        if let Some(latest) = metadata.skip_to_latest() {
            for tag in &latest.media.tags {
                match &tag.std {
                    Some(StandardTag::TrackTitle(text)) if title.is_none() => title = Some(text.to_string()),
                    Some(StandardTag::Artist(text)) if artist.is_none() => artist = Some(text.to_string()),
                    _ => {}
                }
            }
        }
        About { duration, title, artist }
    }
}

fn decoder_of(format: &dyn FormatReader, name: &str) -> Result<(Track, Box<dyn AudioDecoder>, u32), FailureReason> {
    let no_audio =
        || FailureReason::new(FailureKind::Unsupported, format!("{name:?} holds no audio that can be played"));
    let track = format.default_track(TrackType::Audio).ok_or_else(no_audio)?.clone();
    let audio = track.codec_params.as_ref().and_then(|params| params.audio()).ok_or_else(no_audio)?;
    let rate = audio.sample_rate.filter(|rate| RATES.contains(rate)).ok_or_else(no_audio)?;
    let options = AudioDecoderOptions::default().gapless(length_is_known(&track));
    let decoder =
        symphonia::default::get_codecs().make_audio_decoder(audio, &options).map_err(|error| refused(name, &error))?;
    Ok((track, decoder, rate))
}

/// That the bound was reached before there was any audio.
fn too_much(name: &str) -> FailureReason {
    let most = MOST_BYTES >> 20;
    let detail =
        format!("{name:?} holds more than {most} MiB before its audio; remove the pictures in its tags, or convert it");
    FailureReason::new(FailureKind::Unsupported, detail)
}

/// Why a file was not taken at all.
fn refused(name: &str, error: &Error) -> FailureReason {
    match error {
        Error::IoError(error) if error.kind() != io::ErrorKind::UnexpectedEof => {
            out_of_means(error).unwrap_or_else(|| {
                FailureReason::new(FailureKind::Unreadable, format!("{name:?} cannot be read: {}", error.kind()))
            })
        }
        _ => FailureReason::new(
            FailureKind::Unsupported,
            format!("{name:?} is not audio that can be played; use MP3, M4A, FLAC, Ogg Vorbis, WAV or AIFF"),
        ),
    }
}
