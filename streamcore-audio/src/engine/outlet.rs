//! Where the reports of one opened stream go, until it is closed.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{Arc, Mutex, MutexGuard, PoisonError, TryLockError, Weak},
};

use streamcore::player::{Report, Reports};

use crate::mount::{Crowd, Mount};

/// The way out for reports, which come out one at a time.
///
/// **Guarantee.** Once [`close`](Self::close) has returned, nothing comes out of it any more, whatever its engine is still about to tell; so that
/// nothing of it can reach a later session of the same stream.
///
/// **Listeners come and go on any thread**, also in the middle of a report, and none of them waits: who finds a report under way leaves a note, and
/// the one who reports looks for notes when it has done. The crowd is counted in the moment it is told, so that what is told last is what holds.
#[derive(Debug)]
pub(crate) struct Outlet {
    out: Mutex<Out>,
    /// Whether the crowd is to be told. Held only in passing: to leave a note together with trying for `out`, or to let go of `out` together with
    /// looking for notes.
    note: Mutex<bool>,
    mount: Weak<Mount>,
}

#[derive(Debug)]
struct Out {
    /// None once it is closed.
    reports: Option<Reports>,
    /// What was told of the crowd last, there.
    told: Option<Crowd>,
}

impl Outlet {
    /// Of this mount, whose listeners it counts.
    pub(crate) fn new(reports: Reports, mount: &Arc<Mount>) -> Self {
        let out = Out { reports: Some(reports), told: None };
        Self { out: Mutex::new(out), note: Mutex::new(false), mount: Arc::downgrade(mount) }
    }

    fn out(&self) -> MutexGuard<'_, Out> {
        self.out.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn note(&self) -> MutexGuard<'_, bool> {
        self.note.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn send(&self, report: Report) {
        let out = self.out();
        // Under the lock: that is what makes it either before the end or not at all. Sending does not block.
        if let Some(reports) = &out.reports {
            reports.send(report);
        }
        self.let_go(out);
    }

    /// Somebody came or left: that is told now, or right behind the report that is under way.
    pub(crate) fn crowd_changed(&self) {
        let mut note = self.note();
        *note = true;
        let out = match self.out.try_lock() {
            Ok(out) => out,
            Err(TryLockError::Poisoned(poisoned)) => poisoned.into_inner(),
            Err(TryLockError::WouldBlock) => return,
        };
        drop(note);
        self.let_go(out);
    }

    /// Reports go there from now on, beginning with how many listen; unless it is closed.
    pub(crate) fn lead_to(&self, reports: Reports) {
        let mut out = self.out();
        let old = out.reports.as_mut().map(|old| std::mem::replace(old, reports));
        out.told = None;
        *self.note() = true;
        self.let_go(out);
        drop(old); // what it owns may do anything
    }

    pub(crate) fn close(&self) {
        let last = self.out().reports.take();
        drop(last);
    }

    /// Gives the way out free, when every note that was left meanwhile is obeyed.
    fn let_go(&self, mut out: MutexGuard<'_, Out>) {
        loop {
            let mut note = self.note();
            if !std::mem::take(&mut *note) {
                // Before the note can be written on again: whoever writes on it then finds the way free.
                return drop(out);
            }
            drop(note);
            out.tell_crowd(&self.mount);
        }
    }
}

impl Out {
    /// The thread may be a listener's, which no report is to harm.
    fn tell_crowd(&mut self, mount: &Weak<Mount>) {
        let (Some(mount), Some(reports)) = (mount.upgrade(), &self.reports) else { return };
        let crowd = mount.crowd();
        if self.told.replace(crowd) == Some(crowd) {
            return;
        }
        let report = Report::Listeners { count: crowd.now, ever: crowd.ever };
        if catch_unwind(AssertUnwindSafe(|| reports.send(report))).is_err() {
            tracing::error!("reporting panicked");
        }
    }
}

#[cfg(test)]
mod tests {
    use std::{
        collections::BTreeSet,
        sync::atomic::{AtomicUsize, Ordering},
        thread,
    };

    use super::*;
    use crate::mount::Limits;

    const LIMITS: Limits = Limits { burst_frames: 10, lag_frames: 100, max_listeners: 1_000, sample_rate: 44_100 };

    /// A mount that tells a list.
    fn told_to(told: &Arc<Mutex<Vec<Report>>>) -> (Arc<Mount>, Arc<Outlet>) {
        let mount = Mount::new(LIMITS);
        let outlet = Arc::new(Outlet::new(into(told), &mount));
        mount.reports_to(Arc::clone(&outlet));
        (mount, outlet)
    }

    fn into(told: &Arc<Mutex<Vec<Report>>>) -> Reports {
        let told = Arc::clone(told);
        Reports::new(move |report| told.lock().unwrap().push(report))
    }

    fn crowds(told: &Mutex<Vec<Report>>) -> Vec<(u64, u64)> {
        let crowd = |report: &Report| match report {
            Report::Listeners { count, ever } => Some((*count, *ever)),
            _ => None,
        };
        told.lock().unwrap().iter().filter_map(crowd).collect()
    }

    #[test]
    fn nothing_comes_out_after_the_close() {
        let told = Arc::default();
        let (mount, outlet) = told_to(&told);
        let _one = mount.listen().unwrap();
        outlet.close();
        let _two = mount.listen().unwrap();
        outlet.send(Report::ListenersUnknown);
        outlet.lead_to(into(&told));
        outlet.crowd_changed();
        assert_eq!(*told.lock().unwrap(), [Report::Listeners { count: 1, ever: 1 }]);
    }

