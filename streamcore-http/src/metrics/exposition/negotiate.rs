//! Which format a scraper prefers, by its `Accept` header. RFC 9110, section 12.5.1; the media types are those that Prometheus asks for.

/// What a scrape can be written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// [OpenMetrics 1.0](https://prometheus.io/docs/specs/om/open_metrics_spec/).
    OpenMetrics,
    /// The [Prometheus text format 0.0.4](https://prometheus.io/docs/instrumenting/exposition_formats/).
    Text,
}

/// No header of a scraper has more alternatives; what lies behind is not read.
const MOST_ALTERNATIVES: usize = 64;

impl Format {
    /// What a response in this format says that it is.
    #[must_use]
    pub const fn content_type(self) -> &'static str {
        match self {
            Self::OpenMetrics => "application/openmetrics-text; version=1.0.0; charset=utf-8",
            Self::Text => "text/plain; version=0.0.4; charset=utf-8",
        }
    }

    /// What who sent these `Accept` headers prefers. OpenMetrics, unless the text format is wanted more: who wants neither gets it, too, as
    /// from other exporters.
    #[must_use]
    pub fn preferred<'a>(accept: impl IntoIterator<Item = &'a str>) -> Self {
        let (mut openmetrics, mut text) = (Wanted::default(), Wanted::default());
        for alternative in accept.into_iter().flat_map(|line| line.split(',')).take(MOST_ALTERNATIVES) {
            let Some(range) = Range::parse(alternative) else { continue };
            match (range.kind, range.subtype) {
                ("application", "openmetrics-text") if range.is_version(&["1.0.0", "0.0.1"]) => {
                    openmetrics.exactly(range.quality);
                }
                ("text", "plain") if range.is_version(&["0.0.4"]) => text.exactly(range.quality),
                ("application", "*") => openmetrics.somehow(range.quality),
                ("text", "*") => text.somehow(range.quality),
                ("*", "*") => {
                    openmetrics.anyhow(range.quality);
                    text.anyhow(range.quality);
                }
                _ => {}
            }
        }
        if text.quality() > openmetrics.quality() { Self::Text } else { Self::OpenMetrics }
    }
}

/// How much something is wanted, in thousandths. What is named counts more than what a wildcard includes, and that more than what `*/*` does,
/// whatever their qualities.
#[derive(Default)]
struct Wanted {
    exact: Option<u16>,
    wild: Option<u16>,
    any: Option<u16>,
}

impl Wanted {
    fn exactly(&mut self, quality: u16) {
        self.exact = self.exact.max(Some(quality));
    }

    fn somehow(&mut self, quality: u16) {
        self.wild = self.wild.max(Some(quality));
    }

    fn anyhow(&mut self, quality: u16) {
        self.any = self.any.max(Some(quality));
    }

    fn quality(&self) -> u16 {
        self.exact.or(self.wild).or(self.any).unwrap_or(0)
    }
}

/// One alternative of an `Accept` header.
struct Range<'a> {
    kind: &'a str,
    subtype: &'a str,
    version: Option<&'a str>,
    quality: u16,
}

impl<'a> Range<'a> {
    fn parse(text: &'a str) -> Option<Self> {
        let mut parts = text.split(';').map(str::trim);
        let (kind, subtype) = parts.next()?.split_once('/')?;
        let mut range = Self { kind: name(kind), subtype: name(subtype), version: None, quality: 1_000 };
        for (key, value) in parts.filter_map(|part| part.split_once('=')) {
            let value = value.trim().trim_matches('"');
            if key.trim().eq_ignore_ascii_case("q") {
                range.quality = quality(value)?;
            } else if key.trim().eq_ignore_ascii_case("version") {
                range.version = Some(value);
            }
        }
        Some(range)
    }

    /// Without a version any is meant.
    fn is_version(&self, ours: &[&str]) -> bool {
        self.version.is_none_or(|version| ours.contains(&version))
    }
}

/// The name in lower case, if it is one that we know.
fn name(text: &str) -> &'static str {
    let known = ["application", "text", "openmetrics-text", "plain", "*"];
    known.into_iter().find(|known| known.eq_ignore_ascii_case(text.trim())).unwrap_or_default()
}

/// `0` to `1` with up to three digits behind the point, in thousandths.
fn quality(text: &str) -> Option<u16> {
    let value: f32 = text.parse().ok()?;
    (0.0..=1.0).contains(&value).then(|| (value * 1_000.0).round() as u16)
}

/// Whether who sent these `Accept-Encoding` headers takes gzip.
#[must_use]
pub fn accepts_gzip<'a>(headers: impl IntoIterator<Item = &'a str>) -> bool {
    let (mut named, mut any) = (None, None);
    for alternative in headers.into_iter().flat_map(|line| line.split(',')).take(MOST_ALTERNATIVES) {
        let mut parts = alternative.split(';').map(str::trim);
        let coding = parts.next().unwrap_or_default();
        let weight = parts.find_map(|part| part.strip_prefix("q=").or_else(|| part.strip_prefix("Q=")));
        let takes = weight.map_or(Some(1_000), |weight| quality(weight.trim())).is_some_and(|quality| quality > 0);
        if coding.eq_ignore_ascii_case("gzip") || coding.eq_ignore_ascii_case("x-gzip") {
            named = Some(takes);
        } else if coding == "*" {
            any = Some(takes);
        }
    }
    named.or(any).unwrap_or(false)
}
