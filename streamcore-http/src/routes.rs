//! The table of contents: every route, who may call it, and what answers.
//!
//! Accounts, roles, the live feed and metrics get their own sections here when they come; a role then takes the place of
//! [`Access::Token`].

use std::future::Future;

use warp::http::Method;

use crate::{
    api::{health, media, metrics, monitor, playlist, queue, streams, tracks},
    edge::{
        Access::{self, Public, Read, Scrape, Token},
        Answer, Call, Route, RouteInfo,
    },
    listen, openapi, page,
};

/// Every route, for documentation and for tests that must not forget one. `HEAD` and `OPTIONS` come with each.
#[must_use]
pub fn routes() -> Vec<RouteInfo> {
    table().into_iter().map(|route| route.info).collect()
}

#[rustfmt::skip]
pub(crate) fn table() -> Vec<Route> {
    vec![
        // The queue of a stream.
        get   ("/api/v1/queue/{stream}",                        Read,   queue::list::answer),
        delete("/api/v1/queue/{stream}",                        Token,  queue::clear::answer),
        post  ("/api/v1/queue/{stream}/items",                  Token,  queue::add::answer).checking_media(),
        post  ("/api/v1/queue/{stream}/items/batch",            Token,  queue::batch::answer).checking_media().with_body(queue::batch::MAX_BODY_BYTES),
        post  ("/api/v1/queue/{stream}/import",                 Token,  queue::import::answer).checking_media().with_body(queue::import::MAX_BODY_BYTES),
        delete("/api/v1/queue/{stream}/items/{item}",           Token,  queue::remove::answer),
        patch ("/api/v1/queue/{stream}/items/{item}/move",      Token,  queue::move_item::answer),
        put   ("/api/v1/queue/{stream}/items/{item}/position",  Token,  queue::move_item::answer),
        post  ("/api/v1/queue/{stream}/shuffle",                Token,  queue::shuffle::answer),
        post  ("/api/v1/queue/{stream}/undo",                   Token,  queue::undo::undo),
        post  ("/api/v1/queue/{stream}/restore",                Token,  queue::undo::restore),
        post  ("/api/v1/queue/{stream}/skip",                   Token,  queue::skip::answer),
        post  ("/api/v1/queue/{stream}/jump",                   Token,  queue::jump::answer),
        post  ("/api/v1/queue/{stream}/previous",               Token,  queue::previous::answer),
        get   ("/api/v1/queue/{stream}/history",                Read,   queue::history::answer),
        post  ("/api/v1/queue/{stream}/history/{item}/replay",  Token,  queue::replay::answer),
        get   ("/api/v1/queue/{stream}/repeat",                 Read,   queue::repeat::get),
        put   ("/api/v1/queue/{stream}/repeat",                 Token,  queue::repeat::put),
        get   ("/api/v1/queue/{stream}/mode",                   Read,   queue::mode::get),
        put   ("/api/v1/queue/{stream}/mode",                   Token,  queue::mode::put),
        post  ("/api/v1/queue/{stream}/migrate",                Token,  queue::mode::migrate),
        get   ("/api/v1/queue/{stream}/state",                  Read,   queue::state::answer),
        get   ("/api/v1/queue/{stream}/stats",                  Read,   queue::stats::answer),

        // Streams.
        get   ("/api/v1/streams",                              Read,   streams::list::answer),
        post  ("/api/v1/streams",                              Token,  streams::create::answer),
        get   ("/api/v1/streams/{stream}",                     Read,   streams::one::get),
        patch ("/api/v1/streams/{stream}",                     Token,  streams::one::edit),
        delete("/api/v1/streams/{stream}",                     Token,  streams::one::delete),
        get   ("/api/v1/streams/{stream}/status",              Read,   streams::status::answer),
        post  ("/api/v1/streams/{stream}/start",               Token,  streams::command::start),
        post  ("/api/v1/streams/{stream}/stop",                Token,  streams::command::stop),
        post  ("/api/v1/streams/{stream}/pause",               Token,  streams::command::pause),
        post  ("/api/v1/streams/{stream}/resume",              Token,  streams::command::resume),
        post  ("/api/v1/streams/{stream}/seek",                Token,  streams::seek::answer),
        post  ("/api/v1/streams/{stream}/skip",                Token,  queue::skip::answer),
        get   ("/api/v1/streams/{stream}/sessions",            Read,   streams::sessions::answer),

        // Who listens to a stream, and the end that follows when nobody does.
        get   ("/api/v1/streams/{stream}/listeners",           Read,   streams::listeners::get),
        post  ("/api/v1/streams/{stream}/listeners",           Token,  streams::listeners::post).with_body(streams::listeners::MAX_BODY_BYTES).without_key(),
        get   ("/api/v1/streams/{stream}/auto-end",            Read,   streams::auto_end::get),
        put   ("/api/v1/streams/{stream}/auto-end",            Token,  streams::auto_end::put),
        post  ("/api/v1/streams/{stream}/auto-end/keep-alive", Token,  streams::keep_alive::answer).without_key(),
        get   ("/api/v1/streams/{stream}/warnings",            Read,   streams::warnings::answer),

        // The library.
        get   ("/api/v1/tracks",                               Token,  tracks::list::answer),
        post  ("/api/v1/tracks",                               Token,  tracks::create::answer).checking_media(),
        post  ("/api/v1/tracks/upload",                        Token,  tracks::upload::answer).with_upload(),
        get   ("/api/v1/tracks/{track}",                       Token,  tracks::one::get),
        patch ("/api/v1/tracks/{track}",                       Token,  tracks::one::edit).checking_media(),
        delete("/api/v1/tracks/{track}",                       Token,  tracks::one::delete),

        // The queue of one stream as the older playlist API shows it.
        get   ("/api/playlist",                                Read,   playlist::list::answer),
        post  ("/api/playlist",                                Token,  playlist::add::answer).checking_media(),
        patch ("/api/playlist/reorder",                        Token,  playlist::reorder::answer).with_body(playlist::reorder::MAX_BODY_BYTES),
        delete("/api/playlist/{item}",                         Token,  playlist::remove::answer),

        // What can be queued. The names of files are not for everybody.
        get   ("/api/v1/media",                                Token,  media::answer),

        // The API as a document.
        get   ("/api/openapi.json",                            Public, openapi::answer),

        // Health.
        get   ("/health",                                      Public, health::health),
        get   ("/healthz",                                     Public, health::health),
        get   ("/health/live",                                 Public, health::live),
        get   ("/health/ready",                                Public, health::ready),
        get   ("/readyz",                                      Public, health::ready),

        // Figures, and what happened lately.
        get   ("/api/v1/metrics/system",                       Read,   monitor::system::full),
        get   ("/api/v1/metrics/streams",                      Read,   monitor::streams::list),
        get   ("/api/v1/metrics/streams/{stream}",             Read,   monitor::streams::one),
        get   ("/api/v1/metrics/history",                      Read,   monitor::history::answer),
        get   ("/api/system/metrics",                          Read,   monitor::system::short),
        get   ("/api/system/activity",                         Read,   monitor::activity::answer),

        // Metrics.
        get   ("/metrics",                                     Scrape, metrics::answer),

        // The broadcast.
        get   ("/listen/{stream}",                             Read,   listen::audio::answer),
        get   ("/listen/{stream}.mp3",                         Read,   listen::audio::answer),
        get   ("/listen/{stream}.m3u",                         Read,   listen::playlist::m3u),
        get   ("/listen/{stream}.pls",                         Read,   listen::playlist::pls),

        // The listening page.
        get   ("/",                                            Public, page::index),
        get   ("/assets/{file}",                               Public, page::asset),
    ]
}

type Template = &'static str;

macro_rules! methods {
    ($($name:ident $method:ident),*) => {$(
        fn $name<H, F>(template: Template, access: Access, handler: H) -> Route
        where
            H: Fn(Call) -> F + Send + Sync + 'static,
            F: Future<Output = Answer> + Send + 'static,
        {
            Route::new(Method::$method, template, access, handler)
        }
    )*};
}

methods!(get GET, post POST, put PUT, patch PATCH, delete DELETE);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::edge::Table;

    #[test]
    fn the_table_does_not_contradict_itself() {
        let _ = Table::new(table());
    }

    #[test]
    fn only_reading_is_anonymous() {
        for route in routes() {
            assert!(route.method == Method::GET || route.access == Token, "{} {}", route.method, route.template);
        }
    }
}
