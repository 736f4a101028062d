//! The player: which engine drives which stream.

use std::{
    collections::{HashMap, hash_map::Entry},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use futures::StreamExt;
use streamcore::{
    FailureReason, PlaybackId, StreamId,
    player::{Broadcast, Join, ListenError, Play, Player, Reports, Waves},
};

use crate::{
    AudioConfig, ConfigError,
    decode::Abandoned,
    engine::{Order, Setup, Stream},
    mount::{Limits, Mount},
    pace::Pace,
    placeholder::Placeholder,
    source::Root,
    splice::Line,
};

/// The built-in player. Each open stream has a thread of its own and each playback a second one that decodes; nothing here waits for either.
///
/// **Bounds.** An engine's inbox holds 256 orders; beyond that a new order takes the place of the oldest, which it supersedes. Orders for a
/// stream that is not open are ignored. Dropping the player closes all streams.
///
/// **Failures.** An engine that fails is replaced, and listeners stay connected; the item that it played is reported as
/// [`Unavailable`](streamcore::FailureKind::Unavailable). So is an item that is ordered while there is no thread or no encoder to be had.
///
/// **Listeners** are told as they come and go, from the thread where that happens, and whether or not anything can be played; as well as once
/// when the stream is opened. A count that was told is never followed by an older one.
///
/// **Reports** come one at a time, and none after [`close`](Player::close) has returned; because of that a report must not close or open its own
/// stream from within.
///
/// ```
/// use futures::StreamExt;
/// use streamcore::{PlaybackId, StreamId, player::{Broadcast, Join, Player, Reports}};
/// use streamcore_audio::{AudioConfig, AudioPlayer};
///
/// let media = std::env::temp_dir();
/// let player = AudioPlayer::new(AudioConfig::new(media))?;
/// let stream = StreamId::new(-1001);
/// player.open(stream, Reports::new(|report| println!("{report:?}")));
/// player.placeholder(stream, PlaybackId::new(1), Join::Now);
///
/// let mut listener = player.listen(stream)?;
/// let mp3 = futures::executor::block_on(listener.next()).expect("a quarter of a second of MP3");
/// assert_eq!(mp3[0], 0xFF);
/// player.close(stream);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct AudioPlayer {
    config: AudioConfig,
    root: Root,
    placeholder: Placeholder,
    placeholder_problem: Option<FailureReason>,
    abandoned: Abandoned,
    streams: Mutex<HashMap<StreamId, Arc<Stream>>>,
    #[cfg(test)]
    pub(crate) faults: Arc<crate::engine::Faults>,
}

impl AudioPlayer {
    /// A player with no open stream. Decodes the placeholder if one is configured, which takes a moment.
    ///
    /// # Errors
    ///
    /// [`ConfigError`] says which setting cannot work, and what can.
    pub fn new(config: AudioConfig) -> Result<Arc<Self>, ConfigError> {
        config.validate()?;
        let root = Root::new(&config.media_dir)
            .map_err(|source| ConfigError::MediaDir { path: config.media_dir.clone(), source })?;
        #[cfg(feature = "remote")]
        let root = root.with_remote(crate::remote::Remote::new(config.remote.clone()));
        // If the encoder refuses these settings, better now than when the first stream starts.
        Line::new(config.format())?;
        let own = config.placeholder.as_deref().map(|place| Placeholder::of_file(&root, place, config.format()));
        let (placeholder, placeholder_problem) = match own {
            Some(Ok(own)) => (own, None),
            Some(Err(reason)) => {
                tracing::error!(%reason, "the placeholder that is configured cannot be used; the built-in one plays");
                (Placeholder::new(config.format()), Some(reason))
            }
            None => (Placeholder::new(config.format()), None),
        };
        Ok(Arc::new(Self {
            config,
            root,
            placeholder,
            placeholder_problem,
            abandoned: Abandoned::default(),
            streams: Mutex::default(),
            #[cfg(test)]
            faults: Arc::default(),
        }))
    }

    /// Why the built-in placeholder plays instead of the one that is [configured](AudioConfig::placeholder); none if there is no problem.
    #[must_use]
    pub fn placeholder_problem(&self) -> Option<&FailureReason> {
        self.placeholder_problem.as_ref()
    }

    /// Never held while anything is reported: a report may give orders.
    fn streams(&self) -> MutexGuard<'_, HashMap<StreamId, Arc<Stream>>> {
        self.streams.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn stream(&self, stream: StreamId) -> Option<Arc<Stream>> {
        self.streams().get(&stream).cloned()
    }

    pub(crate) fn order(&self, stream: StreamId, order: Order) {
        if let Some(stream) = self.stream(stream) {
            stream.order(order);
        }
    }

    fn start(&self, stream: StreamId, reports: Reports) -> Stream {
        let config = &self.config;
        let pace = Pace::new(config.sample_rate);
        let mount = Mount::new(Limits {
            burst_frames: pace.frames_in(config.burst),
            lag_frames: pace.frames_in(config.max_lag),
            max_listeners: config.max_listeners,
            sample_rate: config.sample_rate,
        });
        let setup = Setup {
            root: self.root.clone(),
            format: config.format(),
            wave: config.wave,
            burst: config.burst,
            lead: config.lead,
            handoff: config.handoff,
            placeholder: self.placeholder.clone(),
            abandoned: self.abandoned.clone(),
            #[cfg(test)]
            faults: Arc::clone(&self.faults),
        };
        Stream::open(stream, setup, reports, mount)
    }
}

impl Player for AudioPlayer {
    fn open(&self, stream: StreamId, reports: Reports) {
        let (open, elsewhere) = match self.streams().entry(stream) {
            Entry::Occupied(open) => (Arc::clone(open.get()), Some(reports)),
            Entry::Vacant(vacant) => (Arc::clone(vacant.insert(Arc::new(self.start(stream, reports)))), None),
        };
        match elsewhere {
            Some(reports) => open.reports_to(reports),
            None => open.introduce(),
        }
    }

    fn play(&self, stream: StreamId, play: Play) {
        self.order(stream, Order::Play(play));
    }

    fn placeholder(&self, stream: StreamId, playback: PlaybackId, join: Join) {
        self.order(stream, Order::Placeholder { playback, join });
    }

    fn pause(&self, stream: StreamId) {
        self.order(stream, Order::Pause);
    }

    fn resume(&self, stream: StreamId) {
        self.order(stream, Order::Resume);
    }

    fn close(&self, stream: StreamId) {
        let open = self.streams().remove(&stream);
        if let Some(open) = open {
            open.close();
        }
    }
}

impl Broadcast for AudioPlayer {
    fn waves(&self, stream: StreamId) -> Result<Waves, ListenError> {
        let stream = self.stream(stream).ok_or(ListenError::NotRunning)?;
        Ok(stream.mount.listen()?.boxed())
    }

    fn gave_up(&self, stream: StreamId, behind: Duration) {
        if let Some(stream) = self.stream(stream) {
            stream.mount.dropped(behind);
        }
    }

    fn lag(&self, stream: StreamId) -> Option<Duration> {
        self.stream(stream)?.mount.lag()
    }

    fn content_type(&self) -> &'static str {
        "audio/mpeg"
    }

    fn bitrate_kbps(&self) -> u32 {
        self.config.bitrate_kbps
    }

    fn is_on_air(&self, stream: StreamId) -> bool {
        self.streams().contains_key(&stream)
    }
}

impl Drop for AudioPlayer {
    fn drop(&mut self) {
        let streams = std::mem::take(&mut *self.streams());
        for stream in streams.values() {
            stream.close();
        }
    }
}
