//! How a found file becomes one of the run folder: `figures/` or `artifacts/`, private, whole, hashed while it is copied.

use super::{CollectError, LeftOut, Reason, name, walk::Found};
use pyexec_core::{Digest, outcome::FileRecord};
use sha2::{Digest as _, Sha256};
use std::{
    collections::BTreeSet,
    fs::{self, DirBuilder, File, OpenOptions},
    io::{self, Read, Write},
    os::unix::fs::{DirBuilderExt, OpenOptionsExt},
    path::Path,
};

/// Takes files one by one.
pub(super) struct Take<'a> {
    folder: &'a Path,
    bytes_left: u64,
    taken: BTreeSet<String>,
}

impl<'a> Take<'a> {
    pub(super) fn new(folder: &'a Path, bytes: u64) -> Self {
        Self { folder, bytes_left: bytes, taken: BTreeSet::new() }
    }

    /// Copies `found`; says whether it is a figure. `None` if it was left out.
    pub(super) fn file(
        &mut self,
        found: &Found,
        left_out: &mut LeftOut,
    ) -> Result<Option<(FileRecord, bool)>, CollectError> {
        let Some((name, folders)) = found.components.split_last() else { return Ok(None) };
        let is_figure = name::is_image(name);
        let top = if is_figure { "figures" } else { "artifacts" };
        // what the script itself put into such a folder is not put into another one inside
        let folders = if folders.first().is_some_and(|first| first == top) { &folders[1..] } else { folders };
        let size = found.file.metadata().map_err(CollectError::Read)?.len();
        if size > self.bytes_left {
            left_out.add(Reason::TooMuch, &found.shown);
            return Ok(None);
        }
        let target = self.free_file(&self.free_folder(top, folders), name);
        let path = self.folder.join(&target);
        let (bytes, sha256) = match self.take(&found.file, &path, size) {
            Ok(done) => done,
            // names of 255 bytes in each other: fine where the code lived, too much below our folder
            Err(Failure::Write(cause)) if cause.raw_os_error() == Some(libc::ENAMETOOLONG) => {
                left_out.add(Reason::LongName, &found.shown);
                return Ok(None);
            }
            Err(Failure::Write(cause)) => return Err(CollectError::Write { path, cause }),
            Err(Failure::Read(cause)) => return Err(CollectError::Read(cause)),
        };
        self.bytes_left -= bytes;
        self.taken.insert(target.clone());
        Ok(Some((FileRecord { path: target, bytes, sha256 }, is_figure)))
    }

    /// The copy under another name first, so that no folder ever shows half a file; at the top, where the code names nothing.
    fn take(&self, source: &File, path: &Path, size: u64) -> Result<(u64, Digest), Failure> {
        let parent = path.parent().unwrap_or(self.folder);
        DirBuilder::new().recursive(true).mode(0o700).create(parent).map_err(Failure::Write)?;
        let partial = self.folder.join(".pyexec-partial");
        let done = copy(source, &partial, size)
            .and_then(|done| fs::rename(&partial, path).map(|()| done).map_err(Failure::Write));
        if done.is_err() {
            let _ = fs::remove_file(&partial); // the error at hand says more
        }
        done
    }

    /// A folder below the run folder for `folders` in `top`. Where a file has one of the names, of this run or of an earlier
    /// attempt, it gets a number.
    fn free_folder(&self, top: &str, folders: &[String]) -> String {
        folders.iter().fold(top.to_owned(), |parent, name| {
            let in_the_way = |path: &str| fs::symlink_metadata(self.folder.join(path)).is_ok_and(|m| !m.is_dir());
            first(&parent, name, |path| !in_the_way(path))
        })
    }

    /// A path in `parent` that nothing of this run has. A file that an earlier attempt left there is replaced.
    fn free_file(&self, parent: &str, name: &str) -> String {
        first(parent, name, |path| !self.taken.contains(path) && !self.folder.join(path).is_dir())
    }
}

/// `parent/name`, with the least number that is `free`.
fn first(parent: &str, name: &str, free: impl Fn(&str) -> bool) -> String {
    let plain = format!("{parent}/{name}");
    let numbered = (2_usize..).map(|number| format!("{parent}/{}", name::numbered(name, number)));
    std::iter::once(plain.clone()).chain(numbered).find(|path| free(path)).unwrap_or(plain)
}

enum Failure {
    Read(io::Error),
    Write(io::Error),
}

/// At most `size` bytes: the file cannot grow any more, but nothing rests on that.
fn copy(source: &File, target: &Path, size: u64) -> Result<(u64, Digest), Failure> {
    let opened = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(target);
    let mut target = opened.map_err(Failure::Write)?;
    let (mut hash, mut bytes) = (Sha256::new(), 0);
    let mut source = source.take(size);
    let mut buffer = vec![0; 128 << 10];
    loop {
        let read = match source.read(&mut buffer) {
            Ok(0) => return Ok((bytes, Digest::from_bytes(hash.finalize().into()))),
            Ok(read) => read,
            Err(cause) if cause.kind() == io::ErrorKind::Interrupted => continue,
            Err(cause) => return Err(Failure::Read(cause)),
        };
        hash.update(&buffer[..read]);
        target.write_all(&buffer[..read]).map_err(Failure::Write)?;
        bytes += read as u64;
    }
}
