//! What becomes of an answer, and of the money.

use super::bench::{Bench, GOOD, asking, create};
use crate::standin::Answer;
use pyexec_core::generator::{GeneratedCode, GenerationRequest};
use serde_json::{Value, json};

fn kept(generated: &GeneratedCode) -> Vec<&str> {
    generated.prompts.iter().map(|prompt| prompt.name.as_str()).collect()
}

#[tokio::test]
async fn question_and_answer_are_kept_as_they_were() {
    let bench = Bench::saying(GOOD);
    let generated = bench.generate(&asking("what is the mean?")).await.unwrap();
    assert_eq!(kept(&generated), ["system", "request", "answer"]);
    assert_eq!(generated.prompts[2].text, GOOD);
    assert_eq!(format!("{}\n{}", generated.prompts[0].text, generated.prompts[1].text), bench.prompt());
    let line = generated.metadata["summary"].as_str().unwrap();
    assert_eq!(line, "the-model (anthropic): 1834 tokens in, 412 out, 0.0117 USD");
    assert!(bench.said().contains(line));
}

#[tokio::test]
async fn an_answer_without_python_is_a_failed_attempt_that_is_kept() {
    let no_python = "I would compute the mean with pandas.";
    let bench = Bench::saying(no_python);
    let generated = bench.generate(&asking("mean")).await.unwrap();
    assert!(generated.code.as_bytes().is_empty());
    assert!(generated.metadata["no_code"].as_str().unwrap().contains("no Python"));
    assert!(generated.metadata["cost_usd"].is_f64() && !generated.metadata.contains_key("no_retry"));
    assert_eq!(generated.prompts[2].text, no_python);
}

#[tokio::test]
async fn a_part_of_an_answer_is_not_used() {
    let bench = Bench::with([Answer::shape("anthropic/stream").saying(GOOD).with("end_turn", "max_tokens")]);
    let generated = bench.generate(&asking("mean")).await.unwrap();
    assert!(generated.code.as_bytes().is_empty());
    assert!(generated.metadata["no_code"].as_str().unwrap().contains("`max_tokens` = 16000"));
}

#[tokio::test]
async fn a_model_that_declines_is_not_asked_another_way() {
    let words = "I can't help with\nthat.";
    for (provider, answer, part) in [
        (
            "anthropic",
            Answer::shape("anthropic/refusal").saying(words),
            "declined to write this code: I can't help with that.",
        ),
        (
            "openai",
            Answer::shape("openai/refusal").saying(words),
            "declined to write this code: I can't help with that.",
        ),
        ("openai", Answer::shape("openai/content_filter"), "the model declined"),
    ] {
        let bench = Bench::with([answer]);
        let config = json!({"model": bench.model_table(provider, &json!({}))});
        let generated = bench.generate_with(&config, &asking("mean")).await.unwrap();
        assert!(generated.code.as_bytes().is_empty());
        let why = generated.metadata["no_code"].as_str().unwrap();
        assert!(why.contains(part), "{why}");
        assert_eq!((&generated.metadata["no_retry"], &generated.metadata["stop"]), (&json!(true), &json!("refusal")));
    }
}

#[tokio::test]
async fn the_budget_of_a_run_is_looked_at_before_each_attempt() {
    let bench = Bench::saying(GOOD);
    let config = json!({"model": bench.model_table("anthropic", &json!({})), "max_budget_usd": 0.02});
    let after = |spent_usd| GenerationRequest { attempt: 2, spent_usd, ..asking("mean") };
    let generated = bench.generate_with(&config, &after(Some(0.0117))).await.unwrap();
    let run = generated.metadata["run_cost_usd"].as_f64().unwrap();
    assert!((run - 0.023_382).abs() < 1e-6, "{run}");

    for (spent, part) in [(Some(run), "have cost 0.0234 USD"), (None, "is not known")] {
        let error = bench.generate_with(&config, &after(spent)).await.unwrap_err();
        assert_eq!(error.kind, "budget");
        assert!(error.message.contains(part) && error.help.contains("max_budget_usd"), "{error:?}");
    }
    assert_eq!(bench.model.seen().len(), 1, "nothing was asked beyond the budget");
}

#[test]
fn a_budget_that_cannot_be_held_is_refused() {
    let config = |model: Value, budget: f64| json!({"model": model, "max_budget_usd": budget});
    let listed = json!({"provider": "openai", "model": "gpt-5-mini", "api_key_env": "CARGO_PKG_NAME"});
    let unlisted = json!({"provider": "openai", "model": "gpt-99", "api_key_env": "CARGO_PKG_NAME"});
    assert!(create(&config(listed.clone(), 0.5)).is_ok());
    for (model, budget, part) in
        [(unlisted, 0.5, "nobody knows the price of `gpt-99`"), (listed, 0.0, "must be above 0")]
    {
        let error = create(&config(model, budget)).unwrap_err();
        assert!(error.message.contains(part), "{error}");
    }
}
