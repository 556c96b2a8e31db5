//! Findings as SARIF 2.1.0 (<https://docs.oasis-open.org/sarif/sarif/v2.1.0/>), for editors and code hosts.
//!
//! Rules are capabilities and defects; a result of level `error` is one that policy denies or that does not compile. Columns
//! count Unicode characters, which the run says.

use super::source::Source;
use crate::render;
use pyexec_core::{Certainty, Finding, Severity};
use pyexec_service::analysis::Analysis;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// The whole log.
pub(super) fn log(files: &[(Source, Analysis)]) -> Value {
    let mut rules: BTreeMap<&str, Value> = BTreeMap::new();
    let mut results = Vec::new();
    for (source, analysis) in files {
        for finding in &analysis.findings {
            let id = finding.capability.as_ref().map_or(finding.rule.as_str(), |capability| capability.as_str());
            rules.entry(id).or_insert_with(|| json!({"id": id}));
            results.push(result(source, finding, id));
        }
    }
    json!({
        "$schema": "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": {"driver": {
                "name": "pyexec",
                "version": env!("CARGO_PKG_VERSION"),
                "rules": rules.into_values().collect::<Vec<_>>(),
            }},
            "columnKind": "unicodeCodePoints",
            "artifacts": files.iter().map(|(source, analysis)| artifact(source, analysis)).collect::<Vec<_>>(),
            "results": results,
        }],
    })
}

fn artifact(source: &Source, analysis: &Analysis) -> Value {
    let decision = &analysis.decision;
    json!({
        "location": {"uri": uri(source)},
        "length": source.bytes.len(),
        "properties": {
            "verdict": decision.verdict,
            "mode": decision.mode,
            "summary": render::plain(&analysis.summary),
            "reasons": decision.reasons,
        },
    })
}

fn result(source: &Source, finding: &Finding, id: &str) -> Value {
    let level = match finding.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info => "note",
    };
    let certainty = if finding.certainty == Certainty::Possible { "possible" } else { "definite" };
    json!({
        "ruleId": id,
        "level": level,
        "message": {"text": render::plain(&finding.message)},
        "locations": [{"physicalLocation": {
            "artifactLocation": {"uri": uri(source)},
            "region": {
                "startLine": finding.line,
                "startColumn": finding.column,
                "endLine": finding.end_line,
                "endColumn": finding.end_column,
            },
        }}],
        "properties": {"rule": finding.rule, "certainty": certainty, "analyzer": finding.analyzer},
    })
}

/// A path as a URI reference (RFC 3986): whatever is not unreserved or a slash is percent-encoded.
fn uri(source: &Source) -> String {
    let path = source.path.as_os_str().as_encoded_bytes();
    let mut uri = String::with_capacity(path.len());
    for &byte in path {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~' | b'/') {
            uri.push(char::from(byte));
        } else {
            uri.push('%');
            uri.extend([byte >> 4, byte & 15].map(|half| char::from(b"0123456789ABCDEF"[usize::from(half)])));
        }
    }
    uri
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_uri_references() {
        let source = Source { path: "a b/é:x.py".into(), bytes: vec![] };
        assert_eq!(uri(&source), "a%20b/%C3%A9%3Ax.py");
    }
}
