//! Containers that wait for runs without grants, so that such a run starts at once. Each serves one run. Only a process that
//! lives on has any (`pool`); one that died while it waited is passed over.

use super::{
    config::DockerConfig,
    container::{self, Standing},
    engine::Engine,
    error::EngineError,
    lease::{Lease, STANDING_BY},
    shape::Shape,
};
use crate::session::Hold as _;
use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};
use tokio::sync::Semaphore;

/// So many are made at a time: more would only make the runs slower that are under way.
const MAKING: usize = 2;

/// The run that was just served has the machine to itself for so long: making a container keeps two processors busy.
const HEAD_START: Duration = Duration::from_millis(100);

/// How long it is waited after each failure.
const PAUSES: [Duration; 4] = [Duration::from_secs(1), Duration::from_secs(5), Duration::from_secs(20), Duration::ZERO];

/// The pool.
#[derive(Clone)]
pub(super) struct Pool(Arc<Inner>);

struct Inner {
    config: DockerConfig,
    lease: Arc<Lease>,
    engine: Engine,
    state: Mutex<State>,
    making: Semaphore,
}

#[derive(Default)]
struct State {
    shape: Option<Shape>,
    ready: VecDeque<Standing>,
    /// Begun and not ready.
    coming: usize,
}

impl Pool {
    pub(super) fn new(config: DockerConfig, lease: Arc<Lease>, engine: Engine) -> Self {
        let (state, making) = (Mutex::default(), Semaphore::new(MAKING));
        Self(Arc::new(Inner { config, lease, engine, state, making }))
    }

    /// How many wait.
    pub(super) fn ready(&self) -> usize {
        self.lock().ready.len()
    }

    /// One of this shape: one that waits, or a new one.
    pub(super) async fn take(&self, shape: &Shape, run: &str) -> Result<Standing, EngineError> {
        if !shape.is_plain() {
            return container::start(&self.0.engine, &self.0.config, shape, &self.0.lease, run).await;
        }
        let waiting = self.waiting(shape);
        self.fill(shape);
        match waiting {
            Some(standing) => Ok(standing),
            None => container::start(&self.0.engine, &self.0.config, shape, &self.0.lease, run).await,
        }
    }

    /// Begins to make what is missing; what waits for other limits goes.
    pub(super) fn fill(&self, shape: &Shape) {
        let missing = {
            let mut state = self.lock();
            if state.shape.as_ref() != Some(shape) {
                state.shape = Some(shape.clone());
                state.ready.clear();
            }
            let missing = self.0.config.pool.saturating_sub(state.ready.len() + state.coming);
            state.coming += missing;
            missing
        };
        for _ in 0..missing {
            let (pool, shape) = (self.clone(), shape.clone());
            tokio::spawn(async move { pool.make(shape).await });
        }
    }

    async fn make(self, shape: Shape) {
        let made = self.made(&shape).await;
        let mut state = self.lock();
        state.coming -= 1;
        if let Some(standing) = made.filter(|_| state.shape.as_ref() == Some(&shape)) {
            state.ready.push_back(standing);
        }
    }

    /// An engine that goes on failing shows in the runs; here it would only be asked without end.
    async fn made(&self, shape: &Shape) -> Option<Standing> {
        let inner = &self.0;
        tokio::time::sleep(HEAD_START).await;
        let _turn = inner.making.acquire().await.ok()?;
        for pause in PAUSES {
            match container::start(&inner.engine, &inner.config, shape, &inner.lease, STANDING_BY).await {
                Ok(standing) => return Some(standing),
                Err(error) => tracing::debug!("no container for the pool, trying again in {pause:?}: {error}"),
            }
            tokio::time::sleep(pause).await;
        }
        None
    }

    fn waiting(&self, shape: &Shape) -> Option<Standing> {
        let mut state = self.lock();
        if state.shape.as_ref() != Some(shape) {
            return None;
        }
        while let Some(standing) = state.ready.pop_front() {
            if standing.held.is_alive() {
                return Some(standing);
            }
        }
        None
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
