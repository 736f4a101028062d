//! What people read about what is heard: the titles of the last playbacks.

use std::{collections::VecDeque, sync::Arc};

use streamcore::{PlaybackId, QueueItem};

/// How many are kept: of the playbacks that can be in the encoder's lead at once, with room to spare.
const KEPT: usize = 16;

/// Titles by playback.
#[derive(Debug, Default)]
pub(crate) struct Titles(VecDeque<(PlaybackId, Arc<str>)>);

impl Titles {
    /// This playback plays that item.
    pub(crate) fn note(&mut self, playback: PlaybackId, item: &QueueItem) {
        let artist = item.metadata.get("artist").and_then(|artist| artist.as_str()).filter(|artist| !artist.is_empty());
        let title = match artist {
            Some(artist) => format!("{artist} - {}", item.title).into(),
            None => item.title.as_str().into(),
        };
        self.0.push_back((playback, title));
        if self.0.len() > KEPT {
            self.0.pop_front();
        }
    }

    /// The title of a playback; none of the placeholder.
    pub(crate) fn of(&self, playback: PlaybackId) -> Option<Arc<str>> {
        self.0.iter().rev().find(|(noted, _)| *noted == playback).map(|(_, title)| Arc::clone(title))
    }
}

#[cfg(test)]
mod tests {
    use streamcore::{ItemId, Timestamp};

    use super::*;

    #[test]
    fn an_item_is_told_with_its_artist_and_a_placeholder_not_at_all() {
        let item = |title| QueueItem::file(ItemId::new(uuid::Uuid::from_u128(1)), title, "a.wav", Timestamp::default());
        let mut titles = Titles::default();
        titles.note(PlaybackId::new(1), &item("Prelude"));
        let mut known = item("Air");
        known.metadata.insert("artist".to_owned(), "J. S. Bach".into());
        titles.note(PlaybackId::new(2), &known);
        assert_eq!(titles.of(PlaybackId::new(1)).as_deref(), Some("Prelude"));
        assert_eq!(titles.of(PlaybackId::new(2)).as_deref(), Some("J. S. Bach - Air"));
        assert_eq!(titles.of(PlaybackId::new(3)), None);
        (10..30).for_each(|playback| titles.note(PlaybackId::new(playback), &item("x")));
        assert_eq!((titles.0.len(), titles.of(PlaybackId::new(1))), (KEPT, None), "it is bounded");
    }
}
