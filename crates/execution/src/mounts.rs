//! What of the host is visible inside, and under which name: the interpreter, the runtime, inputs, grants. Every path of a
//! request is checked here once more, whatever the service has checked before.

use crate::{error::PrepareError, python::Interpreter};
use pyexec_core::{
    Digest, ExecutionMode, Grant,
    order::{PrepareOrder, StagedInput},
};
use rustix::fs::{Mode, OFlags, open};
use serde::Serialize;
use std::{
    collections::BTreeSet,
    fs::File,
    io::Read,
    os::unix::fs::MetadataExt,
    path::{Component, Path, PathBuf},
    sync::{Mutex, PoisonError},
};

/// The working folder inside.
pub(crate) const SCRATCH: &str = "/work";
/// Always there inside: the library's business.
const SYSTEM: [&str; 4] = ["/usr", "/lib", "/lib64", "/bin"];
/// What no mount may cover or replace.
pub(crate) const RESERVED: [&str; 12] =
    ["/bin", "/dev", "/etc", "/lib", "/lib64", "/proc", "/sbin", "/script", "/sys", "/tmp", "/usr", SCRATCH];
/// Where no mount may be.
const CLOSED: [&str; 5] = ["/dev", "/etc", "/proc", "/script", "/sys"];
/// Above this size an input is taken by its size alone: reading it twice costs more than it tells, the folder is private.
const DIGEST_LIMIT: u64 = 64 << 20;

/// Something of the host that is visible inside.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Mount {
    pub(crate) source: PathBuf,
    pub(crate) target: PathBuf,
    pub(crate) writable: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) dev: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) inode: Option<u64>,
}

impl Mount {
    /// Read-only, at its own place, whoever it is.
    pub(crate) fn read_only(path: impl Into<PathBuf>) -> Self {
        let path = path.into();
        Self { source: path.clone(), target: path, writable: false, dev: None, inode: None }
    }

    pub(crate) fn at(mut self, target: impl AsRef<Path>) -> Self {
        target.as_ref().clone_into(&mut self.target);
        self
    }

    pub(crate) fn only(mut self, dev: u64, inode: u64) -> Self {
        (self.dev, self.inode) = (Some(dev), Some(inode));
        self
    }
}

/// What the mode and the grants open.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Opened {
    pub(crate) mounts: Vec<Mount>,
    pub(crate) net: bool,
    pub(crate) process: bool,
}

/// The mounts of one interpreter, found once for as long as it is the same: its links are followed at some 200 places.
#[derive(Debug, Default)]
pub(crate) struct Found(Mutex<Option<(Interpreter, Vec<Mount>)>>);

impl Found {
    /// As [`of_interpreter`].
    pub(crate) fn of_interpreter(&self, interpreter: &Interpreter) -> Vec<Mount> {
        let mut found = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((known, mounts)) = &*found
            && known == interpreter
        {
            return mounts.clone();
        }
        let mounts = of_interpreter(interpreter);
        *found = Some((interpreter.clone(), mounts.clone()));
        mounts
    }
}

/// Everything, in the order in which it is mounted: what is writable comes last and so on top. `mounts` are those of every run.
pub(crate) fn all(order: &PrepareOrder, mut mounts: Vec<Mount>, data_dir: &Path) -> Result<Opened, PrepareError> {
    let granted = of_order(order, data_dir)?;
    mounts.extend(of_inputs(&order.inputs)?);
    mounts.extend(granted.mounts);
    Ok(Opened { mounts, ..granted })
}

/// What the grants of an order open, and nothing of the interpreter's or of its inputs.
pub(crate) fn of_order(order: &PrepareOrder, data_dir: &Path) -> Result<Opened, PrepareError> {
    let folder = run_folder(&order.folder)?;
    // grants are without symbolic links, so what they are compared with must be too
    let data_dir = data_dir.canonicalize().unwrap_or_else(|_| data_dir.to_path_buf());
    of_grants(&order.grants, order.mode, &[&data_dir, &folder])
}

/// Whether the inputs are what was staged, under names and at places where they can be shown.
pub(crate) fn check_inputs(inputs: &[StagedInput]) -> Result<(), PrepareError> {
    of_inputs(inputs).map(drop)
}

/// The run folder as it is, without symbolic links.
fn run_folder(path: &Path) -> Result<PathBuf, PrepareError> {
    let wrong = |why: String| PrepareError::Folder { path: path.into(), why };
    let folder = path.canonicalize().map_err(|e| wrong(e.to_string()))?;
    if path.is_absolute() && folder.is_dir() {
        Ok(folder)
    } else {
        Err(wrong("it is not an absolute path of a folder".into()))
    }
}

