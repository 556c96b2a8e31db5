//! Each provider's way to ask and to answer.

use super::bench::{Bench, CANARY, CODE, GOOD, asking, create};
use crate::standin::Answer;
use serde_json::{Value, json};

/// Provider, shape, its own keys, and what must be seen: path, the header with the key, the name of the limit.
const WAYS: [(&str, &str, bool, &str, &str, &str); 8] = [
    ("anthropic", "anthropic/stream", true, "/v1/messages", "x-api-key", "max_tokens"),
    ("anthropic", "anthropic/success", false, "/v1/messages", "x-api-key", "max_tokens"),
    ("openai", "openai/stream", true, "/v1/chat/completions", "authorization", "max_completion_tokens"),
    ("openai", "openai/success", false, "/v1/chat/completions", "authorization", "max_completion_tokens"),
    ("openai_compatible", "openai/stream", true, "/v1/chat/completions", "authorization", "max_tokens"),
    ("gemini", "openai/stream", true, "/v1/chat/completions", "authorization", "max_tokens"),
    ("ollama", "openai/stream", true, "/v1/chat/completions", "authorization", "max_tokens"),
    // A gateway that was asked for a stream and gives all at once.
    ("openai_compatible", "openai/success", true, "/v1/chat/completions", "authorization", "max_tokens"),
];

#[tokio::test]
async fn every_way_to_ask_gives_code_and_what_it_cost() {
    for (provider, shape, stream, path, header, limit) in WAYS {
        let bench = Bench::with([Answer::shape(shape).saying(GOOD)]);
        let more = json!({"stream": stream, "temperature": 0.25, "max_tokens": 4321});
        let config = json!({"model": bench.model_table(provider, &more)});
        let generated = bench.generate_with(&config, &asking("what is the mean?")).await.unwrap();
        assert_eq!(generated.code.to_text(), CODE, "{provider}");

        let seen = bench.model.only();
        assert_eq!((seen.method.as_str(), seen.path.as_str()), ("POST", path), "{provider}");
        assert!(seen.headers[header].ends_with(CANARY), "{provider}: {:?}", seen.headers);
        assert_eq!(seen.headers["content-type"], "application/json");
        let body = seen.json();
        assert_eq!((&body["model"], &body["stream"]), (&json!("the-model"), &json!(stream)));
        assert_eq!((&body[limit], &body["temperature"]), (&json!(4321), &json!(0.25)), "{body}");

        let metadata = Value::from(generated.metadata);
        let (input, output) = if provider == "anthropic" { (1834, 412) } else { (1650, 398) };
        assert_eq!(metadata["usage"], json!({"input_tokens": input, "output_tokens": output}), "{provider}");
        let cost = f64::from(input) * 3e-6 + f64::from(output) * 15e-6;
        assert!((metadata["cost_usd"].as_f64().unwrap() - cost).abs() < 1e-9, "{metadata}");
        assert_eq!((&metadata["provider"], &metadata["tries"]), (&json!(provider), &json!(1)));
        assert!(metadata["summary"].as_str().unwrap().starts_with("the-model ("), "{metadata}");
    }
}

#[tokio::test]
async fn the_version_of_the_messages_api_is_named() {
    let bench = Bench::saying(GOOD);
    bench.generate(&asking("mean")).await.unwrap();
    let seen = bench.model.only();
    assert_eq!(seen.headers["anthropic-version"], "2023-06-01");
    assert!(!seen.json().as_object().unwrap().contains_key("temperature"), "some models refuse any");
}

#[tokio::test]
async fn a_local_server_needs_no_key() {
    let bench = Bench::with([Answer::shape("openai/stream").saying(GOOD)]);
    for provider in ["ollama", "openai_compatible"] {
        let config = json!({"model": bench.model_table(provider, &json!({"api_key_file": null}))});
        bench.generate_with(&config, &asking("mean")).await.unwrap();
        let seen = bench.model.seen();
        assert!(!seen.last().unwrap().headers.contains_key("authorization"));
    }
}

