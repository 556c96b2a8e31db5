//! A key is in one header and nowhere else.

use super::bench::{Bench, CANARY, GOOD, asking, map};
use crate::standin::Answer;
use pyexec_core::{
    ErrorKind, RunError,
    generator::{FailedAttempt, GenerationRequest},
};
use serde_json::json;

/// A request that holds the key wherever a caller could put it by mistake.
fn careless() -> GenerationRequest {
    let mut request = asking(&format!("use the key {CANARY}"));
    request.request.task_objective = Some(CANARY.into());
    request.request.capability_prompts = vec![CANARY.into()];
    request.request.context = map(json!({"keys": {"one": CANARY}}));
    request.request.session_context = map(json!({"key": CANARY}));
    let error = RunError::new(ErrorKind::Runtime, format!("KeyError: {CANARY}"));
    request.failures = vec![FailedAttempt { attempt: 1, code: Some(CANARY.into()), error, findings: vec![] }];
    request
}

#[tokio::test]
async fn it_leaves_no_trace() {
    let echo = format!("Your key is {CANARY}.\n{GOOD}```python\nkey = '{CANARY}'\n```\n");
    let bench = Bench::saying(&echo);
    let generated = bench.generate(&careless()).await.unwrap();
    assert!(generated.code.to_text().contains("key = '***'"));
    let seen = bench.model.only();
    assert_eq!(seen.headers["x-api-key"], CANARY, "the positive control");
    assert!(!seen.text().contains(CANARY), "it is not sent as a text");
    let left = format!("{}{}", serde_json::to_string(&generated).unwrap(), bench.said());
    assert!(!left.contains(CANARY), "{left}");
    assert!(!generated.code.to_text().contains(CANARY));
}

#[tokio::test]
async fn what_was_asked_is_kept_without_it_when_the_provider_fails() {
    let bench = Bench::with([Answer::shape("anthropic/401")]);
    let config = json!({"model": bench.model_table("anthropic", &json!({}))});
    let generated = bench.answer(&config, &careless()).await.unwrap();
    assert_eq!(generated.failure().unwrap().kind, "missing_credential");
    let names: Vec<&str> = generated.prompts.iter().map(|prompt| prompt.name.as_str()).collect();
    assert_eq!(names, ["system", "request"]);
    assert!(generated.prompts[1].text.contains("use the key ***"), "{:?}", generated.prompts);
    assert!(!serde_json::to_string(&generated).unwrap().contains(CANARY));
    assert_eq!((&generated.metadata["model"], &generated.metadata["cost_usd"]), (&json!("the-model"), &json!(null)));
}

#[tokio::test]
async fn a_provider_that_repeats_it_is_not_repeated() {
    for shape in ["anthropic/400", "anthropic/404", "anthropic/500"] {
        let said = format!("your key {CANARY} is bad");
        let answer = Answer::shape(shape).with("\"message\":\"", &format!("\"message\":\"{said} "));
        let bench = Bench::with([answer]);
        let error = bench.generate(&asking("mean")).await.unwrap_err();
        let left = format!("{error:?}{}", bench.said());
        assert!(left.contains("your key *** is bad"), "{left}");
        assert!(!left.contains(CANARY), "{left}");
    }
    let model = Answer::shape("anthropic/stream").saying(GOOD).with("claude-sonnet-4-5-20250929", CANARY);
    let generated = Bench::with([model.clone()]).generate(&asking("mean")).await.unwrap();
    assert_eq!(generated.metadata["answered_by"], "***");
    let stop = model.with("end_turn", CANARY);
    let generated = Bench::with([stop]).generate(&asking("mean")).await.unwrap();
    assert_eq!(generated.metadata["stop"], "***");
}
