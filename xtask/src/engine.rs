//! A Docker engine for the tests, beside whatever engine the machine has: its images lie below the target folder, its socket is
//! `target/engine/docker.sock`, it has no bridge and makes no firewall rules. `xtask/assets/engine.sh` is how it is started.

use crate::daemon::{Daemon, InUse};
use anyhow::{Context, Result, bail};
use std::{
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

const ENGINE: Daemon = Daemon { name: "engine", what: "a Docker engine", answers };
/// What an address of a Unix socket holds, with its end.
const SOCKET_PATH_MAX: usize = 107;

/// Runs until [`stop`].
pub(crate) fn keep() -> Result<()> {
    check_path()?;
    if ENGINE.keep()? {
        eprintln!("{}", tell()?);
    }
    Ok(())
}

/// Runs as long as the result is there.
pub(crate) fn hold() -> Result<InUse> {
    check_path()?;
    let held = ENGINE.hold()?;
    eprintln!("{}", tell()?);
    Ok(held)
}

/// Ends it, whoever started it.
pub(crate) fn stop() -> Result<()> {
    let was = ENGINE.stop()?;
    remove_cgroups();
    println!("{}", if was { "the engine is stopped" } else { "there was no engine" });
    Ok(())
}

/// Says whether it runs, and what it is.
pub(crate) fn status() -> Result<()> {
    if !ENGINE.alive() {
        println!("no engine runs; `cargo xtask engine start` starts one");
        return Ok(());
    }
    println!("{}", tell()?);
    Ok(())
}

/// `docker` as a client of it.
pub(crate) fn docker() -> Command {
    let mut docker = Command::new("docker");
    for other in ["DOCKER_CONTEXT", "DOCKER_TLS_VERIFY", "DOCKER_CERT_PATH"] {
        docker.env_remove(other);
    }
    docker.env("DOCKER_HOST", format!("unix://{}", socket().display()));
    docker
}

/// Where it listens.
pub(crate) fn socket() -> PathBuf {
    ENGINE.folder().join("docker.sock")
}

fn check_path() -> Result<()> {
    let socket = socket();
    if socket.as_os_str().len() > SOCKET_PATH_MAX {
        bail!("`{}` is too long for a socket: set CARGO_TARGET_DIR to a shorter folder", socket.display());
    }
    Ok(())
}

fn answers() -> bool {
    let mut version = docker();
    version.args(["version", "--format", "."]).stdout(Stdio::null()).stderr(Stdio::null());
    version.status().is_ok_and(|status| status.success())
}

fn tell() -> Result<String> {
    const FACTS: &str = "Docker {{.ServerVersion}}, {{.Driver}}, cgroup v{{.CgroupVersion}}";
    let output = docker().args(["info", "--format", FACTS]).output().context("`docker` does not start")?;
    if !output.status.success() {
        bail!("the engine does not answer: {}", String::from_utf8_lossy(&output.stderr).trim_end());
    }
    let facts = String::from_utf8_lossy(&output.stdout);
    Ok(format!("the engine for tests: {} on unix://{}", facts.trim_end(), socket().display()))
}

/// The empty ones that a killed engine leaves; one that is not empty stays.
fn remove_cgroups() {
    let hierarchies = std::fs::read_dir("/sys/fs/cgroup").into_iter().flatten().flatten().map(|entry| entry.path());
    for hierarchy in hierarchies.chain([PathBuf::from("/sys/fs/cgroup")]) {
        remove_tree(&hierarchy.join("pyexec-tests"));
    }
}

fn remove_tree(group: &Path) {
    for entry in std::fs::read_dir(group).into_iter().flatten().flatten() {
        if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            remove_tree(&entry.path());
        }
    }
    drop(std::fs::remove_dir(group));
}
