//! The Python package's own tests.

use std::{path::Path, process::Command};

#[test]
fn the_python_packages_unit_tests_pass() {
    let python = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../python");
    let mut command = Command::new("python3");
    command.args(["-B", "-m", "unittest", "discover", "--start-directory", "tests", "--top-level-directory", "."]);
    let output = command.current_dir(python).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}
