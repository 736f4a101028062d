//! The roster: what is known of each source now.

use std::collections::BTreeMap;

use crate::Timestamp;

use super::{Audience, Observation, SourceId, Terms, source::Source};

/// So many sources may tell about one stream, beside its own player, which always has a place.
pub const MAX_SOURCES: usize = 64;
/// So many listeners of one stream are known by identity, over all its sources.
pub const MAX_LISTENERS: usize = 100_000;

/// Who listens to one stream.
///
/// The words of its [sources](Observation), by the names of the sources. What each word means is said at [`observe`](Self::observe); how long
/// it holds is said by its [`Terms`].
///
/// ```
/// use std::collections::BTreeSet;
/// use streamcore::{Timestamp, presence::{Audience, ListenerId, Observation, Presence, SourceId, Terms}};
///
/// let (agent, alice) = (SourceId::new("telegram:agent-1")?, ListenerId::new("alice")?);
/// let mut presence = Presence::default();
/// let noon = Timestamp::from_millis(43_200_000);
/// presence.observe(noon, &agent, Terms::REMOTE, Observation::All(BTreeSet::from([alice])))?;
/// assert_eq!(presence.audience(), Audience::known(1));
///
/// // The agent has gone quiet. That is not nobody.
/// let quiet = presence.next_change().expect("its word does not hold for ever");
/// presence.expire(quiet);
/// assert_eq!(presence.audience(), Audience::UNKNOWN);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Default)]
pub struct Presence {
    /// The latest moment that was named.
    now: Timestamp,
    sources: BTreeMap<SourceId, Source>,
    arrivals: u64,
    /// How many had ever come when the player could not tell for so long that it was given up: it goes on counting from there.
    player_ever: u64,
}

/// Why an observation was not taken; nothing of it was.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TooMany {
    /// So many sources tell about the stream already.
    #[error("{limit} sources tell about this stream's listeners already; let one be gone first")]
    Sources {
        /// How many there may be.
        limit: usize,
    },
    /// More listeners of the stream would be known by identity.
    #[error("at most {limit} listeners of one stream are known by identity; tell their count instead")]
    Listeners {
        /// How many there may be.
        limit: usize,
    },
}

/// What is known of one source.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SourceView {
    /// How many listen through it, as far as is known.
    pub audience: Audience,
    /// When it was last heard of; after a restart, the moment of the restart.
    pub heard_at: Timestamp,
    /// When it will be unknown if it stays quiet; none if it is, or if its word holds until the next one.
    pub fresh_until: Option<Timestamp>,
    /// When it will be gone if it stays quiet; none if it is known, or if its word holds until the next one.
    pub gone_at: Option<Timestamp>,
}

impl Presence {
    /// After a restart: these sources were known of before, and none of them has been heard of since. All of them are unknown until they
    /// are, and whoever listens through them has been counted as arrived before.
    pub fn restored(sources: impl IntoIterator<Item = SourceId>, terms: Terms, now: Timestamp) -> Self {
        let source = Source::restored(terms, now);
        let mut presence = Self { now, ..Self::default() };
        for name in sources {
            if presence.has_place_for(&name) {
                presence.sources.insert(name, source.clone());
            }
        }
        presence.expire(now);
        presence
    }

    /// Takes what a source tells at `now`; the source's word holds on these terms from now on.
    ///
    /// A moment before one that was named already is read as that one: time does not run backwards here. What has expired is forgotten
    /// first.
    ///
    /// - [`All`](Observation::All) and [`Count`](Observation::Count) tell of everybody: they put right whatever came before.
    /// - [`Changed`](Observation::Changed) tells of those that it names. A source that was never heard of begins by it, with nobody else; one
    ///   that may have listeners before its first word begins with `All`. If there are others, who are not known by identity (it told a
    ///   count, or was unknown), those named are known and the source stays unknown until it tells of everybody. The leave of who is not
    ///   here is nothing.
    /// - [`Unknown`](Observation::Unknown) drops what was known. It is a word like others: the time until the source counts as gone
    ///   begins anew by it.
    /// - [`Gone`](Observation::Gone) forgets the source.
    ///
    /// Costs a time that grows with the listeners named and forgotten by it, and with the logarithm of those known.
    ///
    /// # Errors
    /// [`TooMany`]: nothing is taken, and the time that the source's last word holds is no longer than before.
    pub fn observe(
        &mut self,
        now: Timestamp,
        source: &SourceId,
        terms: Terms,
        observation: Observation,
    ) -> Result<(), TooMany> {
        self.expire(now);
        if observation == Observation::Gone {
            self.sources.remove(source);
            if *source == SourceId::player() {
                self.player_ever = 0;
            }
            return Ok(());
        }
        let elsewhere: usize =
            self.sources.iter().filter(|(name, _)| *name != source).map(|(_, one)| one.named()).sum();
        let room = MAX_LISTENERS.saturating_sub(elsewhere);
        let arrived = if let Some(known) = self.sources.get_mut(source) {
            known.observe(self.now, terms, observation, room)?
        } else if self.has_place_for(source) {
            let ever = if *source == SourceId::player() { self.player_ever } else { 0 };
            let mut begun = Source::begun(terms, self.now, ever);
            let arrived = begun.observe(self.now, terms, observation, room)?;
            self.sources.insert(source.clone(), begun);
            arrived
        } else {
            return Err(TooMany::Sources { limit: MAX_SOURCES });
        };
        self.arrivals = self.arrivals.saturating_add(arrived);
        self.expire(now); // terms may leave a word no time at all
        Ok(())
    }

    fn has_place_for(&self, source: &SourceId) -> bool {
        let player = SourceId::player();
        let others = self.sources.len() - usize::from(self.sources.contains_key(&player));
        *source == player || self.sources.contains_key(source) || others < MAX_SOURCES
    }

    /// Forgets what has expired by `now`.
    pub fn expire(&mut self, now: Timestamp) {
        let now = self.now.max(now);
        self.now = now;
        let player_ever = &mut self.player_ever;
        self.sources.retain(|name, source| {
            let is_gone = source.expire(now);
            if is_gone && *name == SourceId::player() {
                *player_ever = source.ever();
            }
            !is_gone
        });
    }

    /// When [`expire`](Self::expire) would next change something: always later than any moment that was named. At the end of time nothing
    /// changes any more.
    #[must_use]
    pub fn next_change(&self) -> Option<Timestamp> {
        self.sources.values().filter_map(Source::next_change).min()
    }

    /// How many listen, over all sources, as of the last call that named a time.
    #[must_use]
    pub fn audience(&self) -> Audience {
        self.sources.values().map(Source::audience).fold(Audience::NOBODY, |all, one| Audience {
            count: all.count.saturating_add(one.count),
            complete: all.complete && one.complete,
        })
    }

    /// How many have arrived in all: each time that somebody is there who was not there before counts.
    ///
    /// Exact where listeners are known by identity or the source counts who has [ever](Observation::Count) come (if that total shrinks the
    /// source began anew, and all of it counts); else as far as the number of those present grows. Of those who are there when a source is
    /// known again, as many as were there before are taken to be the same; after a [restart](Self::restored), all of them.
    #[must_use]
    pub fn arrivals(&self) -> u64 {
        self.arrivals
    }

    /// The sources, in the order of their names.
    pub fn sources(&self) -> impl Iterator<Item = (&SourceId, SourceView)> {
        self.sources.iter().map(|(name, source)| (name, source.view()))
    }
}
