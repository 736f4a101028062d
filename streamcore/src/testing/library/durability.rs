use super::{
    super::items::Expected,
    LibraryFixture, track, track_id,
    tracks::{add, find, found, titled},
};
use crate::library::{LibraryExt, TrackChange};

/// **L17.** Tracks, changes and deletions survive a restart of a durable store, and are found afterwards as before. Others do not take part.
pub async fn l17_tracks_survive_a_restart(fixture: &mut dyn LibraryFixture) {
    if !fixture.capabilities().durable {
        return;
    }
    let renamed = TrackChange { title: Some("Renamed".into()), ..TrackChange::default() };
    let before = {
        let library = fixture.library();
        add(&*library, vec![track(1), titled(2, "second"), titled(3, "third")]).await;
        library.update(track_id(2), renamed).await.answered();
        library.delete(track_id(3)).await.answered();
        find(&*library, "").await
    };
    fixture.reopen().await;
    let library = fixture.library();
    assert_eq!(find(&*library, "").await, before);
    assert_eq!(library.track(track_id(1)).await.answered(), Some(track(1)));
    assert_eq!(found(&*library, "renamed").await, [2]);
    let known = add(&*library, vec![track(1)]).await;
    assert!(!known[0].is_new, "an add that is repeated after a restart is recognised");
    add(&*library, vec![titled(4, "renamed too")]).await;
    assert_eq!(found(&*library, "renamed").await, [2, 4]);
}

/// **L18.** On a store that can be shared, a second handle reads what the first acknowledged, and an id is given once among all handles.
/// Others do not take part.
pub async fn l18_a_second_handle_sees_what_the_first_acknowledged(fixture: &mut dyn LibraryFixture) {
    if !fixture.capabilities().shared {
        return;
    }
    let (one, two) = (fixture.library(), fixture.another().await);
    add(&*one, vec![track(1)]).await;
    assert_eq!(two.track(track_id(1)).await.answered(), Some(track(1)));
    assert_eq!(find(&*two, "").await, find(&*one, "").await);
    assert!(!add(&*two, vec![track(1)]).await[0].is_new);
    two.delete(track_id(1)).await.answered();
    assert_eq!(one.track(track_id(1)).await.answered(), None);
}
