//! The receipt in a final notebook's metadata (`metadata.pyexec.receipt`): what ran, on what, who allowed it and what came
//! of it, signed, so that it can be checked far from the store.
//!
//! ```text
//! signature = Ed25519( "pyexec-receipt-1\0" ‖ canonical JSON of the receipt without its member `signature` )
//! ```
//!
//! Everything in it follows from the run's log, so the same run has the same receipt. It names things by digest and never
//! quotes them: no code, no output, no comment of a person, no path of this machine but the interpreter's. There are no fractions in it, which a
//! program that saves the notebook might write differently.

use super::keys::SigningKey;
use crate::{
    clock::stamp,
    run::{Attempt, ExecutionState, Run, State},
    store::canonical,
};
use pyexec_core::{
    Digest, ErrorKind, ExecutionMode, Isolation, PolicyDigest, Principal, RunId, TicketId, Verdict,
    approval_gate::Requirement,
    code::CodeHash,
    outcome::{FileRecord, Outcome, Results},
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// The version of these shapes.
pub const RECEIPT_VERSION: u32 = 1;
/// The receipt's member that is not signed: the signature.
const SIGNATURE: &str = "signature";

/// A receipt without its signature.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Receipt {
    /// [`RECEIPT_VERSION`].
    pub version: u32,
    /// Of which run.
    pub run_id: RunId,
    /// How it ended.
    pub state: State,
    /// Why, unless it is done.
    pub error: Option<ErrorKind>,
    /// When it ended: RFC 3339, UTC.
    pub ended_at: String,
    /// Who asked.
    pub requester: Principal,
    /// Which attempt the rest is about; 0 when there was none.
    pub attempt: u32,
    /// Its code.
    pub code_sha256: Option<CodeHash>,
    /// What it ran in.
    pub environment: Environment,
    /// The declared inputs.
    pub inputs: Vec<Input>,
    /// `context.json`, if there was one.
    pub context_sha256: Option<Digest>,
    /// What policy said.
    pub policy: Option<Policy>,
    /// Who allowed it.
    pub approval: Approval,
    /// What came of it; absent if nothing was seen to run.
    pub outputs: Option<Outputs>,
    /// The end of the run's log.
    pub log: LogEnd,
    /// Of each cell of the notebook (`record/cells.rs` says how).
    pub cells: Vec<Digest>,
    /// The fingerprint of the key that signed.
    pub key: String,
}

/// What code ran in, as far as the log knows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Environment {
    /// The executor.
    pub backend: String,
    /// How the code was held; absent if it never started.
    pub isolation: Option<Isolation>,
    /// The interpreter's version.
    pub python: Option<String>,
    /// The interpreter's path, the one path of a machine that a receipt has: which Python it was is part of what ran.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub interpreter: Option<String>,
    /// Why this one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub origin: Option<String>,
    /// Of the canonical JSON of the installed packages, name to version.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub packages_sha256: Option<Digest>,
}

/// An input by name and digest.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Input {
    /// Its name in the working folder.
    pub name: String,
    /// Of the bytes.
    pub sha256: Digest,
    /// Size.
    pub bytes: u64,
}

/// What policy said.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Policy {
    /// Which policies, by name.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub names: Vec<String>,
    /// Those of them that are a text, by its digest.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub digests: Vec<PolicyDigest>,
    /// The verdict.
    pub verdict: Verdict,
    /// The mode.
    pub mode: ExecutionMode,
    /// Of the canonical JSON of the grants.
    pub grants_sha256: Digest,
    /// Of the stored findings.
    pub findings_sha256: Digest,
}

/// Who allowed it, and when.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "basis", rename_all = "snake_case")]
pub enum Approval {
    /// It never came to that.
    NotReached,
    /// Every analyzer allowed it and the gate required nothing.
    NotRequired,
    /// A configured rule.
    Rule {
        /// Which.
        rule: String,
    },
    /// A person was asked and did not answer.
    Unanswered {
        /// On which ticket.
        ticket: Option<TicketId>,
    },
    /// A person.
    Person {
        /// Who.
        by: Principal,
        /// What they did: `approved`, `rejected`, `edited`.
        answer: String,
        /// On which ticket.
        ticket: TicketId,
        /// When: RFC 3339, UTC.
        at: String,
    },
}

/// What came of the last execution.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outputs {
    /// Of the canonical JSON of `results`, if it was a dict.
    pub results_sha256: Option<Digest>,
    /// Of what it printed, as the store chains it.
    pub printed_sha256: Digest,
    /// Images.
    pub figures: Vec<FileRecord>,
    /// Other files.
    pub artifacts: Vec<FileRecord>,
}

/// The end of a log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogEnd {
    /// The last event.
    pub seq: u64,
    /// Its hash.
    pub hash: Digest,
}

