//! Installs and prepares what the tests need, on a bare Debian 12 with a Rust toolchain.

use crate::{build, root, succeed, target, tools};
use anyhow::{Context, Result, bail};
use std::{path::PathBuf, process::Command};

/// The source packages whose gallery scripts the tests run, as `fetch_sdist.py` takes them.
const GALLERIES: [&str; 2] = ["matplotlib==3.11.2", "scikit-learn==1.9.1"];

/// Everything, each step doing nothing where it is done already.
pub(crate) fn setup() -> Result<()> {
    python()?;
    galleries()?;
    tools::NOTEBOOKS.install()?;
    build::programs()?;
    environment()
}

/// `CPython` with venv; installed from Debian's packages where that is possible and needed.
fn python() -> Result<()> {
    let works = || Command::new("python3").args(["-c", "import venv, ensurepip"]).status().is_ok_and(|s| s.success());
    if works() {
        return Ok(());
    }
    println!("installing python3 and python3-venv");
    succeed(Command::new("apt-get").arg("update")).context("python3 with venv is missing")?;
    let packages = ["install", "--yes", "--no-install-recommends", "python3", "python3-venv"];
    succeed(Command::new("apt-get").args(packages).env("DEBIAN_FRONTEND", "noninteractive"))
        .context("install CPython 3.11 or later with venv, then try again")?;
    if !works() {
        bail!("python3 on PATH has no venv module; install one that has");
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
