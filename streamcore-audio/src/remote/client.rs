//! One request: redirects followed by hand, each through the guard; a head within its bounds; a body that nobody unpacks.
//!
//! No proxy, no cookies, no referrer, no compression, one connection per request: what is not there cannot be talked into something.

use std::time::Duration;

use bytes::Bytes;
use http::{
    HeaderMap, HeaderValue, Request, StatusCode,
    header::{
        ACCEPT, ACCEPT_ENCODING, CONNECTION, CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_RANGE, ETAG, HOST, IF_RANGE,
        LAST_MODIFIED, LOCATION, RANGE, RETRY_AFTER, USER_AGENT,
    },
};
use http_body_util::Empty;
use hyper::body::Incoming;
use hyper_util::rt::TokioIo;
use streamcore::{FailureKind, FailureReason};
use tokio::time::{Instant, timeout_at};
use tokio_rustls::TlsConnector;
use url::Url;

use super::{
    RemoteConfig,
    dial::dial,
    guard::{Guard, checked, forbidden},
    icy,
    name::name_of,
};

/// The most redirects that are followed.
const MAX_REDIRECTS: usize = 5;
/// The most that the head of an answer may have.
const MAX_HEAD_BYTES: usize = 64 << 10;
const MAX_HEADERS: usize = 100;
/// The longest wait that a server may ask for: a day. Whoever asks for more means never.
const MAX_WAIT: Duration = Duration::from_secs(24 * 60 * 60);

/// Why a request has no answer that can be used.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Failed {
    /// It would be the same the next time.
    Lasting(FailureReason),
    /// It may be better in a while; perhaps the server said when.
    Passing { reason: FailureReason, wait: Option<Duration> },
}

impl Failed {
    pub(super) fn lasting(kind: FailureKind, detail: impl Into<String>) -> Self {
        Self::Lasting(FailureReason::new(kind, detail))
    }

    pub(super) fn passing(kind: FailureKind, detail: impl Into<String>) -> Self {
        Self::Passing { reason: FailureReason::new(kind, detail), wait: None }
    }

    pub(super) fn reason(self) -> FailureReason {
        match self {
            Self::Lasting(reason) | Self::Passing { reason, .. } => reason,
        }
    }
}

/// Where in a file a request begins, and which file it must still be.
#[derive(Debug, Clone, Default)]
pub(super) struct Place {
    pub(super) offset: u64,
    pub(super) validator: Option<HeaderValue>,
}

/// What an answer says about itself.
#[derive(Debug, Clone, Default)]
pub(super) struct Head {
    /// How many bytes the whole has; none for what has no end, or does not tell.
    pub(super) length: Option<u64>,
    /// Where the body begins.
    pub(super) offset: u64,
    /// Whether one can begin anywhere.
    pub(super) ranges: bool,
    /// What stays the same while the file does.
    pub(super) validator: Option<HeaderValue>,
    /// Whether it is a station: it has no end, and comes back when it drops.
    pub(super) station: bool,
    /// What the station calls itself.
    pub(super) title: Option<String>,
    /// How many bytes lie between titles in the body.
    pub(super) interval: Option<usize>,
}

impl Head {
    /// Whether this is the rest of the same file.
    pub(super) fn goes_on(&self, place: &Place, length: Option<u64>) -> bool {
        let same = match (&self.validator, &place.validator) {
            (Some(now), Some(then)) => now == then,
            _ => true,
        };
        same && self.offset == place.offset && self.length == length
    }
}

/// An answer; dropping it closes the connection.
#[derive(Debug)]
pub(super) struct Reply {
    pub(super) head: Head,
    pub(super) body: Incoming,
    _connection: Driven,
}

/// The task that drives a connection, ended with what it is for.
#[derive(Debug)]
struct Driven(tokio::task::JoinHandle<()>);

impl Drop for Driven {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// Makes requests.
#[derive(Clone)]
pub(super) struct Client {
    pub(super) guard: Guard,
    pub(super) tls: TlsConnector,
    pub(super) config: RemoteConfig,
}

impl Client {
    /// Asks for a URL from this place on.
    pub(super) async fn get(&self, url: &Url, place: &Place) -> Result<Reply, Failed> {
        let mut at = url.clone();
        let mut seen = vec![at.clone()];
        loop {
            let (parts, body, connection) = self.once(&at, place).await?;
            let Some(next) = redirect(&at, parts.status, &parts.headers)? else {
                let head = head(url, parts.status, &parts.headers, place)?;
                if head.length.is_some_and(|length| length > self.config.max_bytes) {
                    let detail = format!(
                        "it has {} bytes, and {} are allowed; choose a smaller file or raise remote.max_bytes",
                        head.length.unwrap_or_default(),
                        self.config.max_bytes
                    );
                    return Err(Failed::lasting(FailureKind::Unsupported, detail));
                }
                return Ok(Reply { head, body, _connection: connection });
            };
            if seen.contains(&next) {
                return Err(Failed::lasting(FailureKind::Unreadable, "its redirects lead in a circle"));
            }
            if seen.len() > MAX_REDIRECTS {
                return Err(Failed::lasting(
                    FailureKind::Unreadable,
                    format!("it redirects more than {MAX_REDIRECTS} times; use the address that it ends at"),
                ));
            }
            seen.push(next.clone());
            at = next;
        }
    }

