//! Who listens, as sources tell it and as clients read it.

use std::collections::BTreeSet;

use serde::Serialize;
use serde_json::Value;
use streamcore::{
    StreamId, StreamView,
    presence::{ListenerId, NameError, Observation, SourceId, SourceView},
};

use super::Fields;
use crate::{
    error::{ApiError, Problem},
    token::Caller,
};

/// The source of who names none.
const DEFAULT_SOURCE: &str = "default";
/// So many listeners may be named in each list of a request.
const MAX_IDS: usize = 10_000;
/// More than this listen nowhere.
const MAX_COUNT: u64 = 1_000_000_000;

/// How many listen to a stream, and who says so.
#[derive(Debug, Serialize)]
pub(crate) struct Listeners {
    channel_id: StreamId,
    listeners_count: u64,
    /// Whether that is all of them: no source is unknown.
    listeners_known: bool,
    /// For who may know: an agent's name can be that of a chat.
    sources: Vec<SourceListeners>,
}

/// How many listen by way of one source.
#[derive(Debug, Serialize)]
struct SourceListeners {
    source: String,
    listeners_count: u64,
    known: bool,
    heard_at: String,
    /// When it will be unknown if it stays quiet.
    fresh_until: Option<String>,
    /// When it will be gone if it stays quiet, being unknown.
    gone_at: Option<String>,
}

impl Listeners {
    pub(crate) fn new(view: &StreamView, sources: Vec<(SourceId, SourceView)>, caller: Caller) -> Self {
        let sources = sources.into_iter().map(|(source, told)| SourceListeners {
            source: source.into(),
            listeners_count: told.audience.count,
            known: told.audience.complete,
            heard_at: told.heard_at.to_string(),
            fresh_until: told.fresh_until.map(|at| at.to_string()),
            gone_at: told.gone_at.map(|at| at.to_string()),
        });
        Self {
            channel_id: view.id,
            listeners_count: view.audience.count,
            listeners_known: view.audience.complete,
            sources: caller.told(sources.collect()),
        }
    }
}

/// What a source tells.
#[derive(Debug)]
pub(crate) struct Told {
    pub(crate) source: SourceId,
    pub(crate) observation: Observation,
}

impl Told {
    pub(crate) fn read(mut fields: Fields) -> Result<Self, ApiError> {
        let source = source(&mut fields);
        let observation = observation(&mut fields);
        let read = source.zip(observation).map(|(source, observation)| Self { source, observation });
        fields.finish(read)
    }
}

fn source(fields: &mut Fields) -> Option<SourceId> {
    let name = if fields.gives("source") { fields.plain_text("source")? } else { DEFAULT_SOURCE.to_owned() };
    let problem = match SourceId::new(&name) {
        Ok(source) if source == SourceId::player() => Problem::OwnSource,
        Ok(source) => return Some(source),
        Err(error) => Problem::SourceName(error),
    };
    fields.refuse("source", problem);
    None
}

/// One of four ways to tell; of two the second one is refused.
fn observation(fields: &mut Fields) -> Option<Observation> {
    const WAYS: [&[&str]; 4] = [&["listeners_count"], &["listeners"], &["unknown"], &["joined", "left"]];
    let given = |way: &&[&'static str]| way.iter().find(|key| fields.gives(key)).copied();
    let mut ways = WAYS.iter().filter_map(given);
    let (first, second) = (ways.next(), ways.next());
    match (first, second) {
        (None, _) => {
            fields.refuse("listeners_count", Problem::NothingTold);
            None
        }
        (Some(other), Some(field)) => {
            fields.refuse(field, Problem::Beside { other });
            None
        }
        (Some("listeners_count"), None) => {
            let now = fields.whole("listeners_count", 0, MAX_COUNT)?;
            Some(Observation::Count { now, ever: None })
        }
        (Some("listeners"), None) => {
            let all: BTreeSet<_> = ids(fields, "listeners")?.into_iter().collect();
            Some(Observation::All(all))
        }
        (Some("unknown"), None) => {
            if fields.flag("unknown")? {
                return Some(Observation::Unknown);
            }
            fields.refuse("unknown", Problem::OnlyTrue);
            None
        }
        (Some(_), None) => {
            let joined = if fields.gives("joined") { ids(fields, "joined") } else { Some(Vec::new()) };
            let left = if fields.gives("left") { ids(fields, "left") } else { Some(Vec::new()) };
            joined.zip(left).map(|(joined, left)| Observation::Changed { joined, left })
        }
    }
}

fn ids(fields: &mut Fields, field: &'static str) -> Option<Vec<ListenerId>> {
    let too_many = |got| (got > MAX_IDS).then_some(Problem::TooManyIds { max: MAX_IDS, got });
    fields.list(field, too_many, id)
}

/// A text, or an integer, which is the same as its digits.
fn id(value: &Value) -> Result<ListenerId, Problem> {
    let id = match value {
        Value::String(text) => ListenerId::new(text),
        Value::Number(number) if !number.is_f64() => ListenerId::new(&number.to_string()),
        _ => return Err(Problem::ListenerIdType),
    };
    id.map_err(|error| match error {
        NameError::Character { .. } => Problem::ControlCharacters,
        error => Problem::ListenerId(error),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_integer_is_its_digits() {
        for (value, text) in [("7", "7"), ("-100123", "-100123"), ("18446744073709551615", "18446744073709551615")] {
            assert_eq!(id(&serde_json::from_str(value).unwrap()).unwrap().as_str(), text);
        }
        for wrong in ["1.0", "1e3", "1e30", "null", "[]", "true"] {
            assert!(matches!(id(&serde_json::from_str(wrong).unwrap()), Err(Problem::ListenerIdType)), "{wrong}");
        }
    }
}
