use super::super::{QueueFixture, item, item_id, items::*};
use crate::{
    FailureKind, FailureReason, Outcome,
    queue::{Advance, Finished, HISTORY_LIMIT, Queue},
};

async fn play(queue: &dyn Queue, numbers: impl Iterator<Item = u64>) {
    for n in numbers {
        apply(queue, add(n)).await;
        advance(queue, begin()).await;
        advance(queue, played(n)).await;
    }
}

/// **Q17.** The history holds each finished item with its outcome and time, newest first, numbered from 1 in the order they finished.
pub async fn q17_history_is_newest_first_and_complete(fixture: &mut dyn QueueFixture) {
    let queue = fixture.queue();
    let outcomes = [
        Outcome::Played,
        Outcome::Skipped,
        Outcome::Failed(FailureReason::new(FailureKind::Broken, "frame 7: «сломан»\n\"")),
    ];
    fill(&*queue, 3).await;
    advance(&*queue, begin()).await;
    for (n, outcome) in (1..).zip(outcomes.clone()) {
        advance(&*queue, Advance { finished: Some(Finished { item: item_id(n), outcome }), next: None, at: at(n) })
            .await;
    }
    let page = queue.history(STREAM, None, 10).await.answered();
    assert_eq!((page.total, page.next), (3, None));
    let newest_first: Vec<_> = page.entries.into_iter().map(|e| (e.seq, e.item, e.outcome, e.finished_at)).collect();
    let expected: Vec<_> = (1..).zip(outcomes).map(|(n, outcome)| (n, item(n), outcome, at(n))).collect();
    assert_eq!(newest_first, expected.into_iter().rev().collect::<Vec<_>>());
}

/// **Q18.** Pages of the history, each asked for with the `next` of the one before, join without gap or overlap, whatever is finished in
/// between.
pub async fn q18_history_pages_join_without_gap_or_overlap(fixture: &mut dyn QueueFixture) {
    let queue = fixture.queue();
    play(&*queue, 1..=7).await;
    let mut seen = Vec::new();
    let mut before = None;
    for (round, expected_len) in [3, 3, 1].into_iter().enumerate() {
        let page = queue.history(STREAM, before, 3).await.answered();
        assert_eq!(page.entries.len(), expected_len);
        seen.extend(page.entries.iter().map(|entry| number(entry.item.id)));
        before = page.next;
        assert_eq!(before.is_none(), round == 2, "only the last page has no next");
        play(&*queue, std::iter::once(100 + round as u64)).await;
    }
    assert_eq!(seen, [7, 6, 5, 4, 3, 2, 1]);
    for limit in [0, usize::MAX] {
        let page = queue.history(STREAM, Some(1), limit).await.answered();
        assert_eq!((page.entries.len(), page.next, page.total), (0, None, 10), "nothing is older than the first");
    }
    assert_eq!(queue.history(STREAM, None, usize::MAX).await.answered().entries.len(), 10);
}

/// **Q19.** The history keeps the last [`HISTORY_LIMIT`] entries and forgets the oldest first; the numbers go on, and a forgotten item may
/// come again.
pub async fn q19_history_is_bounded_and_forgets_the_oldest(fixture: &mut dyn QueueFixture) {
    let queue = fixture.queue();
    let count = HISTORY_LIMIT as u64 + 2;
    fill(&*queue, count).await;
    advance(&*queue, begin()).await;
    for n in 1..=count {
        advance(&*queue, played(n)).await;
    }
    let page = queue.history(STREAM, None, usize::MAX).await.answered();
    assert_eq!((page.total, page.entries.len()), (HISTORY_LIMIT, HISTORY_LIMIT));
    assert_eq!(page.entries.first().map(|entry| (entry.seq, number(entry.item.id))), Some((count, count)));
    assert_eq!(page.entries.last().map(|entry| (entry.seq, number(entry.item.id))), Some((3, 3)));
    assert!(apply(&*queue, add(2)).await.changed, "forgotten");
    assert!(!apply(&*queue, add(3)).await.changed, "remembered");
    assert_eq!(view(&*queue).await.items, [item(2)]);
}
