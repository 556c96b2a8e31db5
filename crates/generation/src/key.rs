//! Where a key is, and the key itself for the time of a call.

use crate::secret::Secret;
use std::{env, fmt, fs, io, path::PathBuf};

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

/// There is no key where one should be.
#[derive(Debug, Clone, thiserror::Error)]
#[error("{place} {why}")]
pub(crate) struct NoKey {
    pub(crate) place: KeyPlace,
    why: String,
}

impl KeyPlace {
    /// The key; read anew for each call, so that one that was renewed counts at once.
    pub(crate) fn read(&self) -> Result<Option<Secret>, NoKey> {
        let missing = |why: String| NoKey { place: self.clone(), why };
        let text = match self {
            Self::Nowhere => return Ok(None),
            Self::Variable(name) => env::var(name).map_err(|error| match error {
                env::VarError::NotPresent => missing("is not set".into()),
                env::VarError::NotUnicode(_) => missing("is not text".into()),
            })?,
            Self::File(file) => {
                let unreadable = |error: io::Error| missing(format!("cannot be read: {error}"));
                let metadata = fs::metadata(file).map_err(unreadable)?;
                if !metadata.is_file() || metadata.len() > MOST {
                    return Err(missing("is not a file with a key and nothing else".into()));
                }
                fs::read_to_string(file).map_err(unreadable)?
            }
        };
        match text.trim() {
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
