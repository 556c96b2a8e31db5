//! What comes of a conversation.

use super::agent::{CODE, SCRIPT, Site, create, provider, questions, says, uses};
use pyexec_core::{ErrorKind, RunError, generator::FailedAttempt};
use pyexec_testkit::generation_request;
use serde_json::{Value, json};

/// Everything that was said in the conversation that a question goes on with.
fn messages(question: &Value) -> String {
    question["messages"].to_string()
}

#[tokio::test]
async fn fast_is_one_phase_that_answers_with_code() {
    let provider = provider([says(CODE)]);
    let site = Site::new(&provider.url(), "");
    let (generated, progress) = site.generate(&json!({})).await;
    let generated = generated.unwrap();
    assert_eq!(generated.code.to_text(), SCRIPT);
    let metadata = Value::from(generated.metadata);
    for (name, value) in [
        ("generator", json!("claude_code")),
        ("profile", json!("fast")),
        ("cli_version", json!("2.1.197")),
        ("confinement", json!("kernel")),
        ("turns", json!(1)),
        ("tool_uses", json!(0)),
    ] {
        assert_eq!(metadata[name], value, "{name} in {metadata:#}");
    }
    assert!(metadata["cost_usd"].as_f64().unwrap() > 0.0, "{metadata:#}");
    assert_eq!(metadata["phases"][0]["usage"]["output_tokens"], 412, "{metadata:#}");
    let names: Vec<&str> = generated.prompts.iter().map(|prompt| prompt.name.as_str()).collect();
    assert_eq!(names, ["system", "generate_prompt", "generate_answer"]);
    assert_eq!(progress[0], "generate: code generator");
    let [question] = questions(&provider).try_into().unwrap();
    assert!(messages(&question).contains("what is the mean?"));
    let tools: Vec<&str> =
        question["tools"].as_array().unwrap().iter().map(|tool| tool["name"].as_str().unwrap()).collect();
    assert_eq!(tools, ["Glob", "Grep", "Read"]);
    let seen = provider.seen();
    assert_eq!(seen.last().unwrap().headers["x-api-key"], site.key);
}

#[tokio::test]
async fn it_reads_the_guidance_and_nothing_else() {
    let outside = tempfile::tempdir().unwrap();
    let secret = outside.path().join("secret.txt");
    std::fs::write(&secret, "the-canary").unwrap();
    let provider = provider([
        uses("The scripts may help.", "Glob", &json!({"pattern": "**/*"})),
        uses("This one.", "Grep", &json!({"pattern": "as we like", "output_mode": "content"})),
        uses("All of it.", "Read", &json!({"file_path": "guidance/fits/fit.py"})),
        uses("Now a look around.", "Read", &json!({"file_path": secret})),
        uses("And there.", "Read", &json!({"file_path": "/etc/passwd"})),
        says(CODE),
    ]);
    let more = "[codebase_guidance.fits]\nfolders = [\"scripts\"]\ndescription = \"fits of ours\"";
    let site = Site::new(&provider.url(), more);
    site.put("scripts/fit.py", "print('a fit as we like it')\n");
    site.put("scripts/.env", "TOKEN=the-canary");
    let (generated, progress) = site.generate(&json!({})).await;
    let metadata = Value::from(generated.unwrap().metadata);
    let asked: String = questions(&provider).iter().map(messages).collect();
    let system = questions(&provider)[0]["system"].to_string();
    assert!(asked.contains("guidance/fits/fit.py"), "Glob found the copy: {asked}");
    assert!(asked.contains("fit.py:1:print('a fit as we like it')"), "Grep found the line: {asked}");
    assert!(asked.contains("1\\tprint('a fit as we like it')"), "Read gave the file: {asked}");
    assert!(system.contains("`guidance/fits` (1 files): fits of ours"), "{system}");
    assert!(!asked.contains("the-canary") && !asked.contains("root:x:0"), "{asked}");
    let phase = &metadata["phases"][0];
    assert_eq!(phase["tool_uses"][1], json!({"tool": "Grep", "target": "as we like"}));
    assert_eq!(phase["denied"].as_array().unwrap().len(), 2, "{phase:#}");
    assert_eq!(phase["denied"][1], json!({"tool": "Read", "target": "/etc/passwd"}));
    assert!(phase["thinking"].as_str().unwrap().starts_with("The scripts may help."), "{phase:#}");
    assert_eq!(metadata["turns"], 6);
    for line in ["thinks", "Grep as we like", "the tool was refused or failed"] {
        assert!(progress.iter().any(|said| said == line), "{line} in {progress:?}");
    }
}

