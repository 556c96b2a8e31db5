//! What the `jupyter` executor is told by configuration: servers, and which one and which kernel each mode uses.

use super::error::{Token, UseError};
use crate::table;
use pyexec_core::{ErrorKind, ExecutionMode, PluginError, RunError};
use serde::Deserialize;
use std::{
    collections::BTreeMap,
    env, fs,
    path::{Path, PathBuf},
};
use url::Url;

/// Its table.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct JupyterConfig {
    /// The data folder, absolute: who started which kernels is noted below `jupyter/` in it.
    pub data_dir: PathBuf,
    /// The servers, by name.
    pub endpoints: BTreeMap<String, JupyterEndpoint>,
    /// What a mode uses, where that is not the endpoint `default` and its kernel.
    #[serde(default)]
    pub modes: BTreeMap<ExecutionMode, JupyterMode>,
    /// The largest `results`, MiB of JSON; at most 16.
    #[serde(default = "table::results_max_mb")]
    pub results_max_mb: u64,
}

/// A Jupyter Server, Kernel Gateway or Enterprise Gateway.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct JupyterEndpoint {
    /// Name or address.
    #[serde(default = "localhost")]
    pub host: String,
    /// Its port.
    #[serde(default = "port")]
    pub port: u16,
    /// Whether it is spoken to over TLS.
    #[serde(default)]
    pub https: bool,
    /// The path that its API is below, if it is not at the root (`/user/name` at a hub).
    #[serde(default = "root")]
    pub base_path: String,
    /// The environment variable that holds its token; without one, none is sent.
    #[serde(default)]
    pub token_env: Option<String>,
    /// A PEM file: its certificate must be signed by one of these authorities, instead of those of the system.
    #[serde(default)]
    pub ca_file: Option<PathBuf>,
    /// The kernel for modes that name none.
    #[serde(default = "python3")]
    pub kernel_name: String,
    /// Nowhere allowed; here only to be refused with a sentence.
    #[serde(default)]
    pub token: Option<Literal>,
}

/// A secret that was written down: that it is there is all that is kept of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Literal;

impl<'de> Deserialize<'de> for Literal {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        serde::de::IgnoredAny::deserialize(deserializer).map(|_| Self)
    }
}

/// What one mode uses.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct JupyterMode {
    /// The endpoint.
    #[serde(default)]
    pub endpoint: Option<String>,
    /// The kernel.
    #[serde(default)]
    pub kernel_name: Option<String>,
}

/// The endpoint of modes that name none.
const DEFAULT: &str = "default";

fn localhost() -> String {
    "localhost".into()
}

const fn port() -> u16 {
    8888
}

fn root() -> String {
    "/".into()
}

fn python3() -> String {
    "python3".into()
}

/// Where a mode's code runs.
#[derive(Debug, Clone, Copy)]
pub(super) struct Choice<'a> {
    pub(super) name: &'a str,
    pub(super) endpoint: &'a JupyterEndpoint,
    pub(super) kernel_name: &'a str,
}

impl JupyterConfig {
    /// Refuses what cannot work.
    pub(super) fn check(&self) -> Result<(), PluginError> {
        let wrong = |message: String| Err(RunError::new(ErrorKind::BadRequest, message).into());
        if let Err(why) = table::check(&self.data_dir, self.results_max_mb) {
            return wrong(why);
        }
        for (name, endpoint) in &self.endpoints {
            if let Err(why) = endpoint.check() {
                return wrong(format!("the endpoint `{name}` cannot be used: {why}"));
            }
        }
        for mode in ExecutionMode::ALL {
            self.choice(mode)?;
        }
        Ok(())
    }

    /// What `mode` uses.
    pub(super) fn choice(&self, mode: ExecutionMode) -> Result<Choice<'_>, PluginError> {
        let chosen = self.modes.get(&mode);
        let name = chosen.and_then(|mode| mode.endpoint.as_deref()).unwrap_or(DEFAULT);
        let Some((name, endpoint)) = self.endpoints.get_key_value(name) else {
            let message = format!("mode {mode} uses the endpoint `{name}`, which is not configured");
            let help = format!("add `[execution.container_endpoints.{name}]` with engine = \"jupyter\"");
            return Err(RunError::new(ErrorKind::UnknownName, message).with_help(help).into());
        };
        let kernel_name = chosen.and_then(|mode| mode.kernel_name.as_deref()).unwrap_or(&endpoint.kernel_name);
        Ok(Choice { name, endpoint, kernel_name })
    }
}

