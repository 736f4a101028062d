//! The process, under the names that every Prometheus client uses: what a scrape finds.
//!
//! Names: <https://prometheus.io/docs/instrumenting/writing_clientlibs/#process-metrics>.

use std::{
    fmt,
    sync::{Mutex, PoisonError},
};

use prometheus_client::{
    collector::Collector,
    encoding::{DescriptorEncoder, EncodeGaugeValue, EncodeMetric as _},
    metrics::{MetricType, counter::ConstCounter, gauge::ConstGauge},
    registry::Unit,
};
use sysinfo::{Pid, ProcessRefreshKind, ProcessesToUpdate, System};

/// What this process uses. What the system does not tell is left out.
#[derive(Debug)]
pub struct Process {
    /// None: the system tells nothing of processes.
    system: Option<Mutex<System>>,
}

/// What this process uses at one moment.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Usage {
    pub(crate) cpu_seconds: f64,
    pub(crate) resident_bytes: u64,
    pub(crate) virtual_bytes: u64,
    pub(crate) open_files: Option<usize>,
    pub(crate) most_files: Option<usize>,
    /// As Unix time.
    pub(crate) start_seconds: u64,
}

impl Default for Process {
    fn default() -> Self {
        Self::new()
    }
}

impl Process {
    /// This process.
    #[must_use]
    pub fn new() -> Self {
        Self { system: System::new().ok().map(Mutex::new) }
    }

    /// Asks the system: some tenths of a millisecond, and more with thousands of open files, which are counted.
    pub(crate) fn usage(&self) -> Option<Usage> {
        let me: Pid = sysinfo::get_current_pid().ok()?;
        let mut system = self.system.as_ref()?.lock().unwrap_or_else(PoisonError::into_inner);
        let wanted = ProcessRefreshKind::nothing().with_cpu().with_memory().without_tasks();
        system.refresh_processes_specifics(ProcessesToUpdate::Some(&[me]), true, wanted);
        let process = system.process(me)?;
        Some(Usage {
            cpu_seconds: process.accumulated_cpu_time() as f64 / 1_000.0,
            resident_bytes: process.memory(),
            virtual_bytes: process.virtual_memory(),
            open_files: process.open_files(),
            most_files: process.open_files_limit(),
            start_seconds: process.start_time(),
        })
    }
}

impl Collector for Process {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> fmt::Result {
        let Some(usage) = self.usage() else { return Ok(()) };
        let cpu =
            encoder.encode_descriptor("process_cpu", "Processor time", Some(&Unit::Seconds), MetricType::Counter)?;
        ConstCounter::new(usage.cpu_seconds).encode(cpu)?;
        let bytes = Some(&Unit::Bytes);
        gauge(&mut encoder, "process_resident_memory", "Memory in RAM", bytes, Some(usage.resident_bytes))?;
        gauge(&mut encoder, "process_virtual_memory", "Address space", bytes, Some(usage.virtual_bytes))?;
        gauge(&mut encoder, "process_open_fds", "Open files and sockets", None, usage.open_files.map(|n| n as u64))?;
        gauge(&mut encoder, "process_max_fds", "How many there may be", None, usage.most_files.map(|n| n as u64))?;
        let unit = Some(&Unit::Seconds);
        gauge(&mut encoder, "process_start_time", "When it began, as Unix time", unit, Some(usage.start_seconds))
    }
}

fn gauge<V: EncodeGaugeValue>(
    encoder: &mut DescriptorEncoder<'_>,
    name: &str,
    help: &str,
    unit: Option<&Unit>,
    value: Option<V>,
) -> fmt::Result
where
    ConstGauge<V>: prometheus_client::encoding::EncodeMetric,
{
    let Some(value) = value else { return Ok(()) };
    ConstGauge::new(value).encode(encoder.encode_descriptor(name, help, unit, MetricType::Gauge)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_process_uses_something_and_more_when_it_works() {
        let process = Process::new();
        let before = process.usage().expect("this system tells");
        assert!(before.resident_bytes > 100_000 && before.virtual_bytes >= before.resident_bytes, "{before:?}");
        assert!(before.start_seconds > 1_600_000_000, "{before:?}");
        assert!(before.open_files.is_some_and(|open| open > 0) && before.most_files >= before.open_files, "{before:?}");
        let worked = |usage: &Usage| usage.cpu_seconds > before.cpu_seconds;
        let mut x = 1_u64;
        let after = loop {
            for n in 0..10_000_000 {
                x = std::hint::black_box(x.wrapping_mul(31).wrapping_add(n));
            }
            let usage = process.usage().expect("it told before");
            if worked(&usage) {
                break usage;
            }
        };
        assert!(after.cpu_seconds - before.cpu_seconds < 60.0, "seconds, not milliseconds: {before:?} {after:?}");
        assert_eq!(after.start_seconds, before.start_seconds);
    }
}
