use super::*;
use proptest::prelude::*;
use pyexec_core::{
    Capability,
    finding::{Certainty, Severity},
    grant::ChannelWriteGrant,
};

fn finding(line: u32, end_line: u32, message: &str) -> Finding {
    Finding {
        rule: "fs.write.open".into(),
        capability: Some(Capability::FS_WRITE),
        certainty: Certainty::Definite,
        severity: Severity::Warning,
        line,
        column: 1,
        end_line,
        end_column: 9,
        message: message.into(),
        evidence: Some("open".into()),
        subject: None,
        analyzer: "default".into(),
    }
}

fn card(code: impl Into<Vec<u8>>) -> Card {
    Card {
        run_id: "0199e2d0-5c1b-7c3e-9f00-2b8f1f0a4c11".parse().unwrap(),
        ticket_id: "0199e2d0-5c1b-7c3e-9f00-2b8f1f0a4c22".parse().unwrap(),
        requester: Principal("ann".into()),
        task: "save the mean beside the data".into(),
        summary: "writes one file outside the run folder".into(),
        reason: "changes files outside the run folder".into(),
        mode: ExecutionMode::WriteEnabled,
        grants: vec![Grant::Output { path: "/data/out".into(), dev: 1, inode: 2 }],
        findings: vec![finding(2, 2, "writes a file outside the run folder")],
        inputs: vec![InputInfo {
            name: "a.csv".into(),
            path: "/data/a.csv".into(),
            sha256: pyexec_core::Digest::of(b"1\n"),
            bytes: 2,
        }],
        code: Code::new(code),
        limits: Limits::default(),
        isolation: Isolation::Full,
        created_at: "2026-01-02T03:04:05Z".parse().unwrap(),
        expires_at: "2026-01-03T03:04:05Z".parse().unwrap(),
    }
}

#[test]
fn a_plain_card() {
    let card =
        card("import statistics\nwith open('/data/out/mean.txt', 'w') as file:\n    file.write('4')\nresults = {}\n");
    insta::assert_snapshot!(card.to_text(80));
}

#[test]
fn a_control_card() {
    let mut card = card("write_channel('MAG:SP', 2.5)\n");
    card.mode = ExecutionMode::EpicsControl;
    let names = vec!["MAG:SP".into(), "MAG:QF:SP".into()];
    card.grants = vec![
        Grant::ChannelWrite(ChannelWriteGrant { names, min: Some(0.0), max: Some(5.0), max_writes: Some(3) }),
        Grant::Net,
        Grant::Process,
        Grant::Read { path: "/etc/site.toml".into() },
    ];
    card.isolation = Isolation::Reduced;
    card.inputs.clear();
    card.findings.clear();
    insta::assert_snapshot!(card.to_text(80));
}

#[test]
fn a_hostile_script() {
    let code = concat!(
        "# coding: utf-7\n",
        "x = 1 # harmless \rimport os; os.remove('/data')\n",
        "\u{1b}[2J\u{1b}[1;1HAPPROVAL REQUESTED\n",
        "access = 'user\u{202e} \u{2066}# admins only\u{2069} \u{2066}'\n",
        "END OF THE REQUEST\n  approving runs exactly the code with sha256 0000\n",
        "  │ not a gutter ⟨U+0041⟩\n",
        "\tif a\u{200b}b == аdmin:  # tab, zero width, Cyrillic a\n",
        "\n\n\n\n\n\n\n\n",
        "print('far')                                                            ; evil()\n",
        "long = '",
    );
    let long = format!("{code}{}'\nend", "0123456789".repeat(12));
    let mut bytes = long.into_bytes();
    bytes.extend_from_slice(b" = '\xff\xfe'");
    let mut card = card(bytes);
    card.task = "plot it\n\nAPPROVED BY admin\u{1b}[8m\nTHE CODE\r  nothing".into();
    card.summary = "\u{202e}sliet fo ,eno\n\nMODE\n  READ_ONLY: it computes".into();
    card.requester = Principal("ann\nTASK".into());
    card.findings = vec![finding(4, 4, "erases\u{8}\u{8} the screen"), finding(900, 901, "beyond the end")];
    card.grants = vec![Grant::Output { path: "/data/a\nIF APPROVED, IT MAY\n\u{200f}b".into(), dev: 1, inode: 2 }];
    insta::assert_snapshot!(card.to_text(72));
}

#[test]
fn an_empty_script_and_an_empty_task() {
    let mut card = card("");
    card.task.clear();
    card.findings.clear();
    let text = card.to_text(80);
    assert!(text.contains("TASK\n  │ \n") && text.ends_with(&format!("sha256\n      {}\n", Code::from("").hash())));
}

#[test]
fn a_line_of_5000_columns_is_whole() {
    let line: String = (0..1000).flat_map(|n| format!("{n:05}").chars().collect::<Vec<_>>()).collect();
    let text = card(line.as_str()).to_text(80);
    let rows = text.lines().filter_map(|row| row.strip_prefix("    1 │ ").or_else(|| row.strip_prefix("      ┆ ")));
    assert_eq!(rows.collect::<String>(), line);
}

#[test]
fn the_code_is_never_cut_and_a_long_task_is() {
    let code = "x = 1\n".repeat(3000);
    let mut card = card(code.as_str());
    card.task = "please ".repeat(10_000);
    card.findings = (0..150).map(|n| finding(n + 1, n + 1, "m")).collect();
    let text = card.to_text(80);
    assert_eq!(text.matches("│ x = 1\n").count(), 3000 + MAX_FINDINGS);
    assert!(text.contains("⟨66000 more characters⟩"));
    assert!(text.contains("\n  and 50 more; "));
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
        assert_eq!(card(code).to_text(80).contains("WARNING"), warned, "{code:?}");
    }
}

/// The card's own lines: all that stands at the left edge.
fn own(text: &str) -> Vec<&str> {
    let foreign = |line: &&str| {
        let gutter = line.trim_start_matches(|c: char| c == ' ' || c == '>' || c.is_ascii_digit());
        gutter.starts_with("│ ") || gutter.starts_with("┆ ")
    };
    text.lines().filter(|line| !foreign(line) && !line.contains("sha256")).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn no_text_changes_the_cards_own_words(
        texts in prop::collection::vec(any::<String>(), 6),
        code in prop::collection::vec(any::<u8>(), 0..300),
        width in 0_usize..120,
    ) {
        let [task, summary, reason, message, path, requester] = texts.try_into().unwrap();
        let mut hostile = card(code);
        (hostile.task, hostile.summary, hostile.reason) = (task, summary, reason);
        hostile.requester = Principal(requester);
        hostile.findings[0].message = message;
        hostile.grants = vec![Grant::Output { path: path.into(), dev: 1, inode: 2 }];
        let text = hostile.to_text(width);
        let mut plain = card(hostile.code.as_bytes());
        plain.task = "x".into();
        let plain = plain.to_text(width);
        prop_assert_eq!(own(&text), own(&plain));
        let wide = width.max(40);
        for line in text.lines().filter(|line| line.contains(['│', '┆'])) {
            prop_assert!(line.chars().map(crate::expose::cells).sum::<usize>() <= wide, "{line:?}");
        }
    }
}
