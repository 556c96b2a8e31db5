//! Whom the agent talks to, and as whom: `[api_config]` of the configuration file.

use crate::{
    agent_cli::program::{Auth, Endpoint},
    key::{KeyPlace, NoKey},
    wire,
};
use pyexec_core::{ErrorKind, PluginError, Result};
use serde::{Deserialize, de::IgnoredAny};
use std::path::PathBuf;
use url::Url;

/// Where the key is if nobody says where.
const KEY_VARIABLE: &str = "ANTHROPIC_API_KEY";

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
    /// Whether the key may go to another machine over plain HTTP.
    allow_plain_http: bool,
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
            return Err(bad(
                message,
                "put it into a variable or a file, and name that by `api_key_env` or `api_key_file`",
            ));
        }
    }
    let (mut base_url, mut port) = (None, 443);
    if let Some(text) = &config.base_url {
        let url = address(text).ok_or_else(|| {
            let message = "`base_url` in `api_config` is no http or https address without user, query and fragment";
            bad(message, "write it like `https://host/path`")
        })?;
        if wire::is_exposed(&url) && !config.allow_plain_http {
            let message = format!("`{text}` is plain HTTP to another machine: everybody on the way could read the key");
            let help = "use an `https` address as `base_url` in `api_config`, or say `allow_plain_http = true` there if you \
                        trust everybody on that network";
            return Err(bad(message, help));
        }
        port = url.port_or_known_default().unwrap_or(port);
        base_url = Some(text.trim_end_matches('/').to_owned());
    }
    let key = key_place(config)?.read().map_err(|error| no_key(&error))?;
    // Only `Nowhere` has none, which is no place here.
    let key = key.ok_or_else(|| bad("`api_config` names no key", "name one by `api_key_env` or `api_key_file`"))?;
    Ok(Endpoint { base_url, port, auth: config.auth, key })
}

fn address(text: &str) -> Option<Url> {
    let url = Url::parse(text).ok()?;
    let plain = url.username().is_empty() && url.password().is_none();
    let whole = url.query().is_none() && url.fragment().is_none() && url.has_host();
    (["http", "https"].contains(&url.scheme()) && plain && whole).then_some(url)
}

fn key_place(config: &ApiConfig) -> Result<KeyPlace> {
    match (&config.api_key_env, &config.api_key_file) {
        (Some(_), Some(_)) => Err(bad("`api_config` names both `api_key_env` and `api_key_file`", "keep one of them")),
        (None, Some(file)) => Ok(KeyPlace::File(file.clone())),
        (None, None) => Ok(KeyPlace::Variable(KEY_VARIABLE.into())),
        // Never quoted: it may be a key that was put here by mistake.
        (Some(name), None) if !is_variable(name) => Err(bad(
            "`api_key_env` in `api_config` is not the name of an environment variable (A-Z, 0-9 and `_`)",
            "name the variable that holds the key; never write the key itself",
        )),
        (Some(name), None) => Ok(KeyPlace::Variable(name.clone())),
    }
}

fn is_variable(name: &str) -> bool {
    let fits = |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_';
    !name.is_empty() && name.bytes().all(fits)
}

fn no_key(error: &NoKey) -> PluginError {
    let help = match &error.place {
        KeyPlace::Variable(name) => {
            format!("set {name} to a key, or name another variable or a file in `api_config` (`claude_config_path`)")
        }
        _ => "put the key, and nothing else, into that file, or correct `api_key_file` in `api_config`".into(),
    };
    let message = format!("the generator `claude_code` has no key: {error}");
    PluginError::new(ErrorKind::MissingCredential.name(), message).with_help(help)
}

fn bad(message: impl Into<String>, help: &str) -> PluginError {
    PluginError::new(ErrorKind::BadRequest.name(), message.into()).with_help(help)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

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
        let allowed = "base_url = 'http://10.0.0.7:8000'\nallow_plain_http = true\napi_key_env = 'PATH'";
        assert_eq!(endpoint(&parse(allowed)).unwrap().port, 8000);
        for (text, kind, part) in [
            ("api_key_env = 'PYEXEC_NO_SUCH_KEY'", "missing_credential", "`PYEXEC_NO_SUCH_KEY` is not set"),
            ("api_key_file = '/nowhere'", "missing_credential", "cannot be read"),
            ("api_key_file = '/dev/null'", "missing_credential", "is not a file with a key"),
            ("api_key_env = 'sk-hunter2'", "bad_request", "not the name of an environment variable"),
            ("base_url = 'http://gateway.example.org'", "bad_request", "plain HTTP to another machine"),
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
