//! What differs between two executions: pure.
//!
//! Results are compared value by value and exactly, numbers too: a replay is the same code on the same inputs, so a last
//! digit that moved is what its reader wants to know.

use crate::view::Output;
use pyexec_core::{
    Outcome,
    outcome::{Ended, FileRecord, Results},
};
use serde::Serialize;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// The most differences that are told.
const MOST: usize = 200;
/// The most characters of a line of output that are told.
const LINE_MAX: usize = 200;

/// One thing that is not the same.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Difference {
    /// What: `exit`, `results`, `stdout`, `stderr`, `figures`, `artifacts`.
    pub what: &'static str,
    /// Where in it: a path in the results, a line of output, a file.
    pub at: Option<String>,
    /// As it was; null for nothing.
    pub before: Value,
    /// As it is.
    pub after: Value,
}

/// Two executions compared.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Comparison {
    /// Whether nothing differs.
    pub same: bool,
    /// What differs, as far as it is told.
    pub differences: Vec<Difference>,
    /// How many more differences there are.
    pub more: usize,
    /// What else was different and may be why: the interpreter, the isolation.
    pub notes: Vec<String>,
}

/// One of the two.
#[derive(Debug, Clone, Copy)]
pub(super) struct Side<'a> {
    pub(super) outcome: &'a Outcome,
    pub(super) printed: &'a Output,
}

impl Comparison {
    pub(super) fn of(before: &Side<'_>, after: &Side<'_>) -> Self {
        let mut found = vec![];
        let (was, is) = (before.outcome, after.outcome);
        let exits = (exit(was), exit(is));
        if exits.0 != exits.1 {
            found.push(Difference { what: "exit", at: None, before: exits.0.into(), after: exits.1.into() });
        }
        match (&was.results, &is.results) {
            (Results::Dict { value: was }, Results::Dict { value: is }) => {
                values(&mut found, "results", &Value::Object(was.clone()), &Value::Object(is.clone()));
            }
            (was, is) if was != is => {
                found.push(Difference { what: "results", at: None, before: json!(was), after: json!(is) });
            }
            _ => {}
        }
        lines(&mut found, "stdout", &before.printed.stdout, &after.printed.stdout);
        lines(&mut found, "stderr", &before.printed.stderr, &after.printed.stderr);
        files(&mut found, "figures", &was.figures, &is.figures);
        files(&mut found, "artifacts", &was.artifacts, &is.artifacts);
        let same = found.is_empty();
        let more = found.len().saturating_sub(MOST);
        found.truncate(MOST);
        Self { same, differences: found, more, notes: notes(was, is) }
    }
}

fn notes(was: &Outcome, is: &Outcome) -> Vec<String> {
    let mut notes = vec![];
    if was.python != is.python {
        let version = |python: &Option<String>| python.clone().unwrap_or_else(|| "unknown".into());
        notes.push(format!("Python was {} and is {}", version(&was.python), version(&is.python)));
    }
    if was.isolation != is.isolation {
        notes.push(format!("the isolation was {} and is {}", was.isolation.name(), is.isolation.name()));
    }
    notes
}

fn exit(outcome: &Outcome) -> String {
    let how = match &outcome.ended {
        Ended::Exited { code } => format!("exit status {code}"),
        Ended::Signalled { signal } => format!("signal {signal}"),
        Ended::Deadline => "killed at its deadline".into(),
        Ended::Limit { limit } => format!("killed at the limit {limit}"),
        Ended::Killed => "killed on request".into(),
    };
    match &outcome.error {
        Some(error) => format!("{how}, {}: {}", error.kind, error.message),
        None => how,
    }
}

fn values(found: &mut Vec<Difference>, path: &str, was: &Value, is: &Value) {
    match (was, is) {
        (Value::Object(was), Value::Object(is)) => {
            for (name, was) in was {
                member(found, &named(path, name), Some(was), is.get(name));
            }
            for (name, is) in is.iter().filter(|(name, _)| !was.contains_key(*name)) {
                member(found, &named(path, name), None, Some(is));
            }
        }
        (Value::Array(was), Value::Array(is)) => {
            for at in 0..was.len().max(is.len()) {
                member(found, &format!("{path}[{at}]"), was.get(at), is.get(at));
            }
        }
        (was, is) if was != is => {
            let (before, after) = (was.clone(), is.clone());
            found.push(Difference { what: "results", at: Some(path.into()), before, after });
        }
        _ => {}
    }
}

fn member(found: &mut Vec<Difference>, path: &str, was: Option<&Value>, is: Option<&Value>) {
    if let (Some(was), Some(is)) = (was, is) {
        return values(found, path, was, is);
    }
    let side = |value: Option<&Value>| value.cloned().unwrap_or_default();
    found.push(Difference { what: "results", at: Some(path.into()), before: side(was), after: side(is) });
}

fn named(path: &str, name: &str) -> String {
    let plain = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    if plain { format!("{path}.{name}") } else { format!("{path}[{}]", json!(name)) }
}

