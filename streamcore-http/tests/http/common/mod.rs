//! A whole server in this process, on memory adapters, with a player, a broadcast and media that tests script.

pub(crate) mod client;
pub(crate) mod doubles;
pub(crate) mod server;

use std::time::Duration;

pub(crate) use self::{
    client::Client,
    server::{Server, TOKEN},
};

/// How long anything in these tests may take before it counts as never.
pub(crate) const DEADLINE: Duration = Duration::from_secs(20);

/// Waits until `condition` holds.
pub(crate) async fn until(what: &str, condition: impl Fn() -> bool) {
    let waited = async {
        while !condition() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    assert!(tokio::time::timeout(DEADLINE, waited).await.is_ok(), "never happened: {what}");
}
