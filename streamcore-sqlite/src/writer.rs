//! The one thread that writes.
//!
//! **Group commit.** It takes whatever waits, up to [`MAX_GROUP`], runs each request inside its own savepoint and commits them together:
//! fifty callers share one sync. A request that is refused or fails is rolled back alone. Only after the commit is anybody answered; if the
//! commit fails nobody's change was made and all are told so.

use std::sync::{Arc, mpsc};

use futures::channel::oneshot;
use rusqlite::Connection;

use crate::error::{Fault, PortError, Unavailable, from_sqlite};

/// The most requests that share a commit: bounds how long the first waits for the last.
const MAX_GROUP: usize = 128;

/// A request of any port.
pub(crate) trait Request: Send {
    /// Does it, inside a savepoint. False if that must be rolled back.
    fn run(&mut self, conn: &Connection) -> bool;

    /// Answers, once the group is committed or is not.
    fn settle(self: Box<Self>, committed: Result<(), Arc<rusqlite::Error>>);
}

/// A request made of a closure that does it and one that is told of it when it is committed.
pub(crate) struct Task<T, E, W, C> {
    work: Option<W>,
    done: Option<Result<T, Fault<E>>>,
    on_commit: C,
    reply: oneshot::Sender<Result<T, E>>,
}

impl<T, E, W, C> Task<T, E, W, C>
where
    W: FnOnce(&Connection) -> Result<T, Fault<E>>,
    C: FnOnce(&T),
{
    pub(crate) fn new(work: W, on_commit: C) -> (Self, oneshot::Receiver<Result<T, E>>) {
        let (reply, answer) = oneshot::channel();
        (Self { work: Some(work), done: None, on_commit, reply }, answer)
    }
}

impl<T, E, W, C> Request for Task<T, E, W, C>
where
    T: Send,
    E: PortError,
    W: FnOnce(&Connection) -> Result<T, Fault<E>> + Send,
    C: FnOnce(&T) + Send,
{
    fn run(&mut self, conn: &Connection) -> bool {
        // Nobody waits for a call whose future was dropped; not doing it is one of the two outcomes that were promised.
        let Some(work) = self.work.take().filter(|_| !self.reply.is_canceled()) else { return false };
        let done = work(conn);
        let keep = done.is_ok();
        self.done = Some(done);
        keep
    }

    fn settle(self: Box<Self>, committed: Result<(), Arc<rusqlite::Error>>) {
        let answer = match (committed, self.done) {
            (Err(error), _) => Err(from_sqlite(error)),
            (Ok(()), Some(Ok(done))) => {
                (self.on_commit)(&done);
                Ok(done)
            }
            (Ok(()), Some(Err(fault))) => Err(fault.into_port()),
            (Ok(()), None) => Err(E::unavailable(Unavailable::Closed)),
        };
        // Fails if the caller went away, who then does not want to know.
        drop(self.reply.send(answer));
    }
}

/// Serves requests until all senders are gone and nothing waits any more.
pub(crate) fn serve(conn: &Connection, requests: &mpsc::Receiver<Box<dyn Request>>) {
    while let Ok(first) = requests.recv() {
        let mut group = vec![first];
        group.extend(requests.try_iter().take(MAX_GROUP - 1));
        let committed = commit(conn, &mut group).map_err(Arc::new);
        for request in group {
            request.settle(committed.clone());
        }
    }
}

/// Runs the group in one transaction.
fn commit(conn: &Connection, group: &mut [Box<dyn Request>]) -> rusqlite::Result<()> {
    end_transaction(conn)?;
    run_all(conn, group).inspect_err(|_| {
        // If this fails as well, the next group tries it again, and the caller hears of the first failure.
        drop(end_transaction(conn));
    })
}

/// Rolls back what a failure left open; a full disk or an I/O error may have ended it already.
fn end_transaction(conn: &Connection) -> rusqlite::Result<()> {
    if conn.is_autocommit() { Ok(()) } else { conn.execute_batch("ROLLBACK") }
}

fn run_all(conn: &Connection, group: &mut [Box<dyn Request>]) -> rusqlite::Result<()> {
    execute(conn, "BEGIN IMMEDIATE")?;
    for request in group {
        execute(conn, "SAVEPOINT request")?;
        if !request.run(conn) {
            // If SQLite ended the whole transaction, this fails, and so does the group: its other changes are gone too.
            execute(conn, "ROLLBACK TO request")?;
        }
        execute(conn, "RELEASE request")?;
    }
    execute(conn, "COMMIT")
}

