use std::{
    collections::BTreeMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use streamcore::{
    PlaybackId, StreamId,
    player::{Join, Play, Player, Report, Reports},
};

/// A player that plays nothing, and says that as many listen as it is told.
#[derive(Debug, Default)]
pub struct SilentPlayer(Mutex<Rooms>);

#[derive(Debug, Default)]
struct Rooms {
    open: BTreeMap<StreamId, Room>,
    open_with: u64,
}

#[derive(Debug)]
struct Room {
    reports: Reports,
    count: u64,
    ever: u64,
}

impl SilentPlayer {
    /// So many listen to streams that are opened from now on.
    pub fn open_with(&self, count: u64) {
        self.lock().open_with = count;
    }

    /// So many listen from now on; answers whether the stream was open.
    pub fn listen(&self, stream: StreamId, count: u64) -> bool {
        let mut rooms = self.lock();
        let Some(room) = rooms.open.get_mut(&stream) else { return false };
        room.ever += count.saturating_sub(room.count);
        room.count = count;
        room.reports.send(Report::Listeners { count, ever: room.ever });
        true
    }

    /// Whether the stream is on the air.
    pub fn is_open(&self, stream: StreamId) -> bool {
        self.lock().open.contains_key(&stream)
    }

    fn lock(&self) -> MutexGuard<'_, Rooms> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Player for SilentPlayer {
    fn open(&self, stream: StreamId, reports: Reports) {
        let mut rooms = self.lock();
        let count = rooms.open_with;
        reports.send(Report::Listeners { count, ever: count });
        rooms.open.insert(stream, Room { reports, count, ever: count });
    }

    fn play(&self, _stream: StreamId, _play: Play) {}

    fn placeholder(&self, _stream: StreamId, _playback: PlaybackId, _join: Join) {}

    fn pause(&self, _stream: StreamId) {}

    fn resume(&self, _stream: StreamId) {}

    fn close(&self, stream: StreamId) {
        self.lock().open.remove(&stream);
    }
}
