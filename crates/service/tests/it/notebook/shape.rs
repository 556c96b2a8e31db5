//! What stands where in a notebook.

use super::*;
use pyexec_core::{Finding, finding::Certainty, finding::Severity};
use pyexec_service::notebook::{FIGURE_MAX_BYTES, TEXT_MAX_BYTES, attempt_name};
use serde_json::json;

fn ids(notebook: &Value) -> Vec<&str> {
    notebook["cells"].as_array().unwrap().iter().map(|cell| cell["id"].as_str().unwrap()).collect()
}

#[test]
fn every_kind_is_valid() {
    let mut full = done(b"print(1)\n");
    full.execution.as_mut().unwrap().stdout = b"1\n".into();
    let seen = seen(&mut full);
    seen.results = Results::Dict { value: Map::from_iter([("mean".into(), json!(1.5))]) };
    seen.figures = vec![NotebookFigure { path: "figures/figure_01.png".into(), png: Some(PNG.into()) }];
    seen.warnings = vec!["a value became its repr".into()];
    seen.error =
        Some(RunError::new(ErrorKind::Runtime, "ValueError: no (line 1)").with_traceback("Traceback\nValueError: no"));
    let mut notebooks = vec![full, waiting(b"x = 1\n")];
    for stage in [Stage::SyntaxError, Stage::StaticAnalysisFailed, Stage::ExecutionFailed] {
        notebooks.push(NotebookContent { moment: Moment::Attempt(stage), ..waiting(b"") });
    }
    for state in State::ALL {
        let (moment, code, execution) = (Moment::Final(state), None, None);
        let error = Some(RunError::new(ErrorKind::Provider, "the provider is away").with_help("try later"));
        notebooks.push(NotebookContent { moment, code, execution, error, ..done(b"") });
    }
    tools::validate(&notebooks.iter().map(|content| render(content).unwrap()).collect::<Vec<_>>());
}

#[test]
fn the_same_content_gives_the_same_bytes() {
    let content = done(b"x = 1\n");
    assert_eq!(render(&content).unwrap(), render(&content).unwrap());
    let notebook = rendered(&content);
    let cells = ["header", "world", "code-heading", "code", "results-heading", "results", "figures-heading", "figures"];
    assert_eq!(ids(&notebook), cells);
    assert!(notebook["metadata"].get("trusted").is_none());
    assert_eq!(notebook["metadata"]["pyexec"]["moment"], "done");
}

#[test]
fn code_is_there_as_it_is() {
    let code = "from __future__ import annotations\r\n\tx = '```'  # größe\n\n\n%%bash\nrm -rf /";
    let notebook = rendered(&done(code.as_bytes()));
    assert_eq!(source(&notebook, "code"), code);
    assert_eq!(source(&notebook, "code-heading"), "## Code\n");

    let notebook = rendered(&done(b"x = '\xff'"));
    assert_eq!(source(&notebook, "code"), "x = '\u{fffd}'");
    assert!(source(&notebook, "code-heading").contains("not UTF-8"));
    assert!(source(&notebook, "world").starts_with("RUN_ANYWAY = False"));

    let notebook = rendered(&done("x = 1 # \u{202e}".as_bytes()));
    assert!(source(&notebook, "code-heading").contains("line 1: U+202E"));
}

#[test]
fn what_came_of_the_code_is_its_output() {
    let mut content = done(b"raise ValueError('no')\n");
    let ran = content.execution.as_mut().unwrap();
    (ran.stdout, ran.stderr) = (b"50%\r100%\n\x1b[2J\xff".into(), b"careful\n".into());
    let seen = seen(&mut content);
    seen.error =
        Some(RunError::new(ErrorKind::Runtime, "pkg.OwnError: no (line 1)").with_traceback("Traceback\n  line 1"));
    let results = [("b".into(), json!([1, null])), ("a".into(), json!("\u{202e}"))];
    seen.results = Results::Dict { value: Map::from_iter(results) };
    seen.figures = vec![NotebookFigure { path: "figures/a.png".into(), png: Some(PNG.into()) }];
    let notebook = rendered(&content);
    let [stdout, stderr, error] = outputs(&notebook, "code") else { panic!("{notebook}") };
    assert_eq!(text(&stdout["text"]), "50%\n100%\n⟨U+001B⟩[2J\u{fffd}");
    assert_eq!((&stderr["name"], text(&stderr["text"])), (&json!("stderr"), "careful\n".into()));
    assert_eq!((&error["ename"], &error["evalue"]), (&json!("OwnError"), &json!("no")));
    assert_eq!(error["traceback"], json!(["Traceback\n  line 1"]));
    let [results] = outputs(&notebook, "results") else { panic!("{notebook}") };
    assert_eq!(text(&results["text"]), "{\n  \"a\": \"\\u202e\",\n  \"b\": [\n    1,\n    null\n  ]\n}\n");
    let [figure] = outputs(&notebook, "figures") else { panic!("{notebook}") };
    assert_eq!(figure["data"].as_object().unwrap().keys().collect::<Vec<_>>(), ["image/png", "text/plain"]);
}

