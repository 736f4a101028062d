//! A file becomes stereo PCM at the mount's rate, exact to the sample.
//!
//! [`Reader`] demuxes, decodes, trims and mixes down; [`Resampler`] changes the rate; [`spawn`] runs both on a thread of their own, so that a
//! disk that hangs can never stall a broadcast.

mod downmix;
mod feed;
mod reader;
mod resample;
#[cfg(test)]
pub(crate) mod tests;

#[cfg(feature = "remote")]
pub(crate) use self::feed::Steps;
pub(crate) use self::{
    feed::{Feed, Feeds, Job, spawn},
    reader::{Reader, Step},
    resample::Resampler,
};
