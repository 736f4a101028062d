//! What people call a URL: never its query, which may hold a secret.

use streamcore::MAX_TITLE_CHARS;
use url::Url;

/// The last part of the path, else the host.
pub(super) fn name_of(url: &Url) -> String {
    let last = url.path_segments().and_then(|mut parts| parts.rfind(|part| !part.is_empty())).map(decoded);
    let last = last.map(|last| last.chars().filter(|c| !c.is_control()).take(MAX_TITLE_CHARS).collect::<String>());
    last.filter(|last| !last.trim().is_empty()).unwrap_or_else(|| url.host_str().unwrap_or("it").to_owned())
}

/// A title made from it: without extension, underscores as spaces.
pub(super) fn title_of(url: &Url) -> String {
    let name = name_of(url);
    let has_path = url.path().len() > 1;
    let stem = match name.rsplit_once('.') {
        Some((stem, extension)) if has_path && !stem.is_empty() && extension.len() <= 5 => stem,
        _ => name.as_str(),
    };
    let title = stem.replace(['_', '+'], " ");
    let title = title.trim();
    if title.is_empty() { name } else { title.to_owned() }
}

/// Percent-decoded; as it is, if that is not UTF-8.
fn decoded(part: &str) -> String {
    let mut bytes = Vec::with_capacity(part.len());
    let mut rest = part.as_bytes();
    while let Some((first, behind)) = rest.split_first() {
        let hex = |byte: &u8| char::from(*byte).to_digit(16);
        match (first, behind) {
            (b'%', [high, low, after @ ..]) if hex(high).is_some() && hex(low).is_some() => {
                bytes.push((hex(high).unwrap_or(0) * 16 + hex(low).unwrap_or(0)) as u8);
                rest = after;
            }
            _ => {
                bytes.push(*first);
                rest = behind;
            }
        }
    }
    String::from_utf8(bytes).unwrap_or_else(|_| part.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_the_last_part_and_never_the_query() {
        for (url, name, title) in [
            ("http://h/a/Tone_of%20A.mp3?key=secret", "Tone_of A.mp3", "Tone of A"),
            ("http://radio.example/", "radio.example", "radio.example"),
            ("http://radio.example/?key=secret", "radio.example", "radio.example"),
            ("http://h/live/", "live", "live"),
            ("http://h/%D0%91%D0%B0%D1%85.ogg", "Бах.ogg", "Бах"),
            ("http://h/%ff%fe.mp3", "%ff%fe.mp3", "%ff%fe"),
            ("http://h/100%", "100%", "100%"),
            ("http://h/%00%0a.mp3", ".mp3", ".mp3"),
        ] {
            let url = Url::parse(url).unwrap();
            assert_eq!((name_of(&url).as_str(), title_of(&url).as_str()), (name, title), "{url}");
        }
    }
}
