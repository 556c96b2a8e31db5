//! Inputs: looked at, hashed and copied into the run folder when a run is made, verified when it runs.

use pyexec_core::{ErrorKind, RunError, code::Digest, finding::InputInfo, order::StagedInput};
use rustix::fs::OFlags;
use sha2::{Digest as _, Sha256};
use std::{
    fs::{self, File, OpenOptions, Permissions},
    io::{self, Read, Write},
    os::unix::fs::{OpenOptionsExt, PermissionsExt},
    path::{Component, Path, PathBuf},
};

/// Where the kernel shows itself as files.
const SYSTEM: [&str; 3] = ["/proc", "/sys", "/dev"];

/// Stages `inputs` in `folder/inputs`: copies up to `copy_limit` bytes each, beyond that digest and path alone. Blocks: it
/// reads all of them.
pub(crate) fn stage(inputs: &[PathBuf], folder: &Path, copy_limit: u64) -> Result<Vec<StagedInput>, RunError> {
    for (at, path) in inputs.iter().enumerate() {
        if let Some(other) = inputs[..at].iter().find(|other| other.file_name() == path.file_name()) {
            let (name, other) = (path.file_name().unwrap_or_default().display(), other.display());
            return Err(bad(format!("two inputs are called `{name}`: `{other}` and `{}`", path.display()))
                .with_help("inputs appear in the working folder by their last name; rename one"));
        }
    }
    inputs.iter().map(|path| stage_one(path, folder, copy_limit)).collect()
}

fn stage_one(path: &Path, folder: &Path, copy_limit: u64) -> Result<StagedInput, RunError> {
    let shown = path.display();
    let unreadable = |e: io::Error| Failed::Reading(e).told(path);
    let real = fs::canonicalize(path).map_err(unreadable)?;
    if let Some(system) = SYSTEM.iter().find(|system| real.starts_with(system)) {
        return Err(bad(format!("the input `{shown}` belongs to `{system}`, where no data is")));
    }
    // The caller's own last name, also where it is a link: that is what the code will look for.
    let name = path.file_name().and_then(|name| name.to_str());
    let name = name.ok_or_else(|| bad(format!("the input `{shown}` has no name that is UTF-8 text")))?;
    // Where the code will look for it: as the caller wrote it, links and all, unless that cannot be made in a sandbox.
    let given = std::path::absolute(path).map_err(unreadable)?;
    let original = if given.components().any(|part| part == Component::ParentDir) { real.clone() } else { given };
    if original.to_str().is_none() || real.to_str().is_none() {
        return Err(bad(format!("the path of the input `{shown}` is not UTF-8 text")));
    }
    let source = open(&real).map_err(unreadable)?;
    let meta = source.metadata().map_err(unreadable)?;
    if !meta.is_file() {
        let what = if meta.is_dir() { "a folder" } else { "not a regular file" };
        return Err(RunError::new(ErrorKind::BadFile, format!("the input `{shown}` is {what}"))
            .with_help("name the files in it, each with its own `--input`"));
    }
    let kept = keep(source, meta.len(), &real, &folder.join("inputs").join(name), copy_limit);
    let (staged, sha256, bytes) = kept.map_err(|failed| failed.told(path))?;
    Ok(StagedInput { name: name.into(), original, staged, sha256, bytes })
}

/// Stages the inputs of an earlier run again, from where they were kept. Blocks: it reads all of them.
pub(crate) fn restage(
    inputs: &[StagedInput],
    folder: &Path,
    data_dir: &Path,
    copy_limit: u64,
) -> Result<Vec<StagedInput>, RunError> {
    inputs.iter().map(|input| restage_one(input, folder, data_dir, copy_limit)).collect()
}

fn restage_one(input: &StagedInput, folder: &Path, data_dir: &Path, copy_limit: u64) -> Result<StagedInput, RunError> {
    let (name, path) = (&input.name, &input.staged);
    let was_copied = path.starts_with(data_dir);
    let changed = |why: &str| {
        if was_copied {
            let message = format!("the copy of the input `{name}` that was kept, `{}`, {why}", path.display());
            return RunError::new(ErrorKind::CodeAltered, message)
                .with_help("nothing ran; restore it from a backup of the data folder");
        }
        let message = format!("the input `{name}` was too large to be copied, and `{}` {why}", path.display());
        RunError::new(ErrorKind::BadFile, message).with_help(format!(
            "nothing ran; put the file back as it was (sha256 {}), or run the code on it as it is with `pyexec run`",
            input.sha256
        ))
    };
    let plain = fs::symlink_metadata(path).is_ok_and(|found| found.is_file());
    let source = open(path).map_err(|_| changed("cannot be read"))?;
    let meta = source.metadata().map_err(|_| changed("cannot be read"))?;
    if !plain || !meta.is_file() || meta.len() != input.bytes {
        return Err(changed("is not what it was"));
    }
    let kept = keep(source, meta.len(), path, &folder.join("inputs").join(name), copy_limit);
    let (staged, sha256, bytes) = kept.map_err(|failed| failed.told(path))?;
    if sha256 != input.sha256 {
        return Err(changed("is not what it was"));
    }
    Ok(StagedInput { staged, bytes, ..input.clone() })
}

