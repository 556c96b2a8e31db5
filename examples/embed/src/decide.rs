//! The decision by itself: the gate says what a policy's verdict still requires. It asks nobody; that is the caller's part.

use crate::explained;
use anyhow::Result;
use pyexec_approval::{DefaultGate, GateConfig};
use pyexec_core::{
    ApprovalGate, Code, PolicyDecision, Principal,
    approval_gate::{GateRequest, Requirement},
};

pub(crate) async fn requirement(code: &Code, decision: &PolicyDecision) -> Result<()> {
    let gate = DefaultGate::create(GateConfig::default()).map_err(explained)?;
    let request = GateRequest {
        code_sha256: code.hash(),
        verdict: decision.verdict,
        mode: decision.mode,
        grants: Vec::new(),
        reasons: decision.reasons.clone(),
        requester: Principal("the application's user".into()),
        environment: None,
    };
    match gate.require(request).await.map_err(explained)? {
        Requirement::Proceed => println!("   {}: nobody", decision.verdict),
        Requirement::Rule { rule } => println!("   {}: nobody, by the rule {rule}", decision.verdict),
        Requirement::Person { reason } => println!("   {}: a person, because {reason}", decision.verdict),
    }
    Ok(())
}
