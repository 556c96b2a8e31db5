//! Where a `CPython` for the managed environment may be.

use super::{Known, ask, ask::Facts, lock::Lock};
use std::{env, ffi::OsStr, path::PathBuf};

/// What could make an environment, or why nothing can.
pub(super) async fn find(known: &Known) -> Result<(Facts, Lock), String> {
    let mut seen = Vec::new();
    let mut complaints = Vec::new();
    for program in candidates(env::var_os("PATH").as_deref()) {
        let Ok(facts) = known.ask(&program).await else { continue };
        if seen.contains(&facts.executable) {
            continue; // a shim's interpreter, or another name of it
        }
        seen.push(facts.executable.clone());
        match suits(&facts).await {
            Ok(lock) => return Ok((facts, lock)),
            Err(why) => complaints.push(format!("{} {why}", facts.executable.display())),
        }
    }
    Err(if complaints.is_empty() { "no python3 is on the PATH".into() } else { complaints.join("; ") })
}

async fn suits(facts: &Facts) -> Result<Lock, String> {
    facts.usable().map_err(|why| format!("will not do: {why}"))?;
    let lock = Lock::of(facts.version).ok_or_else(|| format!("({}) has no lock file", facts.version_text()))?;
    match ask::run(&facts.executable, ["-I", "-c", "import venv, ensurepip"]).await {
        Ok((true, ..)) => Ok(lock),
        Ok((false, _, stderr)) => Err(format!("has no venv ({})", ask::last_line(&stderr))),
        Err(error) => Err(format!("has no venv ({error})")),
    }
}

/// Programs in the order in which they are asked: names first, then folders, so that the user's own `python3` wins.
fn candidates(path: Option<&OsStr>) -> Vec<PathBuf> {
    let mut folders: Vec<PathBuf> = path.map(|p| env::split_paths(p).collect()).unwrap_or_default();
    folders.extend(["/usr/local/bin", "/usr/bin"].map(PathBuf::from));
    folders.retain(|folder| folder.is_absolute());
    let names = ["python3", "python3.11", "python3.12", "python3.13", "python3.14"];
    let mut programs = Vec::new();
    for name in names {
        for program in folders.iter().map(|folder| folder.join(name)) {
            if program.is_file() && !programs.contains(&program) {
                programs.push(program);
            }
        }
    }
    programs
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_absolute_folders_are_searched() {
        let found = candidates(Some(OsStr::new(".:relative:/usr/bin")));
        assert!(found.iter().all(|p| p.is_absolute()));
    }
}
