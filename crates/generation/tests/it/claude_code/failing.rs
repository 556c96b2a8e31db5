//! Each way to fail has its class, and a way out.

use super::agent::{CODE, Reply, Site, provider, questions, says, uses};
use crate::standin::Answer;
use serde_json::{Value, json};

#[tokio::test]
async fn what_a_provider_refuses_or_breaks_has_its_kind() {
    let whole = || Answer::shape("anthropic/stream").saying(CODE);
    let events = 4 + CODE.chars().count().div_ceil(17);
    for (answer, kind, part) in [
        (Answer::shape("anthropic/401"), "missing_credential", "HTTP 401"),
        (Answer::shape("anthropic/404"), "bad_request", "model"),
        (Answer::shape("anthropic/400"), "bad_request", "HTTP 400"),
        (Answer::shape("anthropic/429").header("retry-after", "1"), "provider", "HTTP 429"),
        (Answer::shape("anthropic/500"), "provider", "HTTP 500"),
        (Answer::shape("anthropic/529"), "provider", "HTTP 529"),
        (Answer::shape("gateway/html"), "provider", "got no answer"),
        (whole().cut_after(6), "provider", "got no answer"),
        (whole().ended_after(events), "provider", "got no answer"),
    ] {
        let shown = format!("{answer:?}");
        let shown = &shown[..shown.len().min(200)];
        let provider = provider([answer]);
        let site = Site::new(&provider.url(), "");
        let error = site.generate(&json!({})).await.0.unwrap_err();
        assert_eq!(error.kind, kind, "{shown}: {error}");
        assert!(error.message.contains(part), "{shown}: {error}");
        assert!(!error.help.is_empty() && !format!("{error:?}").contains(&site.key), "{error:?}");
    }
}

#[tokio::test]
async fn nobody_there_is_the_machinerys_fault() {
    let site = Site::new("http://127.0.0.1:1", "");
    let error = site.generate(&json!({})).await.0.unwrap_err();
    assert_eq!(error.kind, "provider", "{error}");
}

#[tokio::test]
async fn an_answer_without_python_is_kept_with_its_cost() {
    for (answer, part, refused) in [
        (says("I would rather talk about it."), "no Python", false),
        (Reply::from(Answer::shape("anthropic/refusal").saying("No.")), "got no answer", true),
        (
            Reply::from(Answer::shape("anthropic/stream").saying(CODE).with("\"end_turn\"", "\"max_tokens\"")),
            "got no answer",
            false,
        ),
    ] {
        let provider = provider([answer]);
        let site = Site::new(&provider.url(), "");
        let generated = site.generate(&json!({})).await.0.unwrap();
        assert!(generated.code.as_bytes().is_empty());
        let metadata = Value::from(generated.metadata);
        assert!(metadata["no_code"].as_str().unwrap().contains(part), "{metadata:#}");
        assert_eq!(metadata.get("no_retry").is_some(), refused, "{metadata:#}");
        assert!(metadata["cost_usd"].as_f64().unwrap() > 0.0, "{metadata:#}");
        assert!(generated.prompts.iter().any(|prompt| prompt.name == "generate_prompt"));
    }
}

#[tokio::test]
async fn a_tool_that_the_phase_does_not_list_spoils_the_attempt() {
    let provider = provider([says("looked"), uses("Again?", "Glob", &json!({"pattern": "*"})), says(CODE)]);
    let more = "
        [profiles.own]
        phases = [\"scan\", \"write\"]
        model = \"claude-haiku-4-5\"
        max_budget_usd = 0.2
        timeout_seconds = 100
        [phases.write]
        agent = \"writer\"
        prompt = \"write\"
        turns = 3";
    let site = Site::new(&provider.url(), more);
    let generated = site.generate(&json!({"profile": "own"})).await.0.unwrap();
    let why = generated.metadata["no_code"].as_str().unwrap();
    assert!(why.contains("phase `write`") && why.contains("`Glob`"), "{why}");
}

#[tokio::test]
async fn another_program_is_no_agent() {
    let site = Site::new("http://127.0.0.1:1", "");
    for (program, kind, part) in [
        ("/usr/bin/true", "provider", "ended without an answer"),
        ("/usr/bin/false", "provider", "exit status: 1"),
        ("/usr/bin/echo", "provider", "not its protocol"),
    ] {
        let error = site.generate(&json!({"cli_path": program})).await.0.unwrap_err();
        assert_eq!(error.kind, kind, "{program}: {error}");
        assert!(error.message.contains(part), "{program}: {error}");
        assert!(!error.help.is_empty());
    }
}

#[tokio::test]
async fn a_key_in_an_answer_is_struck_out_everywhere() {
    let first = provider([says(CODE)]);
    let site = Site::new(&first.url(), "");
    let leak = format!("I found {0}.\n```python\nresults = {{'key': '{0}'}}\n```", site.key);
    let provider = provider([uses(&site.key, "Grep", &json!({"pattern": site.key})), says(&leak)]);
    let text = format!("[api_config]\nbase_url = {:?}\napi_key_file = \"key\"", provider.url());
    site.put("claude.toml", &text);
    let (generated, progress) = site.generate(&json!({})).await;
    let generated = generated.unwrap();
    let everything =
        format!("{} {:?} {progress:?}", generated.code.to_text(), serde_json::to_string(&generated).unwrap());
    assert!(!everything.contains(&site.key), "{everything}");
    assert!(generated.code.to_text().contains("results = {'key': '***'}"));
    assert_eq!(questions(&provider).len(), 2);
}
