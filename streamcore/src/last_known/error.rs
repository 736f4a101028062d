//! What can go wrong with a reading: whatever can with the store that it asks.

use std::error::Error as StdError;

use crate::{library, queue, registry};

/// Why a reading has no answer.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The queue's reason.
    #[error(transparent)]
    Queue(#[from] queue::Error),
    /// The registry's reason.
    #[error(transparent)]
    Registry(#[from] registry::Error),
    /// The library's reason.
    #[error(transparent)]
    Library(#[from] library::Error),
}

/// An error that may be an outage of the store.
pub(super) trait MayBeOutage {
    /// What the backend said, if it is one.
    fn outage(&self) -> Option<&(dyn StdError + 'static)>;
}

impl MayBeOutage for queue::Error {
    fn outage(&self) -> Option<&(dyn StdError + 'static)> {
        if let Self::Unavailable(source) = self { Some(&**source) } else { None }
    }
}

impl MayBeOutage for registry::Error {
    fn outage(&self) -> Option<&(dyn StdError + 'static)> {
        if let Self::Unavailable(source) = self { Some(&**source) } else { None }
    }
}

impl MayBeOutage for library::Error {
    fn outage(&self) -> Option<&(dyn StdError + 'static)> {
        if let Self::Unavailable(source) = self { Some(&**source) } else { None }
    }
}

impl MayBeOutage for Error {
    fn outage(&self) -> Option<&(dyn StdError + 'static)> {
        match self {
            Self::Queue(error) => error.outage(),
            Self::Registry(error) => error.outage(),
            Self::Library(error) => error.outage(),
        }
    }
}
