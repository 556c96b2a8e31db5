//! What all children of a zygote have in common, and whether a run can be one of them. Pure but for a few `stat`s.

use crate::{
    local::plan::Plan,
    mounts::{Mount, Opened},
    python::Interpreter,
};
use pyexec_core::order::Limits;
use std::{
    collections::BTreeMap,
    fs,
    os::unix::fs::MetadataExt,
    path::{Path, PathBuf},
};

/// With one frame; the runner takes no more.
const MOST_MOUNTS: usize = 200;

/// What a zygote is made from. Another base is another zygote.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::local) struct Base {
    pub(in crate::local) interpreter: PathBuf,
    pub(in crate::local) site: Vec<PathBuf>,
    /// With nothing of a run: the mounts are those of the interpreter and the runtime.
    pub(in crate::local) plan: Plan,
    environment: Vec<Stamp>,
}

/// A file or folder as it was looked at: its identity and when it changed last.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Stamp {
    path: PathBuf,
    /// Device, inode, seconds and nanoseconds; none where nothing is.
    state: Option<[i64; 4]>,
}

impl Base {
    pub(in crate::local) fn new(interpreter: &Interpreter, plan: Plan) -> Self {
        let facts = &interpreter.facts;
        // Installing, upgrading and removing a package renames a metadata folder in one of the site folders.
        let environment = facts.site.iter().chain([&facts.executable]).map(|path| Stamp::of(path)).collect();
        Self { interpreter: facts.executable.clone(), site: facts.site.clone(), plan, environment }
    }
}

impl Stamp {
    fn of(path: &Path) -> Self {
        let number = |n: u64| n.cast_signed();
        let state = fs::metadata(path).ok().map(|m| [number(m.dev()), number(m.ino()), m.mtime(), m.mtime_nsec()]);
        Self { path: path.into(), state }
    }
}

/// Why a run cannot be a child of a zygote, if so. `space_kb` is the zygote's address space.
pub(super) fn misfit(
    opened: &Opened,
    own_mounts: &[Mount],
    environment: &BTreeMap<String, String>,
    limits: &Limits,
    space_kb: u64,
) -> Option<String> {
    if opened.net {
        return Some("it gets the network, which no child of a zygote has".into());
    }
    if opened.process {
        return Some("it may start processes, which are counted from the start".into());
    }
    if !environment.is_empty() {
        return Some("its mode has an environment of its own, which libraries read while they load".into());
    }
    if own_mounts.len() > MOST_MOUNTS {
        return Some(format!("it sees {} files and folders of its own", own_mounts.len()));
    }
    // What is loaded counts from the start, needed or not: at least half of the limit is to be the code's.
    let (limit, taken) = (limits.memory_mb, space_kb.div_ceil(1024));
    (limit < 2 * taken).then(|| format!("of its memory_mb = {limit} what is preloaded would take {taken}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_does_not_fit_is_said() {
        let fits = |opened: Opened, environment: &[(&str, &str)], memory_mb, mounts: usize| {
            let environment = environment.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect();
            let limits = Limits { memory_mb, ..Limits::default() };
            let mounts = vec![Mount::read_only("/a"); mounts];
            misfit(&opened, &mounts, &environment, &limits, 200 << 10)
        };
        assert_eq!(fits(Opened::default(), &[], 400, 200), None);
        for (why, says) in [
            (fits(Opened { net: true, ..Opened::default() }, &[], 400, 0), "network"),
            (fits(Opened { process: true, ..Opened::default() }, &[], 400, 0), "processes"),
            (fits(Opened::default(), &[("A", "b")], 400, 0), "environment"),
            (fits(Opened::default(), &[], 399, 0), "memory_mb = 399"),
            (fits(Opened::default(), &[], 400, 201), "201 files"),
        ] {
            assert!(why.as_ref().is_some_and(|why| why.contains(says)), "{says}: {why:?}");
        }
    }

    #[test]
    fn a_package_that_comes_or_goes_is_another_state() {
        let site = tempfile::tempdir().unwrap();
        let before = Stamp::of(site.path());
        assert_eq!(before, Stamp::of(site.path()));
        fs::create_dir(site.path().join("thing-1.0.dist-info")).unwrap();
        assert_ne!(before, Stamp::of(site.path()));
        assert_eq!(Stamp::of(&site.path().join("none")).state, None);
    }
}
