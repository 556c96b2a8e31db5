//! Analysis, policy and gate of one attempt, and the ticket where a person is needed.

use super::{Driver, elapsed};
use crate::{
    analysis, clock,
    desk::stored_bytes,
    event::{Analyzed, Event, Ticket},
    grants, notebook,
    pipeline::Illegal,
    progress::{Observer, Progress},
    run::{Attempt, Run, State},
    service::{Service, ServiceError, blocking},
};
use pyexec_core::{
    Code, CodeHash, ErrorClass, ErrorKind, ExecutionMode, Grant, PluginError, PolicyDecision, ProposedGrant, RunError,
    Verdict,
    approval_gate::{GateRequest, REQUIRE, Requirement},
    domain_analyzer::AnalysisRequest,
};
use std::sync::Arc;
use tokio::time::Instant;

impl Driver<'_> {
    pub(super) async fn analyze(&self, run: &Run) -> Result<(), ServiceError> {
        let Some(Attempt { number, code: Some(code), .. }) = run.attempt() else {
            return Err(Illegal("there is no code to analyse".into()).into());
        };
        let bytes = match self.stored(*code).await {
            Ok(bytes) => bytes,
            Err(ServiceError::Run(error)) if error.class == ErrorClass::Refusal => {
                return self.log.append(Event::Ended { state: State::Refused, error: Some(error) }).await;
            }
            Err(other) => return Err(other),
        };
        // An error here leaves the run where it is, before anything ran: mended, it can be resumed.
        let request = analysis_request(self.service, run, Code::new(bytes), &self.observer).await?;
        let start = Instant::now();
        let found = self.service.analyze(request, &self.observer).await;
        let (grants, notes) = grants::resolve(&found.decision.grants, &run.created.outputs, self.service.protected());
        let mut decision = found.decision;
        decision.reasons.extend(notes);
        decision.mode = decision.mode.max(least_mode(&decision.grants));
        let finding_count = u32::try_from(found.findings.len()).unwrap_or(u32::MAX);
        let findings = blocking({
            let (store, id, findings) = (self.service.store().clone(), run.id.clone(), found.findings);
            move || {
                let json = serde_json::to_vec(&findings);
                Ok(store.put_blob(&json.map_err(|e| ServiceError::unreadable(&id, &e.to_string()))?)?)
            }
        });
        let required = async {
            if decision.verdict == Verdict::Deny || found.syntax_error.is_some() {
                return Ok(None);
            }
            self.require(run, *code, &decision, &grants).await.map(Some)
        };
        let (findings, required) = tokio::join!(findings, required);
        let requirement = required.unwrap_or_else(|why| {
            decision.verdict = Verdict::Deny;
            decision.reasons.insert(0, why);
            None
        });
        let analyzed = Analyzed {
            attempt: *number,
            code: *code,
            findings: findings?,
            finding_count,
            summary: found.summary,
            syntax_error: found.syntax_error,
            decision,
            grants,
            requirement,
            ms: elapsed(start),
        };
        self.log.append(Event::Analyzed(Box::new(analyzed))).await?;
        let run = self.log.run().await;
        let stage = run.attempt().and_then(|attempt| attempt.analysis.as_ref()).and_then(|analysis| {
            let denied = (analysis.decision.verdict == Verdict::Deny).then_some(notebook::Stage::StaticAnalysisFailed);
            analysis.syntax_error.as_ref().map(|_| notebook::Stage::SyntaxError).or(denied)
        });
        if let Some(stage) = stage {
            self.keep_notebook(&run, stage).await;
        }
        Ok(())
    }

    /// Code from the store, verified.
    async fn stored(&self, code: CodeHash) -> Result<Vec<u8>, ServiceError> {
        let store = self.service.store().clone();
        blocking(move || Ok(stored_bytes(&store, code)?)).await
    }

    /// Asks the gate, and holds it to the promises. An error is the reason of a denial.
    async fn require(
        &self,
        run: &Run,
        code_sha256: CodeHash,
        decision: &PolicyDecision,
        grants: &[Grant],
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
        let answer: Result<Requirement, PluginError> =
            analysis::call(gate, REQUIRE, &request, limit, &self.observer).await;
        let name = gate.name();
        match answer.map_err(|error| format!("the approval gate `{name}` failed: {error}"))? {
            requirement @ Requirement::Person { .. } => Ok(requirement),
            _ if decision.mode == ExecutionMode::EpicsControl => {
                Ok(Requirement::Person { reason: "EPICS_CONTROL always needs a person".into() })
            }
            Requirement::Rule { .. } if run.attempt().is_some_and(|attempt| attempt.edited.is_some()) => {
                Ok(Requirement::Person { reason: "it was edited, which no rule approves".into() })
            }
            Requirement::Proceed if decision.verdict == Verdict::Ask => {
                Err(format!("the approval gate `{name}` waved through what policy wants asked"))
            }
            requirement => Ok(requirement),
        }
    }

    /// Opens the ticket; one that is there has lapsed, or nobody would have come here.
    pub(super) async fn ask(&self, run: &Run) -> Result<(), ServiceError> {
        if let Some(ticket) = run.open_ticket() {
            return self.log.append(Event::Expired { ticket: ticket.ticket_id.clone() }).await;
        }
        let reason = match run.attempt().and_then(|a| a.analysis.as_ref()).and_then(|a| a.requirement.as_ref()) {
            Some(Requirement::Person { reason }) => reason.clone(),
            _ => return Err(Illegal("nobody needs to be asked".into()).into()),
        };
        let covers = run.coverage().ok_or_else(|| Illegal("there is nothing to ask about".into()))?;
        let created_at = clock::now();
        let lifetime = self.service.settings().ticket_lifetime;
        let expires_at = created_at.checked_add(lifetime).unwrap_or(jiff::Timestamp::MAX);
        // Before the ticket, which leads to it: nobody is asked about what they cannot look at.
        notebook::save(run, self.service.store(), Some(notebook::Stage::AwaitingApproval), created_at).await?;
        let ticket = Ticket { ticket_id: clock::new_id(), reason, covers, created_at, expires_at };
        let id = ticket.ticket_id.clone();
        self.log.append(Event::TicketOpened(Box::new(ticket))).await?;
        self.observer.on(Progress::Waiting(id));
        Ok(())
    }
}

/// What analyzers get of a run to look at this code.
pub(crate) async fn analysis_request(
    service: &Service,
    run: &Run,
    code: Code,
    observer: &Arc<dyn Observer>,
) -> Result<AnalysisRequest, RunError> {
    let described = service.describe(observer).await.map_err(|e| RunError::from(&e))?;
    let python = python_version(&described.python)?;
    let outputs = run.created.outputs.clone();
    Ok(AnalysisRequest { code, python, inputs: run.inputs(), outputs, modules: described.modules, prior: vec![] })
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

fn python_version(text: &str) -> Result<(u8, u8), RunError> {
    let mut parts = text.split('.').map(|part| part.parse().ok());
    if let (Some(major), Some(minor)) = (parts.next().flatten(), parts.next().flatten()) {
        return Ok((major, minor));
    }
    let message = format!("the executor says that its Python is `{text}`, which is no version");
    Err(RunError::new(ErrorKind::Plugin, message))
}
