//! Builds and runs the examples that are programs of their own: one that embeds pyexec, one that plugs into it.

use crate::{cargo, root, succeed, target, test};
use anyhow::{Context, Result};
use std::{fs, path::PathBuf, process::Command};

/// Both. Wants the set-up, and the programs built.
pub(crate) fn all() -> Result<()> {
    embed()?;
    custom_generator()
}

/// The embedding application, in the Python environment of the tests. It checks itself: each surprise is an exit code.
fn embed() -> Result<()> {
    succeed(cargo().args(["build", "--quiet", "--package", "pyexec-example-embed"]))?;
    let mut program = Command::new(target().join("debug/pyexec-example-embed"));
    program.arg("--sandbox-library").arg(target().join("debug/libpyexec_sandbox.so"));
    program.arg("--interpreter").arg(environment()?);
    succeed(&mut program)
}

/// The stand-alone plugin, by itself; `crates/cli` has `pyexec` use it. It is no member of the workspace, so what holds for
/// members is said here again.
fn custom_generator() -> Result<()> {
    let here = |arguments: &[&str]| {
        let manifest = root().join("examples/custom-generator/Cargo.toml");
        let mut cargo = cargo();
        cargo.args(arguments).arg("--manifest-path").arg(manifest);
        cargo
    };
    let building = |arguments: &[&str]| {
        let mut cargo = here(arguments);
        cargo.args(["--quiet", "--locked", "--target-dir"]).arg(target().join("examples-custom"));
        cargo
    };
    succeed(&mut here(&["fmt", "--check"]))?;
    succeed(building(&["clippy", "--all-targets"]).args(["--", "--deny", "warnings"]))?;
    succeed(&mut building(&["test"]))
}

/// The managed Python environment that the set-up made.
pub(crate) fn environment() -> Result<PathBuf> {
    let folder = test::data_dir().join("python");
    let entries = fs::read_dir(&folder).with_context(|| format!("`{}` cannot be listed", folder.display()))?;
    let mut paths = entries.filter_map(|entry| entry.ok().map(|entry| entry.path()));
    let found = paths.find(|path| path.join("pyvenv.cfg").is_file());
    found.context("there is no managed Python environment: run `cargo xtask setup`")
}
