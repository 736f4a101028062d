//! The HTTP interface over real sockets, on memory adapters.

mod common;

mod conditions;
mod connections;
mod embedding;
mod health;
mod listen;
mod malformed;
mod messages;
mod page;
mod protocol;
mod queue;
mod streams;