/// The first line that differs: what follows differs mostly because of it.
fn lines(found: &mut Vec<Difference>, what: &'static str, was: &[u8], is: &[u8]) {
    if was == is {
        return;
    }
    let (mut old, mut new) = (was.split(|byte| *byte == b'\n'), is.split(|byte| *byte == b'\n'));
    let mut number = 1;
    let (old, new) = loop {
        match (old.next(), new.next()) {
            (Some(old), Some(new)) if old == new => number += 1,
            sides => break sides,
        }
    };
    let line = |line: Option<&[u8]>| {
        line.map_or(Value::Null, |line| String::from_utf8_lossy(line).chars().take(LINE_MAX).collect::<String>().into())
    };
    found.push(Difference { what, at: Some(format!("line {number}")), before: line(old), after: line(new) });
}

fn files(found: &mut Vec<Difference>, what: &'static str, was: &[FileRecord], is: &[FileRecord]) {
    let by_path = |files: &[FileRecord]| -> BTreeMap<String, String> {
        files.iter().map(|file| (file.path.clone(), file.sha256.to_string())).collect()
    };
    let (was, is) = (by_path(was), by_path(is));
    let mut paths: Vec<_> = was.keys().chain(is.keys()).collect();
    paths.sort_unstable();
    paths.dedup();
    for path in paths.into_iter().filter(|path| was.get(*path) != is.get(*path)) {
        let (before, after) = (json!(was.get(path)), json!(is.get(path)));
        found.push(Difference { what, at: Some(path.clone()), before, after });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use pyexec_core::{Digest, Isolation, outcome::Usage};

    fn outcome(results: &Value) -> Outcome {
        Outcome {
            ended: Ended::Exited { code: 0 },
            results: Results::Dict { value: results.as_object().cloned().unwrap() },
            error: None,
            warnings: vec![],
            figures: vec![],
            artifacts: vec![],
            usage: Usage::default(),
            isolation: Isolation::Full,
            python: Some("3.11.7".into()),
            environment: None,
            refused: vec![],
        }
    }

    fn output(stdout: &str) -> Output {
        Output { stdout: stdout.into(), stderr: vec![] }
    }

    fn compare(was: &Outcome, is: &Outcome, printed: [&str; 2]) -> Comparison {
        let [old, new] = printed.map(output);
        Comparison::of(&Side { outcome: was, printed: &old }, &Side { outcome: is, printed: &new })
    }

    fn told(comparison: &Comparison) -> Vec<String> {
        let one =
            |d: &Difference| format!("{} {}: {} -> {}", d.what, d.at.clone().unwrap_or_default(), d.before, d.after);
        comparison.differences.iter().map(one).collect()
    }

    #[test]
    fn the_same_is_the_same_whatever_it_used() {
        let was = outcome(&json!({"a": [1, 2.5, null], "b": {}}));
        let is = Outcome { usage: Usage { wall_ms: 9, ..Usage::default() }, ..was.clone() };
        assert!(compare(&was, &is, ["x\n", "x\n"]).same);
    }

    #[test]
    fn every_value_that_differs_is_named_by_its_path() {
        let was = outcome(&json!({"mean": 1.5, "rows": [1, 2], "gone": 1, "odd key": {"x": "a"}}));
        let is = outcome(&json!({"mean": 1.500_000_1, "rows": [1, 3, 4], "odd key": {"x": "b"}, "new": null}));
        assert_eq!(
            told(&compare(&was, &is, ["", ""])),
            [
                "results results.gone: 1 -> null",
                "results results.mean: 1.5 -> 1.5000001",
                "results results[\"odd key\"].x: \"a\" -> \"b\"",
                "results results.rows[1]: 2 -> 3",
                "results results.rows[2]: null -> 4",
                "results results.new: null -> null",
            ]
        );
    }

    #[test]
    fn output_files_and_the_exit_differ() {
        let file = |path: &str, bytes: &[u8]| FileRecord { path: path.into(), bytes: 1, sha256: Digest::of(bytes) };
        let was = Outcome { figures: vec![file("figures/a.png", b"1")], ..outcome(&json!({})) };
        let is = Outcome {
            ended: Ended::Signalled { signal: 9 },
            artifacts: vec![file("artifacts/x", b"2")],
            python: Some("3.12.1".into()),
            ..outcome(&json!({}))
        };
        let found = compare(&was, &is, ["one\ntwo\n", "one\nthree\nfour\n"]);
        let (one, two) = (Digest::of(b"1"), Digest::of(b"2"));
        assert_eq!(
            told(&found),
            [
                "exit : \"exit status 0\" -> \"signal 9\"".into(),
                "stdout line 2: \"two\" -> \"three\"".into(),
                format!("figures figures/a.png: \"{one}\" -> null"),
                format!("artifacts artifacts/x: null -> \"{two}\""),
            ]
        );
        assert_eq!(found.notes, ["Python was 3.11.7 and is 3.12.1"]);
    }

    #[test]
    fn what_is_told_is_bounded() {
        let many = |n: i64| outcome(&json!({"x": (0..1000).map(|i| i * n).collect::<Vec<_>>()}));
        let found = compare(&many(1), &many(2), ["", ""]);
        assert_eq!((found.same, found.differences.len(), found.more), (false, MOST, 999 - MOST));
    }
}
