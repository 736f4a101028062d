use super::{
    super::items::Expected,
    LibraryFixture, track_id,
    tracks::{add, find, found, numbers, titled},
};
use crate::{
    Source,
    library::{Cursor, Library, MAX_PAGE, Search, Track, TrackChange},
};

/// Titles, artists, albums and file names that are easily found by accident or not at all.
fn shelf() -> Vec<Track> {
    let metadata = |album: serde_json::Value| [("album".to_owned(), album)].into_iter().collect();
    vec![
        Track { artist: Some("Björk".into()), metadata: metadata("Début".into()), ..titled(1, "Human Behaviour") },
        Track { artist: Some("Ансамбль «Ёлка»".into()), ..titled(2, "ПЕСНЯ о Соколе") },
        Track { url: "folder/Σίσυφος.FLAC".into(), ..titled(3, "ΟΔΟΣ") },
        Track {
            url: "https://h.example/dir/Night%20Flight.mp3?q=secret".into(),
            source: Source::Stream,
            ..titled(4, "100% \"x\"")
        },
        Track { metadata: metadata(serde_json::json!(["Listed"])), ..titled(5, "a_b* AND NOT c'd") },
        Track { artist: Some("東京事変".into()), ..titled(6, "群青日和 🎵🎶") },
        titled(7, "tab\there\u{0}nul"),
    ]
}

/// **L10.** A search finds the tracks in which every word occurs, in any case, in the title, the artist, the album or the file name, and no
/// others; a word may be as short as a character, and no character is special.
pub async fn l10_a_search_finds_what_holds_every_word(fixture: &mut dyn LibraryFixture) {
    let library = fixture.library();
    add(&*library, shelf()).await;
    let table: &[(&str, &[u64])] = &[
        ("human", &[1]),
        ("HAVIOUR bjö", &[1]),
        ("début BJÖRK human", &[1]),
        ("bjork", &[]),
        ("humanbehaviour", &[]),
        ("behaviourbjörk", &[]),
        ("человек", &[]),
        ("песня ёлка", &[2]),
        ("ЕЛКА СОКОЛ", &[2]),
        ("οδος σίσυφος flac", &[3]),
        ("ΣΊΣ ΟΔΟσ", &[3]),
        ("folder", &[]),
        ("night flight", &[4]),
        ("secret", &[]),
        ("h.example", &[]),
        ("100%", &[4]),
        ("\"x\"", &[4]),
        ("\"", &[4]),
        ("%", &[4]),
        ("a_b*", &[5]),
        ("_", &[5]),
        ("*", &[5]),
        ("NOT", &[5]),
        ("and c'd", &[5]),
        ("listed", &[]),
        ("群青", &[6]),
        ("青", &[6]),
        ("東京事変 🎶", &[6]),
        ("🎵🎶", &[6]),
        ("tab here nul", &[7]),
        ("here\u{0}NUL", &[7]),
        ("b", &[1, 5, 7]),
        ("h u", &[1, 7]),
    ];
    for (text, expected) in table {
        let mut numbers = found(&*library, text).await;
        numbers.sort_unstable();
        assert_eq!(numbers, *expected, "{text:?}");
    }
    assert_eq!(found(&*library, " \t ").await.len(), shelf().len(), "a blank text finds all");
}

/// **L11.** Tracks are in the order of their titles, case, control characters and repeated spaces aside, and then of their ids.
pub async fn l11_tracks_are_in_the_order_of_their_titles(fixture: &mut dyn LibraryFixture) {
    let library = fixture.library();
    let titles = ["b", "  A  b", "ä", "a", "Я", "B", "ёж", "a\u{0}C", "", "a b", "🎵", "еж", "z"];
    add(&*library, (1..).zip(titles).map(|(n, title)| titled(n, title)).collect()).await;
    assert_eq!(found(&*library, "").await, [9, 4, 2, 10, 8, 1, 6, 13, 3, 7, 12, 5, 11]);
    assert_eq!(found(&*library, "mp3").await, [9, 4, 2, 10, 8, 1, 6, 13, 3, 7, 12, 5, 11], "whatever finds them");
}

/// Reads all pages of this length; before each page but the first something happens.
async fn pages(library: &dyn Library, text: &str, limit: usize, mut before: impl AsyncFnMut(usize)) -> Vec<u64> {
    let mut seen = Vec::new();
    let mut after = None;
    for n in 0.. {
        if n > 0 {
            before(n).await;
        }
        let page = library.search(Search { text: text.into(), after, limit }).await.answered();
        assert!(page.tracks.len() <= limit, "a page of {}", page.tracks.len());
        assert!(n < 1_000, "pages that never end: {page:?}");
        seen.extend(numbers(&page));
        let last = page.tracks.last().map(Cursor::of);
        after = page.next;
        if after.is_none() {
            break;
        }
        assert_eq!(
            (after.as_ref(), page.tracks.len()),
            (last.as_ref(), limit),
            "`next` is the place of the last track"
        );
    }
    seen
}

