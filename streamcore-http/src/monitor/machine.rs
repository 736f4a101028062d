//! The machine and the process: what the operating system says of them.
//!
//! A thread of its own asks every five seconds and readers take what it saw last, so no request waits for the system, and a file system that
//! hangs holds up nothing but the next sample. It ends with its [`Machine`].

use std::{
    path::{Path, PathBuf},
    sync::{
        Arc,
        mpsc::{RecvTimeoutError, SyncSender, sync_channel},
    },
    thread,
    time::Duration,
};

use streamcore::{Timestamp, runtime::Runtime};
use sysinfo::{Disk, DiskRefreshKind, Disks, MINIMUM_CPU_UPDATE_INTERVAL, Networks, System};
use tokio::sync::watch;

use crate::metrics::{Process, Usage};

/// How often the system is asked.
const EVERY: Duration = Duration::from_secs(5);

/// How long a reader waits for the very first sample, which takes a fifth of a second.
const FIRST: Duration = Duration::from_secs(2);

/// What the machine did, and what it has, at one moment. What the system does not tell is none.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct MachineSample {
    /// When it was taken.
    pub at: Timestamp,
    /// How busy all processors were together since the sample before, from 0 to 100.
    pub cpu_percent: Option<f64>,
    /// How many processors there are, as the system schedules.
    pub cores: usize,
    /// How many tasks ran or waited to, on average over one, five and fifteen minutes.
    pub load_average: Option<[f64; 3]>,
    /// Its memory.
    pub memory: MemoryFigures,
    /// The disk that holds the data directory. None of a disk that cannot be asked without the danger of waiting for ever (a network's), and
    /// of memory that looks like one.
    pub disk: Option<DiskFigures>,
    /// What went over its networks, the loopback left out.
    pub network: Option<NetworkFigures>,
    /// This process.
    pub process: ProcessFigures,
}

/// Memory, in bytes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct MemoryFigures {
    /// All of it.
    pub total: u64,
    /// What is in use and could not be freed at once.
    pub used: u64,
    /// What could be given to programs without swapping.
    pub available: u64,
}

impl MemoryFigures {
    /// What is not available, in percent of the whole.
    #[must_use]
    pub fn percent(&self) -> f64 {
        percent(self.total.saturating_sub(self.available), self.total)
    }
}

/// A disk, in bytes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct DiskFigures {
    /// All of it.
    pub total: u64,
    /// What this server can still write.
    pub free: u64,
}

impl DiskFigures {
    /// What is not free for this server.
    #[must_use]
    pub const fn used(&self) -> u64 {
        self.total.saturating_sub(self.free)
    }

    /// The same in percent of the whole.
    #[must_use]
    pub fn percent(&self) -> f64 {
        percent(self.used(), self.total)
    }
}

fn percent(part: u64, whole: u64) -> f64 {
    if whole == 0 { 0.0 } else { part as f64 * 100.0 / whole as f64 }
}

/// What went over the networks since the machine's start, in bytes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct NetworkFigures {
    /// Sent.
    pub sent: u64,
    /// Received.
    pub received: u64,
}

/// This process. What the system does not tell is none.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
#[non_exhaustive]
pub struct ProcessFigures {
    /// Processor time that it has used, in seconds.
    pub cpu_seconds: Option<f64>,
    /// Its memory that is in RAM, in bytes.
    pub resident_bytes: Option<u64>,
    /// Its address space, in bytes.
    pub virtual_bytes: Option<u64>,
    /// Files and sockets that it has open.
    pub open_files: Option<u64>,
    /// How many it may have open.
    pub open_files_limit: Option<u64>,
    /// When it began, to the second.
    pub started_at: Option<Timestamp>,
}

impl ProcessFigures {
    fn of(usage: &Usage) -> Self {
        // Of a process that runs none of these can be zero: it is what a system says that does not know.
        let known = |figure: u64| Some(figure).filter(|figure| *figure > 0);
        let files = |count: Option<usize>| count.and_then(|count| u64::try_from(count).ok());
        Self {
            cpu_seconds: Some(usage.cpu_seconds),
            resident_bytes: known(usage.resident_bytes),
            virtual_bytes: known(usage.virtual_bytes),
            open_files: files(usage.open_files),
            open_files_limit: files(usage.most_files),
            started_at: known(usage.start_seconds).map(|seconds| Timestamp::from_millis(seconds.saturating_mul(1_000))),
        }
    }
}

