//! Which grants a decision proposes: only what the rules' modes allow, only from constants, never for what is never
//! grantable.

use super::decide::{add, refuse};
use pyexec_core::{
    Capability, ExecutionMode, Finding, PolicyDecision, ProposedGrant, finding::Subject, grant::ChannelWriteGrant,
    policy_analyzer::PolicyRequest,
};
use std::path::{Component, Path, PathBuf};

/// Trees of which nothing is ever granted. The host adds home, data, configuration and plugin folders, which this crate
/// does not know.
const NEVER_BELOW: &[&str] = &["/proc", "/sys", "/dev"];
/// Folders that are never granted as a whole.
const NEVER_WHOLE: &[&str] = &["/", "/home", "/root", "/etc", "/usr", "/bin", "/sbin", "/lib", "/var", "/boot", "/opt"];

/// Adds the grants for findings that are not denied, each with the mode that its rule asks for.
pub(super) fn propose(decision: &mut PolicyDecision, needs: &[(&Finding, ExecutionMode)], request: &PolicyRequest) {
    let mut channels: Vec<String> = Vec::new();
    for (finding, mode) in needs {
        let Some(capability) = &finding.capability else { continue };
        match capability {
            c if [Capability::FS_WRITE, Capability::FS_DELETE].contains(c) && *mode >= ExecutionMode::WriteEnabled => {
                outputs(decision, finding, request);
            }
            c if *c == Capability::FS_READ => read(decision, finding),
            c if *c == Capability::NET && *mode >= ExecutionMode::WriteEnabled => {
                if !request.net_grantable {
                    let reason = "the network cannot be granted while a control system is connected: say in the \
                                  configuration that it may, or use the mock connector";
                    refuse(decision, reason.into());
                    return;
                }
                grant(decision, ProposedGrant::Net);
            }
            c if *c == Capability::PROCESS && *mode >= ExecutionMode::WriteEnabled => {
                grant(decision, ProposedGrant::Process);
            }
            c if *c == Capability::CONTROL_WRITE && *mode == ExecutionMode::EpicsControl => match &finding.subject {
                Some(Subject::Channel { name }) if !channels.contains(name) => channels.push(name.clone()),
                Some(_) => {}
                None => add(
                    &mut decision.recommendations,
                    format!(
                        "line {}: write the channel's name as a constant; a name that is known only when the code runs \
                         is not granted",
                        finding.line
                    ),
                ),
            },
            _ => {}
        }
    }
    if !channels.is_empty() {
        let bounds = ChannelWriteGrant { names: channels, min: None, max: None, max_writes: None };
        grant(decision, ProposedGrant::ChannelWrite(bounds));
    }
}

fn outputs(decision: &mut PolicyDecision, finding: &Finding, request: &PolicyRequest) {
    let Some(Subject::Path { path }) = &finding.subject else {
        // Where it writes is unknown; what the caller declared is what it may be.
        for output in &request.outputs {
            grant(decision, ProposedGrant::Output { path: output.clone() });
        }
        return;
    };
    let Some(path) = absolute(path) else {
        let reason = format!(
            "line {}: `{path}` leads out of the run folder; only an absolute path can be granted",
            finding.line
        );
        add(&mut decision.reasons, reason);
        return;
    };
    if let Some(output) = request.outputs.iter().find(|output| path.starts_with(output)) {
        grant(decision, ProposedGrant::Output { path: output.clone() });
        return;
    }
    let folder = path.parent().unwrap_or(Path::new("/"));
    if let Some(why) = never(folder) {
        add(&mut decision.reasons, format!("line {}: `{}` {why}, so this fails", finding.line, folder.display()));
    } else {
        grant(decision, ProposedGrant::Output { path: folder.to_owned() });
    }
}

fn read(decision: &mut PolicyDecision, finding: &Finding) {
    let Some(Subject::Path { path }) = &finding.subject else { return };
    let Some(path) = absolute(path) else { return };
    match never(&path) {
        Some(why) => {
            add(&mut decision.reasons, format!("line {}: `{}` {why}, so this fails", finding.line, path.display()));
        }
        None => grant(decision, ProposedGrant::Read { path }),
    }
}

/// The path without `.` and `..`, if it is absolute.
fn absolute(path: &str) -> Option<PathBuf> {
    let path = Path::new(path);
    if !path.is_absolute() {
        return None;
    }
    let mut normal = PathBuf::from("/");
    for component in path.components() {
        match component {
            Component::Normal(name) => normal.push(name),
            Component::ParentDir => {
                normal.pop();
            }
            _ => {}
        }
    }
    Some(normal)
}

fn never(path: &Path) -> Option<&'static str> {
    let home_of_somebody = path.parent() == Some(Path::new("/home"));
    if NEVER_WHOLE.iter().any(|folder| path == Path::new(folder)) || home_of_somebody {
        Some("is never granted as a whole")
    } else if NEVER_BELOW.iter().any(|tree| path.starts_with(tree)) {
        Some("is never granted")
    } else {
        None
    }
}

fn grant(decision: &mut PolicyDecision, grant: ProposedGrant) {
    if !decision.grants.contains(&grant) {
        decision.grants.push(grant);
    }
}
