//! Which engine runs code under `execution_method = "container"`, and what it is told: a program uses one.

use super::model::{Config, ContainerEndpoint, Engine, Mode};
use pyexec_core::ExecutionMode;
use serde_json::{Map, Value as Json, json};

/// The endpoint of whoever names none.
const DEFAULT: &str = "default";

/// Why there is no engine.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ContainerError {
    /// None is configured.
    #[error("`execution_method` is `container`, and no endpoint is configured")]
    NoEndpoint,
    /// A server has an address, which nobody can guess.
    #[error("no endpoint with engine = \"jupyter\" is configured")]
    NoServer,
    /// Several, and none of them is the usual one.
    #[error("there are {count} endpoints, and none of them is named `default`")]
    Several {
        /// How many.
        count: usize,
    },
    /// A mode's endpoint is none.
    #[error("mode {mode} uses the endpoint `{endpoint}`, which {why}")]
    Mode {
        /// Which mode.
        mode: ExecutionMode,
        /// Its endpoint.
        endpoint: String,
        /// What it is instead.
        why: &'static str,
    },
    /// Containers have no kernels.
    #[error("mode {0} names a `kernel_name`, and containers have no kernels")]
    Kernel(ExecutionMode),
}

impl ContainerError {
    /// The way out.
    pub fn help(&self) -> String {
        match self {
            Self::NoEndpoint => {
                "add `[execution.container_endpoints.default]`; empty, it is the Docker engine of this machine".into()
            }
            Self::NoServer => {
                "add `[execution.container_endpoints.default]` with engine = \"jupyter\", its host and its port".into()
            }
            Self::Several { .. } => "name one of them `default`".into(),
            Self::Mode { .. } => {
                "name an endpoint of the same engine, for containers the one of all modes: a program uses one engine"
                    .into()
            }
            Self::Kernel(_) => "take it out, or use an endpoint with engine = \"jupyter\"".into(),
        }
    }
}

impl Config {
    /// The executor of containers and its table: of `wanted`, or of the engine that the configuration names. `pool` is how
    /// many containers may wait in this program; what the configuration says, if nothing else.
    pub fn container(
        &self,
        wanted: Option<Engine>,
        pool: Option<usize>,
    ) -> Result<(&'static str, Json), ContainerError> {
        let (name, endpoint) = match self.endpoint(wanted) {
            Ok(found) => found,
            // The usual engine of this machine needs no configuration when somebody asks for it by name.
            Err(ContainerError::NoEndpoint) if wanted == Some(Engine::Docker) => {
                return Ok((Engine::Docker.name(), self.docker(&Map::new(), pool)));
            }
            Err(ContainerError::NoEndpoint) if wanted == Some(Engine::Jupyter) => return Err(ContainerError::NoServer),
            Err(error) => return Err(error),
        };
        for (mode, Mode { endpoint: of_mode, kernel_name, .. }) in &self.execution.modes {
            if let Some(of_mode) = of_mode {
                let wrong = |why| Err(ContainerError::Mode { mode: *mode, endpoint: of_mode.clone(), why });
                match self.execution.container_endpoints.get(of_mode) {
                    None => return wrong("is not configured"),
                    Some(other) if other.engine != endpoint.engine => return wrong("has another engine"),
                    Some(_) if endpoint.engine == Engine::Docker && of_mode != name => return wrong("is another one"),
                    Some(_) => {}
                }
            }
            if kernel_name.is_some() && endpoint.engine == Engine::Docker {
                return Err(ContainerError::Kernel(*mode));
            }
        }
        let table = match endpoint.engine {
            Engine::Docker => self.docker(&endpoint.table, pool),
            Engine::Jupyter => self.jupyter(name),
        };
        Ok((endpoint.engine.name(), table))
    }

    /// The one named `default`, or the only one, of those with the wanted engine.
    fn endpoint(&self, wanted: Option<Engine>) -> Result<(&str, &ContainerEndpoint), ContainerError> {
        let all = &self.execution.container_endpoints;
        let mut fitting: Vec<_> =
            all.iter().filter(|(_, endpoint)| wanted.is_none_or(|engine| endpoint.engine == engine)).collect();
        let count = fitting.len();
        if let Some(usual) = fitting.iter().position(|(name, _)| *name == DEFAULT) {
            fitting.swap(0, usual);
            fitting.truncate(1);
        }
        match fitting.as_slice() {
            [] => Err(ContainerError::NoEndpoint),
            [(name, endpoint)] => Ok((name.as_str(), endpoint)),
            _ => Err(ContainerError::Several { count }),
        }
    }

    fn docker(&self, table: &Map<String, Json>, pool: Option<usize>) -> Json {
        let mut table = table.clone();
        table.insert("data_dir".into(), json!(self.data_dir));
        table.insert("limits".into(), json!(self.execution.limits));
        if let Some(pool) = pool {
            table.insert("pool".into(), json!(pool));
        }
        Json::Object(table)
    }

