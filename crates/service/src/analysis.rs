//! Code before every analyzer, findings before every policy: the strictest wins, and one that fails counts as `deny`.

use crate::{plugin_host::Lent, progress::Observer, settings::Stages};
use pyexec_core::{
    ErrorKind, ExecutionMode, Finding, Instance, PluginError, PolicyDecision, Role, RunError, Severity, Verdict,
    domain_analyzer::{ANALYZE, AnalysisReport, AnalysisRequest},
    policy_analyzer::{DECIDE, PolicyRequest},
};
use serde::{Serialize, de::DeserializeOwned};
use std::{sync::Arc, time::Duration};

/// What all analyzers together said of a piece of code.
#[derive(Debug, Clone, PartialEq)]
pub struct Analysis {
    /// Of every analyzer, in source order.
    pub findings: Vec<Finding>,
    /// In one line.
    pub summary: String,
    /// The first syntax error, if it does not compile.
    pub syntax_error: Option<RunError>,
    /// Of all policies.
    pub decision: PolicyDecision,
}

/// Which parts of the settings a decision needs.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Of one call of a domain analyzer.
    pub analyze: Duration,
    /// Of one call of a policy analyzer.
    pub decide: Duration,
    /// `control_system.writes_enabled`.
    pub writes_enabled: bool,
    /// Whether the network may be granted.
    pub net_grantable: bool,
}

/// Analyses and judges. Never fails: what fails is a denial that says so.
pub async fn analyze(
    stages: &Stages,
    limits: Limits,
    mut request: AnalysisRequest,
    observer: &Arc<dyn Observer>,
) -> Analysis {
    let mut denials = Vec::new();
    if stages.domain_analyzers.is_empty() {
        denials.push(deny("no domain analyzer is configured".into()));
    }
    let mut syntax_ok = true;
    for (n, analyzer) in stages.domain_analyzers.iter().enumerate() {
        let report: Result<AnalysisReport, _> = call(analyzer, ANALYZE, &request, limits.analyze, observer).await;
        match report {
            Ok(mut report) => {
                for finding in &mut report.findings {
                    analyzer.name().clone_into(&mut finding.analyzer);
                }
                // The first one's to judge; others may not have looked.
                syntax_ok &= report.syntax_ok || n > 0;
                request.prior.push(report);
            }
            Err(error) => denials.push(denial(analyzer, &error)),
        }
    }
    let reports = request.prior;
    let mut findings: Vec<Finding> = reports.iter().flat_map(|report| report.findings.clone()).collect();
    findings.sort_by_key(|finding| (finding.line, finding.column));
    let summary = reports.first().map(|report| report.summary.clone()).unwrap_or_default();
    let syntax_error = (!syntax_ok).then(|| syntax_error(&findings));
    let (inputs, outputs) = (request.inputs, request.outputs);
    let (writes_enabled, net_grantable) = (limits.writes_enabled, limits.net_grantable);
    let policy = PolicyRequest { reports, inputs, outputs, writes_enabled, net_grantable };
    let mut decisions = denials;
    for analyzer in &stages.policy_analyzers {
        match call(analyzer, DECIDE, &policy, limits.decide, observer).await {
            Ok(decision) => decisions.push(decision),
            Err(error) => decisions.push(denial(analyzer, &error)),
        }
    }
    let decision = decisions.into_iter().reduce(PolicyDecision::merge);
    let decision = decision.unwrap_or_else(|| deny("no policy analyzer is configured".into()));
    Analysis { findings, summary, syntax_error, decision }
}

/// One call of a component without a desk, within a time limit.
pub(crate) async fn call<T: DeserializeOwned>(
    component: &Instance,
    op: &str,
    request: &(impl Serialize + Sync),
    limit: Duration,
    observer: &Arc<dyn Observer>,
) -> Result<T, PluginError> {
    let lent = Lent::new(observer);
    within(limit, component, component.invoke(op, request, lent.lend())).await
}

/// Holds a call of a component to a time limit.
pub(crate) async fn within<T>(
    limit: Duration,
    component: &Instance,
    call: impl Future<Output = Result<T, PluginError>>,
) -> Result<T, PluginError> {
    tokio::time::timeout(limit, call).await.unwrap_or_else(|_| Err(late(component, limit)))
}

/// The error of a call that was not back in time.
pub(crate) fn late(component: &Instance, limit: Duration) -> PluginError {
    let (role, name) = (component.role(), component.name());
    let help = match role {
        Role::Executor => format!("ask the author of `{name}`: an executor answers within the run's own limits"),
        _ => format!("raise `[plugins.timeouts] {role}`, or ask the author of `{name}`"),
    };
    PluginError::new("timeout", format!("it did not answer within {} s", limit.as_secs_f64())).with_help(help)
}

fn denial(analyzer: &Instance, error: &PluginError) -> PolicyDecision {
    deny(format!("the {} `{}` failed: {error}", analyzer.role(), analyzer.name()))
}

fn deny(reason: String) -> PolicyDecision {
    PolicyDecision {
        verdict: Verdict::Deny,
        mode: ExecutionMode::ReadOnly,
        grants: vec![],
        reasons: vec![reason],
        recommendations: vec![],
        additional_context: serde_json::Map::new(),
        policies: vec![],
        policy_digests: vec![],
    }
}

/// The first thing in the code that keeps it from compiling, where it does not.
pub(crate) fn defect(findings: &[Finding]) -> Option<&Finding> {
    findings.iter().find(|f| f.capability.is_none() && f.severity == Severity::Error)
}

fn syntax_error(findings: &[Finding]) -> RunError {
    match defect(findings) {
        Some(f) => RunError::new(ErrorKind::Syntax, format!("line {}, column {}: {}", f.line, f.column, f.message)),
        None => RunError::new(ErrorKind::Syntax, "the code does not compile"),
    }
}
