//! The configuration: `pyexec.toml` and `PYEXEC__…` variables, read into typed structs with every default filled in.
//!
//! A key is accepted only if it becomes a field of [`Config`]; anything else is an error that names the file, the line and
//! the nearest known key. Tables of plugins pass through as JSON, unread. This module opens one file, the configuration
//! itself; it does not know whether the files that it names exist, nor which components there are. Open `model.rs` for what
//! there is, `read.rs` for the bounds, `docs/configuration.md` for the meaning.

mod check;
mod container;
mod environment;
mod error;
mod item;
mod locate;
mod model;
mod models;
mod modes;
mod provenance;
mod read;
mod render;
mod secret;
mod source;
mod table;
mod tree;

pub use check::Smell;
pub use container::ContainerError;
pub use error::{ConfigError, Diagnostic, Problem};
pub use locate::Sources;
pub use model::{
    Analysis, Approval, ApprovalMode, AutoApprove, Config, ContainerEndpoint, ControlSystem, Engine, Execution,
    Interpreter, LimitsChecking, LoadPlugin, Mode, Patterns, Plugins, Python, Store, Timeouts, VerificationLevel,
    WriteVerification,
};
pub use provenance::{Line, Origin, Provenance};

use source::Source;
use std::{cell::RefCell, collections::BTreeMap, path::PathBuf};
use table::{Findings, Table};

/// A configuration and how it came about.
#[derive(Debug)]
pub struct Loaded {
    /// What to use.
    pub config: Config,
    /// Where each value came from.
    pub provenance: Provenance,
    /// The file that was read, absolute; none if there was none at the default place.
    pub file: Option<PathBuf>,
    /// What an operator should know, a sentence each.
    pub warnings: Vec<String>,
}

impl Config {
    /// Finds, reads and checks the configuration: the file of `--config`, else of `PYEXEC_CONFIG`, else in the XDG
    /// configuration folder, else defaults; `PYEXEC__…` variables over it. A named file must exist. Errors are collected:
    /// everything that is wrong with keys and values is reported at once.
    pub fn load(sources: &Sources) -> Result<Loaded, ConfigError> {
        let mut warnings = Vec::new();
        let (path, named) = sources.file(&mut warnings)?;
        let text = locate::read(&path, &mut warnings)?;
        if named && text.is_none() {
            return Err(Problem::Missing { path }.into());
        }
        let file = text.as_ref().map(|_| path.clone());
        let mut entries = match text {
            Some(text) => tree::from_file(&text, &Source::file(path, &text))?,
            None => BTreeMap::new(),
        };
        let mut problems = modes::canonicalise(&mut entries);
        problems.extend(environment::overlay(&mut entries, &sources.env));
        // Again, because a variable may hold a whole table.
        problems.extend(modes::canonicalise(&mut entries));
        problems.extend(secret::refuse(&mut entries, ""));

        let findings = RefCell::new(Findings::default());
        let config = read::config(Table::root(&findings, entries), || sources.data_dir(&mut warnings));
        let (found, provenance) = findings.into_inner().finish();
        problems.extend(found);
        ConfigError::from_all(problems)?;
        warnings.extend(config.check());
        Ok(Loaded { config, provenance, file, warnings })
    }
}

/// Keys that a later version will read and this one refuses by name; `*` stands for any name.
pub fn reserved_keys() -> &'static [&'static str] {
    table::RESERVED
}
