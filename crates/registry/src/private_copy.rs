//! A fresh private copy of the bytes that were checked, which is what the system's loader opens.

use crate::error::LoadProblem;
use rustix::process::geteuid;
use std::{
    fs::DirBuilder,
    io::{self, Write},
    os::unix::fs::{DirBuilderExt, MetadataExt},
    path::Path,
};
use tempfile::NamedTempFile;

/// Writes `bytes` to a new file in `folder`, which is created if it is missing and must be nobody else's. The file goes when
/// the value is dropped; a mapping of it stays.
pub(crate) fn write(folder: &Path, bytes: &[u8]) -> Result<NamedTempFile, LoadProblem> {
    let wrong = |why: String| LoadProblem::PrivateFolder { path: folder.into(), why, disk: false };
    let io = |e: io::Error| LoadProblem::PrivateFolder {
        path: folder.into(),
        why: format!("cannot be written to ({e})"),
        disk: is_of_disk(&e),
    };
    DirBuilder::new().recursive(true).mode(0o700).create(folder).map_err(io)?;
    let metadata = folder.symlink_metadata().map_err(io)?;
    if !metadata.is_dir() {
        return Err(wrong("is not a folder".into()));
    }
    if metadata.uid() != geteuid().as_raw() {
        return Err(wrong(format!("belongs to user {}", metadata.uid())));
    }
    if metadata.mode() & 0o077 != 0 {
        return Err(wrong(format!("is open to others (mode {:04o})", metadata.mode() & 0o7777)));
    }
    // A name that never comes again: the system's loader takes a known path for the library that it already has.
    let mut builder = tempfile::Builder::new();
    let mut copy = builder.prefix("plugin-").rand_bytes(24).suffix(".so").tempfile_in(folder).map_err(io)?;
    copy.write_all(bytes).and_then(|()| copy.flush()).map_err(io)?;
    Ok(copy)
}

/// Whether the disk is at fault, and not what somebody set up. A failing disk has no kind of its own.
fn is_of_disk(error: &io::Error) -> bool {
    use io::ErrorKind::{AlreadyExists, NotADirectory, NotFound, PermissionDenied, ReadOnlyFilesystem};
    !matches!(error.kind(), AlreadyExists | NotADirectory | NotFound | PermissionDenied | ReadOnlyFilesystem)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::{fs, os::unix::fs::PermissionsExt};

    #[test]
    fn a_copy_is_private_and_goes() {
        let parent = tempfile::tempdir().unwrap();
        let folder = parent.path().join("deep/private");
        let copy = write(&folder, b"bytes").unwrap();
        assert_eq!(fs::read(copy.path()).unwrap(), b"bytes");
        assert_eq!(folder.metadata().unwrap().mode() & 0o7777, 0o700);
        assert_eq!(copy.path().metadata().unwrap().mode() & 0o7777, 0o600);
        let path = copy.path().to_owned();
        drop(copy);
        assert!(!path.exists());
    }

    #[test]
    fn a_failing_disk_is_not_the_set_ups_fault() {
        for (code, of_disk) in [(5, true), (28, true), (13, false), (20, false), (30, false)] {
            assert_eq!(is_of_disk(&io::Error::from_raw_os_error(code)), of_disk, "{code}");
        }
    }

    #[test]
    fn folders_that_are_not_private() {
        let parent = tempfile::tempdir().unwrap();
        let why = |folder: &Path| write(folder, b"bytes").unwrap_err().to_string();

        let open = parent.path().join("open");
        fs::create_dir(&open).unwrap();
        fs::set_permissions(&open, fs::Permissions::from_mode(0o750)).unwrap();
        assert!(why(&open).ends_with("is open to others (mode 0750)"), "{}", why(&open));

        let file = parent.path().join("file");
        fs::write(&file, "").unwrap();
        assert!(why(&file).contains("cannot be written to"), "{}", why(&file));

        let link = parent.path().join("link");
        let target = parent.path().join("target");
        DirBuilder::new().mode(0o700).create(&target).unwrap();
        std::os::unix::fs::symlink(&target, &link).unwrap();
        assert!(why(&link).ends_with("is not a folder"), "{}", why(&link));
    }
}
