use super::{
    super::items::Expected,
    LibraryFixture, track, track_id,
    tracks::{ROOM, add, found, titled},
};
use crate::{
    MAX_METADATA_BYTES, MAX_TITLE_CHARS, MAX_URL_BYTES,
    library::{Error, LibraryExt, MAX_ADDED_BY_BYTES, MAX_BATCH, Track, TrackChange},
};

/// **L1.** An added track is returned unchanged, whatever its fields hold.
pub async fn l01_an_added_track_is_returned_unchanged(fixture: &mut dyn LibraryFixture) {
    let library = fixture.library();
    for expected in [track(1), track(2), titled(3, "")] {
        let added = add(&*library, vec![expected.clone()]).await;
        assert!(added.len() == 1 && added[0].is_new && added[0].track == expected, "{added:?}");
        assert_eq!(library.track(expected.id).await.answered(), Some(expected.clone()));
        assert_eq!(library.find_by_url(&expected.url).await.answered(), Some(expected));
    }
    assert_eq!(library.track(track_id(4)).await.answered(), None);
}

/// **L2.** A track whose id is known is recognised: nothing of it changes, even if the library is full, and the answer is the track as the
/// library has it.
pub async fn l02_a_known_track_is_recognised(fixture: &mut dyn LibraryFixture) {
    let library = fixture.library();
    add(&*library, vec![track(1)]).await;
    let again = library.add(vec![Track { id: track_id(1), ..track(2) }], 1).await.answered();
    assert_eq!(again.len(), 1);
    assert!(!again[0].is_new);
    assert_eq!(again[0].track, track(1));
    assert_eq!(library.track(track_id(1)).await.answered(), Some(track(1)));
    assert_eq!(found(&*library, "").await, [1]);
}

/// **L3.** Several tracks are added all together or not at all; one that is named twice in a call is added once.
pub async fn l03_tracks_are_added_all_or_none(fixture: &mut dyn LibraryFixture) {
    let library = fixture.library();
    add(&*library, vec![track(2)]).await;
    let twice = Track { id: track_id(1), ..track(3) };
    let added = add(&*library, vec![track(1), track(2), twice, track(4)]).await;
    let answers: Vec<_> = added.into_iter().map(|added| (added.track, added.is_new)).collect();
    assert_eq!(answers, [(track(1), true), (track(2), false), (track(1), false), (track(4), true)]);
    let refused = library.add(vec![track(5), track(6)], 4).await;
    assert!(matches!(refused, Err(Error::LimitReached { limit: 4 })), "{refused:?}");
    assert_eq!(library.track(track_id(5)).await.answered(), None, "the one that there was room for was not added");
    assert_eq!(library.add(Vec::new(), 0).await.answered(), []);
}

/// **L4.** A library that holds its limit refuses another track naming the limit, and takes one again when there is room.
pub async fn l04_a_full_library_refuses_and_keeps_what_it_has(fixture: &mut dyn LibraryFixture) {
    let library = fixture.library();
    library.add(vec![track(1), track(2)], 2).await.answered();
    let refused = library.add(vec![track(2), track(3)], 2).await;
    assert!(matches!(refused, Err(Error::LimitReached { limit: 2 })), "{refused:?}");
    assert_eq!(found(&*library, "").await, [1, 2]);
    library.delete(track_id(1)).await.answered();
    library.add(vec![track(3)], 2).await.answered();
    let lowered = library.add(vec![track(4)], 1).await;
    assert!(matches!(lowered, Err(Error::LimitReached { limit: 1 })), "{lowered:?}");
    assert_eq!(found(&*library, "").await, [2, 3]);
}

/// **L5.** A track with a field beyond its limit is refused naming field and limit, and so are more than 1,000 in one call; nothing changes.
pub async fn l05_what_is_too_large_is_refused_and_changes_nothing(fixture: &mut dyn LibraryFixture) {
    let library = fixture.library();
    let long = |n: usize| "я".repeat(n);
    let note = |n: usize| [("a".to_owned(), "x".repeat(n - 8).into())].into_iter().collect::<serde_json::Map<_, _>>();
    let largest = Track {
        title: long(MAX_TITLE_CHARS),
        artist: Some(long(MAX_TITLE_CHARS)),
        url: "x".repeat(MAX_URL_BYTES),
        metadata: note(MAX_METADATA_BYTES),
        added_by: Some("x".repeat(MAX_ADDED_BY_BYTES)),
        ..track(1)
    };
    add(&*library, vec![largest.clone()]).await;
    assert_eq!(library.track(track_id(1)).await.answered(), Some(largest));
    let title = || Track { title: long(MAX_TITLE_CHARS + 1), ..track(3) };
    for (field, max, larger) in [
        ("title", MAX_TITLE_CHARS, title()),
        ("artist", MAX_TITLE_CHARS, Track { artist: Some(long(MAX_TITLE_CHARS + 1)), ..track(3) }),
        ("url", MAX_URL_BYTES, Track { url: "x".repeat(MAX_URL_BYTES + 1), ..track(3) }),
        ("metadata", MAX_METADATA_BYTES, Track { metadata: note(MAX_METADATA_BYTES + 1), ..track(3) }),
        ("added_by", MAX_ADDED_BY_BYTES, Track { added_by: Some("x".repeat(MAX_ADDED_BY_BYTES + 1)), ..track(3) }),
    ] {
        let refused = library.add(vec![track(2), larger], ROOM).await;
        let named = matches!(&refused, Err(Error::TooLong { track, field: f, max: m, got })
            if (*track, *f, *m, *got) == (track_id(3), field, max, max + 1));
        assert!(named, "{refused:?}");
    }
    let refused =
        library.update(track_id(1), TrackChange { title: Some(title().title), ..TrackChange::default() }).await;
    assert!(matches!(refused, Err(Error::TooLong { field: "title", .. })), "{refused:?}");
    let refused = library.add((2..).take(MAX_BATCH + 1).map(track).collect(), ROOM).await;
    assert!(matches!(refused, Err(Error::TooMany { max: MAX_BATCH, got }) if got == MAX_BATCH + 1), "{refused:?}");
    let refused = library.get(vec![track_id(1); MAX_BATCH + 1]).await;
    assert!(matches!(refused, Err(Error::TooMany { max: MAX_BATCH, .. })), "{refused:?}");
    assert_eq!(found(&*library, "").await, [1]);
    assert_eq!(library.get(vec![track_id(1); MAX_BATCH]).await.answered().len(), MAX_BATCH);
}

/// **L6.** Tracks are read in the order of the ids asked for; one that does not exist is left out.
pub async fn l06_tracks_are_read_in_the_order_of_the_ids(fixture: &mut dyn LibraryFixture) {
    let library = fixture.library();
    add(&*library, (1..=4).map(track).collect()).await;
    let read = library.get([3, 9, 1, 3].map(track_id).into()).await.answered();
    assert_eq!(read, [3, 1, 3].map(track));
    assert_eq!(library.get(Vec::new()).await.answered(), []);
}
