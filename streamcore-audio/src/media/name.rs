//! The name under which an upload is stored: made from what the sender says, which may be anything.

use super::turns_direction;

/// Bytes of the name without its extension: a directory takes 255, and a number may be added.
const MAX_STEM_BYTES: usize = 150;

/// What a name may end with, by what the content is; the first is used if the sender's is none of them.
pub(super) fn extensions(format: &str) -> &'static [&'static str] {
    match format {
        "mp3" => &["mp3"],
        "flac" => &["flac"],
        "ogg" => &["ogg", "oga"],
        "wave" => &["wav"],
        "isomp4" => &["m4a", "m4b", "mp4"],
        "aac" => &["aac"],
        "aiff" => &["aiff", "aif"],
        _ => &["mka"],
    }
}

/// A file name in two parts, fit for any file system; none if nothing is left of it.
///
/// Only the last part of a path counts, whichever way its slashes lean. What is hidden becomes visible.
pub(super) fn sanitised(name: &str) -> Option<(String, String)> {
    let file = name.rsplit(['/', '\\']).next().unwrap_or(name);
    let clean: String = file
        .chars()
        .filter(|c| !c.is_control() && !turns_direction(*c))
        .map(|c| if r#":*?"<>|"#.contains(c) { '-' } else { c })
        .collect();
    let clean = clean.trim_matches(|c: char| c == '.' || c.is_whitespace());
    let (stem, extension) = match clean.rsplit_once('.') {
        Some((stem, extension)) if extension.len() <= 5 && extension.chars().all(|c| c.is_ascii_alphanumeric()) => {
            (stem, extension.to_ascii_lowercase())
        }
        _ => (clean, String::new()),
    };
    let end = (0..=stem.len().min(MAX_STEM_BYTES)).rev().find(|end| stem.is_char_boundary(*end)).unwrap_or(0);
    let stem = stem[..end].trim_matches(|c: char| c == '.' || c.is_whitespace());
    stem.contains(char::is_alphanumeric).then(|| (stem.to_owned(), extension))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_keeps_what_is_harmless_in_it() {
        for (given, stem, extension) in [
            ("Air.MP3", "Air", "mp3"),
            ("../../etc/passwd", "passwd", ""),
            ("C:\\Music\\So what.flac", "So what", "flac"),
            ("...hidden.ogg", "hidden", "ogg"),
            ("a\0b\nc\u{202E}gpj.mp3", "abcgpj", "mp3"),
            ("What? \"Now\": 1<2|3*.wav", "What- -Now-- 1-2-3-", "wav"),
            ("Шостакович — Вальс.mp3", "Шостакович — Вальс", "mp3"),
            ("v1.2 of it", "v1.2 of it", ""),
            ("trailing. . ", "trailing", ""),
        ] {
            assert_eq!(sanitised(given), Some((stem.to_owned(), extension.to_owned())), "{given:?}");
        }
        for nothing in ["", "/", "..", ".mp3", "\u{202E}.", " - .mp3"] {
            assert!(sanitised(nothing).is_none_or(|(stem, _)| stem == "mp3"), "{nothing:?}");
        }
        let (long, extension) = sanitised(&format!("{}.mp3", "ж".repeat(400))).unwrap();
        assert_eq!((long.len(), extension.as_str()), (150, "mp3"));
    }
}
