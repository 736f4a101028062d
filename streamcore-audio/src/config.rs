//! What an operator may choose about the player, and which choices make no sense.

use std::{path::PathBuf, time::Duration};

/// The bit rates that an MPEG-1 Layer III stream may have, in kbit/s, as far as the encoder offers them.
const BITRATES: [u32; 13] = [32, 40, 48, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320];
/// The quickest quality that the encoder tells from others.
const MOST_QUALITY: u8 = 7;
/// The sampling rates of MPEG-1, in Hz.
const SAMPLE_RATES: [u32; 3] = [32_000, 44_100, 48_000];

/// Settings of an [`AudioPlayer`](crate::AudioPlayer); the same for all of its streams.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AudioConfig {
    /// The directory that holds the media. Nothing outside of it is ever opened.
    pub media_dir: PathBuf,
    /// Bit rate of the broadcast in kbit/s (128): 32, 40, 48, 64, 80, 96, 112, 128, 160, 192, 224, 256 or 320.
    pub bitrate_kbps: u32,
    /// Sampling rate of the broadcast in Hz (44,100): 32,000, 44,100 or 48,000.
    pub sample_rate: u32,
    /// How much work the encoder makes of it (7): from 0, as well as it can, to 7, as quickly as it can. On music at 128 kbit/s, 5 costs about twice
    /// the CPU of 7 for about one decibel less noise beyond what the ear forgives, and 2 four times.
    pub quality: u8,
    /// How much audio is sent at a time (250 ms): 50 ms to 2 s. Longer waves cost less CPU per listener.
    pub wave: Duration,
    /// How much of the recent past a new listener gets at once (2 s): at most 30 s.
    pub burst: Duration,
    /// How far ahead of the air audio is encoded (1 s): 200 ms to 10 s.
    pub lead: Duration,
    /// How much of a playback is still to be sent when its end is reported (600 ms): two waves or, if that is less, the lead, to the lead. Less
    /// tells the end closer to when listeners get it; in this time, less a wave, the next order must come for a join without a gap.
    pub handoff: Duration,
    /// How far a listener may fall behind before it is dropped (10 s): more than burst and two waves, at most 2 minutes.
    pub max_lag: Duration,
    /// A file to loop when nothing plays, instead of the built-in chord (none): a path in the media directory, or an absolute one, which is trusted.
    /// At most 5 minutes long; it is held in memory, decoded. If it cannot be used the chord plays, and
    /// [`AudioPlayer::placeholder_problem`](crate::AudioPlayer::placeholder_problem) says why.
    pub placeholder: Option<String>,
    /// How many listeners one stream may have (10,000): at least one.
    pub max_listeners: usize,
    /// Media behind http(s) URLs: public addresses only, by default.
    #[cfg(feature = "remote")]
    pub remote: crate::RemoteConfig,
}

impl AudioConfig {
    /// The defaults, with this media directory.
    #[must_use]
    pub fn new(media_dir: impl Into<PathBuf>) -> Self {
        Self {
            media_dir: media_dir.into(),
            bitrate_kbps: 128,
            sample_rate: 44_100,
            quality: 7,
            wave: Duration::from_millis(250),
            burst: Duration::from_secs(2),
            lead: Duration::from_secs(1),
            handoff: Duration::from_millis(600),
            max_lag: Duration::from_secs(10),
            placeholder: None,
            max_listeners: 10_000,
            #[cfg(feature = "remote")]
            remote: crate::RemoteConfig::default(),
        }
    }

    /// Checks everything but the directory, which is looked at when it is opened.
    pub(crate) fn validate(&self) -> Result<(), ConfigError> {
        let within = |name, value: Duration, least: Duration, most: Duration| {
            if value < least || value > most {
                return Err(ConfigError::Duration { name, value, least, most });
            }
            Ok(())
        };
        if !SAMPLE_RATES.contains(&self.sample_rate) {
            return Err(ConfigError::SampleRate { rate: self.sample_rate });
        }
        if !BITRATES.contains(&self.bitrate_kbps) {
            return Err(ConfigError::Bitrate { kbps: self.bitrate_kbps });
        }
        if self.quality > MOST_QUALITY {
            return Err(ConfigError::Quality { quality: self.quality });
        }
        if self.max_listeners == 0 {
            return Err(ConfigError::NoListeners);
        }
        #[cfg(feature = "remote")]
        if let Some((name, value, least, most)) = self.remote.out_of_range() {
            return Err(ConfigError::Duration { name, value, least, most });
        }
        within("wave", self.wave, Duration::from_millis(50), Duration::from_secs(2))?;
        within("burst", self.burst, Duration::ZERO, Duration::from_secs(30))?;
        within("lead", self.lead, Duration::from_millis(200), Duration::from_secs(10))?;
        within("handoff", self.handoff, self.lead.min(2 * self.wave), self.lead)?;
        within("max_lag", self.max_lag, self.burst + 2 * self.wave, Duration::from_secs(120))
    }

