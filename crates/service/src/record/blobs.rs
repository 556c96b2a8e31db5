//! The stored bytes that a run's events name: code, findings, prompts and answers.

use super::verify::RunReport;
use crate::{
    event::{Answer, Event, KeptPrompt},
    service::{ServiceError, blocking},
    store::{BlobError, Store},
};
use pyexec_core::Digest;
use std::collections::BTreeSet;

/// Reads each of them and compares it with its digest.
pub(super) async fn check(report: &mut RunReport, store: &Store, events: &[(u64, Event)]) -> Result<(), ServiceError> {
    let mut seen = BTreeSet::new();
    let named: Vec<_> = events
        .iter()
        .flat_map(|(seq, event)| named(event).into_iter().map(move |(what, digest)| (*seq, what, digest)))
        .filter(|(_, _, digest)| seen.insert(*digest))
        .collect();
    let count = named.len();
    let store = store.clone();
    let bad = blocking(move || {
        let mut bad = vec![];
        for (seq, what, digest) in named {
            match store.get_blob(&digest) {
                Ok(_) => {}
                Err(BlobError::Altered { .. }) => bad.push((seq, format!("{what} is stored, but altered: {digest}"))),
                Err(BlobError::Missing { .. }) => bad.push((seq, format!("{what} is gone from the store: {digest}"))),
                Err(other) => return Err(other.into()),
            }
        }
        Ok(bad)
    })
    .await?;
    if bad.is_empty() {
        report.holds(format!("{count} stored texts (code, findings, prompts) have the digests that the events name"));
    }
    for (seq, what) in bad {
        report.altered(Some(seq), what);
    }
    Ok(())
}

/// Without a wildcard: an event that comes to name bytes must come here.
fn named(event: &Event) -> Vec<(String, Digest)> {
    match event {
        Event::Created(created) => created.given.iter().map(|code| ("the given code".into(), code.0)).collect(),
        Event::Generated { attempt, code, prompts, .. } => {
            let code = (format!("the code of attempt {attempt}"), code.0);
            [code].into_iter().chain(texts(*attempt, prompts)).collect()
        }
        Event::GenerationFailed { attempt, prompts, .. } => texts(*attempt, prompts).collect(),
        Event::Analyzed(analyzed) => {
            vec![(format!("what was found in attempt {}", analyzed.attempt), analyzed.findings)]
        }
        Event::Decided { answer: Answer::Edit { code }, .. } => vec![("the edited code".into(), code.0)],
        Event::Claimed { .. }
        | Event::Abandoned { .. }
        | Event::TicketOpened(_)
        | Event::Decided { answer: Answer::Approve | Answer::Reject { .. }, .. }
        | Event::Expired { .. }
        | Event::ExecutionStarted { .. }
        | Event::ChannelWriteIntended { .. }
        | Event::ChannelWriteEnded { .. }
        | Event::ChannelWriteRefused { .. }
        | Event::ExecutionFinished { .. }
        | Event::ExecutionFailed { .. }
        | Event::Interrupted { .. }
        | Event::CancelRequested { .. }
        | Event::Ended { .. } => vec![],
    }
}

fn texts(attempt: u32, prompts: &[KeptPrompt]) -> impl Iterator<Item = (String, Digest)> {
    prompts.iter().map(move |kept| (format!("the text `{}` of attempt {attempt}", kept.name), kept.sha256))
}
