//! Ports that do as they are told.

use std::{
    collections::BTreeMap,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::Duration,
};

use async_trait::async_trait;
use bytes::Bytes;
use futures::{StreamExt, stream::BoxStream};
use streamcore::{
    FailureKind, FailureReason, PlaybackId, QueueItem, Source, StreamId, Timestamp,
    idempotency::{
        self, Answer, Claim, Fingerprint, Idempotency, Limits, MemoryIdempotency, Origin, ScopedKey, Ticket,
    },
    media::{Media, MediaFile, MediaInfo, MediaList, StoreError, Upload},
    player::{Broadcast, Join, ListenError, Play, Player, Report, Reports, Wave, Waves},
    queue::{self, Advance, Advanced, Applied, Change, HistoryPage, MemoryQueue, Op, Page, Queue, QueueView, Released},
    testing::flaky::{Called, Fault},
};
use tokio::sync::mpsc;

/// A player and broadcast without audio: playing begins at once and ends when the test says so.
#[derive(Debug, Default)]
pub(crate) struct ScriptedPlayer {
    streams: Mutex<BTreeMap<StreamId, OnAir>>,
    connected: Arc<AtomicUsize>,
    joined: AtomicUsize,
    pub(crate) full: AtomicBool,
    given_up: AtomicUsize,
}

#[derive(Debug)]
struct OnAir {
    reports: Reports,
    live: Option<(PlaybackId, Option<QueueItem>)>,
    /// How many listen, as it was told last, and how many have come since it opened.
    counted: (u64, u64),
    listeners: Vec<mpsc::UnboundedSender<Bytes>>,
}

/// Counts a listener as connected until it is dropped.
struct Connected(Arc<AtomicUsize>);

impl Drop for Connected {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

impl ScriptedPlayer {
    fn lock(&self) -> MutexGuard<'_, BTreeMap<StreamId, OnAir>> {
        self.streams.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What plays now; none: nothing, or the placeholder.
    pub(crate) fn plays(&self, stream: StreamId) -> Option<QueueItem> {
        self.lock().get(&stream)?.live.as_ref()?.1.clone()
    }

    fn report(&self, stream: StreamId, report: impl Fn(PlaybackId) -> Report) {
        let told = self.lock().get(&stream).and_then(|air| Some((air.reports.clone(), air.live.as_ref()?.0)));
        if let Some((reports, playback)) = told {
            reports.send(report(playback));
        }
    }

    pub(crate) fn end(&self, stream: StreamId) {
        self.report(stream, |playback| Report::Ended { playback });
    }

    pub(crate) fn fail(&self, stream: StreamId, reason: FailureReason) {
        self.report(stream, |playback| Report::Failed { playback, reason: reason.clone() });
    }

    pub(crate) fn progress(&self, stream: StreamId, position: Duration) {
        self.report(stream, |playback| Report::Progress { playback, position });
    }

    /// So many listen now: those that are more than before have come.
    pub(crate) fn listeners(&self, stream: StreamId, count: u64) {
        let ever = self.lock().get_mut(&stream).map_or(0, |air| {
            let (before, ever) = air.counted;
            air.counted = (count, ever + count.saturating_sub(before));
            air.counted.1
        });
        self.report(stream, |_| Report::Listeners { count, ever });
    }

    /// It cannot tell any more how many listen.
    pub(crate) fn listeners_unknown(&self, stream: StreamId) {
        self.report(stream, |_| Report::ListenersUnknown);
    }

    /// Sends audio to all who listen.
    pub(crate) fn broadcast(&self, stream: StreamId, audio: &Bytes) {
        if let Some(air) = self.lock().get_mut(&stream) {
            air.listeners.retain(|listener| listener.send(audio.clone()).is_ok());
        }
    }

    pub(crate) fn connected(&self) -> usize {
        self.connected.load(Ordering::SeqCst)
    }

    /// How many were given up because they took nothing.
    pub(crate) fn given_up(&self) -> usize {
        self.given_up.load(Ordering::SeqCst)
    }

    /// How many have ever connected.
    pub(crate) fn joined(&self) -> usize {
        self.joined.load(Ordering::SeqCst)
    }

    fn begin(&self, stream: StreamId, playback: PlaybackId, item: Option<QueueItem>) {
        if let Some(air) = self.lock().get_mut(&stream) {
            air.live = Some((playback, item));
        }
        self.report(stream, |playback| Report::Started { playback });
    }
}

impl Player for ScriptedPlayer {
    fn open(&self, stream: StreamId, reports: Reports) {
        let mut streams = self.lock();
        match streams.get_mut(&stream) {
            Some(air) => air.reports = reports,
            None => drop(streams.insert(stream, OnAir { reports, live: None, counted: (0, 0), listeners: Vec::new() })),
        }
    }

    fn play(&self, stream: StreamId, play: Play) {
        self.begin(stream, play.playback, Some(play.item));
    }

    fn placeholder(&self, stream: StreamId, playback: PlaybackId, _join: Join) {
        self.begin(stream, playback, None);
    }

