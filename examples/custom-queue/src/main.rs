//! Adds the files named on the command line to a queue that survives between runs, and plays the next one.
//!
//! ```text
//! cargo run -p example-custom-queue -- journal.jsonl prelude.mp3 fugue.mp3
//! ```

use std::{env, error::Error, time::SystemTime};

use example_custom_queue::JournalQueue;
use futures::executor::block_on;
use streamcore::{
    ItemId, Outcome, QueueItem, StreamId, Timestamp,
    queue::{Advance, Finished, Op, Page, Queue},
};
use uuid::Uuid;

fn main() -> Result<(), Box<dyn Error>> {
    let mut args = env::args().skip(1);
    let journal = args.next().ok_or("usage: example-custom-queue JOURNAL [FILE]...")?;
    block_on(run(&JournalQueue::open(journal)?, args))
}

async fn run(queue: &dyn Queue, files: impl Iterator<Item = String>) -> Result<(), Box<dyn Error>> {
    let (stream, now) = (StreamId::new(1), SystemTime::now().duration_since(SystemTime::UNIX_EPOCH)?);
    let at = Timestamp::from_millis(u64::try_from(now.as_millis())?);
    for (n, file) in (0..).zip(files) {
        // A server takes a random UUID; here the moment tells the items apart.
        let id = ItemId::new(Uuid::from_u128(now.as_nanos() + n));
        queue.apply(stream, Op::add(QueueItem::file(id, &file, &file, at)).into()).await?;
    }
    let playing = queue.view(stream, Page::ALL).await?.current;
    let finished = playing.map(|item| Finished { item: item.id, outcome: Outcome::Played });
    let next = queue.advance(stream, Advance { finished, next: None, at }).await?.current;
    println!("now playing: {}", next.map_or_else(|| "nothing".to_owned(), |item| item.title));
    for item in queue.view(stream, Page::ALL).await?.items.iter().skip(1) {
        println!("    waiting: {}", item.title);
    }
    Ok(())
}