/// The last sample, renewed for as long as this lives.
#[derive(Debug)]
pub(super) struct Machine {
    last: watch::Receiver<Option<Arc<MachineSample>>>,
    /// Its end ends the thread.
    _stop: SyncSender<()>,
}

impl Machine {
    /// Begins to sample; the disk is the one that holds `directory`.
    pub(super) fn watch(directory: &Path, runtime: Arc<dyn Runtime>) -> Self {
        let (told, last) = watch::channel(None);
        let (stop, stopped) = sync_channel(0);
        let directory = directory.to_owned();
        let sampling = move || {
            let mut probe = match Probe::new(&directory) {
                Ok(probe) => probe,
                Err(error) => {
                    return tracing::warn!(%error, "the system tells nothing of this machine; its figures are missing");
                }
            };
            // How busy a processor is shows between two looks.
            let mut pause = MINIMUM_CPU_UPDATE_INTERVAL;
            while stopped.recv_timeout(pause) == Err(RecvTimeoutError::Timeout) {
                told.send_replace(Some(Arc::new(probe.sample(runtime.now()))));
                pause = EVERY;
            }
        };
        if let Err(error) = thread::Builder::new().name("streamcore-machine".to_owned()).spawn(sampling) {
            tracing::warn!(%error, "there is no thread to watch this machine; its figures are missing");
        }
        Self { last, _stop: stop }
    }

    /// For who never waits, and does not keep the thread.
    pub(super) fn reader(&self) -> Reader {
        Reader(self.last.clone())
    }

    /// The last sample, or the first one as soon as it is there; none if the system tells nothing.
    pub(super) async fn sample(&self) -> Option<Arc<MachineSample>> {
        let mut last = self.last.clone();
        let first = tokio::time::timeout(FIRST, last.wait_for(Option::is_some)).await;
        first.ok()?.ok().and_then(|sample| sample.clone())
    }
}

/// Sees the last sample.
pub(super) struct Reader(watch::Receiver<Option<Arc<MachineSample>>>);

impl Reader {
    /// The last sample; none before the first one.
    pub(super) fn last(&self) -> Option<Arc<MachineSample>> {
        self.0.borrow().clone()
    }
}

/// What asks the system.
struct Probe {
    system: System,
    process: Process,
    networks: Option<Networks>,
    disk: Option<Disk>,
}

impl Probe {
    fn new(directory: &Path) -> Result<Self, sysinfo::Error> {
        let mut system = System::new()?;
        system.refresh_cpu_usage();
        Ok(Self {
            system,
            process: Process::new(),
            networks: Networks::new_with_refreshed_list().ok(),
            disk: disk_of(directory),
        })
    }

    fn sample(&mut self, at: Timestamp) -> MachineSample {
        let Self { system, process, networks, disk } = self;
        system.refresh_cpu_usage();
        system.refresh_memory();
        let cores = system.cpus().len();
        let cpu = f64::from(system.global_cpu_usage());
        MachineSample {
            at,
            cpu_percent: (cores > 0 && cpu.is_finite()).then(|| cpu.clamp(0.0, 100.0)),
            cores,
            load_average: System::load_average().ok().map(|load| [load.one, load.five, load.fifteen]),
            memory: MemoryFigures {
                total: system.total_memory(),
                used: system.used_memory(),
                available: system.available_memory(),
            },
            disk: disk.as_mut().and_then(|disk| {
                disk.refresh_specifics(DiskRefreshKind::nothing().with_storage());
                (disk.total_space() > 0)
                    .then(|| DiskFigures { total: disk.total_space(), free: disk.available_space() })
            }),
            network: networks.as_mut().map(|networks| {
                networks.refresh(true);
                let others = networks.iter().filter(|(name, _)| !is_loopback(name.to_str().unwrap_or_default()));
                others.fold(NetworkFigures::default(), |sum, (_, network)| NetworkFigures {
                    sent: sum.sent.saturating_add(network.total_transmitted()),
                    received: sum.received.saturating_add(network.total_received()),
                })
            }),
            process: process.usage().as_ref().map(ProcessFigures::of).unwrap_or_default(),
        }
    }
}

