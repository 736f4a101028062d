//! The built-in player of Streamcore: every running stream is one endless, gapless MP3 broadcast.
//!
//! ```text
//!  file ──► decode (a thread per playback) ──► bounded channel ──► engine (a thread per stream)
//!             symphonia, downmix, resample        about 1 s          line: encoder, lead, cuts
//!                                                                      │ every 250 ms: one wave
//!                                                                      ▼
//!                                         mount: one ring of shared chunks ──► a cursor per listener
//! ```
//!
//! | module | is |
//! |---|---|
//! | [`AudioPlayer`] | the ports [`Player`](streamcore::player::Player) and [`Broadcast`](streamcore::player::Broadcast) |
//! | [`MediaDir`] | the port [`Media`](streamcore::media::Media): what may be queued, and what is there |
//! | `source` | which file a location means, and that it stays inside of the media directory |
//! | `remote` (feature, on by default) | media behind http(s) URLs: what may be reached, bounds, resume, reconnect |
//! | `decode` | a file becomes stereo PCM at the mount's rate, exact to the sample |
//! | `encode` | PCM becomes MP3 frames that do not refer to one another |
//! | `splice` | the line of what was fed and sent, and how it is cut without a click |
//! | `pace` | when a frame is due (pure) |
//! | `mount` | the ring and its cursors |
//! | `engine` | one stream: orders in, waves and reports out |
//! | `placeholder` | what plays when nothing plays |
//! | [`demo`] | generated pieces to try the server with |
//!
//! **Words.** A *sample* is a left and a right value; a *frame* is 1,152 samples as one MP3 frame; a *block* is the PCM of one frame; the
//! *lead* is what was encoded ahead and not sent; a *cut* throws the lead away.

mod config;
mod decode;
pub mod demo;
mod encode;
mod engine;
#[cfg(feature = "fuzzing")]
pub mod fuzzing;
#[cfg(feature = "bench")]
pub mod measured;
mod media;
mod mount;
mod pace;
mod pcm;
mod placeholder;
mod player;
#[cfg(feature = "remote")]
mod remote;
mod source;
mod splice;

#[cfg(feature = "remote")]
pub use self::remote::{Network, NotANetwork, RemoteConfig};
pub use self::{
    config::{AudioConfig, ConfigError},
    encode::{EncodeError, encode_mp3, write_wav},
    media::MediaDir,
    player::AudioPlayer,
};