    fn pause(&self, _stream: StreamId) {}

    fn resume(&self, _stream: StreamId) {}

    fn close(&self, stream: StreamId) {
        self.lock().remove(&stream);
    }
}

impl Broadcast for ScriptedPlayer {
    fn waves(&self, stream: StreamId) -> Result<Waves, ListenError> {
        if self.full.load(Ordering::SeqCst) {
            return Err(ListenError::Full { limit: 3 });
        }
        let mut streams = self.lock();
        let air = streams.get_mut(&stream).ok_or(ListenError::NotRunning)?;
        let (sender, receiver) = mpsc::unbounded_channel();
        air.listeners.push(sender);
        self.connected.fetch_add(1, Ordering::SeqCst);
        self.joined.fetch_add(1, Ordering::SeqCst);
        let connected = Connected(Arc::clone(&self.connected));
        Ok(futures::stream::unfold((receiver, connected), |(mut receiver, connected)| async move {
            let audio = receiver.recv().await?;
            Some((Wave { audio, title: None, cut: false }, (receiver, connected)))
        })
        .boxed())
    }

    fn gave_up(&self, _stream: StreamId, _behind: Duration) {
        self.given_up.fetch_add(1, Ordering::SeqCst);
    }

    fn content_type(&self) -> &'static str {
        "audio/mpeg"
    }

    fn bitrate_kbps(&self) -> u32 {
        128
    }

    fn is_on_air(&self, stream: StreamId) -> bool {
        self.lock().contains_key(&stream)
    }
}

/// A directory of files that are all three minutes long, and a web that answers always.
#[derive(Debug, Default)]
pub(crate) struct ScriptedMedia;

#[async_trait]
impl Media for ScriptedMedia {
    async fn check(&self, url: &str) -> Result<MediaInfo, FailureReason> {
        let refused = |kind, detail: &str| Err(FailureReason::new(kind, detail));
        if url.contains("..") || url.starts_with('/') {
            return refused(FailureKind::Forbidden, "the path leaves the media directory; name a file inside of it");
        }
        assert!(!url.contains("panic"), "the media check panics, as the test wants it to");
        if url.contains("youtu.be") {
            return refused(FailureKind::ResolverMissing, "it is a page, and this server has no resolver");
        }
        if url.contains("tardy") {
            tokio::time::sleep(Duration::from_secs(1)).await;
        }
        if url.contains("unmounted") {
            return refused(FailureKind::Unavailable, "the media directory cannot be read");
        }
        if url.contains("missing") {
            return refused(FailureKind::NotFound, "there is no such file; see the list of media");
        }
        let source = if url.starts_with("http") { Source::Stream } else { Source::File };
        let name = url.rsplit('/').next().unwrap_or(url);
        let title = name.split('.').next().unwrap_or(name).to_owned();
        let duration = (source == Source::File).then_some(Duration::from_millis(180_500));
        Ok(MediaInfo { url: url.trim_start_matches("./").to_owned(), source, duration, title, artist: None })
    }

    async fn store(&self, name: &str, mut bytes: Upload, max_bytes: u64) -> Result<MediaInfo, StoreError> {
        let mut count = 0;
        while let Some(piece) = bytes.next().await {
            count += piece.map_err(|_| StoreError::Interrupted)?.len() as u64;
            if count > max_bytes {
                return Err(StoreError::TooLarge { limit: max_bytes });
            }
        }
        if name.contains("full") {
            return Err(StoreError::Unavailable { detail: "the disk is full".to_owned() });
        }
        self.check(&format!("uploads/{name}")).await.map_err(StoreError::Refused)
    }

    async fn list(&self, filter: &str, limit: usize) -> Result<MediaList, FailureReason> {
        let all = ["bach/air.mp3", "bach/prelude.flac", "jazz/so what.mp3"];
        let matching: Vec<_> = all.iter().filter(|url| url.contains(&filter.to_lowercase())).collect();
        let files =
            matching.iter().take(limit).map(|url| MediaFile { url: (**url).to_owned(), bytes: 5_000_000 }).collect();
        Ok(MediaList { files, more: matching.len() > limit })
    }
}

/// A queue that can be away, or never answer.
#[derive(Debug, Default)]
pub(crate) struct SwitchedQueue {
    pub(crate) inner: MemoryQueue,
    pub(crate) away: AtomicBool,
    pub(crate) silent: AtomicBool,
    /// All stores of the server are away, not only this one.
    pub(crate) all_away: AtomicBool,
    /// All stores of the server are read-only.
    pub(crate) read_only: AtomicBool,
    /// Behind the next move somebody else edits.
    pub(crate) meddle: AtomicBool,
    /// Edits wait until they are let go.
    pub(crate) hold: AtomicBool,
    let_go: tokio::sync::Notify,
}

impl SwitchedQueue {
    pub(crate) fn release_held(&self) {
        self.hold.store(false, Ordering::SeqCst);
        self.let_go.notify_waiters();
    }

