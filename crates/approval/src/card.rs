//! What a person is shown before they decide: [`pyexec_core::Card`], made fit to be shown, for every front end.
//!
//! In a [`CardView`] every foreign text is [`Exposed`], the code as well, beside the hash of its raw bytes: `Serialize` is
//! for JSON and pages, [`CardView::to_text`] for a terminal. What a careful person wants to know first is worked out here
//! (`card/warnings.rs`, `card/change.rs`), so that no front end can leave it out; how it looks is in `card/text.rs`.

mod change;
mod page;
mod text;
mod warnings;
mod words;

use crate::expose::{Exposed, Reading};
pub use change::{Change, Row, Since};
pub use warnings::Warning;

use pyexec_core::{
    Card, CodeHash, ExecutionMode, Finding, Grant, Isolation, RunId, TicketId,
    card::{Author, Earlier, Ending},
    code::Digest,
    connector::WriteResult,
    finding::{Certainty, Severity},
    order::Limits,
};
use serde::Serialize;
use serde_json::Value;
use std::{collections::BTreeSet, os::unix::ffi::OsStrExt};

/// The version of this shape.
const SCHEMA: u32 = 1;

/// A request for approval, as every front end shows it. Times are RFC 3339, UTC; lines and columns count from 1.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CardView {
    /// The version of this shape.
    pub schema: u32,
    /// What is decided.
    pub ticket_id: TicketId,
    /// The run that waits.
    pub run_id: RunId,
    /// What a careful person wants to know first.
    pub warnings: Vec<Warning>,
    /// Who asked.
    pub requester: Exposed,
    /// The request, whole.
    pub task: Exposed,
    /// What analysis says of the code.
    pub summary: Exposed,
    /// Why a person is asked.
    pub reasons: Vec<Exposed>,
    /// What policy recommends instead.
    pub recommendations: Vec<Exposed>,
    /// What a policy plugin wants the approver to see: names and JSON.
    pub additional_context: Vec<Exposed>,
    /// The mode that it would run in.
    pub mode: ExecutionMode,
    /// What would be opened.
    pub grants: Vec<GrantView>,
    /// What changed since the code that it is compared with.
    pub change: Option<Change>,
    /// Earlier executions of this run that may have changed something.
    pub earlier: Vec<EarlierView>,
    /// What analysis found, the worst first.
    pub findings: Vec<FindingView>,
    /// What it may read.
    pub inputs: Vec<InputView>,
    /// Which attempt of the run this is, from 1.
    pub attempt: u32,
    /// Who wrote the code.
    pub author: AuthorView,
    /// The executor that it would run on.
    pub backend: Exposed,
    /// What holds it.
    pub limits: Limits,
    /// How strongly it will be held.
    pub isolation: Isolation,
    /// When the ticket was opened.
    pub created_at: String,
    /// When it lapses.
    pub expires_at: String,
    /// Seconds until then.
    pub expires_in_seconds: u64,
    /// The code.
    pub code: CodeView,
}

/// Code, whole.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CodeView {
    /// Of the raw bytes: what an approval is about, and what runs.
    pub sha256: CodeHash,
    /// How many raw bytes there are.
    pub bytes: usize,
    /// Exposed, one an entry, as Python counts lines.
    pub text: Exposed,
}

/// Something that would be opened.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct GrantView {
    /// `output`, `read`, `net`, `process` or `channel_write`.
    pub kind: &'static str,
    /// In our words.
    pub words: String,
    /// The paths or channels.
    pub names: Vec<Exposed>,
}

/// A finding.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct FindingView {
    /// How much it matters.
    pub severity: Severity,
    /// How sure analysis is.
    pub certainty: Certainty,
    /// The rule, and the name that it matched.
    pub rule: Exposed,
    /// In plain words.
    pub message: Exposed,
    /// Both, for a terminal.
    #[serde(skip)]
    whole: Exposed,
    /// First line.
    pub line: u32,
    /// First column.
    pub column: u32,
    /// Last line.
    pub end_line: u32,
}

/// A declared input.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct InputView {
    /// Where it came from.
    pub path: Exposed,
    /// Size.
    pub bytes: u64,
    /// Of the content.
    pub sha256: Digest,
}

/// Who wrote the code.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum AuthorView {
    /// It came with the request.
    Given,
    /// A generator.
    Generator {
        /// Its name.
        name: Exposed,
    },
    /// A person, out of the code of an earlier attempt.
    Person {
        /// Who.
        by: Exposed,
        /// Which attempt.
        of: u32,
    },
}

/// An earlier execution of this run.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct EarlierView {
    /// Of which attempt.
    pub attempt: u32,
    /// Whether it could change something outside its folder.
    pub effects: bool,
    /// How it ended, in our words.
    pub ending: &'static str,
    /// Its channel writes, in order.
    pub writes: Vec<WriteView>,
}

/// A channel write that happened, or may have.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct WriteView {
    /// Channel and value.
    pub write: Exposed,
    /// What is known of it; null is as good as unknown.
    pub result: Option<WriteResult>,
    /// What the control system says beside that.
    pub notes: Option<Exposed>,
}

