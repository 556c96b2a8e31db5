//! One error: which step, what the kernel said, what a person can do about it.

use std::fmt;

/// Why a process is not isolated. There is no weaker level to fall back to.
#[derive(Debug, thiserror::Error)]
pub enum SandboxError {
    /// The plan itself.
    #[error("the sandbox plan is unusable: {0}")]
    Plan(String),
    /// What another process of ours said when it failed.
    #[error("{0}")]
    Told(String),
    /// The kernel, or what stands between it and us, refused a step.
    #[error("the sandbox cannot {step}: {cause}; {help}")]
    Step {
        /// What was tried, with the path it was tried on.
        step: String,
        /// The system's words.
        cause: String,
        /// The way out.
        help: &'static str,
    },
}

/// Names the step that a system call belongs to.
pub(crate) trait Step<T> {
    /// `step` completes "the sandbox cannot …".
    fn step(self, step: fmt::Arguments<'_>, help: &'static str) -> Result<T, SandboxError>;
}

impl<T, E: fmt::Display> Step<T> for Result<T, E> {
    fn step(self, step: fmt::Arguments<'_>, help: &'static str) -> Result<T, SandboxError> {
        self.map_err(|cause| SandboxError::Step { step: step.to_string(), cause: cause.to_string(), help })
    }
}

/// The way out of failures that no setting explains.
pub(crate) const UNEXPECTED: &str = "this is unexpected on Linux 5.19 or later: report it with the kernel's version";
