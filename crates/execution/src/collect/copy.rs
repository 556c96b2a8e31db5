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
        let target = self.free_name(top, folders, name);
        let path = self.folder.join(&target);
        let failed = |cause| CollectError::Write { path: path.clone(), cause };
        let parent = path.parent().unwrap_or(self.folder);
        DirBuilder::new().recursive(true).mode(0o700).create(parent).map_err(failed)?;
        // under another name first: a folder never shows half a file
        let partial = parent.join(".pyexec-partial");
        let copied = copy(&found.file, &partial, size).map_err(|cause| match cause {
            Failure::Read(cause) => CollectError::Read(cause),
            Failure::Write(cause) => failed(cause),
        });
        let (bytes, sha256) = match copied.and_then(|done| fs::rename(&partial, &path).map(|()| done).map_err(failed)) {
            Ok(done) => done,
            Err(error) => {
                let _ = fs::remove_file(&partial); // the error at hand says more
                return Err(error);
            }
        };
        self.bytes_left -= bytes;
        Ok(Some((FileRecord { path: target, bytes, sha256 }, is_figure)))
    }

    /// A path below the run folder that nothing of this run has. A file that an earlier attempt left there is replaced.
    fn free_name(&mut self, top: &str, folders: &[String], name: &str) -> String {
        let join = |name: &str| {
            let parts = std::iter::once(top).chain(folders.iter().map(String::as_str)).chain([name]);
            parts.collect::<Vec<_>>().join("/")
        };
        let numbered = (2_usize..).map(|number| join(&name::numbered(name, number)));
        let free = |path: &String| !self.taken.contains(path) && !self.folder.join(path).is_dir();
        let path = std::iter::once(join(name)).chain(numbered).find(free).unwrap_or_else(|| join(name));
        self.taken.insert(path.clone());
        path
    }
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
