//! When to stop: the first SIGTERM or SIGINT asks for an orderly end, the second ends at once.

use std::io;

use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio_util::sync::CancellationToken;
use tracing::{info, warn};

/// Handlers that are in place: from here on a signal is not lost and does not kill.
pub(crate) struct Signals {
    terminate: Signal,
    interrupt: Signal,
}

impl Signals {
    pub(crate) fn install() -> io::Result<Self> {
        Ok(Self { terminate: signal(SignalKind::terminate())?, interrupt: signal(SignalKind::interrupt())? })
    }

    /// Cancels the token at the first signal and leaves the process at the second.
    pub(crate) fn watch(mut self) -> CancellationToken {
        let stop = CancellationToken::new();
        let told = stop.clone();
        tokio::spawn(async move {
            let (name, _) = self.next().await;
            info!(signal = name, "stopping; once more ends at once");
            told.cancel();
            let (name, code) = self.next().await;
            warn!(signal = name, "ending at once");
            std::process::exit(code);
        });
        stop
    }

    /// The next signal, and the exit code of a process that dies of it.
    async fn next(&mut self) -> (&'static str, i32) {
        tokio::select! {
            _ = self.terminate.recv() => ("SIGTERM", 143),
            _ = self.interrupt.recv() => ("SIGINT", 130),
        }
    }
}
