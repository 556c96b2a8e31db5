//! The configuration: what is read, from where, and how each mistake is told.
#![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

mod documented;
mod files;
mod layers;
mod mistakes;

use pyexec_registry::config::{Config, ConfigError, Loaded, Sources};
use std::{fs, path::PathBuf};
use tempfile::TempDir;

/// A home folder with a configuration at its default place.
struct Home {
    folder: TempDir,
}

impl Home {
    fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    fn path(&self, below: &str) -> PathBuf {
        // Absolute, and without a link in it (macOS and some CI machines link their temporary folder).
        self.folder.path().canonicalize().unwrap().join(below)
    }

    fn file(&self) -> PathBuf {
        self.path(".config/pyexec/pyexec.toml")
    }

    fn with(text: impl AsRef<[u8]>) -> Self {
        let home = Self::new();
        fs::create_dir_all(home.file().parent().unwrap()).unwrap();
        fs::write(home.file(), text).unwrap();
        home
    }

    fn sources(&self, env: &[(&str, &str)]) -> Sources {
        let mut all = vec![("HOME".to_owned(), self.path("").to_str().unwrap().trim_end_matches('/').to_owned())];
        all.extend(env.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
        Sources { explicit: None, env: all }
    }

    fn load(&self, env: &[(&str, &str)]) -> Result<Loaded, ConfigError> {
        Config::load(&self.sources(env))
    }

    /// With this folder's name replaced, for snapshots.
    fn nameless(&self, text: &str) -> String {
        text.replace(self.path("").to_str().unwrap().trim_end_matches('/'), "HOME")
    }
}

fn load(text: &str) -> Loaded {
    Home::with(text).load(&[]).unwrap_or_else(|error| panic!("{}", error.render(false)))
}

fn refused(text: &str) -> ConfigError {
    Home::with(text).load(&[]).expect_err(text)
}
