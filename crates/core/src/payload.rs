//! How typed values cross the ABI: JSON in an envelope with the version of its interface.
//!
//! A payload may gain optional fields within a version; a change of meaning is a new version, and an unknown version is an
//! error that names both numbers.

use crate::{PluginError, Result};
use serde::{Deserialize, Serialize, de::DeserializeOwned};

/// The version of every role's payloads.
pub const VERSION: u32 = 1;

#[derive(Serialize, Deserialize)]
struct Envelope<T> {
    version: u32,
    body: T,
}

#[derive(Deserialize)]
struct VersionOnly {
    version: u32,
}

/// Seals a request or reply.
pub fn seal(body: &impl Serialize) -> Result<String> {
    serde_json::to_string(&Envelope { version: VERSION, body }).map_err(unreadable)
}

/// Opens a request or reply; an error of kind `payload` when it is of another version or shape.
pub fn open<T: DeserializeOwned>(text: &str) -> Result<T> {
    let found: VersionOnly = serde_json::from_str(text).map_err(unreadable)?;
    if found.version != VERSION {
        return Err(PluginError::new(
            "payload",
            format!("a payload of version {} met an interface of version {VERSION}", found.version),
        )
        .with_help("rebuild the plugin against this host's pyexec-sdk"));
    }
    Ok(serde_json::from_str::<Envelope<T>>(text).map_err(unreadable)?.body)
}

/// Reads a component's own configuration (plain JSON, no envelope).
pub fn config<T: DeserializeOwned>(text: &str) -> Result<T> {
    serde_json::from_str(text).map_err(|e| PluginError::new("config", format!("its configuration is not usable: {e}")))
}

#[expect(clippy::needless_pass_by_value, reason = "the shape that map_err wants")]
fn unreadable(error: serde_json::Error) -> PluginError {
    PluginError::new("payload", format!("a payload could not be read or written: {error}"))
}
