//! Streams as a policy sees them.

use std::{sync::Arc, time::Duration};

use proptest::{option, prelude::*};

use super::{item, policies::settings, timestamp};
use crate::{EndCause, Ended, Status, StreamId, StreamView, Timestamp, presence::Audience, stream::Timer};

/// Any view of a stream that its machine could show: audience and emptiness agree, as do the queue and what plays, and only a running stream
/// has a beginning.
pub fn stream_view() -> impl Strategy<Value = StreamView> {
    let status =
        prop_oneof![Just(Status::Stopped), Just(Status::Playing), Just(Status::Paused), Just(Status::Placeholder)];
    let figures = any::<(u32, u32, u32, u64)>();
    let queue = (option::of(item()), any::<bool>());
    (any::<i64>(), status, queue, audience(), moments(), cause(), figures, settings()).prop_map(
        |(id, status, (current, waits), audience, (start, ran, empty, armed), cause, figures, auto_end)| {
            let (tracks_played, errors, total_listeners, session) = figures;
            let started = Timestamp::from_millis(start);
            let running = status != Status::Stopped;
            let current = current.filter(|_| matches!(status, Status::Playing | Status::Paused));
            let since = started + Duration::from_millis(ran.min(empty));
            // Of an unknown audience it is still known since when it was empty before.
            let empty_since = (running && !audience.is_present()).then_some(since);
            let timer = Timer { deadline: since + auto_end.timeout, warned: Vec::new(), held: None };
            StreamView {
                id: StreamId::new(id),
                status,
                position: current.as_ref().map_or(Duration::ZERO, |_| Duration::from_millis(ran / 2)),
                audience,
                empty_since,
                queue_empty: current.is_none() && !waits,
                current,
                auto_end: Arc::new(auto_end),
                timer: empty_since.and(armed.then_some(timer)),
                session,
                started_at: running.then_some(started),
                ended: (!running).then(|| Ended { at: started + Duration::from_millis(ran), cause }),
                peak_listeners: audience.count.max(1),
                total_listeners: audience.count.saturating_add(total_listeners.into()),
                tracks_played: tracks_played.into(),
                errors: errors.into(),
            }
        },
    )
}

/// Any view, and a time at which a policy might be asked about it: mostly within days of its beginning, now and then before it, or any.
pub fn view_and_now() -> impl Strategy<Value = (StreamView, Timestamp)> {
    let later = prop_oneof![3 => 0..180_000_000_u64, 3 => 0..1_500_000_000_u64];
    let now = prop_oneof![4 => later.prop_map(Ok), 1 => timestamp().prop_map(Err)];
    (stream_view(), now).prop_map(|(view, now)| {
        let now = now.map(|later| view.started_at.unwrap_or_default() + Duration::from_millis(later));
        let now = now.unwrap_or_else(|any| any);
        (view, now)
    })
}

fn audience() -> impl Strategy<Value = Audience> {
    let count = prop_oneof![1..1_000_u64, Just(u64::MAX)];
    prop_oneof![
        6 => Just(Audience::NOBODY),
        2 => Just(Audience::UNKNOWN),
        2 => count.clone().prop_map(Audience::known),
        1 => count.prop_map(|count| Audience { count, complete: false }),
    ]
}

/// When it began, how long it ran, after how long it became empty, and whether a timer is set.
fn moments() -> impl Strategy<Value = (u64, u64, u64, bool)> {
    (0..4_000_000_000_000_u64, 0..90_000_000_u64, 0..90_000_000_u64, any::<bool>())
}

fn cause() -> impl Strategy<Value = EndCause> {
    let moment = || any::<u32>().prop_map(|millis| Timestamp::from_millis(millis.into()));
    prop_oneof![
        (moment(), moment()).prop_map(|(empty_since, deadline)| EndCause::AutoEnd { empty_since, deadline }),
        any::<String>().prop_map(|by| EndCause::Manual { by }),
        any::<String>().prop_map(|detail| EndCause::Error { detail }),
    ]
}
