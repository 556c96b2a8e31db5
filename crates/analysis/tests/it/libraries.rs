//! Library by library: each callable of the tables that takes a path, a channel or a dangerous keyword, on a line of its own
//! in `libraries/*.py` with what must be found there.
//!
//! `CODE  # -> fs.write, input`: exactly these capabilities on this line; `none`: nothing.

use crate::analyze;
use std::{collections::BTreeSet, fs, path::Path};

#[test]
fn every_line_has_what_it_says() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/libraries");
    let mut files: Vec<_> = fs::read_dir(folder).expect("there").map(|entry| entry.expect("readable").path()).collect();
    files.sort();
    assert!(files.len() >= 10, "{} files only", files.len());
    let mut wrong = Vec::new();
    for file in files {
        let code = fs::read_to_string(&file).expect("UTF-8");
        let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let report = analyze(code.as_bytes());
        assert!(report.syntax_ok, "{name}: {:?}", report.findings);
        for (number, line) in (1..).zip(code.lines()) {
            let Some((shown, expected)) = line.split_once("  # -> ") else { continue };
            let expected: BTreeSet<&str> = expected.split(", ").filter(|word| *word != "none").collect();
            let here = report.findings.iter().filter(|finding| finding.line == number);
            let found: BTreeSet<&str> =
                here.filter_map(|f| f.capability.as_ref()).map(pyexec_core::Capability::as_str).collect();
            if found != expected {
                wrong.push(format!("{name}:{number}: {shown}: {expected:?}, but {found:?}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
}