impl JupyterEndpoint {
    fn check(&self) -> Result<(), String> {
        if self.token.is_some() {
            return Err("a `token` does not belong into a file: put it in an environment variable and name that by \
                        `token_env`"
                .into());
        }
        if self.ca_file.is_some() && !self.https {
            return Err("it has a `ca_file`, which means nothing without `https = true`".into());
        }
        if let Some(file) = self.ca_file.as_deref().filter(|file| !file.is_absolute()) {
            return Err(format!("`ca_file` must be an absolute path, not `{}`", file.display()));
        }
        if self.kernel_name.is_empty() {
            return Err("`kernel_name` is empty".into());
        }
        self.url().map(|_| ())
    }

    /// Where its API is, with a slash at the end.
    pub(super) fn url(&self) -> Result<Url, String> {
        let scheme = if self.https { "https" } else { "http" };
        let host = if self.host.contains(':') { format!("[{}]", self.host) } else { self.host.clone() };
        let path = self.base_path.trim_matches('/');
        let slash = if path.is_empty() { "" } else { "/" };
        let text = format!("{scheme}://{host}:{}/{path}{slash}", self.port);
        let url = Url::parse(&text).map_err(|e| format!("{text} is not an address: {e}"))?;
        let plain = url.username().is_empty() && url.query().is_none() && url.fragment().is_none();
        if plain && url.host_str().is_some_and(|h| h.eq_ignore_ascii_case(&host)) {
            Ok(url)
        } else {
            Err(format!("`host` is a name or an address, and `base_path` a path, not `{host}` and `{path}`"))
        }
    }

    /// Its token, from the environment.
    pub(super) fn secret(&self) -> Result<Option<Token>, UseError> {
        let Some(name) = &self.token_env else { return Ok(None) };
        let token = env::var(name).ok().filter(|token| !token.is_empty());
        token.map(|token| Some(Token(token))).ok_or_else(|| UseError::NoToken(name.clone()))
    }

    /// The authorities of its own, PEM.
    pub(super) fn authorities(&self) -> Result<Option<Vec<u8>>, UseError> {
        let read =
            |path: &Path| fs::read(path).map_err(|e| UseError::Authorities { path: path.into(), why: e.to_string() });
        self.ca_file.as_deref().map(read).transpose()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn check(table: serde_json::Value) -> Result<JupyterConfig, String> {
        let config: JupyterConfig = serde_json::from_value(table).map_err(|e| e.to_string())?;
        config.check().map_err(|e| e.to_string())?;
        Ok(config)
    }

    #[test]
    fn modes_choose_endpoint_and_kernel() {
        let config = check(json!({
            "data_dir": "/d",
            "endpoints": {"default": {}, "far": {"host": "far.example", "port": 443, "https": true, "base_path": "/user/me/", "kernel_name": "plain"}},
            "modes": {"EPICS_CONTROL": {"endpoint": "far", "kernel_name": "python3-epics"}, "WRITE_ENABLED": {"endpoint": "far"}},
        }))
        .unwrap();
        let chosen = |mode| {
            let choice = config.choice(mode).unwrap();
            (choice.endpoint.url().unwrap().to_string(), choice.kernel_name.to_owned())
        };
        assert_eq!(chosen(ExecutionMode::ReadOnly), ("http://localhost:8888/".into(), "python3".into()));
        assert_eq!(chosen(ExecutionMode::WriteEnabled), ("https://far.example/user/me/".into(), "plain".into()));
        assert_eq!(chosen(ExecutionMode::EpicsControl).1, "python3-epics");
    }

    #[test]
    fn what_cannot_work_is_refused_by_name() {
        let with = |endpoint: serde_json::Value| json!({"data_dir": "/d", "endpoints": {"default": endpoint}});
        for (table, says) in [
            (with(json!({"token": "secret"})), "token_env"),
            (with(json!({"ca_file": "/ca.pem"})), "https = true"),
            (with(json!({"ca_file": "ca.pem", "https": true})), "absolute"),
            (with(json!({"host": "a/b"})), "`host`"),
            (with(json!({"host": "user@host"})), "`host`"),
            (with(json!({"base_path": "/x?token=1"})), "`base_path`"),
            (with(json!({"prt": 1})), "prt"),
            (json!({"data_dir": "/d", "endpoints": {}}), "`default`, which is not configured"),
            (json!({"data_dir": "d", "endpoints": {"default": {}}}), "absolute"),
        ] {
            let error = check(table).unwrap_err();
            assert!(error.contains(says), "{error}");
            assert!(!error.contains("secret"), "{error}");
        }
        check(with(json!({"host": "::1"}))).unwrap();
    }
}
