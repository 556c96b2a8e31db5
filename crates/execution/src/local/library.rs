//! Where the sandbox library is. Nothing is ever re-executed for it: an embedding application's program is not ours.

use std::{
    env,
    ffi::{CStr, OsStr},
    mem::MaybeUninit,
    os::unix::ffi::OsStrExt,
    path::{Path, PathBuf},
};

const FILE_NAME: &str = "libpyexec_sandbox.so";

/// It is nowhere.
#[derive(Debug, thiserror::Error)]
#[error("the sandbox library {FILE_NAME} is not there; looked for {}", .0.iter().map(|p| p.display().to_string()).collect::<Vec<_>>().join(", "))]
pub(crate) struct NoLibrary(Vec<PathBuf>);

/// The configured one, or else the first beside the library that this code lives in, or beside the program.
pub(super) fn find(configured: Option<&Path>) -> Result<PathBuf, NoLibrary> {
    let candidates = match configured {
        Some(path) => vec![path.to_path_buf()],
        None => [own_file(), env::current_exe().ok()]
            .into_iter()
            .flatten()
            .filter_map(|file| Some(file.canonicalize().ok()?.parent()?.join(FILE_NAME)))
            .collect(),
    };
    match candidates.iter().find(|path| path.is_file()) {
        Some(path) => Ok(path.clone()),
        None => Err(NoLibrary(candidates)),
    }
}

/// The file that this function was loaded from.
#[expect(unsafe_code, reason = "dladdr(3) has no safe binding")]
fn own_file() -> Option<PathBuf> {
    let mut info = MaybeUninit::<libc::Dl_info>::zeroed();
    let own = own_file as *const libc::c_void;
    // SAFETY: `own` is an address in a loaded object, and `info` is large enough for the answer.
    if unsafe { libc::dladdr(own, info.as_mut_ptr()) } == 0 {
        return None;
    }
    // SAFETY: dladdr succeeded, and all-zero was valid before.
    let name = unsafe { info.assume_init() }.dli_fname;
    if name.is_null() {
        return None;
    }
    // SAFETY: a C string that lives as long as the object stays loaded, which is this very code.
    let name = unsafe { CStr::from_ptr(name) };
    Some(Path::new(OsStr::from_bytes(name.to_bytes())).to_path_buf())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_code_lives_in_the_test_program() {
        let own = own_file().and_then(|path| path.canonicalize().ok());
        assert_eq!(own, env::current_exe().and_then(|path| path.canonicalize()).ok());
    }

    #[test]
    fn a_missing_one_is_named() {
        let error = find(Some(Path::new("/no/such.so"))).unwrap_err().to_string();
        assert!(error.contains("/no/such.so"), "{error}");
    }
}
