//! `/api/v1/streams`: which streams there are, and what they do.

pub(crate) mod auto_end;
pub(crate) mod command;
pub(crate) mod create;
pub(crate) mod keep_alive;
pub(crate) mod list;
pub(crate) mod listeners;
pub(crate) mod one;
pub(crate) mod seek;
pub(crate) mod sessions;
pub(crate) mod status;
pub(crate) mod warnings;
