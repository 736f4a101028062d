//! The way of every request. Authentication comes before anything that the caller sent is looked at.

use std::{
    panic::AssertUnwindSafe,
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use bytes::Buf;
use futures::{FutureExt as _, Stream};
use percent_encoding::percent_decode_str;
use warp::{
    http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header},
    reply::Response,
};

use super::{
    Access, Answer, Call, CurrentRequest, Key, Language, Route, RouteInfo, Table, body, idempotency,
    request_id::{self, RequestId},
    respond,
    table::{Handler, Place, Takes},
};
use crate::{
    error::{ApiError, ErrorCode, FieldError, Part, Problem},
    state::App,
    token::Caller,
};

/// When that was read which is answered although the store is away.
const STALE_SINCE: HeaderName = HeaderName::from_static("x-stale-since");

/// How long a file may take to arrive and to be stored.
const UPLOAD_LIMIT: Duration = Duration::from_secs(30 * 60);

/// What part of the time that it may take an answer takes before it is worth a line.
const SLOW: u32 = 10;

/// The route table with what its handlers work with.
pub(crate) struct Edge {
    app: Arc<App>,
    table: Table,
}

impl Edge {
    pub(crate) fn new(app: App, routes: Vec<Route>) -> Self {
        Self { app: Arc::new(app), table: Table::new(routes) }
    }

    /// Answers one request, whatever it is. What is logged meanwhile is known to be about it.
    pub(crate) async fn answer<S, B>(
        &self,
        method: Method,
        tail: &str,
        query: String,
        headers: HeaderMap,
        body: S,
    ) -> Response
    where
        S: Stream<Item = Result<B, warp::Error>> + Send + 'static,
        B: Buf + Send,
    {
        let id = RequestId::of(&headers);
        let request = CurrentRequest::new(id, &method);
        request.during(self.answer_as(id, method, tail, query, headers, body)).await
    }

    async fn answer_as<S, B>(
        &self,
        id: RequestId,
        method: Method,
        tail: &str,
        query: String,
        headers: HeaderMap,
        body: S,
    ) -> Response
    where
        S: Stream<Item = Result<B, warp::Error>> + Send + 'static,
        B: Buf + Send,
    {
        let started = Instant::now();
        let language = Language::preferred(&headers);
        let path = format!("/{}", tail.trim_start_matches('/'));
        let found = self.table.find(&path);
        let place = found.as_ref().map(|(place, _)| *place);
        let template = place.map(|place| place.template);
        if let Some(template) = template {
            CurrentRequest::found(template);
        }
        let metrics = self.app.metrics.as_ref().filter(|_| !is_not_counted(template.unwrap_or(&path)));
        let answering = metrics.map(|metrics| self.table.meter(place, &method, metrics).begin());
        let outcome = self.route(&method, &path, found, query, headers, language, body).await;
        let mut response = outcome.unwrap_or_else(|error| error.respond(language));
        finish(&mut response, id.as_str());
        let took = started.elapsed();
        if let Some(answering) = answering {
            let code = response.extensions().get::<ErrorCode>().map(|code| code.0);
            answering.answered(response.status().as_u16(), code, took);
        }
        tracing::debug!(
            method = CurrentRequest::with(CurrentRequest::method),
            path = template.unwrap_or("unmatched"),
            status = response.status().as_u16(),
            duration_ms = millis(took),
            request_id = id.as_str(),
            "request"
        );
        response
    }

    #[expect(clippy::too_many_arguments, reason = "the parts of a request; a struct would only name them again")]
    async fn route<S, B>(
        &self,
        method: &Method,
        path: &str,
        found: Option<Found<'_>>,
        query: String,
        headers: HeaderMap,
        language: Language,
        body: S,
    ) -> Answer
    where
        S: Stream<Item = Result<B, warp::Error>> + Send + 'static,
        B: Buf + Send,
    {
        let (route, params, caller) = match self.admit(method, found, &headers) {
            Ok(Admitted::Route(route, params, caller)) => (route, params, caller),
            Ok(Admitted::Options(allow)) => return Ok(respond::no_content(&[(header::ALLOW, allow)])),
            Err(refusal) => {
                body::discard(body, &headers).await;
                return Err(refusal);
            }
        };
        let reads_body = matches!(*method, Method::POST | Method::PUT | Method::PATCH);
        let (mut whole, mut upload) = (bytes::Bytes::new(), None);
        match route.takes {
            _ if !reads_body => {}
            Takes::Whole { limit } => {
                whole = body::collect(body, &headers, limit, self.app.settings.body_timeout).await?;
            }
            Takes::Upload => upload = Some(body::as_it_comes(body, self.app.settings.body_timeout)),
        }
        let key = match &upload {
            _ if !route.info.takes_key => None,
            None => Key::of(&headers, path, &query, &whole)?,
            Some(_) => Key::of_upload(&headers, path, &query)?,
        };
        let limit = match route.takes {
            Takes::Upload => UPLOAD_LIMIT,
            Takes::Whole { .. } => self.app.settings.answer_limit(route.checks_media),
        };
        let stores = &self.app.last_known;
        // Nothing is changed on the strength of what was true a while ago.
        let only_reads = matches!(*method, Method::GET | Method::HEAD);
        let reading = Arc::new(if only_reads { stores.reading() } else { stores.fresh_reading() });
        let call = Call {
            reading: Arc::clone(&reading),
            app: Arc::clone(&self.app),
            method: method.clone(),
            params: decode(params)?,
            query: form_urlencoded::parse(query.as_bytes()).into_owned().collect(),
            headers,
            language,
            caller,
            body: whole,
            upload: Mutex::new(upload),
            key: key.map(Arc::new),
        };
        let (handler, template, key) = (Arc::clone(&route.handler), route.info.template, call.key.clone());
        let handled = async move {
            let answer = handle(&handler, template, call, limit).await;
            let Some(since) = reading.stale_since() else { return answer };
            // A refusal may be as old as what it is based on.
            let mut answer = answer.unwrap_or_else(|error| error.respond(language));
            respond::set(&mut answer, STALE_SINCE, &since.to_string());
            Ok(answer)
        };
        match key {
            None => handled.await,
            Some(key) => idempotency::answer(&self.app, key, limit, handled).await,
        }
    }

