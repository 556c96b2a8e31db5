//! What the program is called with: its environment and flags, as the kernel sees them.

use super::agent::{CODE, Site, create, provider, questions, until};
use crate::standin::Answer;
use pyexec_core::generator::GENERATE;
use pyexec_testkit::{QuietHostFake, generation_request};
use serde_json::json;
use std::fs;

fn texts(path: &str) -> Vec<String> {
    let bytes = fs::read(path).unwrap();
    bytes
        .split(|byte| *byte == 0)
        .filter(|text| !text.is_empty())
        .map(|text| String::from_utf8_lossy(text).into())
        .collect()
}

#[tokio::test]
async fn it_gets_an_environment_of_its_own_and_no_more_descriptors() {
    let provider = provider([Answer::shape("anthropic/stream").saying(CODE).stalled_after(4)]);
    let site = Site::new(&provider.url(), "");
    let generator = create(&site.config(&json!({}))).unwrap();
    let host = QuietHostFake::default().host_box();
    let call = tokio::spawn(async move { generator.invoke::<()>(GENERATE, &generation_request("?"), host).await });
    let checked = tokio::task::spawn_blocking(move || {
        until("the agent runs and has asked", || !site.agents().is_empty() && !questions(&provider).is_empty());
        let pid = site.agents()[0];
        let environment = texts(&format!("/proc/{pid}/environ"));
        let mut names: Vec<&str> = environment.iter().filter_map(|text| Some(text.split_once('=')?.0)).collect();
        names.sort_unstable();
        assert_eq!(
            names,
            [
                "ANTHROPIC_API_KEY",
                "ANTHROPIC_BASE_URL",
                "CLAUDE_CODE_DISABLE_AUTO_MEMORY",
                "CLAUDE_CODE_DISABLE_CLAUDE_MDS",
                "CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC",
                "CLAUDE_CODE_MAX_RETRIES",
                "CLAUDE_CONFIG_DIR",
                "DISABLE_AUTOUPDATER",
                "DISABLE_ERROR_REPORTING",
                "DISABLE_TELEMETRY",
                "HOME",
                "LANG",
                "PATH",
                "TMPDIR",
            ]
        );
        let arguments = texts(&format!("/proc/{pid}/cmdline"));
        for flags in [
            ["--tools", "Read,Grep,Glob"],
            ["--permission-mode", "dontAsk"],
            ["--max-budget-usd", "0.5000"],
            ["--model", "sonnet"],
        ] {
            assert!(arguments.windows(2).any(|pair| pair == flags), "{flags:?} in {arguments:?}");
        }
        for flag in ["--setting-sources=", "--strict-mcp-config", "--no-session-persistence"] {
            assert!(arguments.iter().any(|argument| argument == flag), "{flag} in {arguments:?}");
        }
        assert!(!arguments.iter().any(|argument| argument.contains(&site.key)), "everybody reads arguments");
        let status = fs::read_to_string(format!("/proc/{pid}/status")).unwrap();
        assert!(status.contains("NoNewPrivs:\t1"), "{status}");
        assert!(status.contains("CapEff:\t0000000000000000"), "{status}");
        let files = fs::read_dir(format!("/proc/{pid}/fd")).unwrap().flatten();
        let files = files.filter_map(|entry| fs::read_link(entry.path()).ok()).map(|path| path.display().to_string());
        let ours = std::env::current_exe().unwrap().parent().unwrap().display().to_string();
        let open: Vec<String> = files.filter(|file| file.starts_with(&ours)).collect();
        assert!(open.is_empty(), "{open:?}");
        (site, provider)
    });
    let kept = checked.await;
    call.abort();
    drop(kept.unwrap());
}
