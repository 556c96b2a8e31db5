//! What code can do, by name. The default policy's table (`policies/default.toml` of the analysis crate) speaks of these.

use serde::{Deserialize, Deserializer, Serialize};
use std::{borrow::Cow, fmt, str::FromStr};

/// A capability: one of the constants below, or a name of a plugin's own (`site.interlock`).
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(transparent)]
pub struct Capability(Cow<'static, str>);

macro_rules! capabilities {
    ($($(#[doc = $doc:literal])* $name:ident = $text:literal;)*) => {
        impl Capability {
            $($(#[doc = $doc])* pub const $name: Self = Self(Cow::Borrowed($text));)*
            /// Every capability that the house itself knows.
            pub const KNOWN: &'static [Self] = &[$(Self::$name),*];
        }
    };
}

capabilities! {
    /// Reads a declared input, or any relative path.
    INPUT = "input";
    /// Writes inside the run folder.
    ARTIFACT = "artifact";
    /// Reads a file elsewhere.
    FS_READ = "fs.read";
    /// Writes a file elsewhere, or changes its mode, owner, times or attributes.
    FS_WRITE = "fs.write";
    /// Deletes or renames a file elsewhere.
    FS_DELETE = "fs.delete";
    /// Opens a network connection or socket.
    NET = "net";
    /// Starts, signals or traces a process.
    PROCESS = "process";
    /// Reads environment variables, users, the host's identity.
    ENVIRONMENT = "environment";
    /// Opens a database other than one in memory or in the run folder.
    DATABASE = "database";
    /// Decodes data in a way that can run code (pickle and its kin).
    DESERIALIZATION = "deserialization";
    /// Compiles or imports what is only known at run time.
    DYNAMIC_CODE = "dynamic_code";
    /// Calls native code by hand (ctypes, cffi, mmap).
    NATIVE_CODE = "native_code";
    /// Reaches into the interpreter (frames, subclasses, gc).
    INTROSPECTION = "introspection";
    /// Reads channels of the control system.
    CONTROL_READ = "control.read";
    /// Writes channels of the control system.
    CONTROL_WRITE = "control.write";
}

impl Capability {
    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Capability {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Not a capability's name.
#[derive(Debug, thiserror::Error)]
#[error("`{0}` is not a capability: a name is made of [a-z0-9_] and dots")]
pub struct BadCapability(String);

impl FromStr for Capability {
    type Err = BadCapability;

    fn from_str(text: &str) -> Result<Self, BadCapability> {
        let part = |p: &str| !p.is_empty() && p.bytes().all(|b| matches!(b, b'a'..=b'z' | b'0'..=b'9' | b'_'));
        if text.len() <= 64 && text.split('.').all(part) {
            Ok(Self(Cow::Owned(text.into())))
        } else {
            Err(BadCapability(text.into()))
        }
    }
}

impl<'de> Deserialize<'de> for Capability {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}
