//! The HTTP interface over real sockets, on memory adapters.

mod common;

mod actions;
mod batch;
mod conditions;
mod connections;
mod embedding;
mod health;
mod idempotency;
mod listen;
mod malformed;
mod messages;
mod page;
mod protocol;
mod queue;
mod streams;
