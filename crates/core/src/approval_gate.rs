//! Role `approval_gate`: a decision becomes what is still required. Ops: `require`. Host ops: none; quick and pure.

use crate::{ExecutionMode, Principal, Result, Verdict, code::CodeHash, grant::Grant};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use std::future::Future;

/// The ABI's name of the one operation.
pub const REQUIRE: &str = "require";

/// What a gate gets: every analysed attempt, also one with verdict `allow`; never one that is denied.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct GateRequest {
    /// The code.
    pub code_sha256: CodeHash,
    /// Of all analyzers together.
    pub verdict: Verdict,
    /// The mode it would run in.
    pub mode: ExecutionMode,
    /// What would be opened.
    pub grants: Vec<Grant>,
    /// Why policy decided so.
    pub reasons: Vec<String>,
    /// Who asked.
    pub requester: Principal,
    /// The configured label (`production`), if any.
    pub environment: Option<String>,
}

/// What a gate answers. The host holds it to the promises: an `ask` answered with `Proceed` is refused, and a run in
/// `EPICS_CONTROL` goes to a person whatever is answered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "requirement", rename_all = "snake_case")]
pub enum Requirement {
    /// Nothing more.
    Proceed,
    /// A configured rule stands in for the person; recorded as that rule's decision.
    Rule {
        /// Which (`approval.mode = disabled`, `auto_approve.users`).
        rule: String,
    },
    /// A person decides.
    Person {
        /// Why, in plain words.
        reason: String,
    },
}

/// Says what approval is required.
pub trait ApprovalGate: Send + Sync + Sized + 'static {
    /// The configuration: `[execution.approval]` for the `default` gate.
    type Config: DeserializeOwned;

    /// Reads its configuration; called once.
    fn create(config: Self::Config) -> Result<Self>;

    /// What this attempt requires. An error counts as `deny`.
    fn require(&self, request: GateRequest) -> impl Future<Output = Result<Requirement>> + Send;
}