    /// Checks that there is a route and that the caller may use it, before anything else of the request is looked at.
    fn admit<'a>(
        &self,
        method: &Method,
        found: Option<Found<'a>>,
        headers: &HeaderMap,
    ) -> Result<Admitted<'a>, ApiError> {
        let Some((place, params)) = found else { return Err(ApiError::RouteNotFound) };
        match place.route(method) {
            Some(route) => {
                let caller = self.authenticate(&route.info, headers)?;
                Ok(Admitted::Route(route, params, caller))
            }
            None if method == Method::OPTIONS => Ok(Admitted::Options(place.allow())),
            None => Err(ApiError::MethodNotAllowed { allow: place.allow() }),
        }
    }

    /// Where no token is needed a wrong one is as good as none.
    fn authenticate(&self, route: &RouteInfo, headers: &HeaderMap) -> Result<Caller, ApiError> {
        let given = bearer(headers);
        let is_right = given.is_some_and(|given| self.app.settings.token.matches(given));
        let scrapes = self.app.settings.metrics_token.as_ref();
        match (route.access, given) {
            _ if is_right => Ok(Caller::Trusted),
            (Access::Public | Access::Read, _) => Ok(Caller::Anybody),
            (Access::Scrape, given) if scrapes.is_none_or(|token| given.is_some_and(|given| token.matches(given))) => {
                Ok(Caller::Anybody)
            }
            (Access::Scrape, given) => Err(ApiError::NoScraper { given: given.is_some() }),
            (Access::Token, None) => Err(ApiError::NotAuthenticated { reads: route.method == Method::GET }),
            (Access::Token, Some(_)) => Err(ApiError::WrongToken),
        }
    }
}

/// Calls the handler, for as long as an answer may take. What a handler shares with others is behind the core's ports; its own state dies
/// with it when it panics.
async fn handle(handler: &Handler, template: &'static str, call: Call, limit: Duration) -> Answer {
    let handled = AssertUnwindSafe(async { handler(call).await }).catch_unwind();
    let started = Instant::now();
    let answer = match tokio::time::timeout(limit, handled).await {
        Ok(Ok(answer)) => answer,
        Ok(Err(_)) => {
            let request_id = CurrentRequest::current_id();
            tracing::error!(
                request_id = request_id.as_ref().map(RequestId::as_str),
                path = template,
                "a handler panicked"
            );
            Err(ApiError::Internal)
        }
        Err(_) => Err(ApiError::Late),
    };
    let took = started.elapsed();
    if took > limit / SLOW {
        let (request_id, duration_ms) = (CurrentRequest::current_id(), millis(took));
        let request_id = request_id.as_ref().map(RequestId::as_str);
        tracing::warn!(request_id, path = template, duration_ms, limit_ms = millis(limit), "a request was slow");
    }
    answer
}

fn millis(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}

/// A place, and the parameters of the path that leads there.
type Found<'a> = (&'a Place, Vec<(String, String)>);

/// Those who ask whether we are well, and how we are, ask all day long.
fn is_not_counted(template: &str) -> bool {
    matches!(template, "/metrics" | "/healthz" | "/readyz") || template.starts_with("/health")
}

/// What a request may go on to.
enum Admitted<'a> {
    /// This route, with the path's parameters and who calls.
    Route(&'a Route, Vec<(String, String)>, Caller),
    /// Only to be told which methods there are.
    Options(String),
}

/// The token of an `Authorization: Bearer` header.
fn bearer(headers: &HeaderMap) -> Option<&str> {
    let (scheme, token) = headers.get(header::AUTHORIZATION)?.to_str().ok()?.trim().split_once(' ')?;
    let token = token.trim();
    (scheme.eq_ignore_ascii_case("bearer") && !token.is_empty()).then_some(token)
}

/// The parts of a path and of a query, as [`Edge::answer`] reads them.
#[cfg(feature = "fuzzing")]
pub(crate) fn read_target(table: &Table, path: &str, query: &str) -> Result<(), ApiError> {
    let (_, params) = table.find(path).ok_or(ApiError::RouteNotFound)?;
    let _: Vec<(String, String)> = form_urlencoded::parse(query.as_bytes()).into_owned().collect();
    decode(params).map(drop)
}

fn decode(params: Vec<(String, String)>) -> Result<Vec<(String, String)>, ApiError> {
    let decoded = params.into_iter().map(|(name, value)| match percent_decode_str(&value).decode_utf8() {
        Ok(text) => Ok((name, text.into_owned())),
        Err(_) => Err(ApiError::from(FieldError::new(Part::Path, "path", Problem::NotUtf8))),
    });
    decoded.collect()
}

/// What every response carries.
fn finish(response: &mut Response, id: &str) {
    let status = response.status();
    let headers = response.headers_mut();
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    if let Ok(id) = HeaderValue::from_str(id) {
        headers.insert(request_id::HEADER, id);
    }
    if !headers.contains_key(header::CACHE_CONTROL) && status != StatusCode::NOT_MODIFIED {
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
}
