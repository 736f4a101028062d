//! What a user touches: the REST API, the broadcast at `/listen/{stream}` and the listening page at `/`.
//!
//! ```text
//!  socket -> serve/ (limits, timeouts) -> filter() (one boxed warp filter) -> edge/ (route, access, body, errors) -> api/ listen/ page/
//!                                                                                                         │
//!                                              wire/ (request and response types)  <──────────────────────┴──> the core's ports
//! ```
//!
//! `routes.rs` is the table of contents: every route with its access level. Handlers are plain async functions that return a response or an
//! `ApiError`; `error/` turns every error into a response in one place, in the reader's language. Nothing here decides what a stream does.
//!
//! Embedders mount [`filter`] in their own warp application; everybody else hands it to [`serve`] with a listener and a shutdown future.
//!
//! ```no_run
//! # async fn run(state: std::sync::Arc<streamcore_http::State>) -> std::io::Result<()> {
//! use streamcore_http::{ServeOptions, filter, serve};
//!
//! let listener = tokio::net::TcpListener::bind(("127.0.0.1", 8080)).await?;
//! let stop = async { std::future::pending().await };
//! serve(listener, filter(state), ServeOptions::default(), stop).await;
//! # Ok(())
//! # }
//! ```

#[cfg(feature = "server")]
mod api;
#[cfg(feature = "server")]
mod edge;
#[cfg(feature = "server")]
mod error;
#[cfg(feature = "fuzzing")]
pub mod fuzzing;
#[cfg(feature = "server")]
mod listen;
pub mod metrics;
#[cfg(feature = "server")]
pub mod monitor;
#[cfg(feature = "server")]
mod openapi;
#[cfg(feature = "server")]
mod page;
#[cfg(feature = "server")]
mod routes;
#[cfg(feature = "server")]
mod runtime;
#[cfg(feature = "server")]
mod serve;
#[cfg(feature = "server")]
mod state;
#[cfg(feature = "server")]
mod token;
#[cfg(feature = "server")]
mod wire;

#[cfg(feature = "server")]
pub use self::{
    edge::{Access, CurrentRequest, RouteInfo},
    openapi::openapi,
    routes::routes,
    runtime::TokioRuntime,
    serve::{Peer, ServeOptions, serve},
    state::{Settings, State, filter, metrics_filter},
    token::{ServiceToken, TokenError},
};
