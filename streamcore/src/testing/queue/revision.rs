use super::super::{QueueFixture, item_id, items::*};
use crate::{
    Revision,
    queue::{Error, Op},
};

/// **Q24.** Every change raises the revision, the answer names the revision after it, and nothing else raises it.
pub async fn q24_every_change_raises_the_revision_and_nothing_else_does(fixture: &mut dyn QueueFixture) {
    let queue = fixture.queue();
    let mut last = Revision::default();
    let changes = [
        add(1),
        add(2),
        add_front(3),
        add(1),
        move_to(3, 2),
        move_to(3, 2),
        remove(2),
        Op::Clear.into(),
        Op::Clear.into(),
    ];
    for change in changes {
        let applied = apply(&*queue, change.clone()).await;
        assert_eq!(applied.changed, applied.revision > last, "{change:?} went from {last} to {}", applied.revision);
        assert_eq!(view(&*queue).await.revision, applied.revision, "{change:?}");
        last = applied.revision;
    }
    fill(&*queue, 2).await;
    last = view(&*queue).await.revision;
    for step in [begin(), played(1), played(1), played(9), played(2), begin()] {
        let advanced = advance(&*queue, step.clone()).await;
        assert_eq!(advanced.changed, advanced.revision > last, "{step:?}");
        assert_eq!(view(&*queue).await.revision, advanced.revision, "{step:?}");
        last = advanced.revision;
    }
}

/// **Q25.** An edit that names an older revision is refused with the present one, before anything else about it is looked at; one that names
/// the present revision is made.
pub async fn q25_an_edit_of_an_older_revision_is_refused_first(fixture: &mut dyn QueueFixture) {
    let queue = fixture.queue();
    let first = at_revision(add(1), Revision::new(0));
    assert!(apply(&*queue, first.clone()).await.changed, "an untouched queue is at revision 0");
    apply(&*queue, add(2)).await;
    let present = advance(&*queue, begin()).await.revision;
    for change in [add(3), add(1), remove(1), remove(99), move_to(2, 77), Op::Clear.into()] {
        for wrong in [Revision::default(), present.next()] {
            let answer = queue.apply(STREAM, at_revision(change.clone(), wrong)).await;
            assert!(
                matches!(answer, Err(Error::RevisionMismatch { current }) if current == present),
                "{change:?} at {wrong}: {answer:?}"
            );
        }
    }
    let applied = apply(&*queue, at_revision(remove(2), present)).await;
    assert!(applied.changed && applied.revision > present);
}

/// **Q26.** An edit that is refused changes nothing: no item, no revision.
pub async fn q26_a_refused_edit_changes_nothing(fixture: &mut dyn QueueFixture) {
    let queue = fixture.queue();
    fill(&*queue, 3).await;
    advance(&*queue, begin()).await;
    let before = view(&*queue).await;
    let full = Op::Add {
        items: vec![super::super::item(9)],
        placement: crate::queue::Placement::Back,
        rules: crate::queue::Rules::at_most(3),
    };
    let refused =
        [full.into(), remove(9), remove(1), move_to(2, 9), move_to(3, 0), at_revision(remove(2), Revision::new(999))];
    for change in refused {
        let answer = queue.apply(STREAM, change.clone()).await;
        assert!(answer.is_err(), "{change:?}: {}", text(&answer));
        assert_eq!(view(&*queue).await, before, "{change:?}");
    }
    assert!(queue.apply(STREAM, remove(2)).await.is_ok(), "and the queue goes on: {}", item_id(2));
}
