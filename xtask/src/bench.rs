//! Runs benchmarks: each is a program of its own crate that prints one JSON object with `ratios` under `--json`.

use crate::{cargo, engine, image, setup, succeed, test, tools};
use anyhow::{Context, Result, bail};
use std::{env, io, os::fd::AsFd, process::Command};

/// What a benchmark needs beside its crate.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Needs {
    /// The sandbox library and the managed Python environment.
    Python,
    /// The engine of the tests, with its image.
    Engine,
    /// The galleries, and the peers that are measured on them too.
    Peers,
}

/// Name, package, needs.
const BENCHES: [(&str, &str, &[Needs]); 6] = [
    ("analysis", "pyexec-analysis", &[Needs::Peers]),
    ("approval", "pyexec-service", &[Needs::Python]),
    ("container", "pyexec-execution", &[Needs::Python, Needs::Engine]),
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
        task(&["setup", "--basics"])?;
        succeed(cargo().args(["build", "--quiet", "--release", "--package", "pyexec-sandbox"]))?;
    }
    let mut bench = cargo();
    if needs.contains(&Needs::Engine) {
        task(&["engine", "start"])?;
        task(&["image"])?;
        bench.env("PYEXEC_TEST_ENGINE", engine::socket()).env("PYEXEC_TEST_IMAGE", image::NAME);
    }
    if needs.contains(&Needs::Peers) {
        let gallery = setup::galleries()?;
        tools::PEERS.install()?;
        bench.env("PYEXEC_BENCH_GALLERY", gallery).env("PYEXEC_BENCH_TOOLS", tools::PEERS.folder());
    }
    bench.args(["bench", "--quiet", "--package", package, "--bench", name, "--"]);
    bench.args(json.then_some("--json")).env("PYEXEC_TEST_DATA", test::data_dir());
    succeed(&mut bench)
}

/// Another task, in a process of its own: what it prints belongs on stderr here.
fn task(arguments: &[&str]) -> Result<()> {
    let program = env::current_exe().context("xtask cannot find its own file")?;
    let stderr = io::stderr().as_fd().try_clone_to_owned().context("stderr cannot be shared")?;
    succeed(Command::new(program).args(arguments).stdout(stderr))
}
