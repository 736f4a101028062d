//! Generators of records, snapshots and sessions, and of calls of the registry port: few ids and few numbers, so that they meet.

use std::time::Duration;

use proptest::{collection::vec, option, prelude::*};
use uuid::Uuid;

use super::super::{
    item_id,
    strategies::{schedule, timestamp},
};
use crate::{
    EndCause, StreamId,
    auto_end::Overrides,
    presence::SourceId,
    registry::{Session, StreamRecord},
    stream::{Ended, Playing, Snapshot, StoredTimer},
};

/// A call of the registry port.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
#[expect(missing_docs, reason = "the fields are those of the port's methods")]
pub enum RegistryOp {
    /// [`Registry::create`](crate::registry::Registry::create).
    Create { record: StreamRecord },
    /// [`Registry::rename`](crate::registry::Registry::rename).
    Rename { stream: StreamId, name: String },
    /// [`Registry::set_auto_end`](crate::registry::Registry::set_auto_end).
    SetAutoEnd { stream: StreamId, auto_end: Overrides },
    /// [`Registry::delete`](crate::registry::Registry::delete).
    Delete { stream: StreamId },
    /// [`Registry::save_snapshot`](crate::registry::Registry::save_snapshot).
    Save { stream: StreamId, snapshot: Snapshot },
    /// [`Registry::close_session`](crate::registry::Registry::close_session).
    Close { stream: StreamId, snapshot: Snapshot, session: Session },
}

/// Up to `max` calls, so mixed that streams come and go and have sessions.
pub fn registry_ops(max: usize) -> impl Strategy<Value = Vec<RegistryOp>> {
    vec(registry_op(), 0..=max)
}

/// One call.
pub fn registry_op() -> impl Strategy<Value = RegistryOp> {
    prop_oneof![
        6 => record().prop_map(|record| RegistryOp::Create { record }),
        1 => (id(), any::<String>()).prop_map(|(stream, name)| RegistryOp::Rename { stream, name }),
        2 => (id(), overrides()).prop_map(|(stream, auto_end)| RegistryOp::SetAutoEnd { stream, auto_end }),
        1 => id().prop_map(|stream| RegistryOp::Delete { stream }),
        5 => (id(), snapshot()).prop_map(|(stream, snapshot)| RegistryOp::Save { stream, snapshot }),
        5 => (id(), snapshot(), session())
            .prop_map(|(stream, snapshot, session)| RegistryOp::Close { stream, snapshot, session }),
    ]
}

/// One of the few streams that there are.
fn id() -> impl Strategy<Value = StreamId> {
    (-2..2_i64).prop_map(StreamId::new)
}

/// Any record, with one of few ids.
pub fn record() -> impl Strategy<Value = StreamRecord> {
    (id(), 0..6_u128, any::<String>(), timestamp(), overrides()).prop_map(|(id, uuid, name, created_at, auto_end)| {
        StreamRecord { id, uuid: Uuid::from_u128(uuid), name, created_at, auto_end }
    })
}

/// Any differences from the defaults.
pub fn overrides() -> impl Strategy<Value = Overrides> {
    let seconds = || (1..=86_400_u64).prop_map(Duration::from_secs);
    let warnings = option::of(vec(seconds(), 0..4));
    let schedule = option::of(schedule());
    (option::of(any::<bool>()), option::of(seconds()), warnings, option::of(any::<bool>()), schedule).prop_map(
        |(enabled, timeout, warnings, only_when_queue_empty, schedule)| Overrides {
            enabled,
            timeout,
            warnings,
            only_when_queue_empty,
            schedule,
        },
    )
}

/// Numbers of sessions: a few, so that they are met again, and now and then any that a stream could reach.
fn number() -> impl Strategy<Value = u64> {
    prop_oneof![9 => 0..8_u64, 1 => 0..=u64::MAX >> 1]
}

/// Any snapshot, running or not.
pub fn snapshot() -> impl Strategy<Value = Snapshot> {
    let playing =
        (0..9_u64, any::<u64>(), 0..1_000_000_000_u32, any::<bool>()).prop_map(|(n, secs, nanos, started)| Playing {
            item: item_id(n),
            position: Duration::new(secs, nanos),
            started,
        });
    let timer = (number(), timestamp()).prop_map(|(session, deadline)| StoredTimer { session, deadline });
    let moments = (option::of(timestamp()), option::of(timestamp()), option::of(timer), option::of(ended()));
    let sources = vec("[a-zA-Z0-9._:@/-]{1,64}", 0..3);
    (number(), moments, any::<bool>(), option::of(playing), any::<[u64; 4]>(), sources).prop_map(
        |(
            session,
            (started_at, empty_since, timer, ended),
            paused,
            playing,
            [played, errors, peak, total],
            sources,
        )| {
            Snapshot {
                session,
                started_at,
                paused,
                playing,
                tracks_played: played,
                errors,
                peak_listeners: peak,
                total_listeners: total,
                empty_since,
                timer,
                sources: sources.iter().filter_map(|name| SourceId::new(name).ok()).collect(),
                ended,
            }
        },
    )
}

/// Any end.
pub fn ended() -> impl Strategy<Value = Ended> {
    let cause = prop_oneof![
        (timestamp(), timestamp()).prop_map(|(empty_since, deadline)| EndCause::AutoEnd { empty_since, deadline }),
        any::<String>().prop_map(|by| EndCause::Manual { by }),
        any::<String>().prop_map(|detail| EndCause::Error { detail }),
    ];
    (timestamp(), cause).prop_map(|(at, cause)| Ended { at, cause })
}

/// Any session that ended.
pub fn session() -> impl Strategy<Value = Session> {
    (number(), timestamp(), ended(), any::<[u64; 4]>()).prop_map(
        |(number, started_at, ended, [peak_listeners, total_listeners, tracks_played, errors])| Session {
            number,
            started_at,
            ended,
            peak_listeners,
            total_listeners,
            tracks_played,
            errors,
        },
    )
}
