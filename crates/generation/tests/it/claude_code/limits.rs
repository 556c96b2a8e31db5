//! Budget, turns, time; and that nothing is left behind by any end.

use super::agent::{CODE, Site, create, provider, questions, says, until, uses};
use crate::{standin::Answer, taken};
use pyexec_core::generator::{GENERATE, GeneratedCode};
use pyexec_testkit::{QuietHostFake, generation_request};
use serde_json::{Value, json};
use std::process::Command;

/// Set in a process that is to be the host of an agent until it is killed: the folder of its site.
const AS_HOST: &str = "PYEXEC_TEST_AS_HOST";

#[tokio::test]
async fn the_budget_ends_it() {
    let provider = provider([uses("Costly.", "Glob", &json!({"pattern": "*"}))]);
    let site = Site::new(&provider.url(), "");
    let config = json!({"max_budget_usd": 0.01, "model": "claude-sonnet-4-5"});
    let error = site.generate(&config).await.0.unwrap_err();
    assert_eq!(error.kind, "budget", "{error}");
    assert!(error.message.contains("$0.01"), "{error}");
    assert!(questions(&provider).len() < 5, "each question costs more than half a cent");
}

#[tokio::test]
async fn the_turns_of_a_phase_end_it() {
    let provider = provider([uses("Once more.", "Glob", &json!({"pattern": "*"}))]);
    let more = |turns| format!("[phases.generate]\nagent = \"a\"\nprompt = \"p\"\ntools = [\"Glob\"]\nturns = {turns}");
    let site = Site::new(&provider.url(), &more(2));
    let error = site.generate(&json!({})).await.0.unwrap_err();
    assert_eq!(error.kind, "budget", "{error}");
    assert!(error.message.contains("used up its 2 turns") && error.help.contains("`turns`"), "{error:?}");
    assert_eq!(questions(&provider).len(), 2);
}

#[tokio::test]
async fn what_was_said_is_kept_when_its_provider_fails() {
    let provider = provider([says("guidance has nothing"), Answer::shape("anthropic/500").into()]);
    let site = Site::new(&provider.url(), "");
    let mut request = generation_request(&format!("is {} a key?", site.key));
    request.spent_usd = Some(0.25);
    let generator = create(&site.config(&json!({"profile": "robust"}))).unwrap();
    let answer = generator.invoke(GENERATE, &request, QuietHostFake::default().host_box()).await;
    let generated: GeneratedCode = answer.unwrap();
    let error = generated.failure().unwrap();
    assert_eq!(error.kind, "provider", "{error}");
    let kept = &generated.prompts;
    let names: Vec<&str> = kept.iter().map(|prompt| prompt.name.as_str()).collect();
    assert_eq!(names, ["system", "scan_prompt", "scan_answer", "plan_prompt"], "phase `plan` got no answer");
    assert!(kept[1].text.contains("is *** a key?"), "{kept:?}");
    assert_eq!(kept[2].text, "guidance has nothing");
    assert!(!format!("{generated:?}").contains(&site.key));
    let metadata = Value::from(generated.metadata);
    let (cost, of_run) = (metadata["cost_usd"].as_f64().unwrap(), metadata["run_cost_usd"].as_f64().unwrap());
    assert!(cost > 0.0 && (of_run - cost - 0.25).abs() < 1e-9, "{metadata:#}");
}

#[tokio::test]
async fn time_ends_it_and_leaves_nothing() {
    let provider = provider([Answer::shape("anthropic/stream").saying(CODE).stalled_after(4)]);
    let site = Site::new(&provider.url(), "");
    let generator = create(&site.config(&json!({"timeout_seconds": 8}))).unwrap();
    let host = QuietHostFake::default().host_box();
    let answer =
        generator.invoke::<GeneratedCode>(GENERATE, &generation_request("what is the mean?"), host).await.unwrap();
    let names: Vec<&str> = answer.prompts.iter().map(|prompt| prompt.name.as_str()).collect();
    assert_eq!(names, ["system", "generate_prompt"], "what was asked is kept");
    let error = answer.failure().unwrap();
    assert_eq!(error.kind, "budget", "{error}");
    assert!(error.message.contains("no answer after 8 s, in phase `generate`"), "{error}");
    assert!(error.help.contains("`timeout_seconds`"), "{error:?}");
    assert!(site.agents().is_empty(), "it is gone before its end is told");
}

#[tokio::test]
async fn the_hosts_limit_counts_where_it_is_shorter() {
    let provider = provider([Answer::shape("anthropic/stream").saying(CODE).stalled_after(4)]);
    let site = Site::new(&provider.url(), "");
    let mut request = generation_request("what is the mean?");
    request.time_limit_ms = Some(6_000);
    let error = site.answer(&json!({}), request).await.0.unwrap_err();
    assert!(error.message.contains("no answer after 3 s"), "{error}");
}

