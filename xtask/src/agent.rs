//! The agent program that the tests of the generator `claude_code` run: from npm, the version and digests of a lock file.

use crate::{root, succeed, target};
use anyhow::{Context, Result, bail};
use std::{fs, path::PathBuf, process::Command};

/// The files that say what is installed.
const LISTS: [&str; 2] = ["package.json", "package-lock.json"];

/// Where it is.
fn folder() -> PathBuf {
    target().join("test-agent")
}

/// Installs it, unless exactly what the lock file says is there. `npm ci` takes nothing whose digest differs; no script of
/// the package runs.
pub(crate) fn install() -> Result<()> {
    let (folder, lists) = (folder(), root().join("xtask/assets/agent_cli"));
    // Written last: an installation without it is half made.
    let made = folder.join("made-from.txt");
    let wanted = fs::read(lists.join("package-lock.json")).context("the lock file of the agent program is missing")?;
    if fs::read(&made).is_ok_and(|found| found == wanted) {
        return Ok(());
    }
    eprintln!("installing the agent program that the tests run, in {}", folder.display());
    fs::create_dir_all(&folder).with_context(|| format!("{} cannot be made", folder.display()))?;
    for list in LISTS {
        fs::copy(lists.join(list), folder.join(list)).with_context(|| format!("{list} cannot be copied"))?;
    }
    let mut npm = Command::new("npm");
    npm.args(["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel", "error", "--prefix"]).arg(&folder);
    succeed(&mut npm).context("the agent program cannot be installed")?;
    let packages = folder.join("node_modules/@anthropic-ai");
    let programs = fs::read_dir(&packages).into_iter().flatten().flatten().map(|package| package.path().join("claude"));
    let Some(program) = programs.into_iter().find(|program| program.is_file()) else {
        // to npm it is optional, because there is one for each kind of machine
        bail!("npm installed no agent program: the lock file has none for this machine, or another digest than came");
    };
    succeed(Command::new(&program).arg("--version")).context("the agent program does not run here")?;
    fs::write(&made, wanted).with_context(|| format!("{} cannot be written", made.display()))
}
