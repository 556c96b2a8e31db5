//! What the `docker` executor is told by configuration.

use crate::table;
use pyexec_core::{ErrorKind, PluginError, RunError, order::Limits};
use serde::Deserialize;
use std::path::PathBuf;

/// Its table.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DockerConfig {
    /// The data folder, absolute: leases and what is known of images are kept below `containers/` in it.
    pub data_dir: PathBuf,
    /// Where the engine listens: `unix:///path`, `tcp://host:port`. Else `DOCKER_HOST`, else the usual sockets.
    #[serde(default)]
    pub host: Option<String>,
    /// The image that code runs in; it is never pulled.
    #[serde(default = "image")]
    pub image: String,
    /// The network of runs that were granted `net`: `bridge`, `host`, or the name of one of the engine's. All others have none.
    #[serde(default = "bridge")]
    pub network: String,
    /// How many processors a container may keep busy; no more than the engine has.
    #[serde(default = "two")]
    pub cpus: f64,
    /// How many containers wait for runs without grants, in a process that lives on; 0: none.
    #[serde(default)]
    pub pool: usize,
    /// The limits that most runs have: those that wait are made for them.
    #[serde(default)]
    pub limits: Option<Limits>,
    /// The largest `results`, MiB of JSON; at most 16.
    #[serde(default = "table::results_max_mb")]
    pub results_max_mb: u64,
}

/// More would be a mistake.
const LARGEST_POOL: usize = 64;

fn image() -> String {
    "pyexec".into()
}

fn bridge() -> String {
    "bridge".into()
}

const fn two() -> f64 {
    2.0
}

impl DockerConfig {
    /// Refuses what cannot work.
    pub(super) fn check(&self) -> Result<(), PluginError> {
        let wrong = |message: String| Err(RunError::new(ErrorKind::BadRequest, message).into());
        if let Err(why) = table::check(&self.data_dir, self.results_max_mb) {
            return wrong(why);
        }
        if self.image.is_empty() || self.image.chars().any(|c| c.is_whitespace() || c.is_control()) {
            return wrong(format!("`image` must be the name of an image, not {:?}", self.image));
        }
        if self.network.is_empty() || self.network.starts_with("container:") {
            return wrong("`network` must be `bridge`, `host` or the name of a network".into());
        }
        if !(0.01..=4096.0).contains(&self.cpus) {
            return wrong(format!("`cpus` must be 0.01 to 4096, not {}", self.cpus));
        }
        if self.pool > LARGEST_POOL {
            return wrong(format!("`pool` must be at most {LARGEST_POOL}, not {}", self.pool));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn check(table: serde_json::Value) -> Result<(), String> {
        let config: DockerConfig = serde_json::from_value(table).map_err(|e| e.to_string())?;
        config.check().map_err(|e| e.to_string())
    }

    #[test]
    fn tables() {
        assert_eq!(check(json!({"data_dir": "/d"})), Ok(()));
        for (table, says) in [
            (json!({}), "data_dir"),
            (json!({"data_dir": "d"}), "absolute"),
            (json!({"data_dir": "/d", "imag": "x"}), "imag"),
            (json!({"data_dir": "/d", "image": "a b"}), "image"),
            (json!({"data_dir": "/d", "network": "container:x"}), "network"),
            (json!({"data_dir": "/d", "cpus": 0}), "cpus"),
            (json!({"data_dir": "/d", "pool": 65}), "pool"),
            (json!({"data_dir": "/d", "results_max_mb": 0}), "1 to 16"),
        ] {
            let error = check(table).unwrap_err();
            assert!(error.contains(says), "{error}");
        }
    }
}
