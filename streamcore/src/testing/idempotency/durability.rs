use super::{
    super::items::Expected,
    IdempotencyFixture,
    keys::{answer, claim, done, finish, fresh, ms},
};
use crate::idempotency::Claim;

/// **I14.** Claims and answers survive a restart of a durable store, and no ticket is given again. Others do not take part.
pub async fn i14_keys_survive_a_restart(fixture: &mut dyn IdempotencyFixture) {
    if !fixture.capabilities().durable {
        return;
    }
    let (claimed, last) = {
        let store = fixture.idempotency();
        let (claimed, second) = (fresh(&*store, 1, ms(0)).await, fresh(&*store, 2, ms(0)).await);
        finish(&*store, second, 200, ms(1)).await;
        let last = fresh(&*store, 3, ms(0)).await;
        store.abandon(last).await.answered();
        (claimed, last)
    };
    fixture.reopen().await;
    let store = fixture.idempotency();
    assert_eq!(claim(&*store, 1, ms(2)).await, Claim::InProgress);
    assert_eq!(claim(&*store, 2, ms(2)).await, done(answer(200)));
    assert!(fresh(&*store, 3, ms(2)).await > last);
    assert!(finish(&*store, claimed, 201, ms(3)).await, "a ticket of before still counts");
    assert_eq!(claim(&*store, 1, ms(4)).await, done(answer(201)));
}

/// **I15.** On a store that can be shared, a key is fresh once among all handles, and an answer that one kept is given by the others. Others
/// do not take part.
pub async fn i15_a_second_handle_sees_what_the_first_claimed(fixture: &mut dyn IdempotencyFixture) {
    if !fixture.capabilities().shared {
        return;
    }
    let (one, two) = (fixture.idempotency(), fixture.another().await);
    let ticket = fresh(&*one, 1, ms(0)).await;
    assert_eq!(claim(&*two, 1, ms(0)).await, Claim::InProgress);
    assert!(finish(&*two, ticket, 200, ms(1)).await);
    assert_eq!(claim(&*one, 1, ms(2)).await, done(answer(200)));
}
