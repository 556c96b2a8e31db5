//! `pyexec analyze`.

use crate::{
    args::Analyze,
    exit::Failure,
    render::{self, progress::Lines},
    wiring::{self, Choices},
};
use pyexec_core::{Certainty, Code, ErrorKind, Verdict, domain_analyzer::AnalysisRequest};
use pyexec_service::{analysis::Analysis, progress::Observer};
use serde_json::{Value, json};
use std::{path::Path, sync::Arc};

/// The version that code is held to where no environment has been set up to ask.
const PYTHON: (u8, u8) = (3, 11);

pub(crate) async fn analyze(config: Option<&Path>, analyze: Analyze) -> Result<u8, Failure> {
    let loaded = wiring::configuration(config)?;
    let choices = Choices { policy: analyze.policy.as_deref(), ..Choices::default() };
    let service = wiring::service(&loaded, &choices).await?;
    let observer: Arc<dyn Observer> = Arc::new(Lines::new(false));
    let (mut files, mut worst) = (Vec::new(), 0);
    for path in &analyze.files {
        let bytes = wiring::read_bytes(path, "code")?;
        if bytes.len() > Code::MAX_BYTES {
            let (size, most) = (bytes.len(), Code::MAX_BYTES);
            let message = format!("the code `{}` has {size} bytes, and {most} are the most", path.display());
            return Err(Failure::new(ErrorKind::BadRequest, message, "put data into a file of its own"));
        }
        let code = Code::new(bytes);
        let (inputs, outputs, prior) = (vec![], vec![], vec![]);
        let request = AnalysisRequest { code, python: PYTHON, inputs, outputs, prior };
        let analysis = service.analyze(request, &observer).await;
        let code = exit_code(&analysis);
        worst = if rank(code) > rank(worst) { code } else { worst };
        if analyze.json {
            files.push(described(path, &analysis));
        } else {
            show(path, &analysis);
        }
    }
    if analyze.json {
        render::result::json(&json!({"schema": pyexec_service::view::SCHEMA, "files": files}));
    }
    Ok(worst)
}

fn exit_code(analysis: &Analysis) -> u8 {
    match (&analysis.syntax_error, analysis.decision.verdict) {
        (Some(_), _) => 1,
        (None, Verdict::Allow) => 0,
        (None, Verdict::Ask) => 5,
        (None, Verdict::Deny) => 3,
    }
}

/// Of several files the gravest code counts: denied, then broken, then to be asked about.
fn rank(code: u8) -> u8 {
    match code {
        3 => 3,
        1 => 2,
        5 => 1,
        _ => 0,
    }
}

fn described(path: &Path, analysis: &Analysis) -> Value {
    let decision = &analysis.decision;
    json!({
        "path": path,
        "syntax_ok": analysis.syntax_error.is_none(),
        "verdict": decision.verdict,
        "mode": decision.mode,
        "approval_required": decision.verdict == Verdict::Ask,
        "summary": analysis.summary,
        "reasons": decision.reasons,
        "recommendations": decision.recommendations,
        "grants": decision.grants,
        "findings": analysis.findings,
    })
}

fn show(path: &Path, analysis: &Analysis) {
    let decision = &analysis.decision;
    let path = path.display();
    let verdict =
        if analysis.syntax_error.is_some() { "does not compile".into() } else { decision.verdict.to_string() };
    render::result::line(&format!("{path}: {verdict}, {}", decision.mode));
    for finding in &analysis.findings {
        let what = finding.capability.as_ref().map_or(finding.rule.as_str(), |c| c.as_str());
        let perhaps = if finding.certainty == Certainty::Possible { " (possible)" } else { "" };
        let message = render::plain(&finding.message);
        render::result::line(&format!("{path}:{}:{}: {what}{perhaps}: {message}", finding.line, finding.column));
    }
    for reason in &decision.reasons {
        render::result::line(&format!("  because {}", render::plain(reason)));
    }
}
