use std::time::Duration;

use super::{
    super::{RegistryFixture, items::Expected},
    records::record,
    snapshots::running,
};
use crate::{
    StreamId,
    auto_end::{
        Overrides, Schedule,
        schedule::{ScheduleForm, WindowForm},
    },
    registry::StreamRecord,
};

/// Everything different, to something that a sloppy store would lose.
pub(super) fn overrides(n: u64) -> Overrides {
    let window = |days: &[&str], from: &str, to: &str| WindowForm {
        days: days.iter().map(|day| (*day).to_owned()).collect(),
        from: from.to_owned(),
        to: to.to_owned(),
    };
    let form = ScheduleForm {
        time_zone: "Asia/Kolkata".to_owned(),
        windows: vec![window(&["sun", "mon"], "22:30", "01:00"), window(&["wed"], "00:00", "24:00")],
    };
    Overrides {
        enabled: Some(false),
        timeout: Some(Duration::from_secs(86_400 - n)),
        warnings: Some([n, 30, 1].map(Duration::from_secs).to_vec()),
        only_when_queue_empty: Some(true),
        schedule: Schedule::try_from(form).ok(),
    }
}

/// **R13.** What is different for a stream's end by itself is returned unchanged, from its creation on; setting it replaces all of it, of this
/// stream alone, touches nothing else, and answers with the record.
pub async fn r13_setting_the_auto_end_replaces_it_and_nothing_else(fixture: &mut dyn RegistryFixture) {
    let registry = fixture.registry();
    let id = StreamId::new(1);
    let created = StreamRecord { auto_end: overrides(60), ..record(1) };
    assert!(created.auto_end.schedule.is_some(), "the windows are good");
    registry.create(created.clone()).await.answered();
    registry.create(record(2)).await.answered();
    registry.save_snapshot(id, running(1)).await.answered();
    assert_eq!(registry.get(id).await.answered(), Some(created));
    // None of warnings is not the same as the default ones.
    let silent = Overrides { warnings: Some(Vec::new()), ..Overrides::default() };
    for auto_end in [Overrides::default(), overrides(59), silent] {
        let answer = registry.set_auto_end(id, auto_end.clone()).await.answered();
        assert_eq!(answer, StreamRecord { auto_end, ..record(1) });
        assert_eq!(registry.get(id).await.answered(), Some(answer.clone()));
        assert_eq!(registry.by_uuid(answer.uuid).await.answered(), Some(answer.clone()));
        assert_eq!(registry.list(None, 9).await.answered().streams, [answer, record(2)]);
    }
    assert_eq!(registry.snapshot(id).await.answered(), Some(running(1)));
    let named = registry.rename(id, "новое имя".into()).await.answered();
    assert_eq!(named.auto_end.warnings, Some(Vec::new()), "a new name keeps it");
}
