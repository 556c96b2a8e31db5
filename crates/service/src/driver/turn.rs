//! The right to drive a run in this process, and letting go of it: nobody must wait for a process that lives and drives no
//! longer.

use super::{OpenDesk, close};
use crate::{
    event::Event,
    log::RunLog,
    pipeline::{self, Step},
    service::ServiceError,
};
use pyexec_core::{ErrorKind, RunError, id::OwnerId};
use std::sync::Arc;
use tokio::{runtime::Handle, sync::OwnedMutexGuard};

/// Dropped without [`Turn::end`] or [`Turn::let_go`], as with the future that drives, it lets go in the background.
pub(super) struct Turn(Option<Held>);

struct Held {
    log: Arc<RunLog>,
    owner: OwnerId,
    desk: OpenDesk,
    _turn: OwnedMutexGuard<()>,
}

impl Turn {
    pub(super) fn new(turn: OwnedMutexGuard<()>, log: Arc<RunLog>, owner: OwnerId, desk: OpenDesk) -> Self {
        Self(Some(Held { log, owner, desk, _turn: turn }))
    }

    /// The run is where somebody else acts.
    pub(super) fn end(mut self) {
        self.0 = None;
    }

    /// The run is in the middle, and this process does not go on.
    pub(super) async fn let_go(mut self, cause: RunError) {
        if let Some(held) = self.0.take() {
            held.let_go(cause).await;
        }
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        // Without a runtime the process is about to end, and then its lock says so.
        if let (Some(held), Ok(runtime)) = (self.0.take(), Handle::try_current()) {
            let cause = RunError::new(ErrorKind::Interrupted, "its host let go of it");
            runtime.spawn(held.let_go(cause));
        }
    }
}

impl Held {
    async fn let_go(self, cause: RunError) {
        if let Err(error) = self.tell(cause).await {
            tracing::warn!("the log does not say that this process drives the run no longer: {error}");
        }
    }

    async fn tell(&self, cause: RunError) -> Result<(), ServiceError> {
        close(&self.desk).await?;
        let run = self.log.refresh().await?;
        let ours = run.execution().is_some_and(|execution| execution.owner == self.owner);
        if let Step::Attend(token) = pipeline::next(&run)
            && ours
        {
            self.log.append(Event::Interrupted { token, cause: Some(cause) }).await?;
        }
        let run = self.log.refresh().await?;
        if run.ended.is_none() && run.claimed.as_ref() == Some(&self.owner) {
            self.log.append(Event::Abandoned { owner: self.owner.clone() }).await?;
        }
        Ok(())
    }
}
