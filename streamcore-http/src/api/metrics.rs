//! `GET /metrics`: what a scraper asks for.
//!
//! **Nobody else notices a scraper.** Pages are made one after the other, off the event loop. A page that is on its way costs memory, so there are at
//! most [`MAX_ON_THEIR_WAY`]: the oldest makes way, as whoever has not read it by then reads a byte now and then, and who comes now is
//! more likely to be the one that matters.

use std::{
    collections::VecDeque,
    io,
    pin::Pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::{Context, Poll},
    time::Instant,
};

use bytes::Bytes;
use futures::Stream;
use tokio::sync::Semaphore;
use warp::{
    Reply as _,
    http::{HeaderMap, HeaderName, HeaderValue, header},
    reply::Response,
};

use crate::{
    edge::{Answer, Call},
    error::ApiError,
    metrics::{Format, accepts_gzip, gzip},
};

/// More scrapers than anybody has.
const MAX_ON_THEIR_WAY: usize = 8;
/// So much of a page is handed out at a time.
const PIECE: usize = 64 * 1024;
/// What is smaller fits a packet or two as it is.
const WORTH_COMPRESSING: usize = 1_024;

/// What scrapes share.
#[derive(Debug)]
pub(crate) struct Scrapes {
    making: Arc<Semaphore>,
    on_their_way: Mutex<VecDeque<Page>>,
}

impl Default for Scrapes {
    fn default() -> Self {
        Self { making: Arc::new(Semaphore::new(1)), on_their_way: Mutex::default() }
    }
}

/// A page, as much of it as was not sent yet; none if it made way for another.
#[derive(Debug, Clone)]
struct Page(Arc<Mutex<Option<Bytes>>>);

impl Page {
    fn rest(&self) -> MutexGuard<'_, Option<Bytes>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Scrapes {
    /// Takes note of a page that goes out, and of those that are out.
    fn send(&self, page: Bytes) -> Page {
        let page = Page(Arc::new(Mutex::new(Some(page))));
        let mut pages = self.on_their_way.lock().unwrap_or_else(PoisonError::into_inner);
        // Who is not held by a response any more is held by us alone.
        pages.retain(|page| Arc::strong_count(&page.0) > 1);
        while pages.len() >= MAX_ON_THEIR_WAY {
            let Some(oldest) = pages.pop_front() else { break };
            *oldest.rest() = None;
        }
        pages.push_back(page.clone());
        page
    }
}

impl Stream for Page {
    type Item = Result<Bytes, io::Error>;

    fn poll_next(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let mut rest = self.rest();
        Poll::Ready(match &mut *rest {
            None => Some(Err(io::Error::other("too slow: newer scrapes took its place"))),
            Some(rest) if rest.is_empty() => None,
            Some(rest) => Some(Ok(rest.split_to(rest.len().min(PIECE)))),
        })
    }
}

pub(crate) async fn answer(call: Call) -> Answer {
    let app = Arc::clone(&call.app);
    let Some(exposition) = app.exposition.clone() else { return Err(ApiError::RouteNotFound) };
    let began = Instant::now();
    let format = Format::preferred(texts(&call.headers, &header::ACCEPT));
    let takes_gzip = accepts_gzip(texts(&call.headers, &header::ACCEPT_ENCODING));
    let turn = Arc::clone(&app.scrapes.making).acquire_owned().await.map_err(|_| ApiError::ShuttingDown)?;
    exposition.refresh().await;
    let made = tokio::task::spawn_blocking(move || {
        // It ends with the work, and not with the request: who comes and goes does not make pages beside each other.
        let _turn = turn;
        let page = exposition.render(format)?;
        let small = (takes_gzip && page.len() > WORTH_COMPRESSING).then(|| gzip(&page)).flatten();
        Ok::<_, std::fmt::Error>(small.map_or_else(|| (Bytes::from(page), false), |small| (Bytes::from(small), true)))
    });
    let Ok(Ok((page, compressed))) = made.await else {
        tracing::error!("a collector of metrics failed");
        return Err(ApiError::Internal);
    };
    if let Some(metrics) = &app.metrics {
        metrics.scraped(began.elapsed());
    }
    Ok(respond(&app.scrapes, page, format, compressed))
}

fn respond(scrapes: &Scrapes, page: Bytes, format: Format, compressed: bool) -> Response {
    let length = page.len();
    let mut response = warp::reply::stream(scrapes.send(page)).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(format.content_type()));
    headers.insert(header::CONTENT_LENGTH, HeaderValue::from(length));
    headers.insert(header::VARY, HeaderValue::from_static("Accept, Accept-Encoding"));
    if compressed {
        headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
    }
    response
}

fn texts<'a>(headers: &'a HeaderMap, name: &HeaderName) -> impl Iterator<Item = &'a str> {
    headers.get_all(name).into_iter().filter_map(|value| value.to_str().ok())
}
