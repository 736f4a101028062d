//! Idempotency keys: what was asked for under a key, and the answer to it, so that a request that is repeated is answered and not done again.
//!
//! The port is [`Idempotency`]; [`MemoryIdempotency`] says what correct is. An adapter author finishes with
//! `streamcore::idempotency_conformance!` (feature `testing`).
//!
//! Who serves a request [claims](Idempotency::claim) its key first. A fresh one is carried out, and [finished](Idempotency::finish) with its
//! answer, or [abandoned](Idempotency::abandon) if it should be tried again; any other claim says what to answer. A process that ends in
//! between leaves a claim behind that nobody finishes: it is overdue after [`Limits::overdue_after`], and the next one takes it over. That
//! request may have been carried out, wholly or in part. Whatever it does must therefore recognise ids that are made from the key's
//! [`Origin`]; the key alone is no guarantee across a crash.

mod error;
mod memory;
mod traits;

pub use self::{
    error::{Error, Result},
    memory::MemoryIdempotency,
    traits::{Answer, Claim, Fingerprint, Idempotency, Limits, Origin, ScopedKey, Ticket},
};

/// Longest caller, route or key, in bytes each.
pub const MAX_KEY_BYTES: usize = 255;

/// Longest content type of an answer, in bytes.
pub const MAX_CONTENT_TYPE_BYTES: usize = 255;

/// Largest body of an answer that is kept, in bytes.
pub const MAX_BODY_BYTES: usize = 262_144;
