//! A thread per playback: it opens, decodes and resamples, and pushes PCM into a bounded channel.
//!
//! **Bound.** The channel holds about a second; then the thread waits. It ends when the receiver is dropped. A read that never returns keeps
//! its thread, and nothing else.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::mpsc::{Receiver, SyncSender, sync_channel},
    thread,
    time::Duration,
};

use streamcore::{FailureKind, FailureReason};

use super::{
    Resampler,
    reader::{Reader, Step},
};
use crate::{pcm::CHANNELS, source::Root};

/// Samples per message: about 93 ms at 44,100 Hz.
const PIECE: usize = 4_096;
/// Messages under way: about a second.
const PIECES: usize = 11;

/// What the thread tells.
#[derive(Debug)]
pub(crate) enum Feed {
    /// PCM at the mount's rate.
    Pcm(Vec<f32>),
    /// There is no more: played to the end, or why not. Nothing comes after it.
    End(Result<(), FailureReason>),
}

/// What to decode.
#[derive(Debug, Clone)]
pub(crate) struct Job {
    pub(crate) root: Root,
    pub(crate) url: String,
    pub(crate) from: Duration,
    /// The mount's rate, in Hz.
    pub(crate) rate: u32,
}

/// Starts the thread; `wake` is called after each message.
pub(crate) fn spawn(job: Job, wake: impl Fn() + Send + 'static) -> Receiver<Feed> {
    let (send, receive) = sync_channel(PIECES);
    let failed = send.clone();
    let spawned = thread::Builder::new().name("audio-decode".into()).spawn(move || {
        // Decoders meet hostile files; a panic in one ends this playback and nothing else.
        let result = catch_unwind(AssertUnwindSafe(|| decode(&job, &send, &wake)));
        let end = result.unwrap_or_else(|_| Err(FailureReason::new(FailureKind::Broken, "the decoder gave up on it")));
        if send.send(Feed::End(end)).is_ok() {
            wake();
        }
    });
    if let Err(error) = spawned {
        // The channel is new and empty: this cannot wait.
        let reason = FailureReason::new(FailureKind::Other, format!("no thread to decode it: {}", error.kind()));
        let _ = failed.try_send(Feed::End(Err(reason)));
    }
    receive
}

fn decode(job: &Job, send: &SyncSender<Feed>, wake: &impl Fn()) -> Result<(), FailureReason> {
    let mut reader = open(job)?;
    let mut resampler: Option<Resampler> = None;
    let (mut decoded, mut ready) = (Vec::new(), Vec::new());
    // Whether somebody still listens; if not, how it ends interests nobody.
    let flush = |ready: &mut Vec<f32>, least: usize| {
        while ready.len() >= least * CHANNELS && !ready.is_empty() {
            let rest = ready.split_off(ready.len().min(PIECE * CHANNELS));
            if send.send(Feed::Pcm(std::mem::replace(ready, rest))).is_err() {
                return false;
            }
            wake();
        }
        true
    };
    loop {
        decoded.clear();
        let step = reader.step(&mut decoded);
        let rate = match &step {
            Ok(Step::Pcm(rate)) => Some(*rate),
            _ => None,
        };
        let changed = |resampler: &Resampler| rate.is_none_or(|rate| u64::from(rate) != resampler.input_rate());
        if let Some(mut done) = resampler.take_if(|resampler| changed(resampler)) {
            done.finish(&mut ready).map_err(unsupported)?;
        }
        match step {
            Ok(Step::Pcm(rate)) => {
                let resampler = match &mut resampler {
                    Some(resampler) => resampler,
                    none => none.insert(Resampler::new(rate, job.rate).map_err(unsupported)?),
                };
                resampler.push(&decoded, &mut ready).map_err(unsupported)?;
                if !flush(&mut ready, PIECE) {
                    return Ok(());
                }
            }
            end => {
                flush(&mut ready, 0);
                return end.map(|_| ());
            }
        }
    }
}

/// Opens the file at the wanted position.
fn open(job: &Job) -> Result<Reader, FailureReason> {
    let open = || {
        let (located, file) = job.root.open(&job.url)?;
        Reader::open(file, &located.name)
    };
    let mut reader = open()?;
    if job.from.is_zero() || reader.seek(job.from) {
        return Ok(reader);
    }
    let mut again = open()?;
    again.discard_before(job.from);
    Ok(again)
}

fn unsupported(detail: String) -> FailureReason {
    FailureReason::new(FailureKind::Unsupported, detail)
}
