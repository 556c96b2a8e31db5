//! A run as JSON shows it (the contract of the command line's `--json`), put together from its log.

use crate::{
    clock,
    event::Coverage,
    journal::Journal,
    notebook,
    permit::{Basis, Permit},
    record::Refusal,
    run::{Attempt, ExecutionState, Run, State},
    service::ServiceError,
    store::{Store, StoredEvent},
    unpredicted,
};
use pyexec_core::{
    ExecutionMode, Finding, Isolation, PolicyDigest, RunError, RunId, TicketId,
    code::{CodeHash, Digest},
    executor::Stream,
    outcome::{FileRecord, Outcome, PythonEnvironment, Results, Usage},
};
use serde::Serialize;
use serde_json::{Map, Value};
use std::{collections::BTreeMap, fmt, path::PathBuf};

/// The version of these shapes.
pub const SCHEMA: u32 = 1;

/// A run. Absent values are null. Paths in `figures` and `artifacts` are relative to `folder`.
#[derive(Debug, Clone, Serialize)]
pub struct RunView {
    /// [`SCHEMA`].
    pub schema: u32,
    /// Which.
    pub run_id: RunId,
    /// Where it stands.
    pub state: State,
    /// What a program that leaves it here exits with.
    pub exit_code: u8,
    /// What it is about, in one line.
    pub task: String,
    /// Who asked.
    pub requester: String,
    /// When.
    pub created_at: String,
    /// The mode of the current attempt.
    pub mode: Option<ExecutionMode>,
    /// How it was held.
    pub isolation: Option<Isolation>,
    /// Who wrote the code.
    pub generator: Option<String>,
    /// The generator's metadata.
    pub generation: Map<String, Value>,
    /// How many attempts there were.
    pub attempts: usize,
    /// The code, undecodable bytes replaced.
    pub generated_code: Option<String>,
    /// Its digest.
    pub code_sha256: Option<CodeHash>,
    /// The run folder.
    pub folder: PathBuf,
    /// The final notebook, or while a person is asked the one to review; absolute.
    pub notebook: Option<String>,
    /// A link to it.
    pub notebook_link: Option<String>,
    /// What the code left in `results`.
    pub results: Option<Map<String, Value>>,
    /// Kept standard output, undecodable bytes replaced.
    pub stdout: String,
    /// Kept standard error.
    pub stderr: String,
    /// Images.
    pub figures: Vec<String>,
    /// Other files.
    pub artifacts: Vec<FileRecord>,
    /// What analysis found in the current attempt, and what was refused when it ran.
    pub findings: Vec<Finding>,
    /// The analysis in one line.
    pub summary: Option<String>,
    /// Which policies decided about the current attempt.
    pub policies: Vec<PolicyView>,
    /// Why policy decided as it did.
    pub reasons: Vec<String>,
    /// What the approver would open, or opened.
    pub covers: Option<Coverage>,
    /// What a reader should know.
    pub warnings: Vec<String>,
    /// The ticket that waits, or was answered.
    pub ticket_id: Option<TicketId>,
    /// When it lapses.
    pub ticket_expires_at: Option<String>,
    /// Who answered it (`alice`), or which rule stood in for a person (`rule: approval.mode = disabled`).
    pub decided_by: Option<String>,
    /// On what ground the current attempt may run, or ran: `allowed`, `rule` or `person`; null while nobody allows it.
    pub basis: Option<&'static str>,
    /// What went wrong.
    pub error: Option<RunError>,
    /// What was refused, with the offending lines, if anything was.
    pub refusal: Option<Refusal>,
    /// What it used.
    pub usage: Option<Usage>,
    /// Which Python ran it, with its packages.
    pub python: Option<PythonView>,
    /// How long each stage took.
    pub timings_ms: Timings,
}

/// A policy that decided.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PolicyView {
    /// `default`, a file's name, or what an analyzer calls its own.
    pub name: String,
    /// Of the text that it was then; null where it is none, or was not recorded.
    pub sha256: Option<Digest>,
}

impl PolicyView {
    /// From the two lists of a decision or a receipt.
    pub(crate) fn all(names: &[String], digests: &[PolicyDigest]) -> Vec<Self> {
        let of = |name: &String| {
            let known: Vec<_> = digests.iter().filter(|digest| digest.name == *name).map(|d| Some(d.sha256)).collect();
            if known.is_empty() { vec![None] } else { known }
        };
        let each = names.iter().flat_map(|name| of(name).into_iter().map(move |sha256| (name.clone(), sha256)));
        each.map(|(name, sha256)| Self { name, sha256 }).collect()
    }

    /// The same in one line.
    pub(crate) fn listed(names: &[String], digests: &[PolicyDigest]) -> String {
        Self::all(names, digests).iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
    }
}

impl fmt::Display for PolicyView {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.sha256 {
            Some(sha256) => write!(f, "{}, sha256 {sha256}", self.name),
            None => f.write_str(&self.name),
        }
    }
}

