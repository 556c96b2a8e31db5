//! Identifiers as parsed values. They are made in `service` (`UUIDv7`, so they sort by time); here they are only checked.

use serde::{Deserialize, Deserializer, Serialize};
use std::{fmt, str::FromStr};

/// Not an identifier.
#[derive(Debug, thiserror::Error)]
#[error("`{text}` is not a {what} id: it looks like 0199e2d0-5c1b-7c3e-9f00-2b8f1f0a4c11")]
pub struct BadId {
    what: &'static str,
    text: String,
}

macro_rules! id {
    ($(#[doc = $doc:literal])* $name:ident, $what:literal) => {
        $(#[doc = $doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            /// The text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl FromStr for $name {
            type Err = BadId;

            fn from_str(text: &str) -> Result<Self, BadId> {
                if is_uuid(text) {
                    Ok(Self(text.into()))
                } else {
                    Err(BadId { what: $what, text: text.chars().take(80).collect() })
                }
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
            }
        }
    };
}

id! {
    /// One request on its way.
    RunId, "run"
}
id! {
    /// One pending `ask`.
    TicketId, "ticket"
}
id! {
    /// One right to execute, inserted in the log by the process that may use it, once.
    Token, "token"
}
id! {
    /// One process of ours, alive as long as it holds its lock file or lease.
    OwnerId, "owner"
}

fn is_uuid(text: &str) -> bool {
    text.len() == 36
        && text.bytes().enumerate().all(|(at, byte)| match at {
            8 | 13 | 18 | 23 => byte == b'-',
            _ => matches!(byte, b'0'..=b'9' | b'a'..=b'f'),
        })
}
