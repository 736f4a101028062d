//! One connection, from its first byte to its last.

use std::{
    convert::Infallible,
    future::{Future, poll_fn},
    net::SocketAddr,
    pin::Pin,
    sync::Arc,
    task::Poll,
};

use hyper::{body::Incoming, server::conn::http1};
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    service::TowerToHyperService,
};
use tokio::{net::TcpStream, sync::OwnedSemaphorePermit};
use tokio_util::sync::CancellationToken;
use tower::{Service, ServiceExt};
use warp::{http::Uri, reply::Response};

use super::{ServeOptions, fan_out::FanOut, hand_over::Stage, seat::Seat, write_timeout::WriteTimeout};

/// The most that is buffered of a request's head, and of a response before the socket takes it.
const MAX_BUFFER_BYTES: usize = 32 * 1024;

/// The address of a connection's other end, as an extension of each of its requests. `warp::addr::remote` does not know it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Peer(pub SocketAddr);

pub(super) struct Connection {
    pub(super) socket: TcpStream,
    pub(super) peer: Peer,
    pub(super) permit: OwnedSemaphorePermit,
    pub(super) options: Arc<ServeOptions>,
    pub(super) fan_out: Arc<FanOut>,
    pub(super) soft: CancellationToken,
    pub(super) hard: CancellationToken,
}

impl Connection {
    /// Answers requests until the peer or we have had enough, or the peer listens: then its socket goes to the fan-out.
    pub(super) async fn run<S>(self, service: S)
    where
        S: Service<warp::http::Request<Incoming>, Response = Response, Error = Infallible>,
        S: Clone + Send + Unpin + 'static,
        S::Future: Send,
    {
        let Self { socket, peer, permit, options, fan_out, soft, hard } = self;
        prepare(&socket, &options);
        let stage = Arc::<Stage>::default();
        let (asked, answered) = (Arc::clone(&stage), Arc::clone(&stage));
        let service = service
            .map_request(move |mut request: warp::http::Request<Incoming>| {
                asked.asked_in(request.version());
                request.extensions_mut().insert(peer);
                *request.uri_mut() = in_origin_form(request.uri());
                request
            })
            .map_response(move |response| answered.park(response));
        let io = TokioIo::new(WriteTimeout::new(socket, options.write_timeout, Arc::clone(&stage)));
        let mut connection = http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(options.header_timeout)
            .max_headers(options.max_headers)
            .max_buf_size(MAX_BUFFER_BYTES)
            .serve_connection(io, TowerToHyperService::new(service));
        let ended = tokio::select! {
            ended = end_of(&mut connection, &stage) => ended,
            () = soft.cancelled() => {
                Pin::new(&mut connection).graceful_shutdown();
                tokio::select! {
                    ended = end_of(&mut connection, &stage) => ended,
                    () = hard.cancelled() => return,
                }
            }
        };
        if let Some((listening, chunked)) = stage.take() {
            let socket = connection.into_parts().io.into_inner().into_inner();
            fan_out.seat(Seat::new(socket, listening, chunked, permit));
        } else if let Err(error) = ended {
            // Peers vanish all the time; that is their right.
            tracing::debug!(peer = %peer.0, %error, "a connection ended early");
        }
    }
}

/// hyper has no more to do here: the connection ended, or the head of an endless response is out.
async fn end_of<C: Future<Output = hyper::Result<()>> + Unpin>(connection: &mut C, stage: &Stage) -> hyper::Result<()> {
    poll_fn(|cx| match Pin::new(&mut *connection).poll(cx) {
        Poll::Pending if stage.is_over() => Poll::Ready(Ok(())),
        polled => polled,
    })
    .await
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