#[tokio::test]
async fn a_cancelled_call_leaves_no_process_and_no_folder() {
    let provider = provider([Answer::shape("anthropic/stream").saying(CODE).stalled_after(4)]);
    let site = Site::new(&provider.url(), "");
    let generator = create(&site.config(&json!({}))).unwrap();
    let host = QuietHostFake::default().host_box();
    let call = tokio::spawn(async move { generator.invoke::<()>(GENERATE, &generation_request("?"), host).await });
    let folder = tokio::task::spawn_blocking(move || {
        until("the agent runs and has asked", || !site.agents().is_empty() && !questions(&provider).is_empty());
        let folder = folder_of(site.agents()[0]);
        assert!(folder.exists());
        (site, provider, folder)
    });
    let (site, provider, folder) = folder.await.unwrap();
    call.abort();
    tokio::task::spawn_blocking(move || {
        until("the agent is gone", || site.agents().is_empty());
        until("its folder is gone", || !folder.exists());
        drop(provider);
    })
    .await
    .unwrap();
}

/// An agent's folder, by its environment.
fn folder_of(pid: u32) -> std::path::PathBuf {
    let environment = std::fs::read(format!("/proc/{pid}/environ")).unwrap();
    let home = environment.split(|byte| *byte == 0).find_map(|variable| variable.strip_prefix(b"HOME="));
    std::path::Path::new(std::str::from_utf8(home.unwrap()).unwrap()).parent().unwrap().to_owned()
}

/// The test starts itself once more as a host, and kills that without a warning.
#[tokio::test]
async fn a_killed_host_takes_its_agent_along() {
    if let Some(config) = std::env::var_os(AS_HOST) {
        let config = serde_json::from_str(&config.into_string().unwrap()).unwrap();
        let host = QuietHostFake::default().host_box();
        let answer = create(&config).unwrap().invoke::<()>(GENERATE, &generation_request("?"), host).await;
        panic!("a provider that is silent gave {answer:?}");
    }
    let provider = provider([Answer::shape("anthropic/stream").saying(CODE).stalled_after(4)]);
    let site = Site::new(&provider.url(), "");
    let mut host = Command::new(std::env::current_exe().unwrap());
    host.args(["--exact", "claude_code::limits::a_killed_host_takes_its_agent_along", "--nocapture"]);
    let mut host = host.env(AS_HOST, site.config(&json!({})).to_string()).spawn().unwrap();
    tokio::task::spawn_blocking(move || {
        until("the agent runs and has asked", || !site.agents().is_empty() && !questions(&provider).is_empty());
        let folder = folder_of(site.agents()[0]);
        host.kill().unwrap();
        host.wait().unwrap();
        until("the agent is gone", || site.agents().is_empty());
        // The next start removes its folder: this one, or that of another test.
        create(&site.config(&json!({}))).unwrap();
        until("its folder is gone", || !folder.exists());
    })
    .await
    .unwrap();
}

#[tokio::test]
async fn a_killed_agent_is_the_machinerys_fault() {
    let provider = provider([Answer::shape("anthropic/stream").saying(CODE).stalled_after(4)]);
    let site = Site::new(&provider.url(), "");
    let generator = create(&site.config(&json!({}))).unwrap();
    let host = QuietHostFake::default().host_box();
    let call = tokio::spawn(async move { taken(generator.invoke(GENERATE, &generation_request("?"), host).await) });
    tokio::task::spawn_blocking(move || {
        until("the agent runs and has asked", || !site.agents().is_empty() && !questions(&provider).is_empty());
        // It has helpers that come and go: one may be gone before its turn, and another have come.
        until("they are killed", || {
            for pid in site.agents() {
                Command::new("kill").args(["-KILL", &pid.to_string()]).status().unwrap();
            }
            site.agents().is_empty()
        });
        (site, provider)
    })
    .await
    .unwrap();
    let error = call.await.unwrap().unwrap_err();
    assert_eq!(error.kind, "provider", "{error}");
    assert!(error.message.contains("ended without an answer (exit status: 137)"), "{error}");
}

#[tokio::test]
async fn conversations_at_the_same_time_do_not_mix() {
    let one = provider([says("```python\nresults = {\"one\": 1}\n```")]);
    let two = provider([says("```python\nresults = {\"two\": 2}\n```")]);
    let (first, second) = (Site::new(&one.url(), ""), Site::new(&two.url(), ""));
    let config = json!({});
    let (first, second) = tokio::join!(first.generate(&config), second.generate(&config));
    assert_eq!(first.0.unwrap().code.to_text(), "results = {\"one\": 1}\n");
    assert_eq!(second.0.unwrap().code.to_text(), "results = {\"two\": 2}\n");
}
