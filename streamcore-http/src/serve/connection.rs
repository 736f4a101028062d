//! One connection, from its first byte to its last.

use std::{convert::Infallible, net::SocketAddr, pin::pin, sync::Arc};

use hyper::{body::Incoming, server::conn::http1};
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    service::TowerToHyperService,
};
use tokio::net::TcpStream;
use tokio_util::sync::CancellationToken;
use tower::{Service, ServiceExt};
use warp::{http::Uri, reply::Response};

use super::{ServeOptions, write_timeout::WriteTimeout};

/// The most that is buffered of a request's head, and of a response before the socket takes it.
const MAX_BUFFER_BYTES: usize = 32 * 1024;

/// The address of a connection's other end, as an extension of each of its requests. `warp::addr::remote` does not know it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Peer(pub SocketAddr);

pub(super) struct Connection {
    pub(super) socket: TcpStream,
    pub(super) peer: Peer,
    pub(super) options: Arc<ServeOptions>,
    pub(super) soft: CancellationToken,
    pub(super) hard: CancellationToken,
}

impl Connection {
    /// Answers requests until the peer or we have had enough.
    pub(super) async fn run<S>(self, service: S)
    where
        S: Service<warp::http::Request<Incoming>, Response = Response, Error = Infallible>,
        S: Clone + Send + 'static,
        S::Future: Send,
    {
        let Self { socket, peer, options, soft, hard } = self;
        prepare(&socket, &options);
        let service = service.map_request(move |mut request: warp::http::Request<Incoming>| {
            request.extensions_mut().insert(peer);
            *request.uri_mut() = in_origin_form(request.uri());
            request
        });
        let io = TokioIo::new(WriteTimeout::new(socket, options.write_timeout));
        let connection = http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(options.header_timeout)
            .max_headers(options.max_headers)
            .max_buf_size(MAX_BUFFER_BYTES)
            .serve_connection(io, TowerToHyperService::new(service));
        let mut connection = pin!(connection);
        let ended = tokio::select! {
            ended = connection.as_mut() => ended,
            () = soft.cancelled() => {
                connection.as_mut().graceful_shutdown();
                tokio::select! {
                    ended = connection => ended,
                    () = hard.cancelled() => return,
                }
            }
        };
        if let Err(error) = ended {
            // Peers vanish all the time; that is their right.
            tracing::debug!(peer = %peer.0, %error, "a connection ended early");
        }
    }
}

/// The target that routes are found by: the path and query, whatever else the request named. warp panics on a target without a path, so
/// what has none (`CONNECT a:1`, `OPTIONS *`) gets one where nothing is, and is refused as every unknown address is.
fn in_origin_form(target: &Uri) -> Uri {
    const NOWHERE: &str = "/*";
    let path = if target.path().starts_with('/') { target.path() } else { NOWHERE };
    let target = match target.query() {
        Some(query) => Uri::try_from(format!("{path}?{query}")),
        None => Uri::try_from(path),
    };
    target.unwrap_or_else(|_| Uri::from_static(NOWHERE))
}

/// Small buffers and short patience, so that a peer that stopped reading is noticed. What a system refuses to set is only slower to notice.
fn prepare(socket: &TcpStream, options: &ServeOptions) {
    let _ = socket.set_nodelay(true);
    let raw = socket2::SockRef::from(socket);
    let _ = raw.set_send_buffer_size(options.send_buffer_bytes);
    #[cfg(target_os = "linux")]
    let _ = raw.set_tcp_user_timeout(Some(options.write_timeout));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_target_has_a_path_behind_the_accept_loop() {
        for (target, expected) in [
            ("/", "/"),
            ("/a%2Fb/?x=%20&y", "/a%2Fb/?x=%20&y"),
            ("http://radio.test", "/"),
            ("http://radio.test?x=1", "/?x=1"),
            ("http://radio.test:80/a?", "/a?"),
            ("//radio.test/a", "//radio.test/a"),
            ("a:1", "/*"),
            ("radio.test", "/*"),
            ("*", "/*"),
        ] {
            let target: Uri = target.parse().unwrap();
            assert_eq!(in_origin_form(&target).to_string(), expected, "{target}");
        }
    }
}
