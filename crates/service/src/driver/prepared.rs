//! What waits for code: what was ordered, and that it is given up where nobody uses it.

use crate::{analysis, blame::blame, event::Coverage, progress::Observer, run::Run, service::Service};
use pyexec_core::{
    Instance, PluginError, RunError,
    executor::{DISCARD, PREPARE, PreparedId},
    order::PrepareOrder,
};
use std::{sync::Arc, time::Duration};
use tokio::runtime::Handle;

/// What is prepared for a run whose current attempt has this coverage.
pub(super) fn prepare_order(service: &Service, run: &Run, covers: &Coverage) -> PrepareOrder {
    PrepareOrder {
        run_id: run.id.clone(),
        attempt: covers.attempt,
        mode: covers.mode,
        grants: covers.grants.clone(),
        folder: run.created.folder.clone(),
        inputs: run.created.inputs.clone(),
        context: run.created.context.clone(),
        limits: run.created.limits.clone(),
        environment: service.settings().environments.get(&covers.mode).cloned().unwrap_or_default(),
        accept_isolation: service.settings().accept_isolation.clone(),
    }
}

/// Unless it was used it is given up, in the background, also when the future that holds it is dropped.
pub(super) struct Prepared {
    pub(super) id: PreparedId,
    discard: Option<(Instance, Duration, Arc<dyn Observer>)>,
}

impl Prepared {
    /// Has the executor make it ready.
    pub(super) async fn new(
        executor: &Instance,
        order: &PrepareOrder,
        limit: Duration,
        observer: &Arc<dyn Observer>,
    ) -> Result<Self, RunError> {
        let id = analysis::call(executor, PREPARE, order, limit, observer).await;
        let id = id.map_err(|error| blame(executor, &error))?;
        Ok(Self { id, discard: Some((executor.clone(), limit, observer.clone())) })
    }

    /// The code was released into it: the executor has it now.
    pub(super) fn used(mut self) {
        self.discard = None;
    }
}

impl Drop for Prepared {
    fn drop(&mut self) {
        // Without a runtime the process is about to end, and what waits ends with it.
        let (Some((executor, limit, observer)), Ok(runtime)) = (self.discard.take(), Handle::try_current()) else {
            return;
        };
        let id = self.id.clone();
        runtime.spawn(async move {
            let given_up: Result<(), PluginError> = analysis::call(&executor, DISCARD, &id, limit, &observer).await;
            if let Err(error) = given_up {
                tracing::debug!("what was prepared is not given up: {error}"); // most likely it is gone already
            }
        });
    }
}
