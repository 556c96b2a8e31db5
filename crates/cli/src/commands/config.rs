//! `pyexec config`.

use crate::{
    args::{Config, ConfigCommand},
    exit::Failure,
    render,
    wiring::{self, Choices},
};
use serde_json::json;
use std::path::Path;

pub(crate) async fn config(file: Option<&Path>, config: Config) -> Result<u8, Failure> {
    let loaded = wiring::configuration(file)?;
    match config.command {
        ConfigCommand::Show { json: true } => {
            let values =
                json!({"schema": pyexec_service::view::SCHEMA, "file": loaded.file, "values": loaded.provenance});
            render::result::json(&values);
        }
        ConfigCommand::Show { json: false } => render::result::line(loaded.provenance.to_text().trim_end()),
        ConfigCommand::Check => {
            // Not only readable: every library loads, every component takes its table, limits and policy hold.
            wiring::service(&loaded, &Choices { writes: true, ..Choices::default() }).await?;
            let file = loaded.file.as_deref().map_or_else(|| "the defaults".into(), |f| f.display().to_string());
            render::result::line(&format!("{file} can be used"));
        }
    }
    Ok(0)
}
