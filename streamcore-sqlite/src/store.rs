//! The handle: opens, hands requests to the threads, closes.

use std::{
    fs::File,
    path::Path,
    sync::{Arc, Mutex, PoisonError, mpsc},
    thread::{self, JoinHandle},
};

use futures::{
    FutureExt,
    channel::oneshot,
    future::{BoxFuture, Shared},
};
use rusqlite::Connection;
use streamcore::queue::Hints;

use crate::{
    OpenError,
    error::{Fault, PortError, Unavailable},
    lock::Lock,
    readers::{self, Reading},
    schema,
    writer::{self, Request, Task},
};

/// How many requests may wait for the writer, and how many for the readers, before more are refused as unavailable.
pub const MAX_WAITING: usize = 4_096;

/// A handle on an open store; clones are handles on the same one.
///
/// Implements [`Queue`](streamcore::queue::Queue) and [`Registry`](streamcore::registry::Registry). See the [crate](crate) for an example
/// and for what is promised.
///
/// Dropping the last handle waits until what was asked for is done and the file is closed; [`close`](Self::close) does the same without
/// blocking the thread.
#[derive(Debug, Clone)]
pub struct SqliteStore {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    /// None once closed.
    lines: Mutex<Option<Lines>>,
    hints: Arc<Hints>,
    writer: Option<JoinHandle<()>>,
    /// Resolves once the file is closed and unlocked.
    closed: Shared<BoxFuture<'static, ()>>,
}

/// The ways to the threads.
struct Lines {
    requests: mpsc::SyncSender<Box<dyn Request>>,
    readings: mpsc::SyncSender<Reading>,
}

impl std::fmt::Debug for Lines {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Lines")
    }
}

impl SqliteStore {
    /// Opens the store in this file, which is created if missing, and brought to the present schema if it is older. Two more files, with
    /// `-wal` and `-shm` behind the name, belong to it while it is open, and a lock file with `.lock`.
    ///
    /// Blocks for as long as the disk takes.
    ///
    /// # Errors
    /// [`OpenError`] says what is in the way and what to do about it. A file that is not ours is not touched.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, OpenError> {
        let path = path.as_ref();
        let path = std::path::absolute(path).map_err(|source| OpenError::Io { path: path.to_owned(), source })?;
        let folder = path.parent().unwrap_or(&path);
        if !folder.is_dir() {
            return Err(OpenError::FolderMissing { folder: folder.to_owned() });
        }
        let lock = Lock::acquire(&path)?;
        let conn = schema::open_writer(&path)?;
        let io = |source| OpenError::Io { path: path.clone(), source };
        sync_folder(folder).map_err(io)?;
        let (readings, incoming) = mpsc::sync_channel(MAX_WAITING);
        let readers = readers::start(&path, incoming)?;
        let (requests, incoming) = mpsc::sync_channel(MAX_WAITING);
        let (say_closed, closed) = oneshot::channel::<()>();
        let serve = move || {
            writer::serve(&conn, &incoming);
            shut_down(conn, readers, lock);
            // Dropping it says so, whether or not somebody listens.
            drop(say_closed);
        };
        let writer = thread::Builder::new().name("sqlite-writer".to_owned()).spawn(serve).map_err(io)?;
        let inner = Inner {
            lines: Mutex::new(Some(Lines { requests, readings })),
            hints: Arc::default(),
            writer: Some(writer),
            closed: closed.map(|_| ()).boxed().shared(),
        };
        Ok(Self { inner: Arc::new(inner) })
    }

    /// Finishes what was asked for, writes the log back into the file, closes and unlocks it. Afterwards every call on any handle is
    /// answered as unavailable. Closing twice is fine.
    ///
    /// **Cancellation.** The store closes all the same.
    pub async fn close(&self) {
        self.inner.hang_up();
        self.inner.closed.clone().await;
    }

    /// Has the writer do something; `on_commit` hears of it before the caller does, and only if it is committed.
    pub(crate) async fn write<T, E, W, C>(&self, work: W, on_commit: C) -> Result<T, E>
    where
        T: Send + 'static,
        E: PortError,
        W: FnOnce(&Connection) -> Result<T, Fault<E>> + Send + 'static,
        C: FnOnce(&T) + Send + 'static,
    {
        let (task, answer) = Task::new(work, on_commit);
        self.inner.hand_over(|lines| lines.requests.try_send(Box::new(task)).map_err(refusal))?;
        answer.await.unwrap_or_else(|_| Err(E::unavailable(Unavailable::Closed)))
    }

    /// Has a reader read something from one consistent state.
    pub(crate) async fn read<T, E, R>(&self, read: R) -> Result<T, E>
    where
        T: Send + 'static,
        E: PortError,
        R: FnOnce(&Connection) -> Result<T, Fault<E>> + Send + 'static,
    {
        let (reading, answer) = readers::reading(read);
        self.inner.hand_over(|lines| lines.readings.try_send(reading).map_err(refusal))?;
        answer.await.unwrap_or_else(|_| Err(E::unavailable(Unavailable::Closed)))
    }

    pub(crate) fn hints(&self) -> &Arc<Hints> {
        &self.inner.hints
    }
}

