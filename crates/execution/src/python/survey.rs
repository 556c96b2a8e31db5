//! What stands where the interpreter should be, looked at without making or changing anything: for people who ask what is
//! wrong. A run never comes here.

use super::{AskError, Facts, Interpreter, Known, ask, find, lock::Lock, managed};
use serde::Deserialize;
use std::path::{Path, PathBuf};

const QUESTION: &str = include_str!("packages.py");

/// The managed Python of a data folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Managed {
    /// As a run would use it.
    Ready(Box<Interpreter>),
    /// Something is there that was not finished, or whose interpreter is gone: the next run makes it anew.
    Unfinished(PathBuf),
    /// Nothing yet: the first run makes it.
    Absent,
}

/// An installed package.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Package {
    /// As it calls itself.
    pub name: String,
    /// Its version.
    pub version: String,
    /// How many of its files are missing or have another size than when they were installed.
    pub lost: u64,
    /// The first of them.
    pub first_lost: Option<String>,
}

/// The managed Python below `data_dir`.
pub fn managed(data_dir: &Path) -> Managed {
    let root = data_dir.join("python");
    match managed::existing(&root) {
        Some(interpreter) => Managed::Ready(Box::new(interpreter)),
        None => managed::begun(&root).map_or(Managed::Absent, Managed::Unfinished),
    }
}

/// What a managed Python would be made from, or why from nothing.
pub async fn base() -> Result<Facts, String> {
    find::find(&Known::default()).await.map(|(facts, _)| facts)
}

/// What is installed for this interpreter.
pub async fn packages(program: &Path) -> Result<Vec<Package>, AskError> {
    let (done, stdout, stderr) = ask::run(program, ["-I", "-B", "-c", QUESTION]).await?;
    if !done {
        return Err(AskError::Failed(ask::last_line(&stderr)));
    }
    serde_json::from_slice(&stdout).map_err(|e| AskError::Failed(e.to_string()))
}

/// What the lock file of a version of `CPython` wants: names and versions, in its order. `None` without a lock file.
pub fn locked(version: [u32; 3]) -> Option<Vec<(&'static str, &'static str)>> {
    let pins = |lock: Lock| lock.text.lines().filter_map(pin).collect();
    Lock::of(version).map(pins)
}

/// `numpy==2.1.0 \` is numpy, 2.1.0.
fn pin(line: &'static str) -> Option<(&'static str, &'static str)> {
    let (name, rest) = line.split_once("==")?;
    Some((name.trim(), rest.split([' ', ';', '\\']).next()?))
}

/// Names of packages as the index compares them (PEP 503): `Python-DateUtil` is `python-dateutil`.
pub fn normalised(name: &str) -> String {
    let mut normal = String::with_capacity(name.len());
    for part in name.split(['-', '_', '.']).filter(|part| !part.is_empty()) {
        if !normal.is_empty() {
            normal.push('-');
        }
        normal.push_str(&part.to_lowercase());
    }
    normal
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    #[test]
    fn locks_are_read() {
        let locked = locked([3, 11, 4]).unwrap();
        assert!(locked.iter().any(|(name, version)| *name == "numpy" && version.split('.').count() == 3), "{locked:?}");
        assert!(locked.iter().all(|(_, version)| version.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'.')));
        assert_eq!(super::locked([3, 10, 0]), None);
    }

    #[test]
    fn one_name_for_one_package() {
        for name in ["Python_DateUtil", "python.dateutil", "python--dateutil"] {
            assert_eq!(normalised(name), "python-dateutil");
        }
    }

    #[test]
    fn nothing_is_made_by_looking() {
        let data = tempfile::tempdir().unwrap();
        assert_eq!(managed(data.path()), Managed::Absent);
        let begun = data.path().join("python").join(Lock::of([3, 11, 0]).unwrap().folder_name());
        fs::create_dir_all(&begun).unwrap();
        assert_eq!(managed(data.path()), Managed::Unfinished(begun));
    }

    #[tokio::test]
    async fn a_package_that_lost_a_file_is_seen() {
        let base = base().await.expect("install CPython with venv: apt-get install python3-venv");
        let folder = tempfile::tempdir().unwrap();
        let made = std::process::Command::new(&base.executable)
            .args(["-I", "-m", "venv", "--without-pip"])
            .arg(folder.path())
            .status()
            .unwrap();
        assert!(made.success());
        let program = folder.path().join("bin/python");
        let site = ask::ask(&program).await.unwrap().site[0].clone();
        let info = site.join("thing-1.2.dist-info");
        fs::create_dir(&info).unwrap();
        fs::write(info.join("METADATA"), "Metadata-Version: 2.1\nName: thing\nVersion: 1.2\n").unwrap();
        fs::write(info.join("RECORD"), "thing.py,sha256=x,5\nthing.pyc,,\n").unwrap();
        fs::write(site.join("thing.py"), "x = 1").unwrap();
        let thing = |lost, first: Option<&str>| Package {
            name: "thing".into(),
            version: "1.2".into(),
            lost,
            first_lost: first.map(Into::into),
        };
        assert_eq!(packages(&program).await.unwrap(), [thing(0, None)]);
        fs::write(site.join("thing.py"), "x = 10").unwrap();
        assert_eq!(packages(&program).await.unwrap(), [thing(1, Some("thing.py"))]);
        fs::remove_file(site.join("thing.py")).unwrap();
        assert_eq!(packages(&program).await.unwrap(), [thing(1, Some("thing.py"))]);
    }
}
