//! From what analysis proposes to what the kernel can open: paths looked at, and the ones that are never opened kept shut.

use pyexec_core::{ErrorKind, Grant, ProposedGrant, RunError};
use std::{
    fs,
    os::unix::fs::MetadataExt,
    path::{Path, PathBuf},
    sync::Arc,
};

/// Folders that are never granted, without symbolic links, as paths are compared that have none either.
pub(crate) fn protect(folders: impl IntoIterator<Item = PathBuf>) -> Arc<[PathBuf]> {
    let real = |folder: PathBuf| fs::canonicalize(&folder).or_else(|_| std::path::absolute(&folder)).unwrap_or(folder);
    folders.into_iter().map(real).collect()
}

/// The grants that this host can make real, and a sentence for each that it can not.
pub(crate) fn resolve(
    proposed: &[ProposedGrant],
    outputs: &[PathBuf],
    protected: &[PathBuf],
) -> (Vec<Grant>, Vec<String>) {
    let (mut grants, mut notes) = (Vec::new(), Vec::new());
    let declared = outputs.iter().map(|path| ProposedGrant::Output { path: path.clone() });
    let writes = proposed.iter().any(|grant| matches!(grant, ProposedGrant::Output { .. }));
    // A declared output is opened only for code that writes outside its folder at all.
    let wanted: Vec<_> = proposed.iter().cloned().chain(declared.filter(|_| writes)).collect();
    for grant in wanted {
        let resolved = match grant {
            ProposedGrant::Output { path } => output(&path, protected),
            ProposedGrant::Read { path } => readable(&path, protected).map(|path| Grant::Read { path }),
            ProposedGrant::Net => Ok(Grant::Net),
            ProposedGrant::Process => Ok(Grant::Process),
            ProposedGrant::ChannelWrite(grant) => Ok(Grant::ChannelWrite(grant)),
        };
        match resolved {
            Ok(grant) if grants.contains(&grant) => {}
            Ok(grant) => grants.push(grant),
            Err(note) => notes.push(note),
        }
    }
    (grants, notes)
}

/// An output folder as a grant, or why it can not be one.
pub(crate) fn output(path: &Path, protected: &[PathBuf]) -> Result<Grant, String> {
    let meta = checked(path, protected)?;
    if !meta.is_dir() {
        return Err(format!("`{}` is not a folder", path.display()));
    }
    Ok(Grant::Output { path: path.into(), dev: meta.dev(), inode: meta.ino() })
}

fn readable(path: &Path, protected: &[PathBuf]) -> Result<PathBuf, String> {
    checked(path, protected).map(|_| path.into())
}

fn checked(path: &Path, protected: &[PathBuf]) -> Result<fs::Metadata, String> {
    let shown = path.display();
    if path.to_str().is_none() {
        return Err(format!("the path `{shown}` is not UTF-8 text, so no log could name it"));
    }
    let real = fs::canonicalize(path).map_err(|e| format!("`{shown}` cannot be opened: {e}"))?;
    if real != path {
        return Err(format!("`{shown}` leads over a symbolic link to `{}`: name that instead", real.display()));
    }
    if let Some(why) = forbidden(path, protected) {
        return Err(format!("`{shown}` can never be opened: {why}"));
    }
    fs::metadata(path).map_err(|e| format!("`{shown}` cannot be opened: {e}"))
}

fn forbidden(path: &Path, protected: &[PathBuf]) -> Option<String> {
    for system in ["/proc", "/sys", "/dev"] {
        if path.starts_with(system) {
            return Some(format!("it belongs to `{system}`"));
        }
    }
    // Code has its own there, private and gone at the end (`PROTOCOL.md`); the executor would refuse to cover it.
    let own = ["/etc", "/script"].into_iter().find(|own| path.starts_with(own));
    if let Some(own) = own.or(["/tmp", "/work"].into_iter().find(|own| path == Path::new(own))) {
        return Some(format!("code has a `{own}` of its own, which is gone when the run ends"));
    }
    if let Some(inside) = protected.iter().find(|p| path.starts_with(p)) {
        return Some(format!(
            "it belongs to `{}`, which holds data, configuration or plugins of pyexec",
            inside.display()
        ));
    }
    let home = std::env::home_dir().map(|home| fs::canonicalize(&home).unwrap_or(home)).into_iter();
    let around = ["/proc", "/sys", "/dev"].iter().map(PathBuf::from).chain(home).chain(protected.iter().cloned());
    around.into_iter().find(|p| p.starts_with(path)).map(|p| format!("it would open `{}`", p.display()))
}

/// That every grant is still what was approved.
pub(crate) fn verify(grants: &[Grant], protected: &[PathBuf]) -> Result<(), RunError> {
    for grant in grants {
        let now = match grant {
            Grant::Output { path, .. } => output(path, protected),
            Grant::Read { path } => readable(path, protected).map(|path| Grant::Read { path }),
            other => Ok(other.clone()),
        };
        if now.as_ref() != Ok(grant) {
            let why = now.err().unwrap_or_else(|| "another folder stands at its path now".into());
            return Err(RunError::new(
                ErrorKind::PolicyDeny,
                format!("an approved grant is no longer what it was: {why}"),
            )
            .with_help("submit the run again, so that what is there now can be approved"));
        }
    }
    Ok(())
}
