//! Where the fault layer is, and what it said.

use crate::house;
use std::{fs, path::Path, path::PathBuf, process::Command, sync::OnceLock};

pub(crate) const NAME: &str = "libpyexec_fault_layer.so";

/// The layer, built beside the program.
pub(crate) fn library() -> PathBuf {
    static BUILT: OnceLock<PathBuf> = OnceLock::new();
    let build = || {
        let program = house::pyexec();
        let folder = program.parent().unwrap();
        let profile = if folder.ends_with("debug") { "dev" } else { "release" };
        let mut cargo = Command::new(env!("CARGO"));
        cargo.args(["build", "--quiet", "--package", "pyexec-fault-layer", "--profile", profile]);
        cargo.arg("--target-dir").arg(folder.parent().unwrap()).current_dir(env!("CARGO_MANIFEST_DIR"));
        let output = cargo.output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        folder.join(NAME)
    };
    BUILT.get_or_init(build).clone()
}

/// What the layer did in one process.
#[derive(Debug, Default)]
pub(crate) struct Report {
    /// The faults that fired, a line each.
    pub(crate) fired: Vec<String>,
    /// The operations that it saw, if the process ended by itself.
    pub(crate) counted: Option<u64>,
}

impl Report {
    pub(crate) fn read(path: &Path) -> Self {
        let mut report = Self::default();
        for line in fs::read_to_string(path).unwrap_or_default().lines() {
            match line.split_once(' ') {
                Some(("fired", what)) => report.fired.push(what.into()),
                Some(("counted", n)) => report.counted = n.parse().ok(),
                _ => {}
            }
        }
        report
    }
}
