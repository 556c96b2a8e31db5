//! Performs the steps that [`crate::pipeline::next`] asks for and appends what happened.
//!
//! Several processes may drive: each appends only what still follows, and looks again when it does not.

use crate::{
    analysis::{self, within},
    clock,
    desk::{Desk, State as DeskState, stored_code},
    event::{Analyzed, Event, Ticket},
    folder, grants,
    log::RunLog,
    permit::Permit,
    pipeline::{self, Illegal, Step},
    plugin_host::Lent,
    progress::{Observer, Progress, Stage},
    run::{Attempt, End, Run},
    service::{Service, ServiceError},
    store::Owner,
};
use pyexec_core::{
    Code, ErrorClass, ErrorKind, ExecutionMode, Outcome, PluginError, Principal, ProposedGrant, RunError, Verdict,
    approval_gate::{GateRequest, REQUIRE, Requirement},
    code::CodeHash,
    domain_analyzer::AnalysisRequest,
    executor::{EXECUTE, ExecuteRequest, PREPARE, PreparedId},
    generator::{FailedAttempt, GENERATE, GeneratedCode, GenerationRequest},
    id::Token,
    order::{ExecuteOrder, PrepareOrder},
};
use serde_json::Map;
use std::{sync::Arc, time::Duration};
use tokio::{
    sync::Mutex,
    time::{Instant, interval, sleep},
};
use tokio_util::sync::CancellationToken;
use tracing::Instrument;

/// How often a driver looks whether others appended something (a cancellation, an end).
const LOOK: Duration = Duration::from_millis(200);
/// How often machinery is tried before release.
const MACHINERY_TRIES: u32 = 3;
/// How many lost races in a row are believed.
const MOST_LOST: u32 = 50;

pub(crate) struct Driver<'a> {
    pub(crate) service: &'a Service,
    pub(crate) log: Arc<RunLog>,
    pub(crate) by: Principal,
    pub(crate) observer: Arc<dyn Observer>,
    pub(crate) cancel: CancellationToken,
}