fn execute(conn: &Connection, sql: &str) -> rusqlite::Result<()> {
    conn.prepare_cached(sql)?.execute([]).map(|_| ())
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering::SeqCst};

    use streamcore::queue::Error;

    use super::*;

    type Answer = oneshot::Receiver<Result<(), Error>>;
    type Group = (Vec<Box<dyn Request>>, Vec<Answer>);

    type Work = fn(&Connection) -> Result<(), Fault<Error>>;

    fn group<const N: usize>(works: [Work; N]) -> Group {
        let tasks = works.into_iter().map(|work| Task::new(work, |()| ()));
        tasks.map(|(task, answer)| (Box::new(task) as Box<dyn Request>, answer)).unzip()
    }

    /// Commits a group, and says which of its members were told that they succeeded.
    fn served(conn: &Connection, (mut requests, answers): Group) -> Vec<bool> {
        let committed = commit(conn, &mut requests).map_err(Arc::new);
        requests.into_iter().for_each(|request| request.settle(committed.clone()));
        assert!(conn.is_autocommit(), "no transaction stays open");
        let answers = answers.into_iter().map(|mut answer| answer.try_recv().unwrap().expect("everybody is answered"));
        answers.inspect(|answer| println!("{answer:?}")).map(|answer| answer.is_ok()).collect()
    }

    fn put(conn: &Connection, id: i64) -> Result<(), Fault<Error>> {
        conn.execute("INSERT INTO t VALUES (?, zeroblob(1000))", [id])?;
        Ok(())
    }

    fn ids(conn: &Connection) -> Vec<i64> {
        let mut query = conn.prepare("SELECT id FROM t ORDER BY id").unwrap();
        query.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect()
    }

    const TABLES: &str = "
        PRAGMA foreign_keys = ON;
        CREATE TABLE t (id INTEGER PRIMARY KEY, body BLOB) STRICT;
        CREATE TABLE refers (t INTEGER REFERENCES t (id) DEFERRABLE INITIALLY DEFERRED) STRICT;";

    fn database() -> Connection {
        let conn = Connection::open_in_memory().unwrap();
        conn.execute_batch(TABLES).unwrap();
        conn
    }

    #[test]
    fn a_request_that_fails_undoes_its_own_changes_and_no_others() {
        let conn = database();
        let told = served(
            &conn,
            group([
                |conn| put(conn, 1),
                |conn| put(conn, 2).and_then(|()| Err(Fault::Refused(Error::NotSupported { operation: "this" }))),
                |conn| put(conn, 3).and_then(|()| put(conn, 1)),
                |conn| put(conn, 4),
            ]),
        );
        assert_eq!(told, [true, false, false, true]);
        assert_eq!(ids(&conn), [1, 4]);
    }

    #[test]
    fn if_the_commit_fails_nobody_is_told_of_success() {
        let conn = database();
        let told = served(
            &conn,
            group([|conn| put(conn, 1), |conn| Ok(conn.execute("INSERT INTO refers VALUES (99)", []).map(drop)?)]),
        );
        assert_eq!(told, [false, false]);
        assert!(ids(&conn).is_empty());
        assert_eq!(served(&conn, group([|conn| put(conn, 1)])), [true], "the next group is not hindered");
    }

    #[test]
    fn on_a_full_disk_exactly_what_was_acknowledged_is_there() {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let conn = database();
        conn.execute_batch("PRAGMA max_page_count = 12").unwrap();
        let put_next: Work = |conn| put(conn, NEXT.fetch_add(1, SeqCst).into());
        let told = served(&conn, group([put_next; 60]));
        let acknowledged: Vec<_> = (0..60).filter(|n| told[*n as usize]).collect();
        assert_eq!(ids(&conn), acknowledged);
        assert!(acknowledged.len() < 60);
        conn.execute_batch("PRAGMA max_page_count = 1000").unwrap();
        assert_eq!(served(&conn, group([|conn| put(conn, 100)])), [true], "and with room again it goes on");
    }

    #[test]
    fn while_a_tool_holds_the_file_requests_are_refused_as_unavailable() {
        let folder = tempfile::tempdir().unwrap();
        let open = || Connection::open(folder.path().join("a.db")).unwrap();
        let (conn, tool) = (open(), open());
        conn.execute_batch(TABLES).unwrap();
        conn.busy_timeout(std::time::Duration::ZERO).unwrap();
        tool.execute_batch("BEGIN IMMEDIATE").unwrap();
        let (mut requests, mut answers) = group([|conn| put(conn, 1)]);
        let committed = commit(&conn, &mut requests).map_err(Arc::new);
        requests.remove(0).settle(committed);
        let answer = answers[0].try_recv().unwrap().unwrap();
        assert!(answer.as_ref().is_err_and(Error::is_retryable), "{answer:?}");
        tool.execute_batch("ROLLBACK").unwrap();
        assert_eq!(served(&conn, group([|conn| put(conn, 1)])), [true]);
    }

    #[test]
    fn a_request_that_nobody_waits_for_is_not_done() {
        let conn = database();
        let (mut requests, answers) = group([|conn| put(conn, 1)]);
        drop(answers);
        commit(&conn, &mut requests).unwrap();
        assert!(ids(&conn).is_empty());
    }
}
