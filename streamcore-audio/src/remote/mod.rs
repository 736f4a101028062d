//! Media behind http(s) URLs: finite files, and stations that have no end.
//!
//! ```text
//!  URL ──► guard ──► client ──► fetch (a task: bounds, resume, reconnect) ──► pipe (bounded) ──► Reading ──► decoder (a thread)
//!          words,     redirects                                                1 MiB              Read, Seek
//!          addresses  by hand
//! ```
//!
//! | file | is |
//! |---|---|
//! | `config` | what an operator may choose |
//! | `address` | which addresses are public (pure) |
//! | `guard` | what may be connected to |
//! | `dial`, `client`, `icy` | one connection; one request; what stations do differently |
//! | `fetch`, `rate`, `backoff` | the task behind a source, what is too slow, when to try again |
//! | `pipe`, `stream` | from the task to the thread, as `Read` and `Seek` |
//! | `live` | PCM across connections |
//! | `sniff`, `resolver`, `name` | what is a page; what to do about it; what to call it |
//! | `check` | what a URL is, before it is queued |
//!
//! **Rule.** Nothing here waits without a bound, and nothing goes on that nobody waits for.

mod address;
mod backoff;
mod check;
mod client;
mod config;
mod dial;
mod fetch;
mod guard;
mod icy;
mod live;
mod name;
mod pipe;
mod rate;
mod resolver;
mod sniff;
mod stream;
#[cfg(test)]
mod tests;

use std::{
    collections::hash_map::RandomState,
    fmt,
    hash::BuildHasher,
    sync::{Arc, Mutex, PoisonError, mpsc},
    time::{Duration, Instant},
};

use streamcore::{FailureKind, FailureReason};
use tokio::runtime::{Builder, Handle, Runtime};
use url::Url;

pub(crate) use self::pipe::Patience;
pub use self::{
    address::{Network, NotANetwork},
    config::RemoteConfig,
};
use self::{
    client::{Client, Failed, Place, Reply},
    guard::{Guard, Resolve, forbidden},
    live::{ENDLESS, FiniteReader, LiveReader},
    sniff::{Looks, sniff},
    stream::{Line, Reading},
};

/// Threads that may wait for names at a time.
const NAME_THREADS: usize = 8;

/// The way to remote media: a small runtime of its own, made when it is first needed.
#[derive(Clone)]
pub(crate) struct Remote(Arc<Inner>);

struct Inner {
    config: RemoteConfig,
    guard: Guard,
    roots: rustls::RootCertStore,
    seeds: RandomState,
    started: Mutex<Option<Started>>,
}

struct Started {
    runtime: Runtime,
    client: Client,
}

impl Drop for Inner {
    fn drop(&mut self) {
        let started = self.started.get_mut().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(started) = started {
            // Waiting for it is not allowed everywhere, and nothing in it matters any more.
            started.runtime.shutdown_background();
        }
    }
}

impl fmt::Debug for Remote {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Remote").field("config", &self.0.config).finish_non_exhaustive()
    }
}

/// What a source is opened for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Wanted {
    /// To find out what it is.
    Look,
    /// To be played from here on.
    Play {
        /// From where on; a station goes on where it is.
        from: Duration,
    },
}

/// An open source.
pub(crate) enum Opened {
    Live(LiveReader),
    Finite(FiniteReader),
}

/// What was found out on the way.
#[derive(Debug)]
pub(crate) struct Found {
    /// What was asked for.
    page: Url,
    /// Whether a resolver had to find the audio.
    resolved: bool,
    length: Option<u64>,
    title: Option<String>,
}

/// Whether a location is meant as one of these URLs.
pub(crate) fn is_url(location: &str) -> bool {
    let scheme = location.split_once(':').map_or("", |(scheme, _)| scheme);
    ["http", "https"].iter().any(|known| scheme.eq_ignore_ascii_case(known))
}

impl Remote {
    pub(crate) fn new(config: RemoteConfig) -> Self {
        Self::with(config, Arc::new(guard::System), dial::public_roots())
    }

    fn with(config: RemoteConfig, resolve: Arc<dyn Resolve>, roots: rustls::RootCertStore) -> Self {
        let guard = Guard::new(config.allow.clone(), resolve);
        Self(Arc::new(Inner { config, guard, roots, seeds: RandomState::new(), started: Mutex::default() }))
    }

    fn started<T>(&self, take: impl FnOnce(&Started) -> T) -> Result<T, FailureReason> {
        let mut started = self.0.started.lock().unwrap_or_else(PoisonError::into_inner);
        let started = match &mut *started {
            Some(started) => started,
            none => none.insert(self.start()?),
        };
        Ok(take(started))
    }

    fn start(&self) -> Result<Started, FailureReason> {
        let unavailable = |what: &str| FailureReason::new(FailureKind::Unavailable, what);
        let runtime = Builder::new_multi_thread()
            .worker_threads(1)
            .max_blocking_threads(NAME_THREADS)
            .thread_name("audio-fetch")
            .enable_all()
            .build()
            .map_err(|_| unavailable("the server has no thread left to fetch it; it is tried again"))?;
        let tls = dial::tls(self.0.roots.clone()).map_err(|_| unavailable("the server cannot set up TLS"))?;
        let client = Client { guard: self.0.guard.clone(), tls, config: self.0.config.clone() };
        Ok(Started { runtime, client })
    }

    fn runtime(&self) -> Result<Handle, FailureReason> {
        self.started(|started| started.runtime.handle().clone())
    }

    fn client(&self) -> Result<Client, FailureReason> {
        self.started(|started| started.client.clone())
    }

