//! `/api/v1/tracks`: the library. Queue items made of a track keep a copy of what they need of it.

pub(crate) mod create;
pub(crate) mod list;
pub(crate) mod one;
pub(crate) mod upload;