fn refusal<T>(error: mpsc::TrySendError<T>) -> Unavailable {
    match error {
        mpsc::TrySendError::Full(_) => Unavailable::Busy { limit: MAX_WAITING },
        mpsc::TrySendError::Disconnected(_) => Unavailable::Closed,
    }
}

impl Inner {
    fn hand_over<E: PortError>(&self, send: impl FnOnce(&Lines) -> Result<(), Unavailable>) -> Result<(), E> {
        let lines = self.lines.lock().unwrap_or_else(PoisonError::into_inner);
        lines.as_ref().ok_or(Unavailable::Closed).and_then(send).map_err(E::unavailable)
    }

    fn hang_up(&self) {
        drop(self.lines.lock().unwrap_or_else(PoisonError::into_inner).take());
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        self.hang_up();
        // The last handle may be dropped by a task that the writer itself has just woken; it cannot wait for itself.
        if let Some(writer) = self.writer.take_if(|writer| writer.thread().id() != thread::current().id()) {
            // A writer that panicked is gone all the same.
            drop(writer.join());
        }
    }
}

/// The writer closes last: the last connection writes the log back, which a reader could not. Then the lock goes.
fn shut_down(conn: Connection, readers: Vec<JoinHandle<()>>, lock: Lock) {
    for reader in readers {
        drop(reader.join());
    }
    drop(conn);
    drop(lock);
}

/// A file is only there after a power cut if its name was synced, too.
fn sync_folder(folder: &Path) -> std::io::Result<()> {
    if cfg!(unix) { File::open(folder)?.sync_all() } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use futures::executor::block_on;
    use streamcore::queue::Error;

    use super::*;

    fn open() -> (SqliteStore, tempfile::TempDir) {
        let folder = tempfile::tempdir().unwrap();
        (SqliteStore::open(folder.path().join("a.db")).unwrap(), folder)
    }

    /// Keeps the writer busy until the sender is dropped; it is when this returns.
    fn stall(store: &SqliteStore) -> mpsc::Sender<()> {
        let (release, held) = mpsc::channel::<()>();
        let (started, begun) = mpsc::channel();
        let work = move |_: &Connection| {
            started.send(()).unwrap();
            held.recv().unwrap_err();
            Ok(())
        };
        let (task, answer) = Task::<(), Error, _, _>::new(work, |()| ());
        let sent = store.inner.hand_over::<Error>(|lines| lines.requests.try_send(Box::new(task)).map_err(refusal));
        sent.unwrap();
        begun.recv().unwrap();
        // A request that nobody waits for would not be run; this one is, so its answer can go.
        drop(answer);
        release
    }

    #[test]
    fn more_than_may_wait_are_refused_and_the_others_are_done() {
        let (store, _folder) = open();
        let release = stall(&store);
        let write = || store.write(|_: &Connection| Ok::<_, Fault<Error>>(()), |()| ());
        let mut waiting = Vec::new();
        let refused = loop {
            let mut call = Box::pin(write());
            match call.as_mut().now_or_never() {
                Some(answer) => break answer,
                None => waiting.push(call),
            }
        };
        assert!(refused.as_ref().is_err_and(Error::is_retryable), "{refused:?}");
        assert_eq!(waiting.len(), MAX_WAITING);
        drop(release);
        for call in waiting {
            block_on(call).unwrap();
        }
        block_on(write()).unwrap();
    }

    #[test]
    fn closing_finishes_what_was_asked_for_and_refuses_what_comes() {
        let (store, folder) = open();
        let release = stall(&store);
        let mut asked = Box::pin(store.write(|_: &Connection| Ok::<_, Fault<Error>>(7), |_| ()));
        assert!(asked.as_mut().now_or_never().is_none());
        let mut closing = Box::pin(store.close());
        assert!(closing.as_mut().now_or_never().is_none());
        drop(release);
        block_on(closing);
        assert_eq!(block_on(asked).unwrap(), 7);
        let late = block_on(store.write(|_: &Connection| Ok::<_, Fault<Error>>(()), |()| ()));
        assert!(late.as_ref().is_err_and(Error::is_retryable), "{late:?}");
        block_on(store.close());
        let reopened = SqliteStore::open(folder.path().join("a.db"));
        assert!(reopened.is_ok(), "closed means unlocked, while a handle still is around: {reopened:?}");
    }
}
