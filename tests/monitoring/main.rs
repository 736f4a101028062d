//! The files of `examples/monitoring`, without a server: they hold together, name nothing that does not exist, and Prometheus' own tool takes them.
//! With a server and a Prometheus: `tests/system/prometheus`.

mod dashboard;
mod names;
mod promtool;
mod readme;
