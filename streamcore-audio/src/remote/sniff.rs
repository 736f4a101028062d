//! What bytes are that are not audio, so that people are told what they gave. Pure.

/// Bytes that are looked at.
pub(super) const LOOK_AT: usize = 512;

/// What a beginning looks like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Looks {
    /// Audio, as far as one can tell.
    Playable,
    /// An MP4: its index may be at its end.
    Mp4,
    /// A page for people.
    Page,
    /// A list of addresses.
    Playlist,
    /// HLS: a list of pieces.
    Pieces,
}

/// Looks at the first bytes; what a server calls them counts for nothing.
pub(super) fn sniff(begin: &[u8]) -> Looks {
    let text = begin.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(begin).trim_ascii_start();
    let starts = |word: &str| text.get(..word.len()).is_some_and(|head| head.eq_ignore_ascii_case(word.as_bytes()));
    if begin.get(4..8) == Some(b"ftyp") {
        Looks::Mp4
    } else if ["<!doctype", "<html", "<head", "<body", "<script", "<!--", "<?xml"].into_iter().any(starts) {
        Looks::Page
    } else if starts("#EXTM3U") {
        let pieces = text.windows(7).any(|word| word == b"#EXT-X-");
        if pieces { Looks::Pieces } else { Looks::Playlist }
    } else if ["[playlist]", "http://", "https://"].into_iter().any(starts) {
        Looks::Playlist
    } else {
        Looks::Playable
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_and_lists_are_told_from_audio() {
        for (begin, looks) in [
            (&b"<!DOCTYPE html><html>"[..], Looks::Page),
            (b"\xEF\xBB\xBF \r\n\t<HTML lang=en>", Looks::Page),
            (b"<?xml version='1.0'?><rss>", Looks::Page),
            (b"#EXTM3U\n#EXTINF:-1,x\nhttp://h/x", Looks::Playlist),
            (b"#EXTM3U\n#EXT-X-VERSION:3", Looks::Pieces),
            (b"http://h/x\nhttp://h/y", Looks::Playlist),
            (b"[Playlist]\nFile1=http://h/x", Looks::Playlist),
            (b"\0\0\0\x20ftypM4A ", Looks::Mp4),
            (b"ID3\x04\0\0\0\0\0\0", Looks::Playable),
            (b"\xFF\xFB\x90\x64", Looks::Playable),
            (b"OggS", Looks::Playable),
            (b"", Looks::Playable),
            (b"<", Looks::Playable),
        ] {
            assert_eq!(sniff(begin), looks, "{:?}", String::from_utf8_lossy(begin));
        }
    }
}
