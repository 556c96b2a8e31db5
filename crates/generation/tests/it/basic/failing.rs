//! Providers that are busy, broken, or something else altogether.

use super::bench::{Bench, CODE, GOOD, asking};
use crate::standin::Answer;
use pyexec_core::generator::GenerationRequest;
use serde_json::{Value, json};

fn anthropic() -> Answer {
    Answer::shape("anthropic/stream").saying(GOOD)
}

/// Provider, what it answers, the kind of the error, a part of its message, a part of its help, how often it is asked.
fn failures() -> Vec<(&'static str, Answer, &'static str, &'static str, &'static str, usize)> {
    let shape = Answer::shape;
    vec![
        ("anthropic", shape("anthropic/401"), "missing_credential", "does not accept the key file", "valid there", 1),
        ("openai", shape("openai/401"), "missing_credential", "(HTTP 401)", "valid there", 1),
        ("gemini", shape("openai/gemini_400"), "missing_credential", "(HTTP 400)", "valid there", 1),
        ("anthropic", shape("anthropic/404"), "unknown_name", "no model `the-model`", "correct `model`", 1),
        ("openai", shape("openai/404"), "unknown_name", "you do not have access", "correct `model`", 1),
        ("ollama", shape("openai/ollama_404"), "unknown_name", "try pulling it first", "load it first", 1),
        ("anthropic", shape("anthropic/400"), "bad_request", "credit balance is too low", "the account", 1),
        ("openai", shape("openai/quota"), "bad_request", "exceeded your current quota", "the account", 1),
        ("anthropic", shape("anthropic/429"), "provider", "rate limit of 50,000", "later", 3),
        ("openai", shape("openai/429"), "provider", "asked 3 times", "later", 3),
        ("anthropic", shape("anthropic/500"), "provider", "Internal server error; asked 3 times", "later", 3),
        ("anthropic", shape("anthropic/529"), "provider", "Overloaded", "later", 3),
        ("openai", shape("openai/500"), "provider", "The server had an error", "later", 3),
        ("openai_compatible", shape("gateway/502"), "provider", "it does not say why", "later", 3),
        (
            "anthropic",
            shape("anthropic/overloaded_in_stream"),
            "provider",
            "broke off its answer: Overloaded",
            "later",
            3,
        ),
        ("anthropic", anthropic().cut_after(5), "provider", "broke off its answer", "later", 3),
        ("anthropic", anthropic().ended_after(6), "provider", "the stream ended early", "later", 3),
        ("anthropic", anthropic().ended_after(0), "provider", "the stream ended early", "later", 3),
        (
            "openai",
            shape("openai/stream").saying(GOOD).ended_after(3),
            "provider",
            "the stream ended early",
            "later",
            3,
        ),
        ("openai_compatible", shape("gateway/html"), "provider", "answers with `text/html`", "`base_url`", 1),
        ("openai_compatible", shape("gateway/302"), "bad_request", "sends elsewhere (HTTP 302)", "`base_url`", 1),
        ("openai", anthropic(), "provider", "answers with something else", "`base_url`", 1),
        ("anthropic", shape("openai/success").saying(GOOD), "provider", "answers with something else", "`base_url`", 1),
        (
            "openai",
            shape("openai/stream").with("{{piece}}", &"x".repeat(5 << 20)),
            "provider",
            "did not stop",
            "`max_tokens`",
            1,
        ),
        ("openai", shape("openai/success").saying(&"x".repeat(9 << 20)), "provider", "did not stop", "`max_tokens`", 1),
        (
            "openai",
            shape("openai/success")
                .saying(GOOD)
                .header("content-type", "application/json; charset=utf-8")
                .with("{", "["),
            "provider",
            "something else",
            "`base_url`",
            1,
        ),
    ]
}

#[tokio::test]
async fn each_failure_has_its_kind_and_its_way_out() {
    for (provider, answer, kind, part, help, times) in failures() {
        let shown = format!("{provider} {part}");
        let bench = Bench::with([answer]);
        let config = json!({"model": bench.model_table(provider, &json!({"max_tries": 3}))});
        let error = bench.generate_with(&config, &asking("mean")).await.unwrap_err();
        assert_eq!(error.kind, kind, "{shown}: {error:?}");
        assert!(error.message.contains(part), "{shown}: {error:?}");
        assert!(error.help.contains(help), "{shown}: {error:?}");
        assert_eq!(bench.model.seen().len(), times, "{shown}: {error:?}");
        assert!(!format!("{error:?}").contains("canar"), "no part of a key: {error:?}");
    }
}

