//! Recorded output, whole and broken.

use super::read;
use crate::agent_cli::{
    event::{AgentEvent, End, How, Part, Trouble},
    program::Malformed,
};
use proptest::prelude::*;
use std::{fs, path::Path};

fn transcript(name: &str) -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/transcripts/claude");
    fs::read_to_string(folder.join(format!("{name}.jsonl"))).unwrap()
}

fn events(text: &str) -> Vec<AgentEvent> {
    text.lines().flat_map(|line| read(line).unwrap()).collect()
}

fn ends(events: &[AgentEvent]) -> Vec<&End> {
    let mut ends = Vec::new();
    for event in events {
        if let AgentEvent::Ended(end) = event {
            ends.push(end);
        }
    }
    ends
}

/// What the end says, else what was said before it, else what the status means: as a conversation takes it.
fn trouble(name: &str) -> (Trouble, Option<u16>) {
    let events = events(&transcript(name));
    let before = events.iter().rev().find_map(|event| match event {
        AgentEvent::Trouble(trouble) => Some(*trouble),
        _ => None,
    });
    match &ends(&events)[..] {
        [End { how: How::Failed { trouble, status, message }, .. }] => {
            assert!(!message.is_empty(), "{name}");
            let trouble = trouble.or(before).or(status.map(Trouble::of_status)).unwrap_or(Trouble::Provider);
            (trouble, *status)
        }
        other => panic!("{name}: {other:?}"),
    }
}

#[test]
fn a_conversation_of_two_phases_is_understood() {
    let events = events(&transcript("tools"));
    let AgentEvent::Started(started) = &events[0] else { panic!("{:?}", events[0]) };
    assert_eq!(started.version.as_deref(), Some("2.1.197"));
    assert_eq!((started.tools.join(" "), &started.unwanted), ("Glob Grep Read".into(), &None));
    let parts = events.iter().filter_map(|event| match event {
        AgentEvent::Reply { id, part } => Some((id.as_str(), part)),
        _ => None,
    });
    let parts: Vec<(&str, &Part)> = parts.collect();
    assert_eq!(parts[0], ("msg_0_1", &Part::Thought("let me look".into())));
    let used = parts.iter().filter_map(|(_, part)| match part {
        Part::Used(used) => Some(format!("{} {}", used.tool, used.target)),
        _ => None,
    });
    let used: Vec<String> = used.collect();
    assert_eq!(used, ["Read /tmp/agent/w/guide/ex.py", "Read /etc/passwd", "Glob **/*.py", "Grep print"]);
    assert_eq!(events.iter().filter(|event| **event == AgentEvent::ToolEnded { failed: true }).count(), 1);
    let ends = ends(&events);
    assert_eq!(ends.len(), 2);
    assert_eq!(ends[0].how, How::Answered("scan done".into()));
    assert_eq!(ends[0].denied[0].target, "/etc/passwd");
    assert_eq!((ends[0].usage.input_tokens, ends[0].usage.output_tokens), (30, 150));
    assert!(ends[1].cost_usd > ends[0].cost_usd, "what it cost grows over the conversation");
}

#[test]
fn only_a_whole_answer_is_an_answer() {
    let answered = events(&transcript("answer"));
    assert_eq!(ends(&answered)[0].how, How::Answered("```python\nresults = {'x': 1}\n```".into()));
    for (name, expected) in [
        ("unauthorized", (Trouble::Key, Some(401))),
        ("forbidden", (Trouble::Key, Some(403))),
        ("unknown_model", (Trouble::Model, Some(404))),
        ("low_credit", (Trouble::Credit, Some(400))),
        ("rate", (Trouble::Provider, Some(429))),
        ("overloaded", (Trouble::Provider, Some(529))),
        ("malformed", (Trouble::Provider, None)),
        // exit code 0, `is_error` false, and a text
        ("cut_after", (Trouble::Provider, None)),
        ("max_tokens", (Trouble::OutputLimit, None)),
        ("refusal", (Trouble::Declined, None)),
        ("empty", (Trouble::Silent, None)),
    ] {
        assert_eq!(trouble(name), expected, "{name}");
    }
    assert_eq!(ends(&events(&transcript("budget")))[0].how, How::OutOfBudget);
    assert_eq!(ends(&events(&transcript("turns")))[0].how, How::OutOfTurns);
    let retries = events(&transcript("rate"));
    let retries = retries.iter().filter(|event| matches!(event, AgentEvent::Retrying { status: Some(429), .. }));
    assert_eq!(retries.count(), 2);
}

#[test]
fn what_is_unknown_is_left_alone_and_what_is_broken_is_an_error() {
    for unknown in [
        r#"{"type":"stream_event","event":{}}"#,
        r#"{"type":"system","subtype":"compact_boundary"}"#,
        r#"{"type":"user","message":{"role":"user","content":"said again"}}"#,
        r#"{"type":"assistant","message":{"id":"m","content":[{"type":"server_tool_use","id":"x"}]}}"#,
    ] {
        assert_eq!(read(unknown).unwrap(), [], "{unknown}");
    }
    for broken in
        ["", "Error: something", "{", "[]", "{}", r#"{"type":7}"#, r#"{"type":"result"}"#, r#"{"type":"system"}"#]
    {
        let Malformed(why) = read(broken).unwrap_err();
        assert!(why.contains(broken), "{why}");
    }
}

#[test]
fn lines_of_several_conversations_may_alternate() {
    let (one, other) = (transcript("tools"), transcript("rate"));
    let alternating = one.lines().zip(other.lines()).flat_map(|(one, other)| [one, other]);
    let together: Vec<AgentEvent> = alternating.flat_map(|line| read(line).unwrap()).collect();
    let pairs = one.lines().zip(other.lines()).flat_map(|(one, other)| [events(one), events(other)].concat());
    assert_eq!(together, pairs.collect::<Vec<_>>(), "no line depends on the one before");
}

#[test]
fn orders_that_were_not_kept_are_seen() {
    let line = transcript("answer").lines().next().unwrap().to_owned();
    for (from, to, part) in [
        (r#""permissionMode":"dontAsk""#, r#""permissionMode":"bypassPermissions""#, "bypassPermissions"),
        (r#""mcp_servers":[]"#, r#""mcp_servers":[{"name":"x"}]"#, "MCP servers"),
    ] {
        assert!(line.contains(from), "{line}");
        let events = read(&line.replace(from, to)).unwrap();
        let [AgentEvent::Started(started)] = &events[..] else { panic!("{events:?}") };
        assert!(started.unwanted.as_ref().unwrap().contains(part), "{started:?}");
    }
}

proptest! {
    #[test]
    fn no_cut_line_is_taken_for_another(name in prop::sample::select(vec!["tools", "answer", "budget", "rate"]), line: prop::sample::Index, at: prop::sample::Index) {
        let text = transcript(name);
        let lines: Vec<&str> = text.lines().collect();
        let line = lines[line.index(lines.len())];
        let cut = line.floor_char_boundary(at.index(line.len()));
        prop_assert!(read(&line[..cut]).is_err());
    }

    #[test]
    fn nothing_makes_it_panic(line in "\\PC*") {
        let _ = read(&line);
    }
}
