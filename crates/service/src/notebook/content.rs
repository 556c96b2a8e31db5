//! What a notebook is about: everything known of one attempt, as plain data. [`NotebookContent::of_run`] takes it from a
//! run; anything that is not in the run itself (bytes of code, output and figures) is handed in.

use crate::{
    clock::stamp,
    event::Answer,
    run::{Attempt, ExecutionState, Run, State},
};
use jiff::Timestamp;
use pyexec_core::{
    Code, Finding, Grant, RunError, Verdict,
    approval_gate::Requirement,
    code::{CodeHash, Digest},
    generator::SUMMARY,
    outcome::{FileRecord, Outcome, Results, Usage},
};
use std::fmt;

/// What became of an attempt that has a notebook of its own in `attempts/`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Stage {
    /// The code does not compile.
    SyntaxError,
    /// Policy denies it.
    StaticAnalysisFailed,
    /// A person is about to be asked.
    AwaitingApproval,
    /// It ran and failed.
    ExecutionFailed,
}

impl Stage {
    /// The name in the file's.
    pub const fn name(self) -> &'static str {
        match self {
            Self::SyntaxError => "syntax_error",
            Self::StaticAnalysisFailed => "static_analysis_failed",
            Self::AwaitingApproval => "awaiting_approval",
            Self::ExecutionFailed => "execution_failed",
        }
    }
}

impl fmt::Display for Stage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Which notebook of a run it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Moment {
    /// One of an attempt, in `attempts/`.
    Attempt(Stage),
    /// `notebook.ipynb`, for as long as the run stands so.
    Final(State),
}

/// A notebook's content. Texts are foreign and stay so: [`super::render()`] makes them inert and bounds them.
#[derive(Debug, Clone, PartialEq)]
pub struct NotebookContent {
    /// Which notebook.
    pub moment: Moment,
    /// Of which run.
    pub run_id: String,
    /// What the run is about, as the requester says it.
    pub task: String,
    /// Who asked.
    pub requester: String,
    /// When this was so.
    pub at: Timestamp,
    /// Which attempt, from 1; 0 when there was none.
    pub attempt: u32,
    /// Of how many at most.
    pub attempts: u32,
    /// The attempts before it, and what went wrong with each.
    pub earlier: Vec<(u32, RunError)>,
    /// Who wrote the code; empty when nobody did.
    pub generator: String,
    /// The code's bytes; absent when there is none, or none that is what was recorded.
    pub code: Option<Vec<u8>>,
    /// What the log says that the code is.
    pub code_sha256: Option<CodeHash>,
    /// The declared inputs.
    pub inputs: Vec<NotebookInput>,
    /// The digest of the run folder's `context.json`, if there is one.
    pub context: Option<Digest>,
    /// What analysis found.
    pub findings: Vec<Finding>,
    /// What policy said.
    pub judgement: Option<Judgement>,
    /// Who answered, how and when, in one line a fact.
    pub approval: Option<String>,
    /// Why the run or the attempt ended.
    pub error: Option<RunError>,
    /// What came of the last execution; absent if the code never ran.
    pub execution: Option<Ran>,
}

/// An input, and where the notebook finds it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotebookInput {
    /// Its name in the working folder.
    pub name: String,
    /// Relative to the run folder, or absolute where it was too large to be copied.
    pub path: String,
    /// Of the bytes.
    pub sha256: Digest,
    /// Size.
    pub bytes: u64,
}

/// What policy said of the code.
#[derive(Debug, Clone, PartialEq)]
pub struct Judgement {
    /// The analysis in one line.
    pub summary: String,
    /// The verdict.
    pub verdict: Verdict,
    /// The mode it runs in.
    pub mode: pyexec_core::ExecutionMode,
    /// What would be opened.
    pub grants: Vec<Grant>,
    /// Why.
    pub reasons: Vec<String>,
    /// What its author could do instead.
    pub recommendations: Vec<String>,
}

/// What came of an execution.
#[derive(Debug, Clone, PartialEq)]
pub struct Ran {
    /// Whether it could change something outside its folder.
    pub effects: bool,
    /// What its host saw; absent when that was lost.
    pub seen: Option<Seen>,
    /// Standard output, as far as it was kept.
    pub stdout: Vec<u8>,
    /// Standard error.
    pub stderr: Vec<u8>,
}

/// What the host saw of an execution, and what the code claims.
#[derive(Debug, Clone, PartialEq)]
pub struct Seen {
    /// How the code failed.
    pub error: Option<RunError>,
    /// What it left in `results`.
    pub results: Results,
    /// The images it left.
    pub figures: Vec<NotebookFigure>,
    /// Its other files.
    pub artifacts: Vec<FileRecord>,
    /// What a reader should know.
    pub warnings: Vec<String>,
    /// What it used.
    pub usage: Usage,
    /// How it was held.
    pub isolation: pyexec_core::Isolation,
    /// The interpreter's version.
    pub python: Option<String>,
}

/// An image of the run folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotebookFigure {
    /// Relative to the run folder.
    pub path: String,
    /// Its bytes, if it is to be shown; anything but a PNG of at most [`super::FIGURE_MAX_BYTES`] is only named.
    pub png: Option<Vec<u8>>,
}

