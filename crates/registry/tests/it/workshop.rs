//! A folder with a registry, for one test.

use pyexec_core::{Digest, Instance, Role};
use pyexec_registry::{CreateError, LibrarySpec, LoadPluginError, Registry};
use serde_json::{Value, json};
use std::{
    fs,
    path::{Path, PathBuf},
    time::Duration,
};
use tempfile::TempDir;

/// Enough for anything that ends at all.
pub(crate) const LONG: Duration = Duration::from_mins(2);

pub(crate) struct Workshop {
    folder: TempDir,
    pub(crate) registry: Registry,
}

impl Workshop {
    pub(crate) fn new() -> Self {
        Self::with_limit(LONG)
    }

    /// With another limit on initialising and creating.
    pub(crate) fn with_limit(limit: Duration) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let registry = Registry::new(folder.path().join("private")).with_create_limit(limit);
        Self { folder, registry }
    }

    /// With the faulty library loaded as part of the installation.
    pub(crate) fn faulty() -> Self {
        let mut workshop = Self::new();
        workshop.install(&crate::built::faulty());
        workshop
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Puts a file here.
    pub(crate) fn place(&self, name: &str, bytes: &[u8]) -> PathBuf {
        let path = self.path(name);
        fs::write(&path, bytes).unwrap();
        path
    }

    /// Loads as a part of the installation.
    pub(crate) fn install(&mut self, path: &Path) {
        self.load(path, None, true).unwrap();
    }

    pub(crate) fn load(&mut self, path: &Path, sha256: Option<Digest>, installed: bool) -> Result<(), LoadPluginError> {
        self.registry.load(&LibrarySpec { path: path.into(), sha256, installed }).map(drop)
    }

    /// The error of loading a file without a pin, from outside the installation.
    pub(crate) fn refusal(&mut self, path: &Path) -> String {
        let before = self.registry.libraries().len();
        let error = self.load(path, None, false).unwrap_err();
        assert_eq!(self.registry.libraries().len(), before, "a refused library is not in use");
        assert!(!error.help().is_empty());
        self.plain(&error.to_string())
    }

    /// Text without the path of this folder, and with one line.
    pub(crate) fn plain(&self, text: &str) -> String {
        assert_eq!(text.lines().count(), 1, "one sentence: {text}");
        text.replace(&format!("{}/", self.folder.path().display()), "")
    }

    pub(crate) fn create(&self, role: Role, name: &str, config: &Value) -> Result<Instance, CreateError> {
        self.registry.create(role, name, config)
    }

    /// The generator `name` without configuration.
    pub(crate) fn generator(&self, name: &str) -> Instance {
        self.create(Role::Generator, name, &json!({})).unwrap()
    }
}
