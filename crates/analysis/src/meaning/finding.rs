//! Collects findings: one for each thing at each place, the surest wording of it.

use crate::hash::{HashMap, HashSet};
use crate::source::lines::Lines;
use pyexec_core::{Capability, Certainty, Finding, Severity, finding::Subject};
use rustpython_text_size::TextRange;

/// Constant subjects of one rule at one place; more are not listed, and so not granted.
const MAX_SUBJECTS: usize = 64;
/// Findings of one rule; nobody reads more, and one is enough for a verdict.
const MAX_OF_RULE: usize = 500;

/// The key of a finding: place, rule, subject.
type Key = (TextRange, String, Option<(bool, String)>);

/// The findings so far.
pub(super) struct Findings<'a> {
    lines: &'a Lines<'a>,
    all: Vec<(TextRange, Finding)>,
    known: HashMap<Key, usize>,
    subjects: HashMap<(TextRange, String), usize>,
    of_rule: HashMap<String, usize>,
    /// Below this, findings are only possible ones.
    pub(super) only_possible: u32,
    /// Below this, an unknown argument is no finding: nothing calls the function.
    pub(super) dead: u32,
}

/// What is found, before its place is known.
#[derive(Clone)]
pub(super) struct Found {
    pub(super) rule: String,
    pub(super) capability: Option<Capability>,
    pub(super) certainty: Certainty,
    pub(super) message: String,
    pub(super) evidence: Option<String>,
    pub(super) subject: Option<Subject>,
}

impl<'a> Findings<'a> {
    pub(super) fn new(lines: &'a Lines<'a>) -> Self {
        Self {
            lines,
            all: Vec::new(),
            known: HashMap::default(),
            subjects: HashMap::default(),
            of_rule: HashMap::default(),
            only_possible: 0,
            dead: 0,
        }
    }

    /// Adds one without evidence or subject.
    pub(super) fn add(
        &mut self,
        range: TextRange,
        rule: &str,
        capability: Option<Capability>,
        certainty: Certainty,
        message: String,
    ) {
        let rule = rule.to_owned();
        self.record(range, Found { rule, capability, certainty, message, evidence: None, subject: None });
    }

    /// Adds one, or makes the known one surer.
    pub(super) fn record(&mut self, range: TextRange, mut found: Found) {
        if self.dead > 0 && found.certainty == Certainty::Possible {
            return;
        }
        if self.only_possible > 0 {
            found.certainty = Certainty::Possible;
        }
        let subject = found.subject.as_ref().map(|subject| match subject {
            Subject::Path { path } => (false, path.clone()),
            Subject::Channel { name } => (true, name.clone()),
        });
        let key = (range, found.rule.clone(), subject);
        if let Some(&at) = self.known.get(&key) {
            let known = &mut self.all[at].1;
            if found.certainty > known.certainty {
                known.certainty = found.certainty;
                known.message = found.message;
            }
            return;
        }
        let count = self.subjects.entry((range, found.rule.clone())).or_default();
        *count += 1;
        let of_rule = self.of_rule.entry(found.rule.clone()).or_default();
        *of_rule += 1;
        if *count > MAX_SUBJECTS || *of_rule > MAX_OF_RULE {
            return;
        }
        let (line, column) = self.lines.position(range.start().to_usize());
        let (end_line, end_column) = self.lines.position(range.end().to_usize());
        let severity = severity(found.capability.as_ref());
        self.known.insert(key, self.all.len());
        self.all.push((
            range,
            Finding {
                rule: found.rule,
                capability: found.capability,
                certainty: found.certainty,
                severity,
                line,
                column,
                end_line,
                end_column,
                message: found.message,
                evidence: found.evidence,
                subject: found.subject,
                analyzer: String::new(),
            },
        ));
    }

    /// All of them in source order, without those that turned out to be nothing.
    pub(super) fn finish(mut self, nothing: &HashSet<(TextRange, String)>) -> Vec<Finding> {
        if !nothing.is_empty() {
            self.all.retain(|(range, finding)| !nothing.contains(&(*range, finding.rule.clone())));
        }
        self.all.sort_by(|(a, x), (b, y)| {
            (a.start(), a.end(), &x.rule, &x.message).cmp(&(b.start(), b.end(), &y.rule, &y.message))
        });
        self.all.into_iter().map(|(_, finding)| finding).collect()
    }
}

/// How much a capability matters to a reader, whatever a policy says of it.
fn severity(capability: Option<&Capability>) -> Severity {
    match capability {
        Some(c) if [Capability::INPUT, Capability::ARTIFACT, Capability::CONTROL_READ].contains(c) => Severity::Info,
        Some(c) if [Capability::CONTROL_WRITE, Capability::PROCESS, Capability::NATIVE_CODE].contains(c) => {
            Severity::Error
        }
        _ => Severity::Warning,
    }
}