impl CardView {
    /// Exposes a card.
    pub fn of(card: &Card) -> Self {
        let code = Exposed::new(card.code.as_bytes(), Reading::Code);
        let change = Change::of(card, &code);
        let prose = |text: &String| Exposed::new(text, Reading::Prose);
        let mut findings: Vec<_> = card.findings.iter().map(finding).collect();
        findings.sort_by(|a, b| b.severity.cmp(&a.severity).then(a.line.cmp(&b.line)));
        let mut view = Self {
            schema: SCHEMA,
            ticket_id: card.ticket_id.clone(),
            run_id: card.run_id.clone(),
            warnings: Vec::new(),
            requester: name(&card.requester.0),
            task: prose(&card.task),
            summary: prose(&card.summary),
            reasons: card.reasons.iter().map(prose).collect(),
            recommendations: card.recommendations.iter().map(prose).collect(),
            additional_context: card.additional_context.iter().map(context).collect(),
            mode: card.mode,
            grants: card.grants.iter().map(grant).collect(),
            change,
            earlier: card.earlier.iter().map(earlier).collect(),
            findings,
            inputs: card.inputs.iter().map(input).collect(),
            attempt: card.attempt,
            author: author(&card.author),
            backend: name(&card.backend),
            limits: card.limits.clone(),
            isolation: card.isolation,
            created_at: card.created_at.clone(),
            expires_at: card.expires_at.clone(),
            expires_in_seconds: card.expires_in.as_secs(),
            code: CodeView { sha256: card.code.hash(), bytes: card.code.as_bytes().len(), text: code },
        };
        view.warnings = warnings::of(card, &view);
        view
    }

    /// Every foreign text but the code.
    fn texts(&self) -> Vec<&Exposed> {
        let mut texts = vec![&self.requester, &self.task, &self.summary, &self.backend];
        texts.extend(self.reasons.iter().chain(&self.recommendations).chain(&self.additional_context));
        texts.extend(self.grants.iter().flat_map(|grant| &grant.names));
        texts.extend(self.findings.iter().flat_map(|finding| [&finding.rule, &finding.message]));
        texts.extend(self.inputs.iter().map(|input| &input.path));
        for write in self.earlier.iter().flat_map(|earlier| &earlier.writes) {
            texts.push(&write.write);
            texts.extend(&write.notes);
        }
        match &self.author {
            AuthorView::Given => {}
            AuthorView::Generator { name: who } | AuthorView::Person { by: who, .. } => texts.push(who),
        }
        texts
    }

    /// The lines that have findings.
    fn lines_with_findings(&self) -> BTreeSet<u32> {
        self.findings.iter().map(|finding| finding.line).collect()
    }
}

fn name(text: impl AsRef<[u8]>) -> Exposed {
    Exposed::new(text, Reading::Name)
}

fn context((key, value): (&String, &Value)) -> Exposed {
    let value = value.as_str().map_or_else(|| value.to_string(), Into::into);
    Exposed::new(format!("{key}: {value}"), Reading::Prose)
}

fn grant(grant: &Grant) -> GrantView {
    let (kind, names) = match grant {
        Grant::Output { path, .. } => ("output", vec![name(path.as_os_str().as_bytes())]),
        Grant::Read { path } => ("read", vec![name(path.as_os_str().as_bytes())]),
        Grant::Net => ("net", vec![]),
        Grant::Process => ("process", vec![]),
        Grant::ChannelWrite(grant) => ("channel_write", grant.names.iter().map(name).collect()),
    };
    GrantView { kind, words: words::grant(grant), names }
}

fn finding(finding: &Finding) -> FindingView {
    let rule = match &finding.evidence {
        Some(evidence) => format!("{}: {evidence}", finding.rule),
        None => finding.rule.clone(),
    };
    let whole = Exposed::new(format!("{} ({rule})", finding.message), Reading::Prose);
    FindingView {
        severity: finding.severity,
        certainty: finding.certainty,
        rule: name(&rule),
        message: Exposed::new(&finding.message, Reading::Prose),
        whole,
        line: finding.line,
        column: finding.column,
        end_line: finding.end_line,
    }
}

fn input(input: &pyexec_core::finding::InputInfo) -> InputView {
    InputView { path: name(&input.path), bytes: input.bytes, sha256: input.sha256 }
}

fn author(author: &Author) -> AuthorView {
    match author {
        Author::Given => AuthorView::Given,
        Author::Generator(generator) => AuthorView::Generator { name: name(generator) },
        Author::Person { by, of } => AuthorView::Person { by: name(&by.0), of: *of },
    }
}

fn earlier(earlier: &Earlier) -> EarlierView {
    let writes = earlier.writes.iter().map(|(write, report)| WriteView {
        write: name(format!("{} = {}", write.name, write.value)),
        result: report.as_ref().map(|report| report.result),
        notes: report.as_ref().and_then(|report| report.notes.as_ref()).map(name),
    });
    EarlierView {
        attempt: earlier.attempt,
        effects: earlier.effects,
        ending: match earlier.ending {
            Ending::Running => "it has not ended, as far as is known",
            Ending::Finished => "it ran to its end",
            Ending::Failed => "the machinery failed",
            Ending::Interrupted => "it was INTERRUPTED: what it did is not known",
        },
        writes: writes.collect(),
    }
}
