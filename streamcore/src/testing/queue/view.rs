use super::super::{QueueFixture, items::*};
use crate::{
    StreamId,
    queue::{Op, Page},
};

/// **Q20.** A queue that nobody touched reads as empty, at revision 0.
pub async fn q20_an_untouched_queue_is_empty_at_revision_zero(fixture: &mut dyn QueueFixture) {
    let queue = fixture.queue();
    for stream in [STREAM, StreamId::new(0), StreamId::new(i64::MIN), StreamId::new(i64::MAX)] {
        let view = queue.view(stream, Page::ALL).await.answered();
        assert_eq!((view.revision.get(), view.current, view.items.len(), view.total), (0, None, 0, 0));
        let history = queue.history(stream, None, 10).await.answered();
        assert_eq!((history.entries.len(), history.next, history.total), (0, None, 0));
    }
}

/// **Q21.** A page is that part of the list, the current item first; it always names the current item, the revision and the whole length.
pub async fn q21_pages_show_the_current_item_first(fixture: &mut dyn QueueFixture) {
    let queue = fixture.queue();
    fill(&*queue, 5).await;
    advance(&*queue, begin()).await;
    let all = view(&*queue).await;
    assert_eq!(numbers(&all), [1, 2, 3, 4, 5]);
    let pages: [(usize, usize, &[u64]); 8] = [
        (0, 2, &[1, 2]),
        (1, 2, &[2, 3]),
        (4, 2, &[5]),
        (5, 2, &[]),
        (usize::MAX, usize::MAX, &[]),
        (0, 0, &[]),
        (0, 100, &[1, 2, 3, 4, 5]),
        (2, usize::MAX, &[3, 4, 5]),
    ];
    for (offset, limit, expected) in pages {
        let page = queue.view(STREAM, Page { offset, limit }).await.answered();
        assert_eq!(numbers(&page), expected, "offset {offset}, limit {limit}");
        assert_eq!((page.total, current(&page), page.revision), (5, Some(1), all.revision));
    }
}

/// **Q22.** Streams are apart: no call about one is seen in another, with the same item ids too.
pub async fn q22_streams_are_apart(fixture: &mut dyn QueueFixture) {
    let queue = fixture.queue();
    let streams = [STREAM, StreamId::new(-STREAM.get()), StreamId::new(1)];
    for stream in streams {
        queue.apply(stream, add(1)).await.answered();
        queue.apply(stream, add(2)).await.answered();
    }
    queue.advance(streams[0], begin()).await.answered();
    queue.advance(streams[0], played(1)).await.answered();
    queue.apply(streams[1], Op::Clear.into()).await.answered();
    queue.purge(streams[1]).await.answered();
    let third = queue.view(streams[2], Page::ALL).await.answered();
    assert_eq!((numbers(&third), current(&third), third.revision.get()), (vec![1, 2], None, 2));
    assert_eq!(queue.history(streams[2], None, 1).await.answered().total, 0);
    assert_eq!(listed(&*queue).await, [2]);
}

/// **Q23.** Purge forgets a stream's items, current item and history, so that the same ids are new; the revision is raised, not reset.
pub async fn q23_purge_forgets_all_but_the_revision(fixture: &mut dyn QueueFixture) {
    let queue = fixture.queue();
    fill(&*queue, 3).await;
    advance(&*queue, begin()).await;
    advance(&*queue, played(1)).await;
    let before = view(&*queue).await.revision;
    queue.purge(STREAM).await.answered();
    let after = view(&*queue).await;
    assert_eq!((current(&after), after.total), (None, 0));
    assert!(after.revision > before, "{} is not above {before}", after.revision);
    assert_eq!(queue.history(STREAM, None, 1).await.answered().total, 0);
    queue.purge(STREAM).await.answered();
    fill(&*queue, 3).await;
    advance(&*queue, begin()).await;
    advance(&*queue, played(1)).await;
    assert_eq!(queue.history(STREAM, None, 9).await.answered().entries[0].seq, 1, "numbered from 1 again");
    assert_eq!(listed(&*queue).await, [2, 3]);
}
