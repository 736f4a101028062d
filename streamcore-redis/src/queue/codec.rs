//! Items and history entries as records, and back.
//!
//! The record of an item is text: a version, what the scripts need to know, and the item as JSON without its id, which is the name of the field
//! that it lies in: `1|digest|tier|replays|seconds, high half|low half|nanoseconds|unknown length|added_at|requester|location|{...}`. The digest
//! is of all behind it: what was cut, or changed by hand, is not taken for an item. Read for ever.

use serde::{Serialize, de::DeserializeOwned};
use streamcore::{
    ItemId, QueueItem, Requester, Timestamp,
    queue::{Error, HistoryEntry, Tier},
};

use super::Outcome;
use crate::error::Corrupt;

/// How many fields are ahead of the JSON, behind the version and the digest.
const FIELDS: usize = 9;
/// How much of the digest is kept.
const DIGEST_CHARS: usize = 10;

pub(super) fn record(item: &QueueItem) -> Outcome<String> {
    let tier = match item.tier {
        Tier::Vip => 'v',
        Tier::Admin => 'a',
        Tier::Normal => 'n',
    };
    let seconds = item.duration.map_or(0, |duration| duration.as_secs());
    let nanos = item.duration.map_or(0, |duration| duration.subsec_nanos());
    let mut json = json_value(item)?;
    if let Some(fields) = json.as_object_mut() {
        fields.remove("id");
    }
    let body = format!(
        "{tier}|{}|{}|{}|{nanos}|{}|{:020}|{}|{}|{json}",
        u8::from(item.replays.is_some()),
        seconds >> 32,
        seconds & u64::from(u32::MAX),
        u8::from(item.duration.is_none()),
        item.added_at.as_millis(),
        digest(&requester(item)),
        digest(&item.url),
    );
    Ok(format!("1|{}|{body}", &digest(&body)[..DIGEST_CHARS]))
}

/// Whether nobody in particular asked for it: such items count for no quota.
pub(super) fn is_for_nobody(item: &QueueItem) -> bool {
    item.requester() == Requester::Nobody
}

fn requester(item: &QueueItem) -> String {
    match item.requester() {
        Requester::Chat(chat) => format!("chat {chat}"),
        Requester::User(user) => format!("user {user}"),
        Requester::Nobody => "nobody".to_owned(),
    }
}

/// Of a fixed length, and without characters that mean something in a record.
fn digest(text: &str) -> String {
    sha1_smol::Sha1::from(text).digest().to_string()
}

/// Reads the record of an item that lies under this id in this key.
pub(super) fn item(key: &str, id: &str, record: &str) -> Outcome<QueueItem> {
    let corrupt =
        |problem: &str| Corrupt(format!("key {key}: item {id}: {problem}; restore a backup, or repair it by hand"));
    let mut parts = record.splitn(3, '|');
    let (version, sum, body) = (parts.next(), parts.next(), parts.next());
    let (Some("1"), Some(sum), Some(body)) = (version, sum, body) else {
        return Err(corrupt("it is not the record of an item, or was written by a newer version").into());
    };
    if digest(body).get(..DIGEST_CHARS) != Some(sum) {
        return Err(corrupt("its record is damaged").into());
    }
    let json = body.splitn(FIELDS + 1, '|').last().unwrap_or_default();
    let mut value: serde_json::Value = from_json(json).map_err(|error| corrupt(&error.to_string()))?;
    if let Some(fields) = value.as_object_mut() {
        fields.insert("id".to_owned(), id.into());
    }
    Ok(serde_json::from_value(value).map_err(|error| corrupt(&error.to_string()))?)
}

/// `1|finished_at|length of the outcome|id|outcome, then the record of the item`
pub(super) fn history_entry(key: &str, seq: u64, entry: &str) -> Outcome<HistoryEntry> {
    let corrupt =
        |problem: &str| Corrupt(format!("key {key}: number {seq}: {problem}; restore a backup, or repair it by hand"));
    let mut parts = entry.splitn(5, '|');
    let (Some("1"), Some(at), Some(length), Some(id), Some(rest)) =
        (parts.next(), parts.next(), parts.next(), parts.next(), parts.next())
    else {
        return Err(corrupt("it is no entry of a history, or was written by a newer version").into());
    };
    let at = at.parse().map_err(|_| corrupt("its time is no number"))?;
    let length: usize = length.parse().map_err(|_| corrupt("its length is no number"))?;
    let Some((outcome, record)) = rest.split_at_checked(length) else {
        return Err(corrupt("it is shorter than it says").into());
    };
    let outcome = from_json(outcome).map_err(|error| corrupt(&error.to_string()))?;
    let _: ItemId = id.parse().map_err(|_| corrupt("its id is none"))?;
    Ok(HistoryEntry { seq, item: item(key, id, record)?, outcome, finished_at: Timestamp::from_millis(at) })
}

fn from_json<T: DeserializeOwned>(json: &str) -> serde_json::Result<T> {
    serde_json::from_str(json)
}

/// The JSON text of a value; the types of the core always have one.
pub(super) fn json(value: &impl Serialize) -> Outcome<String> {
    json_value(value).map(|value| value.to_string())
}

fn json_value(value: &impl Serialize) -> Outcome<serde_json::Value> {
    serde_json::to_value(value)
        .map_err(|error| Error::Corrupt { detail: format!("it has no JSON form: {error}") })
        .map_err(crate::error::Fault::Refused)
}
