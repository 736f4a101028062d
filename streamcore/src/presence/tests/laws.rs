//! What holds whatever sources tell, in any order, on any terms, with clocks that are set back.

use proptest::{collection::vec, prelude::*};

use super::{model::Model, *};

/// How many generated stories each law is tried on; `STREAMCORE_PROPTEST_CASES` raises it.
#[expect(clippy::disallowed_methods, reason = "a test may be told by its environment how long to look")]
fn config() -> ProptestConfig {
    let cases = std::env::var("STREAMCORE_PROPTEST_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(400);
    ProptestConfig { cases, failure_persistence: None, ..ProptestConfig::default() }
}

#[derive(Debug, Clone)]
enum Step {
    /// So many milliseconds later, or earlier.
    Wait(i64),
    /// So many milliseconds later a source tells something.
    Tell(u64, SourceId, Terms, Observation),
}

/// Few names, few sources and short times, so that they meet.
fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        2 => (-8_i64..25).prop_map(Step::Wait),
        5 => (0_u64..6, sources(), terms(), observation())
            .prop_map(|(after, source, terms, word)| Step::Tell(after, source, terms, word)),
    ]
}

fn story() -> impl Strategy<Value = Vec<Step>> {
    vec(step(), 0..40)
}

fn sources() -> impl Strategy<Value = SourceId> {
    prop_oneof![Just(SourceId::player()), Just(source("a")), Just(source("b"))]
}

fn terms() -> impl Strategy<Value = Terms> {
    let span = |longest: u64| (0..longest).prop_map(Duration::from_millis);
    (prop::option::weighted(0.8, span(30)), span(30))
        .prop_map(|(fresh_for, gone_after)| Terms { fresh_for, gone_after })
}

fn ids() -> impl Strategy<Value = Vec<ListenerId>> {
    vec(prop::sample::select(vec!["ann", "bob", "cid", "dan"]).prop_map(listener), 0..4)
}

fn observation() -> impl Strategy<Value = Observation> {
    prop_oneof![
        3 => ids().prop_map(|ids| Observation::All(ids.into_iter().collect())),
        4 => (ids(), ids()).prop_map(|(joined, left)| Observation::Changed { joined, left }),
        2 => (0_u64..4, prop::option::of(0_u64..4)).prop_map(|(now, gone)| {
            Observation::Count { now, ever: gone.map(|gone| now + gone) }
        }),
        1 => Just(Observation::Unknown),
        1 => Just(Observation::Gone),
    ]
}

/// The roster and the model, told the same.
#[derive(Default)]
struct Both {
    presence: Presence,
    model: Model,
}

impl Both {
    fn after(story: &[Step]) -> Self {
        let mut both = Self::default();
        story.iter().for_each(|step| both.step(step));
        both
    }

    fn step(&mut self, step: &Step) {
        match step {
            Step::Wait(by) => {
                let to = Timestamp::from_millis(self.model.now().as_millis().saturating_add_signed(*by));
                self.presence.expire(to);
                self.model.advance(to);
            }
            Step::Tell(after, source, terms, observation) => {
                self.model.advance(self.model.now() + Duration::from_millis(*after));
                self.tell(source, *terms, observation.clone());
            }
        }
    }

    fn tell(&mut self, source: &SourceId, terms: Terms, observation: Observation) {
        let now = self.model.now();
        self.presence.observe(now, source, terms, observation.clone()).expect("far from any limit");
        self.model.observe(now, source, terms, observation);
    }

    /// All that can be seen from outside but what is next.
    fn seen(&self) -> (Vec<(SourceId, SourceView)>, Audience, u64) {
        let sources = self.presence.sources().map(|(name, view)| (name.clone(), view)).collect();
        (sources, self.presence.audience(), self.presence.arrivals())
    }

    fn check(&self) {
        let now = self.model.now();
        let expected = self.model.sources(now);
        let seen = self.presence.sources();
        let seen = seen.map(|(name, v)| (name.clone(), (v.audience, v.heard_at, v.fresh_until, v.gone_at))).collect();
        assert_eq!(expected, seen, "as of {}", now.as_millis());
        assert_eq!(self.model.audience(now), self.presence.audience());
    }
}