/// **L12.** Pages, each asked for with the `next` of the one before, join without gap or overlap, whatever is added, changed or deleted in
/// between.
pub async fn l12_pages_join_whatever_changes_in_between(fixture: &mut dyn LibraryFixture) {
    let library = fixture.library();
    // Many equal titles, so that pages end among them.
    let title = |n: u64| if n.is_multiple_of(3) { "same song".to_owned() } else { format!("song {:02}", n * 7 % 40) };
    add(&*library, (1..=40).map(|n| titled(n, &title(n))).collect()).await;
    let all = found(&*library, "song").await;
    assert_eq!(all.len(), 40);
    for limit in [1, 3, 7, 40, 41] {
        assert_eq!(pages(&*library, "song", limit, async |_| ()).await, all, "pages of {limit}");
        assert_eq!(pages(&*library, "so g", limit, async |_| ()).await, all, "pages of {limit}, short words");
        assert_eq!(pages(&*library, "", limit, async |_| ()).await, all, "pages of {limit}, all tracks");
    }
    let seen = pages(&*library, "song", 4, async |n| {
        // While pages are left that were there at first: the last track of the page before goes away; one comes ahead of everything that was
        // read, and one behind everything.
        let Some(gone) = all.get(4 * n - 1) else { return };
        library.delete(track_id(*gone)).await.answered();
        let n = n as u64;
        add(&*library, vec![titled(100 + n, "a song"), titled(200 + n, "zz song")]).await;
    })
    .await;
    let (old, new): (Vec<_>, Vec<_>) = seen.into_iter().partition(|n| *n <= 40);
    assert_eq!(old, all);
    assert_eq!(new, (201..=210).collect::<Vec<_>>());
}

/// **L13.** The total counts all matches, on whatever page; a limit of zero asks for it alone, and a page holds at most 500 tracks.
pub async fn l13_the_total_counts_all_matches(fixture: &mut dyn LibraryFixture) {
    let library = fixture.library();
    let empty = find(&*library, "").await;
    assert_eq!((empty.tracks.len(), empty.next, empty.total), (0, None, 0));
    add(&*library, (1..=600).map(|n| titled(n, if n <= 550 { "many" } else { "few" })).collect()).await;
    for (text, total) in
        [("", 600), ("many", 550), ("few", 50), ("mp3 m", 600), ("man few", 0), ("y", 550), ("none", 0)]
    {
        let alone = library.search(Search { text: text.into(), after: None, limit: 0 }).await.answered();
        assert_eq!((alone.tracks.len(), alone.next, alone.total), (0, None, total), "{text:?}");
        let mut after = None;
        let mut read = 0;
        loop {
            let page = library.search(Search { text: text.into(), after, limit: usize::MAX }).await.answered();
            assert_eq!((page.total, page.tracks.len()), (total, (total - read).min(MAX_PAGE)), "{text:?}");
            read += page.tracks.len();
            assert!(read <= total, "{text:?}: more tracks than there are");
            after = page.next;
            if after.is_none() {
                break;
            }
        }
        assert_eq!(read, total, "{text:?}");
    }
}

/// **L14.** After a change or a deletion a track is found by what it is now and no longer by what it was.
pub async fn l14_a_track_is_found_by_what_it_is_now(fixture: &mut dyn LibraryFixture) {
    let library = fixture.library();
    add(&*library, vec![titled(1, "middle old"), titled(2, "north")]).await;
    let change = |title: &str| TrackChange { title: Some(title.into()), ..TrackChange::default() };
    library.update(track_id(1), change("zenith new")).await.answered();
    assert_eq!(found(&*library, "old").await, [0; 0]);
    assert_eq!(found(&*library, "new zen").await, [1]);
    assert_eq!(found(&*library, "").await, [2, 1], "its place follows its title");
    let artist = TrackChange { artist: Some(Some("Somebody".into())), ..TrackChange::default() };
    library.update(track_id(2), artist).await.answered();
    assert_eq!(found(&*library, "somebody").await, [2]);
    library.delete(track_id(1)).await.answered();
    assert_eq!(found(&*library, "new").await, [0; 0]);
    assert_eq!(find(&*library, "").await.total, 1);
}
