//! Settings that are valid and open more than it seems: who is asked, what policy allows, what holds the code.

use super::{
    context::{Context, NO_CONFIGURATION},
    isolation::host::Bench,
    rows::Rows,
};
use crate::{principal, wiring};
use pyexec_core::{
    Capability, Certainty, Finding, Instance, PluginError, PolicyDecision, RunError, Severity, Verdict,
    domain_analyzer::AnalysisReport,
    policy_analyzer::{DECIDE, PolicyRequest},
};
use pyexec_registry::{Registry, config::Config};

/// What reaches beyond the run folder.
const EFFECTS: [Capability; 5] =
    [Capability::FS_WRITE, Capability::FS_DELETE, Capability::NET, Capability::PROCESS, Capability::CONTROL_WRITE];
/// What the shipped policy asks about besides.
const ASKED: [Capability; 7] = [
    Capability::FS_READ,
    Capability::ENVIRONMENT,
    Capability::DATABASE,
    Capability::DESERIALIZATION,
    Capability::DYNAMIC_CODE,
    Capability::NATIVE_CODE,
    Capability::INTROSPECTION,
];

pub(super) async fn check(context: &Context, rows: &mut Rows) {
    let Some(config) = context.config() else { return rows.unchecked("settings", NO_CONFIGURATION) };
    settings(config, rows);
    match context.wired() {
        Ok((config, registry)) => policy(config, registry, rows).await,
        Err(because) => rows.unchecked("policy", because),
    }
}

fn settings(config: &Config, rows: &mut Rows) {
    let smells = config.smells();
    let me = principal::current();
    let rule = &config.execution.approval.auto_approve;
    // With environments named too, both must hold.
    let here = rule.environments.is_empty() || config.environment.iter().any(|label| rule.environments.contains(label));
    if rule.users.contains(&me.0) && here {
        let found = format!("a rule approves whatever `{me}` asks for, and that is who runs this");
        let fix = "[execution.approval.auto_approve] users = [\"…\"]: of those who ask, only whom nobody must watch";
        rows.warn("execution.approval.auto_approve", found, fix);
    } else if smells.is_empty() {
        rows.ok("settings", "nothing is open that one could want closed");
    }
    for smell in smells {
        rows.warn(smell.key, smell.found, smell.fix);
    }
}

/// Asked of the analyzers themselves: what counts is what they say, not what a file seems to say.
async fn policy(config: &Config, registry: &Registry, rows: &mut Rows) {
    let analyzers = match wiring::policies(registry, config, &config.analysis.policy_analyzers, None) {
        Ok(analyzers) => analyzers,
        Err(failure) => return rows.failure("policy", &failure),
    };
    let mut allowed = Vec::new();
    for capability in EFFECTS.into_iter().chain(ASKED) {
        match verdict(&analyzers, config, &capability).await {
            Ok(Verdict::Allow) => allowed.push(capability),
            Ok(Verdict::Ask | Verdict::Deny) => {}
            Err(error) => return rows.error("policy", &RunError::from(&error)),
        }
    }
    let source = config.analysis.policy.as_ref().map_or("the shipped one".into(), |file| file.display().to_string());
    let names = |of: &[Capability]| {
        allowed.iter().filter(|c| of.contains(c)).map(Capability::as_str).collect::<Vec<_>>().join(", ")
    };
    let fix = "write `verdict = \"ask\"` for them in the policy, or leave `[analysis] policy` out";
    let effects = names(&EFFECTS);
    match allowed.len() {
        0 => rows.ok("policy", format!("{source}; it asks before anything that reaches beyond the run folder")),
        n if n == EFFECTS.len() + ASKED.len() => {
            rows.warn("policy", format!("{source} allows everything without asking; the kernel still holds runs"), fix);
        }
        _ if effects.is_empty() => rows.ok("policy", format!("{source}; it allows without asking: {}", names(&ASKED))),
        _ => rows.warn("policy", format!("{source} allows without asking: {effects}"), fix),
    }
}

/// The strictest word on code that certainly does this.
async fn verdict(analyzers: &[Instance], config: &Config, capability: &Capability) -> Result<Verdict, PluginError> {
    let finding = Finding {
        rule: "doctor".into(),
        capability: Some(capability.clone()),
        certainty: Certainty::Definite,
        severity: Severity::Warning,
        line: 1,
        column: 1,
        end_line: 1,
        end_column: 2,
        message: "a question of `pyexec doctor`".into(),
        evidence: None,
        subject: None,
        analyzer: "default".into(),
    };
    let report = AnalysisReport { syntax_ok: true, findings: vec![finding], ..AnalysisReport::default() };
    let request = PolicyRequest {
        reports: vec![report],
        inputs: Vec::new(),
        outputs: Vec::new(),
        writes_enabled: config.control_system.writes_enabled,
        net_grantable: config.net_grantable(),
    };
    let mut strictest = Verdict::Allow;
    for analyzer in analyzers {
        let asked = analyzer.invoke::<PolicyDecision>(DECIDE, &request, Bench::quiet().lend());
        let answer = tokio::time::timeout(config.plugins.timeouts.policy_analyzer, asked).await;
        let late = || PluginError::new("timeout", format!("the policy analyzer `{}` did not answer", analyzer.name()));
        strictest = strictest.max(answer.map_err(|_| late())??.verdict);
    }
    Ok(strictest)
}