fn is_loopback(name: &str) -> bool {
    name == "lo" || name == "lo0" || name.starts_with("Loopback")
}

/// The disk that holds this directory.
fn disk_of(directory: &Path) -> Option<Disk> {
    let directory: PathBuf = directory.canonicalize().ok()?;
    let disks: Vec<Disk> = Disks::new_with_refreshed_list_specifics(DiskRefreshKind::nothing()).ok()?.into();
    // Of what is mounted at one place over another the last one is seen.
    let disk = disks
        .into_iter()
        .filter(|disk| directory.starts_with(disk.mount_point()))
        .max_by_key(|disk| disk.mount_point().components().count())?;
    is_on_it(&directory, &disk).then_some(disk)
}

/// Whether nothing that is not listed, such as a network's file system, is mounted in between.
#[cfg(unix)]
fn is_on_it(directory: &Path, disk: &Disk) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    let device = |path: &Path| path.metadata().ok().map(|metadata| metadata.dev());
    device(directory).is_some_and(|directory| device(disk.mount_point()) == Some(directory))
}

#[cfg(not(unix))]
fn is_on_it(_directory: &Path, _disk: &Disk) -> bool {
    true
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::TokioRuntime;

    #[tokio::test]
    async fn the_first_sample_is_waited_for_and_is_sound() {
        let machine = Machine::watch(Path::new("."), Arc::new(TokioRuntime::new()));
        assert_eq!(machine.reader().last(), None, "no reader waits unless it asks to");
        let sample = machine.sample().await.expect("a sample");
        assert_eq!(machine.reader().last().as_ref(), Some(&sample));
        assert!(sample.cores > 0 && sample.cpu_percent.is_some_and(|percent| (0.0..=100.0).contains(&percent)));
        let memory = sample.memory;
        assert!(memory.total > 0 && memory.used <= memory.total && memory.available <= memory.total, "{memory:?}");
        assert!((0.0..=100.0).contains(&memory.percent()), "{memory:?}");
        if let Some(disk) = sample.disk {
            assert!(disk.total > 0 && disk.free <= disk.total && disk.percent() <= 100.0, "{disk:?}");
        }
        let process = sample.process;
        assert!(
            process.virtual_bytes > process.resident_bytes && process.resident_bytes > Some(1_000_000),
            "{process:?}"
        );
        assert!(process.cpu_seconds.is_some() && process.open_files_limit > process.open_files, "{process:?}");
        let age = sample.at.since(process.started_at.expect("a start"));
        assert!(age < Duration::from_secs(3_600), "it began {age:?} ago");
    }

    #[test]
    fn its_thread_ends_with_it() {
        #[derive(Debug)]
        struct Clock;
        impl Runtime for Clock {
            fn now(&self) -> Timestamp {
                Timestamp::from_millis(7)
            }
            fn sleep_until(&self, _: Timestamp) -> futures::future::BoxFuture<'static, ()> {
                Box::pin(std::future::pending())
            }
            fn spawn(&self, _: futures::future::BoxFuture<'static, ()>) {}
        }
        let clock = Arc::new(Clock);
        let machine = Machine::watch(Path::new("/"), clock.clone());
        drop(machine);
        // The thread holds the clock for as long as it goes on.
        let began = std::time::Instant::now();
        while Arc::strong_count(&clock) > 1 {
            assert!(began.elapsed() < Duration::from_secs(20), "the thread goes on");
            thread::yield_now();
        }
    }

    #[test]
    fn nothing_of_nothing_is_no_percentage_to_fear() {
        assert_eq!((MemoryFigures::default().percent(), DiskFigures::default().percent()), (0.0, 0.0));
        let disk = DiskFigures { total: 200, free: 50 };
        assert_eq!((disk.used(), disk.percent()), (150, 75.0));
        assert_eq!(MemoryFigures { total: 400, used: 50, available: 300 }.percent(), 25.0);
    }
}
