//! What a search compares is kept in each process, and never behind what was acknowledged anywhere.

use futures::future::join_all;
use streamcore::{
    Timestamp,
    library::{Library, Track, TrackChange},
    testing::library::track_id,
};

use super::search;
use crate::{hands::Hands, support::block_on};

const ROOM: usize = 100_000;

fn titled(n: u64, title: &str) -> Track {
    Track::file(track_id(n), title, format!("{n}.mp3"), Timestamp::from_millis(n))
}

async fn total(library: &dyn Library, text: &str) -> usize {
    let page = library.search(search(text, 3)).await.expect("a page");
    assert_eq!(page.tracks.len(), page.total.min(3), "{text}");
    page.total
}

/// More than one call tells, and more entries than the log holds.
#[test]
fn a_mirror_that_is_far_behind_catches_up() {
    block_on(async {
        let hands = Hands::new().await;
        hands.one.add(vec![titled(1, "old"), titled(2, "old")], ROOM).await.unwrap();
        assert_eq!(total(&hands.two, "old").await, 2);
        for first in [1_000, 2_000, 3_000, 4_000] {
            hands.one.add((first..first + 1_000).map(|n| titled(n, "many")).collect(), ROOM).await.unwrap();
        }
        hands.one.delete(track_id(1)).await.unwrap();
        assert_eq!((total(&hands.two, "many").await, total(&hands.two, "old").await), (4_000, 1));
        for n in 0..1_100 {
            let title = Some(format!("now {n}"));
            hands.one.update(track_id(1_000), TrackChange { title, ..TrackChange::default() }).await.unwrap();
        }
        hands.one.delete(track_id(2)).await.unwrap();
        let entries = hands.run("return redis.call('XLEN', 'streamcore:{library}:log')");
        assert_eq!(entries, ":1000\r\n", "the log is bounded");
        assert_eq!((total(&hands.two, "many").await, total(&hands.two, "now").await), (3_999, 1));
        assert_eq!(total(&hands.two, "old").await, 0);
    });
}

/// So many large changes that it takes more calls than a search begins anew.
#[test]
fn a_mirror_catches_up_with_a_large_import() {
    block_on(async {
        let hands = Hands::new().await;
        hands.one.add(vec![titled(1, "old")], ROOM).await.unwrap();
        assert_eq!(total(&hands.two, "old").await, 1);
        for first in (1..=102).map(|n| n * 1_000) {
            hands.one.add((first..first + 1_000).map(|n| titled(n, "many")).collect(), 2 * ROOM).await.unwrap();
        }
        let totals = join_all((0..3).map(|_| total(&hands.two, "many"))).await;
        assert_eq!(totals, [102_000; 3]);
        assert_eq!(total(&hands.two, "old").await, 1);
    });
}

/// As after a failover to a replica that had not heard of the last changes, and after a backup was restored.
#[test]
fn a_mirror_of_another_history_is_loaded_anew() {
    block_on(async {
        let hands = Hands::new().await;
        hands.one.add(vec![titled(1, "kept")], ROOM).await.unwrap();
        let kept = "local key = 'streamcore:{library}:' local of = {}
                    for _, name in ipairs({ 'tracks', 'urls', 'log' }) do";
        hands.run(&format!("{kept} redis.call('COPY', key .. name, 'backup:' .. '{{library}}' .. name) end"));
        let renamed = TrackChange { title: Some("lost".into()), ..TrackChange::default() };
        hands.one.update(track_id(1), renamed).await.unwrap();
        assert_eq!((total(&hands.one, "lost").await, total(&hands.two, "lost").await), (1, 1));
        hands.run(&format!(
            "{kept} redis.call('RENAME', 'backup:' .. '{{library}}' .. name, key .. name) end
             redis.call('DEL', unpack(redis.call('KEYS', '*calls*')))"
        ));
        // As many tracks as the mirrors would come to by this change.
        hands.two.add(vec![titled(3, "new")], ROOM).await.unwrap();
        for store in [&hands.one, &hands.two] {
            // No track is asked for, which would show that the mirror is not what is stored.
            assert_eq!(store.search(search("lost", 0)).await.unwrap().total, 0);
            assert_eq!((total(store, "").await, total(store, "kept").await, total(store, "new").await), (2, 1, 1));
        }
        hands.run("redis.call('FLUSHALL')");
        assert_eq!((total(&hands.one, "").await, total(&hands.two, "").await), (0, 0));
    });
}

#[test]
fn what_hands_change_is_found_as_it_is() {
    block_on(async {
        let hands = Hands::new().await;
        hands.one.add(vec![titled(1, "one"), titled(2, "two")], ROOM).await.unwrap();
        assert_eq!(total(&hands.one, "").await, 2);
        let field = track_id(1).to_string();
        hands.run(&format!("redis.call('HDEL', 'streamcore:{{library}}:tracks', '{field}')"));
        assert_eq!(total(&hands.one, "").await, 1, "a track that was taken away");
        let (key, two) = ("streamcore:{library}:tracks", track_id(2));
        hands.run(&format!(
            "local old = redis.call('HGET', '{key}', '{two}')
             redis.call('HSET', '{key}', '{two}', (old:gsub('\"title\":\"two\"', '\"title\":\"zwei\"')))"
        ));
        let page = hands.one.search(search("", 9)).await.unwrap();
        assert_eq!(page.tracks[0].title, "zwei");
        assert_eq!((total(&hands.one, "zwei").await, total(&hands.one, "two").await), (1, 0));
    });
}

