//! The accept loop: connections with limits and timeouts, and a shutdown in two levels.
//!
//! *Soft*: no new connections, idle ones are closed, requests in flight are finished. An endless body ends because its source ends: whoever
//! resolves the shutdown future also closes the broadcasts ([`Host::shutdown`](streamcore::driver::Host::shutdown)). *Hard*: what is left
//! after the grace period is cut.
//!
//! A connection that turns out to be a listener leaves hyper once its head is answered (`hand_over.rs`); from then on it is one of many sockets
//! of one task (`fan_out.rs`), and still one connection of those that are limited.

mod connection;
mod fan_out;
mod hand_over;
mod options;
mod seat;
mod write_timeout;

use std::{future::Future, io, sync::Arc, time::Duration};

use tokio::{net::TcpListener, sync::Semaphore};
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use warp::{filters::BoxedFilter, reply::Response};

use self::fan_out::FanOut;
pub(crate) use self::hand_over::HandOver;
pub use self::{connection::Peer, options::ServeOptions};

/// How long to wait after an `accept` that failed for want of something, such as file descriptors.
const BACK_OFF: Duration = Duration::from_millis(100);

/// Serves `filter` on `listener` until `shutdown` resolves, then finishes within [`ServeOptions::grace`].
///
/// **Bounds.** At [`ServeOptions::max_connections`] further ones wait in the kernel's backlog. **Errors.** None: a failed `accept` is logged
/// and tried again.
pub async fn serve(
    listener: TcpListener,
    filter: BoxedFilter<(Response,)>,
    options: ServeOptions,
    shutdown: impl Future<Output = ()>,
) {
    let options = Arc::new(options);
    let service = warp::service(filter);
    let free = Arc::new(Semaphore::new(options.max_connections.clamp(1, Semaphore::MAX_PERMITS)));
    let (soft, hard) = (CancellationToken::new(), CancellationToken::new());
    let connections = TaskTracker::new();
    let fan_out = FanOut::new(options.write_timeout, connections.clone(), hard.clone());

    let accept = async {
        loop {
            let Ok(permit) = Arc::clone(&free).acquire_owned().await else { return };
            match listener.accept().await {
                Ok((socket, peer)) => {
                    let connection = connection::Connection {
                        socket,
                        peer: Peer(peer),
                        permit,
                        options: Arc::clone(&options),
                        fan_out: Arc::clone(&fan_out),
                        soft: soft.clone(),
                        hard: hard.clone(),
                    };
                    let service = service.clone();
                    connections.spawn(connection.run(service));
                }
                Err(error) => {
                    drop(permit);
                    after_failure(&error).await;
                }
            }
        }
    };
    tokio::select! {
        () = accept => {}
        () = shutdown => {}
    }

    drop(listener);
    soft.cancel();
    connections.close();
    if tokio::time::timeout(options.grace, connections.wait()).await.is_err() {
        tracing::warn!(left = connections.len(), "connections did not end within the grace period; cutting them");
        hard.cancel();
        connections.wait().await;
    }
}

/// A connection that was gone before it was accepted says nothing about the next one; everything else may last.
async fn after_failure(error: &io::Error) {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset, Interrupted};
    if matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset | Interrupted) {
        tracing::debug!(%error, "a connection was gone before it was accepted");
    } else {
        tracing::warn!(%error, "cannot accept connections; trying again");
        tokio::time::sleep(BACK_OFF).await;
    }
}
