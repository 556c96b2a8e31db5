//! Runs tests: one part, or all with format and lints.

mod report;

use crate::{build, cargo, eval, examples, fuzz, root, setup, succeed, target};
use anyhow::{Result, bail};
use std::{path::PathBuf, time::Instant};

/// Where the tests find the managed environment that `setup` made; each test has a data folder of its own.
pub(crate) fn data_dir() -> PathBuf {
    target().join("test-data")
}

/// The parts that run containers and Jupyter's kernels.
const CONTAINERS: [&str; 3] = ["execution", "cli", "integration"];

/// The tests of one part.
pub(crate) fn part(name: &str) -> Result<()> {
    let package = match name {
        "cli" | "integration" => "pyexec".to_owned(),
        name if root().join("crates").join(name).is_dir() => format!("pyexec-{name}"),
        _ => bail!("there is no part `{name}`; the parts are the folders in `crates`, and `integration`"),
    };
    // the others can be tested without root
    let _running = if CONTAINERS.contains(&name) {
        Some(setup::with_containers()?)
    } else {
        setup::basics()?;
        None
    };
    succeed(cargo().args(["test", "--package", &package]).env("PYEXEC_TEST_DATA", data_dir()))?;
    if name == "integration" { examples::all() } else { Ok(()) }
}

/// The crash proof with these arguments; `test-all` makes it with none.
pub(crate) fn crash(arguments: &[&str]) -> Result<()> {
    setup::basics()?;
    let test = ["test", "--package", "pyexec", "--test", "crash", "--"];
    succeed(cargo().args(test).args(arguments).env("PYEXEC_TEST_DATA", data_dir()))
}

/// Everything.
pub(crate) fn all() -> Result<()> {
    if !is_root() {
        bail!("test-all runs as root: the sandbox is tested as root and, from there, as an ordinary user");
    }
    step("format", || succeed(cargo().args(["fmt", "--all", "--check"])))?;
    step("lints", || {
        succeed(cargo().args(["clippy", "--workspace", "--all-targets", "--quiet", "--", "--deny", "warnings"]))
    })?;
    step("build", build::programs)?;
    let _running = step("set-up", setup::with_containers)?;
    step("tests", || {
        let mut tests = cargo();
        tests.args(["test", "--workspace", "--no-fail-fast"]).env("PYEXEC_TEST_DATA", data_dir());
        report::run(tests)
    })?;
    step("examples", examples::all)?;
    step("tasks", eval::stated)?;
    step("fuzzing", || fuzz::fuzz(&[]))?;
    println!("everything passed");
    Ok(())
}

fn step<T>(name: &str, work: impl FnOnce() -> Result<T>) -> Result<T> {
    println!("== {name}");
    let start = Instant::now();
    let made = work()?;
    println!("== {name}: {} s", start.elapsed().as_secs());
    Ok(made)
}

/// By what the kernel says of this process, not by a name in the environment.
pub(crate) fn is_root() -> bool {
    use std::os::unix::fs::MetadataExt;
    std::fs::metadata("/proc/self").is_ok_and(|meta| meta.uid() == 0)
}
