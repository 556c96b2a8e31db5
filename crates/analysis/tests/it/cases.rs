//! The data-driven cases: `cases/**/*.py`, whose first line says what must be found.
//!
//! `# expect: fs.write | style: …`: this capability, among others; several with commas. `none`: nothing that leads to `ask`
//! or `deny`; `input`, `artifact`, `control.read`: that one, and nothing that leads to `ask` or `deny`.

use crate::analyze;
use pyexec_analysis::Policy;
use pyexec_core::{Verdict, policy_analyzer::PolicyRequest};
use std::{
    fs,
    path::{Path, PathBuf},
};

fn python_files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("the cases are there") {
        let path = entry.expect("readable").path();
        if path.is_dir() {
            python_files(&path, found);
        } else if path.extension().is_some_and(|e| e == "py") {
            found.push(path);
        }
    }
}

#[test]
fn every_case_is_judged_as_its_first_line_says() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/cases");
    let mut files = Vec::new();
    python_files(&folder, &mut files);
    files.sort();
    assert!(files.len() >= 100, "{} cases only", files.len());
    let policy = Policy::built_in().expect("the default policy holds");
    let mut wrong = Vec::new();
    for file in &files {
        let code = fs::read_to_string(file).expect("UTF-8");
        let name = file.strip_prefix(&folder).expect("below").display();
        let header = code.lines().next().unwrap_or_default();
        let expected = header
            .strip_prefix("# expect: ")
            .unwrap_or_else(|| panic!("{name}: the first line says no expectation"))
            .split(" | ")
            .next()
            .unwrap_or_default();
        let report = analyze(code.as_bytes());
        let found: Vec<String> =
            report.findings.iter().filter_map(|f| Some(f.capability.as_ref()?.to_string())).collect();
        let request = PolicyRequest {
            reports: vec![report.clone()],
            inputs: Vec::new(),
            outputs: Vec::new(),
            writes_enabled: true,
            net_grantable: true,
        };
        let verdict = policy.decide(&request).verdict;
        let harmless = ["none", "input", "artifact", "control.read"];
        let right = report.syntax_ok
            && expected.split(", ").all(|e| e == "none" || found.iter().any(|f| f == e))
            && (expected.split(", ").any(|e| !harmless.contains(&e)) == (verdict > Verdict::Allow));
        if !right {
            let rules: Vec<_> =
                report.findings.iter().map(|f| format!("{} {:?} line {}", f.rule, f.certainty, f.line)).collect();
            wrong.push(format!("{name}: expected {expected}, got {verdict}: {rules:?}"));
        }
    }
    assert!(wrong.is_empty(), "{} of {} wrong:\n{}", wrong.len(), files.len(), wrong.join("\n"));
}
