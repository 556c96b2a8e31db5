//! The Python files that this library carries, laid out below the data folder by content: another build is another folder,
//! and what is there is compared before it is used.

use pyexec_core::Digest;
use sha2::{Digest as _, Sha256};
use std::{
    fs::{self, DirBuilder, OpenOptions},
    io::{self, Write},
    os::unix::fs::{DirBuilderExt, OpenOptionsExt},
    path::{Path, PathBuf},
    sync::{
        LazyLock,
        atomic::{AtomicU64, Ordering},
    },
};

/// File name and content, from `python/pyexec`.
pub(crate) const FILES: &[(&str, &[u8])] = include!(concat!(env!("OUT_DIR"), "/runtime_files.rs"));

/// Cannot be written.
#[derive(Debug, thiserror::Error)]
#[error("the runtime cannot be laid out in {}: {cause}", path.display())]
pub(crate) struct LayOutError {
    path: PathBuf,
    cause: io::Error,
}

/// Where the folder that holds `pyexec/` is, or will be.
pub(crate) fn folder(data_dir: &Path) -> PathBuf {
    static NAME: LazyLock<String> = LazyLock::new(|| digest().to_string()[..32].to_owned());
    data_dir.join("runtime").join(NAME.as_str())
}

/// The folder that holds `pyexec/`, made if it is not there or not what it should be.
pub(crate) fn lay_out(data_dir: &Path) -> Result<PathBuf, LayOutError> {
    let (root, folder) = (data_dir.join("runtime"), folder(data_dir));
    if is_whole(&folder) {
        return Ok(folder);
    }
    write(&root, &folder).map_err(|cause| LayOutError { path: folder.clone(), cause })?;
    Ok(folder)
}

fn digest() -> Digest {
    let mut hash = Sha256::new();
    for (name, content) in FILES {
        hash.update((name.len() as u64).to_be_bytes());
        hash.update(name);
        hash.update((content.len() as u64).to_be_bytes());
        hash.update(content);
    }
    Digest::from_bytes(hash.finalize().into())
}

/// Whether it holds exactly our files.
fn is_whole(folder: &Path) -> bool {
    let package = folder.join("pyexec");
    fs::read_dir(&package).is_ok_and(|entries| entries.count() == FILES.len())
        && FILES.iter().all(|(name, content)| fs::read(package.join(name)).is_ok_and(|found| found == *content))
}

/// The root is private; what is inside can be read by the sandbox's uid through its mount.
fn write(root: &Path, folder: &Path) -> io::Result<()> {
    static COUNT: AtomicU64 = AtomicU64::new(0);
    DirBuilder::new().recursive(true).mode(0o700).create(root)?;
    let number = COUNT.fetch_add(1, Ordering::Relaxed);
    let temporary = root.join(format!("new-{}-{number}", std::process::id()));
    if temporary.exists() {
        fs::remove_dir_all(&temporary)?; // of a dead process with our id
    }
    let package = temporary.join("pyexec");
    for path in [&temporary, &package] {
        fs::create_dir(path)?;
        readable(path, 0o755)?;
    }
    for (name, content) in FILES {
        let path = package.join(name);
        OpenOptions::new().write(true).create_new(true).mode(0o644).open(&path)?.write_all(content)?;
        readable(&path, 0o644)?;
    }
    loop {
        match fs::rename(&temporary, folder) {
            Ok(()) => return Ok(()),
            Err(_) if is_whole(folder) => return fs::remove_dir_all(&temporary), // another process was first
            Err(error) if error.kind() == io::ErrorKind::DirectoryNotEmpty => fs::remove_dir_all(folder)?,
            Err(error) => return Err(error),
        }
    }
}

/// Whatever the umask is.
fn readable(path: &Path, mode: u32) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(path, fs::Permissions::from_mode(mode))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    #[test]
    fn what_was_altered_is_laid_out_again() {
        let data = tempfile::tempdir().unwrap();
        let folder = lay_out(data.path()).unwrap();
        let runner = folder.join("pyexec/_runner.py");
        let wanted = fs::read(&runner).unwrap();
        assert_eq!(lay_out(data.path()).unwrap(), folder);
        fs::write(&runner, "import os").unwrap();
        assert_eq!(lay_out(data.path()).unwrap(), folder);
        assert_eq!(fs::read(&runner).unwrap(), wanted);
        fs::write(folder.join("pyexec/added.py"), "").unwrap();
        lay_out(data.path()).unwrap();
        assert!(!folder.join("pyexec/added.py").exists());
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!((mode(&data.path().join("runtime")), mode(&folder), mode(&runner)), (0o700, 0o755, 0o644));
        assert_eq!(fs::read_dir(data.path().join("runtime")).unwrap().count(), 1, "nothing temporary is left");
    }

    #[test]
    fn a_folder_that_cannot_be_written_is_named() {
        let data = tempfile::tempdir().unwrap();
        fs::write(data.path().join("runtime"), "in the way").unwrap();
        assert!(lay_out(data.path()).unwrap_err().to_string().contains("runtime"));
    }
}