/// Tracks come in pairs, and go on in pairs of renamings: whoever looks, through whichever handle, sees whole batches, sees what was
/// acknowledged before, and pages that hold what their total says.
#[test]
fn searches_are_of_one_state_while_two_handles_change_it() {
    block_on(async {
        let hands = Hands::new().await;
        const BATCHES: u64 = 40;
        let writer = async |store: &dyn Library, other: &dyn Library, from: u64| {
            for n in 0..BATCHES {
                let (a, b) = (from + 2 * n, from + 2 * n + 1);
                let title = format!("pair of {}", n % 7);
                store.add(vec![titled(a, &title), titled(b, &title)], ROOM).await.unwrap();
                let found = other.search(search(&format!("{a}.mp3"), 9)).await.unwrap();
                assert!(found.tracks.iter().any(|track| track.id == track_id(a)), "{a} was acknowledged");
                let renamed = TrackChange { title: Some(format!("renamed {a} pair")), ..TrackChange::default() };
                store.update(track_id(a), renamed).await.unwrap();
                let found = other.search(search(&format!("renamed {a} pair"), 0)).await.unwrap();
                assert!(found.total >= 1, "the new title of {a} was acknowledged");
            }
        };
        let reader = async |store: &dyn Library| {
            let mut seen = 0;
            while seen < usize::try_from(4 * BATCHES).unwrap() {
                let page = store.search(search("pair", 500)).await.unwrap();
                assert_eq!(page.total % 2, 0, "half of a pair");
                assert_eq!(page.tracks.len(), page.total);
                assert!(page.tracks.iter().all(|track| track.title.contains("pair")));
                assert!(page.total >= seen, "{} after {seen}", page.total);
                seen = page.total;
            }
        };
        futures::join!(
            writer(&hands.one, &hands.two, 1_000),
            writer(&hands.two, &hands.one, 2_000),
            reader(&hands.one),
            reader(&hands.two),
        );
    });
}

/// More searches at once than processors, while something changes all the time: each answers, and with what was acknowledged before it.
#[test]
fn many_searches_answer_while_much_changes() {
    block_on(async {
        let hands = Hands::new().await;
        hands.one.add((0..1_000).map(|n| titled(n, "song")).collect(), ROOM).await.unwrap();
        let written = std::sync::atomic::AtomicUsize::new(0);
        let order = std::sync::atomic::Ordering::SeqCst;
        let writer = async {
            for n in 0..200 {
                let title = Some(format!("song {n}"));
                hands.one.update(track_id(n), TrackChange { title, ..TrackChange::default() }).await.unwrap();
                hands.one.add(vec![titled(10_000 + n, "new")], ROOM).await.unwrap();
                written.fetch_add(1, order);
            }
        };
        let reader = async |_| {
            while written.load(order) < 200 {
                let before = written.load(order);
                let page = hands.two.search(search("new", 500)).await.unwrap();
                assert!(page.total >= before, "{} of {before}", page.total);
                assert_eq!(page.tracks.len(), page.total);
            }
        };
        futures::join!(writer, join_all((0..30).map(reader)));
    });
}

/// Many searches at once load the mirror once, and all of them answer.
#[test]
fn many_searches_share_a_mirror() {
    block_on(async {
        let hands = Hands::new().await;
        for first in [0, 1_000, 2_000] {
            hands.one.add((first..first + 1_000).map(|n| titled(n, "song")).collect(), ROOM).await.unwrap();
        }
        let totals = join_all((0..50).map(|_| total(&hands.two, "song"))).await;
        assert_eq!(totals, vec![3_000; 50]);
        let scans = hands.run("return redis.call('INFO', 'commandstats'):match('cmdstat_hscan:calls=(%d+)')");
        let scans: usize = scans.lines().nth(1).unwrap_or_default().parse().unwrap();
        assert!(scans < 12, "{scans} parts of 500 were read of 3,000 tracks");
    });
}

/// Each reads the whole track and writes the whole track; none undoes another's change.
#[test]
fn changes_through_two_handles_at_the_same_time_are_all_kept() {
    block_on(async {
        let hands = Hands::new().await;
        hands.one.add(vec![titled(1, "title")], ROOM).await.unwrap();
        for n in 1..=50 {
            let (title, artist) = (format!("title {n}"), format!("artist {n}"));
            let retitled = TrackChange { title: Some(title.clone()), ..TrackChange::default() };
            let by_another = TrackChange { artist: Some(Some(artist.clone())), ..TrackChange::default() };
            let (one, two) =
                futures::join!(hands.one.update(track_id(1), retitled), hands.two.update(track_id(1), by_another));
            assert!(one.is_ok() && two.is_ok(), "{one:?}, {two:?}");
            let track = hands.one.get(vec![track_id(1)]).await.unwrap().remove(0);
            assert_eq!((track.title, track.artist), (title, Some(artist)));
        }
    });
}
