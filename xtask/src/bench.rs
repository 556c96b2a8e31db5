//! Runs benchmarks: each is a program of its own crate that prints one JSON object with `ratios` under `--json`.

use crate::{cargo, setup, succeed, test, tools};
use anyhow::{Context, Result, bail};
use std::{env, io, os::fd::AsFd, process::Command};

/// What a benchmark needs beside its crate.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Needs {
    /// The sandbox library and the managed Python environment.
    Python,
    /// The galleries, and the peers that are measured on them too.
    Peers,
}

/// Name, package, needs.
const BENCHES: [(&str, &str, &[Needs]); 5] = [
    ("analysis", "pyexec-analysis", &[Needs::Peers]),
    ("approval", "pyexec-service", &[Needs::Python]),
    ("generation", "pyexec-generation", &[]),
    ("local", "pyexec-service", &[Needs::Python]),
    ("store", "pyexec-service", &[]),
];

/// One benchmark. On stdout comes what it prints, and nothing else.
pub(crate) fn run(name: &str, json: bool) -> Result<()> {
    let Some((_, package, needs)) = BENCHES.iter().find(|(known, ..)| *known == name) else {
        let known = BENCHES.map(|(known, ..)| known).join(", ");
        bail!("there is no benchmark `{name}`; there are: {known}");
    };
    if needs.contains(&Needs::Python) {
        set_up()?;
        succeed(cargo().args(["build", "--quiet", "--release", "--package", "pyexec-sandbox"]))?;
    }
    let mut bench = cargo();
    if needs.contains(&Needs::Peers) {
        let gallery = setup::galleries()?;
        tools::PEERS.install()?;
        bench.env("PYEXEC_BENCH_GALLERY", gallery).env("PYEXEC_BENCH_TOOLS", tools::PEERS.folder());
    }
    bench.args(["bench", "--quiet", "--package", package, "--bench", name, "--"]);
    bench.args(json.then_some("--json")).env("PYEXEC_TEST_DATA", test::data_dir());
    succeed(&mut bench)
}

/// `cargo xtask setup` in a process of its own: what it prints belongs on stderr here.
fn set_up() -> Result<()> {
    let program = env::current_exe().context("xtask cannot find its own file")?;
    let stderr = io::stderr().as_fd().try_clone_to_owned().context("stderr cannot be shared")?;
    succeed(Command::new(program).arg("setup").stdout(stderr))
}
