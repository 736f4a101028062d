use futures::future::join_all;

use super::super::{QueueFixture, item, item_id, items::*};
use crate::{
    FailureKind, FailureReason, Outcome, QueueItem, Timestamp,
    queue::{Duplicates, Error, Placement, Queue, Rules},
};

/// Adding these is refused, and nothing changes.
async fn refused(queue: &dyn Queue, items: Vec<QueueItem>, rules: Rules) -> Error {
    let before = view(queue).await;
    let answer = queue.apply(STREAM, add_by(items, rules)).await;
    assert_eq!(view(queue).await, before, "a refused batch adds nothing: {}", text(&answer));
    answer.expect_err("this batch breaks a rule")
}

/// **Q38.** A batch is added wholly or not at all, with one revision, and keeps its order at either end. What of it is known already is left
/// out, as is an id that comes a second time.
pub async fn q38_a_batch_is_added_wholly_or_not_at_all(fixture: &mut dyn QueueFixture) {
    let queue = fixture.queue();
    let first = apply(&*queue, add_all([1, 2, 3], Placement::Back)).await;
    assert_eq!((first.revision.get(), first.total), (1, 3), "one batch is one change");
    let error = refused(&*queue, (3..=6).map(item).collect(), Rules::at_most(5)).await;
    assert!(matches!(error, Error::LimitReached { limit: 5 }), "{error:?}");
    let batch = apply(&*queue, add_all([3, 4, 5, 4], Placement::Back)).await;
    assert_eq!((batch.changed, batch.total), (true, 5));
    let places: Vec<_> = batch.placed.iter().map(|placed| (number(placed.item.id), placed.position)).collect();
    assert_eq!(places, [(3, 2), (4, 3), (5, 4), (4, 3)], "the answer says where each is, in the order of the batch");
    advance(&*queue, begin()).await;
    apply(&*queue, add_all([6, 7, 8], Placement::Front)).await;
    assert_eq!(listed(&*queue).await, [1, 6, 7, 8, 2, 3, 4, 5]);
    let nothing = apply(&*queue, add_all([], Placement::Back)).await;
    assert_eq!((nothing.changed, nothing.total), (false, 8));
}

/// **Q39.** A quota bounds how many items of one requester are listed, the current one and the earlier ones of the batch included; the first
/// too many is named. Items for nobody in particular are not counted.
pub async fn q39_a_quota_bounds_what_one_requester_has_listed(fixture: &mut dyn QueueFixture) {
    let queue = fixture.queue();
    let rules = Rules { max_per_requester: Some(2), ..Rules::default() };
    let user = |n, name: &str| QueueItem { requested_by: None, added_by: Some(name.into()), ..item(n) };
    let nobody = |n| QueueItem { requested_by: None, added_by: None, ..item(n) };
    apply(&*queue, add_by(vec![of(1, 5), of(2, -5), user(3, "anna"), user(4, "anna")], rules)).await;
    advance(&*queue, begin()).await;
    let error = refused(&*queue, vec![nobody(9), of(10, 5), of(11, -5), of(12, 5)], rules).await;
    assert!(matches!(error, Error::QuotaReached { index: 3, limit: 2 }), "the current item counts: {error:?}");
    let error = refused(&*queue, vec![user(13, "anna")], rules).await;
    assert!(matches!(error, Error::QuotaReached { index: 0, limit: 2 }), "{error:?}");
    let named = QueueItem { added_by: Some("anna".into()), ..of(14, 77) };
    apply(&*queue, add_by(vec![user(15, "Anna"), named, nobody(16), nobody(17), nobody(18)], rules)).await;
    advance(&*queue, played(1)).await;
    apply(&*queue, add_by(vec![of(19, 5), of(20, 5)], rules)).await;
    assert_eq!(listed(&*queue).await, [2, 3, 4, 15, 14, 16, 17, 18, 19, 20]);
}

/// **Q40.** Where duplicates are refused, media that is listed (waiting, current, or earlier in the batch) is not added again, and the answer
/// names the item that is listed. What was played may come again.
pub async fn q40_media_that_is_listed_is_not_added_again(fixture: &mut dyn QueueFixture) {
    let queue = fixture.queue();
    let rules = Rules { duplicates: Duplicates::Refuse, ..Rules::default() };
    let same = |n, as_n| QueueItem { url: item(as_n).url, ..item(n) };
    fill(&*queue, 3).await;
    apply(&*queue, add_by(vec![same(4, 3)], Rules::default())).await;
    advance(&*queue, begin()).await;
    for (batch, at, listed) in
        [(vec![same(5, 1)], 0, 1), (vec![item(6), same(7, 3)], 1, 3), (vec![item(8), item(9), same(10, 8)], 2, 8)]
    {
        let error = refused(&*queue, batch, rules).await;
        assert!(matches!(error, Error::Duplicate { index, of } if index == at && of == item_id(listed)), "{error:?}");
    }
    advance(&*queue, played(1)).await;
    assert!(apply(&*queue, add_by(vec![same(11, 1), item(2)], rules)).await.changed, "played, and the same item");
    assert_eq!(listed(&*queue).await, [2, 3, 4, 11]);
}

/// **Q41.** Under a cooldown, media that was played or skipped may be added again from a moment on, which the refusal names; what failed may
/// at once.
pub async fn q41_a_cooldown_names_when_media_may_come_again(fixture: &mut dyn QueueFixture) {
    let queue = fixture.queue();
    let rules = Rules { cooldown: Some(std::time::Duration::from_millis(500)), ..Rules::default() };
    let again = |n, as_n, at| QueueItem { url: item(as_n).url, added_at: at, ..item(n) };
    fill(&*queue, 3).await;
    advance(&*queue, begin()).await;
    advance(&*queue, ended(1, Outcome::Played)).await;
    advance(&*queue, ended(2, Outcome::Skipped)).await;
    advance(&*queue, ended(3, Outcome::Failed(FailureReason::new(FailureKind::Broken, "here")))).await;
    for n in [1, 2] {
        let end = at(2_000 + n + 500);
        let early = Timestamp::from_millis(end.as_millis() - 1);
        let error = refused(&*queue, vec![item(20), again(10 + n, n, early)], rules).await;
        assert!(matches!(error, Error::Cooldown { index: 1, until } if until == end), "{error:?}, not {end:?}");
        assert!(apply(&*queue, add_by(vec![again(10 + n, n, end)], rules)).await.changed);
    }
    assert!(apply(&*queue, add_by(vec![again(13, 3, at(2_003))], rules)).await.changed, "it failed, nobody heard it");
}

/// **Q42.** The rules are checked in the step that adds: concurrent adds never go beyond a limit, and fill it.
pub async fn q42_concurrent_adds_never_go_beyond_a_limit(fixture: &mut dyn QueueFixture) {
    let queue = fixture.queue();
    let rules = Rules { max_per_requester: Some(7), max_items: 20, ..Rules::default() };
    let adds = (1..=60).map(|n| queue.apply(STREAM, add_by(vec![of(n, n as i64 % 4)], rules)));
    let added = join_all(adds).await.into_iter().filter(Result::is_ok).count();
    let list = view(&*queue).await.items;
    assert_eq!((added, list.len()), (20, 20));
    for chat in 0..4 {
        let theirs = list.iter().filter(|item| item.requested_by == Some(chat)).count();
        assert!(theirs <= 7, "requester {chat} has {theirs}");
    }
}
