//! A page, line by line: which family a line belongs to, and whether it may come there.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use super::{
    Family, Format, Kind, Refused, Sample, Scrape,
    family::{check_histogram, metric},
    line::{self, Metadata, Reason},
};

pub(super) fn read(page: &str, format: Format) -> Result<Scrape, Refused> {
    let at = |line: usize| move |reason: Reason| Refused { line, reason };
    if page.is_empty() && format == Format::Text {
        return Ok(Reader::new(format).scrape);
    }
    let last = page.matches('\n').count() + 1;
    let page = page.strip_suffix('\n').ok_or_else(|| at(last)("the last line does not end".to_owned()))?;
    let mut reader = Reader::new(format);
    let mut lines = page.split('\n').enumerate().peekable();
    while let Some((index, line)) = lines.next() {
        if line == "# EOF" && format == Format::OpenMetrics {
            reader.close().map_err(at(index + 1))?;
            return match lines.peek() {
                None => Ok(reader.scrape),
                Some(_) => Err(at(index + 2)("something stands behind # EOF".to_owned())),
            };
        }
        reader.line(line).map_err(at(index + 1))?;
    }
    reader.close().map_err(at(last - 1))?;
    match format {
        Format::OpenMetrics => Err(at(last)("# EOF is missing".to_owned())),
        Format::Text => Ok(reader.scrape),
    }
}

/// A family whose lines are being read.
#[derive(Default)]
struct Open {
    name: String,
    kind: Option<Kind>,
    help: Option<String>,
    unit: Option<String>,
    samples: Vec<Sample>,
    /// The metric that the last sample belongs to, and where it begins; and those before it.
    metric: Option<(BTreeMap<String, String>, usize)>,
    metrics: HashSet<Vec<(String, String)>>,
    series: HashSet<(String, Vec<(String, String)>)>,
}

struct Reader {
    format: Format,
    scrape: Scrape,
    open: Option<Open>,
    families: BTreeSet<String>,
    /// The names that samples of a family may have, and whose they are.
    taken: HashMap<String, String>,
}

impl Reader {
    fn new(format: Format) -> Self {
        let scrape = Scrape { families: Vec::new(), samples: Vec::new() };
        Self { format, scrape, open: None, families: BTreeSet::new(), taken: HashMap::new() }
    }

    fn line(&mut self, line: &str) -> Result<(), Reason> {
        if line.is_empty() {
            return Err("an empty line".to_owned());
        }
        if !line.starts_with('#') {
            return self.sample(line::sample(line, self.format)?);
        }
        match line::metadata(line, self.format)? {
            Metadata::Help(name, help) => put(&mut self.family(name)?.help, help, "HELP"),
            Metadata::Type(name, kind) => {
                let kind = Kind::parse(kind, self.format)?;
                kind.check_name(name, self.format)?;
                put(&mut self.family(name)?.kind, kind, "TYPE")?;
                self.take_names(name, kind)
            }
            Metadata::Unit(name, unit) => {
                if !name.strip_suffix(unit).is_some_and(|before| unit.is_empty() || before.ends_with('_')) {
                    return Err(format!("the name does not end in the unit {unit:?}"));
                }
                put(&mut self.family(name)?.unit, unit.to_owned(), "UNIT")
            }
        }
    }

    /// The open family of this name; a new one, if it is another's.
    fn family(&mut self, name: &str) -> Result<&mut Open, Reason> {
        if self.open.as_ref().is_none_or(|open| open.name != name) {
            self.close()?;
            if !self.families.insert(name.to_owned()) {
                return Err(format!("the family {name} is there twice, or in two pieces"));
            }
            self.open = Some(Open { name: name.to_owned(), ..Open::default() });
        }
        let open = self.open.as_mut().ok_or("no family")?;
        if !open.samples.is_empty() {
            return Err(format!("metadata of {name} behind its samples"));
        }
        Ok(open)
    }

    /// No other family may have samples of the same name.
    fn take_names(&mut self, name: &str, kind: Kind) -> Result<(), Reason> {
        let suffixes = kind.suffixes(self.format).iter().copied();
        let family = (self.format == Format::OpenMetrics).then_some("");
        for taken in suffixes.chain(family).collect::<BTreeSet<_>>() {
            if let Some(other) = self.taken.insert(format!("{name}{taken}"), name.to_owned()) {
                return Err(format!("{name}{taken} could be of {name} and of {other}"));
            }
        }
        Ok(())
    }

    fn sample(&mut self, sample: Sample) -> Result<(), Reason> {
        let format = self.format;
        let open = self.open.as_mut().ok_or("a sample before any family")?;
        let kind = open.kind.ok_or_else(|| format!("a sample of {} before its TYPE", open.name))?;
        let suffix = sample.name.strip_prefix(open.name.as_str()).filter(|s| kind.suffixes(format).contains(s));
        let Some(suffix) = suffix else {
            return Err(format!("{} is no sample of {}, a {kind:?}", sample.name, open.name));
        };
        kind.check_sample(suffix, &sample)?;
        let labels: Vec<_> = sample.labels.clone().into_iter().collect();
        if !open.series.insert((sample.name.clone(), labels)) {
            return Err(format!("this series of {} was there before", sample.name));
        }
        let of = metric(kind, &sample);
        if open.metric.as_ref().is_none_or(|(last, _)| *last != of) {
            open.end_of_metric(format)?;
            if !open.metrics.insert(of.clone().into_iter().collect()) {
                return Err(format!("samples of one metric of {} with others between them", open.name));
            }
            open.metric = Some((of, open.samples.len()));
        }
        open.samples.push(sample);
        Ok(())
    }

    /// What can be said of a family only when it is whole.
    fn close(&mut self) -> Result<(), Reason> {
        let Some(mut open) = self.open.take() else { return Ok(()) };
        open.end_of_metric(self.format)?;
        let kind = open.kind.ok_or_else(|| format!("the family {} has no TYPE", open.name))?;
        self.scrape.families.push(Family { name: open.name, kind, help: open.help, unit: open.unit });
        self.scrape.samples.append(&mut open.samples);
        Ok(())
    }
}

impl Open {
    fn end_of_metric(&mut self, format: Format) -> Result<(), Reason> {
        match (self.kind, self.metric.take()) {
            (Some(Kind::Histogram), Some((_, from))) => check_histogram(&self.samples[from..], format),
            _ => Ok(()),
        }
    }
}

fn put<T>(place: &mut Option<T>, value: T, what: &str) -> Result<(), Reason> {
    match place.replace(value) {
        None => Ok(()),
        Some(_) => Err(format!("{what} is there twice")),
    }
}
