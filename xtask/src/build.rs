//! Builds the program with its libraries beside it.

use crate::{cargo, succeed, target};
use anyhow::Result;
use std::path::PathBuf;

/// What has to lie in one folder for `pyexec` to run.
const PACKAGES: [&str; 6] = [
    "pyexec",
    "pyexec-sandbox",
    "pyexec-plugin-generation",
    "pyexec-plugin-analysis",
    "pyexec-plugin-approval",
    "pyexec-plugin-execution",
];

/// Builds them.
pub(crate) fn programs() -> Result<()> {
    succeed(cargo().arg("build").args(PACKAGES.iter().flat_map(|package| ["--package", package])))
}

/// The program that [`programs`] built.
pub(crate) fn pyexec() -> PathBuf {
    target().join("debug/pyexec")
}