#[tokio::test]
async fn what_passes_is_waited_for() {
    let shape = Answer::shape;
    for busy in [
        vec![shape("anthropic/429"), shape("anthropic/529")],
        vec![shape("anthropic/500"), shape("anthropic/500")],
        vec![shape("anthropic/overloaded_in_stream"), anthropic().cut_after(4)],
    ] {
        let broken_off = busy[1].clone().header("x", "y");
        let bench = Bench::with(busy.into_iter().chain([anthropic()]));
        let generated = bench.generate(&asking("mean")).await.unwrap();
        assert_eq!(generated.code.to_text(), CODE, "{broken_off:?}");
        assert_eq!((&generated.metadata["tries"], bench.model.seen().len()), (&json!(3), 3));
        assert!(bench.said().contains("asking again in"), "{}", bench.said());
        // The same question each time.
        let bodies: Vec<Value> = bench.model.seen().iter().map(|seen| seen.json()).collect();
        assert!(bodies.windows(2).all(|pair| pair[0] == pair[1]));
    }
}

#[tokio::test]
async fn what_was_broken_off_makes_the_cost_unknown() {
    let bench = Bench::with([anthropic().cut_after(5), anthropic()]);
    let generated = bench.generate(&asking("mean")).await.unwrap();
    assert_eq!(generated.metadata["cost_usd"], Value::Null);
    let bench = Bench::with([Answer::shape("anthropic/529"), anthropic()]);
    let generated = bench.generate(&asking("mean")).await.unwrap();
    assert!(generated.metadata["cost_usd"].is_f64());
}

#[tokio::test]
async fn a_wait_beyond_the_deadline_is_not_begun() {
    for after in ["3600", "Tue, 31 Dec 2999 23:59:59 GMT"] {
        let bench = Bench::with([Answer::shape("anthropic/429").header("retry-after", after), anthropic()]);
        let error = bench.generate(&asking("mean")).await.unwrap_err();
        assert_eq!((error.kind.as_str(), bench.model.seen().len()), ("provider", 1), "{error}");
        assert!(error.message.contains("it asks to wait"), "{error}");
    }
}

#[tokio::test]
async fn a_provider_that_says_nothing_more_is_late() {
    for parts in [0, 4] {
        let bench = Bench::with([anthropic().stalled_after(parts)]);
        let slow = json!({"timeout_seconds": 0.2, "max_tries": 2});
        let config = json!({"model": bench.model_table("anthropic", &slow)});
        let error = bench.generate_with(&config, &asking("mean")).await.unwrap_err();
        assert_eq!((error.kind.as_str(), bench.model.seen().len()), ("provider", 2), "{error}");
        assert!(error.message.contains("did not answer within 0.2 s; asked 2 times"), "{error}");
        assert!(error.help.contains("timeout_seconds"), "{error:?}");
    }
}

#[tokio::test]
async fn the_call_s_own_deadline_counts_too() {
    let bench = Bench::with([anthropic().stalled_after(2)]);
    let request = GenerationRequest { time_limit_ms: Some(700), ..asking("mean") };
    let error = bench.generate(&request).await.unwrap_err();
    assert_eq!((error.kind.as_str(), bench.model.seen().len()), ("provider", 1), "{error}");
}

#[tokio::test]
async fn nobody_there_is_said_with_the_address() {
    let bench = Bench::with([anthropic()]);
    let nobody = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    for (base, part) in [
        (format!("http://{nobody}"), "Connection refused"),
        // TLS towards somebody who speaks none.
        (bench.model.url().replace("http:", "https:"), "cannot be reached"),
    ] {
        let config = json!({"model": bench.model_table("anthropic", &json!({"base_url": base, "max_tries": 1}))});
        let error = bench.generate_with(&config, &asking("mean")).await.unwrap_err();
        assert_eq!(error.kind, "provider", "{error}");
        assert!(error.message.contains(part) && error.message.contains("127.0.0.1"), "{error}");
    }
    assert!(bench.model.seen().is_empty());
}