/// What a run itself does not hold: the bytes behind its digests.
#[derive(Debug, Clone, Default)]
pub struct Material {
    /// The current attempt's code.
    pub code: Option<Vec<u8>>,
    /// What analysis found in it.
    pub findings: Vec<Finding>,
    /// Standard output of its last execution.
    pub stdout: Vec<u8>,
    /// Standard error.
    pub stderr: Vec<u8>,
    /// The outcome's figures.
    pub figures: Vec<NotebookFigure>,
}

impl NotebookContent {
    /// Of a run's current attempt: at `stage`, or as the final notebook.
    pub fn of_run(run: &Run, stage: Option<Stage>, at: Timestamp, material: Material) -> Self {
        let attempt = run.attempt();
        let analysis = attempt.and_then(|attempt| attempt.analysis.as_ref());
        let request = &run.created.request;
        let texts = [&request.user_query, &request.task_objective].into_iter().flatten();
        let task = texts.map(String::as_str).collect::<Vec<_>>().join("\n");
        // Bytes that are not what was recorded are not shown as if they were.
        let recorded = attempt.and_then(|attempt| attempt.code);
        let code = material.code.filter(|bytes| recorded == Some(Code::new(bytes.as_slice()).hash()));
        let failure = || attempt.and_then(|attempt| attempt.failure.clone());
        Self {
            moment: stage.map_or_else(|| Moment::Final(run.state()), Moment::Attempt),
            run_id: run.id.to_string(),
            task: if task.is_empty() { "given code".into() } else { task },
            requester: run.created.requester.to_string(),
            at,
            attempt: attempt.map_or(0, |attempt| attempt.number),
            attempts: run.most_attempts(),
            earlier: earlier(run),
            generator: attempt.map(written_by).unwrap_or_default(),
            code,
            code_sha256: recorded,
            inputs: inputs(run),
            context: run.created.context.as_ref().map(|file| file.sha256),
            findings: material.findings,
            judgement: analysis.map(|analysis| Judgement {
                summary: analysis.summary.clone(),
                verdict: analysis.decision.verdict,
                mode: analysis.decision.mode,
                grants: analysis.grants.clone(),
                reasons: analysis.decision.reasons.clone(),
                recommendations: analysis.decision.recommendations.clone(),
            }),
            approval: attempt.and_then(approval),
            error: run.ended.as_ref().and_then(|end| end.error.clone()).or_else(failure),
            execution: attempt.and_then(|attempt| ran(attempt, material.stdout, material.stderr, material.figures)),
        }
    }
}

fn earlier(run: &Run) -> Vec<(u32, RunError)> {
    let before = run.attempts.split_last().map_or(&[][..], |(_, before)| before);
    before.iter().filter_map(|attempt| Some((attempt.number, attempt.failure.clone()?))).collect()
}

fn inputs(run: &Run) -> Vec<NotebookInput> {
    let one = |input: &pyexec_core::order::StagedInput| {
        let path = input.staged.strip_prefix(&run.created.folder).unwrap_or(&input.staged);
        let path = path.to_string_lossy().into_owned(); // the house takes no input whose path is not UTF-8
        NotebookInput { name: input.name.clone(), path, sha256: input.sha256, bytes: input.bytes }
    };
    run.created.inputs.iter().map(one).collect()
}

/// The generator, with what it says that it chose; or who edited what it wrote.
fn written_by(attempt: &Attempt) -> String {
    if let Some(edited) = &attempt.edited {
        return format!("{}: by {}, from attempt {}", attempt.generator, edited.by, edited.from);
    }
    match attempt.metadata.get(SUMMARY).and_then(|summary| summary.as_str()) {
        Some(summary) => format!("{}, {summary}", attempt.generator),
        None => attempt.generator.clone(),
    }
}

fn approval(attempt: &Attempt) -> Option<String> {
    if let Some(decision) = &attempt.decision {
        let (by, at) = (&decision.by, stamp(decision.at));
        let mut lines = match &decision.answer {
            Answer::Reject { reason, .. } => format!("rejected by {by}, {at}\n{reason}"),
            answer => format!("{} by {by}, {at}", answer.done()),
        };
        if let Some(comment) = &decision.comment {
            lines.push('\n');
            lines.push_str(comment);
        }
        return Some(lines);
    }
    match attempt.analysis.as_ref()?.requirement.as_ref()? {
        Requirement::Proceed => Some("none required".into()),
        Requirement::Rule { rule } => Some(format!("by the configured rule {rule}")),
        Requirement::Person { reason } => Some(format!("a person's is required\n{reason}")),
    }
}

fn ran(attempt: &Attempt, stdout: Vec<u8>, stderr: Vec<u8>, figures: Vec<NotebookFigure>) -> Option<Ran> {
    let execution = attempt.executions.last()?;
    let seen = match &execution.state {
        ExecutionState::Finished { outcome, .. } => {
            let Outcome { results, artifacts, warnings, usage, isolation, python, .. } = (**outcome).clone();
            let error = outcome.error.clone();
            Some(Seen { error, results, figures, artifacts, warnings, usage, isolation, python })
        }
        _ => None,
    };
    Some(Ran { effects: execution.effects, seen, stdout, stderr })
}
