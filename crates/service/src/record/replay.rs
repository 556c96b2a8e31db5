//! The same code on the same inputs, once more, as a run of its own: analysed, judged and approved like any other. Nothing
//! is inherited from the run that it repeats but what that one was given.

use super::differences::{Comparison, Side};
use crate::{
    run::{ExecutionState, Run},
    service::{Service, ServiceError, blocking},
    submit::Submission,
    view::Output,
};
use pyexec_core::{Code, CodeHash, ErrorKind, Outcome, Principal, Request, RunError, RunId, request::GivenCode};

impl Service {
    /// Makes a run that repeats the last execution of `run`. Inputs are those that were staged then, with their digests.
    pub async fn replay(&self, run: &RunId, by: Principal) -> Result<RunId, ServiceError> {
        let past = self.run(run).await?;
        let (code, _) = executed(&past)?;
        let store = self.store().clone();
        let bytes = blocking(move || Ok(store.get_blob(&code.0)?)).await?;
        let submission = Submission {
            timeout_seconds: Some(past.created.limits.timeout_seconds.min(self.settings().limits.timeout_seconds)),
            unattended: false,
            staged: past.created.inputs.clone(),
        };
        self.submit(repeated(&past, bytes), by, submission).await
    }

    /// What differs between what two runs came to. Both must have executed.
    pub async fn compare(&self, before: &RunId, after: &RunId) -> Result<Comparison, ServiceError> {
        let (before, after) = (self.run(before).await?, self.run(after).await?);
        let printed = [Output::of(&before, self.store()).await?, Output::of(&after, self.store()).await?];
        let [first, second] = &printed;
        let side = |outcome, printed| Side { outcome, printed };
        Ok(Comparison::of(&side(executed(&before)?.1, first), &side(executed(&after)?.1, second)))
    }
}

/// The code of the last execution, and what came of it.
fn executed(run: &Run) -> Result<(CodeHash, &Outcome), RunError> {
    let attempt = run.attempt();
    let finished = attempt.and_then(|attempt| match &attempt.executions.last()?.state {
        ExecutionState::Finished { outcome, .. } => Some((attempt.code?, outcome.as_ref())),
        _ => None,
    });
    finished.ok_or_else(|| {
        let message = format!("run {} is {}, and no end of an execution of its code was seen", run.id, run.state());
        RunError::new(ErrorKind::BadRequest, message)
            .with_help("there is nothing to compare with; `pyexec run` runs code anew")
    })
}

fn repeated(past: &Run, code: Vec<u8>) -> Request {
    let request = past.created.request.clone();
    let objective = match request.task_objective.as_deref().or(request.user_query.as_deref()) {
        Some(task) => format!("replay of {}: {task}", past.id),
        None => format!("replay of {}", past.id),
    };
    Request {
        task_objective: Some(objective),
        code: Some(GivenCode(Code::new(code))),
        retries: None,
        idempotency_key: None,
        ..request
    }
}
