//! What a URL is, found out with as little as possible: something must be decoded, in bounded time, from bounded bytes.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use streamcore::{FailureKind, FailureReason, Source, media::MediaInfo};

use super::{Opened, Patience, Remote, Wanted, name::title_of};
use crate::{
    decode::{Step, Steps},
    media::readable,
};

/// How long it may take, apart from the time of a resolver, which has its own limit. Less than callers wait, so that they learn what it was that
/// took so long.
const TIME_LIMIT: Duration = Duration::from_secs(7);
/// How much may be read.
pub(super) const MAX_BYTES: u64 = 16 << 20;
/// How many packets are tried before it counts as not decodable.
const PACKETS: usize = 50;

impl Remote {
    /// Finds out what is there. Blocks, and takes a few seconds at the most, and the resolver's limit as well if it is a page.
    pub(crate) fn check(&self, url: &str) -> Result<MediaInfo, FailureReason> {
        self.check_within(url, TIME_LIMIT)
    }

    pub(super) fn check_within(&self, url: &str, limit: Duration) -> Result<MediaInfo, FailureReason> {
        let wanted = Arc::new(());
        let patience = Patience { wanted: Arc::downgrade(&wanted), until: Some(Instant::now() + limit) };
        let (mut opened, found) = self.open(url, patience, Wanted::Look)?;
        let (mut pcm, mut decoded) = (Vec::new(), false);
        for _ in 0..PACKETS {
            let step = match &mut opened {
                Opened::Live(live) => live.step(&mut pcm)?,
                Opened::Finite(finite) => finite.step(&mut pcm)?,
            };
            decoded = match &mut opened {
                Opened::Live(live) => live.decoded_any(),
                Opened::Finite(finite) => finite.reader().decoded_any,
            };
            if decoded || step == Step::End {
                break;
            }
        }
        if !decoded {
            let detail = "nothing in it could be decoded; use MP3, AAC, FLAC, Ogg Vorbis or WAV";
            return Err(FailureReason::new(FailureKind::Unsupported, detail));
        }
        let about = match &mut opened {
            Opened::Live(live) => live.first().map(|reader| reader.about(u64::MAX)),
            Opened::Finite(finite) => Some(finite.reader().about(found.length.unwrap_or(u64::MAX))),
        };
        let live = matches!(opened, Opened::Live(_));
        // Strangers wrote all of it.
        let tags = about.as_ref().and_then(|about| about.title.as_deref());
        let title = found.title.as_deref().and_then(readable).or_else(|| tags.and_then(readable));
        let title = title.or_else(|| readable(&title_of(&found.page))).unwrap_or_else(|| "untitled".to_owned());
        let artist = about.as_ref().and_then(|about| about.artist.as_deref()).and_then(readable);
        Ok(MediaInfo {
            url: found.page.to_string(),
            source: if found.resolved { Source::Youtube } else { Source::Stream },
            duration: about.and_then(|about| about.duration).filter(|_| !live),
            title,
            artist,
        })
    }
}
