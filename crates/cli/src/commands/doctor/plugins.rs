//! The libraries: each loads, is what it should be, and cannot be exchanged by others; the components that the
//! configuration names are there.

use super::{
    context::{Context, Library, NO_SCRATCH},
    rows::Rows,
};
use crate::wiring;
use pyexec_core::{ErrorKind, Role};
use pyexec_registry::{LoadedLibrary, Registry, config::Config};
use std::{fs, os::unix::fs::MetadataExt as _, path::Path};

/// What the executor loads into its child.
pub(super) const SANDBOX_LIBRARY: &str = "libpyexec_sandbox.so";

pub(super) fn check(context: &Context, rows: &mut Rows) {
    let Some(registry) = &context.registry else { return rows.unchecked("libraries", NO_SCRATCH) };
    match &context.libraries {
        Ok(libraries) => libraries.iter().for_each(|library| one(library, registry, rows)),
        Err(failure) => rows.failure("libraries", failure),
    }
    for linked in registry.libraries().iter().filter(|library| library.path().is_none()) {
        rows.ok(linked.name(), format!("{}, linked into the program", linked.version()));
    }
    if let Some(found) = sandbox_library() {
        rows.ok(SANDBOX_LIBRARY, found);
    } else {
        let found = "it is not beside the program: no code can be jailed, so none runs";
        let fix = "`cargo build --workspace`, or install the program with its libraries";
        rows.fail(SANDBOX_LIBRARY, ErrorKind::Sandbox, found, fix);
    }
    if let Some(config) = context.config() {
        components(config, registry, rows);
    }
}

/// Where the sandbox library is.
pub(super) fn sandbox_library() -> Option<String> {
    let file = wiring::installation().ok()?.join(SANDBOX_LIBRARY);
    file.is_file().then(|| file.display().to_string())
}

fn one(library: &Library, registry: &Registry, rows: &mut Rows) {
    let path = &library.spec.path;
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    if let Some(problem) = &library.problem {
        return rows.failure(&name, problem);
    }
    let Some(loaded) = registry.libraries().iter().find(|loaded| loaded.path() == Some(path)) else {
        return rows.ok(&name, "the same bytes as another library, which is loaded");
    };
    let what = format!("{} {}, interface {}", loaded.name(), loaded.version(), loaded.interface());
    let spec = &library.spec;
    match (spec.sha256.is_some(), spec.installed, others_may_write(path)) {
        (true, _, Some(place)) => {
            rows.warn(
                &name,
                format!("{what}, pinned, and others may write to {place}: they can keep it from loading"),
                format!("`chmod go-w {place}`"),
            );
        }
        (false, _, Some(place)) => {
            rows.warn(
                &name,
                format!("{what}: others may write to {place} and exchange it"),
                format!("`chmod go-w {place}`"),
            );
        }
        (true, _, None) => rows.ok(&name, format!("{what}, pinned")),
        (false, true, None) => rows.ok(&name, format!("{what}, of the installation")),
        (false, false, None) => {
            rows.warn(&name, format!("{what}, not pinned: whoever exchanges the file decides what runs"), pin(loaded));
        }
    }
}

fn pin(loaded: &LoadedLibrary) -> String {
    let digest = loaded.sha256().map(|digest| digest.to_string()).unwrap_or_default();
    format!("[[plugins.load]] sha256 = \"{digest}\"")
}

/// The file or its folder, if its group or everybody may write there.
fn others_may_write(path: &Path) -> Option<String> {
    const OTHERS: u32 = 0o022;
    const STICKY: u32 = 0o1000;
    let open = |place: &Path, mode: u32| (mode & OTHERS != 0).then(|| place.display().to_string());
    let file = fs::metadata(path).ok().and_then(|found| open(path, found.mode()));
    let folder = path.parent().and_then(|folder| Some((folder, fs::metadata(folder).ok()?.mode())));
    file.or_else(|| folder.filter(|(_, mode)| mode & STICKY == 0).and_then(|(folder, mode)| open(folder, mode)))
}

/// Analyzers and the gate take their tables; the other roles have areas of their own.
fn components(config: &Config, registry: &Registry, rows: &mut Rows) {
    let approval = &config.execution.approval;
    let mut components: Vec<(Role, &str)> = config.named_components().collect();
    components.extend(config.analysis.domain_analyzers.iter().map(|name| (Role::DomainAnalyzer, name.as_str())));
    components.push((Role::ApprovalGate, approval.gate.as_str()));
    match wiring::executor(config, &config.execution.execution_method) {
        Ok((executor, _)) => components.push((Role::Executor, executor)),
        Err(failure) => rows.failure("executor", &failure),
    }
    let mut whole = true;
    for (role, name) in &components {
        let table = match role {
            Role::ApprovalGate if approval.gate == "default" => Some(config.approval_json()),
            Role::ApprovalGate | Role::DomainAnalyzer => Some(config.component_table(*role, name)),
            _ => None,
        };
        let found = match table {
            Some(table) => registry.create(*role, name, &table).map(drop),
            None => registry.check(*role, name),
        };
        if let Err(error) = found {
            whole = false;
            rows.failure(&format!("{role} {name}"), &wiring::cannot_create(&error));
        }
    }
    if whole {
        let list: Vec<_> = components.iter().map(|(role, name)| format!("{role} {name}")).collect();
        rows.ok("components", format!("there: {}", list.join(", ")));
    }
}
