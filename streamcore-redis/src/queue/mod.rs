//! The queue port. `src/scripts/queue/` holds the operations, each with its contract on top; here is what travels there and back.

mod answer;
mod codec;
mod edit;
mod scripts;

use async_trait::async_trait;
use fred::types::Value;
use futures::stream::BoxStream;
use streamcore::{
    ItemId, Outcome as Ended, QueueItem, Revision, StreamId,
    queue::{Advance, Advanced, Applied, Change, Error, HistoryPage, Page, Queue, QueueView, Released, Result},
};

use crate::{RedisStore, error::Fault, keys::Tagged, reply::Reply, script::Script};

/// What an operation inside the store answers with.
type Outcome<T> = std::result::Result<T, Fault<Error>>;

#[async_trait]
impl Queue for RedisStore {
    async fn apply(&self, stream: StreamId, change: Change) -> Result<Applied> {
        self.edit(stream, &change).await.map_err(Fault::into_port)
    }

    async fn advance(&self, stream: StreamId, advance: Advance) -> Result<Advanced> {
        self.hand_over(stream, &advance).await.map_err(Fault::into_port)
    }

    async fn release(&self, stream: StreamId, item: ItemId) -> Result<Released> {
        self.put_back(stream, item).await.map_err(Fault::into_port)
    }

    async fn view(&self, stream: StreamId, page: Page) -> Result<QueueView> {
        let args = vec![count(page.offset), count(page.limit)];
        let read = async { answer::view(self.on_queue(&scripts::VIEW, stream, args).await?, &self.tag(stream)) };
        read.await.map_err(Fault::into_port)
    }

    async fn history(&self, stream: StreamId, before: Option<u64>, limit: usize) -> Result<HistoryPage> {
        let before = before.map_or_else(|| Value::from(""), |before| Value::from(before.min(MOST).cast_signed()));
        let read = async {
            let reply = self.on_queue(&scripts::HISTORY, stream, vec![before, count(limit)]).await?;
            answer::history(reply, &self.tag(stream))
        };
        read.await.map_err(Fault::into_port)
    }

    async fn purge(&self, stream: StreamId) -> Result<()> {
        let purge = async {
            let _ = self.on_queue(&scripts::PURGE, stream, self.told_to(stream)).await?;
            self.changed(stream);
            Ok(())
        };
        purge.await.map_err(Fault::into_port)
    }

    fn changes(&self) -> BoxStream<'static, StreamId> {
        self.connection.changes.subscribe()
    }
}

/// As far as numbers in Lua are exact.
const MOST: u64 = 1 << 52;

fn count(n: usize) -> Value {
    // A sum of two of these is still exact.
    Value::from(u64::try_from(n).unwrap_or(MOST).min(MOST / 2).cast_signed())
}

impl RedisStore {
    async fn edit(&self, stream: StreamId, change: &Change) -> Outcome<Applied> {
        let mut args = self.told_to(stream);
        args.push(change.expected.map_or_else(|| Value::from(""), |expected| Value::from(expected.to_string())));
        args.push(change.request.map_or_else(|| Value::from(""), |request| Value::from(request.to_string())));
        args.extend(edit::args(&change.op)?);
        let applied = self.on_queue(&scripts::APPLY, stream, args).await?;
        let applied = answer::applied(applied, &self.tag(stream), &change.op)?;
        if applied.changed {
            self.changed(stream);
        }
        Ok(applied)
    }

    async fn hand_over(&self, stream: StreamId, advance: &Advance) -> Outcome<Advanced> {
        let text = |id: Option<ItemId>| Value::from(id.map_or_else(String::new, |id| id.to_string()));
        let mut args = self.told_to(stream);
        match &advance.finished {
            Some(finished) => {
                let kind = match finished.outcome {
                    Ended::Played => "played",
                    Ended::Skipped => "skipped",
                    Ended::Interrupted => "interrupted",
                    _ => "failed",
                };
                args.extend([text(Some(finished.item)), text(Some(finished.item.repetition())), Value::from(kind)]);
                args.push(Value::from(codec::json(&finished.outcome)?));
            }
            None => args.extend(["", "", "", ""].map(Value::from)),
        }
        args.push(Value::from(format!("{:020}", advance.at.as_millis())));
        args.push(text(advance.next));
        let mut reply = self.on_queue(&scripts::ADVANCE, stream, args).await?;
        let (revision, changed) = (Revision::new(reply.parse()?), reply.required()? == "1");
        if changed {
            self.changed(stream);
        }
        Ok(Advanced { revision, changed, current: current(&mut reply, &self.tag(stream))? })
    }

    async fn put_back(&self, stream: StreamId, item: ItemId) -> Outcome<Released> {
        let mut args = self.told_to(stream);
        args.push(Value::from(item.to_string()));
        let mut reply = self.on_queue(&scripts::RELEASE, stream, args).await?;
        let (revision, changed) = (Revision::new(reply.parse()?), reply.required()? == "1");
        if changed {
            self.changed(stream);
        }
        Ok(Released { revision, changed })
    }

    /// Where a change is told, and as what: the first arguments of every script that changes something.
    fn told_to(&self, stream: StreamId) -> Vec<Value> {
        vec![Value::from(self.connection.keys.changes()), Value::from(stream.to_string())]
    }

    async fn on_queue(&self, script: &Script, stream: StreamId, args: Vec<Value>) -> Outcome<Reply> {
        self.connection.changes.of_interest(stream);
        Ok(self.connection.call(script, &self.tag(stream), scripts::KEYS, args).await?)
    }

    fn tag(&self, stream: StreamId) -> Tagged {
        self.connection.keys.queue(stream)
    }
}

/// The current item's id and record, or two empty values.
fn current(reply: &mut Reply, tag: &Tagged) -> Outcome<Option<QueueItem>> {
    let (id, record) = (reply.required()?, reply.required()?);
    Ok(if id.is_empty() { None } else { Some(codec::item(&tag.key("items"), &id, &record)?) })
}
