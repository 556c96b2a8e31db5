//! The generator `mock`: the scripts are Python, and attempts follow the configuration.

use pyexec_core::{
    ErrorKind, Instance, PluginError, RunError,
    code::Digest,
    finding::InputInfo,
    generator::{FailedAttempt, GENERATE, GeneratedCode, GenerationRequest},
};
use pyexec_testkit::{QuietHostFake, generation_request};
use serde_json::{Value, json};
use std::{fs, process::Command};

fn create(config: &Value) -> Result<Instance, PluginError> {
    crate::create("mock", config)
}

fn request(attempt: u32, inputs: &[&str], failures: &[ErrorKind]) -> GenerationRequest {
    let input = |name: &&str| InputInfo {
        name: (*name).into(),
        path: format!("/data/{name}"),
        sha256: Digest::of(b""),
        bytes: 0,
    };
    let failed = |(at, kind): (usize, &ErrorKind)| FailedAttempt {
        attempt: u32::try_from(at).unwrap() + 1,
        code: None,
        error: RunError::new(*kind, "as told"),
        findings: Vec::new(),
    };
    GenerationRequest {
        attempt,
        inputs: inputs.iter().map(input).collect(),
        failures: failures.iter().enumerate().map(failed).collect(),
        ..generation_request("what is the mean?")
    }
}

async fn generate(config: Value, request: GenerationRequest) -> GeneratedCode {
    create(&config).unwrap().invoke(GENERATE, &request, QuietHostFake::default().host_box()).await.unwrap()
}

async fn code(config: Value, request: GenerationRequest) -> String {
    generate(config, request).await.code.to_text()
}

/// Whether `python3` compiles it.
fn compiles(source: &str) -> bool {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("code.py");
    fs::write(&file, source).unwrap();
    let output = Command::new("python3").args(["-m", "py_compile"]).arg(&file).output();
    output.expect("python3 is needed: apt install python3").status.success()
}

#[tokio::test]
async fn every_behaviour_is_python_that_does_what_its_name_says() {
    for (behaviour, part) in [
        ("success", "plt.subplots()"),
        ("syntax_error", "len(values)\n"),
        ("runtime_error", "values = []"),
        ("missing_results", "print("),
        ("security_risk", "subprocess.run("),
        ("channel_read", "read_channel(\"MOCK:BEAM:CURRENT\")"),
        ("channel_write", "write_channel(\"MOCK:MAGNET:SP\", 2.5)"),
        ("error_aware", "measurements[\"readings\"]"),
    ] {
        let generated = generate(json!({ "behaviour": behaviour }), request(1, &[], &[])).await;
        let source = generated.code.to_text();
        assert!(source.contains(part), "{behaviour}: {source}");
        assert_eq!(compiles(&source), behaviour != "syntax_error", "{behaviour}");
        assert_eq!(
            source.contains("\nresults = "),
            !["missing_results", "error_aware"].contains(&behaviour),
            "{behaviour}"
        );
        let metadata = Value::from(generated.metadata);
        assert_eq!(metadata, json!({"generator": "mock", "behaviour": behaviour, "played": behaviour}));
    }
}

#[tokio::test]
async fn success_is_the_default_and_reads_the_first_csv() {
    let plain = code(json!({}), request(1, &["notes.txt"], &[])).await;
    assert!(!plain.contains("open("));
    let with_csv = code(json!({}), request(1, &["notes.txt", "Series.CSV", "b.csv"], &[])).await;
    assert!(with_csv.contains(r#"open("./Series.CSV", "#), "{with_csv}");
    assert!(compiles(&with_csv));
}

#[tokio::test]
async fn no_file_name_breaks_out_of_its_literal() {
    let name = "a\"); import os #\n\u{7f}\\é😀.csv";
    let source = code(json!({}), request(1, &[name], &[])).await;
    assert!(compiles(&source), "{source}");
    let literal = source.lines().find(|line| line.starts_with("with open(")).unwrap();
    assert!(literal.contains(r#"open("./a\"); import os #\n"#), "{literal}");
    assert!(!source.lines().any(|line| line.trim_start().starts_with("import os")));
}

#[tokio::test]
async fn a_sequence_goes_by_attempt_and_stays_at_its_last() {
    let config = json!({"behaviour": "sequence", "sequence": ["syntax_error", "mine", "success"], "script": {"mine": "results = {}"}});
    let played = async |attempt| {
        let generated = generate(config.clone(), request(attempt, &[], &[])).await;
        assert_eq!(generated.metadata["behaviour"], "sequence");
        generated.metadata["played"].as_str().unwrap().to_owned()
    };
    for (attempt, expected) in [(1, "syntax_error"), (2, "mine"), (3, "success"), (9, "success")] {
        assert_eq!(played(attempt).await, expected);
    }
    assert_eq!(code(config.clone(), request(2, &[], &[])).await, "results = {}");
}

#[tokio::test]
async fn error_aware_repairs_what_the_chain_names() {
    let config = json!({"behaviour": "error_aware"});
    let after = async |failures: &[ErrorKind]| code(config.clone(), request(3, &[], failures)).await;
    let first = after(&[]).await;
    let second = after(&[ErrorKind::Runtime]).await;
    let repaired = after(&[ErrorKind::Runtime, ErrorKind::ResultsMissing]).await;
    assert!(first != second && second != repaired);
    assert!(repaired.contains("results = ") && !second.contains("results = "));
    for source in [&first, &second, &repaired] {
        assert!(compiles(source));
    }
    // It is the chain that counts, not the number of the attempt.
    assert_eq!(after(&[ErrorKind::ResultsMissing]).await, first);
    assert_eq!(after(&[ErrorKind::Timeout, ErrorKind::Runtime]).await, second);
}

#[tokio::test]
async fn prompt_and_answer_are_saved() {
    let generated = generate(json!({}), request(2, &["a.csv"], &[ErrorKind::Runtime])).await;
    let [prompt, answer] = generated.prompts.try_into().unwrap();
    assert_eq!((prompt.name.as_str(), answer.name.as_str()), ("prompt", "answer"));
    assert_eq!(
        prompt.text,
        "attempt 2 of 3\ntask: what is the mean?\ninput: ./a.csv (0 bytes)\nfailed: attempt 1: runtime: as told\n"
    );
    assert_eq!(answer.text, generated.code.to_text());
}

#[test]
fn bad_configurations_name_the_way_out() {
    for (config, kind, part) in [
        (json!({"behaviour": "runtime_eror"}), "unknown_name", "the nearest is `runtime_error`"),
        (json!({"behaviour": "sequence", "sequence": ["sucess"]}), "unknown_name", "the nearest is `success`"),
        (json!({"behaviour": "sequence"}), "config", "at least one behaviour"),
        (json!({"behaviour": "sequence", "sequence": ["sequence"]}), "config", "cannot contain"),
        (json!({"sequence": ["success"]}), "config", "`behaviour = \"sequence\"` only"),
        (json!({"script": {"success": "x"}}), "config", "built-in behaviour"),
        (json!({"script": {"Mine": "x"}}), "config", "[a-z0-9_]"),
        (json!({"behavior": "success"}), "config", "behaviour"),
    ] {
        let error = create(&config).unwrap_err();
        assert_eq!(error.kind, kind, "{config}");
        assert!(error.message.contains(part), "{config}: {error}");
    }
}
