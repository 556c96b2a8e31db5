//! How the program ends: the error as people read it, and the exit code.

use pyexec_core::{ErrorKind, RunError};
use pyexec_service::ServiceError;
use std::process::ExitCode;

/// Why a command did not do what was asked.
#[derive(Debug)]
pub(crate) enum Failure {
    /// With kind, message and way out.
    Error(RunError),
    /// Already rendered, with the exit code.
    Rendered(String, u8),
}

impl Failure {
    pub(crate) fn new(kind: ErrorKind, message: impl Into<String>, help: &str) -> Self {
        let error = RunError::new(kind, message);
        Self::Error(if help.is_empty() { error } else { error.with_help(help) })
    }

    pub(crate) fn machinery(message: String) -> Self {
        Self::Error(RunError::new(ErrorKind::Daemon, message))
    }
}

impl From<RunError> for Failure {
    fn from(error: RunError) -> Self {
        Self::Error(error)
    }
}

impl From<ServiceError> for Failure {
    fn from(error: ServiceError) -> Self {
        Self::Error(error.to_run_error())
    }
}

/// Says it on stderr and gives the exit code.
pub(crate) fn report(failure: &Failure) -> ExitCode {
    match failure {
        Failure::Error(error) => {
            eprintln!("{}", render(error));
            ExitCode::from(error.kind.exit_code())
        }
        Failure::Rendered(text, code) => {
            eprintln!("{}", text.trim_end());
            ExitCode::from(*code)
        }
    }
}

/// An error as people read it.
pub(crate) fn render(error: &RunError) -> String {
    let mut text = format!("error: {}", crate::render::plain(&error.message));
    if let Some(traceback) = &error.traceback {
        for line in traceback.lines() {
            text.push_str("\n  ");
            text.push_str(&crate::render::plain(line));
        }
    }
    if let Some(help) = &error.help {
        text.push_str("\nhelp: ");
        text.push_str(&crate::render::plain(help));
    }
    text
}
