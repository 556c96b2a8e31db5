//! What a conversation needs to know of a program, and what a program needs to know of a conversation.

use super::{event::AgentEvent, folder::WorkFolder};
use crate::secret::{Secret, Secrets};
use serde::{Deserialize, Serialize};
use std::{
    ffi::OsString,
    fmt,
    path::{Path, PathBuf},
    time::Duration,
};

/// A tool that an agent may use. All of them read, and there are no others: whatever else a program can do stays off.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub(crate) enum Tool {
    /// One file.
    Read,
    /// Text in files.
    Grep,
    /// Names of files.
    Glob,
}

impl Tool {
    pub(crate) const ALL: [Self; 3] = [Self::Read, Self::Grep, Self::Glob];

    /// The name in configuration and to a model.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Read => "Read",
            Self::Grep => "Grep",
            Self::Glob => "Glob",
        }
    }
}

impl fmt::Display for Tool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// How a program shows who it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Auth {
    /// The provider's own header for keys.
    #[default]
    ApiKey,
    /// `Authorization: Bearer`, as gateways want it.
    Bearer,
}

/// Whom a program talks to.
#[derive(Debug, Clone)]
pub(crate) struct Endpoint {
    /// The provider's own address if absent.
    pub(crate) base_url: Option<String>,
    /// Its port.
    pub(crate) port: u16,
    pub(crate) auth: Auth,
    pub(crate) key: Secret,
}

/// One conversation, whatever its program.
#[derive(Debug)]
pub(crate) struct Job<'a> {
    pub(crate) executable: &'a Path,
    pub(crate) model: &'a str,
    /// Of any phase.
    pub(crate) tools: Vec<Tool>,
    pub(crate) system_prompt: String,
    pub(crate) phases: Vec<Prompt>,
    /// For the whole conversation, in US dollars.
    pub(crate) budget_usd: f64,
    /// Wall time for the whole conversation.
    pub(crate) timeout: Duration,
    pub(crate) endpoint: &'a Endpoint,
    /// What must stand in no text that comes of it.
    pub(crate) secrets: &'a Secrets,
    /// Whether the kernel keeps files and ports from the program.
    pub(crate) confined: bool,
}

/// What one phase asks.
#[derive(Debug, Clone)]
pub(crate) struct Prompt {
    /// Its name in the configuration.
    pub(crate) phase: String,
    /// Who the agent is in it, for people.
    pub(crate) agent: String,
    pub(crate) text: String,
    /// Which tools it may use: some of the job's.
    pub(crate) tools: Vec<Tool>,
    /// How often the model may answer, tool uses included.
    pub(crate) turns: u32,
}

/// How a program is called.
pub(crate) struct Invocation {
    pub(crate) arguments: Vec<OsString>,
    /// Everything that its environment holds.
    pub(crate) environment: Vec<(&'static str, OsString)>,
}

/// A line that is not of the program's protocol.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(crate) struct Malformed(pub(crate) String);

/// An adapter.
pub(crate) trait AgentProgram: Sync {
    /// What people call it.
    fn name(&self) -> &'static str;

    /// The file of this name on `PATH`, where configuration names none.
    fn file_name(&self) -> &'static str;

    /// How to get it.
    fn installation(&self) -> &'static str;

    /// How it is called for `job`, with everything of its own in `folder`.
    fn invocation(&self, job: &Job<'_>, folder: &WorkFolder) -> Invocation;

    /// The line that asks `text`.
    fn message(&self, text: &str) -> String;

    /// What a line of its output says; nothing where it says nothing that matters here.
    fn read(&self, line: &str) -> Result<Vec<AgentEvent>, Malformed>;
}

/// The program's file: `configured`, else the first of its name on `PATH`. A native binary, because what a script would
/// start is anybody's guess.
pub(crate) fn find(program: &dyn AgentProgram, configured: Option<&Path>) -> Result<PathBuf, NoProgram> {
    let name = program.name();
    let found = match configured {
        Some(path) if path.is_absolute() => path.to_owned(),
        Some(path) => return Err(NoProgram::Relative(path.to_owned())),
        None => std::env::var_os("PATH")
            .and_then(|path| {
                let files = std::env::split_paths(&path).map(|folder| folder.join(program.file_name()));
                files.into_iter().find(|file| file.is_absolute() && file.is_file())
            })
            .ok_or(NoProgram::Missing { name, file: program.file_name() })?,
    };
    let unusable = |why: String| NoProgram::Unusable { name, path: found.clone(), why };
    let real = found.canonicalize().map_err(|error| unusable(error.to_string()))?;
    let mut magic = [0; 4];
    std::fs::File::open(&real)
        .and_then(|mut file| std::io::Read::read_exact(&mut file, &mut magic))
        .map_err(|error| unusable(error.to_string()))?;
    if &magic != b"\x7fELF" {
        return Err(unusable("it is no native program".into()));
    }
    Ok(real)
}

/// Why there is no program.
#[derive(Debug, thiserror::Error)]
pub(crate) enum NoProgram {
    /// Not on `PATH`.
    #[error("the {name} is needed, and there is no `{file}` on PATH")]
    Missing { name: &'static str, file: &'static str },
    /// Could mean another file tomorrow.
    #[error("`cli_path` is `{}`, which is not an absolute path", .0.display())]
    Relative(PathBuf),
    /// There, but it cannot be what is meant.
    #[error("`{}` cannot be used as the {name}: {why}", .path.display())]
    Unusable { name: &'static str, path: PathBuf, why: String },
}
