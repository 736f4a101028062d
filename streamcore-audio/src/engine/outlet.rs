//! Where the reports of one opened stream go, until it is closed.

use std::sync::{Mutex, MutexGuard, PoisonError};

use streamcore::player::{Report, Reports};

/// The way out for reports. **Guarantee.** Once [`close`](Self::close) has returned, nothing comes out of it any more, whatever its engine is
/// still about to tell; so that nothing of it can reach a later session of the same stream.
#[derive(Debug)]
pub(crate) struct Outlet(Mutex<Option<Reports>>);

impl Outlet {
    pub(crate) fn new(reports: Reports) -> Self {
        Self(Mutex::new(Some(reports)))
    }

    fn reports(&self) -> MutexGuard<'_, Option<Reports>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn send(&self, report: Report) {
        // Under the lock: that is what makes it either before the end or not at all. Sending does not block.
        if let Some(reports) = &*self.reports() {
            reports.send(report);
        }
    }

    /// Reports go there from now on, unless it is closed.
    pub(crate) fn lead_to(&self, reports: Reports) {
        if let Some(old) = &mut *self.reports() {
            *old = reports;
        }
    }

    pub(crate) fn close(&self) {
        let last = self.reports().take();
        drop(last); // what it owns may do anything
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    #[test]
    fn nothing_comes_out_after_the_close() {
        let told = Arc::new(Mutex::new(Vec::new()));
        let into = Arc::clone(&told);
        let outlet = Outlet::new(Reports::new(move |report| into.lock().unwrap().push(report)));
        outlet.send(Report::Listeners { count: 1 });
        outlet.close();
        outlet.send(Report::Listeners { count: 2 });
        let into = Arc::clone(&told);
        outlet.lead_to(Reports::new(move |report| into.lock().unwrap().push(report)));
        outlet.send(Report::Listeners { count: 3 });
        assert_eq!(*told.lock().unwrap(), [Report::Listeners { count: 1 }]);
    }
}