    /// Every server, because modes may use several.
    fn jupyter(&self, usual: &str) -> Json {
        let servers = self.execution.container_endpoints.iter().filter(|(_, found)| found.engine == Engine::Jupyter);
        let servers: Map<String, Json> =
            servers.map(|(name, found)| (name.clone(), Json::Object(found.table.clone()))).collect();
        let modes: Map<String, Json> = ExecutionMode::ALL
            .iter()
            .map(|mode| {
                let of_mode = self.execution.modes.get(mode);
                let endpoint = of_mode.and_then(|mode| mode.endpoint.as_deref()).unwrap_or(usual);
                let kernel_name = of_mode.and_then(|mode| mode.kernel_name.as_deref());
                (mode.name().to_owned(), json!({"endpoint": endpoint, "kernel_name": kernel_name}))
            })
            .collect();
        json!({"data_dir": self.data_dir, "endpoints": servers, "modes": modes})
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use pyexec_core::order::Limits;

    fn config(endpoints: &[(&str, Engine)], modes: &[(ExecutionMode, Mode)]) -> Config {
        let mut config = Config::with_data_dir("/d".into());
        for (name, engine) in endpoints {
            let table = Map::from_iter([("host".to_owned(), json!(name))]);
            config.execution.container_endpoints.insert((*name).into(), ContainerEndpoint { engine: *engine, table });
        }
        config.execution.modes = modes.iter().cloned().collect();
        config
    }

    fn mode(endpoint: Option<&str>, kernel_name: Option<&str>) -> Mode {
        let text = |text: Option<&str>| text.map(str::to_owned);
        Mode { endpoint: text(endpoint), kernel_name: text(kernel_name), ..Mode::default() }
    }

    #[test]
    fn the_engine_of_this_machine_needs_a_name_and_nothing_else() {
        let (name, table) = config(&[], &[]).container(Some(Engine::Docker), Some(0)).unwrap();
        assert_eq!((name, table), ("docker", json!({"data_dir": "/d", "limits": Limits::default(), "pool": 0})));
        assert_eq!(config(&[], &[]).container(None, None), Err(ContainerError::NoEndpoint));
        assert_eq!(config(&[], &[]).container(Some(Engine::Jupyter), None), Err(ContainerError::NoServer));
    }

    #[test]
    fn one_endpoint_is_chosen() {
        use Engine::{Docker, Jupyter};
        for (endpoints, wanted, chosen) in [
            (&[("a", Docker)][..], None, Ok("a")),
            (&[("a", Docker), ("default", Docker)], None, Ok("default")),
            (&[("a", Docker), ("b", Jupyter)], Some(Docker), Ok("a")),
            (&[("a", Docker), ("b", Docker)], None, Err(ContainerError::Several { count: 2 })),
            (&[("default", Jupyter), ("b", Docker)], Some(Docker), Ok("b")),
        ] {
            let config = config(endpoints, &[]);
            let found =
                config.container(wanted, None).map(|(_, table)| table["host"].as_str().unwrap_or("").to_owned());
            assert_eq!(found, chosen.map(str::to_owned), "{endpoints:?}");
        }
    }

    #[test]
    fn servers_go_together_with_what_modes_use() {
        let epics = ExecutionMode::EpicsControl;
        let endpoints = [("main", Engine::Jupyter), ("plant", Engine::Jupyter), ("docker", Engine::Docker)];
        let mut config = config(&endpoints, &[(epics, mode(Some("plant"), Some("k")))]);
        assert_eq!(config.container(Some(Engine::Jupyter), None), Err(ContainerError::Several { count: 2 }));
        let main = config.execution.container_endpoints.remove("main").unwrap();
        config.execution.container_endpoints.insert("default".into(), main);
        let (name, table) = config.container(None, None).unwrap();
        assert_eq!(name, "jupyter");
        assert_eq!(table["endpoints"].as_object().unwrap().keys().collect::<Vec<_>>(), ["default", "plant"]);
        assert_eq!(table["modes"]["EPICS_CONTROL"], json!({"endpoint": "plant", "kernel_name": "k"}));
        assert_eq!(table["modes"]["READ_ONLY"], json!({"endpoint": "default", "kernel_name": null}));
    }

    #[test]
    fn what_no_single_engine_can_be() {
        let epics = ExecutionMode::EpicsControl;
        let endpoints = [("default", Engine::Docker), ("other", Engine::Docker), ("j", Engine::Jupyter)];
        for (of_mode, says) in [
            (mode(Some("nowhere"), None), "not configured"),
            (mode(Some("j"), None), "another engine"),
            (mode(Some("other"), None), "another one"),
            (mode(None, Some("k")), "no kernels"),
        ] {
            let error = config(&endpoints, &[(epics, of_mode)]).container(None, None).unwrap_err();
            assert!(error.to_string().contains(says) && !error.help().is_empty(), "{error}");
        }
        assert!(config(&endpoints, &[(epics, mode(Some("default"), None))]).container(None, None).is_ok());
    }
}
