//! Requests: how many, how they were answered, how long it took.

use std::{
    fmt::Write as _,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use prometheus_client::{
    encoding::{EncodeLabelSet, EncodeLabelValue, LabelValueEncoder},
    metrics::{counter::Counter, family::Family, gauge::Gauge, histogram::Histogram},
    registry::{Registry, Unit},
};

use super::labels::{OneLabel, by_one};

const DURATIONS: [f64; 13] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0];

/// The path of requests that no route answers.
const UNMATCHED: &str = "unmatched";

/// The methods that are told apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Method {
    Get,
    Head,
    Post,
    Put,
    Patch,
    Delete,
    Options,
    /// Any other: there may be as many as there are words.
    Other,
}

impl Method {
    /// The method of this name, in upper case as HTTP writes it.
    fn named(name: &str) -> Self {
        match name {
            "GET" => Self::Get,
            "HEAD" => Self::Head,
            "POST" => Self::Post,
            "PUT" => Self::Put,
            "PATCH" => Self::Patch,
            "DELETE" => Self::Delete,
            "OPTIONS" => Self::Options,
            _ => Self::Other,
        }
    }

    const fn as_str(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Head => "HEAD",
            Self::Post => "POST",
            Self::Put => "PUT",
            Self::Patch => "PATCH",
            Self::Delete => "DELETE",
            Self::Options => "OPTIONS",
            Self::Other => "other",
        }
    }
}

impl EncodeLabelValue for Method {
    fn encode(&self, encoder: &mut LabelValueEncoder<'_>) -> Result<(), std::fmt::Error> {
        encoder.write_str(self.as_str())
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, EncodeLabelSet)]
pub(super) struct Route {
    method: Method,
    path: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
pub(super) struct Answered {
    method: Method,
    path: &'static str,
    status: u16,
}

pub(super) type Durations = Family<Route, Histogram, fn() -> Histogram>;

#[derive(Debug)]
pub(super) struct Http {
    pub(super) requests: Family<Answered, Counter>,
    pub(super) duration: Durations,
    pub(super) in_flight: Family<Route, Gauge>,
    errors: OneLabel<Counter>,
    /// Of all requests, for the history.
    answered: AtomicU64,
    failed: AtomicU64,
    underway: AtomicU64,
}

/// Measures the requests of one route by one method. Whoever has many keeps it: to get it takes longer than to use it.
#[derive(Debug, Clone)]
pub struct RouteMeter(Arc<Measured>);

#[derive(Debug)]
struct Measured {
    http: Arc<Http>,
    route: Route,
    in_flight: Gauge,
    duration: Histogram,
    /// By status: as many as the route answers with.
    requests: Mutex<Vec<(u16, Counter)>>,
}

/// A request that is being answered; it counts as in flight until this is dropped. If it was not answered by then, who asked has gone: it counts as
/// answered with 499, as nginx has it.
#[derive(Debug)]
pub struct Answering {
    route: RouteMeter,
    is_answered: bool,
}

const GIVEN_UP: u16 = 499;

impl Http {
    pub(super) fn register(registry: &mut Registry) -> Arc<Self> {
        let errors =
            ("streamcore_http_errors", "Requests that were refused or failed, by the error code of their body");
        let it = Self {
            requests: Family::default(),
            duration: Family::new_with_constructor(|| Histogram::new(DURATIONS)),
            in_flight: Family::default(),
            errors: by_one(registry, errors, "code", ["not_found", "validation_error", "unavailable", "internal"]),
            answered: AtomicU64::new(0),
            failed: AtomicU64::new(0),
            underway: AtomicU64::new(0),
        };
        registry.register("http_requests", "Requests that were answered", it.requests.clone());
        let help = "How long requests took to be answered";
        registry.register_with_unit("http_request_duration", help, Unit::Seconds, it.duration.clone());
        registry.register("http_requests_in_flight", "Requests that are being answered", it.in_flight.clone());
        let it = Arc::new(it);
        // So that each family is there before the first request.
        let unmatched = it.route("GET", None);
        unmatched.0.counter(404);
        it
    }

    /// How many requests were answered, and how many of them with a failure of ours.
    pub(super) fn totals(&self) -> (u64, u64) {
        (self.answered.load(Ordering::Relaxed), self.failed.load(Ordering::Relaxed))
    }

    /// How many are being answered.
    pub(super) fn underway(&self) -> u64 {
        self.underway.load(Ordering::Relaxed)
    }

    pub(super) fn route(self: &Arc<Self>, method: &str, template: Option<&'static str>) -> RouteMeter {
        let route = Route { method: Method::named(method), path: template.unwrap_or(UNMATCHED) };
        let in_flight = self.in_flight.get_or_create_owned(&route);
        let duration = self.duration.get_or_create_owned(&route);
        RouteMeter(Arc::new(Measured {
            http: Arc::clone(self),
            route,
            in_flight,
            duration,
            requests: Mutex::default(),
        }))
    }
}

impl RouteMeter {
    /// A request has come, and is being answered until what is returned is told how, or dropped.
    #[must_use]
    pub fn begin(&self) -> Answering {
        self.0.in_flight.inc();
        self.0.http.underway.fetch_add(1, Ordering::Relaxed);
        Answering { route: self.clone(), is_answered: false }
    }
}

impl Measured {
    fn counter(&self, status: u16) -> Counter {
        let mut known = self.requests.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, counter)) = known.iter().find(|(known, _)| *known == status) {
            return counter.clone();
        }
        let Route { method, path } = self.route;
        let counter = self.http.requests.get_or_create_owned(&Answered { method, path, status });
        known.push((status, counter.clone()));
        counter
    }
}

impl Answering {
    /// It is answered, with this error code if it was refused or failed.
    pub fn answered(mut self, status: u16, code: Option<&'static str>, took: Duration) {
        self.is_answered = true;
        let route = &self.route.0;
        route.duration.observe(took.as_secs_f64());
        route.counter(status).inc();
        route.http.answered.fetch_add(1, Ordering::Relaxed);
        if let Some(code) = code {
            route.http.errors.of(code).inc();
        }
        if status >= 500 {
            route.http.failed.fetch_add(1, Ordering::Relaxed);
        }
    }
}

impl Drop for Answering {
    fn drop(&mut self) {
        let route = &self.route.0;
        route.in_flight.dec();
        if !self.is_answered {
            route.counter(GIVEN_UP).inc();
        }
        route.http.underway.fetch_sub(1, Ordering::Relaxed);
    }
}
