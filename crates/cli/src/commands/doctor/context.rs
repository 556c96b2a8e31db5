//! What could be opened, for the checks to look at: each thing, or why not. Opening never fails as a whole.

use crate::{exit::Failure, wiring};
use pyexec_execution::python::{self, Facts, FindPythonError, Interpreter, Known, survey};
use pyexec_registry::{
    LibrarySpec, Registry,
    config::{self, Config, ConfigError, Loaded, Sources},
};
use std::{
    env, fs, io,
    path::{Path, PathBuf},
};
use tempfile::TempDir;

/// Everything.
pub(super) struct Context {
    /// The configuration.
    pub(super) loaded: Result<Loaded, ConfigError>,
    /// Why nothing can be written in the data folder, if it is there.
    pub(super) data_dir: Option<io::Error>,
    /// A folder for what the checks must write: in the data folder if that can be, because runs write there.
    pub(super) scratch: Result<TempDir, io::Error>,
    /// The libraries that a run would load.
    pub(super) libraries: Result<Vec<Library>, Failure>,
    /// Those that loaded.
    pub(super) registry: Option<Registry>,
    /// The Python that code would run on.
    pub(super) python: Python,
}

/// A library, and whether it loaded.
pub(super) struct Library {
    pub(super) spec: LibrarySpec,
    pub(super) problem: Option<Failure>,
}

/// The Python that code would run on.
pub(super) enum Python {
    /// This one.
    Found(Interpreter),
    /// The configured one cannot be used.
    Wrong(FindPythonError),
    /// The managed one is not there; the next run would make it.
    NotMade {
        /// What is left of one that was begun.
        unfinished: Option<PathBuf>,
        /// What it would be made from.
        base: Result<Facts, String>,
    },
}

impl Context {
    /// Opens what can be opened.
    pub(super) async fn open(file: Option<&Path>) -> Self {
        let sources = Sources::from_process(file.map(Into::into));
        let loaded = sources.and_then(|sources| Config::load(&sources));
        let config = loaded.as_ref().ok().map(|loaded| &loaded.config);
        let (scratch, data_dir) = scratch(config.map(|config| config.data_dir.as_path()));
        let python = python(config).await;
        let (libraries, registry) = match &scratch {
            Ok(folder) => {
                // Without a configuration, those of the installation.
                let ours = Config::with_data_dir(folder.path().into());
                load(config.unwrap_or(&ours), folder.path().join("plugins"))
            }
            Err(_) => (Ok(Vec::new()), None),
        };
        Self { loaded, data_dir, scratch, libraries, registry, python }
    }

    /// The configuration, if it could be read.
    pub(super) fn config(&self) -> Option<&Config> {
        self.loaded.as_ref().ok().map(|loaded| &loaded.config)
    }

    /// The configuration and the libraries, or which of them is missing.
    pub(super) fn wired(&self) -> Result<(&Config, &Registry), &'static str> {
        let config = self.config().ok_or(NO_CONFIGURATION)?;
        Ok((config, self.registry.as_ref().ok_or(NO_SCRATCH)?))
    }
}

/// What must fit for anything to be tried, bytes.
const PROBE: usize = 1 << 20;
/// Why a check that needs the configuration was not done.
pub(super) const NO_CONFIGURATION: &str = "the configuration cannot be used";
/// Why a check that writes was not done.
pub(super) const NO_SCRATCH: &str = "there is no folder to write in";

/// A private folder, and why it is not in the data folder where that exists.
fn scratch(data_dir: Option<&Path>) -> (io::Result<TempDir>, Option<io::Error>) {
    let make = |folder: &Path| {
        let made = tempfile::Builder::new().prefix("doctor-").tempdir_in(folder)?;
        // A full disk may still have room for an empty folder.
        let probe = made.path().join("probe");
        fs::write(&probe, vec![0; PROBE])?;
        fs::remove_file(probe)?;
        Ok(made)
    };
    let there = data_dir.filter(|folder| folder.symlink_metadata().is_ok());
    match there.map(make) {
        Some(Ok(folder)) => (Ok(folder), None),
        Some(Err(error)) => (make(&env::temp_dir()), Some(error)),
        None => (make(&env::temp_dir()), None),
    }
}

fn load(config: &Config, private_dir: PathBuf) -> (Result<Vec<Library>, Failure>, Option<Registry>) {
    let mut registry = wiring::linked(private_dir);
    let libraries = wiring::libraries(config).map(|specs| {
        let load = |spec| Library { problem: wiring::load(&mut registry, &spec).err(), spec };
        specs.into_iter().map(load).collect()
    });
    (libraries, Some(registry))
}

async fn python(config: Option<&Config>) -> Python {
    let unfinished = match config.map(|config| (&config.python.interpreter, &config.data_dir)) {
        Some((config::Interpreter::Path(path), _)) => {
            return match python::configured(path, &Known::default()).await {
                Ok(interpreter) => Python::Found(interpreter),
                Err(error) => Python::Wrong(error),
            };
        }
        Some((config::Interpreter::Managed, data_dir)) => match survey::managed(data_dir) {
            survey::Managed::Ready(interpreter) => return Python::Found(*interpreter),
            survey::Managed::Unfinished(folder) => Some(folder),
            survey::Managed::Absent => None,
        },
        None => None,
    };
    Python::NotMade { unfinished, base: survey::base().await }
}
