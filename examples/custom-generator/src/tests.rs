//! The component as a host meets it: created by name from JSON, called over the plugin interface.

use pyexec_core::{
    Instance, PluginError, Role, RunError,
    generator::{FailedAttempt, GENERATE, GeneratedCode, GenerationRequest},
};
use pyexec_testkit::{QuietHostFake, generation_request};
use serde_json::{Value, json};

fn book() -> Value {
    json!({
        "custom_param": "Mauna \"Loa\"",
        "phrases": {
            "who": "results = {'who': 'nobody'}",
            "Who measured": "results = {'by': {custom_param}}",
        },
    })
}

fn create(config: &Value) -> Result<Instance, PluginError> {
    let component = pyexec_sdk::create(Role::Generator, "phrasebook", &config.to_string())?;
    Ok(Instance::new(Role::Generator, "phrasebook", component))
}

async fn ask(request: GenerationRequest) -> Result<String, PluginError> {
    let generated: GeneratedCode =
        create(&book())?.invoke(GENERATE, &request, QuietHostFake::default().host_box()).await?;
    Ok(generated.code.to_text())
}

#[tokio::test]
async fn the_longest_phrase_answers() {
    let host = QuietHostFake::default();
    let generated: GeneratedCode = create(&book())
        .unwrap()
        .invoke(GENERATE, &generation_request("WHO MEASURED this?"), host.host_box())
        .await
        .unwrap();
    assert_eq!(generated.code.to_text(), r#"results = {'by': "Mauna \"Loa\""}"#);
    assert_eq!(generated.metadata["phrase"], "Who measured");
    assert_eq!(host.progress(), ["the book has `Who measured`"]);
    assert_eq!(ask(generation_request("who?")).await.unwrap(), "results = {'who': 'nobody'}");
}

#[tokio::test]
async fn another_question_is_an_error_that_names_the_phrases() {
    let error = ask(generation_request("why?")).await.unwrap_err();
    assert_eq!(error.kind.as_str(), "bad_request");
    assert!(error.message.contains("`why?`") && error.help.contains("`Who measured`"), "{error:?}");
}

#[tokio::test]
async fn code_that_failed_is_not_given_again() {
    let error = RunError::new(pyexec_core::ErrorKind::Runtime, "ZeroDivisionError");
    let failed = FailedAttempt { attempt: 1, code: None, error, findings: Vec::new() };
    let request = GenerationRequest { attempt: 2, failures: vec![failed], ..generation_request("who?") };
    let error = ask(request).await.unwrap_err();
    assert!(error.message.contains("ZeroDivisionError"), "{error:?}");
}

#[test]
fn a_wrong_table_is_refused() {
    for (table, says) in [
        (json!({}), "custom_param"),
        (json!({"custom_param": "", "phrases": {}, "phrase": {}}), "phrase"),
        (json!({"custom_param": "", "phrases": {" ": "pass"}}), "empty"),
    ] {
        let error = create(&table).unwrap_err();
        assert_eq!(error.kind.as_str(), "config");
        assert!(error.message.contains(says), "{error:?}");
    }
}
