//! Which of our two languages a reader prefers.

use warp::http::{HeaderMap, header};

/// A language that messages come in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Language {
    English,
    Russian,
}

impl Language {
    /// Russian if `Accept-Language` prefers it to English, else English.
    pub(crate) fn preferred(headers: &HeaderMap) -> Self {
        let value = headers.get(header::ACCEPT_LANGUAGE).and_then(|v| v.to_str().ok()).unwrap_or_default();
        let (mut russian, mut english) = (0, 0);
        for entry in value.split(',') {
            let mut parts = entry.split(';').map(str::trim);
            let tag = parts.next().unwrap_or_default().to_ascii_lowercase();
            let weight = parts.find_map(|p| p.strip_prefix("q=")).map_or(1_000, thousandths);
            // Of two with the same weight the first named wins.
            match tag.split('-').next() {
                Some("ru") if weight > english => russian = russian.max(weight),
                Some("en") if weight > russian => english = english.max(weight),
                _ => {}
            }
        }
        if russian > english { Self::Russian } else { Self::English }
    }

    pub(crate) fn tag(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::Russian => "ru",
        }
    }
}

fn thousandths(q: &str) -> u32 {
    let q: f32 = q.parse().unwrap_or(0.0);
    // A weight is between 0 and 1; whatever else somebody sends is cut to that.
    (q.clamp(0.0, 1.0) * 1_000.0) as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prefers_as_the_browser_does() {
        for (value, expected) in [
            ("ru-RU,ru;q=0.9,en-US;q=0.8,en;q=0.7", Language::Russian),
            ("en-US,en;q=0.9,ru;q=0.8", Language::English),
            ("de, ru;q=0.5", Language::Russian),
            ("ru;q=0", Language::English),
            ("en,ru", Language::English),
            ("ru,en", Language::Russian),
            ("*", Language::English),
            ("ru;q=banana", Language::English),
            ("", Language::English),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(header::ACCEPT_LANGUAGE, value.parse().unwrap());
            assert_eq!(Language::preferred(&headers), expected, "{value}");
        }
    }
}