#[tokio::test]
async fn robust_is_three_phases_in_one_conversation() {
    let provider = provider([
        says("guidance has nothing"),
        says("1. compute the mean"),
        uses("One look back.", "Glob", &json!({"pattern": "*"})),
        says(CODE),
    ]);
    let site = Site::new(&provider.url(), "");
    let (generated, progress) = site.generate(&json!({"profile": "robust"})).await;
    let generated = generated.unwrap();
    assert_eq!(generated.code.to_text(), SCRIPT);
    let questions = questions(&provider);
    assert_eq!(questions.len(), 4);
    let last = messages(&questions[3]);
    for earlier in ["what is the mean?", "guidance has nothing", "1. compute the mean", "Now write the script"] {
        assert!(last.contains(earlier), "the last question holds the whole conversation, `{earlier}` too: {last}");
    }
    let metadata = Value::from(generated.metadata);
    let names = |of: &str| -> Vec<&str> {
        metadata["phases"].as_array().unwrap().iter().map(|phase| phase[of].as_str().unwrap()).collect()
    };
    assert_eq!(names("phase"), ["scan", "plan", "implement"]);
    assert_eq!(names("agent"), ["code scanner", "code planner", "code writer"]);
    let costs = metadata["phases"].as_array().unwrap().iter().map(|phase| phase["cost_usd"].as_f64().unwrap());
    let (sum, all) = (costs.sum::<f64>(), metadata["cost_usd"].as_f64().unwrap());
    assert!(sum > 0.0 && (sum - all).abs() < 1e-9, "{metadata:#}");
    assert_eq!(metadata["turns"], 4);
    let names: Vec<&str> = generated.prompts.iter().map(|prompt| prompt.name.as_str()).collect();
    assert_eq!(
        names,
        [
            "system",
            "scan_prompt",
            "scan_answer",
            "plan_prompt",
            "plan_answer",
            "implement_prompt",
            "implement_thinking",
            "implement_answer"
        ]
    );
    assert!(progress.contains(&"plan (2 of 3): code planner".to_owned()), "{progress:?}");
}

