//! Code that is text in the code: what a constant would do when it is run.

use super::{
    effect::argument,
    finding::Found,
    interpreter::{Interpreter, MAX_TEXTS, Surroundings, follow_within},
    query::Query,
    value::{Arguments, Value},
};
use crate::{
    knowledge::table::{CallEntry, Grammar},
    source::{depth, lines::Lines},
    syntax,
};
use pyexec_core::{Capability, Certainty, Finding};
use rustpython_text_size::TextRange;

/// Text in text in text is not followed further.
const MAX_LEVEL: u32 = 3;
/// Longer text is not followed: what runs it is a finding already.
const MAX_BYTES: usize = 1 << 14;
/// The parser must accept whatever some interpreter does.
const PYTHON: (u8, u8) = (3, 14);

impl Interpreter<'_> {
    /// Text that a library runs: what it does if that is known, else that it may do anything.
    pub(super) fn on_code(
        &mut self,
        base: Found,
        entry: &CallEntry,
        origin: Option<&Value>,
        arguments: &Arguments,
        range: TextRange,
    ) {
        let mut known = Some(String::new());
        let mut runs_text = false;
        for value in entry.code.iter().filter_map(|which| argument(which, origin, arguments)) {
            let text = match &value {
                Value::Text(text) => text.whole().map(str::to_owned),
                Value::Unknown | Value::Union(_) | Value::Symbol(_) => None,
                _ => continue, // a callable is followed where it is handed over
            };
            if entry.grammar == Grammar::Query {
                // Names are columns there: only what an `@` reaches is code, and of data none is expected.
                for part in value.alternatives() {
                    match self.query(part, range) {
                        Query::Columns => continue,
                        Query::Code(code) => known = known.map(|before| before + &code + "\n"),
                        Query::Beyond => known = None,
                    }
                    runs_text = true;
                }
                continue;
            }
            runs_text = true;
            known = known.zip(text).map(|(before, text)| before + &text + "\n");
        }
        if !runs_text {
            return;
        }
        let Some(text) = known else {
            return self.findings.record(range, Found { certainty: Certainty::Possible, ..base });
        };
        match self.inner(text.trim_start()) {
            Some(found) if found.is_empty() => {}
            Some(_) => {
                self.findings.record(range, base);
                self.inner_effects(&Value::text(text), range);
            }
            None => self.findings.record(range, base),
        }
    }

    /// What running `text` would do, harmless things left out; `None` if that cannot be said.
    pub(super) fn inner(&self, text: &str) -> Option<Vec<Finding>> {
        let texts = self.texts.get() + 1;
        self.texts.set(texts);
        if texts > MAX_TEXTS || self.level >= MAX_LEVEL || text.len() > MAX_BYTES || depth::check(text).is_err() {
            return None;
        }
        let lines = Lines::new(text);
        let surroundings = Surroundings { knowledge: self.knowledge, inputs: self.inputs, modules: &[] };
        let parsed = syntax::parse(text, PYTHON, &lines).ok()?;
        let meaning = follow_within(parsed.suite(), text, &lines, &surroundings, self.level + 1);
        let harmless = [Capability::INPUT, Capability::ARTIFACT, Capability::CONTROL_READ];
        let serious = |f: &Finding| f.capability.as_ref().is_some_and(|c| !harmless.contains(c));
        Some(meaning.findings.into_iter().filter(serious).collect())
    }

    /// What running a constant would do, as findings of the place that runs it.
    pub(super) fn inner_effects(&mut self, code: &Value, range: TextRange) {
        for alternative in code.alternatives() {
            let text = match alternative {
                Value::Text(text) => text.whole().map(str::to_owned),
                Value::Bytes(bytes) => std::str::from_utf8(bytes).ok().map(str::to_owned),
                _ => None,
            };
            let Some(inner) = text.and_then(|text| self.inner(text.trim_start())) else { continue };
            for finding in inner {
                self.findings.record(
                    range,
                    Found {
                        rule: finding.rule,
                        capability: finding.capability,
                        certainty: Certainty::Possible,
                        message: format!("the text that is run: {}", finding.message),
                        evidence: finding.evidence,
                        subject: finding.subject,
                    },
                );
            }
        }
    }
}
