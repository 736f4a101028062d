//! A thread per playback: it opens, decodes and resamples, and pushes PCM into a bounded channel.
//!
//! **Bound.** The channel holds about a second; then the thread waits. It ends when the receiver is dropped. A read that never returns keeps
//! its thread, and nothing else; of such threads a player has no more than [`Abandoned`] lets it have.

use std::{
    io,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{Arc, Weak, mpsc::TryRecvError},
    thread,
    time::Duration,
};

use streamcore::{FailureKind, FailureReason};

use super::{
    Resampler,
    abandoned::{Abandoned, Tie},
    channel::{Receiver, SyncSender, sync_channel},
    reader::{Reader, Step},
};
use crate::{
    pcm::CHANNELS,
    source::{Root, out_of_means},
};

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

/// What comes from the thread. When it is dropped the thread ends, also if it is still looking for the place to begin at.
#[derive(Debug)]
pub(crate) struct Feeds {
    receive: Receiver<Feed>,
    /// The thread looks whether it still is.
    _wanted: Arc<()>,
    /// None if there is no thread.
    _tie: Option<Tie>,
}

impl Feeds {
    pub(crate) fn try_recv(&self) -> Result<Feed, TryRecvError> {
        self.receive.try_recv()
    }
}

#[cfg(test)]
impl Feeds {
    pub(crate) fn recv(&self) -> Result<Feed, TryRecvError> {
        self.receive.recv()
    }
}

#[cfg(test)]
impl From<Receiver<Feed>> for Feeds {
    fn from(receive: Receiver<Feed>) -> Self {
        Self { receive, _wanted: Arc::default(), _tie: None }
    }
}

/// What to decode.
#[derive(Debug, Clone)]
pub(crate) struct Job {
    pub(crate) root: Root,
    pub(crate) url: String,
    pub(crate) from: Duration,
    /// The mount's rate, in Hz.
    pub(crate) rate: u32,
    /// The threads of the same player that nobody waits for any more.
    pub(crate) abandoned: Abandoned,
}

/// Starts the thread; `wake` is called after each message.
pub(crate) fn spawn(job: Job, wake: impl Fn() + Send + 'static) -> Feeds {
    let (send, receive) = sync_channel(PIECES);
    let wanted = Arc::new(());
    let is_wanted = Arc::downgrade(&wanted);
    let Some((tie, end)) = job.abandoned.tie() else {
        let detail = "the disk does not answer, and too many files wait for it already; it is tried again";
        return failed(FailureReason::new(FailureKind::Unavailable, detail));
    };
    let spawned = thread::Builder::new().name("audio-decode".into()).spawn(move || {
        let _end = end;
        // Decoders meet hostile files; a panic in one ends this playback and nothing else.
        let result = catch_unwind(AssertUnwindSafe(|| decode(&job, &is_wanted, &send, &wake)));
        let end = result.unwrap_or_else(|_| Err(FailureReason::new(FailureKind::Broken, "the decoder gave up on it")));
        if send.send(Feed::End(end)).is_ok() {
            wake();
        }
    });
    match spawned {
        Ok(_) => Feeds { receive, _wanted: wanted, _tie: Some(tie) },
        Err(error) => failed(no_thread(&error)),
    }
}

/// What failed before it began.
fn failed(reason: FailureReason) -> Feeds {
    let (send, receive) = sync_channel(1);
    // The channel is new and empty: this cannot wait.
    let _ = send.send(Feed::End(Err(reason)));
    Feeds { receive, _wanted: Arc::default(), _tie: None }
}

/// What gives PCM step by step.
pub(crate) trait Steps {
    /// See [`Reader::step`].
    fn step(&mut self, out: &mut Vec<f32>) -> Result<Step, FailureReason>;
    /// See [`Reader::broke_off`].
    fn broke_off(&self) -> Option<FailureReason>;
    /// Whether it may take a while until there is more: then what is ready goes out at once.
    fn pauses(&self) -> bool {
        false
    }
}

impl Steps for Reader {
    fn step(&mut self, out: &mut Vec<f32>) -> Result<Step, FailureReason> {
        self.step(out)
    }

    fn broke_off(&self) -> Option<FailureReason> {
        self.broke_off()
    }
}

fn decode(job: &Job, wanted: &Weak<()>, send: &SyncSender<Feed>, wake: &impl Fn()) -> Result<(), FailureReason> {
    #[cfg(feature = "remote")]
    if let Some(remote) = job.root.remote(&job.url) {
        use crate::remote::{Opened, Patience, Wanted};
        let patience = Patience::while_wanted(Weak::clone(wanted));
        return match remote.open(&job.url, patience, Wanted::Play { from: job.from })?.0 {
            Opened::Live(live) => pump(live, job.rate, wanted, send, wake),
            Opened::Finite(finite) => pump(finite, job.rate, wanted, send, wake),
        };
    }
    pump(open(job)?, job.rate, wanted, send, wake)
}

/// Decodes to the end, or as long as somebody wants it.
pub(super) fn pump(
    mut reader: impl Steps,
    mount_rate: u32,
    wanted: &Weak<()>,
    send: &SyncSender<Feed>,
    wake: &impl Fn(),
) -> Result<(), FailureReason> {
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
    // Before the place to begin at there is nothing to send by which one would notice.
    while wanted.strong_count() > 0 {
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
                if !decoded.is_empty() {
                    let resampler = match &mut resampler {
                        Some(resampler) => resampler,
                        none => none.insert(Resampler::new(rate, mount_rate).map_err(unsupported)?),
                    };
                    resampler.push(&decoded, &mut ready).map_err(unsupported)?;
                }
                if reader.pauses()
                    && let Some(mut done) = resampler.take()
                {
                    done.finish(&mut ready).map_err(unsupported)?;
                }
                if !flush(&mut ready, if reader.pauses() { 0 } else { PIECE }) {
                    return Ok(());
                }
            }
            end => {
                flush(&mut ready, 0);
                end?;
                return reader.broke_off().map_or(Ok(()), Err);
            }
        }
    }
    Ok(())
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

fn no_thread(error: &io::Error) -> FailureReason {
    let other = || FailureReason::new(FailureKind::Unavailable, format!("no thread to decode it: {}", error.kind()));
    out_of_means(error).unwrap_or_else(other)
}

fn unsupported(detail: String) -> FailureReason {
    FailureReason::new(FailureKind::Unsupported, detail)
}
