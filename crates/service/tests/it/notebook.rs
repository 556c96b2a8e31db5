//! Notebooks, read and executed by the reference implementation.
#![expect(clippy::unwrap_used, reason = "what tests share may panic as they do")]

mod again;
mod files;
mod hostile;
mod shape;
pub(crate) mod tools;

use jiff::Timestamp;
use pyexec_core::{
    Code, Digest, ErrorKind, ExecutionMode, Isolation, RunError, Verdict,
    outcome::{Results, Usage},
};
use pyexec_service::notebook::{
    Judgement, Moment, NotebookContent, NotebookFigure, NotebookInput, Ran, Seen, Stage, render,
};
use pyexec_service::run::State;
use serde_json::{Map, Value};

const PNG: &[u8] = b"\x89PNG\r\n\x1a\nnot much of a picture";

fn at() -> Timestamp {
    Timestamp::from_second(1_800_000_000).unwrap()
}

/// Code that ran to its end and left nothing.
fn done(code: &[u8]) -> NotebookContent {
    NotebookContent {
        moment: Moment::Final(State::Done),
        run_id: "0199e2d0-5c1b-7c3e-9f00-2b8f1f0a4c11".into(),
        task: "What is the mean?".into(),
        requester: "ada".into(),
        at: at(),
        attempt: 1,
        attempts: 3,
        earlier: vec![],
        generator: "mock".into(),
        code: Some(code.into()),
        code_sha256: Some(Code::new(code).hash()),
        inputs: vec![],
        context: None,
        findings: vec![],
        judgement: Some(Judgement {
            summary: "computes only".into(),
            verdict: Verdict::Allow,
            mode: ExecutionMode::ReadOnly,
            grants: vec![],
            reasons: vec![],
            recommendations: vec![],
        }),
        approval: Some("none required".into()),
        error: None,
        execution: Some(Ran {
            effects: false,
            seen: Some(Seen {
                error: None,
                results: Results::Missing,
                figures: vec![],
                artifacts: vec![],
                warnings: vec![],
                usage: Usage { wall_ms: 12, cpu_ms: 10, peak_rss_bytes: 64 << 20 },
                isolation: Isolation::Full,
                python: Some("3.11.7".into()),
            }),
            stdout: vec![],
            stderr: vec![],
        }),
    }
}

/// Code that nobody has run.
fn waiting(code: &[u8]) -> NotebookContent {
    NotebookContent {
        moment: Moment::Attempt(Stage::AwaitingApproval),
        approval: Some("a person's is required".into()),
        execution: None,
        ..done(code)
    }
}

fn seen(content: &mut NotebookContent) -> &mut Seen {
    content.execution.as_mut().unwrap().seen.as_mut().unwrap()
}

fn rendered(content: &NotebookContent) -> Value {
    serde_json::from_slice(&render(content).unwrap()).unwrap()
}

fn cell<'a>(notebook: &'a Value, id: &str) -> &'a Value {
    notebook["cells"].as_array().unwrap().iter().find(|cell| cell["id"] == id).unwrap()
}

/// Text that the format splits into lines.
fn text(lines: &Value) -> String {
    match lines {
        Value::String(text) => text.clone(),
        lines => lines.as_array().unwrap().iter().map(|line| line.as_str().unwrap()).collect(),
    }
}

fn source(notebook: &Value, id: &str) -> String {
    text(&cell(notebook, id)["source"])
}

fn outputs<'a>(notebook: &'a Value, id: &str) -> &'a [Value] {
    cell(notebook, id)["outputs"].as_array().unwrap()
}
