//! From code to findings to a policy decision; pure, no I/O.
//!
//! Two steps, each also a component (`default` of the roles `domain_analyzer` and `policy_analyzer`): [`analyze`] says what
//! code can do, [`Policy::decide`] what may be done about it. Neither reads a file, opens a socket or starts a program, and
//! a test holds the sources to that; neither knows approval, execution or who asks.
//!
//! Open `meaning/mod.rs` for how code is followed, `knowledge/table.rs` for how libraries are described, `policy/mod.rs` for
//! how rules are.

mod analyzer;
mod hash;
mod knowledge;
mod meaning;
mod nearest;
mod patterns;
mod policy;
mod source;
mod stack;
mod summary;
mod syntax;

pub use analyzer::{AnalyzeError, Analyzer, analyze};
pub use knowledge::KnowledgeError;
pub use policy::{DEFAULT_POLICY, Policy, PolicyError};
pub use stack::BigStackError;

/// A request to analyse `code` for Python 3.11, with no inputs or outputs.
#[cfg(test)]
pub(crate) fn request_for(code: &str) -> pyexec_core::domain_analyzer::AnalysisRequest {
    analyzer::example(code, (3, 11))
}