    fn seed(&self) -> u64 {
        self.0.seeds.hash_one(Instant::now())
    }

    /// Opens a source, for as long as the patience lasts.
    pub(crate) fn open(&self, url: &str, patience: Patience, wanted: Wanted) -> Result<(Opened, Found), FailureReason> {
        if !self.0.config.enabled {
            return Err(forbidden("http(s) URLs are switched off on this server (remote.enabled)"));
        }
        let page = guard::parse(url)?;
        if resolver::is_page(&page) {
            return self.open_page(page, patience, wanted);
        }
        let (line, reply) = self.line(page.clone(), &patience)?;
        match sniff(&line.peek(sniff::LOOK_AT)?) {
            Looks::Page => {
                drop(line);
                self.open_page(page, patience, wanted)
            }
            looks => open(line, reply, page, false, looks, wanted),
        }
    }

    fn open_page(&self, page: Url, patience: Patience, wanted: Wanted) -> Result<(Opened, Found), FailureReason> {
        if self.0.config.resolver.is_none() {
            return Err(resolver::missing());
        }
        let (config, guard, asked) = (self.0.config.clone(), self.0.guard.clone(), page.clone());
        // The resolver has a limit of its own: its time is no time of ours.
        let begun = Instant::now();
        let media = self.wait(&patience.longer(config.resolver_timeout), async move {
            // A resolver is no way round the guard.
            guard.addresses(&asked).await?;
            Ok(resolver::resolve(&config, &asked).await?)
        })?;
        let patience = patience.longer(begun.elapsed());
        let (line, reply) = self.line(media, &patience)?;
        match sniff(&line.peek(sniff::LOOK_AT)?) {
            Looks::Page => {
                let detail = "the resolver answers with another page instead of audio";
                Err(FailureReason::new(FailureKind::Unsupported, detail))
            }
            looks => open(line, reply, page, true, looks, wanted),
        }
    }

    fn line(&self, url: Url, patience: &Patience) -> Result<(Arc<Line>, client::Head), FailureReason> {
        let reply = self.ask(&url, Place::default(), patience)?;
        let head = reply.head.clone();
        Ok((Arc::new(Line::new(self.clone(), url, reply, patience.clone())?), head))
    }

    /// One request, waited for on this thread.
    fn ask(&self, url: &Url, place: Place, patience: &Patience) -> Result<Reply, FailureReason> {
        let (client, url) = (self.client()?, url.clone());
        self.wait(patience, async move { client.get(&url, &place).await })
    }

    /// Runs something on the runtime and waits for it, as long as the patience lasts.
    fn wait<T: Send + 'static>(
        &self,
        patience: &Patience,
        work: impl Future<Output = Result<T, Failed>> + Send + 'static,
    ) -> Result<T, FailureReason> {
        let (send, receive) = mpsc::channel();
        let task = self.runtime()?.spawn(async move {
            let _ = send.send(work.await);
        });
        loop {
            match receive.recv_timeout(pipe::LOOK) {
                Ok(done) => return done.map_err(Failed::reason),
                Err(mpsc::RecvTimeoutError::Timeout) => {
                    if let Some(reason) = patience.ends() {
                        task.abort();
                        return Err(reason);
                    }
                }
                Err(mpsc::RecvTimeoutError::Disconnected) => {
                    return Err(FailureReason::new(FailureKind::Other, "fetching it was given up"));
                }
            }
        }
    }
}

/// A decoder for what was found.
fn open(
    line: Arc<Line>,
    head: client::Head,
    page: Url,
    resolved: bool,
    looks: Looks,
    wanted: Wanted,
) -> Result<(Opened, Found), FailureReason> {
    let unsupported = |detail: &str| Err(FailureReason::new(FailureKind::Unsupported, detail));
    match looks {
        Looks::Playlist => return unsupported("this is a playlist, not audio; add an address out of it"),
        Looks::Pieces => {
            return unsupported("this is an HLS list, which is not supported; give the address of a plain stream");
        }
        _ => {}
    }
    let name = name::name_of(&page);
    let found = Found { page, resolved, length: head.length, title: head.title };
    let Some(length) = head.length else {
        return Ok((Opened::Live(LiveReader::new(line, name)?), found));
    };
    let from = match wanted {
        Wanted::Look => None,
        Wanted::Play { from } => Some(from),
    };
    // Each jump is a request: who plays from the beginning makes none, unless the index may be at the end.
    let seekable = head.ranges && (looks == Looks::Mp4 || from != Some(Duration::ZERO));
    let budget = if from.is_none() { check::MAX_BYTES } else { ENDLESS };
    let place = Place { offset: 0, validator: head.validator };
    let reading = |line: &Arc<Line>| Reading::new(Arc::clone(line), place.clone(), Some(length), seekable, budget);
    let mut finite = FiniteReader::new(Arc::clone(&line), reading(&line), &name).map_err(|reason| {
        if looks == Looks::Mp4 && !seekable && reason.kind == FailureKind::Unsupported {
            let detail = "its index is at its end, and the server cannot begin there; use a file that has it first, or upload it";
            return FailureReason::new(FailureKind::Unsupported, detail);
        }
        reason
    })?;
    let from = from.filter(|from| !from.is_zero());
    if let Some(from) = from.filter(|from| !finite.reader().seek(*from)) {
        // It may be anywhere now. Begin anew and drop what lies before.
        line.restart(place.clone(), length)?;
        finite = FiniteReader::new(Arc::clone(&line), reading(&line), &name)?;
        finite.reader().discard_before(from);
    }
    Ok((Opened::Finite(finite), found))
}
