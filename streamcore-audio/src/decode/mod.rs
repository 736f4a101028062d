//! A file becomes stereo PCM at the mount's rate, exact to the sample.
//!
//! [`Reader`] demuxes, decodes, trims and mixes down; [`Resampler`] changes the rate; [`spawn`] runs both on a thread of their own, so that a
//! disk that hangs can never stall a broadcast.

mod abandoned;
mod bounded;
mod bulk;
mod channel;
mod downmix;
mod feed;
mod mp4;
mod reader;
mod resample;
#[cfg(test)]
pub(crate) mod tests;
mod trim;

#[cfg(test)]
pub(crate) use self::channel::sync_channel;
#[cfg(feature = "remote")]
pub(crate) use self::feed::Steps;
pub(crate) use self::{
    abandoned::Abandoned,
    feed::{Feed, Feeds, Job, spawn},
    reader::{Reader, Step},
    resample::Resampler,
};
