//! From findings to a decision: rules with examples, first match per finding, the strictest over all.
//!
//! A policy is a TOML file. Each rule may carry examples, which are analysed when the policy loads, so a policy that does
//! not do what it says is an error before anything ran. A policy changes verdicts and the least mode that a capability
//! needs; what a mode opens is fixed elsewhere. Open `rule` for the format, `decide` for the order of things, `grants` for
//! what is proposed.

mod analyzer;
mod decide;
mod examples;
mod grants;
mod rule;

use pyexec_core::Digest;
pub use rule::PolicyError;
use rule::Rule;

/// The policy that ships with the crate: DESIGN's table.
pub const DEFAULT_POLICY: &str = include_str!("../../policies/default.toml");

/// A policy whose examples hold.
#[derive(Debug, Clone)]
pub struct Policy {
    name: String,
    sha256: Digest,
    rules: Vec<Rule>,
}

impl Policy {
    /// Reads a policy and checks its examples. `name` is for messages: a file name, `default`.
    ///
    /// # Errors
    ///
    /// What is wrong with the text, with the line; or which example of which rule does not hold, with what was found in it.
    pub fn parse_named(name: &str, text: &str) -> Result<Self, PolicyError> {
        let policy =
            Self { name: name.to_owned(), sha256: Digest::of(text.as_bytes()), rules: rule::read(name, text)? };
        examples::check(&policy)?;
        Ok(policy)
    }

    /// Its name without the folder that it lies in: for records, which leave the machine.
    fn file_name(&self) -> &str {
        self.name.rsplit('/').next().unwrap_or_default()
    }

    /// Reads a policy without a name of its own.
    ///
    /// # Errors
    ///
    /// As [`Policy::parse_named`].
    pub fn parse(text: &str) -> Result<Self, PolicyError> {
        Self::parse_named("policy", text)
    }

    /// The policy that ships with the crate.
    ///
    /// # Errors
    ///
    /// As [`Policy::parse_named`]; a test holds that there are none.
    pub fn built_in() -> Result<Self, PolicyError> {
        Self::parse_named("default", DEFAULT_POLICY)
    }

    /// What it is called in messages.
    pub fn name(&self) -> &str {
        &self.name
    }
}
