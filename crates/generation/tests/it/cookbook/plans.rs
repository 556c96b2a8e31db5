//! What else a request can hold: a plan, named data, expected results; and what is said of the choice.

use super::asking::{CO2, FORBES, Kitchen, create, data, generate, request};
use pyexec_core::{
    Request,
    abi::{
        Host, Host_TO, Reply,
        abi_stable::{
            erased_types::TD_Opaque,
            std_types::{RArc, RResult, RSlice, RStr, RString},
        },
        async_ffi::{FfiFuture, FutureExt},
    },
    generator::{GENERATE, GeneratedCode, GenerationRequest},
};
use serde_json::{Value, json};
use std::{path::PathBuf, sync::Arc, sync::Mutex};

fn asked(file: &str, fields: Value) -> GenerationRequest {
    let files: [PathBuf; 1] = [data().join(file)];
    let mut asked = request("", &files);
    asked.request = serde_json::from_value::<Request>(fields).unwrap();
    asked
}

fn run(answer: &GeneratedCode, file: &str) -> (Value, String) {
    let mut kitchen = Kitchen::default();
    kitchen.add(answer, &[&data().join(file)]);
    let ran = kitchen.run().remove(0);
    (ran.results, ran.stdout)
}

fn planned(query: &str, phases: &Value) -> Value {
    json!({"user_query": query, "planning_mode": "capability_driven", "structured_plan": {"phases": phases}})
}

#[tokio::test]
async fn a_plan_of_one_recipe_gives_its_results_as_ever() {
    let phases = json!([
        {"phase": "Preparation", "subtasks": ["Load the CSV file", "parse the data"]},
        {"phase": "Analysis", "subtasks": ["Compute the long-term trend"]},
    ]);
    let answer = generate(&json!({}), asked(CO2, planned("How is co2?", &phases))).await.unwrap();
    assert_eq!(answer.metadata["recipe"], "mean_and_trend");
    assert_eq!(answer.metadata["phase"], "Analysis");
    assert_eq!(answer.metadata["steps_without_recipe"], json!(["Load the CSV file", "parse the data"]));
    assert_eq!(run(&answer, CO2).0["trend_is_clear"], true);
}

#[tokio::test]
async fn a_plan_of_several_recipes_runs_them_in_turn() {
    let phases = json!([
        {"phase": "Overview", "subtasks": ["summary statistics"]},
        {"phase": "Relation \"x\"", "subtasks": ["correlation of the columns", "fit a straight line"]},
        {"phase": "find outliers in pressure"},
    ]);
    let answer = generate(&json!({}), asked(FORBES, planned("pressure against boiling point", &phases))).await.unwrap();
    let recipes: Vec<&str> =
        answer.metadata["recipes"].as_array().unwrap().iter().map(|one| one["recipe"].as_str().unwrap()).collect();
    assert_eq!(recipes, ["summary_statistics", "correlation", "curve_fit", "outliers"]);
    let summary = answer.metadata["summary"].as_str().unwrap();
    assert!(summary.starts_with("recipe summary_statistics: columns=boiling_point_f"), "{summary}");
    assert!(summary.contains("; then recipe curve_fit: y=pressure_inhg, x=boiling_point_f, model=line"), "{summary}");
}

#[tokio::test]
async fn results_of_a_plan_stand_under_the_names_of_its_phases() {
    let phases = json!([
        {"phase": "Overview", "subtasks": ["summary statistics"]},
        {"phase": "Course \"x\"", "subtasks": ["is there a trend", "monthly averages", "yearly averages"]},
    ]);
    let answer = generate(&json!({}), asked(CO2, planned("", &phases))).await.unwrap();
    // the kitchen wants one figure, and this leaves one a step
    let script = answer.code.to_text() + "\nfor number in plt.get_fignums()[1:]:\n    plt.close(number)\n";
    let closed = GeneratedCode { code: pyexec_core::Code::new(script), ..answer };
    let (results, _) = run(&closed, CO2);
    assert_eq!(results["Overview"]["rows"], 2284);
    let course = &results["Course \"x\""];
    assert_eq!(course["mean_and_trend"]["trend_is_clear"], true);
    assert_eq!(course["resampling"]["steps"], 526);
    assert_eq!(course["resampling_again"]["step"], "1 year");
}

