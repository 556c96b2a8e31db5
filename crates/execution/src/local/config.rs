//! What the `local` executor is told by configuration.

use super::pool::PoolConfig;
use crate::table;
use pyexec_core::{ErrorKind, PluginError, RunError};
use serde::Deserialize;
use std::path::PathBuf;

/// Its table.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LocalConfig {
    /// The data folder, absolute: the managed Python and the runtime are kept below it.
    pub data_dir: PathBuf,
    /// `managed`, the path of a python, or the folder of a virtual environment.
    #[serde(default = "managed")]
    pub interpreter: String,
    /// The sandbox library, absolute; found beside this library or program if absent.
    #[serde(default)]
    pub sandbox_library: Option<PathBuf>,
    /// Whom code runs as when the host is root; no other process should own these ids.
    #[serde(default)]
    pub run_as: RunAs,
    /// The largest `results`, MiB of JSON; at most 16.
    #[serde(default = "table::results_max_mb")]
    pub results_max_mb: u64,
    /// A pool of warm processes; none if absent. For hosts that live on: a single run would wait for it in vain.
    #[serde(default)]
    pub pool: Option<PoolConfig>,
}

/// User and group ids.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RunAs {
    /// Not 0.
    pub uid: u32,
    /// Not 0.
    pub gid: u32,
}

impl Default for RunAs {
    /// Above what distributions give to people and services, below `nobody` (65534), which others use too.
    fn default() -> Self {
        Self { uid: 64_321, gid: 64_321 }
    }
}

fn managed() -> String {
    "managed".into()
}

/// Which interpreter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Choice {
    Managed,
    Path(PathBuf),
}

impl LocalConfig {
    /// Refuses what cannot work.
    pub(super) fn check(&self) -> Result<(), PluginError> {
        let wrong = |message: String| Err(RunError::new(ErrorKind::BadRequest, message).into());
        if let Err(why) = table::check(&self.data_dir, self.results_max_mb) {
            return wrong(why);
        }
        if self.run_as.uid == 0 || self.run_as.gid == 0 {
            return wrong("`run_as` must not be root: code never runs as root".into());
        }
        if let Some(Err(why)) = self.pool.as_ref().map(PoolConfig::check) {
            return wrong(why);
        }
        if let Some(library) = self.sandbox_library.as_ref().filter(|path| !path.is_absolute()) {
            return wrong(format!("`sandbox_library` must be an absolute path, not `{}`", library.display()));
        }
        Ok(())
    }

    pub(super) fn choice(&self) -> Choice {
        match self.interpreter.as_str() {
            "managed" => Choice::Managed,
            path => Choice::Path(path.into()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn check(table: serde_json::Value) -> Result<(), String> {
        let config: LocalConfig = serde_json::from_value(table).map_err(|e| e.to_string())?;
        config.check().map_err(|e| e.to_string())
    }

    #[test]
    fn tables() {
        assert_eq!(check(json!({"data_dir": "/d"})), Ok(()));
        assert_eq!(check(json!({"data_dir": "/d", "run_as": {"uid": 1, "gid": 1}, "results_max_mb": 1})), Ok(()));
        for (table, says) in [
            (json!({}), "data_dir"),
            (json!({"data_dir": "d"}), "absolute"),
            (json!({"data_dir": "/d", "results_max_mb": 17}), "1 to 16"),
            (json!({"data_dir": "/d", "run_as": {"uid": 0, "gid": 1}}), "root"),
            (json!({"data_dir": "/d", "interpretr": "x"}), "interpretr"),
            (json!({"data_dir": "/d", "sandbox_library": "x.so"}), "absolute"),
            (json!({"data_dir": "/d", "pool": {"size": 0}}), "pool.size"),
        ] {
            let error = check(table).unwrap_err();
            assert!(error.contains(says), "{error}");
        }
    }
}
