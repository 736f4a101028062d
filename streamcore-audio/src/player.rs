//! The player: which engine drives which stream.

use std::{
    collections::{HashMap, hash_map::Entry},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use futures::StreamExt;
use streamcore::{
    PlaybackId, StreamId,
    player::{Broadcast, Join, ListenError, Listener, Play, Player, Reports},
};

use crate::{
    AudioConfig, ConfigError,
    engine::{self, Inbox, Order, Setup},
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
    streams: Mutex<HashMap<StreamId, Handle>>,
}

#[derive(Debug)]
struct Handle {
    inbox: Arc<Inbox>,
    mount: Arc<Mount>,
}

impl AudioPlayer {
    /// A player with no open stream.
    ///
    /// # Errors
    ///
    /// [`ConfigError`] says which setting cannot work, and what can.
    pub fn new(config: AudioConfig) -> Result<Arc<Self>, ConfigError> {
        config.validate()?;
        let root = Root::new(&config.media_dir)
            .map_err(|source| ConfigError::MediaDir { path: config.media_dir.clone(), source })?;
        // If the encoder refuses these settings, better now than when the first stream starts.
        Line::new(config.format())?;
        let placeholder = Placeholder::new(config.sample_rate);
        Ok(Arc::new(Self { config, root, placeholder, streams: Mutex::default() }))
    }

    fn streams(&self) -> MutexGuard<'_, HashMap<StreamId, Handle>> {
        self.streams.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn order(&self, stream: StreamId, order: Order) {
        if let Some(handle) = self.streams().get(&stream) {
            handle.inbox.order(order);
        }
    }

    /// The mount of a running stream.
    fn mount(&self, stream: StreamId) -> Option<Arc<Mount>> {
        let streams = self.streams();
        streams.get(&stream).map(|handle| Arc::clone(&handle.mount)).filter(|mount| !mount.is_closed())
    }

    fn start(&self, stream: StreamId, reports: Reports) -> Handle {
        let config = &self.config;
        let pace = Pace::new(config.sample_rate);
        let mount = Mount::new(Limits {
            burst_frames: pace.frames_in(config.burst),
            lag_frames: pace.frames_in(config.max_lag),
            max_listeners: config.max_listeners,
        });
        let setup = Setup {
            root: self.root.clone(),
            format: config.format(),
            wave: config.wave,
            burst: config.burst,
            lead: config.lead,
            placeholder: self.placeholder.clone(),
        };
        let inbox = Arc::new(Inbox::default());
        engine::spawn(stream, setup, reports, Arc::clone(&mount), Arc::clone(&inbox));
        Handle { inbox, mount }
    }
}

impl Player for AudioPlayer {
    fn open(&self, stream: StreamId, reports: Reports) {
        match self.streams().entry(stream) {
            Entry::Occupied(open) if !open.get().mount.is_closed() => open.get().inbox.order(Order::Reports(reports)),
            // Its engine ended by itself: it is opened anew.
            Entry::Occupied(mut dead) => {
                dead.insert(self.start(stream, reports));
            }
            Entry::Vacant(vacant) => {
                vacant.insert(self.start(stream, reports));
            }
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
        if let Some(handle) = self.streams().remove(&stream) {
            handle.inbox.order(Order::Close);
        }
    }
}

impl Broadcast for AudioPlayer {
    fn listen(&self, stream: StreamId) -> Result<Listener, ListenError> {
        let mount = self.mount(stream).ok_or(ListenError::NotRunning)?;
        Ok(mount.listen()?.boxed())
    }

    fn content_type(&self) -> &'static str {
        "audio/mpeg"
    }

    fn bitrate_kbps(&self) -> u32 {
        self.config.bitrate_kbps
    }

    fn is_on_air(&self, stream: StreamId) -> bool {
        self.mount(stream).is_some()
    }
}

impl Drop for AudioPlayer {
    fn drop(&mut self) {
        for handle in self.streams().values() {
            handle.inbox.order(Order::Close);
        }
    }
}
