//! Code that is text in the code: what a constant would do when it is run.

use super::{
    finding::Found,
    interpreter::{Interpreter, MAX_TEXTS, follow_within},
    value::Value,
};
use crate::{
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
    /// What running `text` would do, harmless things left out; `None` if that cannot be said.
    pub(super) fn inner(&self, text: &str) -> Option<Vec<Finding>> {
        let texts = self.texts.get() + 1;
        self.texts.set(texts);
        if texts > MAX_TEXTS || self.level >= MAX_LEVEL || text.len() > MAX_BYTES || depth::check(text).is_err() {
            return None;
        }
        let lines = Lines::new(text);
        let parsed = syntax::parse(text, PYTHON, &lines).ok()?;
        let meaning = follow_within(parsed.suite(), text, &lines, self.knowledge, self.inputs, self.level + 1);
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
