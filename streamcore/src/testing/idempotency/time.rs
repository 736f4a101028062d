use super::{
    super::items::Expected,
    IdempotencyFixture,
    keys::{LIMITS, ORIGIN, answer, claim, done, finish, fresh, key, ms, request},
};
use crate::{Timestamp, idempotency::Claim};

/// **I6.** A claim that nobody finished is taken over by the same request when it is overdue, and not a moment earlier; the late one can
/// neither finish nor abandon it then.
pub async fn i06_an_overdue_claim_is_taken_over(fixture: &mut dyn IdempotencyFixture) {
    let store = fixture.idempotency();
    let late = fresh(&*store, 1, ms(0)).await;
    assert_eq!(claim(&*store, 1, ms(59_999)).await, Claim::InProgress);
    let second = fresh(&*store, 1, ms(60_000)).await;
    assert_ne!(second, late);
    assert!(!finish(&*store, late, 500, ms(60_001)).await);
    store.abandon(late).await.answered();
    assert_eq!(claim(&*store, 1, ms(60_002)).await, Claim::InProgress);
    assert!(finish(&*store, second, 200, ms(60_003)).await);
    assert_eq!(claim(&*store, 1, ms(60_004)).await, done(answer(200)));
}

/// **I7.** The first answer is the one that is kept; a claim that is overdue and was not taken over can still be finished.
pub async fn i07_the_first_answer_stays(fixture: &mut dyn IdempotencyFixture) {
    let store = fixture.idempotency();
    let ticket = fresh(&*store, 1, ms(0)).await;
    assert!(finish(&*store, ticket, 200, ms(90_000)).await);
    assert!(finish(&*store, ticket, 500, ms(90_001)).await);
    assert_eq!(claim(&*store, 1, ms(90_002)).await, done(answer(200)));
    // Finishing it again did not make it younger either.
    fresh(&*store, 1, ms(90_000 + 3_600_000)).await;
}

/// **I8.** A key is remembered for its time after it was claimed, and after it was finished, and then forgotten, for another request too.
pub async fn i08_keys_are_kept_for_their_time(fixture: &mut dyn IdempotencyFixture) {
    let store = fixture.idempotency();
    let kept = 3_600_000;
    let abandoned = fresh(&*store, 1, ms(0)).await;
    let second = fresh(&*store, 2, ms(0)).await;
    finish(&*store, second, 200, ms(30_000)).await;
    let other = async |n, now| store.claim(key(n), request(2), ORIGIN, LIMITS, ms(now)).await.answered();
    assert_eq!(other(1, kept - 1).await, Claim::Mismatch);
    assert!(matches!(other(1, kept).await, Claim::Fresh(..)));
    assert!(!finish(&*store, abandoned, 200, ms(kept)).await, "a forgotten claim cannot be finished");
    assert_eq!(claim(&*store, 2, ms(kept + 29_999)).await, done(answer(200)));
    assert_eq!(other(2, kept + 29_999).await, Claim::Mismatch, "being asked for makes nothing younger");
    assert!(matches!(other(2, kept + 30_000).await, Claim::Fresh(..)));
}

/// **I13.** If time runs backwards nothing is forgotten or overdue because of it.
pub async fn i13_time_that_runs_backwards_forgets_nothing(fixture: &mut dyn IdempotencyFixture) {
    let store = fixture.idempotency();
    let ticket = fresh(&*store, 1, ms(100_000)).await;
    let second = fresh(&*store, 2, ms(100_000)).await;
    finish(&*store, second, 200, ms(100_000)).await;
    for now in [Timestamp::default(), ms(0), ms(100_000)] {
        assert_eq!(claim(&*store, 1, now).await, Claim::InProgress);
        assert_eq!(claim(&*store, 2, now).await, done(answer(200)));
    }
    assert!(finish(&*store, ticket, 200, Timestamp::default()).await);
    assert_eq!(claim(&*store, 1, Timestamp::default()).await, done(answer(200)));
}