impl Driver<'_> {
    /// Drives until the run is over or waits for a person.
    pub(crate) async fn drive(self) -> Result<Run, ServiceError> {
        let run = self.log.refresh().await?;
        let span = tracing::info_span!("run", id = %run.id);
        let run = self.steps().instrument(span).await?;
        self.service.leave(&run).await;
        Ok(run)
    }

    async fn steps(&self) -> Result<Run, ServiceError> {
        let mut lost = 0;
        loop {
            let run = self.log.refresh().await?;
            let step = pipeline::next(&run);
            tracing::debug!(seq = run.seq, step = ?std::mem::discriminant(&step), "next");
            if let Step::Over | Step::AwaitPerson = step {
                return Ok(run);
            }
            if let Step::AwaitApproval = step
                && let Some(ticket) = run.open_ticket()
                && !lapsed(ticket)
            {
                return Ok(run);
            }
            if self.another_drives(&run)? {
                sleep(LOOK).await;
                continue;
            }
            let mine = Some(self.service.owner().id());
            if run.claimed.as_ref() != mine {
                self.log.append(Event::Claimed { owner: self.service.owner().id().clone() }).await?;
                continue;
            }
            match self.perform(&run, step).await {
                Ok(()) => lost = 0,
                // Somebody else was first, or stopped the run: look again.
                Err(ServiceError::Illegal(Illegal(why))) if lost < MOST_LOST => {
                    tracing::debug!("another process was first: {why}");
                    lost += 1;
                }
                Err(error) => return Err(error),
            }
        }
    }

    /// Whether a living process other than this one drives the run.
    fn another_drives(&self, run: &Run) -> Result<bool, ServiceError> {
        match &run.claimed {
            Some(owner) if owner != self.service.owner().id() => alive(self.service, owner),
            _ => Ok(false),
        }
    }

    async fn perform(&self, run: &Run, step: Step) -> Result<(), ServiceError> {
        match step {
            Step::Generate(attempt) => self.staged(Stage::Generation, self.generate(run, attempt)).await,
            Step::Analyze => self.staged(Stage::Analysis, self.analyze(run)).await,
            Step::AwaitApproval => self.ask(run).await,
            Step::Execute(permit) => self.staged(Stage::Execution, self.execute(run, *permit)).await,
            Step::Attend(token) => self.attend(run, token).await,
            Step::Finish(End { state, error }) => self.log.append(Event::Ended { state, error }).await,
            Step::Rehearse | Step::AwaitPerson | Step::Over => Ok(()),
        }
    }

    async fn staged(&self, stage: Stage, work: impl Future<Output = Result<(), ServiceError>>) -> Result<(), ServiceError> {
        self.observer.on(Progress::Started(stage));
        let done = tokio::select! {
            done = work => done,
            // Dropping the work drops the component's future, and with it whatever runs.
            stopped = self.stopped() => stopped,
        };
        self.observer.on(Progress::Ended(stage));
        done
    }

    /// Returns once somebody wants the run stopped; by then the log says so.
    async fn stopped(&self) -> Result<(), ServiceError> {
        let mut look = interval(LOOK);
        loop {
            tokio::select! {
                () = self.cancel.cancelled() => {
                    let run = self.log.refresh().await?;
                    if run.cancel.is_none() {
                        self.log.append(Event::CancelRequested { by: self.by.clone() }).await?;
                    }
                    return self.stop_execution().await;
                }
                _ = look.tick() => {
                    if self.log.refresh().await?.cancel.is_some() {
                        return self.stop_execution().await;
                    }
                }
            }
        }
    }

    /// An execution of ours that is being stopped is over as far as the log goes: its tree dies with its future.
    async fn stop_execution(&self) -> Result<(), ServiceError> {
        let run = self.log.run().await;
        if let Step::Attend(token) = pipeline::next(&run) {
            let error = RunError::new(ErrorKind::Cancelled, "stopped while it ran");
            self.log.append(Event::ExecutionFailed { token: Some(token), error }).await?;
        }
        Ok(())
    }

    async fn generate(&self, run: &Run, attempt: u32) -> Result<(), ServiceError> {
        let start = Instant::now();
        let event = match (run.created.given, &self.service.stages().generator) {
            (Some(code), _) => {
                let (generator, metadata) = ("given".into(), Map::new());
                Event::Generated { attempt, code, generator, metadata, ms: 0 }
            }
            (None, Some(generator)) => {
                let request = self.generation_request(run, attempt)?;
                let limit = self.service.settings().timeouts.generator;
                let answer = analysis::call(generator, GENERATE, &request, limit, &self.observer).await;
                let ms = elapsed(start);
                match answer.map_err(|e| RunError::from(&e)).and_then(|generated| self.accept(run, attempt, generated)) {
                    Ok((code, metadata)) => {
                        Event::Generated { attempt, code, generator: generator.name().into(), metadata, ms }
                    }
                    Err(error) => Event::GenerationFailed { attempt, error, ms },
                }
            }
            (None, None) => {
                let error = RunError::new(ErrorKind::UnknownName, "this program has no generator configured");
                Event::GenerationFailed { attempt, error, ms: 0 }
            }
        };
        if let Event::Generated { code, .. } = &event {
            folder::put_code(&run.created.folder, self.service.store(), *code)?;
        }
        self.log.append(event).await
    }

    fn generation_request(&self, run: &Run, attempt: u32) -> Result<GenerationRequest, ServiceError> {
        let failures = run.attempts.iter().filter_map(|a| Some((a, a.failure.clone()?)));
        let failures = failures.map(|(a, error)| {
            let code = a.code.map(|code| self.service.store().get_blob(&code.0).map(Code::new)).transpose()?;
            Ok(FailedAttempt { attempt: a.number, code, error, findings: crate::view::findings(a, self.service.store())? })
        });
        Ok(GenerationRequest {
            attempt,
            attempts: run.created.attempts,
            request: run.created.request.clone(),
            inputs: run.inputs(),
            mode_ceiling: run.created.request.mode,
            failures: failures.collect::<Result<_, ServiceError>>()?,
        })
    }

    /// Keeps what a generator gave.
    fn accept(
        &self,
        run: &Run,
        attempt: u32,
        generated: GeneratedCode,
    ) -> Result<(CodeHash, Map<String, serde_json::Value>), RunError> {
        let bytes = generated.code.as_bytes();
        if bytes.iter().all(u8::is_ascii_whitespace) {
            return Err(RunError::new(ErrorKind::GenerationEmpty, "the generator gave no code"));
        }
        if bytes.len() > Code::MAX_BYTES {
            let (size, most) = (bytes.len(), Code::MAX_BYTES);
            return Err(RunError::new(ErrorKind::GenerationEmpty, format!("the generator gave {size} bytes of code, and {most} are the most")));
        }
        let kept = self.service.store().put_blob(bytes);
        let code = kept.map_err(|e| ServiceError::from(e).to_run_error())?;
        for (n, prompt) in generated.prompts.iter().enumerate() {
            let folder = run.created.folder.join("prompts");
            let name: String = prompt.name.chars().filter(|c| c.is_ascii_alphanumeric() || *c == '_').take(40).collect();
            let path = folder.join(format!("{attempt:02}_{n:02}_{name}.txt"));
            let written = std::fs::create_dir_all(&folder).and_then(|()| folder::write(&path, prompt.text.as_bytes()));
            written.map_err(|e| RunError::new(ErrorKind::Store, format!("a prompt cannot be saved: {e}")))?;
        }
        Ok((CodeHash(code), generated.metadata))
    }

    async fn analyze(&self, run: &Run) -> Result<(), ServiceError> {
        let Some(Attempt { number, code: Some(code), .. }) = run.attempt() else {
            return Err(Illegal("there is no code to analyse".into()).into());
        };
        let file = match stored_code(self.service.store(), *code) {
            Ok(file) => file,
            Err(error) => return self.log.append(Event::Ended { state: crate::run::State::Refused, error: Some(error) }).await,
        };
        let python = match self.service.describe(&self.observer).await {
            Ok(description) => python_version(&description.python),
            Err(error) => return self.machinery_failed(&error).await,
        };
        let start = Instant::now();
        let store = self.service.store();
        let request = AnalysisRequest {
            code: Code::new(store.get_blob(&file.sha256)?),
            python,
            inputs: run.inputs(),
            outputs: run.created.outputs.clone(),
            prior: vec![],
        };
        let found = self.service.analyze(request, &self.observer).await;
        let protected = self.service.protected();
        let (grants, notes) = grants::resolve(&found.decision.grants, &run.created.outputs, &protected);
        let mut decision = found.decision;
        decision.reasons.extend(notes);
        decision.mode = decision.mode.max(least_mode(&decision.grants));
        let requirement = if decision.verdict == Verdict::Deny || found.syntax_error.is_some() {
            None
        } else {
            match self.require(run, *code, &decision, &grants).await {
                Ok(requirement) => Some(requirement),
                Err(why) => {
                    decision.verdict = Verdict::Deny;
                    decision.reasons.insert(0, why);
                    None
                }
            }
        };
        let findings = serde_json::to_vec(&found.findings).map_err(|e| ServiceError::unreadable(&run.id, &e.to_string()))?;
        let analyzed = Analyzed {
            attempt: *number,
            code: *code,
            findings: store.put_blob(&findings)?,
            finding_count: u32::try_from(found.findings.len()).unwrap_or(u32::MAX),
            summary: found.summary,
            syntax_error: found.syntax_error,
            decision,
            grants,
            requirement,
            ms: elapsed(start),
        };
        self.log.append(Event::Analyzed(Box::new(analyzed))).await
    }

    /// Asks the gate, and holds it to the promises. An error is the reason of a denial.
    async fn require(
        &self,
        run: &Run,
        code_sha256: CodeHash,
        decision: &pyexec_core::PolicyDecision,
        grants: &[pyexec_core::Grant],
    ) -> Result<Requirement, String> {
        let gate = &self.service.stages().gate;
        let request = GateRequest {
            code_sha256,
            verdict: decision.verdict,
            mode: decision.mode,
            grants: grants.to_vec(),
            reasons: decision.reasons.clone(),
            requester: run.created.requester.clone(),
            environment: run.created.environment.clone(),
        };
        let limit = self.service.settings().timeouts.gate;
        let answer: Result<Requirement, PluginError> = analysis::call(gate, REQUIRE, &request, limit, &self.observer).await;
        let name = gate.name();
        match answer.map_err(|error| format!("the approval gate `{name}` failed: {error}"))? {
            requirement @ Requirement::Person { .. } => Ok(requirement),
            _ if decision.mode == ExecutionMode::EpicsControl => {
                Ok(Requirement::Person { reason: "EPICS_CONTROL always needs a person".into() })
            }
            Requirement::Proceed if decision.verdict == Verdict::Ask => {
                Err(format!("the approval gate `{name}` waved through what policy wants asked"))
            }
            requirement => Ok(requirement),
        }
    }

    async fn ask(&self, run: &Run) -> Result<(), ServiceError> {
        if let Some(ticket) = run.open_ticket() {
            return self.log.append(Event::Expired { ticket: ticket.ticket_id.clone() }).await; // lapsed: `steps` looked
        }
        let reason = match run.attempt().and_then(|a| a.analysis.as_ref()).and_then(|a| a.requirement.as_ref()) {
            Some(Requirement::Person { reason }) => reason.clone(),
            _ => return Err(Illegal("nobody needs to be asked".into()).into()),
        };
        let covers = run.coverage().ok_or_else(|| Illegal("there is nothing to ask about".into()))?;
        let created_at = clock::now();
        let lifetime = self.service.settings().ticket_lifetime;
        let expires_at = created_at.checked_add(lifetime).unwrap_or(jiff::Timestamp::MAX);
        let ticket = Ticket { ticket_id: clock::new_id(), reason, covers, created_at, expires_at };
        let id = ticket.ticket_id.clone();
        self.log.append(Event::TicketOpened(Box::new(ticket))).await?;
        self.observer.on(Progress::Waiting(id));
        Ok(())
    }

    async fn execute(&self, run: &Run, permit: Permit) -> Result<(), ServiceError> {
        let start = Instant::now();
        let service = self.service;
        let executor = &service.stages().executor;
        if permit.coverage().backend != executor.name() {
            let (needs, has) = (&permit.coverage().backend, executor.name());
            let error = RunError::new(ErrorKind::UnknownName, format!("the run was approved for `{needs}`, and this program executes with `{has}`"))
                .with_help(format!("set `[execution] execution_method` so that `{needs}` executes"));
            return Err(error.into());
        }
        if let Err(error) = stored_code(service.store(), permit.coverage().code) {
            return self.log.append(Event::ExecutionFailed { token: None, error }).await;
        }
        let prepare = prepare_order(service, run, &permit);
        let prepared = match self.prepare(&prepare).await {
            Ok(prepared) => prepared,
            Err(error) => return self.machinery_failed(&error).await,
        };
        let token: Token = clock::new_id();
        let order = ExecuteOrder {
            prepare,
            code_sha256: permit.coverage().code,
            token: token.clone(),
            scope: permit.scope(),
        };
        let effects = permit.has_effects();
        let connector = Lent::new(&self.observer, None);
        let desk = Arc::new(Desk {
            log: self.log.clone(),
            store: service.store().clone(),
            observer: self.observer.clone(),
            broker: service.stages().broker.clone(),
            owner: service.owner().id().clone(),
            order: order.clone(),
            accept: service.settings().accept_isolation.clone(),
            protected: service.protected(),
            connector_host: connector.lend(),
            permit: Mutex::new(Some(permit)),
            state: Mutex::new(DeskState::default()),
        });
        let lent = Lent::new(&self.observer, Some(desk.clone()));
        let limit = Duration::from_secs(run.created.limits.timeout_seconds) + service.settings().timeouts.executor;
        let request = ExecuteRequest { prepared, order };
        let answer: Result<Outcome, PluginError> =
            within(limit, executor, executor.invoke(EXECUTE, &request, lent.lend())).await;
        drop(lent);
        let (released, refused) = {
            let state = desk.state.lock().await;
            (state.released, state.refused.clone())
        };
        let event = match (released, answer) {
            (true, Ok(outcome)) => {
                let (outcome, output_sha256) = (Box::new(outcome), desk.output_digest().await);
                Event::ExecutionFinished { token, outcome, output_sha256, ms: elapsed(start) }
            }
            // It was released and nobody knows what it did: as if its owner had died.
            (true, Err(error)) if effects => {
                tracing::error!("the executor failed while code with effects ran: {error}");
                Event::Interrupted { token }
            }
            (true, Err(error)) => Event::ExecutionFailed { token: Some(token), error: RunError::from(&error) },
            (false, answer) => {
                let error = refused.unwrap_or_else(|| match answer {
                    Err(error) => RunError::from(&error),
                    Ok(_) => RunError::new(ErrorKind::Plugin, "the executor reported an outcome of code that it never asked for"),
                });
                Event::ExecutionFailed { token: None, error }
            }
        };
        self.log.append(event).await
    }

    /// Prepares, with back-off while it is the machinery's fault.
    async fn prepare(&self, order: &PrepareOrder) -> Result<PreparedId, PluginError> {
        let executor = &self.service.stages().executor;
        let limit = self.service.settings().timeouts.executor;
        let mut tries = 1;
        loop {
            match analysis::call(executor, PREPARE, order, limit, &self.observer).await {
                Ok(prepared) => return Ok(prepared),
                Err(error) => {
                    let class = RunError::from(&error).class;
                    if class != ErrorClass::Infrastructure || tries == MACHINERY_TRIES {
                        return Err(error);
                    }
                    tracing::warn!(tries, "preparing failed, trying again: {error}");
                    sleep(Duration::from_millis(100 << tries)).await;
                    tries += 1;
                }
            }
        }
    }

    async fn machinery_failed(&self, error: &PluginError) -> Result<(), ServiceError> {
        let error = RunError::from(error);
        let run = self.log.run().await;
        match pipeline::next(&run) {
            Step::Execute(_) => self.log.append(Event::ExecutionFailed { token: None, error }).await,
            // Before there is anything to execute: the run stays where it is, so that it can be resumed once mended.
            _ => Err(error.into()),
        }
    }

    async fn attend(&self, run: &Run, token: Token) -> Result<(), ServiceError> {
        let Some(execution) = run.execution() else { return Ok(()) };
        // This process drives one step at a time, so an execution of its own that runs now was left behind.
        let left = execution.owner == *self.service.owner().id();
        if left || !alive(self.service, &execution.owner)? {
            return self.log.append(Event::Interrupted { token }).await;
        }
        sleep(LOOK).await;
        Ok(())
    }
}

