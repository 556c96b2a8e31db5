//! What can go wrong when a model is asked, of which kind it is, and the way out.

use crate::key::{KeyPlace, NoKey};
use pyexec_core::{ErrorKind, PluginError};

/// Why there is no answer. Texts of providers are one line, bounded, and without secrets.
#[derive(Debug, Clone, thiserror::Error)]
pub(crate) enum AskError {
    #[error(transparent)]
    NoKey(#[from] NoKey),
    #[error("`{base_url}` is no address of a model: {why}")]
    BadAddress { base_url: String, why: String },
    #[error("`{base_url}` is plain HTTP to another machine: everybody on the way could read what {place} holds")]
    Exposed { base_url: String, place: KeyPlace },
    #[error("{who} does not accept {place} (HTTP {status})")]
    KeyRefused { who: String, place: KeyPlace, status: u16 },
    #[error("{who} has no model `{model}` (HTTP 404): {said}")]
    NoModel { who: String, model: String, said: String },
    #[error("{who} cannot use the request (HTTP {status}): {said}")]
    Unusable { who: String, status: u16, said: String },
    #[error("{who} sends elsewhere (HTTP {status}), where no key is sent after")]
    Redirected { who: String, status: u16 },
    #[error("{who} answers with {what}, not with what a model says")]
    NotAModel { who: String, what: String },
    #[error("{who} is busy or failing (HTTP {status}): {said}")]
    Busy { who: String, status: u16, said: String },
    #[error("{who} cannot be reached: {why}")]
    Unreachable { who: String, why: String },
    #[error("{who} broke off its answer: {why}")]
    Cut { who: String, why: String },
    #[error("{who} did not answer within {seconds:.1} s")]
    Late { who: String, seconds: f64 },
    #[error("{who} did not stop answering: more than {bytes} bytes")]
    TooLong { who: String, bytes: usize },
    #[error("the system's certificates cannot be used: {why}")]
    NoTrust { why: String },
    /// What the last of several tries said.
    #[error("{last}; asked {tries} times")]
    GaveUp { last: Box<AskError>, tries: u32 },
    #[error("{last}; it asks to wait {seconds:.0} s, which is longer than this call may take")]
    LongWait { last: Box<AskError>, seconds: f64 },
}

impl AskError {
    /// Whether asking again may help.
    pub(super) const fn is_passing(&self) -> bool {
        matches!(self, Self::Busy { .. } | Self::Unreachable { .. } | Self::Cut { .. } | Self::Late { .. })
    }

    const fn kind(&self) -> ErrorKind {
        match self {
            Self::NoKey(_) | Self::KeyRefused { .. } => ErrorKind::MissingCredential,
            Self::NoModel { .. } => ErrorKind::UnknownName,
            Self::BadAddress { .. } | Self::Exposed { .. } | Self::Unusable { .. } | Self::Redirected { .. } => {
                ErrorKind::BadRequest
            }
            Self::NotAModel { .. }
            | Self::Busy { .. }
            | Self::Unreachable { .. }
            | Self::Cut { .. }
            | Self::Late { .. }
            | Self::TooLong { .. }
            | Self::NoTrust { .. } => ErrorKind::Provider,
            Self::GaveUp { last, .. } | Self::LongWait { last, .. } => last.kind(),
        }
    }

    fn help(&self) -> String {
        match self {
            Self::NoKey(NoKey { place: KeyPlace::Variable(name), .. }) => {
                format!(
                    "set {name} to a key, or name another place with `api_key_env` or `api_key_file` in `[models.NAME]`"
                )
            }
            Self::NoKey(_) => "put the key, and nothing else, into that file".into(),
            Self::Exposed { .. } => {
                "use an `https` address, or say `allow_plain_http = true` in `[models.NAME]` if you trust everybody on that \
                 network"
                    .into()
            }
            Self::KeyRefused { place: KeyPlace::Nowhere, .. } => {
                "it wants a key: name its place with `api_key_env` in `[models.NAME]`".into()
            }
            Self::KeyRefused { place: KeyPlace::Variable(name), .. } => {
                format!("set {name} to a key that is valid there and may use this model")
            }
            Self::KeyRefused { .. } => "put a key into that file that is valid there and may use this model".into(),
            Self::NoModel { .. } => {
                "correct `model` (or `base_url`) in `[models.NAME]`; a local server may have to load it first".into()
            }
            Self::Unusable { .. } => {
                "correct `[models.NAME]`, or the account there; the same request would fail again".into()
            }
            Self::BadAddress { .. } | Self::Redirected { .. } | Self::NotAModel { .. } => {
                "correct `base_url` in `[models.NAME]`: it ends before `/chat/completions` or `/v1/messages`".into()
            }
            Self::Unreachable { .. } => "look whether it runs, and at `base_url` and the proxy (`HTTPS_PROXY`)".into(),
            Self::Late { .. } => "try again later, or raise `timeout_seconds` in `[models.NAME]`".into(),
            Self::TooLong { .. } => "lower `max_tokens` in `[models.NAME]`, or use another model".into(),
            Self::NoTrust { .. } => {
                "install the system's certificates (`ca-certificates`), or name a file in SSL_CERT_FILE".into()
            }
            Self::Busy { .. } | Self::Cut { .. } | Self::LongWait { .. } => {
                "try again later, or with another model or generator".into()
            }
            Self::GaveUp { last, .. } => last.help(),
        }
    }
}

impl From<AskError> for PluginError {
    fn from(error: AskError) -> Self {
        Self::new(error.kind().name(), error.to_string()).with_help(error.help())
    }
}
