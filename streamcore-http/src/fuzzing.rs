//! What reads a request, for `fuzz/`: each takes any bytes and must answer or refuse. Feature `fuzzing`.

use streamcore::auto_end::{Overrides, Settings};
use warp::http::{HeaderMap, HeaderName, HeaderValue, header};

use crate::{
    edge::{Condition, Language, Table},
    error::ApiError,
    routes,
    wire::{AddItem, AutoEndChange, Fields, NewStream, StreamEdit, Told, is_visible, stream_id, turns_text},
};

fn headers(name: HeaderName, value: &[u8]) -> Option<HeaderMap> {
    let mut headers = HeaderMap::new();
    headers.insert(name, HeaderValue::from_bytes(value).ok()?);
    Some(headers)
}

/// Words for a refusal in each language: they may not fail either, and none is the server's fault.
fn refused(error: &ApiError) {
    for language in [Language::English, Language::Russian] {
        let response = error.respond(language);
        assert!(response.status().is_client_error(), "{error:?}");
    }
}

/// A body, as each route that takes one reads it.
///
/// # Panics
/// If it is taken and breaks what is promised of what is taken.
pub fn body(bytes: &[u8]) {
    match Fields::parse(bytes).and_then(AddItem::read) {
        Ok(item) => {
            assert!(item.title.is_none_or(|title| is_visible(&title)
                && !title.contains(|c: char| c.is_control() || turns_text(c))
                && title.chars().count() <= 500));
            assert!(!item.url.is_empty() && item.url.len() <= streamcore::MAX_URL_BYTES);
        }
        Err(error) => refused(&error),
    }
    match Fields::parse(bytes).and_then(NewStream::read) {
        Ok(stream) => assert!(stream.id.is_none_or(|id| stream_id(id.get()).is_some()) && is_visible(&stream.name)),
        Err(error) => refused(&error),
    }
    for read in [
        Fields::parse(bytes).and_then(StreamEdit::read).map(drop),
        auto_end(bytes),
        told(bytes),
        position(bytes),
        named_item(bytes),
    ] {
        read.unwrap_or_else(|error| refused(&error));
    }
}

fn auto_end(bytes: &[u8]) -> Result<(), ApiError> {
    let mut fields = Fields::parse(bytes)?;
    let change = AutoEndChange::read(&mut fields);
    let own = fields.finish(Some(change))?.apply(Overrides::default(), &Settings::default());
    assert!(own.clone().checked().is_ok_and(|checked| checked == own), "{own:?} is what the core takes");
    Ok(())
}

fn told(bytes: &[u8]) -> Result<(), ApiError> {
    Fields::parse(bytes).and_then(Told::read).map(drop)
}

fn position(bytes: &[u8]) -> Result<(), ApiError> {
    let mut fields = Fields::parse(bytes)?;
    let position = fields.place("position");
    let position = fields.require("position", position);
    fields.finish(position).map(drop)
}

fn named_item(bytes: &[u8]) -> Result<(), ApiError> {
    let mut fields = Fields::parse(bytes)?;
    fields.uuid("item_id");
    fields.finish(Some(()))
}

/// The value of `If-Match`.
///
/// # Panics
/// If it is not read the same the second time.
pub fn if_match(value: &[u8]) {
    let Some(headers) = headers(header::IF_MATCH, value) else { return };
    let condition = Condition::parse(&headers, &header::IF_MATCH);
    let current = streamcore::Revision::new(7);
    let passes = condition.check(current).is_ok();
    // Said the plain way: a star or this very revision. What is not ASCII matches nothing, which only refuses more.
    let ascii = value.iter().all(|byte| (32..127).contains(byte) || *byte == b'\t');
    let star = ascii && value.split(|byte| *byte == b',').any(|tag| tag.trim_ascii() == b"*");
    assert!(!star || passes, "a star matches everything");
    let digits = value.contains(&b'7');
    assert!(!passes || star || digits || value.is_empty(), "{condition:?} matches revision 7");
}

/// The value of `Accept-Language`.
pub fn accept_language(value: &[u8]) {
    if let Some(headers) = headers(header::ACCEPT_LANGUAGE, value) {
        let _ = Language::preferred(&headers);
    }
}

/// A path and a query: finds its route and decodes its parts.
pub fn target(text: &str) {
    thread_local! {
        static TABLE: Table = Table::new(routes::table());
    }
    let (path, query) = text.split_once('?').unwrap_or((text, ""));
    TABLE.with(|table| crate::edge::read_target(table, path, query)).unwrap_or_else(|error| refused(&error));
}
