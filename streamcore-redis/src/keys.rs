//! Every key, one function each.
//!
//! `{prefix}:{tag}:{name}`, the tag in braces: all keys of one tag lie in one slot of a Cluster, so that a script may touch them in one step.
//! Each stream's queue has its id as the tag; what is one thing for the whole deployment (the registry, the library, idempotency keys) has a
//! word. `docs/redis.md` describes what each key holds.

use streamcore::StreamId;

/// What the keys of a store begin with, and how they are made.
#[derive(Debug, Clone)]
pub(crate) struct Keys {
    prefix: String,
}

/// The keys of one tag.
#[derive(Debug, Clone)]
pub(crate) struct Tagged(String);

impl Keys {
    pub(crate) const fn new(prefix: String) -> Self {
        Self { prefix }
    }

    /// One stream's queue.
    pub(crate) fn queue(&self, stream: StreamId) -> Tagged {
        Tagged(format!("{}:{{{stream}}}", self.prefix))
    }

    /// The streams of the deployment.
    pub(crate) fn registry(&self) -> Tagged {
        Tagged(format!("{}:{{registry}}", self.prefix))
    }

    /// The library of tracks.
    pub(crate) fn library(&self) -> Tagged {
        Tagged(format!("{}:{{library}}", self.prefix))
    }

    /// Idempotency keys.
    pub(crate) fn idempotency(&self) -> Tagged {
        Tagged(format!("{}:{{idempotency}}", self.prefix))
    }

    /// The channel on which ids of streams are told whose queue changed.
    pub(crate) fn changes(&self) -> String {
        format!("{}:changes", self.prefix)
    }
}

impl Tagged {
    /// The key with this name.
    pub(crate) fn key(&self, name: &str) -> String {
        format!("{}:{name}", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_keys_of_a_stream_share_its_id_as_their_hash_tag() {
        let keys = Keys::new("streamcore".to_owned());
        assert_eq!(keys.queue(StreamId::new(-1_001)).key("items"), "streamcore:{-1001}:items");
        assert_eq!(keys.registry().key("ids"), "streamcore:{registry}:ids");
        assert_eq!(keys.changes(), "streamcore:changes");
    }
}
