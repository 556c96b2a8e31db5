//! `pyexec plugins`.

use crate::{
    args::{Plugins, PluginsCommand},
    exit::Failure,
    render::{self, table},
    wiring,
};
use pyexec_registry::LoadedLibrary;
use serde_json::{Value, json};
use std::path::Path;

pub(crate) fn plugins(config: Option<&Path>, plugins: Plugins) -> Result<u8, Failure> {
    match plugins.command {
        PluginsCommand::List { json } => list(config, json),
        PluginsCommand::Check { path } => check(&path),
    }
}

fn list(config: Option<&Path>, as_json: bool) -> Result<u8, Failure> {
    let loaded = wiring::configuration(config)?;
    let registry = wiring::registry(&loaded.config)?;
    if as_json {
        let plugins: Vec<_> = registry.libraries().iter().map(described).collect();
        render::result::json(&json!({"schema": pyexec_service::view::SCHEMA, "plugins": plugins}));
        return Ok(0);
    }
    let rows: Vec<_> = registry
        .libraries()
        .iter()
        .map(|library| {
            let components: Vec<_> = library.components().iter().map(|c| format!("{} {}", c.role, c.name)).collect();
            let place = library.path().map_or_else(|| "(linked)".into(), |path| path.display().to_string());
            [library.name().to_owned(), library.version().to_owned(), components.join(", "), place]
        })
        .collect();
    table::print(["PLUGIN", "VERSION", "COMPONENTS", "FROM"], &rows);
    Ok(0)
}

fn described(library: &LoadedLibrary) -> Value {
    json!({
        "name": library.name(),
        "roles": library.roles(),
        "components": library.components().iter().map(|c| json!({"role": c.role, "name": c.name})).collect::<Vec<_>>(),
        "version": library.version(),
        "interface": library.interface(),
        "source": library.source(),
        "path": library.path(),
        "sha256": library.sha256(),
    })
}

/// Reads the file without running any of it.
fn check(path: &Path) -> Result<u8, Failure> {
    let manifest = pyexec_registry::inspect(path).map_err(|e| wiring::cannot_load(&e))?;
    render::result::line(&format!("{} {} speaks interface {}", manifest.name, manifest.version, manifest.interface));
    for component in &manifest.components {
        render::result::line(&format!("  {} {}", component.role, component.name));
    }
    Ok(0)
}
