use std::time::Duration;

use super::super::{QueueFixture, item, items::*};
use crate::{
    QueueItem, StreamId,
    queue::{Mode, Op, Page, Playtime, Repeat, Rules},
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

/// **Q61.** A page says how long the waiting items ahead of it take, exactly: the sum of the known durations and the number of unknown ones.
/// So it is known when each entry begins.
pub async fn q61_a_page_says_how_long_what_is_ahead_takes(fixture: &mut dyn QueueFixture) {
    const EACH: Duration = Duration::new(10, 500_000_001);
    let queue = fixture.queue();
    let lasting = |n, duration| QueueItem { duration, ..item(n) };
    let items = vec![
        lasting(1, Some(EACH)),
        lasting(2, Some(EACH)),
        lasting(3, None),
        lasting(4, Some(EACH)),
        lasting(5, Some(EACH)),
    ];
    apply(&*queue, add_by(items, Rules::default())).await;
    let ahead = async |offset| queue.view(STREAM, Page { offset, limit: 2 }).await.answered();
    let known = |times: u32| EACH * times;
    for (offset, times, unknown) in [(0, 0, 0), (1, 1, 0), (2, 2, 0), (3, 2, 1), (5, 4, 1), (99, 4, 1)] {
        let expected = Playtime { known: known(times), unknown };
        assert_eq!(ahead(offset).await.ahead, expected, "from {offset} on, nothing current");
    }
    advance(&*queue, begin()).await;
    for (offset, times, unknown) in [(0, 0, 0), (1, 0, 0), (2, 1, 0), (3, 1, 1), (usize::MAX, 3, 1)] {
        let expected = Playtime { known: known(times), unknown };
        assert_eq!(ahead(offset).await.ahead, expected, "from {offset} on, item 1 current");
    }
    let left = Some(Duration::from_secs(3));
    let begins = view(&*queue).await.expected_in(left);
    assert_eq!(begins, [Some(Duration::ZERO), left, left.map(|left| left + EACH), None, None]);
    assert_eq!(ahead(2).await.expected_in(left), begins[2..4]);
    apply(&*queue, move_to(3, 4)).await;
    apply(&*queue, remove(2)).await;
    apply(&*queue, add_by(vec![lasting(6, Some(Duration::MAX))], Rules::default())).await;
    assert_eq!(numbers(&view(&*queue).await), [1, 4, 5, 3, 6]);
    for (offset, expected, unknown) in [(3, known(2), 0), (4, known(2), 1), (5, Duration::MAX, 1)] {
        assert_eq!(ahead(offset).await.ahead, Playtime { known: expected, unknown }, "after edits, from {offset} on");
    }
}

/// **Q62.** Purge forgets the mode, what is repeated, turns, undo, what was cleared, and requests.
pub async fn q62_purge_forgets_the_settings(fixture: &mut dyn QueueFixture) {
    let queue = fixture.queue();
    let named =
        |change, n| crate::queue::Change { request: Some(crate::RequestId::new(uuid::Uuid::from_u128(n))), ..change };
    edit(&*queue, Op::SetMode { mode: Mode::Fair }).await;
    edit(&*queue, Op::SetRepeat { repeat: Repeat::All }).await;
    add_each(&*queue, [of(1, 1), of(2, 2)]).await;
    advance(&*queue, begin()).await;
    advance(&*queue, played(1)).await;
    apply(&*queue, named(Op::Clear.into(), 1)).await;
    queue.purge(STREAM).await.answered();
    let after = view(&*queue).await;
    assert_eq!((after.mode, after.repeat, after.undo, after.restorable), (Mode::Fifo, Repeat::Off, None, 0));
    for op in [Op::Undo, Op::Restore { max_items: ROOM }] {
        let answer = queue.apply(STREAM, op.into()).await;
        assert!(answer.is_err(), "{}", text(&answer));
    }
    assert!(apply(&*queue, named(add(3), 1)).await.changed, "the request is new");
    edit(&*queue, Op::SetMode { mode: Mode::Fair }).await;
    add_each(&*queue, [of(4, 2), of(6, 2), of(5, 1)]).await;
    assert_eq!(listed(&*queue).await, [3, 4, 5, 6], "nobody had a turn");
}
