//! The generators through the interface that the service uses.
#![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

mod basic;
mod claude_code;
mod cookbook;
mod mock;
mod standin;

use pyexec_core::{Instance, PluginError, Role, generator::GeneratedCode};
use pyexec_generation as _;
use serde_json::Value;

/// The generator of this name with this table, as a plugin gives it.
fn create(name: &str, config: &Value) -> Result<Instance, PluginError> {
    let found = pyexec_sdk::registrations().find(|r| r.role == Role::Generator && r.name == name);
    let component = found.expect("the generator registers itself").create(&config.to_string())?;
    Ok(Instance::new(Role::Generator, name, component))
}

/// An answer as the service takes it: one that failed after something was asked is an error.
fn taken(answer: Result<GeneratedCode, PluginError>) -> Result<GeneratedCode, PluginError> {
    let generated = answer?;
    generated.failure().map_or(Ok(generated), Err)
}
