//! A control group for a run whose processes add up: limits of each process bound nothing when there may be many. Used where
//! the system lets this process have one below its own (as root, or delegated), with version 1 or 2; never needed. Whoever
//! creates one sweeps away those whose host was killed.

use pyexec_core::order::Limits;
use std::{
    fs, io,
    path::{Path, PathBuf},
    process::{self, Command, Stdio},
    sync::atomic::{AtomicU64, Ordering},
    time::Duration,
};

/// Begins the names of ours; then the host's process and a number.
const PREFIX: &str = "pyexec-";
/// The outer process and pid 1 count as well.
const OUR_PROCESSES: u64 = 2;
/// A kill is not at once an end.
const RETRIES: u32 = 100;
const PAUSE: Duration = Duration::from_millis(20);

/// Folders of one run, removed with it.
#[derive(Debug)]
pub(super) struct Group {
    folders: Vec<PathBuf>,
}

/// Where groups can be made: the folder, and what is written into a new one there, which must be taken where it says so.
type Place = (PathBuf, Vec<(&'static str, String, bool)>);

/// Why there is no group for a run.
#[derive(Debug, thiserror::Error)]
pub enum NoGroup {
    /// The hierarchies that could bound it are not there.
    #[error("no control groups for memory and processes are mounted where this process is in one")]
    NotMounted,
    /// They are, and are not ours to use.
    #[error("`{}`: {cause}", path.display())]
    NotOurs {
        /// What could not be made or written.
        path: PathBuf,
        /// Why.
        cause: io::Error,
    },
}

/// Whether a run with these limits that may start processes gets a control group on this machine, found by putting a process
/// into one: the version of control groups that it is.
pub fn survey(limits: &Limits) -> Result<u8, NoGroup> {
    let (version, group) = Group::make_first(limits)?;
    let refused = |cause| NoGroup::NotOurs { path: group.folders.first().cloned().unwrap_or_default(), cause };
    // It waits for input, so that it is there to be moved.
    let mut process = Command::new("cat").stdin(Stdio::piped()).stdout(Stdio::null()).spawn().map_err(refused)?;
    let taken = group.add(process.id());
    let gone = process.kill().and_then(|()| process.wait());
    taken.and(gone.map(drop)).map_err(refused)?;
    Ok(version)
}

impl Group {
    /// One with these limits, if the system lets us have it.
    pub(super) fn create(limits: &Limits) -> Option<Self> {
        Self::make_first(limits).ok().map(|(_, group)| group)
    }

    /// The first that can be made, and the version; else what was in the way of the last.
    fn make_first(limits: &Limits) -> Result<(u8, Self), NoGroup> {
        let text = |path: &str| fs::read_to_string(path).unwrap_or_default();
        let mut made = Err(NoGroup::NotMounted);
        for Way { version, parts } in ways(&text("/proc/self/cgroup"), &text("/proc/self/mountinfo"), limits) {
            made = Self::make(&parts).map(|group| (version, group));
            if made.is_ok() {
                break;
            }
        }
        made
    }

    fn make(parts: &[Place]) -> Result<Self, NoGroup> {
        static COUNT: AtomicU64 = AtomicU64::new(0);
        let name = format!("{PREFIX}{}-{}", process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
        let mut group = Self { folders: Vec::new() };
        for (parent, settings) in parts {
            sweep(parent);
            let folder = parent.join(&name);
            fs::create_dir(&folder).map_err(|cause| NoGroup::NotOurs { path: parent.clone(), cause })?;
            group.folders.push(folder.clone());
            for (file, value, required) in settings {
                if let Err(cause) = fs::write(folder.join(file), value)
                    && *required
                {
                    return Err(NoGroup::NotOurs { path: parent.join(file), cause });
                }
            }
        }
        Ok(group)
    }

    /// Takes a process, and everything that it will start.
    pub(super) fn add(&self, pid: u32) -> io::Result<()> {
        self.folders.iter().try_for_each(|folder| fs::write(folder.join("cgroup.procs"), pid.to_string()))
    }

    /// Whether the kernel had to kill something of it for want of memory.
    pub(super) fn ran_out_of_memory(&self) -> bool {
        let files = self.folders.iter().flat_map(|f| ["memory.events", "memory.oom_control"].map(|name| f.join(name)));
        let counts = files.filter_map(|file| fs::read_to_string(file).ok());
        counts
            .into_iter()
            .any(|text| text.lines().filter_map(|line| line.strip_prefix("oom_kill ")).any(|count| count.trim() != "0"))
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        let left: Vec<PathBuf> = self.folders.drain(..).filter(|folder| fs::remove_dir(folder).is_err()).collect();
        if !left.is_empty() {
            let patience = std::thread::Builder::new().name("pyexec-group".into());
            let _ = patience.spawn(move || left.iter().for_each(|folder| remove(folder))); // else a later one sweeps it
        }
    }
}

fn remove(folder: &Path) {
    for _ in 0..RETRIES {
        match fs::remove_dir(folder) {
            Err(error) if error.raw_os_error() == Some(libc::EBUSY) => std::thread::sleep(PAUSE),
            _ => return,
        }
    }
}

/// Removes groups of hosts that are gone. Only an empty one can be removed at all.
fn sweep(parent: &Path) {
    for entry in fs::read_dir(parent).into_iter().flatten().flatten() {
        let name = entry.file_name();
        let owner = name.to_str().and_then(|name| name.strip_prefix(PREFIX)?.split_once('-')?.0.parse::<u32>().ok());
        if owner.is_some_and(|owner| !Path::new("/proc").join(owner.to_string()).exists()) {
            let _ = fs::remove_dir(entry.path()); // somebody else was faster
        }
    }
}

/// One of the ways to have a group: the folders that make it up, all of them.
struct Way {
    version: u8,
    parts: Vec<Place>,
}

/// The ways in which a group could be had, the best first: from `/proc/self/cgroup` and `/proc/self/mountinfo`.
fn ways(own: &str, mounts: &str, limits: &Limits) -> Vec<Way> {
    // What is in scratch is memory as well.
    let memory = (limits.memory_mb.saturating_add(limits.scratch_mb).saturating_mul(1 << 20)).to_string();
    let processes = limits.processes.saturating_add(OUR_PROCESSES).to_string();
    let mut ways = Vec::new();
    if let (Some(of_memory), Some(of_pids)) = (folder(own, mounts, Some("memory")), folder(own, mounts, Some("pids"))) {
        let bounds = vec![
            ("memory.limit_in_bytes", memory.clone(), true),
            // With swap together; absent where the kernel does not account for swap.
            ("memory.memsw.limit_in_bytes", memory.clone(), false),
        ];
        let parts = vec![(of_memory, bounds), (of_pids, vec![("pids.max", processes.clone(), true)])];
        ways.push(Way { version: 1, parts });
    }
    if let Some(unified) = folder(own, mounts, None) {
        let bounds = vec![
            ("memory.max", memory, true),
            ("pids.max", processes, true),
            ("memory.swap.max", "0".to_owned(), false),
        ];
        // A group with processes of its own hands on no controllers, so a delegated one keeps them in a group below
        // (systemd's `DelegateSubgroup`): then it is the parent that has room.
        let parents = [Some(unified.as_path()), unified.parent()].into_iter().flatten();
        ways.extend(parents.map(|parent| Way { version: 2, parts: vec![(parent.to_path_buf(), bounds.clone())] }));
    }
    ways
}

/// This process's folder of a controller; `None` means version 2.
fn folder(own: &str, mounts: &str, controller: Option<&str>) -> Option<PathBuf> {
    let path = own.lines().find_map(|line| {
        let mut fields = line.splitn(3, ':');
        let (_, controllers, path) = (fields.next()?, fields.next()?, fields.next()?);
        let is_it = controller.map_or(controllers.is_empty(), |wanted| controllers.split(',').any(|one| one == wanted));
        is_it.then_some(path)
    })?;
    mounts.lines().find_map(|line| {
        // proc_pid_mountinfo(5): …, root, mount point, options, optional fields, "-", type, source, super options
        let (before, after) = line.split_once(" - ")?;
        let mut before = before.split(' ').skip(3);
        let (root, point) = (before.next()?, before.next()?);
        let mut after = after.split(' ');
        let (kind, options) = (after.next()?, after.nth(1)?);
        let is_it = match controller {
            Some(wanted) => kind == "cgroup" && options.split(',').any(|one| one == wanted),
            None => kind == "cgroup2",
        };
        let below = Path::new(path).strip_prefix(root).ok().filter(|_| is_it)?;
        // Rebuilt from its parts: joined to nothing it would end in a slash.
        Some(Path::new(point).join(below).components().collect())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const OLD: &str = "8:pids:/\n4:cpu,memory:/service/one\n0::/\n";
    const OLD_MOUNTS: &str = "\
30 29 0:26 / /sys/fs/cgroup/memory rw,relatime shared:9 - cgroup cgroup rw,cpu,memory
31 29 0:27 / /sys/fs/cgroup/pids rw,relatime - cgroup cgroup rw,pids";
    const NEW_MOUNTS: &str = "35 24 0:30 / /sys/fs/cgroup rw,nosuid shared:4 - cgroup2 cgroup2 rw,nsdelegate";

    fn parents(own: &str, mounts: &str) -> Vec<Vec<String>> {
        let ways = ways(own, mounts, &Limits::default());
        ways.iter().map(|way| way.parts.iter().map(|(folder, _)| folder.display().to_string()).collect()).collect()
    }

    #[test]
    fn both_versions_are_found() {
        assert_eq!(parents(OLD, OLD_MOUNTS), [["/sys/fs/cgroup/memory/service/one", "/sys/fs/cgroup/pids"]]);
        let own = "0::/system.slice/pyexec.service/main";
        let delegated = "/sys/fs/cgroup/system.slice/pyexec.service";
        assert_eq!(parents(own, NEW_MOUNTS), [[format!("{delegated}/main")], [delegated.to_owned()]]);
        assert_eq!(parents("", ""), Vec::<Vec<String>>::new());
        // In a container the mount shows a part, which may not be ours.
        let part = "35 24 0:30 /docker/x /sys/fs/cgroup rw - cgroup2 cgroup2 rw";
        assert_eq!(parents("0::/docker/x/y", part)[0], ["/sys/fs/cgroup/y"]);
        assert_eq!(parents("0::/", part), Vec::<Vec<String>>::new());
    }

    #[test]
    fn scratch_counts_as_memory() {
        let limits = Limits { memory_mb: 100, scratch_mb: 28, processes: 4, ..Limits::default() };
        let Way { version, parts } = ways(OLD, OLD_MOUNTS, &limits).remove(0);
        assert_eq!(version, 1);
        assert_eq!(parts[0].1[0], ("memory.limit_in_bytes", (128 << 20).to_string(), true));
        assert_eq!(parts[1].1[0], ("pids.max", "6".to_owned(), true));
    }

    #[test]
    fn groups_of_the_dead_are_swept_away_and_others_left() {
        let parent = tempfile::tempdir().unwrap();
        let names = ["pyexec-4194305-0".to_owned(), format!("pyexec-{}-7", process::id()), "other".to_owned()];
        for name in &names {
            fs::create_dir(parent.path().join(name)).unwrap();
        }
        sweep(parent.path());
        let left = names.each_ref().map(|name| parent.path().join(name).exists());
        assert_eq!(left, [false, true, true], "no process has a number beyond 2^22");
    }

    #[test]
    fn a_group_that_cannot_be_made_leaves_nothing() {
        let parent = tempfile::tempdir().unwrap();
        let impossible = vec![("no/such/file", String::new(), true)];
        let error = Group::make(&[(parent.path().into(), impossible)]).unwrap_err();
        assert!(error.to_string().contains("no/such/file"), "{error}");
        assert_eq!(fs::read_dir(parent.path()).unwrap().count(), 0);
    }
}
