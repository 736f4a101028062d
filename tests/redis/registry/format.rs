//! Keys as format 1 wrote them are read for ever: `golden/registry.lua` was written by hand once and is never edited.

use std::time::Duration;

use streamcore::{
    EndCause, StreamId, Timestamp,
    auto_end::Overrides,
    registry::{Registry, Session, StreamRecord},
    stream::{Ended, Playing, Snapshot, StoredTimer},
    testing::item_id,
};
use uuid::Uuid;

use crate::{hands::Hands, support::block_on};

const NIGHT: StreamId = StreamId::new(-1_001_234_567_890);
const DAY: StreamId = StreamId::new(7);

fn night() -> StreamRecord {
    StreamRecord {
        id: NIGHT,
        uuid: Uuid::from_u128(0x5c6f_0000_0000_0000_0000_0000_0000_0001),
        name: "Ночь\n\"1\"".into(),
        created_at: Timestamp::from_millis(1_795_355_340_123),
        auto_end: Overrides { timeout: Some(Duration::from_secs(600)), ..Overrides::default() },
    }
}

fn session(number: u64) -> Session {
    Session {
        number,
        started_at: Timestamp::from_millis(1_795_355_000_000),
        ended: Ended { at: Timestamp::from_millis(1_795_355_300_000), cause: EndCause::Manual { by: "anna".into() } },
        peak_listeners: 3,
        total_listeners: u64::MAX,
        tracks_played: 12,
        errors: 1,
    }
}

fn running() -> Snapshot {
    Snapshot {
        session: 3,
        started_at: Some(Timestamp::from_millis(1_795_355_340_500)),
        playing: Some(Playing { item: item_id(5), position: Duration::new(61, 999_999_999), started: true }),
        timer: Some(StoredTimer { session: 3, deadline: Timestamp::from_millis(1_795_355_940_500) }),
        ..Snapshot::default()
    }
}

#[test]
fn keys_of_format_1_are_read() {
    block_on(async {
        let hands = Hands::with(include_str!("../golden/registry.lua")).await;
        let store = &hands.one;
        assert_eq!(store.get(NIGHT).await.unwrap(), Some(night()));
        assert_eq!(store.by_uuid(night().uuid).await.unwrap(), Some(night()));
        let list = store.list(None, 9).await.unwrap();
        assert_eq!(list.streams.iter().map(|record| record.id).collect::<Vec<_>>(), [NIGHT, DAY]);
        assert_eq!(list.streams[1].auto_end, Overrides::default());
        assert_eq!(store.snapshot(NIGHT).await.unwrap(), Some(running()));
        assert_eq!(store.snapshot(DAY).await.unwrap(), None);
        assert_eq!(store.running().await.unwrap(), [NIGHT]);
        assert_eq!(store.sessions(NIGHT, None, 9).await.unwrap().sessions, [2, 1].map(session));
    });
}

/// What is written today are the same bytes.
#[test]
fn what_is_written_is_format_1() {
    block_on(async {
        let old = Hands::with(include_str!("../golden/registry.lua")).await;
        let new = Hands::new().await;
        let store = &new.one;
        store.create(night()).await.unwrap();
        let day = StreamRecord {
            id: DAY,
            uuid: Uuid::from_u128(0x5c6f_0000_0000_0000_0000_0000_0000_0002),
            name: "Day".into(),
            created_at: Timestamp::from_millis(u64::MAX),
            auto_end: Overrides::default(),
        };
        store.create(day).await.unwrap();
        for n in [1, 2] {
            store.close_session(NIGHT, Snapshot { session: n, ..Snapshot::default() }, session(n)).await.unwrap();
        }
        store.save_snapshot(NIGHT, running()).await.unwrap();
        // The answers to the last calls are kept for a minute; they are no part of the format.
        new.run("for _, key in ipairs(redis.call('KEYS', '*:calls:*')) do redis.call('DEL', key) end");
        assert_eq!(new.contents(), old.contents());
    });
}