#[tokio::test]
async fn the_key_may_come_from_any_variable() {
    // The one variable that cargo surely sets for a test stands in for a key.
    let key = std::env::var("CARGO_PKG_NAME").unwrap();
    let bench = Bench::saying(GOOD);
    let more = json!({"api_key_file": null, "api_key_env": "CARGO_PKG_NAME"});
    bench.generate_with(&json!({"model": bench.model_table("anthropic", &more)}), &asking("mean")).await.unwrap();
    assert_eq!(bench.model.only().headers["x-api-key"], key);
}

#[tokio::test]
async fn tokens_or_prices_that_nobody_knows_are_null() {
    let bench = Bench::saying(GOOD);
    let no_price = json!({"input_usd_per_million": null, "output_usd_per_million": null});
    let config = json!({"model": bench.model_table("anthropic", &no_price)});
    let generated = bench.generate_with(&config, &asking("mean")).await.unwrap();
    assert_eq!((&generated.metadata["cost_usd"], &generated.metadata["run_cost_usd"]), (&Value::Null, &Value::Null));

    let silent = Answer::shape("openai/success").saying(GOOD).with("\"usage\"", "\"unusual\"");
    let bench = Bench::with([silent]);
    let config = json!({"model": bench.model_table("openai_compatible", &json!({}))});
    let generated = bench.generate_with(&config, &asking("mean")).await.unwrap();
    assert_eq!((&generated.metadata["usage"], &generated.metadata["cost_usd"]), (&Value::Null, &Value::Null));
}

#[test]
fn what_cannot_be_asked_is_said_before_anything_is_asked() {
    let model = |more: Value| {
        let mut model = json!({"provider": "openai", "model": "m", "api_key_env": "CARGO_PKG_NAME"});
        model.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        json!({"model": model})
    };
    let folder = tempfile::tempdir().unwrap();
    let key = |name: &str, content: &str| {
        let path = folder.path().join(name);
        std::fs::write(&path, content).unwrap();
        model(json!({"api_key_env": null, "api_key_file": path}))
    };
    for (config, kind, part) in [
        (json!({}), "missing_credential", "no model for the generator `basic`"),
        (
            model(json!({"api_key_env": "PYEXEC_TEST_NO_SUCH_KEY"})),
            "missing_credential",
            "`PYEXEC_TEST_NO_SUCH_KEY` is not set",
        ),
        (key("empty", " \n"), "missing_credential", "is empty"),
        (key("two", "one two"), "missing_credential", "something else than one key"),
        (
            model(json!({"api_key_env": null, "api_key_file": "/nowhere/key"})),
            "missing_credential",
            "`/nowhere/key` cannot be read",
        ),
        (model(json!({"provider": "openai_compatible"})), "bad_request", "`base_url` is missing"),
        (model(json!({"base_url": "ftp://x/"})), "bad_request", "not `http` or `https`"),
        (model(json!({"base_url": "http://me:pass@x/"})), "bad_request", "names a user"),
        (
            model(json!({"base_url": "http://gateway.example.org/v1"})),
            "bad_request",
            "`http://gateway.example.org/v1` is plain HTTP to another machine",
        ),
        (model(json!({"api_key": "sk"})), "config", "unknown field `api_key`"),
    ] {
        let error = create(&config).unwrap_err();
        assert!(error.message.contains(part) && error.kind == kind, "{config}: {error:?}");
        assert!(!error.message.contains("pass@"), "{error}");
    }
    // Plain HTTP shows nothing where nothing is to be hidden, or where somebody has said so.
    for more in [json!({"allow_plain_http": true}), json!({"provider": "ollama", "api_key_env": null})] {
        let mut config = model(json!({"base_url": "http://gateway.example.org/v1"}));
        config["model"].as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        assert!(create(&config).is_ok(), "{config}");
    }
}