/// Copies a file of `size` to `target`, or leaves it where it `is` when that is more than the limit; says where it is then.
fn keep(source: File, size: u64, is: &Path, target: &Path, copy_limit: u64) -> Result<(PathBuf, Digest, u64), Failed> {
    let (staged, copy) = if size <= copy_limit {
        let file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(target).map_err(Failed::Writing)?;
        // Below a 0700 folder, where nobody else gets: the sandbox's user must be able to read it, whatever the umask.
        file.set_permissions(Permissions::from_mode(0o444)).map_err(Failed::Writing)?;
        (target.to_owned(), Some(file))
    } else {
        (is.to_owned(), None)
    };
    // What a file that is being written to holds now, not whatever it becomes while it is read.
    let (sha256, bytes) = hashed(&mut source.take(size), copy)?;
    Ok((staged, sha256, bytes))
}

/// Never waits: at a FIFO's other end there may be nobody.
fn open(path: &Path) -> io::Result<File> {
    OpenOptions::new().read(true).custom_flags(OFlags::NONBLOCK.bits().cast_signed()).open(path)
}

enum Failed {
    Reading(io::Error),
    Writing(io::Error),
}

impl Failed {
    fn told(self, input: &Path) -> RunError {
        let shown = input.display();
        match self {
            Self::Reading(e) => RunError::new(ErrorKind::BadFile, format!("the input `{shown}` cannot be read: {e}"))
                .with_help("check the path; an input is a file that you can read"),
            Self::Writing(e) => {
                RunError::new(ErrorKind::Store, format!("the input `{shown}` cannot be copied to the run folder: {e}"))
                    .with_help("free some space in the data folder, or set `data_dir` to another disk")
            }
        }
    }
}

fn hashed(source: &mut impl Read, mut copy: Option<File>) -> Result<(Digest, u64), Failed> {
    let (mut hash, mut total, mut buffer) = (Sha256::new(), 0, vec![0; 128 * 1024]);
    loop {
        let n = match source.read(&mut buffer) {
            Ok(0) => return Ok((Digest::from_bytes(hash.finalize().into()), total)),
            Ok(n) => n,
            Err(e) if e.kind() == io::ErrorKind::Interrupted => continue,
            Err(e) => return Err(Failed::Reading(e)),
        };
        hash.update(&buffer[..n]);
        if let Some(copy) = &mut copy {
            copy.write_all(&buffer[..n]).map_err(Failed::Writing)?;
        }
        total += n as u64;
    }
}

/// That every input is still what it was when the run was analysed and approved. Blocks: it reads all of them.
pub(crate) fn verify(inputs: &[StagedInput]) -> Result<(), RunError> {
    for input in inputs {
        if now(&input.staged) != Some((input.sha256, input.bytes)) {
            return Err(RunError::new(
                ErrorKind::CodeAltered,
                format!("the input `{}` is not what it was", input.name),
            )
            .with_help("nothing ran; submit the run again with the input as it is now"));
        }
    }
    Ok(())
}

/// What a staged file holds; nothing where it is not the plain file that was put there.
fn now(staged: &Path) -> Option<(Digest, u64)> {
    let mut file = open(staged).ok()?;
    let plain = fs::symlink_metadata(staged).ok()?.is_file() && file.metadata().ok()?.is_file();
    hashed(&mut file, None).ok().filter(|_| plain)
}

/// Inputs as analyzers and generators see them.
pub(crate) fn infos(inputs: &[StagedInput]) -> Vec<InputInfo> {
    let info = |input: &StagedInput| InputInfo {
        name: input.name.clone(),
        path: input.original.to_string_lossy().into_owned(),
        sha256: input.sha256,
        bytes: input.bytes,
    };
    inputs.iter().map(info).collect()
}

fn bad(message: String) -> RunError {
    RunError::new(ErrorKind::BadRequest, message)
}
