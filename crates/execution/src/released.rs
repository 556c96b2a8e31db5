//! Files that cross as path and digest: the released code, the context. Read once, and the bytes that were hashed are the
//! bytes that are used.

use crate::{
    error::{ExecuteError, PrepareError},
    protocol::frame::MAX_HOST_BODY,
};
use pyexec_core::{Code, CodeHash, Digest, order::FileRef};
use rustix::fs::{Mode, OFlags, open};
use std::{fs::File, io::Read, path::Path};

/// The code that `release` names; `wanted` is what was approved.
pub(crate) fn code(file: &FileRef, wanted: CodeHash) -> Result<Vec<u8>, ExecuteError> {
    let altered = |why: String| ExecuteError::Altered { path: file.path.clone(), wanted, why };
    if CodeHash(file.sha256) != wanted {
        return Err(altered(format!("it was announced as {}", file.sha256)));
    }
    let bytes = read(&file.path, Code::MAX_BYTES).map_err(altered)?;
    let found = Digest::of(&bytes);
    if found == wanted.0 { Ok(bytes) } else { Err(altered(format!("it hashes to {found}"))) }
}

/// The context; empty if there is none.
pub(crate) fn context(file: Option<&FileRef>) -> Result<Vec<u8>, PrepareError> {
    let Some(file) = file else { return Ok(Vec::new()) };
    let wrong = |why: String| PrepareError::Context { path: file.path.clone(), why };
    let bytes = read(&file.path, MAX_HOST_BODY).map_err(wrong)?;
    if Digest::of(&bytes) == file.sha256 { Ok(bytes) } else { Err(wrong("it is not what was recorded".into())) }
}

fn read(path: &Path, limit: usize) -> Result<Vec<u8>, String> {
    let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
    let file = File::from(open(path, flags, Mode::empty()).map_err(|e| e.to_string())?);
    if !file.metadata().map_err(|e| e.to_string())?.is_file() {
        return Err("it is not a regular file".into());
    }
    let mut bytes = Vec::new();
    file.take(limit as u64 + 1).read_to_end(&mut bytes).map_err(|e| e.to_string())?;
    if bytes.len() > limit { Err(format!("it is longer than {limit} bytes")) } else { Ok(bytes) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    #[test]
    fn only_the_approved_bytes() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("code.py");
        fs::write(&path, "x = 1").unwrap();
        let wanted = Code::from("x = 1").hash();
        let file = FileRef { path: path.clone(), sha256: wanted.0 };
        assert_eq!(code(&file, wanted).unwrap(), b"x = 1");
        let other = FileRef { sha256: Digest::of(b"y"), ..file.clone() };
        assert!(matches!(code(&other, wanted), Err(ExecuteError::Altered { .. })));
        fs::write(&path, "x = 2").unwrap();
        assert!(matches!(code(&file, wanted), Err(ExecuteError::Altered { .. })));
        fs::write(&path, vec![b'#'; Code::MAX_BYTES + 1]).unwrap();
        assert!(code(&file, wanted).unwrap_err().to_string().contains("longer"));
        fs::remove_file(&path).unwrap();
        std::os::unix::fs::symlink("/etc/passwd", &path).unwrap();
        assert!(code(&file, wanted).is_err(), "a link is not followed");
    }

    #[test]
    fn a_context_is_what_was_recorded() {
        assert_eq!(context(None).unwrap(), b"");
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("context.json");
        fs::write(&path, "{}").unwrap();
        assert_eq!(context(Some(&FileRef { path: path.clone(), sha256: Digest::of(b"{}") })).unwrap(), b"{}");
        assert!(context(Some(&FileRef { path, sha256: Digest::of(b"[]") })).is_err());
    }
}