#[tokio::test]
async fn phases_and_profiles_of_ones_own() {
    let provider = provider([says("units first"), says(CODE)]);
    let more = "
        [profiles.careful]
        phases = [\"units\", \"generate\"]
        model = \"claude-haiku-4-5\"
        max_budget_usd = 0.2
        timeout_seconds = 100
        [phases.units]
        agent = \"unit checker\"
        prompt = \"Which units are there?\"
        turns = 2";
    let site = Site::new(&provider.url(), more);
    let (generated, progress) = site.generate(&json!({"profile": "careful", "examples_from": "cookbook"})).await;
    let metadata = Value::from(generated.unwrap().metadata);
    assert_eq!(metadata["max_budget_usd"], 0.2);
    assert_eq!(progress[0], "units (1 of 2): unit checker");
    let questions = questions(&provider);
    assert_eq!(questions[0]["model"], "claude-haiku-4-5");
    assert!(messages(&questions[0]).contains("Which units are there?"));
    assert!(messages(&questions[0]).contains("Use no tools in this step."));
    let shown = metadata["examples"].as_array().unwrap();
    assert!(!shown.is_empty(), "recipes are shown: {metadata:#}");
}

#[tokio::test]
async fn an_earlier_attempt_is_told_and_its_cost_counts() {
    let provider = provider([says(CODE)]);
    let site = Site::new(&provider.url(), "");
    let mut request = generation_request("what is the mean?");
    (request.attempt, request.spent_usd) = (2, Some(0.30));
    request.failures = vec![FailedAttempt {
        attempt: 1,
        code: None,
        error: RunError::new(ErrorKind::Runtime, "ZeroDivisionError: division by zero"),
        findings: Vec::new(),
    }];
    let (generated, _) = site.answer(&json!({"max_budget_usd": 0.5}), request.clone()).await;
    let left = generated.unwrap().metadata["max_budget_usd"].as_f64().unwrap();
    assert!((left - 0.2).abs() < 1e-9, "{left}");
    assert!(messages(&questions(&provider)[0]).contains("ZeroDivisionError"));
    for spent in [Some(0.5), None] {
        request.spent_usd = spent;
        let (refused, _) = site.answer(&json!({"max_budget_usd": 0.5}), request.clone()).await;
        assert_eq!(refused.unwrap_err().kind, "budget", "{spent:?}");
    }
    assert_eq!(questions(&provider).len(), 1, "nobody was asked without money");
}

#[tokio::test]
async fn a_gateway_gets_its_token_as_bearer() {
    let provider = provider([says(CODE)]);
    let site = Site::new(&provider.url(), "auth = \"bearer\"");
    site.generate(&json!({})).await.0.unwrap();
    let seen = provider.seen();
    assert_eq!(seen.last().unwrap().headers["authorization"], format!("Bearer {}", site.key));
}

#[test]
fn what_cannot_work_is_said_when_it_is_created() {
    let site = Site::new("http://127.0.0.1:1", "");
    let text = |more: &str| format!("[api_config]\napi_key_file = \"key\"\n{more}\n");
    for (more, file, kind, part) in [
        (json!({"profile": "quick"}), "", "unknown_name", "no profile `quick`"),
        (json!({"max_budget_usd": 0}), "", "config", "from 0.01 to 1000"),
        (json!({"model": "--tools=Bash"}), "", "config", "no model's name"),
        (json!({"cli_path": "/nowhere/claude"}), "", "bad_file", "/nowhere/claude"),
        (json!({"cli_path": "claude"}), "", "bad_file", "not an absolute path"),
        (json!({"cli_path": "/etc/passwd"}), "", "bad_file", "no native program"),
        (json!({"claude_config_path": "claude.toml"}), "", "bad_file", "not an absolute path"),
        (json!({"budget": 1}), "", "config", "budget"),
        (json!({"examples_from": "web"}), "", "config", "`cookbook` is all there is"),
        (
            json!({"profile": "p"}),
            "[profiles.p]\nphases = [\"scam\"]\nmodel = \"m\"\nmax_budget_usd = 1\ntimeout_seconds = 9",
            "bad_file",
            "the phase `scam`",
        ),
        (
            json!({}),
            "[phases.p]\nagent = \"a\"\nprompt = \"p\"\nturns = 1\ntools = [\"Bash\"]",
            "bad_file",
            "unknown variant `Bash`",
        ),
        (json!({}), "[codebase_guidance.g]\nfolders = [\"missing\"]", "bad_file", "guidance `g`"),
        (json!({}), "api_key = \"hunter2\"", "bad_request", "secret"),
        (json!({}), "apikey = \"hunter2\"", "bad_file", "unknown field `apikey`"),
    ] {
        site.put("claude.toml", &text(file));
        let error = create(&site.config(&more)).unwrap_err();
        assert_eq!(error.kind, kind, "{more} {file}: {error}");
        assert!(error.message.contains(part), "{more} {file}: {error}");
        assert!(kind == "config" || !error.help.is_empty(), "{more}");
        assert!(!format!("{error:?}").contains("hunter2"), "{error:?}");
    }
    site.put("claude.toml", "[api_config]\napi_key_file = \"no-such-key\"");
    assert_eq!(create(&site.config(&json!({}))).unwrap_err().kind, "missing_credential");
}
