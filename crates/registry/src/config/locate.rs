//! Which file, and its text. The current folder is never looked at: whoever can write there would decide what is allowed.

use super::error::Problem;
use std::{
    fs::{self, File},
    io::{self, Read as _},
    os::unix::fs::{FileTypeExt as _, MetadataExt as _},
    path::{Path, PathBuf},
};

const MAX_BYTES: u64 = 1 << 20;

/// What is looked at to find the configuration.
#[derive(Debug, Clone, Default)]
pub struct Sources {
    /// `--config FILE`; relative to the current folder.
    pub explicit: Option<PathBuf>,
    /// The environment: `PYEXEC_CONFIG`, `PYEXEC__…`, `HOME`, `XDG_CONFIG_HOME`, `XDG_DATA_HOME`; others are ignored.
    pub env: Vec<(String, String)>,
}

impl Sources {
    /// From this process's environment. A variable of ours that is not UTF-8 is an error.
    pub fn from_process(explicit: Option<PathBuf>) -> Result<Self, super::ConfigError> {
        let mut env = Vec::new();
        for (name, value) in std::env::vars_os() {
            let name = name.to_string_lossy().into_owned();
            let ours = ["HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "PYEXEC_CONFIG"].contains(&name.as_str());
            if ours || name.starts_with("PYEXEC__") {
                let Ok(value) = value.into_string() else {
                    let (why, help) = ("is not UTF-8", "unset it, or set it to text in UTF-8");
                    return Err(Problem::BadVariable { name, why, help }.into());
                };
                env.push((name, value));
            }
        }
        Ok(Self { explicit, env })
    }

    fn var(&self, name: &str) -> Option<&str> {
        self.env.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// The file, and whether somebody named it (then it must exist).
    pub(super) fn file(&self, warnings: &mut Vec<String>) -> Result<(PathBuf, bool), Problem> {
        if let Some(path) = &self.explicit {
            return Ok((absolute(path)?, true));
        }
        match self.var("PYEXEC_CONFIG") {
            Some("") => Err(Problem::BadVariable {
                name: "PYEXEC_CONFIG".into(),
                why: "is empty",
                help: "unset it, or set it to the path of a configuration file",
            }),
            Some(path) => Ok((absolute(Path::new(path))?, true)),
            None => {
                let instead = "name a file with --config or PYEXEC_CONFIG";
                let folder = self.xdg("XDG_CONFIG_HOME", ".config", "configuration", instead, warnings)?;
                Ok((folder.join("pyexec.toml"), false))
            }
        }
    }

    /// The default of `data_dir`.
    pub(super) fn data_dir(&self, warnings: &mut Vec<String>) -> Result<PathBuf, Problem> {
        self.xdg("XDG_DATA_HOME", ".local/share", "data", "set `data_dir` in the configuration", warnings)
    }

    /// The XDG Base Directory Specification: an empty variable is an unset one, a relative path is to be ignored.
    fn xdg(
        &self,
        variable: &'static str,
        below_home: &str,
        what: &'static str,
        instead: &'static str,
        warnings: &mut Vec<String>,
    ) -> Result<PathBuf, Problem> {
        match self.var(variable) {
            Some(path) if path.starts_with('/') => return Ok(Path::new(path).join("pyexec")),
            None | Some("") => {}
            Some(_) => warnings.push(format!("{variable} is ignored, because it is not an absolute path")),
        }
        match self.var("HOME") {
            Some(home) if home.starts_with('/') => Ok(Path::new(home).join(below_home).join("pyexec")),
            None | Some("") => Err(Problem::NoHome { what, variable, instead }),
            Some(_) => Err(Problem::BadVariable {
                name: "HOME".into(),
                why: "is not an absolute path",
                help: "set it to your home folder",
            }),
        }
    }
}

fn absolute(path: &Path) -> Result<PathBuf, Problem> {
    std::path::absolute(path).map_err(|error| Problem::Unreadable { path: path.into(), error })
}

/// The text, or `None` when there is no such file. Warns when others may write it.
pub(super) fn read(path: &Path, warnings: &mut Vec<String>) -> Result<Option<String>, Problem> {
    let unreadable = |error| Problem::Unreadable { path: path.into(), error };
    // Looked at before it is opened: opening a pipe waits for its other end.
    let kind = match fs::metadata(path) {
        Ok(metadata) => metadata.file_type(),
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(unreadable(error)),
    };
    if !kind.is_file() {
        let what = match () {
            () if kind.is_dir() => "a folder",
            () if kind.is_fifo() => "a pipe",
            () if kind.is_socket() => "a socket",
            () => "a device",
        };
        return Err(Problem::NotAFile { path: path.into(), what });
    }
    let file = File::open(path).map_err(unreadable)?;
    if file.metadata().map_err(unreadable)?.mode() & 0o002 != 0 {
        warnings.push(format!(
            "{} may be written by every user of this machine, who can so decide what is allowed; `chmod o-w` it",
            super::error::shown(&path.to_string_lossy())
        ));
    }
    let mut bytes = Vec::new();
    file.take(MAX_BYTES + 1).read_to_end(&mut bytes).map_err(unreadable)?;
    if bytes.len() as u64 > MAX_BYTES {
        return Err(Problem::FileTooLarge { path: path.into(), most: MAX_BYTES });
    }
    String::from_utf8(bytes)
        .map(Some)
        .map_err(|error| Problem::NotUtf8 { path: path.into(), offset: error.utf8_error().valid_up_to() })
}
