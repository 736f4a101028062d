use super::{
    super::items::Expected,
    IdempotencyFixture,
    keys::{LIMITS, ORIGIN, answer, claim, done, finish, fresh, key, ms, request},
};
use crate::idempotency::{Answer, Claim, Error, MAX_BODY_BYTES, MAX_CONTENT_TYPE_BYTES, MAX_KEY_BYTES, ScopedKey};

/// **I9.** A caller with as many keys as are remembered claims another one, and the key that ended the longest ago is forgotten; those of
/// other callers are not.
pub async fn i09_at_the_bound_the_key_that_ended_first_is_forgotten(fixture: &mut dyn IdempotencyFixture) {
    let store = fixture.idempotency();
    let other = ScopedKey { caller: "other".into(), ..key(1) };
    store.claim(other.clone(), request(1), ORIGIN, LIMITS, ms(0)).await.answered();
    // Finished in another order than claimed; 4 stays in progress.
    let mut tickets = Vec::new();
    for n in 1..=4 {
        tickets.push(fresh(&*store, n, ms(n)).await);
    }
    for (n, now) in [(2_u16, 10), (1, 11), (3, 12)] {
        finish(&*store, tickets[usize::from(n) - 1], n, ms(now)).await;
    }
    fresh(&*store, 5, ms(20)).await;
    assert_eq!(claim(&*store, 1, ms(20)).await, done(answer(1)));
    assert_eq!(claim(&*store, 3, ms(20)).await, done(answer(3)));
    assert_eq!(claim(&*store, 4, ms(20)).await, Claim::InProgress);
    fresh(&*store, 2, ms(20)).await;
    assert_eq!(claim(&*store, 3, ms(20)).await, done(answer(3)), "1 went, as it ended before 3");
    assert!(matches!(store.claim(other, request(1), ORIGIN, LIMITS, ms(20)).await.answered(), Claim::InProgress));
}

/// **I10.** A caller all of whose keys are in progress is refused another one, naming the limit, until one is finished, abandoned or overdue.
pub async fn i10_requests_in_progress_are_never_forgotten_for_others(fixture: &mut dyn IdempotencyFixture) {
    let store = fixture.idempotency();
    let mut tickets = Vec::new();
    for n in 1..=4 {
        tickets.push(fresh(&*store, n, ms(n)).await);
    }
    let refused = store.claim(key(5), request(1), ORIGIN, LIMITS, ms(10)).await;
    assert!(matches!(refused, Err(Error::LimitReached { limit: 4 })), "{refused:?}");
    assert_eq!(claim(&*store, 1, ms(10)).await, Claim::InProgress, "a known key needs no room");
    store.abandon(tickets[1]).await.answered();
    fresh(&*store, 5, ms(10)).await;
    assert!(store.claim(key(6), request(1), ORIGIN, LIMITS, ms(60_000)).await.is_err(), "none is overdue yet");
    fresh(&*store, 6, ms(60_001)).await;
    assert!(!finish(&*store, tickets[0], 200, ms(60_001)).await, "the claim that was overdue made room");
    assert!(finish(&*store, tickets[2], 200, ms(60_001)).await);
}

/// **I11.** A key or an answer that is larger than is kept is refused naming the part; a claim stands all the same.
pub async fn i11_what_is_too_long_is_refused(fixture: &mut dyn IdempotencyFixture) {
    let store = fixture.idempotency();
    let long = "x".repeat(MAX_KEY_BYTES + 1);
    for (field, key) in [
        ("caller", ScopedKey { caller: long.clone(), ..key(1) }),
        ("route", ScopedKey { route: long.clone(), ..key(1) }),
        ("key", ScopedKey { key: long.clone(), ..key(1) }),
    ] {
        let refused = store.claim(key, request(1), ORIGIN, LIMITS, ms(0)).await;
        assert!(
            matches!(refused, Err(Error::TooLong { field: f, max: MAX_KEY_BYTES, .. }) if f == field),
            "{refused:?}"
        );
    }
    let longest = ScopedKey { key: long[1..].into(), ..key(1) };
    assert!(matches!(store.claim(longest, request(1), ORIGIN, LIMITS, ms(0)).await.answered(), Claim::Fresh(..)));
    let ticket = fresh(&*store, 1, ms(0)).await;
    let body = Answer { body: vec![0; MAX_BODY_BYTES + 1].into(), ..answer(1) };
    let kind = Answer { content_type: "x".repeat(MAX_CONTENT_TYPE_BYTES + 1), ..answer(1) };
    for (field, larger) in [("body", body), ("content type", kind)] {
        let refused = store.finish(ticket, larger, ms(1)).await;
        assert!(matches!(refused, Err(Error::TooLong { field: f, .. }) if f == field), "{refused:?}");
    }
    assert_eq!(claim(&*store, 1, ms(1)).await, Claim::InProgress);
    assert!(finish(&*store, ticket, 200, ms(1)).await);
}
