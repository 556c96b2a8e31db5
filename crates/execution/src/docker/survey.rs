//! What stands where containers come from, looked at without making any: for people who ask what is wrong. A run never comes
//! here.

use super::{
    config::DockerConfig,
    engine::Engine,
    error::EngineError,
    lease::{self, Lease},
};
use pyexec_core::PluginError;

/// What was found.
#[derive(Debug)]
pub struct Found {
    /// `Docker 20.10.24 at unix:///var/run/docker.sock`.
    pub engine: String,
    /// Whether everything that is said to it crosses a network in the clear.
    pub in_the_clear: bool,
    /// The image's id, or why there is none.
    pub image: Result<String, EngineError>,
    /// Containers that dead processes of this installation left.
    pub left_behind: Vec<String>,
}

/// Looks.
pub async fn look(config: &DockerConfig) -> Result<Found, EngineError> {
    let engine = Engine::connect(config.host.as_deref()).await?;
    Ok(Found {
        engine: format!("{} at {}", engine.about.name, engine.address),
        in_the_clear: !engine.about.is_local,
        image: engine.image(&config.image).await,
        left_behind: lease::leftovers(&engine, &config.data_dir).await?,
    })
}

/// Removes what dead processes of this installation left. How many containers that were.
pub async fn clean(config: &DockerConfig) -> Result<usize, EngineError> {
    let engine = Engine::connect(config.host.as_deref()).await?;
    let data_dir = config.data_dir.clone();
    let path = data_dir.clone();
    let taken = tokio::task::spawn_blocking(move || Lease::take(&data_dir)).await;
    taken.map_err(|e| EngineError::Folder { path, why: e.to_string() })??.reap(&engine).await
}

/// The executor's configuration from its table, checked.
pub fn configured(table: serde_json::Value) -> Result<DockerConfig, PluginError> {
    let config: DockerConfig = serde_json::from_value(table)
        .map_err(|e| PluginError::new("bad_request", format!("the table of containers cannot be used: {e}")))?;
    config.check()?;
    Ok(config)
}