fn alive(service: &Service, owner: &pyexec_core::id::OwnerId) -> Result<bool, ServiceError> {
    Ok(Owner::is_alive(&service.settings().data_dir, owner)?)
}

fn lapsed(ticket: &Ticket) -> bool {
    let now = clock::now();
    now >= ticket.expires_at || now < ticket.created_at
}

fn prepare_order(service: &Service, run: &Run, permit: &Permit) -> PrepareOrder {
    let covers = permit.coverage();
    PrepareOrder {
        run_id: permit.run().clone(),
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

/// The least mode under which these grants make sense, whatever a plugin says.
fn least_mode(grants: &[ProposedGrant]) -> ExecutionMode {
    let one = |grant: &ProposedGrant| match grant {
        ProposedGrant::Read { .. } => ExecutionMode::ReadOnly,
        ProposedGrant::ChannelWrite(_) => ExecutionMode::EpicsControl,
        _ => ExecutionMode::WriteEnabled,
    };
    grants.iter().map(one).max().unwrap_or_default()
}

fn python_version(text: &str) -> (u8, u8) {
    let mut parts = text.split('.').map(|part| part.parse().ok());
    match (parts.next().flatten(), parts.next().flatten()) {
        (Some(major), Some(minor)) => (major, minor),
        _ => (3, 11),
    }
}

fn elapsed(start: Instant) -> u64 {
    u64::try_from(start.elapsed().as_millis()).unwrap_or(u64::MAX)
}
