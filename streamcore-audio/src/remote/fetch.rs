//! The task behind one source: it pours an answer into the pipe, and when the connection is lost it gets another one.
//!
//! **Finite files** go on where they broke off, if the server can begin in the middle and the file is still the same. **Stations** begin anew,
//! behind a seam. Either is tried for a bounded time with growing waits; a connection that has delivered a good piece starts the count anew.
//! Whoever never delivered is not tried again. An answer that ends before the file does is a lost connection, whatever length it gave itself.

use std::{sync::Arc, time::Duration};

use bytes::Bytes;
use http_body_util::BodyExt;
use streamcore::{FailureKind, FailureReason};
use tokio::time::Instant;
use url::Url;

use super::{
    backoff::Backoff,
    client::{Client, Failed, Place, Reply},
    icy::Strip,
    pipe::Pipe,
    rate::Rate,
};

/// A connection that brought this much was a good one.
const GOOD: u64 = 16 << 10;
/// Beginnings that are compared, to notice a file that is taken for a live stream.
const FINGERPRINT: usize = 4 << 10;

/// One source and how far it is.
pub(super) struct Fetch {
    pub(super) client: Client,
    pub(super) url: Url,
    pub(super) pipe: Arc<Pipe>,
    pub(super) seed: u64,
}

/// How an answer ended.
enum Poured {
    /// As the server says it should.
    Whole,
    /// Too early.
    Lost {
        reason: FailureReason,
        /// When it last brought something.
        at: Instant,
    },
}

/// What is known of a source across its connections.
struct Known {
    /// How many bytes there are; none for what has no known end.
    length: Option<u64>,
    station: bool,
    ranges: bool,
    place: Place,
    /// The first bytes of the first connection, of what has neither a length nor the manners of a station.
    begin: Vec<u8>,
    /// Since when there was no good connection.
    lost_since: Option<Instant>,
}

impl Fetch {
    /// Runs to the end of the source. Ends early when it is aborted; nothing outlives it.
    pub(super) async fn run(self, first: Reply) {
        let end = self.pour_all(first).await;
        if let Err(reason) = &end {
            tracing::debug!(host = self.url.host_str(), %reason, "a remote source failed");
        }
        self.pipe.end(end);
    }

    async fn pour_all(&self, mut reply: Reply) -> Result<(), FailureReason> {
        let mut known = Known {
            length: reply.head.length,
            station: reply.head.station,
            ranges: reply.head.ranges,
            place: Place { offset: reply.head.offset, validator: reply.head.validator.clone() },
            begin: Vec::new(),
            lost_since: None,
        };
        let mut backoff = Backoff::new(self.seed);
        let mut first = true;
        loop {
            let (mut poured, delivered) = self.pour(&mut reply, &mut known, first).await?;
            if matches!(poured, Poured::Whole) && known.length.is_some_and(|length| known.place.offset < length) {
                let detail = "the server ended its answer too early";
                poured = Poured::Lost { reason: FailureReason::new(FailureKind::Broken, detail), at: Instant::now() };
            }
            first = false;
            drop(reply);
            if delivered >= GOOD {
                known.lost_since = None;
                backoff = Backoff::new(self.seed);
            }
            let why = match poured {
                Poured::Whole if known.station => {
                    FailureReason::new(FailureKind::Stalled, "the station ended the connection")
                }
                Poured::Whole => return Ok(()),
                // It never delivered: it is not tried again.
                Poured::Lost { reason, .. } if delivered == 0 && known.lost_since.is_none() => return Err(reason),
                Poured::Lost { reason, .. } if reason.kind == FailureKind::Stalled && delivered < GOOD => {
                    return Err(reason);
                }
                Poured::Lost { reason, at } => {
                    known.lost_since.get_or_insert(at);
                    reason
                }
            };
            // A live source goes on as something new; a file goes on as itself. The decoder learns it now: what it has goes out at once.
            if known.length.is_none() {
                self.pipe.seam();
            }
            reply = self.again(&mut known, &mut backoff, &why).await?;
        }
    }

