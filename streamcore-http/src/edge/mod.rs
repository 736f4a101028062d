//! From a raw request to a response: find the route, check access, read the body, call the handler, turn an error into a response.

mod body;
mod call;
mod condition;
mod current;
mod dispatch;
mod idempotency;
mod language;
mod request_id;
pub(crate) mod respond;
mod table;

#[cfg(feature = "fuzzing")]
pub(crate) use self::dispatch::read_target;
pub(crate) use self::{
    body::announced,
    call::Call,
    condition::Condition,
    dispatch::Edge,
    idempotency::Key,
    language::Language,
    request_id::RequestId,
    table::{Route, Table},
};
pub use self::{
    current::CurrentRequest,
    table::{Access, RouteInfo},
};

/// What a handler answers.
pub(crate) type Answer = Result<warp::reply::Response, crate::error::ApiError>;
