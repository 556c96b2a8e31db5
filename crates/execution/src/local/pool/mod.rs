//! The warm pool of a host that lives on: a zygote that has loaded what code usually imports, and children of it that wait,
//! each for one run and in namespaces of its own. Whoever finds none that fits starts cold and is told why.
//!
//! Nothing of a run is in a child before the run has it, and no child has a second one. The zygote is made anew when the
//! environment's packages change, when it dies, and after so many children; one that was given up ends when the last run in
//! its children has. Open `zygote.rs` for how a child is made, `base.rs` for which run fits.

mod base;
mod opener;
mod said;
mod settings;
mod zygote;

pub(super) use base::Base;
pub use settings::PoolConfig;

use super::handshake::Started;
use crate::{
    mounts::{Mount, Opened},
    runtime,
    session::Hold as _,
};
use opener::Opener;
use pyexec_core::order::Limits;
use rustix::fd::OwnedFd;
use std::{
    collections::{BTreeMap, VecDeque},
    fmt,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};
use zygote::{Parked, Zygote};

/// How long a zygote that failed is not tried again.
const PAUSE: Duration = Duration::from_mins(1);

/// So many zygotes may fail to fork, one after the other.
const PATIENT: u32 = 3;

/// The pool of one executor.
pub(super) struct Pool {
    config: PoolConfig,
    data_dir: PathBuf,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    zygote: Option<Arc<Zygote>>,
    opener: Option<Arc<Opener>>,
    /// Children of that zygote.
    parked: VecDeque<Parked>,
    /// Why there is none, since when and for what.
    trouble: Option<(String, Instant, Base)>,
    /// Somebody is at work here.
    tended: bool,
}

/// What a run asks of the pool.
pub(super) struct Wanted<'a> {
    pub(super) base: &'a Base,
    pub(super) opened: &'a Opened,
    /// Those of the mounts that are the run's own.
    pub(super) mounts: &'a [Mount],
    pub(super) environment: &'a BTreeMap<String, String>,
    pub(super) limits: &'a Limits,
}

/// What serves a run.
struct Picked {
    zygote: Arc<Zygote>,
    opener: Arc<Opener>,
    /// None if all are taken.
    parked: Option<Parked>,
}

/// A child, and what only this run is to see.
pub(super) struct Taken {
    pub(super) started: Started,
    pub(super) mounts: Vec<OwnedFd>,
}

impl fmt::Debug for Pool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pool").field("config", &self.config).finish_non_exhaustive()
    }
}

impl Pool {
    pub(super) fn new(config: PoolConfig, data_dir: &Path) -> Arc<Self> {
        Arc::new(Self { config, data_dir: data_dir.into(), state: Mutex::default() })
    }

    /// A child for one run. The error says why it has to start cold.
    pub(super) async fn take(self: &Arc<Self>, wanted: &Wanted<'_>) -> Result<Taken, String> {
        let Picked { zygote, opener, parked } = self.pick(wanted)?;
        let mounts = opener.open(wanted.mounts).await?;
        let parked = match parked {
            Some(parked) => parked,
            // A task of its own, because a child that is cut off takes the zygote along.
            None => tokio::spawn(zygote.park()).await.map_err(|e| e.to_string())??,
        };
        self.tend(wanted.base);
        Ok(Taken { started: parked.0, mounts })
    }

    fn pick(self: &Arc<Self>, wanted: &Wanted<'_>) -> Result<Picked, String> {
        let mut state = self.lock();
        let usable = state.zygote.as_ref().filter(|zygote| zygote.is_of(wanted.base) && zygote.is_alive()).cloned();
        let opener = state.opener.as_ref().filter(|opener| opener.is_alive()).cloned();
        let (Some(zygote), Some(opener)) = (usable, opener) else {
            let why = match &state.trouble {
                Some((why, since, base)) if *base == *wanted.base && since.elapsed() < PAUSE => why.clone(),
                _ if state.zygote.is_none() => "its pool is being set up".into(),
                _ => "its pool is being set up anew: its zygote is gone, or the packages of its Python changed".into(),
            };
            drop(state);
            self.tend(wanted.base);
            return Err(why);
        };
        let misfit = base::misfit(wanted.opened, wanted.mounts, wanted.environment, wanted.limits, zygote.space_kb());
        if let Some(why) = misfit {
            return Err(why);
        }
        let parked = loop {
            match state.parked.pop_front() {
                Some(dead) if !dead.0.tree.is_alive() => {}
                other => break other,
            }
        };
        Ok(Picked { zygote, opener, parked })
    }

