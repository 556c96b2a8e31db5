//! One line for the approver: what the code does, most serious first.

use pyexec_core::{Capability, Finding, finding::Subject};
use std::{collections::BTreeSet, path::Path};

/// Names listed before the rest is only counted.
const LISTED: usize = 3;

/// How each capability is said.
const SAYINGS: &[(Capability, &str)] = &[
    (Capability::CONTROL_WRITE, "writes channels"),
    (Capability::PROCESS, "starts or signals processes"),
    (Capability::NATIVE_CODE, "calls native code"),
    (Capability::FS_DELETE, "deletes or renames files outside"),
    (Capability::FS_WRITE, "writes files outside"),
    (Capability::NET, "uses the network"),
    (Capability::DATABASE, "opens a database"),
    (Capability::FS_READ, "reads files outside"),
    (Capability::ENVIRONMENT, "reads the environment"),
    (Capability::DESERIALIZATION, "decodes data that can run code"),
    (Capability::DYNAMIC_CODE, "builds code while it runs"),
    (Capability::INTROSPECTION, "reaches into the interpreter"),
    (Capability::CONTROL_READ, "reads channels"),
    (Capability::INPUT, "reads"),
];

/// The summary of findings and imports.
pub(crate) fn of(findings: &[Finding], imports: &[String]) -> String {
    let mut parts = Vec::new();
    for (capability, says) in SAYINGS {
        let of_it: Vec<&Finding> = findings.iter().filter(|f| f.capability.as_ref() == Some(capability)).collect();
        if of_it.is_empty() {
            continue;
        }
        let names: BTreeSet<String> = of_it.iter().filter_map(|f| f.subject.as_ref()).map(name_of).collect();
        if names.is_empty() && *capability == Capability::INPUT {
            parts.push("reads files of the run".into());
        } else if names.is_empty() {
            parts.push((*says).to_owned());
        } else {
            let colon = if *capability == Capability::INPUT { "" } else { ":" };
            parts.push(format!("{says}{colon} {}", listed(&names.into_iter().collect::<Vec<_>>())));
        }
    }
    let written: Vec<&Finding> = findings.iter().filter(|f| f.capability == Some(Capability::ARTIFACT)).collect();
    if !written.is_empty() {
        let named: BTreeSet<_> = written.iter().filter_map(|f| f.subject.as_ref().map(name_of)).collect();
        let unnamed = written.iter().filter(|f| f.subject.is_none()).count();
        let count = named.len() + unnamed;
        parts.push(if count == 1 { "writes 1 artifact".into() } else { format!("writes {count} artifacts") });
    }
    let modules: BTreeSet<&str> = imports.iter().filter_map(|module| module.split('.').next()).collect();
    if !modules.is_empty() {
        let all: Vec<&str> = modules.into_iter().collect();
        parts.push(format!("uses {}", all.join(", ")));
    }
    if parts.is_empty() { "computes only".into() } else { parts.join("; ") }
}

fn name_of(subject: &Subject) -> String {
    match subject {
        Subject::Channel { name } => name.clone(),
        Subject::Path { path } if path.starts_with('/') => path.clone(),
        Subject::Path { path } => {
            Path::new(path).file_name().map_or_else(|| path.clone(), |name| name.to_string_lossy().into_owned())
        }
    }
}

fn listed(names: &[String]) -> String {
    let shown = names.iter().take(LISTED).cloned().collect::<Vec<_>>().join(", ");
    match names.len().saturating_sub(LISTED) {
        0 => shown,
        more => format!("{shown} and {more} more"),
    }
}
