//! A Jupyter Server for the tests: `target/jupyter/runtime/jpserver-1.json` says, as of any Jupyter Server, its address and its
//! token. `xtask/assets/jupyter.sh` is how it is started.

use crate::{
    daemon::{Daemon, InUse},
    tools,
};
use anyhow::{Context, Result};
use std::{fs, net::TcpStream};

const SERVER: Daemon = Daemon { name: "jupyter", what: "a Jupyter Server", answers };

/// Runs until [`stop`].
pub(crate) fn keep() -> Result<()> {
    tools::NOTEBOOKS.install()?;
    if SERVER.keep()? {
        eprintln!("{}", tell()?);
    }
    Ok(())
}

/// Runs as long as the result is there.
pub(crate) fn hold() -> Result<InUse> {
    tools::NOTEBOOKS.install()?;
    let held = SERVER.hold()?;
    eprintln!("{}", tell()?);
    Ok(held)
}

/// Ends it, whoever started it.
pub(crate) fn stop() -> Result<()> {
    println!("{}", if SERVER.stop()? { "the Jupyter Server is stopped" } else { "there was no Jupyter Server" });
    Ok(())
}

/// Says whether it runs, and where.
pub(crate) fn status() -> Result<()> {
    if !SERVER.alive() {
        println!("no Jupyter Server runs; `cargo xtask jupyter start` starts one");
        return Ok(());
    }
    println!("{}", tell()?);
    Ok(())
}

fn answers() -> bool {
    port().is_ok_and(|port| TcpStream::connect(("127.0.0.1", port)).is_ok())
}

fn tell() -> Result<String> {
    Ok(format!("the Jupyter Server for tests: http://127.0.0.1:{}/, token in {}", port()?, facts().display()))
}

fn port() -> Result<u16> {
    let path = facts();
    let text = fs::read(&path).with_context(|| format!("`{}` cannot be read", path.display()))?;
    let facts: serde_json::Value = serde_json::from_slice(&text).context("the server's own file is no JSON")?;
    let port = facts["port"].as_u64().and_then(|port| u16::try_from(port).ok());
    port.context("the server's own file has no port")
}

/// Its name ends in the server's pid, which is 1 where it lives.
fn facts() -> std::path::PathBuf {
    SERVER.folder().join("runtime/jpserver-1.json")
}
