//! Which request a task works on, for whatever is logged meanwhile.
//!
//! This is what a span would tell, and as little as a task can carry: a span has to be made before it is known whether anything will be
//! logged, and hardly any request logs anything.

use std::cell::Cell;

use warp::http::Method;

use super::request_id::RequestId;

/// The path of a request that no route has.
const UNMATCHED: &str = "unmatched";

tokio::task_local! {
    static CURRENT: CurrentRequest;
}

/// A request that is being handled, as lines of a log name it. All of it is safe to log: nothing but the id is the caller's, and that is at
/// most 64 letters, digits, `-`, `_` and `.`.
///
/// ```
/// // In a formatter of log lines, for example.
/// let id = streamcore_http::CurrentRequest::with(|request| request.id().to_owned());
/// assert_eq!(id, None, "no request is handled here");
/// ```
#[derive(Debug, Clone)]
pub struct CurrentRequest {
    id: RequestId,
    method: &'static str,
    path: Cell<&'static str>,
}

impl CurrentRequest {
    pub(super) fn new(id: RequestId, method: &Method) -> Self {
        let method = match *method {
            Method::GET => "GET",
            Method::HEAD => "HEAD",
            Method::POST => "POST",
            Method::PUT => "PUT",
            Method::PATCH => "PATCH",
            Method::DELETE => "DELETE",
            Method::OPTIONS => "OPTIONS",
            _ => "other",
        };
        Self { id, method, path: Cell::new(UNMATCHED) }
    }

    /// Calls `f` with the request that this task works on; `None` if it works on none. It costs a look at the task and allocates nothing.
    pub fn with<R>(f: impl FnOnce(&Self) -> R) -> Option<R> {
        CURRENT.try_with(f).ok()
    }

    /// Its id: the caller's `X-Request-Id`, or one that was made. The answer carries it.
    #[must_use]
    pub fn id(&self) -> &str {
        self.id.as_str()
    }

    /// Its method; `other` if it is none that a route has.
    #[must_use]
    pub const fn method(&self) -> &'static str {
        self.method
    }

    /// The template of its route, such as `/api/v1/queue/{stream}/items`; `unmatched` as long as there is none.
    #[must_use]
    pub const fn path(&self) -> &'static str {
        self.path.get()
    }

    /// The id of the request that this task works on.
    pub(crate) fn current_id() -> Option<RequestId> {
        Self::with(|request| request.id)
    }

    /// Its route is found.
    pub(super) fn found(template: &'static str) {
        Self::with(|request| request.path.set(template));
    }

    /// Works on this request as long as the future runs.
    pub(super) async fn during<F: Future>(self, future: F) -> F::Output {
        CURRENT.scope(self, future).await
    }

    /// Goes on with the current request in another task.
    pub(super) async fn carried_by<F: Future>(current: Option<Self>, future: F) -> F::Output {
        match current {
            Some(request) => request.during(future).await,
            None => future.await,
        }
    }

    /// The request that this task works on, for another task.
    pub(super) fn carry() -> Option<Self> {
        Self::with(Clone::clone)
    }
}
