//! Ordinary cards: what a person reads every day.

use crate::cards::{card, finding};
use pyexec_approval::CardView;
use pyexec_core::{
    Card, Code, ExecutionMode, Grant, Isolation, Principal,
    card::{ApprovedBefore, Author, Basis, Earlier, Ending, Previous},
    connector::{ChannelWrite, WriteReport, WriteResult},
    finding::{Certainty, Severity},
    grant::ChannelWriteGrant,
};
use std::{fmt::Write, time::Duration};

const CODE: &str = "import statistics\n\nvalues = [1, 2, 4]\nmean = statistics.fmean(values)\n\n\
                    with open('/data/out/mean.txt', 'w') as file:\n    file.write(f'{mean}\\n')\nresults = {'mean': mean}\n";

fn text(card: &Card) -> String {
    CardView::of(card).to_text(80)
}

#[test]
fn a_file_outside() {
    let mut card = card(CODE);
    card.findings = vec![finding(6, "writes a file outside the run folder")];
    card.recommendations = vec!["write to a relative path".into()];
    insta::assert_snapshot!(text(&card));
}

#[test]
fn a_channel_write_after_an_interrupted_one() {
    let mut card = card("from pyexec.runtime import write_channel\nwrite_channel('MAG:SP', 2.5)\n");
    card.mode = ExecutionMode::EpicsControl;
    let names = vec!["MAG:SP".into(), "MАG:QF:SP".into()];
    card.grants = vec![
        Grant::ChannelWrite(ChannelWriteGrant { names, min: Some(0.0), max: None, max_writes: Some(3) }),
        Grant::Net,
    ];
    card.findings[0].severity = Severity::Error;
    card.findings.push(finding(1, "imports the control system"));
    card.findings[1].certainty = Certainty::Possible;
    (card.isolation, card.attempt, card.inputs) = (Isolation::Reduced, 2, vec![]);
    card.additional_context.insert("shift".into(), "beam is on".into());
    let write = |value: f64| ChannelWrite { name: "MAG:SP".into(), value: value.into() };
    let notes = Some("readback was 2.0".into());
    let report = WriteReport { name: "MAG:SP".into(), result: WriteResult::Ok, readback: None, notes };
    let writes = vec![(write(2.0), Some(report)), (write(2.5), None)];
    card.earlier = vec![Earlier { attempt: 1, effects: true, ending: Ending::Interrupted, writes }];
    insta::assert_snapshot!(text(&card));
}

#[test]
fn an_edit_of_two_lines() {
    let mut card = card(CODE.replace("fmean", "median").replace("/data/out/mean", "/data/out/median"));
    card.findings = vec![finding(6, "writes a file outside the run folder")];
    card.author = Author::Person { by: Principal("bob".into()), of: 1 };
    card.attempt = 2;
    card.previous = Some(Previous { code: Code::from(CODE), basis: Basis::Edited { attempt: 1 } });
    insta::assert_snapshot!(text(&card));
}

fn approved(before: &str, now: &str) -> Card {
    let mut card = card(now);
    let code = Code::from(before);
    card.approved_before = Some(ApprovedBefore {
        run_id: "0199e2d0-5c1b-7c3e-9f00-2b8f1f0a4c33".parse().unwrap(),
        code: code.hash(),
        by: Principal("bob\nTHE CODE".into()),
        at: "2026-01-01T00:00:00.000Z".into(),
    });
    card.previous = Some(Previous { code, basis: Basis::Approved });
    card
}

#[test]
fn code_that_differs_from_what_was_approved_says_so_first() {
    let shown = text(&approved(CODE, &CODE.replace("4]", "5]")));
    let first = "READ THIS FIRST\n  ! this is NOT the code that was approved before for this task\n";
    assert!(shown.contains(first), "{shown}");
    assert!(shown.contains("\n- 3   │ values = [1, 2, 4]\n+   3 │ values = [1, 2, 5]\n"), "{shown}");
    assert!(shown.contains("\n+   3 │ values = [1, 2, 5]\n    4 │ mean"), "{shown}");
    assert!(shown.contains("  │ bob⟨U+000A⟩THE CODE\n"), "{shown}");
    let same = text(&approved(CODE, CODE));
    assert!(!same.contains("READ THIS FIRST") && same.contains("  nothing changed\n"), "{same}");
}

#[test]
fn a_difference_that_is_too_long_is_cut_and_the_code_is_not() {
    let numbered = |from: usize| {
        (from..from + 9000).fold(String::new(), |mut code, n| {
            let _ = writeln!(code, "x = {n}");
            code
        })
    };
    let view = CardView::of(&approved(&numbered(0), &numbered(20_000)));
    let change = view.change.as_ref().unwrap();
    assert_eq!((change.removed, change.added, change.left_out), (9000, 9000, 17_800));
    let shown = view.to_text(80);
    assert!(shown.contains("and 17800 changed lines more"), "{shown}");
    assert_eq!(shown.lines().filter(|line| line.starts_with('+') && line.contains("│ x = ")).count(), 9000);
}

#[test]
fn encodings() {
    for (code, warned) in [
        ("# -*- coding: utf-8 -*-\n", false),
        ("# coding=UTF_8\n", false),
        ("x = 1 # encoding", false),
        ("#!/usr/bin/python\n# vim: set fileencoding=latin-1 :\n", true),
        ("# coding: utf-7\n", true),
        ("# encoding, that is coding: utf-7\n", true),
        ("\n\n# coding: utf-7\n", false),
    ] {
        let warnings = CardView::of(&card(code)).warnings;
        assert_eq!(warnings.iter().any(|warning| warning.kind == "encoding"), warned, "{code:?}");
    }
}

#[test]
fn a_long_task_is_cut_and_many_findings_are_counted() {
    let mut card = card("x = 1\n".repeat(300));
    card.task = "please ".repeat(10_000);
    card.findings = (1..=300).map(|n| finding(n, &format!("says {}", n % 100))).collect();
    let shown = text(&card);
    assert!(shown.contains("    and 66000 more characters\n"), "{shown}");
    assert!(shown.contains("\n  and 60 kinds more; "), "{shown}");
    assert_eq!(shown.matches("\n>").count(), 300);
}

#[test]
fn how_long_a_ticket_waits_is_said_in_words() {
    for (seconds, words) in [(86_399, "in 23 h 59 min"), (3599, "in 59 min"), (59, "in 59 s"), (0, "which has passed")]
    {
        let mut card = card("x\n");
        card.expires_in = Duration::from_secs(seconds);
        assert!(text(&card).contains(&format!("  expires 2026-01-03T03:04:05.000Z, {words}\n")), "{words}");
    }
}

#[test]
fn json_holds_the_exposed_text_beside_the_hash_of_the_raw_bytes() {
    let mut hostile = card(&b"x = '\x1b[2J\xff'\n"[..]);
    hostile.task = "a\u{202e}b".into();
    let json = serde_json::to_value(CardView::of(&hostile)).unwrap();
    assert_eq!(json["code"]["text"], "x = '⟨U+001B⟩[2J⟨byte FF⟩'\n");
    assert_eq!(json["code"]["sha256"], hostile.code.hash().to_string());
    assert_eq!(json["task"], "a⟨U+202E⟩b");
    assert_eq!(json["warnings"][0]["kind"], "reordering");
    assert_eq!(json["warnings"][1]["lines"], serde_json::json!([1]));
}
