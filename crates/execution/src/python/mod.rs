//! Which Python runs the code: the one of the configuration, or one that this crate sets up once. Knows nothing of
//! sandboxes; what it hands out is where things are. Open `managed.rs` for the set-up, `ask.rs` for what is asked.

mod ask;
mod find;
mod lock;
pub mod managed;
pub mod survey;

pub(crate) use ask::QUESTION;
pub use ask::{AskError, Facts};
use pyexec_core::outcome::PythonEnvironment;
use std::{
    collections::HashMap,
    fs, io,
    path::{Path, PathBuf},
    sync::Mutex,
    time::SystemTime,
};

/// The oldest version that is supported.
pub const OLDEST: (u32, u32) = (3, 11);

/// An interpreter that code can run on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Interpreter {
    /// What it told about itself.
    pub facts: Facts,
    /// A folder of prepared caches for matplotlib, if there is one.
    pub font_cache: Option<PathBuf>,
    /// Why this one, for people.
    pub origin: String,
}

impl Interpreter {
    /// What the record says of it.
    pub(crate) fn environment(&self) -> PythonEnvironment {
        PythonEnvironment {
            interpreter: self.facts.executable.display().to_string(),
            origin: self.origin.clone(),
            packages: self.facts.packages.clone(),
            packages_sha256: None,
        }
    }
}

/// Why there is no interpreter.
#[derive(Debug, thiserror::Error)]
pub enum FindPythonError {
    /// A configured path is wrong.
    #[error("the configured interpreter `{}` cannot be used: {why}", path.display())]
    Configured {
        /// As configured.
        path: PathBuf,
        /// Why.
        why: String,
    },
    /// The managed one could not be set up.
    #[error(transparent)]
    Managed(#[from] managed::SetUpError),
}

impl FindPythonError {
    /// The way out.
    pub fn help(&self) -> String {
        match self {
            Self::Configured { .. } => {
                "set `[python] interpreter` to \"managed\", to a python of version 3.11 or later, or to the folder of a \
                 virtual environment"
                    .into()
            }
            Self::Managed(error) => error.help(),
        }
    }
}

/// Answers of interpreters, as long as their file stays as it is.
#[derive(Debug, Default)]
pub struct Known(Mutex<HashMap<(PathBuf, SystemTime), Facts>>);

impl Known {
    /// Asks `program`, unless it was asked before.
    async fn ask(&self, program: &Path) -> Result<Facts, AskError> {
        let changed = fs::metadata(program).and_then(|m| m.modified()).unwrap_or(SystemTime::UNIX_EPOCH);
        let key = (program.to_path_buf(), changed);
        let known = self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner).get(&key).cloned();
        if let Some(facts) = known {
            return Ok(facts);
        }
        let facts = ask::ask(program).await?;
        self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner).insert(key, facts.clone());
        Ok(facts)
    }
}

/// The interpreter at a configured path: a program, or the folder of a virtual environment.
pub async fn configured(path: &Path, known: &Known) -> Result<Interpreter, FindPythonError> {
    let wrong = |why: String| FindPythonError::Configured { path: path.into(), why };
    let metadata = fs::metadata(path).map_err(|e: io::Error| wrong(e.to_string()))?;
    let program = if metadata.is_dir() { path.join("bin/python") } else { path.to_path_buf() };
    if !program.is_absolute() {
        return Err(wrong("its path is not absolute".into()));
    }
    if !program.exists() {
        return Err(wrong("the folder has no bin/python, so it is not a virtual environment".into()));
    }
    let facts = known.ask(&program).await.map_err(|e| wrong(e.to_string()))?;
    facts.usable().map_err(wrong)?;
    let font_cache = managed::font_cache(&facts);
    Ok(Interpreter { facts, font_cache, origin: "configured".into() })
}