    async fn once(&self, url: &Url, place: &Place) -> Result<(http::response::Parts, Incoming, Driven), Failed> {
        let host = url.host_str().unwrap_or_default();
        let until = Instant::now() + self.config.connect_timeout;
        let slow = || Failed::passing(FailureKind::Stalled, format!("the name {host} was not found in time"));
        let addresses = timeout_at(until, self.guard.addresses(url)).await.map_err(|_| slow())??;
        let wire = dial(url, &addresses, &self.tls, until).await?;

        let until = Instant::now() + self.config.header_timeout;
        let answer = async {
            let (mut send, connection) = hyper::client::conn::http1::Builder::new()
                .max_buf_size(MAX_HEAD_BYTES)
                .max_headers(MAX_HEADERS)
                .handshake::<_, Empty<Bytes>>(TokioIo::new(icy::Status::new(wire)))
                .await?;
            let connection = Driven(tokio::spawn(async move {
                // What goes wrong is told to who reads the body.
                let _ = connection.await;
            }));
            let answer = send.send_request(request(url, place)).await?;
            Ok::<_, hyper::Error>((answer, connection))
        };
        match timeout_at(until, answer).await {
            Ok(Ok((answer, connection))) => {
                let (parts, body) = answer.into_parts();
                Ok((parts, body, connection))
            }
            Ok(Err(error)) if error.is_parse_too_large() => Err(Failed::lasting(
                FailureKind::Unreadable,
                format!("{host} answers with a head of more than {} KiB or {MAX_HEADERS} lines", MAX_HEAD_BYTES >> 10),
            )),
            Ok(Err(error)) if error.is_parse() => {
                Err(Failed::lasting(FailureKind::Unreadable, format!("what {host} answers is not HTTP")))
            }
            Ok(Err(_)) => Err(Failed::passing(FailureKind::Unreadable, format!("{host} ended the connection"))),
            Err(_) => Err(Failed::passing(
                FailureKind::Stalled,
                format!("{host} did not answer within {:?}", self.config.header_timeout),
            )),
        }
    }
}

fn request(url: &Url, place: &Place) -> Request<Empty<Bytes>> {
    let path = &url[url::Position::BeforePath..url::Position::AfterQuery];
    let host = &url[url::Position::BeforeHost..url::Position::AfterPort];
    let mut request = Request::new(Empty::new());
    // A parsed URL is nothing but ASCII without spaces; if it were not, the server would say so.
    *request.uri_mut() = path.parse().unwrap_or_default();
    let headers = request.headers_mut();
    let fixed = HeaderValue::from_static;
    if let Ok(host) = HeaderValue::from_str(host) {
        headers.insert(HOST, host);
    }
    headers.insert(USER_AGENT, fixed(concat!("Streamcore/", env!("CARGO_PKG_VERSION"))));
    headers.insert(ACCEPT, fixed("*/*"));
    headers.insert(ACCEPT_ENCODING, fixed("identity"));
    headers.insert(CONNECTION, fixed("close"));
    if let Ok(range) = HeaderValue::from_str(&format!("bytes={}-", place.offset)) {
        headers.insert(RANGE, range);
    }
    if let (Some(validator), true) = (&place.validator, place.offset > 0) {
        headers.insert(IF_RANGE, validator.clone());
    }
    request
}

/// Where an answer leads on to; none if it is one.
fn redirect(url: &Url, status: StatusCode, headers: &HeaderMap) -> Result<Option<Url>, FailureReason> {
    if !matches!(status.as_u16(), 301 | 302 | 303 | 307 | 308) {
        return Ok(None);
    }
    let location = headers.get(LOCATION).and_then(|value| value.to_str().ok());
    let location =
        location.ok_or_else(|| FailureReason::new(FailureKind::Unreadable, "it redirects without saying where to"))?;
    let next = url.join(location).map_err(|_| forbidden("it redirects to something that is not a URL"))?;
    let told = |reason: FailureReason| FailureReason::new(reason.kind, format!("it redirects: {}", reason.detail));
    checked(next).map(Some).map_err(told)
}

/// What the answer is, if it is what was asked for.
fn head(url: &Url, status: StatusCode, headers: &HeaderMap, place: &Place) -> Result<Head, Failed> {
    let text = |name: &str| headers.get(name).map(|value| lenient(value.as_bytes()));
    if !status.is_success() {
        return Err(refusal(url, status, headers));
    }
    if headers.get(CONTENT_ENCODING).is_some_and(|coding| !coding.as_bytes().eq_ignore_ascii_case(b"identity")) {
        return Err(Failed::lasting(
            FailureKind::Unsupported,
            "the server sends it packed although it was asked not to",
        ));
    }
    let broken = || Failed::lasting(FailureKind::Unreadable, "the server answers with a part that was not asked for");
    let mut head = Head { title: text("icy-name").map(|name| name.trim().to_owned()), ..Head::default() };
    head.title = head.title.filter(|title| !title.is_empty());
    head.interval = text("icy-metaint").and_then(|digits| digits.trim().parse().ok()).filter(|interval| *interval > 0);
    if let Some(interval) = head.interval.filter(|interval| *interval < icy::LEAST_INTERVAL) {
        let detail = format!(
            "it puts a title after every {interval} bytes, and at least {} must lie between; use another address of the station",
            icy::LEAST_INTERVAL
        );
        return Err(Failed::lasting(FailureKind::Unsupported, detail));
    }
    // Stations say so; some claim a length that nobody counted.
    head.station = headers.keys().any(|name| name.as_str().starts_with("icy-"));
    let length = || text(CONTENT_LENGTH.as_str()).and_then(|digits| digits.trim().parse::<u64>().ok());
    match (status.as_u16(), headers.get(CONTENT_RANGE)) {
        (206, Some(range)) => {
            let (offset, length) = content_range(&lenient(range.as_bytes())).ok_or_else(broken)?;
            if offset != place.offset {
                return Err(broken());
            }
            (head.offset, head.length, head.ranges) = (offset, length, length.is_some());
        }
        (206, None) => return Err(broken()),
        _ => head.length = length(),
    }
    if head.station {
        (head.length, head.ranges) = (None, false);
    }
    // A weak tag says "much the same", which is not enough to go on in the middle.
    let tag = headers.get(ETAG).filter(|tag| !tag.as_bytes().starts_with(b"W/"));
    head.validator = tag.or_else(|| headers.get(LAST_MODIFIED)).cloned();
    Ok(head)
}

/// `bytes 5-9/10`: where it begins and how much there is in all.
fn content_range(text: &str) -> Option<(u64, Option<u64>)> {
    let (range, total) = text.trim().strip_prefix("bytes ")?.trim().split_once('/')?;
    let (first, _) = range.split_once('-')?;
    let total = if total == "*" { None } else { Some(total.parse().ok()?) };
    Some((first.parse().ok()?, total))
}

/// What a status that is no success means.
fn refusal(url: &Url, status: StatusCode, headers: &HeaderMap) -> Failed {
    let name = name_of(url);
    let seconds = headers.get(RETRY_AFTER).and_then(|value| value.to_str().ok()?.trim().parse().ok());
    let wait = seconds.map(|seconds| Duration::from_secs(seconds).min(MAX_WAIT));
    let said = match status.canonical_reason() {
        Some(words) => format!("{} {words}", status.as_u16()),
        None => status.as_u16().to_string(),
    };
    let passing = |kind, detail| Failed::Passing { reason: FailureReason::new(kind, detail), wait };
    match status.as_u16() {
        // A station whose studio is away answers like this.
        404 | 410 => passing(FailureKind::NotFound, format!("the server has no {name:?} ({said})")),
        416 => Failed::lasting(FailureKind::Empty, format!("{name:?} is empty")),
        408 | 425 | 429 | 500..=599 => {
            let when = wait.map_or_else(|| String::from("later"), |wait| format!("in {} s", wait.as_secs()));
            passing(FailureKind::Unreadable, format!("the server answers {said}; try again {when}"))
        }
        _ => Failed::lasting(FailureKind::Unreadable, format!("the server does not give {name:?} out ({said})")),
    }
}

/// Header text: UTF-8, or else each byte a character, as stations write it.
fn lenient(bytes: &[u8]) -> String {
    match std::str::from_utf8(bytes) {
        Ok(text) => text.to_owned(),
        Err(_) => bytes.iter().copied().map(char::from).collect(),
    }
}

impl std::fmt::Debug for Client {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Client").field("guard", &self.guard).field("config", &self.config).finish_non_exhaustive()
    }
}
