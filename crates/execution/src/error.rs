//! What can go wrong with the machinery: before release, and after. What the code does wrong is no error here.

use crate::{
    collect::CollectError,
    docker::EngineError,
    local::NoLibrary,
    protocol::{frame::FrameError, message::MessageError},
    python::FindPythonError,
    runtime::LayOutError,
};
use pyexec_core::{CodeHash, ErrorKind, Isolation, PluginError, RunError};
use std::{io, path::PathBuf};

/// Why nothing could be prepared.
#[derive(Debug, thiserror::Error)]
pub enum PrepareError {
    /// No interpreter.
    #[error(transparent)]
    Python(#[from] FindPythonError),
    /// An input is not what the order says.
    #[error("the input `{name}` cannot be used: {why}")]
    Input {
        /// Its name.
        name: String,
        /// Why.
        why: String,
    },
    /// A grant cannot be opened.
    #[error("the grant `{grant}` cannot be opened: {why}")]
    Grant {
        /// Which.
        grant: String,
        /// Why.
        why: String,
    },
    /// The run folder cannot be used.
    #[error("the run folder {} cannot be used: {why}", path.display())]
    Folder {
        /// Where.
        path: PathBuf,
        /// Why.
        why: String,
    },
    /// The context is not what the order says.
    #[error("the context file {} cannot be used: {why}", path.display())]
    Context {
        /// Where.
        path: PathBuf,
        /// Why.
        why: String,
    },
    /// No sandbox library.
    #[error(transparent)]
    Library(#[from] NoLibraryError),
    /// The container engine failed.
    #[error(transparent)]
    Engine(#[from] EngineError),
    /// The machine gives less than was asked for.
    #[error("this machine gives isolation `{}`, which is not accepted", .0.name())]
    Isolation(Isolation),
    /// The child did not get as far as waiting for code, and told why.
    #[error("the sandbox could not be set up: {0}")]
    Sandbox(String),
    /// It did not, and nobody knows why: it was killed, or is no runner.
    #[error("the sandbox could not be set up: {0}")]
    NotReady(String),
}

/// Files of ours that are not in place.
#[derive(Debug, thiserror::Error)]
#[error(transparent)]
pub struct NoLibraryError(Missing);

#[derive(Debug, thiserror::Error)]
enum Missing {
    #[error(transparent)]
    Library(#[from] NoLibrary),
    #[error(transparent)]
    Runtime(#[from] LayOutError),
}

impl From<NoLibrary> for PrepareError {
    fn from(error: NoLibrary) -> Self {
        Self::Library(NoLibraryError(error.into()))
    }
}

impl From<LayOutError> for PrepareError {
    fn from(error: LayOutError) -> Self {
        Self::Library(NoLibraryError(error.into()))
    }
}

impl PrepareError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Python(_) | Self::Input { .. } | Self::Grant { .. } | Self::Folder { .. } | Self::Context { .. } => {
                ErrorKind::BadFile
            }
            Self::Isolation(_) => ErrorKind::IsolationNotAcceptable,
            Self::Engine(_) => ErrorKind::Daemon,
            Self::Library(_) | Self::Sandbox(_) | Self::NotReady(_) => ErrorKind::Sandbox,
        }
    }

    fn help(&self) -> String {
        match self {
            Self::Python(error) => error.help(),
            Self::Engine(error) => error.help(),
            Self::Input { .. } | Self::Folder { .. } | Self::Context { .. } => {
                "start the run again with its file in place".into()
            }
            Self::Grant { .. } => "ask again: a grant holds for what stood there when it was approved".into(),
            Self::Library(NoLibraryError(Missing::Library(_))) => {
                "install libpyexec_sandbox.so beside the program, or set `sandbox_library`".into()
            }
            Self::Library(NoLibraryError(Missing::Runtime(_))) => {
                "make the data folder writable, or choose another `data_dir`".into()
            }
            Self::Isolation(_) => "see `[execution] accept_isolation`, or use execution_method = \"container\"".into(),
            // The child's own sentence ends with its way out, but for what can only be somebody else's doing.
            Self::Sandbox(_) => {
                "`pyexec doctor --isolation` shows what this machine gives; where it gives all of it, try again".into()
            }
            Self::NotReady(_) => {
                "try again; if it stays so, look in the system's log for what ends processes, such as a lack of memory"
                    .into()
            }
        }
    }
}

impl From<PrepareError> for PluginError {
    fn from(error: PrepareError) -> Self {
        RunError::new(error.kind(), error.to_string()).with_help(error.help()).into()
    }
}

/// Why an execution that was prepared has no outcome.
#[derive(Debug, thiserror::Error)]
pub enum ExecuteError {
    /// Nothing of that name waits, or it was prepared for something else.
    #[error("nothing is prepared for this order: {0}")]
    NotPrepared(String),
    /// The host said no, or is gone.
    #[error("{}", .0.message)]
    Host(PluginError),
    /// What the host released is not what it announced.
    #[error("the released code in {} is not {wanted}: {why}", path.display())]
    Altered {
        /// Where.
        path: PathBuf,
        /// What was approved.
        wanted: CodeHash,
        /// What is wrong.
        why: String,
    },
    /// The tree cannot be watched, spoken to or killed.
    #[error("the sandbox failed: {0}")]
    Sandbox(String),
    /// The container engine failed, or ended the container.
    #[error(transparent)]
    Engine(#[from] EngineError),
    /// What the code left cannot be taken.
    #[error(transparent)]
    Collect(#[from] CollectError),
}

impl From<ExecuteError> for PluginError {
    fn from(error: ExecuteError) -> Self {
        let message = error.to_string();
        let ours = |kind, help: &str| RunError::new(kind, message).with_help(help).into();
        match error {
            ExecuteError::Host(error) => error,
            ExecuteError::NotPrepared(_) => ours(ErrorKind::BadRequest, "prepare exactly the order that is executed"),
            ExecuteError::Altered { .. } => ours(ErrorKind::CodeAltered, "find out who changed the stored code"),
            ExecuteError::Sandbox(_) => ours(ErrorKind::Sandbox, "try again; what the code left is lost"),
            ExecuteError::Engine(error) => ours(ErrorKind::Daemon, &error.help()),
            ExecuteError::Collect(_) => ours(ErrorKind::Store, "make room on the disk of the data folder"),
        }
    }
}

/// What stands between us and the runner.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ChannelError {
    #[error("the channel failed: {0}")]
    Io(#[from] io::Error),
    #[error(transparent)]
    Frame(#[from] FrameError),
    #[error(transparent)]
    Message(#[from] MessageError),
    #[error("the channel ended in the middle of a frame")]
    Cut,
}
