//! The inner parts that `benches/` measure. Feature `bench`.

use std::{
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, Waker},
};

use bytes::Bytes;
use futures::Stream;
use streamcore::player::Wave;

use crate::{
    EncodeError,
    config::MountFormat,
    mount::{Cursor, Limits, Mount},
    pcm::{BLOCK, CHANNELS},
    splice,
};

const FORMAT: MountFormat = MountFormat { sample_rate: 44_100, bitrate_kbps: 128, quality: 5 };
/// Frames of a wave: a tenth of a second.
const FRAMES: u64 = 4;
/// The lead of a line before it is cut.
const LEAD: u64 = 20;

/// The ring of a mount and its listeners, all woken by one task.
#[derive(Debug)]
pub struct Ring {
    mount: Arc<Mount>,
    cursors: Vec<Cursor>,
    wave: Wave,
}

impl Ring {
    /// A ring that is full and this many listeners that have read it all.
    ///
    /// # Panics
    /// Never: there is room.
    #[must_use]
    pub fn with(listeners: usize) -> Self {
        let limits = Limits { burst_frames: 0, lag_frames: 400, max_listeners: usize::MAX, sample_rate: 44_100 };
        let mount = Mount::new(limits);
        let wave = Wave { audio: Bytes::from(vec![0; 1_672]), title: None, cut: false };
        let mut ring = Self { mount, cursors: Vec::new(), wave };
        (0..200).for_each(|_| ring.publish());
        ring.cursors = (0..listeners).filter_map(|_| ring.mount.listen().ok()).collect();
        ring.read();
        ring
    }

    /// Publishes a wave.
    pub fn publish(&mut self) {
        self.mount.publish(self.wave.clone(), FRAMES);
    }

    /// Every listener reads all that there is. Returns how many waves were read.
    pub fn read(&mut self) -> usize {
        let mut context = Context::from_waker(Waker::noop());
        let mut read = 0;
        for cursor in &mut self.cursors {
            while let Poll::Ready(Some(_)) = Pin::new(&mut *cursor).poll_next(&mut context) {
                read += 1;
            }
        }
        read
    }
}

/// The line of one mount.
#[derive(Debug)]
pub struct Line {
    line: splice::Line,
    block: Vec<f32>,
}

impl Line {
    /// A line of noise at 128 kbit/s with nothing that is not sent.
    ///
    /// # Errors
    /// If there is no encoder.
    pub fn new() -> Result<Self, EncodeError> {
        let mut random = 1_u32;
        let noise = std::iter::repeat_with(|| {
            random = random.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            f32::from((random >> 16) as u16) / 65_536.0 - 0.5
        });
        let mut line = Self { line: splice::Line::new(FORMAT)?, block: noise.take(BLOCK * CHANNELS).collect() };
        (0..10).try_for_each(|_| line.frame())?;
        Ok(line)
    }

    /// Feeds the PCM of a frame and sends what is ready.
    ///
    /// # Errors
    /// If the encoder fails.
    pub fn frame(&mut self) -> Result<(), EncodeError> {
        self.line.feed(&self.block)?;
        while self.line.take().is_some() {}
        Ok(())
    }

    /// Feeds half a second that is not sent.
    ///
    /// # Errors
    /// If the encoder fails.
    pub fn lead(&mut self) -> Result<(), EncodeError> {
        (0..LEAD).try_for_each(|_| self.line.feed(&self.block))
    }

    /// Cuts what is not sent off.
    ///
    /// # Errors
    /// If the encoder fails.
    pub fn cut(&mut self) -> Result<(), EncodeError> {
        self.line.cut(0).map(drop)
    }
}
