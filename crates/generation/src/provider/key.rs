//! Where a model's key is, and the key itself for the time of a call.

use super::AskError;
use crate::secret::Secret;
use pyexec_core::Model;
use std::{env, fmt, fs, path::PathBuf};

/// The longest file that is taken for a key, in bytes.
const MOST: u64 = 16 << 10;

/// Where a key is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum KeyPlace {
    /// A variable of this process's environment.
    Variable(String),
    /// A file.
    File(PathBuf),
    /// No key is sent.
    Nowhere,
}

impl KeyPlace {
    /// Of this model.
    pub(super) fn of(model: &Model) -> Self {
        match (model.key_variable(), &model.api_key_file) {
            (Some(variable), _) => Self::Variable(variable.into()),
            (None, Some(file)) => Self::File(file.clone()),
            (None, None) => Self::Nowhere,
        }
    }

    /// The key; read anew for each call, so that one that was renewed counts at once.
    pub(super) fn read(&self) -> Result<Option<Secret>, AskError> {
        let missing = |why: String| AskError::NoKey { place: self.clone(), why };
        let text = match self {
            Self::Nowhere => return Ok(None),
            Self::Variable(name) => env::var(name).map_err(|error| match error {
                env::VarError::NotPresent => missing("is not set".into()),
                env::VarError::NotUnicode(_) => missing("is not text".into()),
            })?,
            Self::File(file) => {
                let unreadable = |error: std::io::Error| missing(format!("cannot be read: {error}"));
                let metadata = fs::metadata(file).map_err(unreadable)?;
                if !metadata.is_file() || metadata.len() > MOST {
                    return Err(missing("is not a file with a key and nothing else".into()));
                }
                fs::read_to_string(file).map_err(unreadable)?
            }
        };
        let text = text.trim();
        match text {
            "" => Err(missing("is empty".into())),
            text if !text.bytes().all(|byte| byte.is_ascii_graphic()) => {
                Err(missing("holds something else than one key".into()))
            }
            text => Ok(Some(Secret::new(text.into()))),
        }
    }
}

impl fmt::Display for KeyPlace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Variable(name) => write!(f, "the environment variable `{name}`"),
            Self::File(file) => write!(f, "the key file `{}`", file.display()),
            Self::Nowhere => f.write_str("no key"),
        }
    }
}
