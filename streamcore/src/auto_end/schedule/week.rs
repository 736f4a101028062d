//! The windows as intervals of the week, in minutes of the local clock from Monday 00:00.

use super::window::{MINUTES_A_DAY, Window};

pub(super) const MINUTES_A_WEEK: i32 = 7 * MINUTES_A_DAY;

/// From one minute to another, both from the Monday of some week.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Span {
    pub(super) from: i32,
    pub(super) to: i32,
}

impl Span {
    pub(super) const fn after(self, minutes: i32) -> Self {
        Self { from: self.from + minutes, to: self.to + minutes }
    }
}

/// What the windows cover.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Week {
    /// All of it.
    Always,
    /// These.
    Spans(Spans),
}

/// In order; they neither overlap nor touch, and the last one may end in the next week.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Spans(Vec<Span>);

impl Spans {
    /// The last one that has begun when the clock shows this minute of the week, which may be one of the week before; and those that follow,
    /// up to the end of the next week.
    pub(super) fn around(&self, minute: i32) -> (Option<Span>, impl Iterator<Item = Span>) {
        let (begun, to_come) = self.0.split_at(self.0.partition_point(|span| span.from <= minute));
        let week_before = || self.0.last().map(|span| span.after(-MINUTES_A_WEEK));
        let week_after = self.0.iter().map(|span| span.after(MINUTES_A_WEEK));
        (begun.last().copied().or_else(week_before), to_come.iter().copied().chain(week_after))
    }
}

impl Week {
    /// Joins windows that touch; or names two that overlap, the later one in the list first.
    pub(super) fn lay_out(windows: &[Window]) -> Result<Self, (usize, usize)> {
        let mut spans: Vec<(Span, usize)> = Vec::new();
        for (index, window) in windows.iter().enumerate() {
            for day in &window.days {
                let from = day.minute() + window.start();
                spans.push((Span { from, to: from + window.minutes() }, index));
            }
        }
        spans.sort_unstable_by_key(|(span, index)| (span.from, *index));
        let first_again = spans.first().map(|(span, index)| (span.after(MINUTES_A_WEEK), *index));
        let followers = spans.iter().copied().skip(1).chain(first_again);
        for ((span, index), (next, other)) in spans.iter().zip(followers) {
            if next.from < span.to {
                return Err((other.max(*index), other.min(*index)));
            }
        }
        if spans.iter().map(|(span, _)| span.to - span.from).sum::<i32>() == MINUTES_A_WEEK {
            return Ok(Self::Always);
        }
        Ok(Self::Spans(Spans(joined(spans.into_iter().map(|(span, _)| span)))))
    }
}

fn joined(spans: impl Iterator<Item = Span>) -> Vec<Span> {
    let mut joined: Vec<Span> = Vec::new();
    for span in spans {
        match joined.last_mut() {
            Some(last) if last.to == span.from => last.to = span.to,
            _ => joined.push(span),
        }
    }
    // Sunday night goes on on Monday.
    if let [first, .., last] = &mut joined[..]
        && last.to == first.from + MINUTES_A_WEEK
    {
        last.to = first.to + MINUTES_A_WEEK;
        joined.remove(0);
    }
    joined
}
