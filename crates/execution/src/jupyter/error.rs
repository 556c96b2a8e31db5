//! What can go wrong between us and a Jupyter server. What the code does wrong is no error here.

use pyexec_core::{ErrorKind, PluginError, RunError};
use std::{fmt, path::PathBuf};

/// A token. Not shown, whoever prints it.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Token(pub(super) String);

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token")
    }
}

/// Why an endpoint cannot be used at all.
#[derive(Debug, thiserror::Error)]
pub enum UseError {
    /// The variable is not set.
    #[error("the environment variable {0}, which is to hold the token, is not set")]
    NoToken(String),
    /// The token is not one that can be sent.
    #[error("the token holds characters that cannot be sent")]
    BadToken,
    /// No authorities.
    #[error("the authorities in {} cannot be used: {why}", path.display())]
    Authorities {
        /// Which file.
        path: PathBuf,
        /// Why.
        why: String,
    },
    /// No TLS.
    #[error("TLS cannot be set up: {0}")]
    Tls(String),
}

/// Why a server did not do what it was asked for.
#[derive(Debug, thiserror::Error)]
pub enum ServerError {
    /// It cannot be used.
    #[error(transparent)]
    Use(#[from] UseError),
    /// Nobody answers.
    #[error("the Jupyter server at {url} does not answer: {why}")]
    Absent {
        /// Where.
        url: String,
        /// Why.
        why: String,
    },
    /// It does not know us.
    #[error("the Jupyter server at {url} refuses us (status {status})")]
    Unauthorized {
        /// Where.
        url: String,
        /// 401 or 403.
        status: u16,
        /// Whether a token was sent.
        with_token: bool,
    },
    /// It has no such kernel.
    #[error("the Jupyter server at {url} has no kernel `{name}`; it has: {}", if known.is_empty() { "none".into() } else { known.join(", ") })]
    NoKernel {
        /// Where.
        url: String,
        /// Asked for.
        name: String,
        /// There.
        known: Vec<String>,
    },
    /// The kernel cannot run our runner.
    #[error("the kernel `{name}` at {url} runs {runs}, and code needs Python 3.11 or later")]
    NotPython {
        /// Where.
        url: String,
        /// Which.
        name: String,
        /// What it says.
        runs: String,
    },
    /// It failed.
    #[error("the Jupyter server at {url} could not {what}: {why}")]
    Failed {
        /// Where.
        url: String,
        /// What it was asked for.
        what: &'static str,
        /// Status and message.
        why: String,
    },
    /// The kernel went away before it was ready.
    #[error("a kernel `{name}` at {url} did not get ready: {why}")]
    NotReady {
        /// Where.
        url: String,
        /// Which.
        name: String,
        /// Why.
        why: String,
    },
    /// Who started which kernels cannot be noted.
    #[error("the kernels in use cannot be noted in {}: {why}", path.display())]
    Ledger {
        /// Where.
        path: PathBuf,
        /// Why.
        why: String,
    },
}

impl ServerError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Use(UseError::NoToken(_) | UseError::BadToken) | Self::Unauthorized { .. } => {
                ErrorKind::MissingCredential
            }
            Self::Use(UseError::Authorities { .. }) => ErrorKind::BadFile,
            Self::NoKernel { .. } => ErrorKind::UnknownName,
            Self::NotPython { .. } => ErrorKind::BadRequest,
            Self::Ledger { .. } => ErrorKind::Store,
            Self::Use(UseError::Tls(_)) | Self::Absent { .. } | Self::Failed { .. } | Self::NotReady { .. } => {
                ErrorKind::Daemon
            }
        }
    }

    fn help(&self) -> &'static str {
        match self {
            Self::Use(UseError::NoToken(_)) => "set it to the server's token, or correct `token_env` of the endpoint",
            Self::Use(UseError::BadToken) => "correct the variable that `token_env` of the endpoint names",
            Self::Use(UseError::Authorities { .. }) => "correct `ca_file` of the endpoint: a PEM file of certificates",
            Self::Use(UseError::Tls(_)) => "give the endpoint a `ca_file`, or install the system's certificates",
            Self::Absent { .. } => {
                "start it, or correct `host`, `port`, `https`, `ca_file` and `base_path` of the endpoint in \
                 `[execution.container_endpoints]`"
            }
            Self::Unauthorized { with_token: true, .. } => {
                "set the variable that `token_env` of the endpoint names to the server's token"
            }
            Self::Unauthorized { with_token: false, .. } => {
                "name the variable that holds the server's token by `token_env` of the endpoint"
            }
            Self::NoKernel { .. } => {
                "set `kernel_name` of the mode or of the endpoint to one of these, or install the kernel there"
            }
            Self::NotPython { .. } => "set `kernel_name` of the mode or of the endpoint to another kernel",
            Self::Failed { .. } | Self::NotReady { .. } => "try again; if it stays so, look in the log of the server",
            Self::Ledger { .. } => "make the data folder writable: what is not noted could not be cleaned up",
        }
    }
}

impl From<ServerError> for PluginError {
    fn from(error: ServerError) -> Self {
        RunError::new(error.kind(), error.to_string()).with_help(error.help()).into()
    }
}

/// How a kernel was lost: nobody could tell how its code ended.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Lost {
    /// The server says so.
    #[error("the kernel died while the code ran")]
    Died,
    /// Somebody else did it, alone or on the way to more.
    #[error("the kernel was interrupted or shut down by somebody else while the code ran")]
    Interrupted,
    /// Somebody else did it.
    #[error("the kernel was restarted by somebody else while the code ran")]
    Restarted,
    /// Somebody else did it.
    #[error("the kernel was shut down by somebody else while the code ran")]
    Deleted,
    /// The connection ended.
    #[error("the connection to the kernel was lost while the code ran: {0}")]
    Connection(String),
    /// It does not say anything any more.
    #[error("nothing was heard of the kernel for {0} s")]
    Silent(u64),
    /// What watches the code there has failed.
    #[error("the kernel could not see the code through: {0}")]
    Failed(String),
    /// What it says is not our protocol.
    #[error("what the kernel said cannot be understood: {0}")]
    Protocol(String),
    /// Its work is over before its end.
    #[error("the kernel was done before the code was")]
    Over,
    /// We did it.
    #[error("the kernel was stopped")]
    Stopped,
}

impl From<Lost> for PluginError {
    fn from(lost: Lost) -> Self {
        let help = match lost {
            Lost::Died => "either the code killed it, or its machine ran out of memory: look in the log of the server",
            Lost::Interrupted | Lost::Restarted | Lost::Deleted => {
                "leave kernels whose session is called `pyexec-…` alone"
            }
            _ => "try again; if it stays so, look in the log of the Jupyter server. What the code left is lost",
        };
        RunError::new(ErrorKind::Daemon, lost.to_string()).with_help(help).into()
    }
}
