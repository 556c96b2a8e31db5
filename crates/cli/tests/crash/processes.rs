//! The processes of a run, as `/proc` shows them.

use crate::Broken;
use rustix::process::{Pid, Signal, kill_process};
use std::{
    fs,
    path::Path,
    thread,
    time::{Duration, Instant},
};

/// How long the processes of a dead host may take to follow it.
const FOLLOWING: Duration = Duration::from_secs(20);

/// The processes of a sandbox: host, outer, pid 1, code, as far as they are there. The question to an interpreter, which a
/// host asks before, is none.
pub(crate) fn sandbox_line(host: u32) -> Vec<u32> {
    let mut line = vec![host];
    while let Some(child) = line.last().and_then(|pid| children(*pid).into_iter().find(|child| is_runner(*child))) {
        line.push(child);
    }
    line
}

/// Of all its threads: the host starts processes from several.
fn children(of: u32) -> Vec<u32> {
    let tasks = fs::read_dir(format!("/proc/{of}/task")).into_iter().flatten().flatten();
    let children = tasks.filter_map(|task| fs::read_to_string(task.path().join("children")).ok());
    children.flat_map(|text| text.split_whitespace().filter_map(|pid| pid.parse().ok()).collect::<Vec<_>>()).collect()
}

fn is_runner(pid: u32) -> bool {
    let line = fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
    String::from_utf8_lossy(&line).contains("_runner.py")
}

pub(crate) fn kill(pid: u32) -> bool {
    let pid = i32::try_from(pid).ok().and_then(Pid::from_raw);
    pid.is_some_and(|pid| kill_process(pid, Signal::KILL).is_ok())
}

/// The layer is beneath the host alone: what it does to the sandbox would be the proof's doing.
pub(crate) fn refuse_layer(line: &[u32]) -> Result<(), Broken> {
    for pid in &line[1..] {
        let maps = fs::read_to_string(format!("/proc/{pid}/maps")).unwrap_or_default();
        if maps.contains(crate::layer::NAME) && maps.contains("python") {
            return Err(Broken("the fault layer is loaded in the sandbox".into()));
        }
    }
    Ok(())
}

/// Waits until no process speaks of this folder on its command line, as hosts and runners do.
pub(crate) fn none_left(folder: &Path) -> Result<(), Broken> {
    let name = folder.display().to_string();
    let deadline = Instant::now() + FOLLOWING;
    loop {
        let left = speaking_of(&name);
        if left.is_empty() {
            return Ok(());
        }
        if Instant::now() > deadline {
            return Err(Broken(format!("processes are left: {left:?}")));
        }
        thread::sleep(Duration::from_millis(20));
    }
}

fn speaking_of(name: &str) -> Vec<String> {
    let named = |entry: fs::DirEntry| {
        let pid: u32 = entry.file_name().to_str()?.parse().ok()?;
        let line = fs::read(entry.path().join("cmdline")).ok()?;
        let line = String::from_utf8_lossy(&line).replace('\0', " ");
        (pid != std::process::id() && line.contains(name)).then(|| format!("{pid} {line}"))
    };
    fs::read_dir("/proc").into_iter().flatten().flatten().filter_map(named).collect()
}
