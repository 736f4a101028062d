//! A listener that counts what it hears.

use std::{fmt, time::Duration};

use futures::StreamExt as _;
use streamcore::player::Listener;
use tokio::{sync::watch, task::JoinHandle, time::Instant};

/// What was heard.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Heard {
    bytes: usize,
    frames: u32,
    /// Pieces that did not begin with a frame.
    pub(crate) strays: u32,
}

impl Heard {
    /// How long the frames play: 1,152 samples each at 44,100 Hz.
    pub(crate) fn frames_time(&self) -> Duration {
        Duration::from_secs(1_152) * self.frames / 44_100
    }

    /// Takes note of one piece: pieces begin and end at frame boundaries.
    fn take(&mut self, piece: &[u8]) {
        self.bytes += piece.len();
        let mut rest = piece;
        while let [0xff, 0xfb, third, ..] = rest {
            // 128 kbit/s at 44,100 Hz: 417 bytes, one more with the padding bit.
            let length = 417 + usize::from(third >> 1 & 1);
            self.frames += 1;
            rest = rest.get(length..).unwrap_or_default();
        }
        self.strays += u32::from(!rest.is_empty());
    }
}

impl fmt::Display for Heard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} bytes in {} MP3 frames, {:.2} s", self.bytes, self.frames, self.frames_time().as_secs_f32())
    }
}

/// Listens in the background.
pub(crate) struct Ear {
    task: JoinHandle<Heard>,
    leave: watch::Sender<Option<Instant>>,
}

impl Ear {
    pub(crate) fn listen(mut listener: Listener) -> Self {
        let (leave, mut told) = watch::channel(None);
        let task = tokio::spawn(async move {
            let mut heard = Heard::default();
            loop {
                let time_to_go = async {
                    let at = told.wait_for(Option::is_some).await.map(|at| *at);
                    if let Ok(Some(at)) = at {
                        tokio::time::sleep_until(at).await;
                    }
                };
                tokio::select! {
                    piece = listener.next() => match piece {
                        Some(piece) => heard.take(&piece),
                        None => return heard,
                    },
                    () = time_to_go => return heard,
                }
            }
        });
        Self { task, leave }
    }

    /// Stops listening in a while.
    pub(crate) fn leave_after(&self, while_: Duration) {
        self.leave.send_replace(Some(Instant::now() + while_));
    }

    /// What was heard until the end, or until leaving.
    pub(crate) async fn heard(self) -> Heard {
        self.task.await.unwrap_or_default()
    }
}
