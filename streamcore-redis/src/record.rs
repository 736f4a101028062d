//! Values as they are stored: lines of text, the first of which is the version of the form.
//!
//! No line is broken, as JSON has its line breaks escaped. So scripts find what they need without reading JSON, people can read what is
//! stored, and what was cut off is noticed.

use std::{fmt::Display, str::FromStr};

use bytes::Bytes;
use serde::{Serialize, de::DeserializeOwned};

use crate::error::Corrupt;

/// The version of all forms that are written now.
const VERSION: &str = "1";

/// Where a value is stored.
#[derive(Debug)]
pub(crate) struct Place {
    pub(crate) key: String,
    pub(crate) field: String,
}

impl Place {
    pub(crate) fn corrupt(&self, problem: impl Display) -> Corrupt {
        Corrupt(format!("key {}, field {}: {problem}", self.key, self.field))
    }

    /// Reads a value of so many lines, the version aside.
    pub(crate) fn lines<'a, const N: usize>(&self, value: &'a Bytes) -> Result<[&'a str; N], Corrupt> {
        let text = std::str::from_utf8(value).map_err(|error| self.corrupt(error))?;
        let mut lines = text.split('\n');
        let version = lines.next().unwrap_or_default();
        if version != VERSION {
            return Err(match version.parse::<u64>() {
                Ok(_) => self.corrupt(format!(
                    "it has version {version}, and was written by a newer version of this program; run that one"
                )),
                Err(_) => self.corrupt("it does not begin with its version, so that something else wrote it"),
            });
        }
        let lines: Vec<_> = lines.collect();
        let found = lines.len();
        lines.try_into().map_err(|_| self.corrupt(format!("it has {found} lines behind its version instead of {N}")))
    }

    pub(crate) fn json<T: DeserializeOwned>(&self, name: &str, line: &str) -> Result<T, Corrupt> {
        serde_json::from_str(line).map_err(|error| self.corrupt(format!("{name}: {error}")))
    }

    pub(crate) fn parse<T: FromStr<Err: Display>>(&self, name: &str, line: &str) -> Result<T, Corrupt> {
        line.parse().map_err(|error| self.corrupt(format!("{name}: {error}")))
    }
}

/// A value of these lines.
pub(crate) fn record(lines: &[&str]) -> String {
    let mut record = VERSION.to_owned();
    for line in lines {
        record.push('\n');
        record.push_str(line);
    }
    record
}

/// The JSON of a value; the types of the core always have one.
pub(crate) fn json(value: &impl Serialize) -> Result<String, Corrupt> {
    serde_json::to_string(value).map_err(|error| Corrupt(format!("what is to be stored has no JSON: {error}")))
}

/// A number so that texts sort as numbers do.
pub(crate) fn sortable(n: u64) -> String {
    format!("{n:020}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place() -> Place {
        Place { key: "k".to_owned(), field: "f".to_owned() }
    }

    #[test]
    fn a_record_reads_back() {
        let value = Bytes::from(record(&["a", "{\"b\":\"\\n\"}"]));
        assert_eq!(place().lines(&value), Ok(["a", "{\"b\":\"\\n\"}"]));
    }

    #[test]
    fn what_was_not_written_here_is_named() {
        for (value, problem) in [
            ("", "it does not begin with its version, so that something else wrote it"),
            ("{}", "it does not begin with its version, so that something else wrote it"),
            ("1", "it has 0 lines behind its version instead of 2"),
            ("1\na", "it has 1 lines behind its version instead of 2"),
            ("1\na\nb\nc", "it has 3 lines behind its version instead of 2"),
            ("2\na\nb", "it has version 2, and was written by a newer version of this program; run that one"),
        ] {
            let value = Bytes::from_static(value.as_bytes());
            assert_eq!(place().lines::<2>(&value), Err(Corrupt(format!("key k, field f: {problem}"))));
        }
    }
}
