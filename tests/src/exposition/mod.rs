//! A strict reader of what `/metrics` answers: OpenMetrics 1.0 and the Prometheus text format 0.0.4.
//!
//! Prometheus forgives much, and others do not. This refuses whatever the formats do not promise, and names the line: metadata that comes late
//! or twice, a family in two pieces, a suffix that its type does not have, an escape that there is not, a series twice, a histogram that does not add
//! up, a missing or early end mark. What our server never writes (empty lines, free comments, samples without a type) is refused, too.
//!
//! ```
//! use streamcore_tests::exposition::{Format, read};
//!
//! let page = "# HELP jobs Jobs that ended.\n# TYPE jobs counter\njobs_total{ok=\"yes\"} 3\njobs_total{ok=\"no\"} 1\n# EOF\n";
//! let scrape = read(page, Format::OpenMetrics)?;
//! assert_eq!(scrape.value("jobs_total", &[("ok", "no")]), Some(1.0));
//! assert_eq!(scrape.sum("jobs_total"), 4.0);
//! assert_eq!(read(page, Format::Text).map(drop).unwrap_err().line, 2);
//! # Ok::<(), streamcore_tests::exposition::Refused>(())
//! ```

mod family;
mod line;
mod reader;
#[cfg(test)]
mod round_trip;
#[cfg(test)]
mod tests;

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
};

pub use self::family::Kind;

/// What a page is written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// OpenMetrics 1.0.
    OpenMetrics,
    /// The Prometheus text format 0.0.4.
    Text,
}

impl Format {
    /// The format that a `Content-Type` names; only what our server may say.
    #[must_use]
    pub fn of_content_type(content_type: &str) -> Option<Self> {
        match content_type {
            "application/openmetrics-text; version=1.0.0; charset=utf-8" => Some(Self::OpenMetrics),
            "text/plain; version=0.0.4; charset=utf-8" => Some(Self::Text),
            _ => None,
        }
    }
}

/// Why a page was refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    /// The line, from 1.
    pub line: usize,
    /// What is wrong there.
    pub reason: String,
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: {}", self.line, self.reason)
    }
}

impl std::error::Error for Refused {}

/// What the metadata say of a family.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Family {
    /// In OpenMetrics a counter's name has no `_total`, in the text format it has.
    pub name: String,
    /// Its type.
    pub kind: Kind,
    /// What it is for, without escapes.
    pub help: Option<String>,
    /// OpenMetrics only.
    pub unit: Option<String>,
}

/// One line with a value.
#[derive(Debug, Clone, PartialEq)]
pub struct Sample {
    /// With its suffix.
    pub name: String,
    /// Without escapes.
    pub labels: BTreeMap<String, String>,
    /// The value.
    pub value: f64,
    /// In seconds, in both formats.
    pub timestamp: Option<f64>,
    /// Whether an exemplar hangs on it.
    pub has_exemplar: bool,
}

/// A page that was read.
#[derive(Debug, Clone, PartialEq)]
pub struct Scrape {
    /// In their order.
    pub families: Vec<Family>,
    /// In their order.
    pub samples: Vec<Sample>,
}

/// Reads a whole page.
///
/// # Errors
/// At the first line that the format does not allow.
pub fn read(page: &str, format: Format) -> Result<Scrape, Refused> {
    reader::read(page, format)
}

impl Scrape {
    /// The value of the one series of this name that has exactly these labels.
    #[must_use]
    pub fn value(&self, name: &str, labels: &[(&str, &str)]) -> Option<f64> {
        let is_it = |sample: &&Sample| {
            sample.name == name
                && sample.labels.len() == labels.len()
                && labels.iter().all(|(key, value)| sample.labels.get(*key).is_some_and(|v| v == value))
        };
        self.samples.iter().find(is_it).map(|sample| sample.value)
    }

    /// The sum of all series of this name; 0 if there is none.
    #[must_use]
    pub fn sum(&self, name: &str) -> f64 {
        self.series(name).map(|sample| sample.value).sum()
    }

    /// All series of this name.
    pub fn series(&self, name: &str) -> impl Iterator<Item = &Sample> {
        self.samples.iter().filter(move |sample| sample.name == name)
    }

    /// The names of all samples, each once.
    #[must_use]
    pub fn names(&self) -> BTreeSet<&str> {
        self.samples.iter().map(|sample| sample.name.as_str()).collect()
    }

    /// The family of this name.
    #[must_use]
    pub fn family(&self, name: &str) -> Option<&Family> {
        self.families.iter().find(|family| family.name == name)
    }
}