    /// Sees in the background that there is a zygote for `base`, and enough children of it.
    pub(super) fn tend(self: &Arc<Self>, base: &Base) {
        let mut state = self.lock();
        let rests = |(_, since, of): &(String, Instant, Base)| of == base && since.elapsed() < PAUSE;
        if state.tended || state.trouble.as_ref().is_some_and(rests) {
            return;
        }
        state.tended = true;
        let tended = Tended(self.clone());
        let base = base.clone();
        tokio::spawn(async move {
            if let Err(why) = tended.0.fill(&base).await {
                tracing::warn!("the warm pool cannot be filled: {why}");
                let mut state = tended.0.lock();
                state.parked.clear();
                state.trouble = Some((why, Instant::now(), base));
            }
        });
    }

    async fn fill(&self, base: &Base) -> Result<(), String> {
        let mut failures = 0;
        loop {
            let (zygote, opener, parked) = {
                let state = self.lock();
                let zygote = state.zygote.clone().filter(|zygote| {
                    zygote.is_of(base) && zygote.is_alive() && zygote.forks() < self.config.runs_per_zygote
                });
                (zygote, state.opener.clone().filter(|opener| opener.is_alive()), state.parked.len())
            };
            if opener.is_none() {
                let runtime = self.runtime()?;
                let opener = Opener::start(base, &runtime).await?;
                self.lock().opener = Some(Arc::new(opener));
            }
            let Some(zygote) = zygote else {
                self.replace(base).await?;
                continue;
            };
            let room = usize::try_from(zygote.room(self.config.memory_mb)).unwrap_or(usize::MAX);
            if parked >= self.config.size.min(room) {
                if room == 0 {
                    let (has, takes) = (self.config.memory_mb, zygote.memory_mb());
                    zygote.give_up().await;
                    return Err(format!("pool.memory_mb = {has} is too little: its zygote alone takes {takes}"));
                }
                return Ok(());
            }
            let child = match zygote.clone().park().await {
                Ok(child) => child,
                Err(why) => {
                    failures += 1;
                    if failures == PATIENT {
                        return Err(why);
                    }
                    zygote.give_up().await;
                    continue;
                }
            };
            let mut state = self.lock();
            if state.zygote.as_ref().is_some_and(|now| Arc::ptr_eq(now, &zygote)) {
                state.parked.push_back(child);
            }
        }
    }

    /// Boots a zygote while the one before goes on, and then gives that one up.
    async fn replace(&self, base: &Base) -> Result<(), String> {
        let runtime = self.runtime()?;
        let zygote = Zygote::boot(base, &runtime, &self.config.preload).await?;
        tracing::debug!("a zygote is warm: Python {}, {} MiB", zygote.python(), zygote.memory_mb());
        let (before, parked) = {
            let mut state = self.lock();
            state.trouble = None;
            (state.zygote.replace(Arc::new(zygote)), std::mem::take(&mut state.parked))
        };
        drop(parked);
        if let Some(before) = before {
            before.give_up().await;
        }
        Ok(())
    }

    fn runtime(&self) -> Result<PathBuf, String> {
        runtime::lay_out(&self.data_dir).map_err(|e| e.to_string())
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Held by who is at work; let go of however that ends.
struct Tended(Arc<Pool>);

impl Drop for Tended {
    fn drop(&mut self) {
        self.0.lock().tended = false;
    }
}
