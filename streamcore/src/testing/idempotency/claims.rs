use futures::future::join_all;

use super::{
    super::items::Expected,
    IdempotencyFixture,
    keys::{LIMITS, ORIGIN, answer, claim, done, finish, fresh, key, ms, request},
};
use crate::{
    Timestamp,
    idempotency::{Answer, Claim, Idempotency, MAX_BODY_BYTES, Origin, ScopedKey, Ticket},
};

/// **I1.** A key is fresh once; until it is finished the same request is told that it is in progress.
pub async fn i01_a_key_is_fresh_once(fixture: &mut dyn IdempotencyFixture) {
    let store = fixture.idempotency();
    let ticket = fresh(&*store, 1, ms(0)).await;
    assert_eq!(claim(&*store, 1, ms(0)).await, Claim::InProgress);
    assert_eq!(claim(&*store, 1, ms(59_999)).await, Claim::InProgress);
    assert_ne!(fresh(&*store, 2, ms(0)).await, ticket);
}

/// **I2.** Once it is finished the same request is given the same answer, unchanged, as often as it is repeated.
pub async fn i02_the_answer_is_given_again_unchanged(fixture: &mut dyn IdempotencyFixture) {
    let store = fixture.idempotency();
    let large = Answer { status: u16::MAX, content_type: String::new(), body: vec![0x80; MAX_BODY_BYTES].into() };
    for (n, given) in [(1, answer(201)), (2, large), (3, Answer { body: Vec::new().into(), ..answer(204) })] {
        let ticket = fresh(&*store, n, ms(0)).await;
        assert!(store.finish(ticket, given.clone(), ms(1)).await.answered());
        for again in 2..4 {
            assert_eq!(claim(&*store, n, ms(again)).await, done(given.clone()));
        }
    }
}

/// **I3.** Another request under the same key is a mismatch, whether the first is in progress, overdue or done; it changes nothing.
pub async fn i03_another_request_under_a_key_is_a_mismatch(fixture: &mut dyn IdempotencyFixture) {
    let store = fixture.idempotency();
    let ticket = fresh(&*store, 1, ms(0)).await;
    for now in [0, 60_000, 100_000] {
        let other = store.claim(key(1), request(2), ORIGIN, LIMITS, ms(now)).await.answered();
        assert_eq!(other, Claim::Mismatch, "{now} ms after the claim");
    }
    assert!(finish(&*store, ticket, 200, ms(100_000)).await);
    assert_eq!(store.claim(key(1), request(2), ORIGIN, LIMITS, ms(100_001)).await.answered(), Claim::Mismatch);
    assert_eq!(claim(&*store, 1, ms(100_001)).await, done(answer(200)));
}

/// **I4.** The same key of another caller, or on another route, is another key.
pub async fn i04_keys_of_other_callers_and_routes_are_apart(fixture: &mut dyn IdempotencyFixture) {
    let store = fixture.idempotency();
    let part = || ["a".to_owned(), "ab".to_owned(), String::new()];
    let mut tickets = Vec::new();
    for caller in part() {
        for route in part() {
            let key = ScopedKey { caller: caller.clone(), route, key: "b".into() };
            let claim = store.claim(key.clone(), request(1), ORIGIN, LIMITS, ms(0)).await.answered();
            let Claim::Fresh(ticket, _) = claim else { panic!("{key:?}: {claim:?}") };
            tickets.push((key, ticket));
        }
    }
    let (first, ticket) = &tickets[0];
    finish(&*store, *ticket, 200, ms(0)).await;
    for (key, _) in &tickets {
        let expected = if key == first { done(answer(200)) } else { Claim::InProgress };
        assert_eq!(store.claim(key.clone(), request(1), ORIGIN, LIMITS, ms(1)).await.answered(), expected, "{key:?}");
    }
}

/// **I5.** An abandoned key is fresh, for another request too; its ticket can finish nothing any more. What is finished cannot be abandoned.
pub async fn i05_an_abandoned_key_is_fresh(fixture: &mut dyn IdempotencyFixture) {
    let store = fixture.idempotency();
    let ticket = fresh(&*store, 1, ms(0)).await;
    for _ in 0..2 {
        store.abandon(ticket).await.answered();
    }
    assert!(!finish(&*store, ticket, 200, ms(1)).await);
    let other = store.claim(key(1), request(2), ORIGIN, LIMITS, ms(1)).await.answered();
    let Claim::Fresh(second, _) = other else { panic!("an abandoned key is fresh, not {other:?}") };
    assert_ne!(second, ticket);
    store.abandon(ticket).await.answered();
    assert!(finish(&*store, second, 201, ms(2)).await, "the first ticket ended nothing of the second");
    store.abandon(second).await.answered();
    assert_eq!(store.claim(key(1), request(2), ORIGIN, LIMITS, ms(3)).await.answered(), done(answer(201)));
}

/// **I12.** Of concurrent claims of one key one is fresh, and the others are in progress.
pub async fn i12_of_concurrent_claims_one_is_fresh(fixture: &mut dyn IdempotencyFixture) {
    let store = fixture.idempotency();
    let claims = join_all((0..20).map(|_| store.claim(key(1), request(1), ORIGIN, LIMITS, ms(0)))).await;
    let claims: Vec<_> = claims.into_iter().map(Expected::answered).collect();
    assert_eq!(claims.iter().filter(|claim| matches!(claim, Claim::Fresh(..))).count(), 1, "{claims:?}");
    assert_eq!(claims.iter().filter(|claim| **claim == Claim::InProgress).count(), 19, "{claims:?}");
}

/// **I16.** A key keeps the origin of its first claim, however it ended, until it is forgotten.
pub async fn i16_a_key_keeps_its_origin_until_it_is_forgotten(fixture: &mut dyn IdempotencyFixture) {
    let store = fixture.idempotency();
    let one = |n| Origin([n; 16]);
    let first = claimed_with(&*store, one(1), one(1), ms(0)).await;
    let taken_over = claimed_with(&*store, one(2), one(1), ms(60_000)).await;
    store.abandon(first).await.answered();
    store.abandon(taken_over).await.answered();
    let second = claimed_with(&*store, one(3), one(1), ms(60_001)).await;
    finish(&*store, second, 200, ms(60_002)).await;
    let again = store.claim(key(1), request(1), one(4), LIMITS, ms(60_003)).await.answered();
    assert_eq!(again, Claim::Done(answer(200), one(1)));
    let later = claimed_with(&*store, one(5), one(5), ms(60_002 + 3_600_000)).await;
    store.abandon(later).await.answered();
    claimed_with(&*store, one(6), one(6), ms(60_002 + 7_200_000)).await;
}

/// Claims key 1 with this origin, and has that one.
async fn claimed_with(store: &dyn Idempotency, origin: Origin, has: Origin, now: Timestamp) -> Ticket {
    match store.claim(key(1), request(1), origin, LIMITS, now).await.answered() {
        Claim::Fresh(ticket, kept) => {
            assert_eq!(kept, has, "at {now}");
            ticket
        }
        other => panic!("the key is fresh at {now}, not {other:?}"),
    }
}
