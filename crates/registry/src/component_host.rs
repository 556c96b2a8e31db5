//! The host that a library gets at `create`: it takes log lines, a bounded number, and answers no call.
//!
//! The host of a run, with its operations, is the service's; it comes with each call and ends with the run. This one stays as
//! long as the component does.

use crate::plugin_log;
use pyexec_core::{
    PluginError,
    abi::{
        Host, Host_TO, HostBox, Reply,
        abi_stable::{
            erased_types::TD_Opaque,
            std_types::{RArc, RErr, RSlice, RStr, RString},
        },
        async_ffi::FfiFuture,
    },
    guard,
};
use std::{
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

/// Takes the log lines of one component.
#[derive(Clone)]
pub(crate) struct ComponentHost {
    plugin: Arc<str>,
    budget: Arc<Mutex<LineBudget>>,
}

impl ComponentHost {
    /// The host of a component of `plugin`.
    pub(crate) fn lend(plugin: &str) -> HostBox {
        let budget = Arc::new(Mutex::new(LineBudget::new(Instant::now())));
        Host_TO::from_ptr(RArc::new(Self { plugin: plugin.into(), budget }), TD_Opaque)
    }

    fn log(&self, line: &[u8]) {
        let now = Instant::now();
        // Poisoned or not, a budget is a budget.
        let taken = self.budget.lock().unwrap_or_else(PoisonError::into_inner).take(now);
        let Some(dropped) = taken else { return };
        if dropped > 0 {
            tracing::warn!(plugin = &*self.plugin, dropped, "log lines of a plugin were dropped: it wrote too many");
        }
        plugin_log::forward(&self.plugin, line);
    }
}

impl Host for ComponentHost {
    fn emit(&self, kind: RStr<'_>, bytes: RSlice<'_, u8>) {
        // A panic in a method of the ABI would end the process; there is nobody to tell but the log, which just failed.
        let _ = guard::catch(|| {
            if kind == "log" {
                self.log(bytes.as_slice());
            }
        });
    }

    fn call(&self, op: RString, _json: RString) -> FfiFuture<Reply> {
        guard::ffi(async move {
            RErr(
                PluginError::new("refused", format!("the host of a component answers no call, and `{op}` is one"))
                    .with_help("call the host that comes with a request"),
            )
        })
    }
}

/// Lines that may still be logged: a store that refills with time.
struct LineBudget {
    left: u32,
    refilled: Instant,
    dropped: u64,
}

impl LineBudget {
    const MOST: u32 = 500;
    const REFILL: Duration = Duration::from_millis(10);

    fn new(now: Instant) -> Self {
        Self { left: Self::MOST, refilled: now, dropped: 0 }
    }

    /// Takes one line out: `Some` with the number of lines that were dropped before it, `None` when it must be dropped.
    fn take(&mut self, now: Instant) -> Option<u64> {
        let due = now.saturating_duration_since(self.refilled).as_nanos() / Self::REFILL.as_nanos();
        let due = u32::try_from(due).unwrap_or(u32::MAX);
        if due > 0 {
            self.left = self.left.saturating_add(due).min(Self::MOST);
            self.refilled = now;
        }
        if self.left == 0 {
            self.dropped += 1;
            return None;
        }
        self.left -= 1;
        Some(std::mem::take(&mut self.dropped))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flood_is_cut_and_counted() {
        let start = Instant::now();
        let mut budget = LineBudget::new(start);
        let through = (0..2000).filter(|_| budget.take(start).is_some()).count();
        assert_eq!(through, 500);
        assert_eq!(budget.take(start + LineBudget::REFILL), Some(1500));
        assert_eq!(budget.take(start + LineBudget::REFILL), None);
        let later = start + Duration::from_hours(1);
        assert_eq!(budget.take(later), Some(1));
        assert_eq!((0..2000).filter(|_| budget.take(later).is_some()).count(), 499);
    }
}
