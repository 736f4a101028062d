//! `/listen/{stream}`: the broadcast, and playlist files that lead to it.

pub(crate) mod audio;
mod icy;
mod listening;
pub(crate) mod playlist;

pub(crate) use self::listening::Listening;
