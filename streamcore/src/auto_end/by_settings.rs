use super::{AutoEndPolicy, IdleTimeout, QueueEmpty, Verdict};
use crate::{Timestamp, stream::StreamView};

/// Does what each stream's [`Settings`](super::Settings) say: ends it once it has been empty for the timeout, outside of the windows of its
/// schedule, and, if so set, with an empty queue; never, if they are not enabled.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct BySettings;

impl AutoEndPolicy for BySettings {
    fn decide(&self, view: &StreamView, now: Timestamp) -> Verdict {
        let settings = &*view.auto_end;
        if !settings.enabled || (settings.only_when_queue_empty && QueueEmpty.decide(view, now) == Verdict::Keep) {
            return Verdict::Keep;
        }
        IdleTimeout(settings.timeout).decide(view, now).and(settings.schedule.decide(view, now))
    }
}

#[cfg(test)]
mod tests {
    use std::{sync::Arc, time::Duration};

    use proptest::prelude::*;

    use super::*;
    use crate::{
        auto_end::{AllOf, Schedule, Settings},
        presence::Audience,
        testing::strategies::view_and_now,
    };

    fn decide(view: &StreamView, settings: Settings, since: u64, now: u64) -> Verdict {
        let moment = |seconds| Timestamp::from_millis(seconds * 1_000);
        let auto_end = Arc::new(settings);
        let view =
            StreamView { audience: Audience::NOBODY, empty_since: Some(moment(since)), auto_end, ..view.clone() };
        BySettings.decide(&view, moment(now))
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        /// Promise E3.
        #[test]
        fn disabled_it_never_ends((mut view, now) in view_and_now()) {
            Arc::make_mut(&mut view.auto_end).enabled = false;
            prop_assert_eq!(BySettings.decide(&view, now), Verdict::Keep);
        }

        /// Promise E9.
        #[test]
        fn it_is_all_of_the_policies_that_are_set((mut view, now) in view_and_now()) {
            let settings = Arc::make_mut(&mut view.auto_end);
            settings.enabled = true;
            let mut policies: Vec<Arc<dyn AutoEndPolicy>> =
                vec![Arc::new(IdleTimeout(settings.timeout)), Arc::new(settings.schedule.clone())];
            if settings.only_when_queue_empty {
                policies.push(Arc::new(QueueEmpty));
            }
            prop_assert_eq!(BySettings.decide(&view, now), AllOf(policies).decide(&view, now));
        }

        /// Promise E1.
        #[test]
        fn it_ends_at_the_timeout_after_the_last_window_with_an_empty_queue((view, _) in view_and_now()) {
            let ends = |seconds: u64| Verdict::KeepUntil(Timestamp::from_millis(seconds * 1_000));
            let defaults = Settings::default();
            prop_assert_eq!(decide(&view, defaults.clone(), 1_000, 1_299), ends(1_300));
            prop_assert_eq!(decide(&view, defaults.clone(), 1_000, 1_300), Verdict::End);
            prop_assert_eq!(decide(&view, defaults.clone(), 1_000, 900), ends(1_300), "a clock that was set back");
            let longer = Settings { timeout: Duration::from_secs(600), ..defaults.clone() };
            prop_assert_eq!(decide(&view, longer, 1_000, 1_300), ends(1_600));

            // 1970-01-01 was a Thursday.
            let schedule: Schedule =
                serde_json::from_str(r#"{"windows":[{"days":["thu"],"from":"00:00","to":"01:00"}]}"#).expect("good");
            let evening = Settings { schedule, ..defaults.clone() };
            prop_assert_eq!(decide(&view, evening.clone(), 1_000, 1_300), ends(3_600));
            prop_assert_eq!(decide(&view, evening.clone(), 1_000, 3_600), Verdict::End);
            prop_assert_eq!(decide(&view, evening.clone(), 3_500, 3_500), ends(3_800));
            prop_assert_eq!(decide(&view, evening, 3_500, 3_700), ends(3_800));

            let empty_only = Settings { only_when_queue_empty: true, ..defaults };
            let expected = if view.queue_empty { Verdict::End } else { Verdict::Keep };
            prop_assert_eq!(decide(&view, empty_only, 1_000, 1_300), expected);
        }
    }
}
