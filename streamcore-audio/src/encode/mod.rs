//! PCM becomes MP3 (and, for generated files, WAV).
//!
//! Two uses, two encoders: a mount wants frames that stand alone ([`FrameEncoder`]); a file wants the tag that makes it gapless
//! ([`encode_mp3`]).

mod error;
mod file;
mod frame;
mod frames;
mod wav;

pub use self::{error::EncodeError, file::encode_mp3, wav::write_wav};
pub(crate) use self::{
    frame::{DECODED_DELAY, FrameHeader},
    frames::FrameEncoder,
};
