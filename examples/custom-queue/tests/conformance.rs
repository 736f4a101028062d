//! All that an adapter's tests need: a fixture, the suite, and the comparison with the model.

use std::sync::Arc;

use example_custom_queue::JournalQueue;
use futures::executor::block_on;
use proptest::{prelude::ProptestConfig, proptest};
use streamcore::{
    queue::{Page, Queue},
    testing::{Capabilities, QueueFixture, compare::assert_matches_model, strategies::edits},
};
use tempfile::TempDir;

/// A journal in a folder of its own, which goes with it.
struct Journal {
    queue: Arc<JournalQueue>,
    folder: TempDir,
}

fn open(folder: &TempDir) -> Arc<JournalQueue> {
    Arc::new(JournalQueue::open(folder.path().join("journal")).expect("the journal opens"))
}

impl Journal {
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        Self { queue: open(&folder), folder }
    }
}

#[async_trait::async_trait]
impl QueueFixture for Journal {
    fn queue(&self) -> Arc<dyn Queue> {
        self.queue.clone()
    }

    fn capabilities(&self) -> Capabilities {
        Capabilities::default().durable()
    }

    async fn reopen(&mut self) {
        self.queue = open(&self.folder);
    }
}

streamcore::queue_conformance!(fixture = async || Journal::new(), block_on = block_on);

proptest! {
    #![proptest_config(ProptestConfig { cases: 32, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_journal_matches_the_model(ops in edits(30)) {
        block_on(assert_matches_model(&*Journal::new().queue, &ops));
    }
}

#[test]
fn a_line_cut_short_by_a_crash_is_as_if_never_written() {
    use std::{fs::OpenOptions, io::Write};
    let mut journal = Journal::new();
    let stream = streamcore::StreamId::new(1);
    block_on(journal.queue.purge(stream)).unwrap();
    let path = journal.folder.path().join("journal");
    OpenOptions::new().append(true).open(path).unwrap().write_all(b"{\"stream\":1,\"step\":\"pu").unwrap();
    for expected in [1, 2] {
        block_on(journal.reopen());
        assert_eq!(block_on(journal.queue.view(stream, Page::ALL)).unwrap().revision.get(), expected);
        block_on(journal.queue.purge(stream)).unwrap();
    }
}
