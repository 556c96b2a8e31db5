//! What the host wants opened and how much of everything: `plan` of the runner protocol, parsed and checked. Checks only
//! what keeps the sandbox's own structure whole; whether a path may be granted was decided long before.

use crate::SandboxError;
use serde::Deserialize;
use std::{
    collections::BTreeMap,
    path::{Component, Path, PathBuf},
};

/// `plan` of the runner protocol.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Plan {
    /// This library; for the runner, which loads it.
    pub library: PathBuf,
    /// The user to become; given exactly when the host is root.
    pub uid: Option<u32>,
    /// Its group.
    pub gid: Option<u32>,
    /// What is visible inside besides the system, in the order of mounting.
    pub mounts: Vec<Mount>,
    /// How much of everything.
    pub limits: Limits,
    /// Keep the host's network.
    pub net: bool,
    /// Allow fork and exec.
    pub process: bool,
    /// The code's environment; for the runner, which sets it.
    pub environment: BTreeMap<String, String>,
}

/// A file or folder of the host's, seen inside.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mount {
    /// Absolute, on the host.
    pub source: PathBuf,
    /// Absolute, inside; without symbolic links.
    pub target: PathBuf,
    /// Whether code may write there.
    pub writable: bool,
    /// `st_dev` that the source must still have.
    #[serde(default)]
    pub dev: Option<u64>,
    /// `st_ino` that the source must still have.
    #[serde(default)]
    pub inode: Option<u64>,
}

/// Limits that the kernel keeps.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Limits {
    /// Address space of each process, MiB.
    pub memory_mb: u64,
    /// CPU time of each process, seconds.
    pub cpu_seconds: u64,
    /// Processes and threads together.
    pub processes: u64,
    /// What can be written in `/work`, `/tmp` and `/dev/shm` together, MiB.
    pub scratch_mb: u64,
    /// Files and folders there.
    pub scratch_inodes: u64,
}

/// What the sandbox builds itself: nothing may be mounted on or, but for the last three, below it.
const OWN: [&str; 5] = ["/proc", "/dev", "/sys", "/etc", "/script"];
/// Nothing may be mounted in place of these; inputs stand below `/work`.
const SCRATCH: [&str; 3] = ["/", "/work", "/tmp"];

impl Plan {
    /// Parses and checks.
    pub fn parse(json: &[u8]) -> Result<Self, SandboxError> {
        let plan: Self = serde_json::from_slice(json).map_err(|e| SandboxError::Plan(e.to_string()))?;
        plan.check().map_err(SandboxError::Plan)?;
        Ok(plan)
    }

    fn check(&self) -> Result<(), String> {
        if self.uid.is_some() != self.gid.is_some() {
            return Err("uid and gid are given together or not at all".into());
        }
        if self.uid == Some(0) || self.gid == Some(0) {
            return Err("uid and gid must not be root's".into());
        }
        let Limits { memory_mb, cpu_seconds, processes, scratch_mb, scratch_inodes } = self.limits;
        for (name, value) in [
            ("memory_mb", memory_mb),
            ("cpu_seconds", cpu_seconds),
            ("processes", processes),
            ("scratch_mb", scratch_mb),
            ("scratch_inodes", scratch_inodes),
        ] {
            // 2^40 MiB in bytes still fits in 64 bits; nobody owns that much.
            if value == 0 || value > 1 << 40 {
                return Err(format!("limits.{name} is {value}; it must be between 1 and 2^40"));
            }
        }
        self.mounts.iter().try_for_each(Mount::check)
    }
}

impl Mount {
    pub(crate) fn check(&self) -> Result<(), String> {
        for path in [&self.source, &self.target] {
            if !is_plain(path) {
                return Err(format!("mount path {} is not absolute and plain", path.display()));
            }
        }
        let target = &self.target;
        let taken = OWN.iter().any(|own| target.starts_with(own)) || SCRATCH.iter().any(|s| target == Path::new(s));
        if taken {
            return Err(format!("nothing can be mounted at {}: the sandbox has its own", target.display()));
        }
        if self.dev.is_some() != self.inode.is_some() {
            return Err(format!("mount {}: dev and inode are given together or not at all", target.display()));
        }
        Ok(())
    }
}

/// Absolute, and made of names only.
fn is_plain(path: &Path) -> bool {
    let mut parts = path.components();
    // Rebuilding also catches `//`, `/.` and a trailing slash, which `components` hides.
    parts.next() == Some(Component::RootDir)
        && parts.all(|part| matches!(part, Component::Normal(_)))
        && path.components().collect::<PathBuf>().as_os_str() == path.as_os_str()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn plan(change: impl FnOnce(&mut Value)) -> Result<Plan, SandboxError> {
        let mut plan = json!({
            "library": "/l.so", "uid": null, "gid": null, "net": false, "process": false, "environment": {},
            "mounts": [{"source": "/a", "target": "/a", "writable": false, "dev": 1, "inode": 2}],
            "limits": {"memory_mb": 1, "cpu_seconds": 1, "processes": 1, "scratch_mb": 1, "scratch_inodes": 1},
        });
        change(&mut plan);
        Plan::parse(plan.to_string().as_bytes())
    }

    #[test]
    fn the_protocols_plan() {
        assert_eq!(plan(|_| ()).unwrap().mounts[0].inode, Some(2));
    }

    #[test]
    fn what_is_refused() {
        type Change = fn(&mut Value);
        let cases: [(&str, Change); 13] = [
            ("unknown key", |p| p["more"] = json!(1)),
            ("missing key", |p| drop(p.as_object_mut().unwrap().remove("net"))),
            ("half an identity", |p| p["uid"] = json!(1)),
            ("root", |p| (p["uid"], p["gid"]) = (json!(0), json!(0))),
            ("root's group", |p| (p["uid"], p["gid"]) = (json!(5), json!(0))),
            ("no memory", |p| p["limits"]["memory_mb"] = json!(0)),
            ("too much", |p| p["limits"]["scratch_mb"] = json!(u64::MAX)),
            ("relative source", |p| p["mounts"][0]["source"] = json!("a")),
            ("dots", |p| p["mounts"][0]["target"] = json!("/a/../proc")),
            ("a slash too many", |p| p["mounts"][0]["target"] = json!("/a/")),
            ("the root", |p| p["mounts"][0]["target"] = json!("/")),
            ("below our own", |p| p["mounts"][0]["target"] = json!("/proc/sys")),
            ("half a check", |p| p["mounts"][0]["dev"] = json!(null)),
        ];
        for (name, change) in cases {
            assert!(matches!(plan(change), Err(SandboxError::Plan(_))), "{name}");
        }
    }

    #[test]
    fn inputs_stand_in_the_working_folder() {
        assert!(plan(|p| p["mounts"][0]["target"] = json!("/work/data.csv")).is_ok());
        assert!(plan(|p| p["mounts"][0]["target"] = json!("/work")).is_err());
    }
}
