//! The listening page: our own files, embedded, no other host involved.

use warp::{
    http::{HeaderName, StatusCode, header},
    reply::Response,
};

use crate::{
    edge::{Answer, Call, respond},
    error::ApiError,
};

/// Scripts, styles, audio and requests from here and from nowhere else; nothing may frame the page.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; media-src 'self'; \
                      connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

const HTML: &str = "text/html; charset=utf-8";
const CSS: &str = "text/css; charset=utf-8";
const JS: &str = "text/javascript; charset=utf-8";
const SVG: &str = "image/svg+xml";

const INDEX: &str = include_str!("../../assets/index.html");

/// The files under `/assets/`.
const FILES: &[(&str, &str, &str)] = &[
    ("style.css", CSS, include_str!("../../assets/style.css")),
    ("autoend.css", CSS, include_str!("../../assets/autoend.css")),
    ("icon.svg", SVG, include_str!("../../assets/icon.svg")),
    ("app.js", JS, include_str!("../../assets/app.js")),
    ("api.js", JS, include_str!("../../assets/api.js")),
    ("words.js", JS, include_str!("../../assets/words.js")),
    ("live.js", JS, include_str!("../../assets/live.js")),
    ("acts.js", JS, include_str!("../../assets/acts.js")),
    ("format.js", JS, include_str!("../../assets/format.js")),
    ("tabs.js", JS, include_str!("../../assets/tabs.js")),
    ("player.js", JS, include_str!("../../assets/player.js")),
    ("now.js", JS, include_str!("../../assets/now.js")),
    ("ended.js", JS, include_str!("../../assets/ended.js")),
    ("servertime.js", JS, include_str!("../../assets/servertime.js")),
    ("autoend.js", JS, include_str!("../../assets/autoend.js")),
    ("settings.js", JS, include_str!("../../assets/settings.js")),
    ("windows.js", JS, include_str!("../../assets/windows.js")),
    ("sessions.js", JS, include_str!("../../assets/sessions.js")),
    ("queue.js", JS, include_str!("../../assets/queue.js")),
    ("edits.js", JS, include_str!("../../assets/edits.js")),
    ("tools.js", JS, include_str!("../../assets/tools.js")),
    ("drag.js", JS, include_str!("../../assets/drag.js")),
    ("keys.js", JS, include_str!("../../assets/keys.js")),
    ("history.js", JS, include_str!("../../assets/history.js")),
    ("queueing.js", JS, include_str!("../../assets/queueing.js")),
    ("search.js", JS, include_str!("../../assets/search.js")),
    ("lists.js", JS, include_str!("../../assets/lists.js")),
    ("paste.js", JS, include_str!("../../assets/paste.js")),
    ("upload.js", JS, include_str!("../../assets/upload.js")),
    ("token.js", JS, include_str!("../../assets/token.js")),
];

pub(crate) async fn index(call: Call) -> Answer {
    let mut response = file(&call, HTML, INDEX);
    for (name, value) in [
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::REFERRER_POLICY, "no-referrer"),
        (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    ] {
        respond::set(&mut response, name, value);
    }
    Ok(response)
}

pub(crate) async fn asset(call: Call) -> Answer {
    let wanted = call.param("file");
    let found = FILES.iter().find(|(name, _, _)| *name == wanted).ok_or(ApiError::RouteNotFound)?;
    Ok(file(&call, found.1, found.2))
}

/// A browser keeps a file but asks each time whether it changed: a new version of the server is seen at once.
fn file(call: &Call, content_type: &'static str, content: &'static str) -> Response {
    let tag = format!("{:016x}", fingerprint(content.as_bytes()));
    let mut response = if call.has_already(&tag) {
        respond::empty(StatusCode::NOT_MODIFIED, &[])
    } else {
        respond::bytes(StatusCode::OK, content_type, content)
    };
    respond::set(&mut response, header::ETAG, &format!("\"{tag}\""));
    respond::set(&mut response, header::CACHE_CONTROL, "no-cache");
    response
}

/// FNV-1a: tells versions of our own files apart, nothing more.
pub(crate) fn fingerprint(content: &[u8]) -> u64 {
    content.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3))
}
