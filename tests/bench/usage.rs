//! What a process has used, from `/proc`.

use std::fs;

/// The kernel counts in these.
const TICKS_PER_SECOND: f64 = 100.0;

pub(crate) struct Usage {
    /// User and system.
    pub(crate) cpu_seconds: f64,
    pub(crate) resident_kib: u64,
}

impl Usage {
    pub(crate) fn of(pid: u32) -> Self {
        let stat = fs::read_to_string(format!("/proc/{pid}/stat")).expect("the process runs");
        let fields: Vec<&str> = stat.rsplit_once(')').expect("a name").1.split_whitespace().collect();
        let ticks = |index: usize| fields[index].parse::<f64>().expect("a number");
        let status = fs::read_to_string(format!("/proc/{pid}/status")).expect("the process runs");
        let resident = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).expect("VmRSS");
        let kib = resident.trim().trim_end_matches("kB").trim().parse().expect("a number");
        // utime and stime are the 14th and 15th field of the line, the 12th and 13th behind the name.
        Self { cpu_seconds: (ticks(11) + ticks(12)) / TICKS_PER_SECOND, resident_kib: kib }
    }
}
