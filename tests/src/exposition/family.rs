//! What the samples of a family must keep to, by its type.

use std::collections::BTreeMap;

use super::{Format, Sample, line, line::Reason};

/// The type of a family.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Only grows.
    Counter,
    /// Goes up and down.
    Gauge,
    /// Counts in buckets.
    Histogram,
    /// Counts in quantiles.
    Summary,
    /// OpenMetrics only: what does not change, in labels.
    Info,
    /// OpenMetrics only: one of several states.
    StateSet,
    /// `unknown` in OpenMetrics, `untyped` in the text format.
    Unknown,
}

impl Kind {
    pub(super) fn parse(text: &str, format: Format) -> Result<Self, Reason> {
        match (text, format) {
            ("counter", _) => Ok(Self::Counter),
            ("gauge", _) => Ok(Self::Gauge),
            ("histogram", _) => Ok(Self::Histogram),
            ("summary", _) => Ok(Self::Summary),
            ("info", Format::OpenMetrics) => Ok(Self::Info),
            ("stateset", Format::OpenMetrics) => Ok(Self::StateSet),
            ("unknown", Format::OpenMetrics) | ("untyped", Format::Text) => Ok(Self::Unknown),
            _ => Err(format!("{text:?} is no type of this format")),
        }
    }

    /// What may stand behind a family's name in a sample.
    pub(super) fn suffixes(self, format: Format) -> &'static [&'static str] {
        match (self, format) {
            (Self::Counter, Format::OpenMetrics) => &["_total", "_created"],
            (Self::Histogram, Format::OpenMetrics) => &["_bucket", "_sum", "_count", "_created"],
            (Self::Histogram, Format::Text) => &["_bucket", "_sum", "_count"],
            (Self::Summary, Format::OpenMetrics) => &["", "_sum", "_count", "_created"],
            (Self::Summary, Format::Text) => &["", "_sum", "_count"],
            (Self::Info, _) => &["_info"],
            (Self::Counter | Self::Gauge | Self::StateSet | Self::Unknown, _) => &[""],
        }
    }

    /// What is wrong with a family that has this name.
    pub(super) fn check_name(self, name: &str, format: Format) -> Result<(), Reason> {
        match (self, format) {
            (Self::Counter, Format::OpenMetrics) if name.ends_with("_total") => {
                Err("a counter's family has no _total, only its samples have".to_owned())
            }
            (Self::Counter, Format::Text) if !name.ends_with("_total") => {
                Err("a counter's name ends in _total".to_owned())
            }
            (Self::Info, _) if name.ends_with("_info") => Err("an info's family has no _info".to_owned()),
            _ => Ok(()),
        }
    }

    /// What is wrong with one sample that has this suffix.
    pub(super) fn check_sample(self, suffix: &str, sample: &Sample) -> Result<(), Reason> {
        let value = sample.value;
        let counts = match self {
            Self::Counter => suffix != "_created",
            Self::Histogram => matches!(suffix, "_bucket" | "_count" | "_sum"),
            Self::Summary => suffix == "_count",
            _ => false,
        };
        if counts && (value.is_nan() || value.is_sign_negative()) {
            return Err(format!("{value} is nothing that can be counted"));
        }
        if matches!(suffix, "_bucket" | "_count") && value.fract() != 0.0 {
            return Err(format!("{value} is no whole number"));
        }
        if self == Self::Info && value != 1.0 {
            return Err(format!("an info is 1, not {value}"));
        }
        if self == Self::StateSet && value != 0.0 && value != 1.0 {
            return Err(format!("a state is 0 or 1, not {value}"));
        }
        let has = |label| sample.labels.contains_key(label);
        if self == Self::Histogram && has("le") != (suffix == "_bucket") {
            return Err("the label le belongs to buckets, and to nothing else of a histogram".to_owned());
        }
        let may_have_exemplar = matches!((self, suffix), (Self::Counter, "_total") | (Self::Histogram, "_bucket"));
        if sample.has_exemplar && !may_have_exemplar {
            return Err("only counters and buckets have exemplars".to_owned());
        }
        Ok(())
    }
}

/// The labels that tell one metric of a family from another.
pub(super) fn metric(kind: Kind, sample: &Sample) -> BTreeMap<String, String> {
    let mut labels = sample.labels.clone();
    match kind {
        Kind::Histogram => drop(labels.remove("le")),
        Kind::Summary => drop(labels.remove("quantile")),
        _ => {}
    }
    labels
}

/// What is wrong with the samples of one histogram.
pub(super) fn check_histogram(samples: &[Sample], format: Format) -> Result<(), Reason> {
    let one = |suffix: &str| {
        let value = samples.iter().find(|sample| sample.name.ends_with(suffix)).map(|sample| sample.value);
        value.ok_or_else(|| format!("a histogram without {suffix}"))
    };
    let (count, _) = (one("_count")?, one("_sum")?);
    let mut before: Option<(f64, f64)> = None;
    for sample in samples.iter().filter(|sample| sample.name.ends_with("_bucket")) {
        let text = sample.labels.get("le").map_or("", String::as_str);
        let bound = line::number(text, format)?;
        if bound == f64::INFINITY && text != "+Inf" {
            return Err(format!("the last bucket is +Inf, not {text:?}"));
        }
        if let Some((lower, counted)) = before {
            if bound.partial_cmp(&lower) != Some(std::cmp::Ordering::Greater) {
                return Err(format!("the bucket {bound} comes after {lower}"));
            }
            if sample.value < counted {
                return Err(format!("the bucket {bound} has {} and a smaller one {counted}", sample.value));
            }
        }
        before = Some((bound, sample.value));
    }
    match before {
        Some((f64::INFINITY, all)) if all == count => Ok(()),
        Some((f64::INFINITY, all)) => Err(format!("the bucket +Inf has {all}, and _count {count}")),
        _ => Err("a histogram without the bucket +Inf".to_owned()),
    }
}