impl Receipt {
    /// Of a run that has ended, with the hash of its last event and the digests of its notebook's cells.
    pub(crate) fn of(run: &Run, tip: Digest, cells: Vec<Digest>, key: &SigningKey) -> Self {
        let attempt = run.attempt();
        let analysis = attempt.and_then(|attempt| attempt.analysis.as_ref());
        let execution = run.execution();
        let seen = match execution.map(|execution| &execution.state) {
            Some(ExecutionState::Finished { outcome, output_sha256, .. }) => Some((outcome.as_ref(), *output_sha256)),
            _ => None,
        };
        let environment = seen.and_then(|(outcome, _)| outcome.environment.as_ref());
        Self {
            version: RECEIPT_VERSION,
            run_id: run.id.clone(),
            state: run.state(),
            error: run.ended.as_ref().and_then(|end| end.error.as_ref()).map(|error| error.kind),
            ended_at: stamp(run.updated_at),
            requester: run.created.requester.clone(),
            attempt: attempt.map_or(0, |attempt| attempt.number),
            code_sha256: attempt.and_then(|attempt| attempt.code),
            environment: Environment {
                backend: run.created.backend.clone(),
                isolation: execution.map(|execution| execution.isolation),
                python: seen.and_then(|(outcome, _)| outcome.python.clone()),
                interpreter: environment.map(|environment| environment.interpreter.clone()),
                origin: environment.map(|environment| environment.origin.clone()),
                packages_sha256: environment.and_then(|environment| environment.packages_sha256),
            },
            inputs: run.created.inputs.iter().map(Input::of).collect(),
            context_sha256: run.created.context.as_ref().map(|file| file.sha256),
            policy: analysis.map(|analysis| Policy {
                names: analysis.decision.policies.clone(),
                digests: analysis.decision.policy_digests.clone(),
                verdict: analysis.decision.verdict,
                mode: analysis.decision.mode,
                grants_sha256: digest_of(&json!(analysis.grants)),
                findings_sha256: analysis.findings,
            }),
            approval: attempt.map_or(Approval::NotReached, Approval::of),
            outputs: seen.map(|(outcome, printed)| Outputs::of(outcome, printed)),
            log: LogEnd { seq: run.seq, hash: tip },
            cells,
            key: key.public().fingerprint().to_string(),
        }
    }

    /// As it stands in the notebook.
    pub(crate) fn signed(&self, key: &SigningKey) -> Result<Value, serde_json::Error> {
        let mut receipt = serde_json::to_value(self)?;
        let signature = key.sign(&message(&receipt));
        receipt[SIGNATURE] = signature.into();
        Ok(receipt)
    }
}

/// What a receipt's signature is over, and the signature; nothing for what is no object with one.
pub(super) fn unsigned(mut receipt: Value) -> Option<(Vec<u8>, String)> {
    let signature = receipt.as_object_mut()?.remove(SIGNATURE)?.as_str()?.to_owned();
    Some((message(&receipt), signature))
}

fn message(unsigned: &Value) -> Vec<u8> {
    [b"pyexec-receipt-1\0".as_slice(), canonical(unsigned).as_bytes()].concat()
}

/// Of a value's canonical JSON.
pub(super) fn digest_of(value: &Value) -> Digest {
    Digest::of(canonical(value).as_bytes())
}

impl Input {
    fn of(input: &pyexec_core::order::StagedInput) -> Self {
        Self { name: input.name.clone(), sha256: input.sha256, bytes: input.bytes }
    }
}

impl Outputs {
    fn of(outcome: &Outcome, printed_sha256: Digest) -> Self {
        let results_sha256 = match &outcome.results {
            Results::Dict { value } => Some(digest_of(&Value::Object(value.clone()))),
            _ => None,
        };
        let (figures, artifacts) = (outcome.figures.clone(), outcome.artifacts.clone());
        Self { results_sha256, printed_sha256, figures, artifacts }
    }
}

impl Approval {
    fn of(attempt: &Attempt) -> Self {
        if let Some(decision) = &attempt.decision {
            let (by, ticket) = (decision.by.clone(), decision.ticket.clone());
            return Self::Person { by, answer: decision.answer.done().into(), ticket, at: stamp(decision.at) };
        }
        match attempt.analysis.as_ref().and_then(|analysis| analysis.requirement.as_ref()) {
            None => Self::NotReached,
            Some(Requirement::Proceed) => Self::NotRequired,
            Some(Requirement::Rule { rule }) => Self::Rule { rule: rule.clone() },
            Some(Requirement::Person { .. }) => {
                Self::Unanswered { ticket: attempt.ticket.as_ref().map(|ticket| ticket.ticket_id.clone()) }
            }
        }
    }
}
