//! A run's process from the pool, where there is one and the run fits: else from cold, and why is said.

use super::{
    Local,
    group::Group,
    handshake::{self, Launch, Waiting},
    library,
    plan::{self, KernelLimits, Plan},
    pool::{Base, Child, Pool, Taken, Wanted},
};
use crate::{
    error::PrepareError,
    mounts::{Mount, Opened},
    python::Interpreter,
    runtime,
};
use pyexec_core::{
    executor::ExecutionHost,
    order::{Limits, PrepareOrder},
};
use rustix::fd::AsFd;
use std::{collections::BTreeMap, sync::Arc};

impl Local {
    /// What waits for the order's code, and what is mounted there.
    pub(super) async fn started(
        &self,
        interpreter: &Interpreter,
        opened: Opened,
        order: &PrepareOrder,
        context: &[u8],
        host: &ExecutionHost,
    ) -> Result<(Waiting, Vec<Mount>, Option<Group>), PrepareError> {
        if let Some(pool) = &self.pool {
            match self.warm(pool, interpreter, &opened, order, context).await {
                Ok(waiting) => return Ok((waiting, opened.mounts, None)),
                Err(why) => host.progress(&format!("starts cold: {why}")),
            }
        }
        let data_dir = self.config.data_dir.clone();
        let laid_out = tokio::task::spawn_blocking(move || runtime::lay_out(&data_dir));
        let runtime = laid_out.await.map_err(|e| PrepareError::Sandbox(format!("laying out the runtime: {e}")))??;
        self.launch(interpreter, &runtime, opened, &order.limits, &order.environment, context).await
    }

    async fn warm(
        &self,
        pool: &Arc<Pool>,
        interpreter: &Interpreter,
        opened: &Opened,
        order: &PrepareOrder,
        context: &[u8],
    ) -> Result<Waiting, String> {
        let runtime = runtime::folder(&self.config.data_dir);
        let base = self.base(interpreter).map_err(|e| e.to_string())?;
        let own: Vec<Mount> = opened.mounts.iter().filter(|mount| !base.plan.mounts.contains(mount)).cloned().collect();
        let limits = KernelLimits::from(&order.limits);
        let plan = Plan { uid: None, gid: None, mounts: own, limits, ..base.plan.clone() };
        let wanted = Wanted {
            base: &base,
            opened,
            plan: &plan,
            environment: &order.environment,
            limits: &order.limits,
            has_context: !context.is_empty(),
        };
        let Taken { child, mounts } = pool.take(&wanted).await?;
        let started = match child {
            Child::Closed(waiting) => return Ok(waiting),
            Child::Open(started) => started,
        };
        let launch = Launch {
            group: None,
            interpreter: &base.interpreter,
            runtime: &runtime,
            plan: &plan,
            site: &[],
            context,
            results_max_bytes: self.config.results_max_mb << 20,
        };
        let trees: Vec<_> = mounts.iter().map(AsFd::as_fd).collect();
        handshake::prepare(started, &launch, &trees).await.map_err(|e| e.to_string())
    }

    /// Has the pool filled, if there is one, for the runs that will come.
    pub(super) fn tend_pool(&self, interpreter: &Interpreter) {
        let Some(pool) = &self.pool else { return };
        // what is wrong here is told by the run that needs it
        if let Ok(base) = self.base(interpreter) {
            pool.tend(&base);
        }
    }

    /// Has the pool go on with what it put off for a run.
    pub(super) fn is_answered(&self) {
        if let Some(pool) = &self.pool {
            pool.answered();
        }
    }

    /// What every run on this interpreter has in common.
    fn base(&self, interpreter: &Interpreter) -> Result<Base, PrepareError> {
        let run_as = self.run_as();
        let plan = Plan {
            library: library::find(self.config.sandbox_library.as_deref())?,
            uid: run_as.map(|ids| ids.uid),
            gid: run_as.map(|ids| ids.gid),
            mounts: self.common(interpreter),
            limits: KernelLimits::from(&Limits::default()),
            net: false,
            process: false,
            environment: plan::environment(&BTreeMap::new(), interpreter.font_cache.as_deref()),
        };
        Ok(Base::new(interpreter, plan))
    }
}
