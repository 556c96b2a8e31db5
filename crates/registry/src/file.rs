//! A plugin's file, read once: everything after this works on these bytes, so that nobody can exchange them in between.

use crate::error::LoadProblem;
use std::{
    fs::{File, FileType, Metadata, OpenOptions},
    io::{self, Read},
    os::unix::fs::{FileTypeExt, MetadataExt, OpenOptionsExt},
    path::{Path, PathBuf},
};

/// The most that is read, in bytes. A large plugin with debug information has tens of MiB.
const LIMIT: u64 = 512 << 20;

/// The bytes of a library and what is known about where they came from.
pub(crate) struct PluginFile {
    pub(crate) bytes: Vec<u8>,
    /// The file or its folder, when every user may write there.
    pub(crate) writable_by_all: Option<PathBuf>,
}

impl PluginFile {
    pub(crate) fn read(path: &Path) -> Result<Self, LoadProblem> {
        // Opening a pipe would wait for its writer: without NONBLOCK a wrong path could hang the host.
        let flags = rustix::fs::OFlags::NONBLOCK | rustix::fs::OFlags::NOCTTY;
        let open = OpenOptions::new().read(true).custom_flags(flags.bits().cast_signed()).open(path);
        let file = open.map_err(|e| unreadable(&e))?;
        let metadata = file.metadata().map_err(|e| unreadable(&e))?;
        if let Some(what) = not_a_file(metadata.file_type()) {
            return Err(LoadProblem::NotAFile(what));
        }
        let bytes = read_at_most(file, LIMIT)?;
        Ok(Self { writable_by_all: writable_by_all(path, &metadata), bytes })
    }

    /// What to call the plugin before its manifest is known: `libx.so` is `x`.
    pub(crate) fn name_of(path: &Path) -> String {
        let stem = path.file_stem().unwrap_or(path.as_os_str()).to_string_lossy();
        stem.strip_prefix("lib").filter(|name| !name.is_empty()).unwrap_or(&stem).into()
    }
}

fn read_at_most(file: File, limit: u64) -> Result<Vec<u8>, LoadProblem> {
    let mut bytes = Vec::new();
    file.take(limit + 1).read_to_end(&mut bytes).map_err(|e| unreadable(&e))?;
    if bytes.len() as u64 > limit {
        return Err(LoadProblem::TooLarge { limit });
    }
    Ok(bytes)
}

fn unreadable(error: &io::Error) -> LoadProblem {
    match error.kind() {
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => LoadProblem::Missing,
        _ => LoadProblem::Unreadable(error.to_string()),
    }
}

fn not_a_file(kind: FileType) -> Option<&'static str> {
    match kind {
        _ if kind.is_file() => None,
        _ if kind.is_dir() => Some("a directory"),
        _ if kind.is_fifo() => Some("a pipe"),
        _ => Some("a device"),
    }
}

/// Whoever may write to the file, or put another one in its place, decides what is loaded.
fn writable_by_all(path: &Path, file: &Metadata) -> Option<PathBuf> {
    const OTHERS_WRITE: u32 = 0o002;
    const STICKY: u32 = 0o1000;
    if file.mode() & OTHERS_WRITE != 0 {
        return Some(path.into());
    }
    // Where the name is, and where the file is that a link leads to.
    let places = [std::path::absolute(path), path.canonicalize()];
    let mut folders = places.into_iter().filter_map(|place| Some(place.ok()?.parent()?.to_owned()));
    let open = |folder: &PathBuf| {
        let mode = folder.metadata().map_or(OTHERS_WRITE, |metadata| metadata.mode());
        mode & OTHERS_WRITE != 0 && mode & STICKY == 0
    };
    folders.find(open)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::{fs, os::unix::fs::PermissionsExt};

    #[test]
    fn what_is_too_large_is_not_read_to_its_end() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("large.so");
        fs::write(&path, [0; 9]).unwrap();
        let read = |limit| read_at_most(File::open(&path).unwrap(), limit);
        assert_eq!(read(9).unwrap().len(), 9);
        assert!(matches!(read(8), Err(LoadProblem::TooLarge { limit: 8 })));
    }

    #[test]
    fn who_may_write() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("libx.so");
        fs::write(&path, "x").unwrap();
        let judge = |folder_mode, file_mode| {
            fs::set_permissions(folder.path(), fs::Permissions::from_mode(folder_mode)).unwrap();
            fs::set_permissions(&path, fs::Permissions::from_mode(file_mode)).unwrap();
            PluginFile::read(&path).unwrap().writable_by_all
        };
        assert_eq!(judge(0o755, 0o644), None);
        assert_eq!(judge(0o775, 0o664), None);
        assert_eq!(judge(0o755, 0o646), Some(path.clone()));
        assert_eq!(judge(0o777, 0o644), Some(folder.path().into()));
        assert_eq!(judge(0o1777, 0o644), None);

        judge(0o777, 0o644);
        let elsewhere = tempfile::tempdir().unwrap();
        let link = elsewhere.path().join("liblink.so");
        std::os::unix::fs::symlink(&path, &link).unwrap();
        assert_eq!(PluginFile::read(&link).unwrap().writable_by_all, Some(folder.path().canonicalize().unwrap()));
    }

    #[test]
    fn names_of_files() {
        for (path, name) in
            [("/a/libshell_guard.so", "shell_guard"), ("plain.so", "plain"), ("lib", "lib"), ("..", "..")]
        {
            assert_eq!(PluginFile::name_of(Path::new(path)), name);
        }
    }
}
