//! Writes a registry whose labels are nasty in both formats, for readers that are not ours:
//! `cargo run -p streamcore-http --example metrics -- page.openmetrics page.txt`.

use std::{
    io::{Error, ErrorKind},
    sync::atomic::AtomicU64,
};

use prometheus_client::{
    metrics::{
        counter::Counter, exemplar::CounterWithExemplar, family::Family, gauge::Gauge, histogram::Histogram, info::Info,
    },
    registry::{Registry, Unit},
};
use streamcore_http::metrics::{Exposition, Format, Metrics};

fn main() -> Result<(), Error> {
    let files: Vec<_> = std::env::args_os().skip(1).collect();
    let [openmetrics, text] = files.as_slice() else {
        return Err(Error::new(ErrorKind::InvalidInput, "name two files: one for OpenMetrics, one for text 0.0.4"));
    };
    let exposition = Exposition::new(registry());
    for (file, format) in [(openmetrics, Format::OpenMetrics), (text, Format::Text)] {
        std::fs::write(file, exposition.render(format).map_err(Error::other)?)?;
    }
    Ok(())
}

/// All families of the server, and some whose texts are as bad as can be.
fn registry() -> Registry {
    let mut registry = Registry::default();
    let _ = Metrics::register(&mut registry);
    let jobs = Family::<Vec<(&str, &str)>, Counter>::default();
    for (n, nasty) in
        ["", "\"", "\\", "a\nb", "} 1 # {x=\"y\"} 2", "# EOF", "\u{1f600}\u{202e}"].into_iter().enumerate()
    {
        jobs.get_or_create(&vec![("nasty", nasty)]).inc_by(n as u64);
    }
    registry.register("nasty_jobs", "Two\nlines, \"quotes\" and a back\\slash", jobs);
    let level = Family::<Vec<(&str, &str)>, Gauge<f64, AtomicU64>>::default();
    for (name, value) in [("nan", f64::NAN), ("inf", f64::INFINITY), ("ninf", f64::NEG_INFINITY), ("zero", -0.0)] {
        level.get_or_create(&vec![("of", name)]).set(value);
    }
    registry.register("nasty_level", "What is no usual number", level);
    let traced = CounterWithExemplar::<Vec<(&str, &str)>>::default();
    traced.inc_by(2_u64, Some(vec![("id", "} # {")]), None);
    registry.register("nasty_traced", "With an exemplar", traced);
    let took = Histogram::new([0.1, 1.0]);
    took.observe(0.5);
    registry.register_with_unit("nasty_took", "How long", Unit::Seconds, took);
    registry.register("nasty_build", "What never changes", Info::new(vec![("version", "1\n\"2\"")]));
    registry
}