/// Every folder that the interpreter needs and that is not part of the system, under each name that it has.
pub(crate) fn of_interpreter(interpreter: &Interpreter) -> Vec<Mount> {
    let facts = &interpreter.facts;
    let program = facts.executable.canonicalize().ok();
    let folders: BTreeSet<&Path> = [&facts.prefixes, &facts.library, &facts.site]
        .into_iter()
        .flatten()
        .map(PathBuf::as_path)
        .filter(|path| path.parent().is_some())
        .collect();
    let mut mounts: Vec<Mount> = Vec::new();
    for path in folders.into_iter().chain(program.as_deref()) {
        let Ok(source) = path.canonicalize() else { continue };
        for target in [source.as_path(), path] {
            // Also by a link inside of it (`lib64`), through which nothing could be mounted.
            let there = |mount: &Mount| {
                let inside = target.strip_prefix(&mount.target).map(|rest| mount.source.join(rest));
                inside.is_ok_and(|path| path == source || path.canonicalize().is_ok_and(|path| path == source))
            };
            if !SYSTEM.iter().any(|folder| target.starts_with(folder)) && !mounts.iter().any(there) {
                mounts.push(Mount::read_only(source.as_path()).at(target));
            }
        }
    }
    mounts
}

/// Every input, open, for who has to send its content elsewhere.
pub(crate) fn open_inputs(inputs: &[StagedInput]) -> Result<Vec<File>, PrepareError> {
    let mut names = BTreeSet::new();
    let mut files = Vec::new();
    for input in inputs {
        let wrong = |why: String| PrepareError::Input { name: input.name.clone(), why };
        check_name(input, &mut names).map_err(&wrong)?;
        let (file, _) = verified(input).map_err(wrong)?;
        files.push(file);
    }
    Ok(files)
}

/// It is one plain name, and the only one.
fn check_name<'a>(input: &'a StagedInput, names: &mut BTreeSet<&'a str>) -> Result<(), String> {
    let mut components = Path::new(&input.name).components();
    if !matches!((components.next(), components.next()), (Some(Component::Normal(_)), None)) {
        return Err("its name is not a plain file name".into());
    }
    if names.insert(&input.name) { Ok(()) } else { Err("another input has the same name".into()) }
}

fn of_inputs(inputs: &[StagedInput]) -> Result<Vec<Mount>, PrepareError> {
    let mut names = BTreeSet::new();
    let mut mounts = Vec::new();
    for input in inputs {
        let wrong = |why: String| PrepareError::Input { name: input.name.clone(), why };
        check_name(input, &mut names).map_err(&wrong)?;
        check_target(&input.original).map_err(&wrong)?;
        let (_, file) = verified(input).map_err(wrong)?;
        let inside = Path::new(SCRATCH).join(&input.name);
        let mount = Mount::read_only(&input.staged).only(file.dev, file.inode);
        if inside != input.original {
            mounts.push(mount.clone().at(&input.original));
        }
        mounts.push(mount.at(inside));
    }
    Ok(mounts)
}

struct Identity {
    dev: u64,
    inode: u64,
}

/// The staged file is what was staged.
fn verified(input: &StagedInput) -> Result<(File, Identity), String> {
    let at = |cause: &dyn std::fmt::Display| format!("{}: {cause}", input.staged.display());
    let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
    let mut file = File::from(open(&input.staged, flags, Mode::empty()).map_err(|e| at(&e))?);
    let metadata = file.metadata().map_err(|e| at(&e))?;
    if !metadata.is_file() {
        return Err(at(&"not a regular file"));
    }
    if metadata.len() != input.bytes {
        return Err(at(&format!("{} bytes where {} were staged", metadata.len(), input.bytes)));
    }
    if input.bytes < DIGEST_LIMIT {
        let mut bytes = Vec::new();
        file.by_ref().take(DIGEST_LIMIT).read_to_end(&mut bytes).map_err(|e| at(&e))?;
        if Digest::of(&bytes) != input.sha256 {
            return Err(at(&"its content is not what was staged"));
        }
    }
    Ok((file, Identity { dev: metadata.dev(), inode: metadata.ino() }))
}

