//! How large a pool may be, and what its zygote loads.

use serde::Deserialize;

/// The table `pool` of the `local` executor. Without it there is no pool: it is for hosts that live on.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct PoolConfig {
    /// Children that are kept ready.
    pub size: usize,
    /// What the zygote and the children that are ready may take together, MiB: fewer are kept if they do not fit.
    pub memory_mb: u64,
    /// After so many children a new zygote takes over.
    pub runs_per_zygote: u64,
    /// Modules that are loaded beforehand, in this order. Code need not use them, and is as fast with others as from cold.
    pub preload: Vec<String>,
}

impl Default for PoolConfig {
    fn default() -> Self {
        Self {
            size: 2,
            memory_mb: 512,
            runs_per_zygote: 1000,
            preload: ["numpy", "pandas", "matplotlib.pyplot"].map(String::from).into(),
        }
    }
}

impl PoolConfig {
    /// More are a mistake: each is a process tree with namespaces of its own.
    const MOST: usize = 64;

    /// Refuses what cannot work; the sentence says what would.
    pub(in crate::local) fn check(&self) -> Result<(), String> {
        if !(1..=Self::MOST).contains(&self.size) {
            return Err(format!(
                "`pool.size` must be 1 to {}, not {}; leave `pool` out for none",
                Self::MOST,
                self.size
            ));
        }
        if self.memory_mb == 0 {
            return Err(
                "`pool.memory_mb` must be at least 1; a zygote with numpy, pandas and matplotlib takes 110".into()
            );
        }
        if self.runs_per_zygote == 0 {
            return Err("`pool.runs_per_zygote` must be at least 1".into());
        }
        let is_name = |part: &str| {
            !part.starts_with(|c: char| c.is_ascii_digit())
                && !part.is_empty()
                && part.chars().all(|c| c.is_alphanumeric() || c == '_')
        };
        match self.preload.iter().find(|module| !module.split('.').all(is_name)) {
            Some(module) => Err(format!("`pool.preload` names `{module}`, which is no name of a module")),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn tables() {
        let check = |table: serde_json::Value| {
            let config: PoolConfig = serde_json::from_value(table).map_err(|e| e.to_string())?;
            config.check()
        };
        assert_eq!(check(json!({})), Ok(()));
        assert_eq!(check(json!({"size": 8, "memory_mb": 1000, "runs_per_zygote": 5, "preload": []})), Ok(()));
        for (table, says) in [
            (json!({"size": 0}), "pool.size"),
            (json!({"size": 65}), "1 to 64"),
            (json!({"memory_mb": 0}), "memory_mb"),
            (json!({"runs_per_zygote": 0}), "runs_per_zygote"),
            (json!({"preload": ["os; print()"]}), "os; print()"),
            (json!({"preload": ["a..b"]}), "a..b"),
            (json!({"preload": ["1a"]}), "1a"),
            (json!({"sizes": 1}), "sizes"),
        ] {
            let error = check(table).unwrap_err();
            assert!(error.contains(says), "{error}");
        }
    }
}