proptest! {
    #![proptest_config(config())]

    /// Promise P2, P3, P4, P5. What is known after any story is what follows from all words together; ghosts, the unknown and the gone
    /// included, each at its exact moment.
    #[test]
    fn the_roster_is_the_model(story in story()) {
        let mut both = Both::default();
        for step in &story {
            both.step(step);
            both.check();
        }
    }

    /// Promise P8. The next change is the next moment at which anything is known differently: not earlier, not later, never now.
    #[test]
    fn the_next_change_is_exact(story in story()) {
        let mut both = Both::after(&story);
        for _ in 0..20 {
            let (now, next) = (both.model.now(), both.presence.next_change());
            let before = both.model.sources(now);
            let horizon = next.map_or(now.as_millis() + 100, Timestamp::as_millis);
            for moment in now.as_millis()..horizon {
                let moment = Timestamp::from_millis(moment);
                prop_assert_eq!(&before, &both.model.sources(moment), "something changed at {}", moment.as_millis());
            }
            let Some(next) = next else { break };
            prop_assert!(next > now);
            both.model.advance(next);
            both.presence.expire(next);
            prop_assert_ne!(before, both.model.sources(next), "nothing changed at {}", next.as_millis());
            both.check();
        }
        prop_assert_eq!(both.presence.next_change(), None, "it comes to rest");
    }

    /// Promise P1. A word that comes twice is as good as once.
    #[test]
    fn a_repeated_word_changes_nothing(story in story(), name in sources(), terms in terms(), word in observation()) {
        let mut both = Both::after(&story);
        both.tell(&name, terms, word.clone());
        let (once, next) = (both.seen(), both.presence.next_change());
        if matches!(&terms.fresh_for, Some(span) if span.is_zero()) {
            return Ok(()); // such a word is forgotten before it can be repeated
        }
        both.tell(&name, terms, word);
        prop_assert_eq!((once, next), (both.seen(), both.presence.next_change()));
    }

    /// Promise P1. Joins commute, with each other and with themselves.
    #[test]
    fn the_order_of_joins_is_irrelevant(story in story(), name in sources(), terms in terms(), mut names in ids()) {
        prop_assume!(terms.fresh_for.is_none_or(|span| !span.is_zero()));
        let (mut one_by_one, mut at_once) = (Both::after(&story), Both::after(&story));
        for id in names.iter().chain(&names) {
            let joined = vec![id.clone()];
            one_by_one.tell(&name, terms, Observation::Changed { joined, left: Vec::new() });
        }
        names.reverse();
        if !names.is_empty() {
            at_once.tell(&name, terms, Observation::Changed { joined: names, left: Vec::new() });
        }
        prop_assert_eq!(one_by_one.seen(), at_once.seen());
    }

    /// Promise P2. After a list the source is exactly that list, whatever was told, lost or confused before.
    #[test]
    fn a_list_puts_everything_right(story in story(), name in sources(), names in ids()) {
        let mut both = Both::after(&story);
        let names: BTreeSet<_> = names.into_iter().collect();
        let expected = known(names.len() as u64);
        both.tell(&name, Terms::LOCAL, Observation::All(names.clone()));
        let seen = both.presence.sources().find(|(source, _)| **source == name).map(|(_, view)| view.audience);
        prop_assert_eq!(seen, Some(expected));
        both.tell(&name, Terms::LOCAL, Observation::Changed { joined: Vec::new(), left: names.into_iter().collect() });
        let seen = both.presence.sources().find(|(source, _)| **source == name).map(|(_, view)| view.audience);
        prop_assert_eq!(seen, Some(known(0)), "and exactly these were here");
    }

    /// Promise P6. Leaves of people who are not here, as many as you like, are nothing.
    #[test]
    fn leaves_of_nobody_are_nothing(story in story(), name in sources(), terms in terms(), times in 1_usize..20) {
        let mut both = Both::after(&story);
        let before = both.presence.audience().count;
        for _ in 0..times {
            let left = vec![listener("somebody else")];
            both.tell(&name, Terms { fresh_for: None, ..terms }, Observation::Changed { joined: Vec::new(), left });
            both.check();
            prop_assert!(both.presence.audience().count <= before);
        }
    }

    /// Promise P9. As many have arrived as are here, at least. (Totals of who has ever come are as good as the source that tells them.)
    #[test]
    fn whoever_is_here_has_arrived(story in story()) {
        let mut both = Both::default();
        for mut step in story {
            if let Step::Tell(.., Observation::Count { ever, .. }) = &mut step {
                *ever = None;
            }
            both.step(&step);
            prop_assert!(both.presence.arrivals() >= both.presence.audience().count);
        }
    }
}