    pub(crate) fn format(&self) -> MountFormat {
        MountFormat { sample_rate: self.sample_rate, bitrate_kbps: self.bitrate_kbps, quality: self.quality }
    }
}

/// What every frame of a mount looks like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct MountFormat {
    pub(crate) sample_rate: u32,
    pub(crate) bitrate_kbps: u32,
    pub(crate) quality: u8,
}

impl MountFormat {
    /// The most bytes that a frame has.
    pub(crate) fn frame_bytes(self) -> usize {
        (144_000 * self.bitrate_kbps / self.sample_rate) as usize + 1
    }
}

/// Why a player cannot be made from these settings.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ConfigError {
    /// MPEG-1 has no such sampling rate.
    #[error("sample_rate {rate} is not possible; use 32000, 44100 or 48000")]
    SampleRate {
        /// What was asked for, in Hz.
        rate: u32,
    },
    /// MPEG-1 Layer III has no such constant bit rate.
    #[error("bitrate_kbps {kbps} is not possible; use 32, 40, 48, 64, 80, 96, 112, 128, 160, 192, 224, 256 or 320")]
    Bitrate {
        /// What was asked for, in kbit/s.
        kbps: u32,
    },
    /// The encoder knows no such quality.
    #[error("quality {quality} is not possible; use 0 (best) to 7 (quickest)")]
    Quality {
        /// What was asked for.
        quality: u8,
    },
    /// A length of time is out of range.
    #[error("{name} is {value:?}; use {least:?} to {most:?}")]
    Duration {
        /// Which setting.
        name: &'static str,
        /// What was asked for.
        value: Duration,
        /// The least that works.
        least: Duration,
        /// The most that works.
        most: Duration,
    },
    /// Nobody could listen.
    #[error("max_listeners is 0; use at least 1")]
    NoListeners,
    /// The media directory cannot be used.
    #[error("media directory {path:?} cannot be used: {source}; create it or name another one")]
    MediaDir {
        /// As it was given.
        path: PathBuf,
        /// What is wrong with it.
        source: std::io::Error,
    },
    /// The encoder refused the settings.
    #[error("the MP3 encoder cannot be set up")]
    Encoder(#[from] crate::EncodeError),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_defaults_are_valid() {
        AudioConfig::new("media").validate().unwrap();
    }

    #[test]
    fn what_cannot_work_is_named_with_what_can() {
        let change = |f: fn(&mut AudioConfig)| {
            let mut config = AudioConfig::new("media");
            f(&mut config);
            config.validate().unwrap_err().to_string()
        };
        assert!(change(|c| c.bitrate_kbps = 56).contains("bitrate_kbps 56"));
        assert!(change(|c| c.bitrate_kbps = 0).contains("320"));
        assert!(change(|c| c.sample_rate = 22_050).contains("use 32000, 44100 or 48000"));
        assert!(change(|c| c.quality = 8).contains("0 (best) to 7"));
        assert!(change(|c| c.max_listeners = 0).contains("at least 1"));
        assert!(change(|c| c.wave = Duration::ZERO).contains("wave is 0ns"));
        assert!(change(|c| c.lead = Duration::ZERO).contains("lead is 0ns"));
        assert!(change(|c| c.handoff = Duration::from_millis(499)).contains("handoff is 499ms; use 500ms to 1s"));
        assert!(change(|c| c.handoff = Duration::from_millis(1_001)).contains("handoff"));
        assert!(change(|c| c.max_lag = Duration::from_secs(1)).contains("max_lag"));
    }
}
