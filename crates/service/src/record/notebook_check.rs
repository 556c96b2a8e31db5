//! Whether a notebook is what its receipt says: pure, for any machine that has the file and the public key.

use super::{
    cells::{cell_digests, is_code, source},
    key_text::PublicKey,
    receipt::{Approval, RECEIPT_VERSION, Receipt, unsigned},
};
use crate::view::PolicyView;
use pyexec_core::{Code, Digest};
use serde::Serialize;
use serde_json::Value;

/// The most cells whose change is told one by one.
const MOST_TOLD: usize = 20;

/// What was found of a notebook.
#[derive(Debug, Clone, Serialize)]
pub struct NotebookReport {
    /// Whether everything fits.
    pub ok: bool,
    /// The fingerprint of the key that signed it, as the receipt says; not known to be true unless `ok`.
    pub key: Option<String>,
    /// What holds.
    pub holds: Vec<String>,
    /// What does not.
    pub altered: Vec<String>,
    /// The receipt, if its signature fits.
    pub receipt: Option<Receipt>,
}

/// Not a notebook.
#[derive(Debug, thiserror::Error)]
pub enum ReadNotebookError {
    /// No JSON.
    #[error("it is not JSON: {0}")]
    Json(#[from] serde_json::Error),
    /// Other JSON.
    #[error("it is JSON, but not a notebook of format 4")]
    NotANotebook,
}

/// Checks a notebook's bytes against the receipt that it carries, with these keys.
pub fn check_notebook(bytes: &[u8], keys: &[PublicKey]) -> Result<NotebookReport, ReadNotebookError> {
    let notebook: Value = serde_json::from_slice(bytes)?;
    let found = cell_digests(&notebook).ok_or(ReadNotebookError::NotANotebook)?;
    let Some(carried) = notebook.pointer("/metadata/pyexec/receipt") else {
        return Ok(refused(None, "it carries no receipt, so nothing vouches for it".into()));
    };
    let version = carried.get("version").and_then(Value::as_u64);
    if version.is_some_and(|version| version > RECEIPT_VERSION.into()) {
        return Ok(refused(None, "its receipt is of a newer pyexec; check it with that one".into()));
    }
    let receipt: Option<Receipt> = serde_json::from_value(carried.clone()).ok();
    let (Some(receipt), Some((message, signature))) = (receipt, unsigned(carried.clone())) else {
        return Ok(refused(None, "its receipt is not readable".into()));
    };
    let fingerprint = receipt.key.clone();
    let Some(key) = keys.iter().find(|key| key.fingerprint().as_str() == fingerprint) else {
        let known: Vec<_> = keys.iter().map(|key| key.fingerprint().as_str()).collect();
        let known = if known.is_empty() { "none".to_owned() } else { known.join(", ") };
        let what = format!("it is signed by an unknown key {}; known here: {known}", shown(&fingerprint));
        return Ok(refused(Some(fingerprint), what));
    };
    if !key.signed(&message, &signature) {
        return Ok(refused(Some(fingerprint), "its receipt was altered: the signature does not fit".into()));
    }
    let altered = changes(&notebook, &receipt.cells, &found);
    let mut holds = facts(&receipt);
    if altered.is_empty() {
        holds.push(format!("all {} cells, with their outputs, are those that were signed", found.len()));
        holds.extend(code_cell(&notebook, &receipt));
    }
    Ok(NotebookReport { ok: altered.is_empty(), key: Some(fingerprint), holds, altered, receipt: Some(receipt) })
}

fn refused(key: Option<String>, what: String) -> NotebookReport {
    NotebookReport { ok: false, key, holds: vec![], altered: vec![what], receipt: None }
}

/// A fingerprint that nobody vouches for: text from the file.
fn shown(fingerprint: &str) -> String {
    fingerprint.chars().take(64).filter(char::is_ascii_graphic).collect()
}

fn changes(notebook: &Value, signed: &[Digest], found: &[Digest]) -> Vec<String> {
    let kind = |at: usize| {
        let kind =
            notebook["cells"][at]["cell_type"].as_str().filter(|kind| ["code", "markdown", "raw"].contains(kind));
        kind.unwrap_or("unknown")
    };
    if signed.len() != found.len() {
        return vec![format!("it has {} cells, and {} were signed", found.len(), signed.len())];
    }
    let differ: Vec<_> = (0..found.len()).filter(|&at| signed[at] != found[at]).collect();
    let mut told: Vec<_> = differ
        .iter()
        .take(MOST_TOLD)
        .map(|&at| {
            format!("cell {} ({}) is not what was signed: its text or its outputs were changed", at + 1, kind(at))
        })
        .collect();
    if let more @ 1.. = differ.len().saturating_sub(MOST_TOLD) {
        told.push(format!("and {more} more cells"));
    }
    told
}

fn facts(receipt: &Receipt) -> Vec<String> {
    let mut facts = vec![
        format!("signed by key {}", receipt.key),
        format!(
            "run {}, {} on {}, asked for by {}",
            receipt.run_id, receipt.state, receipt.ended_at, receipt.requester
        ),
    ];
    if let Some(code) = &receipt.code_sha256 {
        facts.push(format!("code sha256 {code}"));
    }
    if let Some(policy) = &receipt.policy {
        let by = PolicyView::listed(&policy.names, &policy.digests);
        let by = if by.is_empty() { by } else { format!(", by {by}") };
        facts.push(format!("policy: {}, {}{by}", policy.verdict, policy.mode));
    }
    facts.push(match &receipt.approval {
        Approval::NotReached => "it never came to an approval".into(),
        Approval::NotRequired => "no approval was required".into(),
        Approval::Rule { rule } => format!("approved by the configured rule {rule}"),
        Approval::Unanswered { .. } => "a person was asked and did not answer".into(),
        Approval::Person { by, answer, at, .. } => format!("{answer} by {by} on {at}"),
    });
    facts.push(format!("log: event {}, {}", receipt.log.seq, receipt.log.hash));
    facts
}

/// What needs no trust in how notebooks are made: a cell whose bytes have the digest of the code.
fn code_cell(notebook: &Value, receipt: &Receipt) -> Option<String> {
    let code = receipt.code_sha256?;
    let cells = notebook["cells"].as_array()?;
    let at = cells.iter().position(|cell| is_code(cell) && Code::new(source(cell).into_bytes()).hash() == code)?;
    Some(format!("cell {} is the code, byte for byte", at + 1))
}
