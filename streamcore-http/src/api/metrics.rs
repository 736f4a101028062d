//! `GET /metrics`: what a scraper asks for.
//!
//! **Nobody else notices a scraper.** Pages are made one at a time, off the event loop, and who comes while one is made shares the next one with all
//! others who wait: however many there are, nobody waits for more than two. A page that is on its way costs memory, so there are at
//! most [`MAX_ON_THEIR_WAY`]: the oldest makes way, as whoever has not read it by then reads a byte now and then, and who comes now is
//! more likely to be the one that matters.

use std::{
    collections::VecDeque,
    io,
    pin::Pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::{Context, Poll},
    time::{Duration, Instant},
};

use bytes::Bytes;
use futures::Stream;
use tokio::sync::{Mutex as AsyncMutex, OwnedMutexGuard};
use warp::{
    Reply as _,
    http::{HeaderMap, HeaderName, HeaderValue, header},
    reply::Response,
};

use crate::{
    edge::{Answer, Call},
    error::ApiError,
    metrics::{Exposition, Format, accepts_gzip, gzip},
};

/// More scrapers than anybody has.
const MAX_ON_THEIR_WAY: usize = 8;
/// So long a page waits for the store.
const REFRESH_LIMIT: Duration = Duration::from_secs(1);
/// So much of a page is handed out at a time.
const PIECE: usize = 64 * 1024;
/// What is smaller fits a packet or two as it is.
const WORTH_COMPRESSING: usize = 1_024;

/// What scrapes share.
#[derive(Debug, Default)]
pub(crate) struct Scrapes {
    /// Whoever makes a page holds it; what was made last of each kind is in it.
    made: Arc<AsyncMutex<Vec<Made>>>,
    on_their_way: Mutex<VecDeque<Page>>,
}

/// What a scraper wants.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Kind {
    format: Format,
    takes_gzip: bool,
}

#[derive(Debug, Clone)]
struct Made {
    kind: Kind,
    /// When it was begun: it tells nothing of what came later.
    began: Instant,
    page: Bytes,
    compressed: bool,
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
            // A copy: what the socket holds of a page must not hold the whole page.
            Some(rest) => Some(Ok(Bytes::copy_from_slice(&rest.split_to(rest.len().min(PIECE))))),
        })
    }
}

pub(crate) async fn answer(call: Call) -> Answer {
    let app = Arc::clone(&call.app);
    let Some(exposition) = app.exposition.clone() else { return Err(ApiError::RouteNotFound) };
    let came = Instant::now();
    let format = Format::preferred(texts(&call.headers, &header::ACCEPT));
    let takes_gzip = accepts_gzip(texts(&call.headers, &header::ACCEPT_ENCODING));
    let kind = Kind { format, takes_gzip };
    let made = Arc::clone(&app.scrapes.made).lock_owned().await;
    let shared = made.iter().find(|made| made.kind == kind && made.began >= came).cloned();
    let made = match shared {
        Some(shared) => shared,
        None => {
            // In a task of its own: who comes and goes does not have pages made beside each other.
            let limit = REFRESH_LIMIT.min(app.settings.answer_timeout / 3);
            let Ok(Some(page)) = tokio::spawn(make(made, kind, exposition, limit)).await else {
                tracing::error!("a collector of metrics failed");
                return Err(ApiError::Internal);
            };
            page
        }
    };
    if let Some(metrics) = &app.metrics {
        metrics.scraped(came.elapsed());
    }
    Ok(respond(&app.scrapes, made))
}

async fn make(
    mut known: OwnedMutexGuard<Vec<Made>>,
    kind: Kind,
    exposition: Arc<Exposition>,
    limit: Duration,
) -> Option<Made> {
    let began = Instant::now();
    known.retain(|made| made.kind != kind);
    exposition.refresh(limit).await;
    let made = tokio::task::spawn_blocking(move || {
        let page = exposition.render(kind.format).ok()?;
        let zipped = (kind.takes_gzip && page.len() > WORTH_COMPRESSING).then(|| gzip(&page)).flatten();
        let compressed = zipped.is_some();
        Some(Made { kind, began, page: zipped.map_or_else(|| Bytes::from(page), Bytes::from), compressed })
    });
    let made = made.await.ok()??;
    known.push(made.clone());
    Some(made)
}

fn respond(scrapes: &Scrapes, made: Made) -> Response {
    let Made { kind, page, compressed, .. } = made;
    let length = page.len();
    let mut response = warp::reply::stream(scrapes.send(page)).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind.format.content_type()));
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