    /// Promise A16.
    #[test]
    fn who_comes_and_who_leaves_is_told_once_and_at_once() {
        let told = Arc::default();
        let (mount, outlet) = told_to(&told);
        outlet.crowd_changed();
        outlet.crowd_changed();
        assert_eq!(crowds(&told), [(0, 0)], "that nobody listens is told, and not again");
        let one = mount.listen().unwrap();
        let two = mount.listen().unwrap();
        drop(one);
        drop(mount.listen().unwrap());
        drop(two);
        assert_eq!(crowds(&told), [(0, 0), (1, 1), (2, 2), (1, 2), (2, 3), (1, 3), (0, 3)]);
        let elsewhere = Arc::default();
        outlet.lead_to(into(&elsewhere));
        assert_eq!(crowds(&elsewhere), [(0, 3)], "a new place is told what holds");
        drop(mount.listen().unwrap());
        assert_eq!(crowds(&elsewhere), [(0, 3), (1, 4), (0, 4)]);
        assert_eq!(crowds(&told).len(), 7, "and the old one nothing more");
    }

    #[test]
    fn who_comes_or_leaves_in_the_middle_of_a_report_is_told_behind_it() {
        let told: Arc<Mutex<Vec<Report>>> = Arc::default();
        let mount = Mount::new(LIMITS);
        let (into, here) = (Arc::clone(&told), Arc::downgrade(&mount));
        let seats = Mutex::new(Vec::new());
        let restless = Reports::new(move |report| {
            if report == Report::ListenersUnknown {
                let mut seats = seats.lock().unwrap();
                seats.push(here.upgrade().unwrap().listen().unwrap());
                seats.push(here.upgrade().unwrap().listen().unwrap());
                seats.pop();
            }
            into.lock().unwrap().push(report);
        });
        let outlet = Arc::new(Outlet::new(restless, &mount));
        mount.reports_to(Arc::clone(&outlet));
        outlet.send(Report::ListenersUnknown);
        assert_eq!(*told.lock().unwrap(), [Report::ListenersUnknown, Report::Listeners { count: 1, ever: 2 }]);
        outlet.close(); // it owns a seat, whose end reports
        assert_eq!(mount.crowd(), Crowd { now: 0, ever: 2 });
    }

    #[test]
    fn a_report_that_panics_harms_no_listener() {
        let mount = Mount::new(LIMITS);
        let calls = Arc::new(AtomicUsize::new(0));
        let called = Arc::clone(&calls);
        let broken = Reports::new(move |_| {
            called.fetch_add(1, Ordering::Relaxed);
            panic!("told to");
        });
        let outlet = Arc::new(Outlet::new(broken, &mount));
        mount.reports_to(Arc::clone(&outlet));
        drop(mount.listen().unwrap());
        assert_eq!((calls.load(Ordering::Relaxed), mount.crowd().now), (2, 0));
        let told = Arc::default();
        outlet.lead_to(into(&told));
        assert_eq!(crowds(&told), [(0, 1)]);
    }

    /// Promise A16. Many threads come and go while another reports: no count is ever below what it was when it was taken, none is told behind a newer
    /// one, and the last one is the truth.
    #[test]
    fn comings_and_goings_on_many_threads_end_at_the_true_count() {
        const THREADS: u64 = 8;
        const EACH: u64 = 400;
        const STAY: u64 = 3;
        let told = Arc::default();
        let (mount, outlet) = told_to(&told);
        let done = AtomicUsize::new(0);
        let stayed = Mutex::new(Vec::new());
        thread::scope(|scope| {
            for _ in 0..THREADS {
                scope.spawn(|| {
                    let mut mine = Vec::new();
                    for n in 0..EACH {
                        mine.push(mount.listen().unwrap());
                        if n % 3 == 0 {
                            mine.swap_remove(mine.len() / 2);
                        }
                        if mine.len() > 20 {
                            mine.drain(..10);
                        }
                    }
                    mine.truncate(STAY as usize);
                    stayed.lock().unwrap().extend(mine);
                    done.fetch_add(1, Ordering::Release);
                });
            }
            while done.load(Ordering::Acquire) < THREADS as usize {
                outlet.send(Report::ListenersUnknown);
            }
        });
        let crowds = crowds(&told);
        assert_eq!(crowds.last(), Some(&(THREADS * STAY, THREADS * EACH)));
        assert_eq!(mount.crowd(), Crowd { now: THREADS * STAY, ever: THREADS * EACH });
        assert!(crowds.is_sorted_by_key(|(_, ever)| *ever), "an older one is told behind a newer one");
        assert!(crowds.iter().all(|(now, ever)| now <= ever));
        drop(stayed);
        assert_eq!(self::crowds(&told).last(), Some(&(0, THREADS * EACH)));
    }

    /// Trap 9 of counters that are raised and lowered: one that leaves twice, or before it came, makes them wrong for ever. Here a seat is what can
    /// leave: there is none before it was given, and it is given back once, by being dropped, whatever happened to it before.
    #[test]
    fn no_order_of_comings_and_goings_counts_below_nobody() {
        let told = Arc::default();
        let (mount, outlet) = told_to(&told);
        outlet.crowd_changed();
        let mut numbers = BTreeSet::new();
        for round in 0..50_u64 {
            let mut seats: Vec<_> = (0..5).map(|_| mount.listen().unwrap()).collect();
            numbers.extend(seats.iter().map(crate::mount::Cursor::seat));
            seats.swap(0, 4);
            while let Some(seat) = seats.pop() {
                drop(seat);
                assert_eq!(mount.crowd(), Crowd { now: seats.len() as u64, ever: 5 * (round + 1) });
            }
        }
        assert_eq!(numbers.len(), 250, "no number is given twice");
        assert_eq!(crowds(&told).iter().map(|(now, _)| *now).max(), Some(5), "an underflow would be more than anybody");
    }
}
