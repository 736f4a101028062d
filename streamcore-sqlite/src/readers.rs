//! The threads that read, each with a connection that cannot write.

use std::{
    path::Path,
    sync::{Arc, Mutex, PoisonError, mpsc},
    thread::{self, JoinHandle},
};

use futures::channel::oneshot;
use rusqlite::Connection;

use crate::{
    OpenError,
    error::{Fault, PortError},
    schema,
};

/// Reads are short; two threads keep one slow page of history from holding up the others.
const READERS: usize = 2;

/// A reading of any port: runs on a connection and answers its caller.
pub(crate) type Reading = Box<dyn FnOnce(&Connection) + Send>;

/// Starts the readers; they end when the sender is gone and nothing waits any more.
pub(crate) fn start(path: &Path, readings: mpsc::Receiver<Reading>) -> Result<Vec<JoinHandle<()>>, OpenError> {
    let readings = Arc::new(Mutex::new(readings));
    let connections = (0..READERS).map(|_| schema::open_reader(path)).collect::<Result<Vec<_>, _>>()?;
    let threads = connections.into_iter().map(|conn| {
        let readings = Arc::clone(&readings);
        thread::Builder::new().name("sqlite-reader".to_owned()).spawn(move || serve(&conn, &readings))
    });
    threads.collect::<Result<_, _>>().map_err(|source| OpenError::Io { path: path.to_owned(), source })
}

fn serve(conn: &Connection, readings: &Mutex<mpsc::Receiver<Reading>>) {
    loop {
        // Whoever holds the lock waits for the next reading; the others wait for the lock.
        let next = readings.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok(read) = next else { return };
        read(conn);
    }
}

/// A reading made of a closure, which sees one consistent state however many queries it makes.
pub(crate) fn reading<T, E>(
    read: impl FnOnce(&Connection) -> Result<T, Fault<E>> + Send + 'static,
) -> (Reading, oneshot::Receiver<Result<T, E>>)
where
    T: Send + 'static,
    E: PortError,
{
    let (reply, answer) = oneshot::channel();
    let reading = move |conn: &Connection| {
        if !reply.is_canceled() {
            // Fails if the caller went away meanwhile, who then does not want to know.
            drop(reply.send(in_snapshot(conn, read).map_err(Fault::into_port)));
        }
    };
    (Box::new(reading), answer)
}

fn in_snapshot<T, E>(conn: &Connection, read: impl FnOnce(&Connection) -> Result<T, Fault<E>>) -> Result<T, Fault<E>> {
    // Rolls back when dropped, which ends a reading as well as a commit does.
    let snapshot = conn.unchecked_transaction()?;
    read(&snapshot)
}
