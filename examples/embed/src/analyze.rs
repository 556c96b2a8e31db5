//! Analysis by itself: two pure functions, no component and no host needed.

use anyhow::Result;
use pyexec_analysis::{Policy, analyze};
use pyexec_core::{Code, PolicyDecision, domain_analyzer::AnalysisRequest, policy_analyzer::PolicyRequest};

/// The version whose syntax counts; an application that executes takes it from the executor's description.
const PYTHON: (u8, u8) = (3, 11);

pub(crate) fn judge(code: &Code) -> Result<PolicyDecision> {
    let request = AnalysisRequest {
        code: code.clone(),
        python: PYTHON,
        inputs: Vec::new(),
        outputs: Vec::new(),
        modules: Vec::new(),
        prior: Vec::new(),
    };
    let report = analyze(&request)?;
    println!("   {}", report.summary);
    for finding in &report.findings {
        println!("   line {}: {}", finding.line, finding.message);
    }
    let facts = PolicyRequest {
        reports: vec![report],
        inputs: Vec::new(),
        outputs: Vec::new(),
        writes_enabled: false,
        net_grantable: false,
    };
    let decision = Policy::built_in()?.decide(&facts);
    println!("   policy: {}, in {}", decision.verdict, decision.mode);
    Ok(decision)
}
