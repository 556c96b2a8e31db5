//! The domain analyzer `control_patterns`: regular expressions of a site's own (`control_system.patterns`) over source text.
//!
//! For clients of a control system that no table knows. A pattern sees text, not meaning: strings count, comments do not.
//! The expressions are of the `regex` crate, so that no code can make one slow, and bounded in size.

use crate::{
    source::{depth, encoding, lines::Lines},
    stack::with_big_stack,
};
use pyexec_core::{
    Capability, Certainty, DomainAnalyzer, Finding, PluginError, Severity,
    domain_analyzer::{AnalysisReport, AnalysisRequest},
};
use regex::{Regex, RegexBuilder};
use rustpython_ast::token::TokenKind;
use rustpython_parser::{Mode, ParseOptions, parse_unchecked};
use rustpython_text_size::{Ranged, TextRange};
use serde::Deserialize;

/// Of one compiled expression, bytes.
const SIZE_LIMIT: usize = 1 << 20;
/// Findings of one expression: one is enough for a verdict.
const MAX_MATCHES: usize = 100;
/// Longer matches are shortened in messages.
const SHOWN: usize = 80;

/// `[control_system.patterns]`
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct PatternConfig {
    write: Vec<String>,
    read: Vec<String>,
}

/// The component.
#[derive(Debug)]
pub(crate) struct ControlPatterns {
    patterns: Vec<(Capability, Regex)>,
}

impl DomainAnalyzer for ControlPatterns {
    type Config = PatternConfig;

    fn create(config: PatternConfig) -> pyexec_core::Result<Self> {
        let lists =
            [("write", Capability::CONTROL_WRITE, config.write), ("read", Capability::CONTROL_READ, config.read)];
        let mut patterns = Vec::new();
        for (key, capability, list) in lists {
            for (at, pattern) in list.iter().enumerate() {
                let regex = RegexBuilder::new(pattern).size_limit(SIZE_LIMIT).dfa_size_limit(SIZE_LIMIT).build();
                let regex = regex.map_err(|error| bad(key, at, pattern, &error.to_string()))?;
                if regex.is_match("") {
                    return Err(bad(key, at, pattern, "it matches nothing at all, and so everywhere"));
                }
                patterns.push((capability.clone(), regex));
            }
        }
        Ok(Self { patterns })
    }

    async fn analyze(&self, request: AnalysisRequest) -> pyexec_core::Result<AnalysisReport> {
        // What is no text is refused by the `default` analyzer, which says why.
        let Ok(text) = encoding::decode(request.code.as_bytes()) else { return Ok(AnalysisReport::default()) };
        if depth::check(&text).is_err() {
            return Ok(AnalysisReport::default());
        }
        let comments =
            with_big_stack(|| comments(&text)).map_err(|error| PluginError::new("plugin", error.to_string()))?;
        Ok(AnalysisReport { syntax_ok: true, findings: self.find(&text, &comments), ..AnalysisReport::default() })
    }
}

impl ControlPatterns {
    fn find(&self, text: &str, comments: &[TextRange]) -> Vec<Finding> {
        let lines = Lines::new(text);
        let mut findings = Vec::new();
        for (capability, regex) in &self.patterns {
            let outside = regex.find_iter(text).filter(|found| {
                !comments.iter().any(|c| c.start().to_usize() <= found.start() && found.start() < c.end().to_usize())
            });
            for found in outside.take(MAX_MATCHES) {
                let (line, column) = lines.position(found.start());
                let (end_line, end_column) = lines.position(found.end());
                let shown: String = found.as_str().chars().take(SHOWN).collect();
                let does = if *capability == Capability::CONTROL_WRITE { "writes" } else { "reads" };
                findings.push(Finding {
                    rule: format!("{capability}.pattern"),
                    capability: Some(capability.clone()),
                    certainty: Certainty::Possible,
                    severity: if does == "writes" { Severity::Error } else { Severity::Info },
                    line,
                    column,
                    end_line,
                    end_column,
                    message: format!("`{shown}` {does} channels, says the site's pattern `{regex}`"),
                    evidence: Some(regex.to_string()),
                    subject: None,
                    analyzer: String::new(),
                });
            }
        }
        findings
    }
}

/// Where comments are. Of text that does not parse, as far as its tokens go.
fn comments(text: &str) -> Vec<TextRange> {
    let parsed = parse_unchecked(text, ParseOptions::from(Mode::Module));
    parsed.tokens().iter().filter(|token| token.kind() == TokenKind::Comment).map(Ranged::range).collect()
}

fn bad(key: &str, at: usize, pattern: &str, why: &str) -> PluginError {
    // The last line of what `regex` says is the reason; those before draw a caret under the place.
    let reason = why.lines().next_back().unwrap_or(why).trim_start_matches("error: ");
    let column =
        why.lines().find_map(|line| line.find('^').filter(|_| line.trim() == "^")).map(|c| c.saturating_sub(3));
    let place = column.map_or_else(String::new, |column| format!(", at character {column}"));
    PluginError::new(
        "config",
        format!("`control_system.patterns.{key}[{at}]` (`{pattern}`) is no regular expression{place}: {reason}"),
    )
    .with_help("write it as the `regex` crate reads it (no look-around, no back-references), or take it out")
}

pyexec_sdk::register_domain_analyzer!("control_patterns", ControlPatterns);

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(write: &str, code: &str) -> Vec<(u32, u32)> {
        let config = PatternConfig { write: vec![write.into()], read: vec![] };
        let analyzer = ControlPatterns::create(config).unwrap();
        let found = analyzer.find(code, &comments(code));
        assert!(found.iter().all(|f| f.capability == Some(Capability::CONTROL_WRITE)), "{found:?}");
        found.iter().map(|f| (f.line, f.column)).collect()
    }

    #[test]
    fn text_counts_and_comments_do_not() {
        let code = "# plant.set('A', 1)\nx = 'plant.set(1)'  # plant.set(2)\nplant.set('B', 2)\n";
        assert_eq!(lines(r"plant\.set\(", code), [(2, 6), (3, 1)]);
        assert_eq!(lines(r"plant\.set\(", "plant.set(1"), [(1, 1)], "also in text that does not parse");
    }

    #[test]
    fn a_bad_pattern_is_named_with_its_place() {
        let refused = |pattern: &str| {
            let config = PatternConfig { write: vec!["a".into(), pattern.into()], read: vec![] };
            ControlPatterns::create(config).unwrap_err().message.to_string()
        };
        let message = refused("plant(set");
        assert!(message.starts_with("`control_system.patterns.write[1]` (`plant(set`)"), "{message}");
        assert!(message.contains("at character 6: unclosed group"), "{message}");
        assert!(refused("(?=a)b").contains("look-around"), "{}", refused("(?=a)b"));
        assert!(refused("a{1000}{1000}").contains("size"), "{}", refused("a{1000}{1000}"));
        assert!(refused("a*").contains("everywhere"));
    }
}
