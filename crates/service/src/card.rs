//! Puts together what a person is shown before they decide: a [`Card`], from the log, the code and the executor.
//!
//! In raw words: it deliberately knows nothing of how they are shown, or made fit to be.

use crate::{
    clock,
    event::{Answer, Ticket},
    progress::Observer,
    run::{Attempt, Execution, ExecutionState, Run},
    service::{Service, ServiceError, blocking},
};
use pyexec_core::{
    Card, Code, CodeHash, ErrorKind, Request, RunError, TicketId,
    card::{ApprovedBefore, Author, Basis, Earlier, Ending, Previous},
    code::Digest,
};
use std::{sync::Arc, time::Duration};

/// The generator's name in the log where code came with the request.
const GIVEN: &str = "given";

impl Service {
    /// What a person who answers this ticket is shown, as of now. Only a ticket that waits has a card.
    pub async fn card(&self, ticket: &TicketId, observer: &Arc<dyn Observer>) -> Result<Card, ServiceError> {
        let run = self.store().find_by_ticket(ticket).await?;
        let run = run.ok_or_else(|| ServiceError::no_such_ticket(ticket.as_str()))?;
        let run = self.run(&run).await?;
        let Some((attempt, open)) = waiting(&run, ticket) else {
            let message = format!("ticket {ticket} waits for no decision: run {} is {}", run.id, run.state());
            return Err(RunError::new(ErrorKind::BadRequest, message)
                .with_help(format!("`pyexec runs show {}` tells what became of it", run.id))
                .into());
        };
        let (code, findings) = self.journal().evidence(&run)?;
        let isolation = self.describe(observer).await.map_err(|e| RunError::from(&e))?.isolation;
        let approved_before = self.approved_before(&run).await?;
        let previous = self.previous(&run, attempt, approved_before.as_ref()).await?;
        let decision = attempt.analysis.as_ref().map(|analysis| &analysis.decision);
        let mut reasons = decision.map(|decision| decision.reasons.clone()).unwrap_or_default();
        if open.reason != reasons.join("; ") {
            reasons.insert(0, open.reason.clone());
        }
        Ok(Card {
            run_id: run.id.clone(),
            ticket_id: ticket.clone(),
            requester: run.created.requester.clone(),
            task: task(&run.created.request),
            attempt: attempt.number,
            author: author(attempt),
            summary: attempt.analysis.as_ref().map(|analysis| analysis.summary.clone()).unwrap_or_default(),
            reasons,
            recommendations: decision.map(|decision| decision.recommendations.clone()).unwrap_or_default(),
            additional_context: decision.map(|decision| decision.additional_context.clone()).unwrap_or_default(),
            mode: open.covers.mode,
            grants: open.covers.grants.clone(),
            findings,
            inputs: run.inputs(),
            code,
            previous,
            approved_before,
            earlier: earlier(&run),
            backend: open.covers.backend.clone(),
            limits: run.created.limits.clone(),
            isolation,
            created_at: clock::stamp(open.created_at),
            expires_at: clock::stamp(open.expires_at),
            expires_in: Duration::try_from(open.expires_at.duration_since(clock::now())).unwrap_or_default(),
        })
    }

    /// The approval that a person gave last for this task: in this run, or in the latest other one.
    async fn approved_before(&self, run: &Run) -> Result<Option<ApprovedBefore>, ServiceError> {
        if let Some(before) = approved_in(run) {
            return Ok(Some(before));
        }
        let Some(task) = task_key(&run.created.request) else { return Ok(None) };
        let last = self.store().approved_last(&run.created.requester, &task).await?;
        match last.filter(|last| *last != run.id) {
            // The log says what was approved: the row that leads to it is only a row.
            Some(last) => Ok(approved_in(&self.run(&last).await?)),
            None => Ok(None),
        }
    }

