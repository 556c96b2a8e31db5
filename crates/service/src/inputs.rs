//! Inputs: looked at, hashed and copied into the run folder when a run is made, verified when it runs.

use pyexec_core::{
    ErrorKind, RunError,
    code::Digest,
    finding::InputInfo,
    order::StagedInput,
};
use sha2::{Digest as _, Sha256};
use std::{
    fs::{self, File, OpenOptions},
    io::{self, Read, Write},
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
};

/// Stages `inputs` in `folder/inputs`: copies up to `copy_limit` bytes each, beyond that digest and path alone.
pub(crate) fn stage(inputs: &[PathBuf], folder: &Path, copy_limit: u64) -> Result<Vec<StagedInput>, RunError> {
    let mut staged: Vec<StagedInput> = Vec::with_capacity(inputs.len());
    for path in inputs {
        let input = stage_one(path, folder, copy_limit)?;
        if let Some(other) = staged.iter().find(|other| other.name == input.name) {
            return Err(bad(format!(
                "two inputs are called `{}`: `{}` and `{}`",
                input.name,
                other.original.display(),
                path.display()
            ))
            .with_help("inputs appear in the working folder by their last name; rename one"));
        }
        staged.push(input);
    }
    Ok(staged)
}

fn stage_one(path: &Path, folder: &Path, copy_limit: u64) -> Result<StagedInput, RunError> {
    let shown = path.display();
    let unreadable = |e: io::Error| {
        RunError::new(ErrorKind::BadFile, format!("the input `{shown}` cannot be read: {e}"))
            .with_help("check the path; an input is a file that you can read")
    };
    let original = fs::canonicalize(path).map_err(unreadable)?;
    let meta = fs::metadata(&original).map_err(unreadable)?;
    if !meta.is_file() {
        let what = if meta.is_dir() { "a folder" } else { "not a regular file" };
        return Err(RunError::new(ErrorKind::BadFile, format!("the input `{shown}` is {what}"))
            .with_help("name the files in it, each with its own `--input`"));
    }
    // The caller's own last name, also where it is a link: that is what the code will look for.
    let name = path.file_name().and_then(|name| name.to_str());
    let name = name.ok_or_else(|| bad(format!("the input `{shown}` has no name that is UTF-8 text")))?;
    if original.to_str().is_none() {
        return Err(bad(format!("the path of the input `{shown}` is not UTF-8 text")));
    }
    let mut source = File::open(&original).map_err(unreadable)?;
    let copy = meta.len() <= copy_limit;
    let target = folder.join("inputs").join(name);
    let mut sink: Box<dyn Write> = if copy {
        let full = |e: io::Error| {
            RunError::new(ErrorKind::Store, format!("the input `{shown}` cannot be copied to the run folder: {e}"))
        };
        // 0444 below a 0700 folder: the sandbox's user must be able to read it, nobody else gets there.
        Box::new(OpenOptions::new().write(true).create_new(true).mode(0o444).open(&target).map_err(full)?)
    } else {
        Box::new(io::sink())
    };
    let (sha256, bytes) = copy_hashed(&mut source, &mut sink).map_err(|e| {
        RunError::new(ErrorKind::Store, format!("the input `{shown}` cannot be copied to the run folder: {e}"))
            .with_help("free some space in the data folder, or set `data_dir` to another disk")
    })?;
    let staged = if copy { target } else { original.clone() };
    Ok(StagedInput { name: name.into(), original, staged, sha256, bytes })
}

fn copy_hashed(source: &mut impl Read, sink: &mut impl Write) -> io::Result<(Digest, u64)> {
    let (mut hash, mut total, mut buffer) = (Sha256::new(), 0, vec![0; 128 * 1024]);
    loop {
        let n = source.read(&mut buffer)?;
        if n == 0 {
            sink.flush()?;
            return Ok((Digest::from_bytes(hash.finalize().into()), total));
        }
        hash.update(&buffer[..n]);
        sink.write_all(&buffer[..n])?;
        total += n as u64;
    }
}

/// That every input is still what it was when the run was analysed and approved.
pub(crate) fn verify(inputs: &[StagedInput]) -> Result<(), RunError> {
    for input in inputs {
        let same = File::open(&input.staged).and_then(|mut file| copy_hashed(&mut file, &mut io::sink()));
        if same.as_ref().ok() != Some(&(input.sha256, input.bytes)) {
            return Err(RunError::new(ErrorKind::CodeAltered, format!("the input `{}` is not what it was", input.name))
                .with_help("nothing ran; submit the run again with the input as it is now"));
        }
    }
    Ok(())
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
