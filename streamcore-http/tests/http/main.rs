//! The HTTP interface over real sockets, on memory adapters.

mod common;

mod actions;
mod auto_end;
mod batch;
mod conditions;
mod connections;
mod embedding;
mod health;
mod idempotency;
mod last_known;
mod library;
mod listen;
mod logs;
mod malformed;
mod messages;
mod metrics;
mod monitor;
mod openapi;
mod page;
mod playlist;
mod presence;
mod protocol;
mod queue;
mod streams;
mod upload;