#[test]
fn results_that_are_none_are_named() {
    let mut content = done(b"results = []\n");
    for (results, said) in [
        (Results::Missing, "the code left no `results`\n"),
        (Results::NotADict { type_name: "list".into() }, "`results` is a list, not a dict\n"),
    ] {
        seen(&mut content).results = results;
        assert_eq!(text(&outputs(&rendered(&content), "results")[0]["text"]), said);
    }
}

#[test]
fn size_is_bounded() {
    let mut content = done(&vec![b'#'; Code::MAX_BYTES]);
    let long = "\u{1b}".repeat(10 << 20);
    (content.task, content.approval) = (long.clone(), Some(long.clone()));
    let finding = Finding {
        rule: "x".into(),
        capability: None,
        certainty: Certainty::Possible,
        severity: Severity::Info,
        line: 1,
        column: 1,
        end_line: 1,
        end_column: 2,
        message: long[..1 << 20].into(),
        evidence: None,
        subject: None,
        analyzer: String::new(),
    };
    content.findings = vec![finding; 500];
    let error = Some(RunError::new(ErrorKind::Runtime, long.as_str()).with_traceback(long.as_str()));
    content.error.clone_from(&error);
    let ran = content.execution.as_mut().unwrap();
    (ran.stdout, ran.stderr) = (long.clone().into_bytes(), long.clone().into_bytes());
    let seen = seen(&mut content);
    seen.error = error;
    seen.results = Results::Dict { value: Map::from_iter([("x".into(), json!(long))]) };
    seen.warnings = vec![long[..1 << 20].into(); 64];
    let picture = [PNG, &vec![0; FIGURE_MAX_BYTES - PNG.len()]].concat();
    let figure = |n| NotebookFigure { path: format!("figures/{n}.png"), png: Some(picture.clone()) };
    seen.figures = (0..10).map(figure).collect();
    let bytes = render(&content).unwrap();
    assert!(bytes.len() < 26 << 20, "{}", bytes.len());
    let notebook: Value = serde_json::from_slice(&bytes).unwrap();
    let stdout = text(&outputs(&notebook, "code")[0]["text"]);
    assert!(stdout.len() < TEXT_MAX_BYTES + 100 && stdout.contains(" bytes are left out here "));
    assert_eq!(outputs(&notebook, "figures").len(), 4);
    let heading = source(&notebook, "figures-heading");
    assert!(heading.contains("[picture 1](figures/4.png)"), "{heading}");
    tools::validate(&[bytes]);
}

#[test]
fn names_tell_attempt_stage_and_time() {
    assert_eq!(attempt_name(2, Stage::AwaitingApproval, at()), "attempts/02_awaiting_approval_080000.ipynb");
    let stages = [Stage::SyntaxError, Stage::StaticAnalysisFailed, Stage::ExecutionFailed];
    assert_eq!(stages.map(Stage::name), ["syntax_error", "static_analysis_failed", "execution_failed"]);
}

#[test]
fn the_header_tells_what_is_known() {
    let mut content = waiting(b"x = 1\n");
    content.inputs = vec![NotebookInput {
        name: "co2.csv".into(),
        path: "inputs/co2.csv".into(),
        sha256: Digest::of(b""),
        bytes: 7,
    }];
    let judgement = content.judgement.as_mut().unwrap();
    (judgement.verdict, judgement.mode) = (Verdict::Ask, ExecutionMode::WriteEnabled);
    judgement.grants = vec![pyexec_core::Grant::Output { path: "/srv/out".into(), dev: 1, inode: 2 }];
    judgement.reasons = vec!["writes a file elsewhere".into()];
    let header = source(&rendered(&content), "header");
    for part in [
        "# Attempt 1 of 3: awaiting approval\n\nA person is asked whether this code may run. It has not run.\n",
        "\ntask        What is the mean?\n",
        "\ninput       co2.csv, 7 bytes, sha256 e3b0",
        "\nverdict     ask\nmode        WRITE_ENABLED\nopens       writing in /srv/out\nbecause     writes a file elsewhere\n",
        "\napproval    a person's is required\n",
    ] {
        assert!(header.contains(part), "{part}\nis not in\n{header}");
    }
}