/// The Python of an execution.
#[derive(Debug, Clone, Serialize)]
pub struct PythonView {
    /// Its version.
    pub version: Option<String>,
    /// The program.
    pub interpreter: String,
    /// Why this one.
    pub origin: String,
    /// Of the canonical JSON of `packages`.
    pub packages_sha256: Option<Digest>,
    /// Installed packages, name to version; null if they are not known any more.
    pub packages: Option<BTreeMap<String, String>>,
}

impl PythonView {
    fn of(outcome: &Outcome, store: &Store) -> Option<Self> {
        let PythonEnvironment { interpreter, origin, packages_sha256, .. } = outcome.environment.clone()?;
        let packages = packages_sha256.and_then(|digest| store.get_blob(&digest).ok());
        Some(Self {
            version: outcome.python.clone(),
            interpreter,
            origin,
            packages_sha256,
            packages: packages.and_then(|bytes| serde_json::from_slice(&bytes).ok()),
        })
    }
}

/// Milliseconds by stage; null where the stage was not reached.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Timings {
    /// Of all attempts.
    pub generation: Option<u64>,
    /// Of all attempts.
    pub analysis: Option<u64>,
    /// From ticket to answer.
    pub approval: Option<u64>,
    /// With set-up.
    pub execution: Option<u64>,
    /// From the first event to the last.
    pub total: u64,
}

/// An event as `runs events` prints it.
#[derive(Debug, Serialize)]
pub struct EventView<'a> {
    seq: u64,
    at: &'a str,
    kind: &'a str,
    version: u32,
    hash: String,
    prev: String,
    body: Value,
}

impl<'a> EventView<'a> {
    /// Of a row.
    pub fn of(event: &'a StoredEvent) -> Self {
        Self {
            seq: event.seq,
            at: &event.at,
            kind: &event.kind,
            version: event.version,
            hash: event.hash.to_string(),
            prev: event.prev.to_string(),
            // A body that is not JSON was altered; it is shown as it stands.
            body: serde_json::from_str(&event.body).unwrap_or_else(|_| Value::String(event.body.clone())),
        }
    }
}

/// The findings of an attempt.
pub(crate) fn findings(attempt: &Attempt, store: &Store) -> Result<Vec<Finding>, ServiceError> {
    let Some(analysis) = &attempt.analysis else { return Ok(vec![]) };
    let bytes = store.get_blob(&analysis.findings)?;
    serde_json::from_slice(&bytes).map_err(|e| {
        RunError::new(pyexec_core::ErrorKind::Store, format!("stored findings are not readable: {e}")).into()
    })
}

/// The same, and what was refused when it ran.
pub(crate) fn all_findings(attempt: &Attempt, store: &Store) -> Result<Vec<Finding>, ServiceError> {
    let mut found = findings(attempt, store)?;
    let refused = unpredicted::findings(attempt, &found);
    found.extend(refused);
    Ok(found)
}

/// What the last execution printed, as far as it was kept.
#[derive(Debug, Default)]
pub(crate) struct Output {
    pub(crate) stdout: Vec<u8>,
    pub(crate) stderr: Vec<u8>,
}

impl Output {
    pub(crate) async fn of(run: &Run, store: &Store) -> Result<Self, ServiceError> {
        let mut output = Self::default();
        if let Some(execution) = run.execution() {
            for row in store.output(&run.id, &execution.token, 0).await? {
                match row.stream {
                    Stream::Stdout => output.stdout.extend(row.bytes),
                    Stream::Stderr => output.stderr.extend(row.bytes),
                }
            }
        }
        Ok(output)
    }
}

impl RunView {
    /// Puts it together.
    pub(crate) async fn of(run: &Run, journal: &Journal) -> Result<Self, ServiceError> {
        let output = Output::of(run, journal.store()).await?;
        Self::with(run, journal.store(), journal.jupyter_base_url(), &output)
    }

