//! Names of those who tell about listeners, and of listeners. Both come from outside, so both are bounded.

use std::{fmt, sync::Arc};

use serde::{Deserialize, Serialize};

/// The longest name of a source, in bytes.
pub const MAX_SOURCE_BYTES: usize = 64;
/// The longest identity of a listener, in bytes.
pub const MAX_LISTENER_BYTES: usize = 128;

/// Why a name was not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum NameError {
    /// There is nothing.
    #[error("it is empty")]
    Empty,
    /// It is too long.
    #[error("it has {len} bytes; at most {limit} are taken")]
    TooLong {
        /// How long it is.
        len: usize,
        /// How long it may be.
        limit: usize,
    },
    /// It holds a character that such a name cannot have.
    #[error("it holds {character:?}; use letters, digits and . _ : @ / -")]
    Character {
        /// The first such character.
        character: char,
    },
}

/// Who tells about the listeners of a stream: a mount, an agent, a node. Up to 64 letters, digits and `. _ : @ / -` of ASCII.
///
/// ```
/// use streamcore::presence::SourceId;
/// assert_eq!(SourceId::new("telegram:agent-1")?.as_str(), "telegram:agent-1");
/// assert!(SourceId::new("a b").is_err());
/// # Ok::<(), streamcore::presence::NameError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct SourceId(Arc<str>);

impl SourceId {
    /// The source of this name.
    ///
    /// # Errors
    /// [`NameError`].
    pub fn new(name: &str) -> Result<Self, NameError> {
        let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | ':' | '@' | '/' | '-');
        check(name, MAX_SOURCE_BYTES, allowed)?;
        Ok(Self(name.into()))
    }

    /// The stream's own player.
    #[must_use]
    pub fn player() -> Self {
        Self("player".into())
    }

    /// Its name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// One listener, as its source knows it: up to 128 bytes without control characters.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ListenerId(Arc<str>);

impl ListenerId {
    /// The listener of this identity.
    ///
    /// # Errors
    /// [`NameError`].
    pub fn new(id: &str) -> Result<Self, NameError> {
        check(id, MAX_LISTENER_BYTES, |c| !c.is_control())?;
        Ok(Self(id.into()))
    }

    /// The identity.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

fn check(name: &str, limit: usize, allowed: impl Fn(char) -> bool) -> Result<(), NameError> {
    if name.is_empty() {
        return Err(NameError::Empty);
    }
    if name.len() > limit {
        return Err(NameError::TooLong { len: name.len(), limit });
    }
    name.chars().find(|c| !allowed(*c)).map_or(Ok(()), |character| Err(NameError::Character { character }))
}

macro_rules! text {
    ($name:ident) => {
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
        impl TryFrom<String> for $name {
            type Error = NameError;
            fn try_from(name: String) -> Result<Self, NameError> {
                Self::new(&name)
            }
        }
        impl From<$name> for String {
            fn from(name: $name) -> Self {
                name.0.as_ref().to_owned()
            }
        }
    };
}

text!(SourceId);
text!(ListenerId);
