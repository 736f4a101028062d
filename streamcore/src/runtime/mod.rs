//! What the driver needs from an async runtime.

use std::fmt;

use futures::future::BoxFuture;

use crate::Timestamp;

/// Time and tasks. The core uses no runtime of its own; an embedder brings one.
///
/// **Contract.** [`now`](Runtime::now) never decreases, also when the wall clock is set back: it is the wall clock at start plus elapsed
/// monotonic time. [`sleep_until`](Runtime::sleep_until) resolves at or after `deadline` by that clock, never before.
pub trait Runtime: fmt::Debug + Send + Sync {
    /// The present moment.
    fn now(&self) -> Timestamp;

    /// Resolves when [`now`](Runtime::now) has reached `deadline`. Dropping the future cancels the wait.
    fn sleep_until(&self, deadline: Timestamp) -> BoxFuture<'static, ()>;

    /// Runs a task to its end in the background, also when nobody waits for it.
    fn spawn(&self, task: BoxFuture<'static, ()>);
}
