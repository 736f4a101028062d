//! `If-Match`: an edit that counts only for the queue that its author saw.

use streamcore::{Revision, StreamId, queue};
use warp::http::{HeaderMap, header::HeaderName};

use crate::error::ApiError;

/// What the author of an edit saw.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Condition {
    /// Any revision will do.
    None,
    /// One of these. What is no entity tag of ours matches nothing.
    OneOf(Vec<Revision>),
}

impl Condition {
    /// Weak tags are taken as strong ones: a compressing proxy weakens tags without changing what they mean.
    pub(crate) fn parse(headers: &HeaderMap, name: &HeaderName) -> Self {
        let mut seen = Vec::new();
        let mut present = false;
        for value in headers.get_all(name) {
            present = true;
            for tag in value.to_str().unwrap_or_default().split(',').map(str::trim) {
                if tag == "*" {
                    return Self::None;
                }
                let tag = tag.strip_prefix("W/").unwrap_or(tag).trim_matches('"');
                seen.extend(tag.parse().ok().map(Revision::new));
            }
        }
        if present { Self::OneOf(seen) } else { Self::None }
    }

    /// The one revision to hand to the store, which checks it in the step that makes the edit.
    pub(crate) async fn expected(
        &self,
        queue: &dyn queue::Queue,
        stream: StreamId,
    ) -> Result<Option<Revision>, ApiError> {
        match self {
            Self::None => Ok(None),
            Self::OneOf(seen) if seen.len() == 1 => Ok(seen.first().copied()),
            Self::OneOf(_) => self.confirmed(queue, stream).await,
        }
    }

    /// As [`Self::expected`], and the queue is at that revision now: for what is done before the store gets to check it.
    pub(crate) async fn confirmed(
        &self,
        queue: &dyn queue::Queue,
        stream: StreamId,
    ) -> Result<Option<Revision>, ApiError> {
        if *self == Self::None {
            return Ok(None);
        }
        let current = queue.view(stream, queue::Page { offset: 0, limit: 0 }).await?.revision;
        self.check(current)?;
        Ok(Some(current))
    }

    /// Whether the queue is as its author saw it.
    pub(crate) fn check(&self, current: Revision) -> Result<(), ApiError> {
        match self {
            Self::OneOf(seen) if !seen.contains(&current) => Err(ApiError::RevisionMismatch { current }),
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use warp::http::header::IF_MATCH;

    use super::*;

    fn parse(value: &str) -> Condition {
        let mut headers = HeaderMap::new();
        headers.insert(IF_MATCH, value.parse().unwrap());
        Condition::parse(&headers, &IF_MATCH)
    }

    #[test]
    fn reads_tags_weak_tags_lists_and_the_star() {
        assert_eq!(parse("\"7\""), Condition::OneOf(vec![Revision::new(7)]));
        assert_eq!(parse("W/\"7\""), Condition::OneOf(vec![Revision::new(7)]));
        assert_eq!(parse("\"7\", \"9\""), Condition::OneOf(vec![Revision::new(7), Revision::new(9)]));
        assert_eq!(parse("*"), Condition::None);
        assert_eq!(parse("\"abc\""), Condition::OneOf(vec![]), "a foreign tag matches nothing");
        assert_eq!(Condition::parse(&HeaderMap::new(), &IF_MATCH), Condition::None);
    }
}
