//! Whom the agent talks to, and as whom: `[api_config]` of the configuration file.

use crate::{
    agent_cli::program::{Auth, Endpoint},
    secret::Secret,
};
use pyexec_core::{ErrorKind, PluginError, Result};
use serde::{Deserialize, de::IgnoredAny};
use std::{env, fs, path::PathBuf};
use url::Url;

/// Where the key is if nobody says where.
const KEY_VARIABLE: &str = "ANTHROPIC_API_KEY";

/// The most that a key's file may have, in bytes.
const MOST: usize = 16 << 10;

/// `[api_config]`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct ApiConfig {
    /// The provider itself if absent.
    base_url: Option<String>,
    /// The variable that holds the key.
    api_key_env: Option<String>,
    /// The file that holds it.
    pub(super) api_key_file: Option<PathBuf>,
    auth: Auth,
    /// Refused: a key does not belong into this file.
    api_key: Option<IgnoredAny>,
    /// Refused like it.
    auth_token: Option<IgnoredAny>,
}

/// Reads the key, anew for each conversation: keys are exchanged while hosts live.
pub(super) fn endpoint(config: &ApiConfig) -> Result<Endpoint> {
    for (name, found) in [("api_key", config.api_key.is_some()), ("auth_token", config.auth_token.is_some())] {
        if found {
            let message = format!("`{name}` in `api_config` would be a secret in a configuration");
            return Err(PluginError::new(ErrorKind::BadRequest.name(), message)
                .with_help("put it into a variable or a file, and name that by `api_key_env` or `api_key_file`"));
        }
    }
    let (base_url, port) = match &config.base_url {
        None => (None, 443),
        Some(text) => {
            let (url, port) = address(text).ok_or_else(|| {
                let message = "`base_url` in `api_config` is no http or https address without user, query and fragment";
                PluginError::new(ErrorKind::BadRequest.name(), message).with_help("write it like `https://host/path`")
            })?;
            (Some(url), port)
        }
    };
    Ok(Endpoint { base_url, port, auth: config.auth, key: key(config)? })
}

fn address(text: &str) -> Option<(String, u16)> {
    let url = Url::parse(text).ok()?;
    let plain = url.username().is_empty() && url.password().is_none();
    let whole = url.query().is_none() && url.fragment().is_none() && url.has_host();
    let fits = ["http", "https"].contains(&url.scheme()) && plain && whole;
    fits.then(|| Some((text.trim_end_matches('/').to_owned(), url.port_or_known_default()?)))?
}

fn key(config: &ApiConfig) -> Result<Secret> {
    let missing = |message: String, help: String| {
        Err(PluginError::new(ErrorKind::MissingCredential.name(), message).with_help(help))
    };
    let (text, place) = match (&config.api_key_env, &config.api_key_file) {
        (Some(_), Some(_)) => {
            let message = "`api_config` names both `api_key_env` and `api_key_file`";
            return Err(PluginError::new(ErrorKind::BadRequest.name(), message).with_help("keep one of them"));
        }
        (variable, None) => {
            let name = variable.as_deref().unwrap_or(KEY_VARIABLE);
            let shown = name.escape_debug();
            match env::var(name) {
                Ok(text) => (text, format!("the variable `{shown}`")),
                Err(_) => {
                    return missing(
                        format!("the generator `claude_code` has no key: the variable `{shown}` is not set"),
                        format!(
                            "set {shown}, or name another variable or a file in `api_config` (`claude_config_path`)"
                        ),
                    );
                }
            }
        }
        (None, Some(file)) => {
            let shown = file.display();
            match fs::read(file) {
                Ok(bytes) if bytes.len() <= MOST => {
                    (String::from_utf8_lossy(&bytes).into_owned(), format!("the file `{shown}`"))
                }
                Ok(_) => {
                    return missing(format!("the file `{shown}` is too long for a key"), "name a key's file".into());
                }
                Err(error) => {
                    return missing(
                        format!("the generator `claude_code` has no key: `{shown}` cannot be read: {error}"),
                        "correct `api_key_file` in `api_config`".into(),
                    );
                }
            }
        }
    };
    let key = text.trim();
    if key.is_empty() || !key.bytes().all(|byte| byte.is_ascii_graphic()) {
        return missing(format!("{place} holds no key"), "a key is one word of visible characters".into());
    }
    Ok(Secret::new(key.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> ApiConfig {
        toml::from_str(text).unwrap()
    }

    #[test]
    fn a_key_comes_from_a_file_or_a_variable_and_from_nowhere_else() {
        let file = tempfile::NamedTempFile::new().unwrap();
        fs::write(&file, "sk-of-file\n").unwrap();
        let named = format!("base_url = 'http://[::1]:8080/v1/'\napi_key_file = {:?}", file.path());
        let found = endpoint(&parse(&named)).unwrap();
        assert_eq!(found.key.expose(), "sk-of-file");
        assert_eq!((found.base_url.as_deref(), found.port), (Some("http://[::1]:8080/v1"), 8080));
        let variable = endpoint(&parse("api_key_env = 'PATH'")).map(|found| found.port);
        assert_eq!(variable.unwrap(), 443);
        for (text, kind, part) in [
            ("api_key_env = 'PYEXEC_NO_SUCH_KEY'", "missing_credential", "`PYEXEC_NO_SUCH_KEY` is not set"),
            ("api_key_file = '/nowhere'", "missing_credential", "cannot be read"),
            ("api_key_file = '/dev/null'", "missing_credential", "holds no key"),
            ("api_key_file = '/a'\napi_key_env = 'B'", "bad_request", "both"),
            ("api_key = 'hunter2'", "bad_request", "secret"),
            ("auth_token = 'hunter2'", "bad_request", "secret"),
            ("base_url = 'ftp://a'", "bad_request", "address"),
            ("base_url = 'https://u:hunter2@a'", "bad_request", "address"),
            ("base_url = 'https://a?key=hunter2'", "bad_request", "address"),
        ] {
            let error = endpoint(&parse(text)).unwrap_err();
            assert_eq!(error.kind, kind, "{text}: {error}");
            assert!(error.message.contains(part) && !error.message.contains("hunter2"), "{text}: {error}");
            assert!(!error.help.is_empty(), "{text}");
        }
    }
}
