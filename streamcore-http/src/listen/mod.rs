//! `/listen/{stream}`: the broadcast, and playlist files that lead to it.

pub(crate) mod audio;
pub(crate) mod playlist;
