//! The route table: templates, methods, access levels and handlers, looked up by path.

use std::{
    collections::BTreeMap,
    future::Future,
    sync::{Arc, OnceLock},
};

use futures::future::BoxFuture;
use warp::http::Method;

use super::{Answer, Call, body::MAX_BODY_BYTES};
use crate::metrics::{Metrics, RouteMeter};

/// Who may call a route.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Access {
    /// Everybody, always: health and the page itself.
    Public,
    /// Everybody who may read: queues, status, audio. Who shows the token is told people's names as well.
    Read,
    /// Who may read; or, where scrapers have a token of their own, who shows that or the service token.
    Scrape,
    /// Only who shows the service token.
    Token,
}

/// A route, for documentation and tests.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RouteInfo {
    /// Its method.
    pub method: Method,
    /// Its path, with parameters in braces.
    pub template: &'static str,
    /// Who may call it.
    pub access: Access,
    /// Whether an `Idempotency-Key` makes it count once. Elsewhere the header is not looked at.
    pub takes_key: bool,
}

pub(super) type Handler = Arc<dyn Fn(Call) -> BoxFuture<'static, Answer> + Send + Sync>;

/// How a route takes a request's body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Takes {
    /// Whole, of at most so many bytes.
    Whole { limit: usize },
    /// As it comes.
    Upload,
}

/// One line of the table.
pub(crate) struct Route {
    pub(crate) info: RouteInfo,
    pub(super) takes: Takes,
    /// Whether it looks at media, which takes what time it takes.
    pub(super) checks_media: bool,
    pub(super) handler: Handler,
}

impl Route {
    pub(crate) fn new<H, F>(method: Method, template: &'static str, access: Access, handler: H) -> Self
    where
        H: Fn(Call) -> F + Send + Sync + 'static,
        F: Future<Output = Answer> + Send + 'static,
    {
        let handler: Handler = Arc::new(move |call| Box::pin(handler(call)));
        let takes_key = method == Method::POST;
        let info = RouteInfo { method, template, access, takes_key };
        Self { info, takes: Takes::Whole { limit: MAX_BODY_BYTES }, checks_media: false, handler }
    }

    /// The same route, for bodies of up to this many bytes.
    pub(crate) fn with_body(self, limit: usize) -> Self {
        Self { takes: Takes::Whole { limit }, ..self }
    }

    /// The same route, for a handler that looks at media first.
    pub(crate) fn checking_media(self) -> Self {
        Self { checks_media: true, ..self }
    }

    /// The same route, for what holds for a while and must therefore be done each time that it is said: an old answer would be silence.
    pub(crate) fn without_key(self) -> Self {
        Self { info: RouteInfo { takes_key: false, ..self.info }, ..self }
    }

    /// The same route, for a file that its handler reads as it comes.
    pub(crate) fn with_upload(self) -> Self {
        Self { takes: Takes::Upload, ..self }
    }
}

/// What a path can be asked to do.
pub(super) struct Place {
    pub(super) template: &'static str,
    pub(super) routes: Vec<Route>,
    /// What measures its requests, by method; made at the first one.
    meters: Meters,
}

/// By `GET`, `HEAD`, `POST`, `PUT`, `PATCH`, `DELETE`, `OPTIONS`, and any other.
#[derive(Default)]
pub(super) struct Meters([OnceLock<RouteMeter>; 8]);

impl Meters {
    /// The one for this method.
    pub(super) fn of(&self, method: &Method, make: impl FnOnce() -> RouteMeter) -> &RouteMeter {
        let [get, head, post, put, patch, delete, options, other] = &self.0;
        let meter = match method.as_str() {
            "GET" => get,
            "HEAD" => head,
            "POST" => post,
            "PUT" => put,
            "PATCH" => patch,
            "DELETE" => delete,
            "OPTIONS" => options,
            _ => other,
        };
        meter.get_or_init(make)
    }
}

impl Place {
    /// The route for a method; `HEAD` asks for what `GET` would answer.
    pub(super) fn route(&self, method: &Method) -> Option<&Route> {
        let wanted = if method == Method::HEAD { &Method::GET } else { method };
        self.routes.iter().find(|route| route.info.method == wanted)
    }

    /// The value of an `Allow` header.
    pub(super) fn allow(&self) -> String {
        let mut names: Vec<_> = self.routes.iter().map(|route| route.info.method.as_str()).collect();
        if names.contains(&"GET") {
            names.push("HEAD");
        }
        names.push("OPTIONS");
        names.sort_unstable();
        names.join(", ")
    }
}

/// All places by path.
pub(crate) struct Table {
    places: matchit::Router<Place>,
    /// For requests that lead nowhere.
    unmatched: Meters,
}

impl Table {
    /// # Panics
    /// If two templates contradict each other: a mistake in the table, found by the first test that builds it.
    pub(crate) fn new(routes: Vec<Route>) -> Self {
        let mut places: BTreeMap<&'static str, Vec<Route>> = BTreeMap::new();
        for route in routes {
            places.entry(route.info.template).or_default().push(route);
        }
        let mut router = matchit::Router::new();
        for (template, routes) in places {
            if let Err(conflict) = router.insert(template, Place { template, routes, meters: Meters::default() }) {
                panic!("the route table contradicts itself at {template}: {conflict}");
            }
        }
        Self { places: router, unmatched: Meters::default() }
    }

    /// What measures the requests to a place, or to nowhere: there, too, go those by methods that a place does not have, or everybody could
    /// have a series made for each.
    pub(super) fn meter(&self, place: Option<&Place>, method: &Method, metrics: &Metrics) -> RouteMeter {
        let place = place.filter(|place| place.route(method).is_some());
        let (meters, template) = place.map_or((&self.unmatched, None), |place| (&place.meters, Some(place.template)));
        meters.of(method, || metrics.route(method.as_str(), template)).clone()
    }

    /// The place at a path and the path's parameters, still percent-encoded. One trailing slash makes no difference.
    pub(super) fn find(&self, path: &str) -> Option<(&Place, Vec<(String, String)>)> {
        let path = if path.len() > 1 { path.strip_suffix('/').unwrap_or(path) } else { path };
        let found = self.places.at(path).ok()?;
        let params = found.params.iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
        Some((found.value, params))
    }
}