fn of_grants(grants: &[Grant], mode: ExecutionMode, ours: &[&Path]) -> Result<Opened, PrepareError> {
    let mut opened = Opened::default();
    for grant in grants {
        let least = match grant {
            Grant::Read { .. } => ExecutionMode::ReadOnly,
            Grant::Output { .. } | Grant::Net | Grant::Process => ExecutionMode::WriteEnabled,
            Grant::ChannelWrite(_) => ExecutionMode::EpicsControl,
        };
        let wrong = |why: String| PrepareError::Grant { grant: shown(grant), why };
        if mode < least {
            return Err(wrong(format!("mode {mode} does not allow it, {least} does")));
        }
        match grant {
            Grant::Net => opened.net = true,
            Grant::Process => opened.process = true,
            Grant::ChannelWrite(_) => {} // the broker's business
            Grant::Read { path } => {
                check_target(path).and_then(|()| check_not_ours(path, ours)).map_err(&wrong)?;
                let Identity { dev, inode } = unlinked(path).map_err(wrong)?;
                opened.mounts.push(Mount::read_only(path).only(dev, inode));
            }
            Grant::Output { path, dev, inode } => {
                let check = check_target(path).and_then(|()| check_not_ours(path, ours));
                check.and_then(|()| check_folder(path, *dev, *inode)).map_err(wrong)?;
                opened.mounts.push(Mount { writable: true, ..Mount::read_only(path).only(*dev, *inode) });
            }
        }
    }
    opened.mounts.sort_by_key(|mount| mount.writable);
    Ok(opened)
}

/// What code may see of the data and run folders it gets as inputs.
fn check_not_ours(path: &Path, ours: &[&Path]) -> Result<(), String> {
    match ours.iter().find(|own| path.starts_with(own) || own.starts_with(path)) {
        Some(own) => Err(format!("it would open {}, which is never opened", own.display())),
        None => Ok(()),
    }
}

/// What stands at a path that was approved as one without symbolic links: with one, everything above was asked of another
/// path. The child looks once more at what it has opened.
fn unlinked(path: &Path) -> Result<Identity, String> {
    let real = path.canonicalize().map_err(|e| e.to_string())?;
    if real != path {
        return Err(format!("a symbolic link leads from it to {}", real.display()));
    }
    let flags = OFlags::PATH | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    let file = File::from(open(path, flags, Mode::empty()).map_err(|e| e.to_string())?);
    let metadata = file.metadata().map_err(|e| e.to_string())?;
    Ok(Identity { dev: metadata.dev(), inode: metadata.ino() })
}

/// It is still the folder that was approved. The child looks once more at what it has opened.
fn check_folder(path: &Path, dev: u64, inode: u64) -> Result<(), String> {
    let flags = OFlags::PATH | OFlags::NOFOLLOW | OFlags::DIRECTORY | OFlags::CLOEXEC;
    let folder = File::from(open(path, flags, Mode::empty()).map_err(|e| e.to_string())?);
    let metadata = folder.metadata().map_err(|e| e.to_string())?;
    if (metadata.dev(), metadata.ino()) == (dev, inode) {
        Ok(())
    } else {
        Err("another folder stands there than the one that was approved".into())
    }
}

/// Whether something of the host may be visible under this path inside.
fn check_target(path: &Path) -> Result<(), String> {
    let plain = path.components().all(|part| matches!(part, Component::RootDir | Component::Normal(_)));
    if !path.is_absolute() || !plain {
        return Err(format!("{} is not an absolute path without `..`", path.display()));
    }
    if let Some(folder) = RESERVED.iter().find(|folder| Path::new(folder).starts_with(path)) {
        return Err(format!("{} would cover {folder} in the sandbox", path.display()));
    }
    if let Some(folder) = CLOSED.iter().find(|folder| path.starts_with(folder)) {
        return Err(format!("nothing below {folder} can be opened"));
    }
    Ok(())
}

fn shown(grant: &Grant) -> String {
    match grant {
        Grant::Output { path, .. } => format!("output {}", path.display()),
        Grant::Read { path } => format!("read {}", path.display()),
        Grant::Net => "net".into(),
        Grant::Process => "process".into(),
        Grant::ChannelWrite(channels) => format!("channel_write {}", channels.names.join(", ")),
    }
}

/// Paths below the working folder that are not the code's own work.
pub(crate) fn not_artifacts(mounts: &[Mount]) -> BTreeSet<PathBuf> {
    mounts.iter().filter_map(|mount| Some(mount.target.strip_prefix(SCRATCH).ok()?.to_path_buf())).collect()
}

#[cfg(test)]
mod tests;
