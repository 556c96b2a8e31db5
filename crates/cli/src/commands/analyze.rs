//! `pyexec analyze`: what files of code can do, and what policy says to it; nothing runs.
//!
//! Exit code: the gravest of all files (3 deny, then 1 does not compile, then 5 ask, then 0). A file that cannot be read is 2,
//! whatever the others are: then not everything was looked at. The readable ones are shown all the same.

mod diagnostics;
mod python;
mod sarif;
mod source;

use crate::{
    args::Analyze,
    exit::{self, Failure},
    render::{self, progress::Lines},
    wiring::{self, Choices},
};
use pyexec_core::{Code, ErrorKind, Verdict, domain_analyzer::AnalysisRequest};
use pyexec_service::{analysis::Analysis, progress::Observer};
use serde_json::{Value, json};
use std::{path::Path, sync::Arc};

pub(crate) async fn analyze(config: Option<&Path>, analyze: Analyze) -> Result<u8, Failure> {
    let files = source::files(&analyze.files)?;
    let loaded = wiring::configuration(config)?;
    let choices = Choices { policy: analyze.policy.as_deref(), ..Choices::default() };
    let service = wiring::service(&loaded, &choices).await?;
    let observer: Arc<dyn Observer> = Arc::new(Lines::new(false));
    let (python, note) = python::version(&loaded.config);
    if let Some(note) = note {
        eprintln!("note: {}", render::plain(&note));
    }
    let text = !analyze.json && !analyze.sarif;
    let colored = render::Face::of_stdout() == render::Face::Styled;
    let (mut done, mut worst, mut unread) = (Vec::new(), 0, None);
    for path in &files {
        let source = match source::read(path) {
            Ok(source) => source,
            Err(failure) => {
                exit::report(&failure);
                unread = Some(ErrorKind::BadFile.exit_code());
                continue;
            }
        };
        let code = Code::new(source.bytes.clone());
        let (inputs, outputs, modules, prior) = (vec![], vec![], vec![], vec![]);
        let request = AnalysisRequest { code, python, inputs, outputs, modules, prior };
        let analysis = service.analyze(request, &observer).await;
        let code = exit_code(&analysis);
        worst = if rank(code) > rank(worst) { code } else { worst };
        if text {
            render::result::line(&diagnostics::rendered(&source, &analysis, colored));
        } else {
            done.push((source, analysis));
        }
    }
    if analyze.sarif {
        render::result::json(&sarif::log(&done));
    } else if analyze.json {
        let files: Vec<Value> = done.iter().map(|(source, analysis)| described(&source.path, analysis)).collect();
        render::result::json(&json!({"schema": pyexec_service::view::SCHEMA, "files": files}));
    }
    Ok(unread.unwrap_or(worst))
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
        "path": path.to_string_lossy(),
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
