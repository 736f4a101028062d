//! One stream on the air: a thread that takes orders, keeps the lead full, sends a wave every 250 ms and reports.
//!
//! The thread never waits for a file, a listener or a caller: orders and wake-ups come through the [`Inbox`], PCM through bounded channels that
//! are only tried, and listeners read the [`Mount`] at their own pace. What it cannot have in time is silence.

mod inbox;
mod live;
mod marks;
mod run;
mod tape;
#[cfg(test)]
mod tests;

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::Arc,
    thread,
    time::Duration,
};

use streamcore::{StreamId, player::Reports};

pub(crate) use self::inbox::{Inbox, Order};
use self::run::Engine;
use crate::{config::MountFormat, mount::Mount, placeholder::Placeholder, source::Root};

/// What an engine is told once.
#[derive(Debug, Clone)]
pub(crate) struct Setup {
    pub(crate) root: Root,
    pub(crate) format: MountFormat,
    pub(crate) wave: Duration,
    pub(crate) burst: Duration,
    pub(crate) lead: Duration,
    pub(crate) placeholder: Placeholder,
}

/// Starts the engine of one stream.
///
/// However it ends, its mount is closed then; if it ends by a panic, the playback that was live is reported as failed.
pub(crate) fn spawn(stream: StreamId, setup: Setup, reports: Reports, mount: Arc<Mount>, inbox: Arc<Inbox>) {
    // Closes when dropped: at the end of the thread, however that comes, and if there is no thread.
    let on_air = OnAir(Arc::clone(&mount));
    let spawned = thread::Builder::new().name(format!("audio {stream}")).spawn(move || {
        let on_air = on_air;
        let mut engine = match Engine::new(setup, reports, mount, inbox) {
            Ok(engine) => engine,
            Err(error) => {
                tracing::error!(%stream, %error, "no encoder for the stream");
                return;
            }
        };
        match catch_unwind(AssertUnwindSafe(|| engine.run())) {
            Ok(Ok(())) => {}
            Ok(Err(error)) => {
                tracing::error!(%stream, %error, "the stream cannot be encoded any further");
                engine.abandon();
            }
            Err(_) => {
                tracing::error!(%stream, "the stream's engine panicked");
                engine.abandon();
            }
        }
        let lagged = on_air.0.lagged();
        if lagged > 0 {
            tracing::debug!(%stream, listeners = lagged, "listeners that fell too far behind were ended");
        }
    });
    if let Err(error) = spawned {
        tracing::error!(%stream, %error, "no thread for the stream");
    }
}

/// A mount that must not outlive its engine.
struct OnAir(Arc<Mount>);

impl Drop for OnAir {
    fn drop(&mut self) {
        self.0.close();
    }
}
