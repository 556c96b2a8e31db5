//! Cards to look at.

use pyexec_core::{
    Capability, Card, Code, Digest, ExecutionMode, Finding, Grant, Isolation, Principal,
    card::Author,
    finding::{Certainty, InputInfo, Severity},
    order::Limits,
};
use std::time::Duration;

pub(crate) fn finding(line: u32, message: &str) -> Finding {
    Finding {
        rule: "fs.write.open".into(),
        capability: Some(Capability::FS_WRITE),
        certainty: Certainty::Definite,
        severity: Severity::Warning,
        line,
        column: 1,
        end_line: line,
        end_column: 9,
        message: message.into(),
        evidence: Some("open".into()),
        subject: None,
        analyzer: "default".into(),
    }
}

pub(crate) fn card(code: impl Into<Vec<u8>>) -> Card {
    Card {
        run_id: "0199e2d0-5c1b-7c3e-9f00-2b8f1f0a4c11".parse().unwrap(),
        ticket_id: "0199e2d0-5c1b-7c3e-9f00-2b8f1f0a4c22".parse().unwrap(),
        requester: Principal("ann".into()),
        task: "save the mean beside the data".into(),
        attempt: 1,
        author: Author::Generator("cookbook".into()),
        summary: "writes one file outside the run folder".into(),
        reasons: vec!["changes files outside the run folder".into()],
        recommendations: vec![],
        additional_context: serde_json::Map::new(),
        mode: ExecutionMode::WriteEnabled,
        grants: vec![Grant::Output { path: "/data/out".into(), dev: 1, inode: 2 }],
        findings: vec![finding(2, "writes a file outside the run folder")],
        inputs: vec![InputInfo {
            name: "a.csv".into(),
            path: "/data/a.csv".into(),
            sha256: Digest::of(b"1\n"),
            bytes: 2,
        }],
        code: Code::new(code),
        previous: None,
        approved_before: None,
        earlier: vec![],
        backend: "local".into(),
        limits: Limits::default(),
        isolation: Isolation::Full,
        created_at: "2026-01-02T03:04:05.000Z".into(),
        expires_at: "2026-01-03T03:04:05.000Z".into(),
        expires_in: Duration::from_secs(86_399),
    }
}
