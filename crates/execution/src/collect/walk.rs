//! What is in the working folder: a walk by descriptors, so that no name is ever resolved twice.

use super::{Bounds, CollectError, LeftOut, Reason, name};
use rustix::{
    fd::OwnedFd,
    fs::{AtFlags, Dir, FileType, Mode, OFlags, fchmod, fstat, openat, statat},
    io::Errno,
};
use std::{
    collections::BTreeSet,
    ffi::{OsStr, OsString},
    fs::File,
    os::unix::ffi::OsStrExt,
    path::{Path, PathBuf},
};

/// `O_NONBLOCK`: opening a fifo that took a file's place must not wait. `O_NOFOLLOW`: nor lead elsewhere.
const READ: OFlags = OFlags::RDONLY.union(OFlags::NOFOLLOW).union(OFlags::NONBLOCK).union(OFlags::CLOEXEC);

/// A regular file, open.
#[derive(Debug)]
pub(super) struct Found {
    /// To read it.
    pub(super) file: File,
    /// Its path below the working folder, as text.
    pub(super) shown: String,
    /// The same path with every component fit for our folders.
    pub(super) components: Vec<String>,
}

/// Is handed every file, and what was left out so far.
pub(super) trait Visit {
    /// One file; an error ends the walk.
    fn file(&mut self, found: Found, left_out: &mut LeftOut) -> Result<(), CollectError>;
}

struct Walk<'a, V> {
    skip: &'a BTreeSet<PathBuf>,
    bounds: Bounds,
    device: u64,
    left_out: &'a mut LeftOut,
    entries: usize,
    files: usize,
    visit: &'a mut V,
}

/// Every regular file below `scratch` but `skip`, by name.
pub(super) fn walk(
    scratch: &OwnedFd,
    skip: &BTreeSet<PathBuf>,
    bounds: Bounds,
    left_out: &mut LeftOut,
    visit: &mut impl Visit,
) -> Result<(), CollectError> {
    let unreadable = |errno: Errno| CollectError::Read(errno.into());
    // the code may have closed it to itself, and so to a host of the same user
    fchmod(scratch, Mode::RWXU).map_err(unreadable)?;
    let root = openat(scratch, ".", READ | OFlags::DIRECTORY, Mode::empty()).map_err(unreadable)?;
    let device = fstat(&root).map_err(unreadable)?.st_dev;
    let names = names(&root, bounds.entries).map_err(unreadable)?;
    Walk { skip, bounds, device, left_out, entries: 0, files: 0, visit }.folder(&root, names, Path::new(""), &[])
}

impl<V: Visit> Walk<'_, V> {
    fn folder(
        &mut self,
        folder: &OwnedFd,
        names: Vec<OsString>,
        path: &Path,
        components: &[String],
    ) -> Result<(), CollectError> {
        for name in names {
            let path = path.join(&name);
            if self.skip.contains(&path) {
                continue;
            }
            self.entries += 1;
            if self.entries > self.bounds.entries {
                self.left_out.add(Reason::TooMany, &shown(&path));
                return Ok(());
            }
            let mut components = components.to_vec();
            components.push(name::sanitised(&name));
            self.entry(folder, &name, &path, components)?;
        }
        Ok(())
    }

    fn entry(
        &mut self,
        folder: &OwnedFd,
        name: &OsStr,
        path: &Path,
        components: Vec<String>,
    ) -> Result<(), CollectError> {
        match self.open(folder, name, components.len()) {
            Ok(Opened::File(file)) if self.files < self.bounds.files => {
                self.files += 1;
                self.visit.file(Found { file, shown: shown(path), components }, self.left_out)?;
            }
            Ok(Opened::File(_)) => self.left_out.add(Reason::TooMany, &shown(path)),
            Ok(Opened::Folder(inner, names)) => self.folder(&inner, names, path, &components)?,
            Ok(Opened::Foreign) => {}
            Err(reason) => self.left_out.add(reason, &shown(path)),
        }
        Ok(())
    }

    fn open(&self, folder: &OwnedFd, name: &OsStr, depth: usize) -> Result<Opened, Reason> {
        let why = |errno| if errno == Errno::LOOP { Reason::Link } else { Reason::Unreadable };
        // asked before it is opened: opening a device has effects
        let stat = statat(folder, name, AtFlags::SYMLINK_NOFOLLOW).map_err(why)?;
        match FileType::from_raw_mode(stat.st_mode) {
            FileType::Symlink => Err(Reason::Link),
            FileType::Directory if depth > self.bounds.depth => Err(Reason::TooDeep),
            FileType::Directory => {
                let inner = openat(folder, name, READ | OFlags::DIRECTORY, Mode::empty()).map_err(why)?;
                if fstat(&inner).map_err(why)?.st_dev != self.device {
                    return Ok(Opened::Foreign);
                }
                let names = names(&inner, self.bounds.entries).map_err(why)?;
                Ok(Opened::Folder(inner, names))
            }
            FileType::RegularFile => {
                let file = openat(folder, name, READ, Mode::empty()).map_err(why)?;
                let stat = fstat(&file).map_err(why)?;
                if FileType::from_raw_mode(stat.st_mode) != FileType::RegularFile {
                    return Err(Reason::Special);
                }
                Ok(if stat.st_dev == self.device { Opened::File(file.into()) } else { Opened::Foreign })
            }
            _ => Err(Reason::Special),
        }
    }
}

enum Opened {
    File(File),
    Folder(OwnedFd, Vec<OsString>),
    /// An input or a granted folder, mounted there: not the code's work.
    Foreign,
}

/// The names in a folder, sorted; one more than `most` at most, so that the walk notices.
fn names(folder: &OwnedFd, most: usize) -> Result<Vec<OsString>, Errno> {
    let mut names = Vec::new();
    for entry in Dir::read_from(folder)? {
        let entry = entry?;
        let name = entry.file_name().to_bytes();
        if !matches!(name, b"." | b"..") {
            names.push(OsStr::from_bytes(name).to_owned());
        }
        if names.len() > most {
            break;
        }
    }
    names.sort();
    Ok(names)
}

fn shown(path: &Path) -> String {
    path.iter().map(name::sanitised).collect::<Vec<_>>().join("/")
}
