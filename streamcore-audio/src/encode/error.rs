/// Why audio could not be encoded.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum EncodeError {
    /// There is no such MP3 stream.
    #[error("MP3 at {kbps} kbit/s and {rate} Hz is not possible")]
    Format {
        /// The bit rate, in kbit/s.
        kbps: u32,
        /// The sampling rate, in Hz.
        rate: u32,
    },
    /// The encoder failed.
    #[error("the MP3 encoder failed: {0}")]
    Encoder(String),
    /// The PCM is not stereo: it has an odd number of values.
    #[error("interleaved stereo has an even number of values, this has {0}")]
    NotStereo(usize),
}

impl From<mp3lame_encoder::BuildError> for EncodeError {
    fn from(error: mp3lame_encoder::BuildError) -> Self {
        Self::Encoder(error.to_string())
    }
}

impl From<mp3lame_encoder::EncodeError> for EncodeError {
    fn from(error: mp3lame_encoder::EncodeError) -> Self {
        Self::Encoder(error.to_string())
    }
}
