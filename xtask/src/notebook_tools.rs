//! A virtual environment with the reference implementation of notebooks, for tests alone: `nbformat` to validate, `nbconvert`
//! with a kernel to execute, and the libraries that notebooks of the examples import.

use crate::{root, succeed, target};
use anyhow::{Context, Result};
use std::{fs, io, path::PathBuf, process::Command};

const REQUIREMENTS: &str = "xtask/assets/notebook_tools.txt";

/// Where the tests find it.
pub(crate) fn folder() -> PathBuf {
    target().join("test-tools")
}

/// Makes it, unless one of exactly these requirements is there.
pub(crate) fn install() -> Result<()> {
    let (folder, requirements) = (folder(), root().join(REQUIREMENTS));
    let wanted = fs::read(&requirements).with_context(|| format!("{REQUIREMENTS} cannot be read"))?;
    // Written last: an environment without it is half made.
    let made = folder.join("made-from.txt");
    if fs::read(&made).is_ok_and(|found| found == wanted) {
        return Ok(());
    }
    println!("making the environment that executes notebooks, in {}", folder.display());
    match fs::remove_dir_all(&folder) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            return Err(error).with_context(|| format!("{} cannot be removed", folder.display()));
        }
        _ => {}
    }
    succeed(Command::new("python3").args(["-m", "venv"]).arg(&folder))?;
    let mut pip = Command::new(folder.join("bin/python"));
    pip.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps", "--only-binary", ":all:"]);
    succeed(pip.arg("--requirement").arg(&requirements))
        .context("the packages that execute notebooks are needed by the tests")?;
    fs::write(&made, wanted).with_context(|| format!("{} cannot be written", made.display()))
}
