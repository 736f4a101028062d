//! Keys as format 1 wrote them are read for ever: `golden/library.lua` was written by hand once and is never edited.

use std::time::Duration;

use streamcore::{
    Source, Timestamp,
    library::{Library, Track, TrackChange},
    testing::library::track_id,
};

use super::search;
use crate::{hands::Hands, support::block_on};

const GOLDEN: &str = include_str!("../golden/library.lua");

fn full() -> Track {
    let moment = Timestamp::from_millis(1_795_355_340_123);
    Track {
        artist: Some("Ансамбль".into()),
        source: Source::Stream,
        duration: Some(Duration::new(183, 500_000_001)),
        added_by: Some("anna".into()),
        metadata: [("album".to_owned(), "Ёлка".into()), ("a".to_owned(), serde_json::json!([1.5, null]))]
            .into_iter()
            .collect(),
        ..Track::file(track_id(1), "First  \"Song\"\n", "http://example.com/a%20b.mp3", moment)
    }
}

fn plain() -> Track {
    Track::file(track_id(2), "Second", "2.mp3", Timestamp::from_millis(u64::MAX))
}

#[test]
fn keys_of_format_1_are_read() {
    block_on(async {
        let hands = Hands::with(GOLDEN).await;
        let store = &hands.one;
        let page = store.search(search("", 9)).await.unwrap();
        assert_eq!((page.tracks, page.total), (vec![full(), plain()], 2));
        assert_eq!(store.search(search("елка song", 9)).await.unwrap().tracks, [full()]);
        assert_eq!(store.find_by_url("2.mp3").await.unwrap(), Some(plain()));
        assert_eq!(store.get(vec![track_id(2), track_id(1)]).await.unwrap(), [plain(), full()]);
        let change = TrackChange { url: Some("3.mp3".into()), ..TrackChange::default() };
        store.update(track_id(2), change).await.unwrap();
        assert_eq!(store.find_by_url("2.mp3").await.unwrap(), None);
        assert_eq!(hands.two.search(search("3.mp3", 9)).await.unwrap().total, 1);
    });
}

/// What is written today are the same bytes, the names of the log's entries aside.
#[test]
fn what_is_written_is_format_1() {
    block_on(async {
        let (old, new) = (Hands::with(GOLDEN).await, Hands::new().await);
        new.one.add(vec![full(), plain()], 9).await.unwrap();
        new.run("for _, key in ipairs(redis.call('KEYS', '*:calls:*')) do redis.call('DEL', key) end");
        assert_eq!(new.contents(), old.contents());
        let log = "local entry = redis.call('XRANGE', 'streamcore:{library}:log', '-', '+')[1][2] return entry[1] .. '=' .. entry[2]";
        assert_eq!(new.run(log), old.run(log));
    });
}
