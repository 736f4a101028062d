//! `GET /api/system/activity`: what happened lately, newest first.

use super::monitor;
use crate::{
    edge::{Answer, Call, respond},
    error::{ApiError, FieldError, Part, Problem},
    monitor::ActivityKind,
    wire::{ActivityPage, MAX_SAFE_INTEGER},
};

/// The longest text to search for, in characters.
const MAX_SEARCH: usize = 100;

pub(crate) async fn answer(call: Call) -> Answer {
    let monitor = monitor(&call)?;
    let wrong = |field, problem| ApiError::from(FieldError::new(Part::Query, field, problem));
    let limit = call.limit(20, 100)?;
    let most = usize::try_from(MAX_SAFE_INTEGER).unwrap_or(usize::MAX);
    let offset = call.number("offset", 0, 0, most)?;
    let kind = match call.query("type") {
        None | Some("") => None,
        Some(name) => Some(ActivityKind::named(name).ok_or_else(|| wrong("type", Problem::ActivityType))?),
    };
    let search = call.query("search").unwrap_or_default();
    let got = search.chars().count();
    if got > MAX_SEARCH {
        return Err(wrong("search", Problem::Length { min: 0, max: MAX_SEARCH, got }));
    }
    // Only the message is searched, which names nobody: else who is not told a name could find it out by searching.
    let search = search.trim().to_lowercase();
    let (language, caller) = (call.language, call.caller);
    let (entries, total) = monitor.activity().page(
        |entry| {
            kind.is_none_or(|kind| entry.what.kind() == kind)
                && (search.is_empty() || entry.what.message(entry.stream, language).to_lowercase().contains(&search))
        },
        offset,
        limit,
    );
    let mut answer = respond::json(&ActivityPage::new(&entries, total, language, caller))?;
    respond::in_language(&mut answer, language);
    Ok(answer)
}
