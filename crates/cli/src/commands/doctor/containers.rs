//! Where containers come from: whether the engine is there and has the image, and whether anything was left behind.

use super::{
    context::{Context, NO_CONFIGURATION},
    rows::Rows,
};
use crate::wiring;
use pyexec_core::{ErrorKind, RunError};
use pyexec_execution::docker::{
    DockerConfig, EngineError,
    survey::{self, Found},
};
use pyexec_registry::config::{Config, Engine};

const CLEAN: &str = "`pyexec doctor --clean` removes them, and the next run does";

/// Nothing, where nothing of this installation has to do with containers.
pub(super) async fn check(context: &Context, clean: bool, rows: &mut Rows) {
    let Some(config) = context.config() else {
        if clean {
            rows.unchecked("left behind", NO_CONFIGURATION);
        }
        return;
    };
    if !(clean || uses(config)) {
        return;
    }
    let docker = match configured(config) {
        Ok(Some(docker)) => docker,
        Ok(None) => return,
        Err(error) => return rows.error("containers", &error),
    };
    if clean {
        match survey::clean(&docker).await {
            Ok(0) => rows.ok("left behind", "no container: nothing was to be removed"),
            Ok(count) => rows.ok("left behind", format!("removed {}", counted(count))),
            // nobody who never used containers wants to hear of an engine that is not there
            Err(EngineError::Absent { .. }) if !uses(config) => {
                return rows.ok("left behind", "no container: there is no engine");
            }
            Err(error) => return failed("left behind", &error, rows),
        }
    }
    if uses(config) {
        match survey::look(&docker).await {
            Ok(found) => tell(&docker, found, rows),
            Err(error) => failed("engine", &error, rows),
        }
    }
}

/// Whether runs may go to containers without anybody saying `--backend`.
fn uses(config: &Config) -> bool {
    let execution = &config.execution;
    matches!(execution.execution_method.as_str(), "container" | "docker")
        || execution.container_endpoints.values().any(|endpoint| endpoint.engine == Engine::Docker)
}

/// What the executor would be told, if it is the one of containers.
fn configured(config: &Config) -> Result<Option<DockerConfig>, RunError> {
    let method = config.execution.execution_method.as_str();
    let wanted = if method == "container" { method } else { "docker" };
    let (name, table) = match wiring::executor(config, wanted) {
        Ok(found) => found,
        Err(crate::exit::Failure::Error(error)) => return Err(error),
        Err(crate::exit::Failure::Rendered(text, _)) => return Err(RunError::new(ErrorKind::BadRequest, text)),
    };
    if name != Engine::Docker.name() {
        return Ok(None);
    }
    survey::configured(table).map(Some).map_err(|error| RunError::from(&error))
}

fn tell(docker: &DockerConfig, found: Found, rows: &mut Rows) {
    let Found { engine, in_the_clear, image, left_behind } = found;
    if in_the_clear {
        let text = format!(
            "{engine}: code, inputs and results cross the network as they are, and who reaches that port owns its machine"
        );
        rows.warn("engine", text, "use a Unix socket, also a forwarded one (`ssh -L`), or a private network");
    } else {
        rows.ok("engine", engine);
    }
    match image {
        Ok(id) => rows.ok("image", format!("{}, {}", docker.image, &id[..id.len().min(19)])),
        Err(error) => failed("image", &error, rows),
    }
    if left_behind.is_empty() {
        rows.ok("left behind", "no container");
    } else {
        rows.warn("left behind", format!("{} of processes that are gone", counted(left_behind.len())), CLEAN);
    }
}

fn failed(name: &str, error: &EngineError, rows: &mut Rows) {
    rows.fail(name, ErrorKind::Daemon, error.to_string(), error.help());
}

fn counted(count: usize) -> String {
    if count == 1 { "1 container".into() } else { format!("{count} containers") }
}
