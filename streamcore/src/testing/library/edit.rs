use super::{
    super::items::{Expected, at},
    LibraryFixture, track, track_id,
    tracks::{add, found, titled},
};
use crate::{
    Source,
    library::{Error, LibraryExt, Track, TrackChange},
};

/// **L7.** A change changes the fields that it names alone, of this track alone, and answers with the track; of an unknown track nothing is found.
pub async fn l07_a_change_changes_what_it_names_alone(fixture: &mut dyn LibraryFixture) {
    let library = fixture.library();
    add(&*library, vec![track(1), track(2)]).await;
    let none = TrackChange::default;
    let mut expected = track(1);
    for change in [
        TrackChange { title: Some("другой".into()), ..none() },
        TrackChange { artist: Some(None), ..none() },
        TrackChange { artist: Some(Some("a".into())), ..none() },
        TrackChange { url: Some("b.mp3".into()), ..none() },
        TrackChange { source: Some(Source::File), ..none() },
        TrackChange { duration: Some(None), ..none() },
        TrackChange { metadata: Some(serde_json::Map::new()), ..none() },
        none(),
    ] {
        expected = change.clone().applied_to(expected);
        for _ in 0..2 {
            let changed = library.update(track_id(1), change.clone()).await.answered();
            assert_eq!(changed, expected, "{change:?}");
        }
        assert_eq!(library.track(track_id(1)).await.answered().as_ref(), Some(&expected));
    }
    let all = Track {
        title: "другой".into(),
        artist: Some("a".into()),
        url: "b.mp3".into(),
        source: Source::File,
        duration: None,
        metadata: serde_json::Map::new(),
        ..track(1)
    };
    assert_eq!(expected, all);
    assert_eq!(library.track(track_id(2)).await.answered(), Some(track(2)));
    let unknown = library.update(track_id(3), none()).await;
    assert!(matches!(unknown, Err(Error::NotFound { track }) if track == track_id(3)), "{unknown:?}");
}

/// **L8.** Deleting forgets the track and answers with it; the second time it is not found; one added with its id is a new one.
pub async fn l08_deleting_forgets_the_track_once(fixture: &mut dyn LibraryFixture) {
    let library = fixture.library();
    add(&*library, vec![track(1), track(2)]).await;
    assert_eq!(library.delete(track_id(1)).await.answered(), track(1));
    let again = library.delete(track_id(1)).await;
    assert!(matches!(again, Err(Error::NotFound { track }) if track == track_id(1)), "{again:?}");
    assert_eq!(library.track(track_id(1)).await.answered(), None);
    assert_eq!(library.find_by_url(&track(1).url).await.answered(), None);
    assert_eq!(found(&*library, "").await, [2]);
    let other = Track { id: track_id(1), ..track(3) };
    let added = add(&*library, vec![other.clone()]).await;
    assert!(added[0].is_new && added[0].track == other, "{added:?}");
}

/// **L9.** A location finds the track that has exactly this one, and of several the one that was added first.
pub async fn l09_a_location_finds_the_track_added_first(fixture: &mut dyn LibraryFixture) {
    let library = fixture.library();
    let same = |n, added| Track { url: "Same.mp3".into(), added_at: at(added), ..titled(n, "t") };
    add(&*library, vec![same(1, 3), same(4, 2), same(3, 2), Track { url: "same.mp3".into(), ..titled(5, "t") }]).await;
    for first in [3, 4, 1] {
        let found = library.find_by_url("Same.mp3").await.answered();
        assert_eq!(found.map(|track| track.id), Some(track_id(first)));
        library.delete(track_id(first)).await.answered();
    }
    assert_eq!(library.find_by_url("Same.mp3").await.answered(), None, "in another case it is another location");
    library
        .update(track_id(5), TrackChange { url: Some("Same.mp3".into()), ..TrackChange::default() })
        .await
        .answered();
    assert!(library.find_by_url("Same.mp3").await.answered().is_some());
    assert_eq!(library.find_by_url("same.mp3").await.answered(), None);
}
