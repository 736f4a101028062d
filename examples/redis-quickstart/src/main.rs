//! Adds two items to a queue on Redis, plays the next one, and prints what is there. Each run goes on where the last one ended.
//!
//! ```text
//! cargo run -p example-redis-quickstart -- redis://127.0.0.1:6379
//! ```

use std::{env, error::Error, time::SystemTime};

use streamcore::queue::{Advance, Finished, Op, Page, Queue};
use streamcore::{ItemId, Outcome, QueueItem, StreamId, Timestamp};
use streamcore_redis::{Config, RedisStore};
use uuid::Uuid;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let url = env::args().nth(1).unwrap_or_else(|| String::from("redis://127.0.0.1:6379"));
    let queue = RedisStore::connect(Config::from_url(&url)?.with_prefix("quickstart")?).await?;
    let (stream, now) = (StreamId::new(1), SystemTime::now().duration_since(SystemTime::UNIX_EPOCH)?);
    let at = Timestamp::from_millis(u64::try_from(now.as_millis())?);
    for (n, title) in (0..).zip(["Prelude", "Fugue"]) {
        // A server takes a random UUID; here the moment tells the items apart.
        let id = ItemId::new(Uuid::from_u128(now.as_nanos() + n));
        queue.apply(stream, Op::add(QueueItem::file(id, title, "bach.flac", at)).into()).await?;
    }
    let playing = queue.view(stream, Page::ALL).await?.current;
    let finished = playing.map(|item| Finished { item: item.id, outcome: Outcome::Played });
    let next = queue.advance(stream, Advance { finished, next: None, at }).await?.current;
    println!("now playing: {}", next.map_or_else(|| "nothing".to_owned(), |item| item.title));
    for item in queue.view(stream, Page::ALL).await?.items.iter().skip(1) {
        println!("    waiting: {}", item.title);
    }
    queue.close().await;
    Ok(())
}
