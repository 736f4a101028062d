//! `/api/v1/streams`: which streams there are, and what they do.

pub(crate) mod command;
pub(crate) mod create;
pub(crate) mod list;
pub(crate) mod one;
pub(crate) mod seek;
pub(crate) mod status;
