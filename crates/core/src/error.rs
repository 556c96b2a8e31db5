//! The table of failures: each kind has a class, and so a reaction and an exit code.

use serde::{Deserialize, Serialize};
use std::fmt;

/// Who is to blame, and so what happens next.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ErrorClass {
    /// The code: regenerate with the error chain while attempts last and nothing with effects was released.
    Code,
    /// The course of the run: ends, or waits for a person.
    Workflow,
    /// The set-up: ends before anything ran.
    Configuration,
    /// The rules: ends; never "try another way".
    Refusal,
    /// The machinery: retried with back-off before release; then ends.
    Infrastructure,
}

macro_rules! kinds {
    ($($(#[doc = $doc:literal])* $variant:ident = $name:literal, $class:ident, $exit:literal;)*) => {
        /// What went wrong.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum ErrorKind { $($(#[doc = $doc])* $variant,)* }

        impl ErrorKind {
            /// Every kind.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// The name in JSON.
            pub const fn name(self) -> &'static str { match self { $(Self::$variant => $name),* } }

            /// Its class.
            pub const fn class(self) -> ErrorClass { match self { $(Self::$variant => ErrorClass::$class),* } }

            /// The exit code of a program that ends with it.
            pub const fn exit_code(self) -> u8 { match self { $(Self::$variant => $exit),* } }
        }
    };
}

kinds! {
    /// The code does not compile.
    Syntax = "syntax", Code, 1;
    /// The code raised.
    Runtime = "runtime", Code, 1;
    /// Generated code left no `results` dict.
    ResultsMissing = "results_missing", Code, 1;
    /// `results` cannot be what the request expects.
    ResultsInvalid = "results_invalid", Code, 1;
    /// A generator gave no code.
    GenerationEmpty = "generation_empty", Code, 1;
    /// Past the deadline.
    Timeout = "timeout", Workflow, 1;
    /// Past a limit of memory, CPU, processes, scratch or output.
    ResourceLimit = "resource_limit", Workflow, 1;
    /// No attempt left.
    AttemptsExhausted = "attempts_exhausted", Workflow, 1;
    /// What writing the code may use up is used up: money, turns of an agent, or its time.
    Budget = "budget", Workflow, 1;
    /// Somebody stopped it.
    Cancelled = "cancelled", Workflow, 4;
    /// The approver said no.
    Rejected = "rejected", Workflow, 4;
    /// Nobody decided in time.
    Expired = "expired", Workflow, 4;
    /// Its host died while code with effects ran: the outcome is unknown.
    Interrupted = "interrupted", Workflow, 7;
    /// No such name.
    UnknownName = "unknown_name", Configuration, 2;
    /// A file that cannot be used.
    BadFile = "bad_file", Configuration, 2;
    /// A request or setting that cannot be used.
    BadRequest = "bad_request", Configuration, 2;
    /// A key or credential is missing.
    MissingCredential = "missing_credential", Configuration, 2;
    /// Policy denies it.
    PolicyDeny = "policy_deny", Refusal, 3;
    /// It needs more than the request allows.
    ModeCeiling = "mode_ceiling", Refusal, 3;
    /// It needs an approval that this call rules out.
    ApprovalRequired = "approval_required", Refusal, 3;
    /// The isolation that this machine can give is not acceptable.
    IsolationNotAcceptable = "isolation_not_acceptable", Refusal, 3;
    /// The stored code is not what was approved.
    CodeAltered = "code_altered", Refusal, 3;
    /// A write past the limits database.
    LimitsViolation = "limits_violation", Refusal, 3;
    /// A write outside what was granted.
    OutsideEnvelope = "outside_envelope", Refusal, 3;
    /// A daemon is away.
    Daemon = "daemon", Infrastructure, 6;
    /// The sandbox could not be set up.
    Sandbox = "sandbox", Infrastructure, 6;
    /// A model provider failed.
    Provider = "provider", Infrastructure, 6;
    /// The store failed.
    Store = "store", Infrastructure, 6;
    /// A plugin failed.
    Plugin = "plugin", Infrastructure, 6;
}

impl fmt::Display for ErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// An error as a user sees it and as the log keeps it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunError {
    /// What.
    pub kind: ErrorKind,
    /// Of which class; follows from the kind, repeated for readers of JSON.
    pub class: ErrorClass,
    /// One sentence that names the thing.
    pub message: String,
    /// The way out.
    #[serde(default)]
    pub help: Option<String>,
    /// The user's own lines of the Python traceback.
    #[serde(default)]
    pub traceback: Option<String>,
}

impl RunError {
    /// An error without help or traceback.
    pub fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self { kind, class: kind.class(), message: message.into(), help: None, traceback: None }
    }

    /// With its way out.
    #[must_use]
    pub fn with_help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// With the traceback.
    #[must_use]
    pub fn with_traceback(mut self, traceback: impl Into<String>) -> Self {
        self.traceback = Some(traceback.into());
        self
    }
}

impl fmt::Display for RunError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}
impl std::error::Error for RunError {}

/// A component's error: its kind when it is one of ours, else the plugin is to blame.
impl From<&crate::PluginError> for RunError {
    fn from(error: &crate::PluginError) -> Self {
        let known = ErrorKind::ALL.iter().copied().find(|kind| kind.name() == error.kind.as_str());
        let kind = known.unwrap_or(match error.kind.as_str() {
            "config" => ErrorKind::BadRequest,
            _ => ErrorKind::Plugin,
        });
        let ours = Self::new(kind, error.message.as_str());
        if error.help.is_empty() { ours } else { ours.with_help(error.help.as_str()) }
    }
}

impl From<RunError> for crate::PluginError {
    fn from(error: RunError) -> Self {
        Self::new(error.kind.name(), error.message).with_help(error.help.unwrap_or_default())
    }
}
