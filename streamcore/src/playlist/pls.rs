//! PLS: `File1=`, `Title1=`, `Length1=` and so on, in any order; the numbers order the entries.

use std::{collections::BTreeMap, time::Duration};

use super::{
    Entry, Error,
    text::{self, Lines},
};

/// What was said of one number so far.
#[derive(Default)]
struct Said {
    file: Option<Entry>,
    names: (Option<String>, Option<String>),
    duration: Option<Duration>,
}

pub(super) fn parse(text: &str, max: usize) -> Result<Vec<Entry>, Error> {
    let mut said: BTreeMap<u32, Said> = BTreeMap::new();
    let mut files = 0;
    for (line, pair) in Lines::of(text) {
        if pair.is_empty() || pair.starts_with(['[', ';', '#']) {
            continue;
        }
        let (name, value) = pair.split_once('=').ok_or(Error::NotAPair { line })?;
        let (name, value) = (name.trim(), value.trim());
        if let Some(number) = numbered(name, "File") {
            // One without a location is left out.
            if value.is_empty() {
                continue;
            }
            if files == max {
                return Err(Error::TooManyEntries { max, line });
            }
            files += 1;
            if said.entry(number).or_default().file.replace(text::entry(value, line)?).is_some() {
                return Err(Error::Repeated { line, number });
            }
        } else if let Some(number) = numbered(name, "Title") {
            said.entry(number).or_default().names = text::names(value);
        } else if let Some(number) = numbered(name, "Length") {
            said.entry(number).or_default().duration = text::seconds(value);
        }
    }
    let entry = |said: Said| {
        let (artist, title) = said.names;
        said.file.map(|file| Entry { artist, title, duration: said.duration, ..file })
    };
    Ok(said.into_values().filter_map(entry).collect())
}

/// The number in a name such as `File1`.
fn numbered(name: &str, kind: &str) -> Option<u32> {
    let beginning = name.get(..kind.len()).filter(|beginning| beginning.eq_ignore_ascii_case(kind))?;
    let digits = &name[beginning.len()..];
    digits.bytes().all(|byte| byte.is_ascii_digit()).then(|| digits.parse().ok()).flatten()
}