    /// Pours one answer. Returns how it ended and how many bytes it brought; an error is the end of everything.
    async fn pour(&self, reply: &mut Reply, known: &mut Known, first: bool) -> Result<(Poured, u64), FailureReason> {
        let config = &self.client.config;
        let mut rate = Rate::new(config.min_bytes_per_second, config.rate_window);
        let mut strip = reply.head.interval.map(Strip::new);
        let mut delivered = 0;
        let live = known.length.is_none();
        let mut compared = (live && !known.station && !first).then(Vec::new);
        loop {
            // Time that we do not read is no fault of the server.
            self.pipe.room().await;
            let asked = Instant::now();
            let frame = tokio::time::timeout(config.read_timeout, reply.body.frame()).await;
            let bytes = match frame {
                Ok(Some(Ok(frame))) => frame.into_data().unwrap_or_default(),
                Ok(Some(Err(_))) => {
                    let reason = FailureReason::new(FailureKind::Broken, "the connection was lost");
                    return Ok((Poured::Lost { reason, at: Instant::now() }, delivered));
                }
                Ok(None) => return Ok((Poured::Whole, delivered)),
                Err(_) => {
                    let detail = format!("the server sent nothing for {:?}", config.read_timeout);
                    let reason = FailureReason::new(FailureKind::Stalled, detail);
                    return Ok((Poured::Lost { reason, at: asked }, delivered));
                }
            };
            let count = bytes.len();
            delivered += count as u64;
            known.place.offset += count as u64;
            if first && known.begin.len() < FINGERPRINT && live && !known.station {
                known.begin.extend_from_slice(&bytes[..count.min(FINGERPRINT - known.begin.len())]);
            }
            let bytes = match compared.take() {
                None => bytes,
                Some(mut begin) => {
                    begin.extend_from_slice(&bytes);
                    if begin.len() < known.begin.len() {
                        compared = Some(begin);
                        Bytes::new()
                    } else if begin.starts_with(&known.begin) {
                        let detail = "the connection was lost, and the server begins from the beginning again";
                        return Err(FailureReason::new(FailureKind::Broken, detail));
                    } else {
                        begin.into()
                    }
                }
            };
            match &mut strip {
                Some(strip) => strip.pieces(&bytes, |audio| self.pipe.push(audio)),
                None => self.pipe.push(&bytes),
            }
            if !rate.keeps_up(asked.elapsed(), count) {
                let detail = format!(
                    "the server sends less than {} bytes a second; nobody can listen to that",
                    config.min_bytes_per_second
                );
                let reason = FailureReason::new(FailureKind::Stalled, detail);
                return Ok((Poured::Lost { reason, at: Instant::now() }, delivered));
            }
        }
    }

    /// Gets another connection, or says why there is none.
    async fn again(
        &self,
        known: &mut Known,
        backoff: &mut Backoff,
        why: &FailureReason,
    ) -> Result<Reply, FailureReason> {
        let retry_for = self.client.config.retry_for;
        let live = known.length.is_none();
        if !live && !known.ranges {
            return Err(broke_off(known, why, "the server cannot go on in the middle"));
        }
        let until = *known.lost_since.get_or_insert_with(Instant::now) + retry_for;
        // A server may ask for any wait: nothing is added to it.
        let too_late = |wait: Duration| wait >= until.saturating_duration_since(Instant::now());
        let place = if live { Place::default() } else { known.place.clone() };
        let mut last = why.detail.clone();
        loop {
            let wait = backoff.next();
            if too_late(wait) {
                return Err(self.given_up(known, why, &last));
            }
            tokio::time::sleep(wait).await;
            let asked = tokio::time::timeout_at(until, self.client.get(&self.url, &place)).await;
            match asked {
                Err(_) => return Err(self.given_up(known, why, &last)),
                Ok(Ok(reply)) if live => {
                    known.place = Place::default();
                    return Ok(reply);
                }
                Ok(Ok(reply)) if reply.head.goes_on(&place, known.length) => return Ok(reply),
                Ok(Ok(_)) => return Err(broke_off(known, why, "the file on the server is another one now")),
                Ok(Err(Failed::Lasting(reason))) => return Err(broke_off(known, why, &reason.detail)),
                Ok(Err(Failed::Passing { reason, wait })) => {
                    last = reason.detail;
                    if let Some(wait) = wait {
                        if too_late(wait) {
                            return Err(self.given_up(known, why, &last));
                        }
                        tokio::time::sleep(wait).await;
                    }
                }
            }
        }
    }

    fn given_up(&self, known: &Known, why: &FailureReason, last: &str) -> FailureReason {
        let kind = if known.length.is_some() { FailureKind::Broken } else { FailureKind::Stalled };
        let within: Duration = self.client.config.retry_for;
        let FailureReason { detail, .. } = why;
        FailureReason::new(kind, format!("{detail}, and it did not come back within {within:?} (last: {last})"))
    }
}

/// Whatever ends the task, its reader does not wait for more.
impl Drop for Fetch {
    fn drop(&mut self) {
        let detail = "fetching it ended through a fault of this server; play it again, and tell its operator if that does not help";
        // The first end counts: this is one only where there is none.
        self.pipe.end(Err(FailureReason::new(FailureKind::Other, detail)));
    }
}

fn broke_off(known: &Known, why: &FailureReason, how: &str) -> FailureReason {
    let at = match known.length {
        Some(length) => format!(" after {} of {length} bytes", known.place.offset),
        None => String::new(),
    };
    FailureReason::new(FailureKind::Broken, format!("{}{at}, and {how}", why.detail))
}
