//! The warm pool of a host that lives on: a zygote that has loaded what code usually imports, and children of it that wait,
//! each for one run and in namespaces of its own. Whoever finds none that fits starts cold and is told why.
//!
//! Nothing of a run is in a child before the run has it, and no child has a second one. The zygote is made anew when the
//! environment's packages change, when it dies, and after so many children; one that was given up ends when the last run in
//! its children has. Open `zygote.rs` for how a child is made, `base.rs` for which run fits, `shelf.rs` for what waits.

mod base;
mod opener;
mod said;
mod settings;
mod shelf;
mod zygote;

pub(super) use base::Base;
pub use settings::PoolConfig;
pub(super) use shelf::Child;

use super::{
    handshake::{self, Launch, Waiting},
    plan::Plan,
};
use crate::{mounts::Opened, runtime};
use futures_util::future::join_all;
use opener::Opener;
use pyexec_core::order::Limits;
use rustix::fd::OwnedFd;
use shelf::{Begun, Next, Shelf, Waits};
use std::{
    collections::BTreeMap,
    fmt, iter,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};
use tokio::sync::watch;
use zygote::{Parked, Zygote};

/// How long a zygote that failed is not tried again.
const PAUSE: Duration = Duration::from_mins(1);

/// So many zygotes may fail to fork, one after the other.
const PATIENT: u32 = 3;

/// How many children are made at once where none waits: while one's namespaces are made another forks. As long as others wait one is
/// enough, and leaves the processors to those whose runs end.
const HANDS: usize = 2;

/// A run that goes on for longer is not waited for: until then nothing is forked beside it.
const LULL: Duration = Duration::from_millis(50);

/// The pool of one executor.
pub(super) struct Pool {
    config: PoolConfig,
    data_dir: PathBuf,
    results_max_bytes: u64,
    state: Mutex<State>,
    /// How many runs have had their answers.
    answered: watch::Sender<u64>,
}

#[derive(Default)]
struct State {
    zygote: Option<Arc<Zygote>>,
    opener: Option<Arc<Opener>>,
    /// Children of that zygote.
    shelf: Shelf,
    /// Why there is none, since when and for what.
    trouble: Option<(String, Instant, Base)>,
    /// Somebody is at work here.
    tended: bool,
}

/// What a run asks of the pool.
pub(super) struct Wanted<'a> {
    pub(super) base: &'a Base,
    pub(super) opened: &'a Opened,
    /// The run's, with those mounts that are its own.
    pub(super) plan: &'a Plan,
    pub(super) environment: &'a BTreeMap<String, String>,
    pub(super) limits: &'a Limits,
    pub(super) has_context: bool,
}

/// What serves a run.
struct Picked {
    zygote: Arc<Zygote>,
    opener: Arc<Opener>,
    /// None if all are taken.
    child: Option<Child>,
}

/// A child, and what only this run is to see.
pub(super) struct Taken {
    pub(super) child: Child,
    pub(super) mounts: Vec<OwnedFd>,
}

impl fmt::Debug for Pool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pool").field("config", &self.config).finish_non_exhaustive()
    }
}

impl Pool {
    pub(super) fn new(config: PoolConfig, data_dir: &Path, results_max_bytes: u64) -> Arc<Self> {
        let data_dir = data_dir.into();
        let (state, answered) = (Mutex::default(), watch::Sender::default());
        Arc::new(Self { config, data_dir, results_max_bytes, state, answered })
    }

    /// A child for one run. The error says why it has to start cold.
    pub(super) async fn take(self: &Arc<Self>, wanted: &Wanted<'_>) -> Result<Taken, String> {
        let Picked { zygote, opener, child } = self.pick(wanted)?;
        let mounts = opener.open(&wanted.plan.mounts).await?;
        let child = match child {
            Some(child) => child,
            // A task of its own, because a child that is cut off takes the zygote along.
            None => Child::Open(tokio::spawn(zygote.park(false)).await.map_err(|e| e.to_string())??.0),
        };
        self.refill(wanted.base);
        Ok(Taken { child, mounts })
    }

    /// A run has its answer: what it took can be replaced without being in its way.
    pub(super) fn answered(&self) {
        self.answered.send_modify(|runs| *runs += 1);
    }

    /// Fills up what a run takes away, when it has its answer or takes its time. Forking and closing a child are as much work
    /// as a short run itself, on the same processors.
    fn refill(self: &Arc<Self>, base: &Base) {
        let (pool, base) = (self.clone(), base.clone());
        // From now on: an answer may come before the task does.
        let mut answered = self.answered.subscribe();
        tokio::spawn(async move {
            let _ = tokio::time::timeout(LULL, answered.changed()).await;
            pool.tend(&base);
        });
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
        let Wanted { opened, plan, environment, limits, has_context, .. } = wanted;
        if let Some(why) = base::misfit(opened, &plan.mounts, environment, limits, zygote.space_kb()) {
            return Err(why);
        }
        let child = state.shelf.take(plan, plan.mounts.is_empty() && !has_context);
        Ok(Picked { zygote, opener, child })
    }