    async fn gate_of_changes(&self) -> queue::Result<()> {
        self.gate().await?;
        if self.read_only.load(Ordering::SeqCst) {
            return Err(queue::Error::unavailable(std::io::Error::from(std::io::ErrorKind::StorageFull)));
        }
        Ok(())
    }

    /// What becomes of a call to another store of the server.
    pub(crate) fn fault(&self, call: Called) -> Fault {
        let reads = ["get", "by_uuid", "list", "sessions", "snapshot", "running", "find_by_url", "search"];
        let is_change = !reads.contains(&call.method);
        let refuses = self.all_away.load(Ordering::SeqCst) || is_change && self.read_only.load(Ordering::SeqCst);
        if refuses { Fault::Refuse } else { Fault::None }
    }

    async fn held(&self) {
        let let_go = self.let_go.notified();
        if self.hold.load(Ordering::SeqCst) {
            let_go.await;
        }
    }

    async fn gate(&self) -> queue::Result<()> {
        if self.silent.load(Ordering::SeqCst) {
            std::future::pending::<()>().await;
        }
        if self.away.load(Ordering::SeqCst) || self.all_away.load(Ordering::SeqCst) {
            return Err(queue::Error::unavailable("connection refused by secret-host:6379"));
        }
        Ok(())
    }
}

#[async_trait]
impl Queue for SwitchedQueue {
    async fn apply(&self, stream: StreamId, change: Change) -> queue::Result<Applied> {
        self.gate_of_changes().await?;
        self.held().await;
        let meddles = matches!(change.op, Op::Move { .. }) && self.meddle.swap(false, Ordering::SeqCst);
        let applied = self.inner.apply(stream, change).await?;
        if meddles {
            self.inner.apply(stream, Op::Shuffle { seed: 1 }.into()).await?;
        }
        Ok(applied)
    }

    async fn advance(&self, stream: StreamId, advance: Advance) -> queue::Result<Advanced> {
        self.gate_of_changes().await?;
        self.inner.advance(stream, advance).await
    }

    async fn release(&self, stream: StreamId, item: streamcore::ItemId) -> queue::Result<Released> {
        self.gate_of_changes().await?;
        self.inner.release(stream, item).await
    }

    async fn view(&self, stream: StreamId, page: Page) -> queue::Result<QueueView> {
        self.gate().await?;
        self.inner.view(stream, page).await
    }

    async fn history(&self, stream: StreamId, before: Option<u64>, limit: usize) -> queue::Result<HistoryPage> {
        self.gate().await?;
        self.inner.history(stream, before, limit).await
    }

    async fn purge(&self, stream: StreamId) -> queue::Result<()> {
        self.gate_of_changes().await?;
        self.inner.purge(stream).await
    }

    fn changes(&self) -> BoxStream<'static, StreamId> {
        self.inner.changes()
    }
}

/// Idempotency keys that can be forgotten, as after their day, or lose how a request ended, as after a crash that nobody waits for any more.
#[derive(Debug, Default)]
pub(crate) struct ForgetfulKeys {
    inner: Mutex<Arc<MemoryIdempotency>>,
    claims: AtomicUsize,
    /// Claims are never answered.
    pub(crate) silent: AtomicBool,
    /// Claims are, and their ends are not.
    pub(crate) silent_ends: AtomicBool,
    /// Answers are not kept, and their claims are as overdue ones.
    pub(crate) lose_ends: AtomicBool,
}

async fn never_if(silent: &AtomicBool) {
    if silent.load(Ordering::SeqCst) {
        std::future::pending::<()>().await;
    }
}

impl ForgetfulKeys {
    pub(crate) fn forget(&self) {
        *self.inner.lock().unwrap_or_else(PoisonError::into_inner) = Arc::default();
    }

    /// How many claims there were.
    pub(crate) fn claims(&self) -> usize {
        self.claims.load(Ordering::SeqCst)
    }

    fn inner(&self) -> Arc<MemoryIdempotency> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

#[async_trait]
impl Idempotency for ForgetfulKeys {
    async fn claim(
        &self,
        key: ScopedKey,
        request: Fingerprint,
        origin: Origin,
        limits: Limits,
        now: Timestamp,
    ) -> idempotency::Result<Claim> {
        never_if(&self.silent).await;
        let claim = self.inner().claim(key, request, origin, limits, now).await;
        self.claims.fetch_add(1, Ordering::SeqCst);
        claim
    }

    async fn finish(&self, ticket: Ticket, answer: Answer, now: Timestamp) -> idempotency::Result<bool> {
        never_if(&self.silent_ends).await;
        if self.lose_ends.load(Ordering::SeqCst) {
            return self.inner().abandon(ticket).await.map(|()| false);
        }
        self.inner().finish(ticket, answer, now).await
    }

    async fn abandon(&self, ticket: Ticket) -> idempotency::Result<()> {
        never_if(&self.silent_ends).await;
        self.inner().abandon(ticket).await
    }
}
