//! Installs and prepares what the tests need, on a bare Debian 12 with a Rust toolchain.

use crate::{agent, build, daemon::InUse, engine, image, jupyter, root, succeed, target, tools};
use anyhow::{Context, Result, bail};
use std::{path::PathBuf, process::Command};

/// The source packages whose gallery scripts the tests run, as `fetch_sdist.py` takes them.
const GALLERIES: [&str; 2] = ["matplotlib==3.11.2", "scikit-learn==1.9.1"];

/// Everything, each step doing nothing where it is done already. The engine and the server are left running.
pub(crate) fn setup() -> Result<()> {
    basics()?;
    containers()?;
    engine::keep()?;
    jupyter::keep()?;
    image::image()
}

/// Everything, with the engine and the server as long as the result is there.
pub(crate) fn with_containers() -> Result<[InUse; 2]> {
    basics()?;
    containers()?;
    let running = [engine::hold()?, jupyter::hold()?];
    image::image()?;
    Ok(running)
}

/// The image alone.
pub(crate) fn image() -> Result<()> {
    containers()?;
    let _running = engine::hold()?;
    image::image()
}

/// What an engine and its image are made with.
pub(crate) fn containers() -> Result<()> {
    program(&ENGINE)?;
    program(&DEBOOTSTRAP)
}

/// What needs neither root nor containers.
pub(crate) fn basics() -> Result<()> {
    program(&PYTHON)?;
    program(&CPP)?;
    program(&NPM)?;
    galleries()?;
    tools::NOTEBOOKS.install()?;
    agent::install()?;
    build::programs()?;
    environment()
}

/// A program that the tests need, how it shows that it works, and Debian's packages that bring it.
struct Needed {
    name: &'static str,
    program: &'static str,
    shows: &'static [&'static str],
    packages: &'static [&'static str],
}

const PYTHON: Needed = Needed {
    name: "CPython 3.11 or later with venv",
    program: "python3",
    shows: &["-c", "import venv, ensurepip"],
    packages: &["python3", "python3-venv"],
};
/// Fuzzing links a library that is written in C++.
const CPP: Needed = Needed { name: "a C++ compiler", program: "c++", shows: &["--version"], packages: &["g++"] };

/// The package brings its client and its runtime.
const ENGINE: Needed =
    Needed { name: "a Docker engine", program: "dockerd", shows: &["--version"], packages: &["docker.io"] };
/// Images of Debian's packages.
const DEBOOTSTRAP: Needed =
    Needed { name: "debootstrap", program: "debootstrap", shows: &["--version"], packages: &["debootstrap"] };

/// The agent program comes from npm; it is a native binary and needs no Node.js to run.
const NPM: Needed = Needed { name: "npm", program: "npm", shows: &["--version"], packages: &["nodejs", "npm"] };

/// Installed from Debian's packages where that is possible and needed.
fn program(needed: &Needed) -> Result<()> {
    let Needed { name, program, shows, packages } = needed;
    let works = || Command::new(program).args(*shows).output().is_ok_and(|output| output.status.success());
    if works() {
        return Ok(());
    }
    println!("installing {}", packages.join(" "));
    succeed(Command::new("apt-get").arg("update")).with_context(|| format!("{name} is missing"))?;
    let mut install = Command::new("apt-get");
    install.args(["install", "--yes", "--no-install-recommends"]).args(*packages);
    succeed(install.env("DEBIAN_FRONTEND", "noninteractive"))
        .with_context(|| format!("install {name}, then try again"))?;
    if !works() {
        bail!("`{program}` on PATH is not {name}; install one that is");
    }
    Ok(())
}

/// Their sources, and where they are.
pub(crate) fn galleries() -> Result<PathBuf> {
    let into = target().join("gallery");
    for package in GALLERIES {
        let script = root().join("xtask/assets/fetch_sdist.py");
        succeed(Command::new("python3").arg(script).arg(package).arg(&into))
            .with_context(|| format!("the source package {package} is needed by the tests"))?;
    }
    Ok(into)
}

/// The managed Python environment that the tests share, made by the program's own first run.
fn environment() -> Result<()> {
    let mut program = Command::new(build::pyexec());
    program.args(["run", "--code", "examples/scripts/hello.py", "--approve", "never"]);
    // Nothing of whoever runs the tests may matter: no configuration but the defaults.
    program.env("PYEXEC__DATA_DIR", crate::test::data_dir()).env("XDG_CONFIG_HOME", target().join("no-configuration"));
    program.env_remove("PYEXEC_CONFIG");
    succeed(&mut program).context("the first run, which makes the managed Python environment, failed")
}
