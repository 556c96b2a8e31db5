//! The `default` domain analyzer.

use crate::{
    knowledge::{Knowledge, KnowledgeError},
    meaning::{Meaning, Surroundings, follow},
    source::{Refusal, depth, encoding, lines::Lines},
    stack::{BigStackError, with_big_stack},
    summary, syntax,
};
use pyexec_core::{
    Code, DomainAnalyzer, Finding, PluginError,
    domain_analyzer::{AnalysisReport, AnalysisRequest},
};
use serde::Deserialize;
use std::sync::Arc;

/// The name under which findings of this analyzer go.
const NAME: &str = "default";

/// Why there is no report. What is wrong with the *code* is a finding, never an error.
#[derive(Debug, thiserror::Error)]
pub enum AnalyzeError {
    /// The thread with the big stack failed.
    #[error(transparent)]
    Stack(#[from] BigStackError),
    /// A knowledge table that ships with the crate is not usable.
    #[error(transparent)]
    Knowledge(#[from] Box<KnowledgeError>),
}

/// Says what code can do. Blocks for as long as it takes: below a millisecond for a usual script, bounded for any.
///
/// # Errors
///
/// Only when the machinery fails; whoever asked must then treat the code as denied.
pub fn analyze(request: &AnalysisRequest) -> Result<AnalysisReport, AnalyzeError> {
    Ok(analyze_with(request, Knowledge::built_in().map_err(Box::new)?)?)
}

/// With tables of a user's beside the built-in ones.
#[derive(Debug, Clone)]
pub struct Analyzer(Arc<Knowledge>);

impl Analyzer {
    /// Reads and checks knowledge tables: each a name for messages, usually a path, and its text.
    ///
    /// # Errors
    ///
    /// The first thing that is wrong with a table, with its name and place.
    pub fn new(tables: &[(&str, &str)]) -> Result<Self, KnowledgeError> {
        Ok(Self(Arc::new(Knowledge::with(tables)?)))
    }

    /// As [`analyze`].
    ///
    /// # Errors
    ///
    /// As [`analyze`].
    pub fn analyze(&self, request: &AnalysisRequest) -> Result<AnalysisReport, AnalyzeError> {
        Ok(analyze_with(request, &self.0)?)
    }
}

/// A request for an example of a policy or a table.
pub(crate) fn example(code: &str, python: (u8, u8)) -> AnalysisRequest {
    AnalysisRequest {
        code: code.into(),
        python,
        inputs: Vec::new(),
        outputs: Vec::new(),
        modules: Vec::new(),
        prior: Vec::new(),
    }
}

pub(crate) fn analyze_with(request: &AnalysisRequest, knowledge: &Knowledge) -> Result<AnalysisReport, BigStackError> {
    if request.code.as_bytes().len() > Code::MAX_BYTES {
        return Ok(refused(&Refusal {
            line: 1,
            column: 1,
            message: format!(
                "{} bytes of code are more than the {} that are analysed: read data from an input instead of writing it \
                 into the code",
                request.code.as_bytes().len(),
                Code::MAX_BYTES
            ),
        }));
    }
    let text = match encoding::decode(request.code.as_bytes()) {
        Ok(text) => text,
        Err(refusal) => return Ok(refused(&refusal)),
    };
    if let Err(refusal) = depth::check(&text) {
        return Ok(refused(&refusal));
    }
    let judged = with_big_stack(|| {
        let lines = Lines::new(&text);
        let parsed = syntax::parse(&text, request.python, &lines)?;
        Ok::<Meaning, Vec<Finding>>(follow(parsed.suite(), &text, &lines, &Surroundings::of(request, knowledge)))
    })?;
    Ok(match judged {
        Ok(meaning) => report(meaning),
        Err(findings) => not_python(findings),
    })
}

fn refused(refusal: &Refusal) -> AnalysisReport {
    not_python(vec![syntax::refusal(refusal)])
}

fn not_python(mut findings: Vec<Finding>) -> AnalysisReport {
    sign(&mut findings);
    AnalysisReport {
        syntax_ok: false,
        summary: findings.first().map_or_else(String::new, |first| format!("does not compile: line {}", first.line)),
        findings,
        ..AnalysisReport::default()
    }
}

fn report(meaning: Meaning) -> AnalysisReport {
    let mut findings = meaning.findings;
    sign(&mut findings);
    let imports: Vec<String> = meaning.imports.into_iter().collect();
    AnalysisReport {
        syntax_ok: true,
        summary: summary::of(&findings, &imports),
        findings,
        imports,
        additional_context: [("assigns_results".to_owned(), meaning.assigns_results.into())].into_iter().collect(),
    }
}

fn sign(findings: &mut [Finding]) {
    for finding in findings {
        finding.analyzer = NAME.into();
    }
}

/// Its configuration. The texts come from whoever reads files: this crate reads none.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct AnalyzerConfig {
    /// Knowledge tables of the user's.
    knowledge: Vec<KnowledgeText>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct KnowledgeText {
    /// What the file is called, for messages.
    name: String,
    text: String,
}

/// The component around [`Analyzer`].
#[derive(Debug)]
pub(crate) struct DefaultAnalyzer(Analyzer);

impl DomainAnalyzer for DefaultAnalyzer {
    type Config = AnalyzerConfig;

    fn create(config: AnalyzerConfig) -> pyexec_core::Result<Self> {
        let tables: Vec<(&str, &str)> = config.knowledge.iter().map(|t| (t.name.as_str(), t.text.as_str())).collect();
        Analyzer::new(&tables).map(Self).map_err(|error| {
            PluginError::new("config", error.to_string())
                .with_help("mend the table, or take it out of `[analysis] knowledge`; docs/knowledge.md has the format")
        })
    }

    async fn analyze(&self, request: AnalysisRequest) -> pyexec_core::Result<AnalysisReport> {
        self.0.analyze(&request).map_err(|error| {
            PluginError::new("plugin", format!("the code was not analysed: {error}"))
                .with_help("the code counts as denied; run it again, and report this if it stays")
        })
    }
}

pyexec_sdk::register_domain_analyzer!("default", DefaultAnalyzer);
