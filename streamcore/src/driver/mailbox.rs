//! Where a stream's inputs wait for its loop: bounded, and never blocking those who put them there.

use std::{
    collections::VecDeque,
    future::poll_fn,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::{Poll, Waker},
};

use futures::channel::oneshot;

use crate::{
    player::Report,
    stream::{Command, Reply},
};

/// So many commands may wait, be under way or be unanswered; more are refused as busy. Only the one that ends the process gets through.
const MAX_COMMANDS: usize = 256;

/// So many incidents may wait: enough for every fact worth telling, and no flood.
const MAX_INCIDENTS: usize = 64;

/// What the loop takes out.
#[derive(Debug)]
pub(super) enum Letter {
    Command(Command, oneshot::Sender<Reply>),
    Report(Report),
    QueueChanged,
}

#[derive(Debug, Default)]
struct State {
    commands: VecDeque<(Command, oneshot::Sender<Reply>)>,
    /// Commands handed to the loop and not replied to yet.
    unanswered: usize,
    /// At most one `Progress` and one `Listeners`: the latest wins. The others come at most a few times per order given.
    reports: VecDeque<Report>,
    queue_changed: bool,
    waker: Option<Waker>,
    closed: bool,
}

/// A mailbox; clones are the same one.
#[derive(Debug, Clone, Default)]
pub(super) struct Mailbox(Arc<Mutex<State>>);

/// Why a command was not taken.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum NotTaken {
    Full,
    Closed,
}

impl Mailbox {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn put(&self, put: impl FnOnce(&mut State)) {
        let waker = {
            let mut state = self.lock();
            put(&mut state);
            state.waker.take()
        };
        if let Some(waker) = waker {
            waker.wake();
        }
    }

    /// Hands in a command; the reply comes through the receiver, or the receiver is cancelled when the loop ends.
    pub(super) fn command(&self, command: Command) -> Result<oneshot::Receiver<Reply>, NotTaken> {
        let (reply, replied) = oneshot::channel();
        let mut refused = None;
        self.put(|state| {
            if state.closed {
                refused = Some(NotTaken::Closed);
            } else if state.commands.len() + state.unanswered >= MAX_COMMANDS && command != Command::Suspend {
                refused = Some(NotTaken::Full);
            } else {
                state.commands.push_back((command, reply));
            }
        });
        refused.map_or(Ok(replied), Err)
    }

    pub(super) fn report(&self, report: Report) {
        self.put(|state| {
            if state.closed {
                return;
            }
            let is_about_listeners =
                |report: &Report| matches!(report, Report::Listeners { .. } | Report::ListenersUnknown);
            if is_about_listeners(&report) {
                state.reports.retain(|old| !is_about_listeners(old));
            }
            if matches!(report, Report::Progress { .. }) {
                state.reports.retain(|old| !matches!(old, Report::Progress { .. }));
            }
            if matches!(report, Report::Incident(_)) {
                let waiting = state.reports.iter().filter(|report| matches!(report, Report::Incident(_))).count();
                if waiting >= MAX_INCIDENTS {
                    return;
                }
            }
            state.reports.push_back(report);
        });
    }

    pub(super) fn queue_changed(&self) {
        self.put(|state| state.queue_changed = true);
    }

    /// Whether its loop is gone.
    pub(super) fn is_closed(&self) -> bool {
        self.lock().closed
    }

    /// A command has been replied to.
    pub(super) fn answered(&self) {
        let mut state = self.lock();
        state.unanswered = state.unanswered.saturating_sub(1);
    }

    /// Takes no more, and forgets what waits: those who wait for a reply learn that none will come.
    pub(super) fn close(&self) {
        let forgotten = {
            let mut state = self.lock();
            state.closed = true;
            std::mem::take(&mut state.commands)
        };
        drop(forgotten);
    }

    /// The next letter. Reports first: what happened on the air is older than what people want of it.
    ///
    /// **Cancellation.** Nothing is lost: a letter is taken out in the moment the future resolves.
    pub(super) async fn next(&self) -> Letter {
        poll_fn(|cx| {
            let mut state = self.lock();
            if let Some(report) = state.reports.pop_front() {
                return Poll::Ready(Letter::Report(report));
            }
            if let Some((command, reply)) = state.commands.pop_front() {
                state.unanswered += 1;
                return Poll::Ready(Letter::Command(command, reply));
            }
            if std::mem::take(&mut state.queue_changed) {
                return Poll::Ready(Letter::QueueChanged);
            }
            state.waker = Some(cx.waker().clone());
            Poll::Pending
        })
        .await
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use futures::{FutureExt, executor::block_on};

    use super::*;
    use crate::{PlaybackId, player::Incident};

    #[test]
    fn incidents_that_nobody_reads_are_bounded_and_push_nothing_else_out() {
        let mailbox = Mailbox::default();
        let dead_air = Report::Incident(Incident::DeadAir { lasted: Duration::from_secs(1) });
        for _ in 0..10_000 {
            mailbox.report(dead_air.clone());
        }
        mailbox.report(Report::Ended { playback: PlaybackId(1) });
        let kept = &mailbox.lock().reports;
        assert_eq!(kept.iter().filter(|report| **report == dead_air).count(), MAX_INCIDENTS);
        assert_eq!(kept.back(), Some(&Report::Ended { playback: PlaybackId(1) }));
    }

    #[test]
    fn progress_replaces_older_progress_and_nothing_else() {
        let mailbox = Mailbox::default();
        let playback = PlaybackId::new(1);
        mailbox.report(Report::Started { playback });
        for seconds in 1..=1_000 {
            mailbox.report(Report::Progress { playback, position: Duration::from_secs(seconds) });
        }
        mailbox.report(Report::Ended { playback });
        let seen: Vec<_> = std::iter::from_fn(|| mailbox.next().now_or_never()).collect();
        assert!(
            matches!(
                seen.as_slice(),
                [
                    Letter::Report(Report::Started { .. }),
                    Letter::Report(Report::Progress { position: Duration { .. }, .. }),
                    Letter::Report(Report::Ended { .. })
                ]
            ),
            "{seen:?}"
        );
    }

    /// Promise S14.
    #[test]
    fn a_full_mailbox_refuses_commands_and_still_takes_reports() {
        let mailbox = Mailbox::default();
        let _waiting: Vec<_> = (0..MAX_COMMANDS).map(|_| mailbox.command(Command::Pause).unwrap()).collect();
        assert_eq!(mailbox.command(Command::Pause).unwrap_err(), NotTaken::Full);
        mailbox.report(Report::Listeners { count: 1, ever: 1 });
        assert!(matches!(block_on(mailbox.next()), Letter::Report(_)));
        assert!(matches!(block_on(mailbox.next()), Letter::Command(..)));
        assert_eq!(mailbox.command(Command::Pause).unwrap_err(), NotTaken::Full, "taken out is not yet answered");
        mailbox.answered();
        assert!(mailbox.command(Command::Pause).is_ok());
    }

    #[test]
    fn closing_tells_those_who_wait() {
        let mailbox = Mailbox::default();
        let replied = mailbox.command(Command::Pause).unwrap();
        mailbox.close();
        assert!(block_on(replied).is_err());
        assert_eq!(mailbox.command(Command::Pause).unwrap_err(), NotTaken::Closed);
    }
}
