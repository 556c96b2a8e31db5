//! One line for the approver: what the code does, most serious first, by name where names are constants.
//!
//! Bounded, however much code does; names come from code, so that nothing in them can look like more than a name.

use pyexec_core::{Capability, Certainty, Finding, finding::Subject};
use std::collections::BTreeSet;

/// Names listed before the rest is only counted.
const LISTED: usize = 3;
/// Characters of one name.
const NAME: usize = 60;
/// Modules listed.
const MODULES: usize = 8;

/// How a capability is said.
struct Saying {
    capability: Capability,
    verb: &'static str,
    /// What it is done to, one and many; empty where there is nothing to count.
    one: &'static str,
    many: &'static str,
}

const fn saying(capability: Capability, verb: &'static str, one: &'static str, many: &'static str) -> Saying {
    Saying { capability, verb, one, many }
}

const SAYINGS: &[Saying] = &[
    saying(Capability::CONTROL_WRITE, "writes", "channel", "channels"),
    saying(Capability::PROCESS, "starts or signals processes", "", ""),
    saying(Capability::NATIVE_CODE, "calls native code", "", ""),
    saying(Capability::FS_DELETE, "deletes or moves", "file outside", "files outside"),
    saying(Capability::FS_WRITE, "changes", "file outside", "files outside"),
    saying(Capability::NET, "uses the network", "", ""),
    saying(Capability::DATABASE, "opens", "database", "databases"),
    saying(Capability::FS_READ, "reads", "file outside", "files outside"),
    saying(Capability::ENVIRONMENT, "reads the environment", "", ""),
    saying(Capability::DESERIALIZATION, "decodes data that can run code", "", ""),
    saying(Capability::DYNAMIC_CODE, "builds code while it runs", "", ""),
    saying(Capability::INTROSPECTION, "reaches into the interpreter", "", ""),
    saying(Capability::CONTROL_READ, "reads", "channel", "channels"),
    saying(Capability::INPUT, "reads", "file of the run", "files of the run"),
    saying(Capability::ARTIFACT, "saves", "file", "files"),
];

/// The summary of findings and imports.
pub(crate) fn of(findings: &[Finding], imports: &[String]) -> String {
    let mut parts: Vec<String> = SAYINGS.iter().filter_map(|saying| said(saying, findings)).collect();
    let foreign = findings.iter().filter_map(|f| f.capability.as_ref()).filter(|c| !Capability::KNOWN.contains(c));
    let foreign: BTreeSet<&str> = foreign.map(Capability::as_str).collect();
    parts.extend(foreign.into_iter().take(LISTED).map(str::to_owned));
    let modules: BTreeSet<&str> = imports.iter().filter_map(|module| module.split('.').next()).collect();
    if !modules.is_empty() {
        let all: Vec<String> = modules.into_iter().map(shortened).collect();
        parts.push(format!("uses {}", listed(&all, MODULES)));
    }
    if parts.is_empty() { "computes only".into() } else { parts.join("; ") }
}

fn said(saying: &Saying, findings: &[Finding]) -> Option<String> {
    let of_it: Vec<&Finding> = findings.iter().filter(|f| f.capability.as_ref() == Some(&saying.capability)).collect();
    let sure = of_it.iter().any(|finding| finding.certainty == Certainty::Definite);
    let verb = match (of_it.first()?, sure) {
        (_, true) => saying.verb.to_owned(),
        (_, false) => format!("possibly {}", saying.verb),
    };
    let subjects: BTreeSet<&str> = of_it.iter().filter_map(|f| f.subject.as_ref()).map(subject).collect();
    let unnamed = of_it.iter().any(|finding| finding.subject.is_none());
    let names: Vec<String> = subjects.into_iter().map(|name| format!("`{}`", shortened(name))).collect();
    Some(match (saying.one.is_empty(), names.len()) {
        (true, 0) => verb,
        (true, _) => format!("{verb}: {}", listed(&names, LISTED)),
        (false, 0) => format!("{verb} {}", saying.many),
        (false, count) => {
            let what = if count == 1 { saying.one } else { saying.many };
            let others = if unnamed { ", and others" } else { "" };
            format!("{verb} {count} {what}: {}{others}", listed(&names, LISTED))
        }
    })
}

fn subject(subject: &Subject) -> &str {
    match subject {
        Subject::Channel { name } => name,
        Subject::Path { path } => path,
    }
}

/// A name without what could pass for the end of it, its end cut off; of a path the end is what tells.
fn shortened(name: &str) -> String {
    let plain = |c: char| {
        if c.is_control() || matches!(c, '`' | '\u{200b}'..='\u{202e}' | '\u{2060}'..='\u{206f}') { '?' } else { c }
    };
    let length = name.chars().count();
    if length <= NAME {
        return name.chars().map(plain).collect();
    }
    let kept: String = name.chars().skip(length - NAME + 1).map(plain).collect();
    format!("…{kept}")
}

fn listed(names: &[String], most: usize) -> String {
    let shown = names.iter().take(most).cloned().collect::<Vec<_>>().join(", ");
    match names.len().saturating_sub(most) {
        0 => shown,
        more => format!("{shown} and {more} more"),
    }
}
