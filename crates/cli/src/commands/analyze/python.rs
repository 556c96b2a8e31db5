//! Which version of Python code is held to, found without starting or installing anything: what an environment's
//! `pyvenv.cfg` says, else what the interpreter's file is called. An executor would know for certain, but asking it can set a
//! whole environment up.

use pyexec_registry::config::{Config, Interpreter};
use std::{
    fs,
    path::{Path, PathBuf},
};

/// The version where nothing can be told: the oldest that runs code.
const OLDEST: (u8, u8) = (3, 11);

/// The version, and a note for stderr where it is a guess.
pub(super) fn version(config: &Config) -> ((u8, u8), Option<String>) {
    let (found, what) = match &config.python.interpreter {
        Interpreter::Managed => (managed(&config.data_dir), "the managed Python, which is not set up yet".to_owned()),
        Interpreter::Path(path) => (configured(path), format!("`{}`", path.display())),
    };
    let note = || format!("the version of {what} is not known; code is held to {}.{}", OLDEST.0, OLDEST.1);
    (found.unwrap_or(OLDEST), found.is_none().then(note))
}

/// The environment that was set up last.
fn managed(data_dir: &Path) -> Option<(u8, u8)> {
    let environments = fs::read_dir(data_dir.join("python")).ok()?;
    let set_up = |path: PathBuf| Some((fs::metadata(path.join("pyvenv.cfg")).ok()?.modified().ok()?, path));
    let (_, latest) = environments.filter_map(|entry| set_up(entry.ok()?.path())).max()?;
    from_environment(&latest)
}

fn configured(path: &Path) -> Option<(u8, u8)> {
    if path.is_dir() {
        return from_environment(path);
    }
    let beside = path.parent().and_then(Path::parent).and_then(from_environment);
    beside.or_else(|| from_name(fs::canonicalize(path).ok()?.file_name()?.to_str()?))
}

/// `version = 3.11.7` of `venv`, `version_info = 3.11.7.final.0` of `virtualenv`.
fn from_environment(folder: &Path) -> Option<(u8, u8)> {
    let text = fs::read_to_string(folder.join("pyvenv.cfg")).ok()?;
    text.lines().find_map(|line| {
        let (key, value) = line.split_once('=')?;
        ["version", "version_info"].contains(&key.trim()).then(|| parse(value.trim()))?
    })
}

/// `python3.12`, `python3.13t`.
fn from_name(name: &str) -> Option<(u8, u8)> {
    parse(name.strip_prefix("python")?)
}

fn parse(text: &str) -> Option<(u8, u8)> {
    let mut parts = text.split('.');
    let major = parts.next()?.parse().ok()?;
    let minor = parts.next()?.trim_end_matches(|c: char| !c.is_ascii_digit()).parse().ok()?;
    (major == 3).then_some((major, minor))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_names_say() {
        assert_eq!(from_name("python3.12"), Some((3, 12)));
        assert_eq!(from_name("python3.13t"), Some((3, 13)));
        assert_eq!(from_name("python3"), None);
        assert_eq!(from_name("pypy3.10"), None);
        assert_eq!(parse("3.11.7.final.0"), Some((3, 11)));
    }
}