#[tokio::test]
async fn a_plan_that_cannot_be_followed_is_refused_with_the_step() {
    for (fields, message) in [
        (json!({"planning_mode": "capability_driven", "user_query": "trend"}), "needs a `structured_plan`"),
        (planned("trend", &json!([])), "with at least one step"),
        (
            planned("trend", &json!([{"phase": "a", "subtasks": ["is there a trend", "train a neural network"]}])),
            "step `train a neural network` of the plan: no recipe of the cookbook does what `train`",
        ),
        (
            planned("trend", &json!([{"phase": "a", "subtasks": ["correlation matrix"]}])),
            "step `correlation matrix` of the plan: the recipe `correlation` needs 2 numeric columns",
        ),
    ] {
        let error = generate(&json!({}), asked(CO2, fields)).await.unwrap_err();
        assert!(error.kind == "bad_request" && error.message.contains(message), "{error}");
    }
}

#[tokio::test]
async fn a_plan_that_only_says_how_leaves_the_question() {
    let phases = json!([{"phase": "Load the file"}, {"phase": "Print the results"}]);
    let answer = generate(&json!({}), asked(CO2, planned("any outliers?", &phases))).await.unwrap();
    assert_eq!(answer.metadata["recipe"], "outliers");
    let objective = asked(CO2, json!({"task_objective": "find outliers"}));
    assert_eq!(generate(&json!({}), objective).await.unwrap().metadata["recipe"], "outliers");
}

#[tokio::test]
async fn expected_results_that_a_recipe_does_not_give_are_named() {
    let fields = json!({"user_query": "is there a trend", "expected_results": {"values": "int", "forecast\"": "list"}});
    let answer = generate(&json!({}), asked(CO2, fields)).await.unwrap();
    assert_eq!(answer.metadata["expected_results"]["names"], json!(["forecast\"", "values"]));
    let (results, stdout) = run(&answer, CO2);
    assert_eq!(results["not_given"], json!(["forecast\""]));
    assert!(stdout.contains("Expected and not given by this recipe: forecast\""), "{stdout}");

    let all = json!({"user_query": "is there a trend", "expected_results": {"values": "int"}});
    let answer = generate(&json!({}), asked(CO2, all)).await.unwrap();
    assert_eq!(run(&answer, CO2).0.get("not_given"), None);
}

#[tokio::test]
async fn named_data_are_used_where_they_are_named() {
    let context = json!({"limits": {"sigma": 4.5, "other": 1}, "plot": {"bins": 12}, "names": {"main": "co2_ppm"}});
    for (query, parameter, value, used) in [
        ("outliers beyond limits.sigma sigma", "LIMIT", json!(4.5), "limits.sigma"),
        ("outliers beyond the sigma limit", "LIMIT", json!(4.5), "limits.sigma"),
        ("histogram with `context.plot.bins` bins", "BINS", json!(12), "plot.bins"),
        ("histogram of names.main", "COLUMN", json!("co2_ppm"), "names.main"),
    ] {
        let fields = json!({"user_query": query, "context": context});
        let metadata = generate(&json!({}), asked(CO2, fields)).await.unwrap().metadata;
        assert_eq!(metadata["parameters"][parameter], value, "{query}");
        assert_eq!(metadata["context"]["used"], json!([used]), "{query}");
        assert!(metadata["context"]["not_used"].as_array().unwrap().contains(&json!("limits.other")), "{query}");
    }
}

#[tokio::test]
async fn what_a_recipe_cannot_heed_is_recorded() {
    let fields = json!({"user_query": "is there a trend", "capability_prompts": ["use polars"],
        "structured_plan": {"phases": []}});
    let metadata = generate(&json!({}), asked(CO2, fields)).await.unwrap().metadata;
    assert_eq!(metadata["ignored"], json!(["capability_prompts", "structured_plan"]));
    assert_eq!(metadata.get("context"), None);
}

/// Keeps what is emitted.
#[derive(Clone, Default)]
struct Listening(Arc<Mutex<Vec<String>>>);

impl Host for Listening {
    fn emit(&self, kind: RStr<'_>, bytes: RSlice<'_, u8>) {
        let line = format!("{kind} {}", String::from_utf8_lossy(bytes.as_slice()));
        self.0.lock().unwrap().push(line);
    }

    fn call(&self, op: RString, _json: RString) -> FfiFuture<Reply> {
        async move { RResult::RErr(pyexec_core::PluginError::new("unknown", format!("no op {op}"))) }.into_ffi()
    }
}

#[tokio::test]
async fn the_choice_is_said_and_so_is_what_was_mended_or_not_used() {
    let host = Listening::default();
    let boxed = Host_TO::from_ptr(RArc::new(host.clone()), TD_Opaque);
    let asked = asked(CO2, json!({"user_query": "histogramm of co2 in purple"}));
    let _: GeneratedCode = create(&json!({})).unwrap().invoke(GENERATE, &asked, boxed).await.unwrap();
    let expected = r#"progress {"message":"recipe histogram: column=co2_ppm; `histogramm` is read as `histogram`; not used: purple"}"#;
    assert_eq!(*host.0.lock().unwrap(), [expected]);
}