    /// Sees in the background that there is a zygote for `base`, and enough children of it.
    pub(super) fn tend(self: &Arc<Self>, base: &Base) {
        let mut state = self.lock();
        let rests = |(_, since, of): &(String, Instant, Base)| of == base && since.elapsed() < PAUSE;
        if state.tended || state.trouble.as_ref().is_some_and(rests) {
            return;
        }
        state.tended = true;
        let tended = Tended(Some(self.clone()));
        let base = base.clone();
        drop(state);
        tokio::spawn(tended.fill(base));
    }

    async fn fill(&self, base: &Base, tended: &mut Tended) -> Result<(), String> {
        let mut failures = 0;
        loop {
            let (zygote, opener) = {
                let state = self.lock();
                let zygote = state.zygote.clone().filter(|zygote| {
                    zygote.is_of(base) && zygote.is_alive() && zygote.forks() < self.config.runs_per_zygote
                });
                (zygote, state.opener.clone().filter(|opener| opener.is_alive()))
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
            if room == 0 {
                let (has, takes) = (self.config.memory_mb, zygote.memory_mb());
                zygote.give_up().await;
                return Err(format!("pool.memory_mb = {has} is too little: its zygote alone takes {takes}"));
            }
            let steps: Vec<Next> = {
                let mut state = self.lock();
                let (most, mut begun) = (self.config.size.min(room), Begun::default());
                let hands = if state.shelf.is_empty() { HANDS } else { 1 };
                let steps: Vec<Next> = iter::from_fn(|| state.shelf.next(most, &mut begun)).take(hands).collect();
                if steps.is_empty() {
                    // With the same hold: whoever takes a child from here on is heard.
                    tended.end(&mut state);
                    return Ok(());
                }
                steps
            };
            for done in join_all(steps.into_iter().map(|step| self.done(step, &zygote, base))).await {
                match done {
                    Ok(child) => {
                        let mut state = self.lock();
                        if state.zygote.as_ref().is_some_and(|now| Arc::ptr_eq(now, &zygote)) {
                            state.shelf.put(child);
                        }
                    }
                    Err(why) => {
                        failures += 1;
                        if failures == PATIENT {
                            return Err(why);
                        }
                        zygote.give_up().await;
                    }
                }
            }
        }
    }

    async fn done(&self, step: Next, zygote: &Arc<Zygote>, base: &Base) -> Result<Waits, String> {
        match step {
            Next::Park { rehearse } => zygote.clone().park(rehearse).await.map(Waits::Open),
            Next::Close(parked, plan) => {
                let waiting = self.close(*parked, base, &plan).await;
                waiting.map(|waiting| Waits::Closed(plan, waiting))
            }
        }
    }

    /// Has a child take its plan before there is a run: for one with this very plan and nothing else of its own.
    async fn close(&self, Parked(started): Parked, base: &Base, plan: &Plan) -> Result<Waiting, String> {
        let launch = Launch {
            group: None,
            interpreter: &base.interpreter,
            runtime: Path::new(""),
            plan,
            site: &[],
            context: &[],
            results_max_bytes: self.results_max_bytes,
        };
        handshake::prepare(started, &launch, &[]).await.map_err(|e| e.to_string())
    }

    /// Boots a zygote while the one before goes on, and then gives that one up.
    async fn replace(&self, base: &Base) -> Result<(), String> {
        let runtime = self.runtime()?;
        let zygote = Zygote::boot(base, &runtime, &self.config.preload).await?;
        tracing::debug!("a zygote is warm: Python {}, {} MiB", zygote.python(), zygote.memory_mb());
        let (before, parked) = {
            let mut state = self.lock();
            state.trouble = None;
            (state.zygote.replace(Arc::new(zygote)), state.shelf.clear())
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
struct Tended(Option<Arc<Pool>>);

impl Tended {
    async fn fill(mut self, base: Base) {
        let Some(pool) = self.0.clone() else { return };
        if let Err(why) = pool.fill(&base, &mut self).await {
            tracing::warn!("the warm pool cannot be filled: {why}");
            let mut state = pool.lock();
            let parked = state.shelf.clear();
            state.trouble = Some((why, Instant::now(), base));
            drop(state);
            drop(parked);
        }
    }

    /// Lets go while the pool is held.
    fn end(&mut self, state: &mut State) {
        state.tended = false;
        self.0 = None;
    }
}

impl Drop for Tended {
    fn drop(&mut self) {
        if let Some(pool) = self.0.take() {
            pool.lock().tended = false;
        }
    }
}