    /// The code to compare with. An edit is compared with what was edited; other code with what was approved before, and
    /// if nothing was, with the attempt before.
    async fn previous(
        &self,
        run: &Run,
        attempt: &Attempt,
        approved: Option<&ApprovedBefore>,
    ) -> Result<Option<Previous>, ServiceError> {
        let others = run.attempts.iter().filter(|other| other.number < attempt.number);
        let of = |n: u32| run.attempts.iter().find(|other| other.number == n).and_then(|other| other.code);
        let before = others.filter(|other| other.code.is_some()).max_by_key(|other| other.number);
        let found = match (&attempt.edited, approved, before) {
            (Some(edited), ..) => of(edited.from).map(|code| (code, Basis::Edited { attempt: edited.from })),
            (None, Some(approved), _) => Some((approved.code, Basis::Approved)),
            (None, None, Some(other)) => other.code.map(|code| (code, Basis::Attempt { attempt: other.number })),
            (None, None, None) => None,
        };
        let Some((CodeHash(sha256), basis)) = found else { return Ok(None) };
        let store = self.store().clone();
        // Code that is gone or was altered is no reason to show nothing: the card still says that something was approved.
        let read = blocking(move || Ok(store.get_blob(&sha256)?)).await;
        let read = read.inspect_err(|error| tracing::warn!("there is nothing to compare the code with: {error}"));
        Ok(read.ok().map(|bytes| Previous { code: Code::new(bytes), basis }))
    }
}

/// What makes two requests of one principal the same task: their words, or the name of code that came without words.
/// Nothing, if there are neither.
pub(crate) fn task_key(request: &Request) -> Option<Digest> {
    let Request { user_query, task_objective, execution_folder_name, .. } = request;
    let worded = user_query.is_some() || task_objective.is_some();
    let name = execution_folder_name.as_ref().filter(|_| !worded);
    if !worded && name.is_none() {
        return None;
    }
    Some(Digest::of(serde_json::json!([user_query, task_objective, name]).to_string().as_bytes()))
}

/// The request in the caller's words, whole.
fn task(request: &Request) -> String {
    let words: Vec<_> = [&request.user_query, &request.task_objective].into_iter().flatten().cloned().collect();
    match &request.execution_folder_name {
        _ if !words.is_empty() => words.join("\n"),
        Some(name) => format!("given code: {name}"),
        None => "given code".into(),
    }
}

fn waiting<'a>(run: &'a Run, ticket: &TicketId) -> Option<(&'a Attempt, &'a Ticket)> {
    let open = run.open_ticket().filter(|open| open.ticket_id == *ticket)?;
    Some((run.attempt()?, open))
}

fn approved_in(run: &Run) -> Option<ApprovedBefore> {
    run.attempts.iter().rev().find_map(|attempt| {
        let decision = attempt.decision.as_ref().filter(|decision| decision.answer == Answer::Approve)?;
        Some(ApprovedBefore {
            run_id: run.id.clone(),
            code: attempt.code?,
            by: decision.by.clone(),
            at: clock::stamp(decision.at),
        })
    })
}

fn author(attempt: &Attempt) -> Author {
    match &attempt.edited {
        Some(edited) => Author::Person { by: edited.by.clone(), of: edited.from },
        None if attempt.generator == GIVEN => Author::Given,
        None => Author::Generator(attempt.generator.clone()),
    }
}

/// What this run did before: executions that could change something, and those whose end nobody saw.
fn earlier(run: &Run) -> Vec<Earlier> {
    let matters = |execution: &Execution| {
        execution.effects || !execution.writes.is_empty() || matches!(execution.state, ExecutionState::Interrupted(_))
    };
    let one = |attempt: u32, execution: &Execution| Earlier {
        attempt,
        effects: execution.effects,
        ending: match execution.state {
            ExecutionState::Running => Ending::Running,
            ExecutionState::Finished { .. } => Ending::Finished,
            ExecutionState::Failed(_) => Ending::Failed,
            ExecutionState::Interrupted(_) => Ending::Interrupted,
        },
        writes: execution.writes.iter().map(|write| (write.intended.clone(), write.report.clone())).collect(),
    };
    let each = run.attempts.iter().flat_map(|attempt| attempt.executions.iter().map(|e| (attempt.number, e)));
    each.filter(|(_, execution)| matters(execution)).map(|(n, execution)| one(n, execution)).collect()
}
