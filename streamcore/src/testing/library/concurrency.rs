use futures::{FutureExt, future::join_all};

use super::{
    super::items::Expected,
    LibraryFixture, track, track_id,
    tracks::{ROOM, add, find, found},
};
use crate::library::{Error, LibraryExt, Track, TrackChange};

/// **L15.** Concurrent adds lose nothing and never pass the limit; of concurrent adds of one id one counts, and all are answered with it.
pub async fn l15_concurrent_adds_lose_nothing(fixture: &mut dyn LibraryFixture) {
    let library = fixture.library();
    let answers = join_all((1..=30).map(|n| library.add(vec![track(n)], 20))).await;
    let refused = answers.iter().filter(|answer| matches!(answer, Err(Error::LimitReached { limit: 20 }))).count();
    assert_eq!((refused, find(&*library, "").await.total), (10, 20), "{answers:?}");
    let named = |n: u64| Track { id: track_id(100), title: format!("the {n}th"), ..track(100) };
    let answers = join_all((0..10).map(|n| library.add(vec![named(n)], ROOM))).await;
    let answers: Vec<_> = answers.into_iter().flat_map(Expected::answered).collect();
    assert_eq!(answers.iter().filter(|added| added.is_new).count(), 1, "{answers:?}");
    let kept = library.track(track_id(100)).await.answered();
    assert!(answers.iter().all(|added| Some(&added.track) == kept.as_ref()), "{answers:?}");
}

/// **L16.** If the future of a call is dropped, the change happened wholly or not at all, and repeating the call is safe.
pub async fn l16_a_dropped_call_can_be_repeated(fixture: &mut dyn LibraryFixture) {
    let library = fixture.library();
    for polls in [0, 1] {
        let tracks = || (1..=3).map(track).collect::<Vec<_>>();
        let mut call = library.add(tracks(), ROOM);
        for _ in 0..polls {
            drop(call.as_mut().now_or_never());
        }
        drop(call);
        let total = find(&*library, "").await.total;
        assert!([0, 3].contains(&total), "{total} of 3 tracks were added");
        add(&*library, tracks()).await;
        assert_eq!(found(&*library, "").await, [1, 2, 3]);
        let change = || TrackChange { title: Some("new".into()), ..TrackChange::default() };
        let mut call = library.update(track_id(1), change());
        for _ in 0..polls {
            drop(call.as_mut().now_or_never());
        }
        drop(call);
        assert_eq!(library.update(track_id(1), change()).await.answered(), Track { title: "new".into(), ..track(1) });
        for n in 1..=3 {
            library.delete(track_id(n)).await.answered();
        }
    }
}
