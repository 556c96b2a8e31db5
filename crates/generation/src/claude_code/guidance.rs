//! Folders of a site's own scripts and notes, copied to where the agent reads them.
//!
//! A copy, so that the agent works on nothing of anybody's, and a bounded one. What begins with a dot stays out (settings,
//! histories, keys), and so does whatever is no regular file: a link could lead anywhere.

use pyexec_core::{ErrorKind, PluginError, Result};
use serde::Deserialize;
use std::{
    fs, io,
    path::{Path, PathBuf},
};

/// The folder in the agent's own that holds them.
pub(super) const FOLDER: &str = "guidance";

const MOST_FILES: usize = 2000;
const MOST_BYTES: u64 = 64 << 20;
const DEEPEST: usize = 16;

/// `[codebase_guidance.NAME]`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Guidance {
    /// Absolute once the file is read.
    pub(super) folders: Vec<PathBuf>,
    /// What they show, for the agent.
    #[serde(default)]
    pub(super) description: String,
}

/// Whether each folder is there.
pub(super) fn check(name: &str, guidance: &Guidance) -> Result<()> {
    if guidance.folders.is_empty() {
        return Err(unusable(name, "it has no `folders`"));
    }
    for folder in &guidance.folders {
        match fs::metadata(folder) {
            Ok(meta) if meta.is_dir() => {}
            Ok(_) => return Err(unusable(name, &format!("`{}` is no folder", folder.display()))),
            Err(error) => return Err(unusable(name, &format!("`{}`: {error}", folder.display()))),
        }
    }
    Ok(())
}

/// Copies the folders of `name` below `work`, and says how many files that were.
pub(super) fn copy(name: &str, guidance: &Guidance, work: &Path) -> Result<usize> {
    let mut copier = Copier { files: 0, bytes: 0 };
    let several = guidance.folders.len() > 1;
    for (at, folder) in guidance.folders.iter().enumerate() {
        let mut target = work.join(FOLDER).join(name);
        if several {
            target.push((at + 1).to_string());
        }
        copier.folder(folder, &target, DEEPEST).map_err(|why| unusable(name, &why))?;
    }
    Ok(copier.files)
}

struct Copier {
    files: usize,
    bytes: u64,
}

impl Copier {
    fn folder(&mut self, from: &Path, to: &Path, deeper: usize) -> std::result::Result<(), String> {
        let at = |path: &Path, error: io::Error| format!("`{}`: {error}", path.display());
        if deeper == 0 {
            return Err(format!("`{}` lies deeper than {DEEPEST} folders", from.display()));
        }
        fs::create_dir_all(to).map_err(|error| at(to, error))?;
        let entries = fs::read_dir(from).and_then(Iterator::collect::<io::Result<Vec<_>>>);
        for entry in entries.map_err(|error| at(from, error))? {
            let (path, name) = (entry.path(), entry.file_name());
            let kind = entry.file_type().map_err(|error| at(&path, error))?;
            if name.as_encoded_bytes().starts_with(b".") {
                continue;
            }
            if kind.is_dir() {
                self.folder(&path, &to.join(&name), deeper - 1)?;
            } else if kind.is_file() {
                self.file(&path, &to.join(&name))?;
            }
        }
        Ok(())
    }

    fn file(&mut self, from: &Path, to: &Path) -> std::result::Result<(), String> {
        let too_much =
            || format!("it holds more than {MOST_FILES} files or {} MiB; name smaller folders", MOST_BYTES >> 20);
        let at = |error: io::Error| format!("`{}`: {error}", from.display());
        self.files += 1;
        let left = MOST_BYTES - self.bytes;
        if self.files > MOST_FILES || fs::symlink_metadata(from).map_err(at)?.len() > left {
            return Err(too_much());
        }
        self.bytes += fs::copy(from, to).map_err(at)?;
        if self.bytes > MOST_BYTES {
            return Err(too_much());
        }
        let mut rights = fs::metadata(to).map_err(at)?.permissions();
        std::os::unix::fs::PermissionsExt::set_mode(&mut rights, 0o400);
        fs::set_permissions(to, rights).map_err(at)
    }
}

fn unusable(name: &str, why: &str) -> PluginError {
    PluginError::new(ErrorKind::BadFile.name(), format!("the codebase guidance `{name}` cannot be used: {why}"))
        .with_help("correct [codebase_guidance] in the file that `claude_config_path` names")
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::{PermissionsExt, symlink};

    #[test]
    fn only_plain_visible_files_are_copied() {
        let (from, work) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        fs::create_dir_all(from.path().join("deep/.git")).unwrap();
        for (file, text) in [("fit.py", "fit"), ("deep/plot.py", "plot"), ("deep/.git/config", "x"), (".env", "KEY")] {
            fs::write(from.path().join(file), text).unwrap();
        }
        symlink("/etc/hostname", from.path().join("link")).unwrap();
        symlink("/etc", from.path().join("linked")).unwrap();
        let guidance = Guidance { folders: vec![from.path().into()], description: String::new() };
        check("own", &guidance).unwrap();
        assert_eq!(copy("own", &guidance, work.path()).unwrap(), 2);
        let copied = work.path().join("guidance/own");
        assert_eq!(fs::read_to_string(copied.join("deep/plot.py")).unwrap(), "plot");
        assert_eq!(fs::metadata(copied.join("fit.py")).unwrap().permissions().mode() & 0o777, 0o400);
        for absent in [".env", "link", "linked", "deep/.git"] {
            assert!(!copied.join(absent).exists(), "{absent}");
        }
    }

    #[test]
    fn several_folders_do_not_mix_and_too_many_files_are_refused() {
        let (one, two, work) =
            (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        fs::write(one.path().join("a.py"), "1").unwrap();
        fs::write(two.path().join("a.py"), "2").unwrap();
        let mut guidance = Guidance { folders: vec![one.path().into(), two.path().into()], description: String::new() };
        assert_eq!(copy("own", &guidance, work.path()).unwrap(), 2);
        assert_eq!(fs::read_to_string(work.path().join("guidance/own/2/a.py")).unwrap(), "2");
        for at in 0..MOST_FILES {
            fs::write(one.path().join(format!("{at}.txt")), "").unwrap();
        }
        let error = copy("more", &guidance, work.path()).unwrap_err();
        assert!(error.message.contains("more than 2000 files"), "{error}");
        guidance.folders = vec![one.path().join("a.py")];
        assert!(check("own", &guidance).unwrap_err().message.contains("is no folder"));
        guidance.folders = vec!["/nowhere".into()];
        assert!(check("own", &guidance).is_err());
    }
}