    /// Of a run that printed `output`. Blocks: it reads blobs.
    pub(crate) fn with(run: &Run, store: &Store, jupyter: Option<&str>, output: &Output) -> Result<Self, ServiceError> {
        let attempt = run.attempt();
        let execution = run.execution();
        let outcome = match execution.map(|e| &e.state) {
            Some(ExecutionState::Finished { outcome, .. }) => Some(outcome),
            _ => None,
        };
        let code = attempt.and_then(|a| a.code);
        // Altered code is not shown as if it were what was approved; the verdict on it is the run's error.
        let text = code.and_then(|code| store.get_blob(&code.0).ok());
        let mut warnings = outcome.map(|o| o.warnings.clone()).unwrap_or_default();
        if let Some(Results::NotADict { type_name }) = outcome.map(|o| &o.results)
            && run.created.given.is_some()
        {
            warnings.push(format!("`results` is a {type_name}, not a dict, so it was not kept"));
        }
        if matches!(outcome.map(|o| &o.results), Some(Results::Missing)) && run.state() == State::Done {
            warnings.push("the code left no `results`".into());
        }
        let mut findings = attempt.map(|a| findings(a, store)).transpose()?.unwrap_or_default();
        let refused = attempt.map(|a| unpredicted::findings(a, &findings)).unwrap_or_default();
        warnings.extend(refused.iter().map(|finding| finding.message.clone()));
        findings.extend(refused);
        let analysis = attempt.and_then(|a| a.analysis.as_ref());
        let error = run.ended.as_ref().and_then(|e| e.error.clone()).or_else(|| interrupted(run));
        let notebook = notebook_of(run);
        Ok(Self {
            schema: SCHEMA,
            run_id: run.id.clone(),
            state: run.state(),
            exit_code: run.exit_code(),
            task: run.task(),
            requester: run.created.requester.to_string(),
            created_at: clock::stamp(run.created_at),
            mode: analysis.map(|a| a.decision.mode),
            isolation: execution.map(|e| e.isolation),
            generator: attempt.map(|a| a.generator.clone()).filter(|g| !g.is_empty()).or(run.created.generator.clone()),
            generation: attempt.map(|a| a.metadata.clone()).unwrap_or_default(),
            attempts: run.attempts.len(),
            generated_code: text.map(|bytes| String::from_utf8_lossy(&bytes).into_owned()),
            code_sha256: code,
            folder: run.created.folder.clone(),
            notebook_link: notebook.as_deref().map(|path| notebook::link(path, store.data_dir(), jupyter)),
            notebook: notebook.and_then(|path| path.to_str().map(str::to_owned)),
            results: outcome.and_then(|o| match &o.results {
                Results::Dict { value } => Some(value.clone()),
                _ => None,
            }),
            stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
            figures: outcome.map(|o| o.figures.iter().map(|f| f.path.clone()).collect()).unwrap_or_default(),
            artifacts: outcome.map(|o| o.artifacts.clone()).unwrap_or_default(),
            findings,
            summary: analysis.map(|a| a.summary.clone()),
            policies: analysis
                .map(|a| PolicyView::all(&a.decision.policies, &a.decision.policy_digests))
                .unwrap_or_default(),
            reasons: analysis.map(|a| a.decision.reasons.clone()).unwrap_or_default(),
            covers: run.coverage(),
            warnings,
            ticket_id: attempt.and_then(|a| a.ticket.as_ref()).map(|t| t.ticket_id.clone()),
            ticket_expires_at: attempt.and_then(|a| a.ticket.as_ref()).map(|t| clock::stamp(t.expires_at)),
            decided_by: decided_by(run),
            basis: Permit::of(run).map(|permit| permit.basis().name()),
            error,
            refusal: Refusal::of(run, store)?,
            usage: outcome.map(|o| o.usage),
            python: outcome.and_then(|o| PythonView::of(o, store)),
            timings_ms: timings(run),
        })
    }
}

fn decided_by(run: &Run) -> Option<String> {
    match (run.attempt()?.decision.as_ref(), Permit::of(run).as_ref().map(Permit::basis)) {
        (Some(decision), _) => Some(decision.by.to_string()),
        (None, Some(Basis::Rule(rule))) => Some(format!("rule: {rule}")),
        _ => None,
    }
}

fn interrupted(run: &Run) -> Option<RunError> {
    (run.state() == State::Interrupted).then(|| {
        let cause = run.execution().and_then(|execution| match &execution.state {
            ExecutionState::Interrupted(cause) => cause.as_ref(),
            _ => None,
        });
        let cause = cause.map_or_else(|| "its host stopped".into(), ToString::to_string);
        let message = format!("{cause}; the code ran with effects, so what it did is not known");
        RunError::new(pyexec_core::ErrorKind::Interrupted, message).with_help(format!(
            "look at what it may have changed, then `pyexec runs cancel {}` and, if need be, run it anew",
            run.id
        ))
    })
}

/// The notebook that a reader of the run wants now, if it was written.
fn notebook_of(run: &Run) -> Option<PathBuf> {
    let name = match (&run.ended, run.open_ticket()) {
        (Some(_), _) => notebook::FINAL_NAME.to_owned(),
        (None, Some(ticket)) => {
            notebook::attempt_name(ticket.covers.attempt, notebook::Stage::AwaitingApproval, ticket.created_at)
        }
        (None, None) => return None,
    };
    Some(run.created.folder.join(name)).filter(|path| path.is_file())
}

fn timings(run: &Run) -> Timings {
    let sum = |each: fn(&Attempt) -> Option<u64>| {
        run.attempts.iter().filter_map(each).fold(None, |sum: Option<u64>, ms| Some(sum.unwrap_or(0) + ms))
    };
    let millis = |span: jiff::SignedDuration| u64::try_from(span.as_millis()).unwrap_or(0);
    let approval = run.attempt().and_then(|a| {
        let (ticket, decision) = (a.ticket.as_ref()?, a.decision.as_ref()?);
        Some(millis(decision.at.duration_since(ticket.created_at)))
    });
    let execution = run.execution().and_then(|e| match e.state {
        ExecutionState::Finished { ms, .. } => Some(ms),
        _ => None,
    });
    Timings {
        generation: sum(|a| Some(a.generation_ms)),
        analysis: sum(|a| a.analysis.as_ref().map(|x| x.ms)),
        approval,
        execution,
        total: millis(run.updated_at.duration_since(run.created_at)),
    }
}
