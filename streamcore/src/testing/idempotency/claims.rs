use futures::future::join_all;

use super::{
    super::items::Expected,
    IdempotencyFixture,
    keys::{LIMITS, answer, claim, finish, fresh, key, ms, request},
};
use crate::idempotency::{Answer, Claim, MAX_BODY_BYTES, ScopedKey};

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
            assert_eq!(claim(&*store, n, ms(again)).await, Claim::Done(given.clone()));
        }
    }
}

/// **I3.** Another request under the same key is a mismatch, whether the first is in progress, overdue or done; it changes nothing.
pub async fn i03_another_request_under_a_key_is_a_mismatch(fixture: &mut dyn IdempotencyFixture) {
    let store = fixture.idempotency();
    let ticket = fresh(&*store, 1, ms(0)).await;
    for now in [0, 60_000, 100_000] {
        let other = store.claim(key(1), request(2), LIMITS, ms(now)).await.answered();
        assert_eq!(other, Claim::Mismatch, "{now} ms after the claim");
    }
    assert!(finish(&*store, ticket, 200, ms(100_000)).await);
    assert_eq!(store.claim(key(1), request(2), LIMITS, ms(100_001)).await.answered(), Claim::Mismatch);
    assert_eq!(claim(&*store, 1, ms(100_001)).await, Claim::Done(answer(200)));
}

/// **I4.** The same key of another caller, or on another route, is another key.
pub async fn i04_keys_of_other_callers_and_routes_are_apart(fixture: &mut dyn IdempotencyFixture) {
    let store = fixture.idempotency();
    let part = || ["a".to_owned(), "ab".to_owned(), String::new()];
    let mut tickets = Vec::new();
    for caller in part() {
        for route in part() {
            let key = ScopedKey { caller: caller.clone(), route, key: "b".into() };
            let claim = store.claim(key.clone(), request(1), LIMITS, ms(0)).await.answered();
            let Claim::Fresh(ticket) = claim else { panic!("{key:?}: {claim:?}") };
            tickets.push((key, ticket));
        }
    }
    let (first, ticket) = &tickets[0];
    finish(&*store, *ticket, 200, ms(0)).await;
    for (key, _) in &tickets {
        let expected = if key == first { Claim::Done(answer(200)) } else { Claim::InProgress };
        assert_eq!(store.claim(key.clone(), request(1), LIMITS, ms(1)).await.answered(), expected, "{key:?}");
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
    let other = store.claim(key(1), request(2), LIMITS, ms(1)).await.answered();
    let Claim::Fresh(second) = other else { panic!("an abandoned key is fresh, not {other:?}") };
    assert_ne!(second, ticket);
    store.abandon(ticket).await.answered();
    assert!(finish(&*store, second, 201, ms(2)).await, "the first ticket ended nothing of the second");
    store.abandon(second).await.answered();
    assert_eq!(store.claim(key(1), request(2), LIMITS, ms(3)).await.answered(), Claim::Done(answer(201)));
}

/// **I12.** Of concurrent claims of one key one is fresh, and the others are in progress.
pub async fn i12_of_concurrent_claims_one_is_fresh(fixture: &mut dyn IdempotencyFixture) {
    let store = fixture.idempotency();
    let claims = join_all((0..20).map(|_| store.claim(key(1), request(1), LIMITS, ms(0)))).await;
    let claims: Vec<_> = claims.into_iter().map(Expected::answered).collect();
    assert_eq!(claims.iter().filter(|claim| matches!(claim, Claim::Fresh(_))).count(), 1, "{claims:?}");
    assert_eq!(claims.iter().filter(|claim| **claim == Claim::InProgress).count(), 19, "{claims:?}");
}
