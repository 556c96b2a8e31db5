//! One execution: prepare, let the executor come for the code, see it through, say what became of it.

use super::{
    Driver, MACHINERY_TRIES, back_off, elapsed,
    prepared::{Prepared, prepare_order},
};
use crate::{
    analysis::within,
    blame::blame,
    clock,
    desk::{Closed, Desk, Entry, Released, stored_code, unchanged},
    event::Event,
    notebook,
    permit::Permit,
    plugin_host::Lent,
    run::{ExecutionState, Run},
    service::{ServiceError, blocking},
    store::canonical,
    unpredicted,
};
use pyexec_core::{
    ErrorClass, ErrorKind, Outcome, RunError,
    executor::{EXECUTE, ExecuteRequest},
    order::{ExecuteOrder, PrepareOrder, StagedInput},
};
use serde_json::json;
use std::{
    mem,
    sync::{Arc, PoisonError},
    time::Duration,
};
use tokio::{sync::Mutex, time::Instant};
use tokio_util::sync::CancellationToken;

/// How fast inputs are read at the least, in bytes a second: they are verified while the executor waits for the code.
const SLOWEST_DISK: u64 = 16 << 20;

impl Driver<'_> {
    pub(super) async fn execute(&self, run: &Run, permit: Permit) -> Result<(), ServiceError> {
        let service = self.service;
        let (backend, executor) = (&permit.coverage().backend, service.stages().executor.name());
        if backend != executor {
            let message = format!("the run was made for `{backend}`, and this program executes with `{executor}`");
            let help = format!("set `[execution] execution_method` so that `{backend}` executes");
            return Err(RunError::new(ErrorKind::UnknownName, message).with_help(help).into());
        }
        let mut standby = service.standbys().take(&prepare_order(service, run, permit.coverage())).await;
        let mut tries = 1;
        loop {
            let stood_by = standby.is_some();
            let Some(mut error) = self.release_once(run, &permit, standby.take()).await? else { return Ok(()) };
            // Where what was approved is no longer there, that is why, whatever it was that stumbled over it.
            if error.class != ErrorClass::Refusal
                && let Err(changed) =
                    unchanged(service.store(), permit.coverage(), &run.created.inputs, service.protected()).await
            {
                error = changed;
            }
            if stood_by && error.class == ErrorClass::Infrastructure {
                tracing::debug!("what stood by was of no use, starting cold: {error}");
                continue;
            }
            if error.class != ErrorClass::Infrastructure || tries == MACHINERY_TRIES {
                return self.log.append(Event::ExecutionFailed { token: None, error }).await;
            }
            tracing::warn!(tries, "the executor failed before the code was released, trying again: {error}");
            back_off(tries).await;
            tries += 1;
        }
    }

    /// Nothing, if the code was released and what became of it is in the log; else why it was not.
    async fn release_once(
        &self,
        run: &Run,
        permit: &Permit,
        standby: Option<Prepared>,
    ) -> Result<Option<RunError>, ServiceError> {
        let (start, service) = (Instant::now(), self.service);
        let (executor, limit) = (&service.stages().executor, service.settings().timeouts.executor);
        let prepare = prepare_order(service, run, permit.coverage());
        let prepared = match standby {
            Some(standby) => standby,
            None => match self.prepare(permit, &prepare).await? {
                Ok(prepared) => prepared,
                Err(error) => return Ok(Some(error)),
            },
        };
        let connector = Lent::new(&self.observer);
        let desk = Arc::new(self.desk_for(permit.clone(), prepare, &connector));
        *self.desk.lock().unwrap_or_else(PoisonError::into_inner) = Some(desk.clone());
        let lent = Lent::with_desk(&self.observer, desk.clone());
        let request = ExecuteRequest { prepared: prepared.id.clone(), order: desk.order.clone() };
        let limit = limit
            .saturating_add(Duration::from_secs(run.created.limits.timeout_seconds))
            .saturating_add(reading_time(&run.created.inputs));
        let answer = within(limit, executor, executor.invoke(EXECUTE, &request, lent.lend())).await;
        drop(lent);
        let Closed { released, refused, output } = desk.close().await?;
        let token = desk.order.token.clone();
        let Some(released) = released else {
            return match (refused, answer) {
                (Some(ServiceError::Run(error)), _) => Ok(Some(error)),
                // Another process was first, or the store failed: no fault of this execution's.
                (Some(other), _) => Err(other),
                (None, Err(error)) => Ok(Some(blame(executor, &error))),
                (None, Ok(_)) => {
                    let message = format!(
                        "the executor `{}` reported an outcome of code that it never asked for",
                        executor.name()
                    );
                    Ok(Some(RunError::new(ErrorKind::Plugin, message)))
                }
            };
        };
        prepared.used();
        let event = match answer {
            Ok(outcome) => {
                let outcome = Box::new(self.kept(normal(outcome)).await?);
                Event::ExecutionFinished { token, outcome, output_sha256: output, ms: elapsed(start) }
            }
            Err(error) => lost_sight(released, token, blame(executor, &error)),
        };
        self.log.append_to_the_end(event).await?;
        let run = self.log.run().await;
        let failed = run.attempt().is_some_and(|attempt| attempt.failure.is_some());
        let finished = matches!(run.execution().map(|e| &e.state), Some(ExecutionState::Finished { .. }));
        if failed || !finished {
            self.keep_notebook(&run, notebook::Stage::ExecutionFailed).await;
        }
        Ok(None)
    }

    /// A cold start, of no use where the code is not what was approved.
    async fn prepare(&self, permit: &Permit, order: &PrepareOrder) -> Result<Result<Prepared, RunError>, ServiceError> {
        let (store, code) = (self.service.store().clone(), permit.coverage().code);
        let look = blocking(move || Ok(stored_code(&store, code).map(drop)?));
        let limit = self.service.settings().timeouts.executor;
        let prepared = Prepared::new(&self.service.stages().executor, order, limit, &self.observer);
        match tokio::join!(look, prepared) {
            (Err(ServiceError::Run(error)), _) => Ok(Err(error)), // what was prepared is given up
            (Err(other), _) => Err(other),
            (Ok(()), prepared) => Ok(prepared),
        }
    }

    /// The list of packages is the same for many runs: it goes where equal bytes are kept once.
    async fn kept(&self, mut outcome: Outcome) -> Result<Outcome, ServiceError> {
        if let Some(environment) = outcome.environment.as_mut().filter(|environment| !environment.packages.is_empty()) {
            let packages = canonical(&json!(mem::take(&mut environment.packages)));
            let store = self.service.store().clone();
            environment.packages_sha256 = Some(blocking(move || Ok(store.put_blob(packages.as_bytes())?)).await?);
        }
        Ok(outcome)
    }

    fn desk_for(&self, permit: Permit, prepare: PrepareOrder, connector: &Lent) -> Desk {
        let service = self.service;
        let (code_sha256, scope) = (permit.coverage().code, permit.scope());
        Desk {
            log: self.log.clone(),
            store: service.store().clone(),
            observer: self.observer.clone(),
            broker: service.stages().broker.clone(),
            owner: service.owner().id().clone(),
            order: ExecuteOrder { prepare, code_sha256, token: clock::new_id(), scope },
            accept: service.settings().accept_isolation.clone(),
            protected: service.protected().clone(),
            connector_host: connector.lend(),
            closing: CancellationToken::new(),
            entry: Mutex::new(Entry::with(permit)),
            output: Mutex::default(),
            writes: Mutex::default(),
        }
    }
}

/// The machinery failed after release. With effects nobody knows what the code did: as if its owner had died.
fn lost_sight(released: Released, token: pyexec_core::id::Token, error: RunError) -> Event {
    if released.effects && error.class != ErrorClass::Refusal {
        Event::Interrupted { token, cause: Some(error) }
    } else {
        Event::ExecutionFailed { token: Some(token), error }
    }
}

/// The class follows from the kind, whatever the executor wrote beside it, and lists are bounded.
fn normal(mut outcome: Outcome) -> Outcome {
    if let Some(error) = &mut outcome.error {
        error.class = error.kind.class();
    }
    outcome.refused = unpredicted::bounded(outcome.refused);
    outcome
}

fn reading_time(inputs: &[StagedInput]) -> Duration {
    let bytes = inputs.iter().fold(0_u64, |sum, input| sum.saturating_add(input.bytes));
    Duration::from_secs(bytes / SLOWEST_DISK)
}
