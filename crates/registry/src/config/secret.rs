//! What must not be shown, and what must not be written into a configuration at all: secrets come from the environment
//! or from files, by keys that name the variable (`token_env`, `api_key_env`).

use super::{
    error::{Diagnostic, Problem},
    models::is_variable,
    tree::{Entry, Value},
};
use serde_json::Value as Json;
use std::collections::BTreeMap;

const ENDINGS: [&str; 10] = [
    "token",
    "password",
    "passwd",
    "passphrase",
    "secret",
    "apikey",
    "privatekey",
    "accesskey",
    "credential",
    "credentials",
];

/// Whether a value under this name is likely a secret: `token`, `api_key`, `accessToken`, `DB_PASSWORD`; but not
/// `max_tokens`, `token_env` or `TOKENIZERS_PARALLELISM`.
pub(super) fn is_secret(name: &str) -> bool {
    let name: String = name.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_lowercase();
    ENDINGS.iter().any(|ending| name.ends_with(ending))
}

/// Takes every text under a secret's name out of the tree, wherever it stands, and says so for each.
pub(super) fn refuse(entries: &mut BTreeMap<String, Entry>, path: &str) -> Vec<Diagnostic> {
    let mut refused = Vec::new();
    entries.retain(|name, entry| {
        let key = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
        match &mut entry.node.value {
            Value::Text(_) if is_secret(name) => {
                let instead = if path.starts_with("execution.modes.") {
                    "what is set here is recorded with every run; code is given no secrets".into()
                } else {
                    format!("use `{name}_env` and name the environment variable that holds it")
                };
                let place = Some(entry.key.clone());
                refused.push(Diagnostic::new(Problem::LiteralSecret { key, instead }, place));
                false
            }
            Value::Table(inner) => {
                refused.extend(refuse(inner, &key));
                true
            }
            Value::List(items) => {
                for item in items {
                    if let Value::Table(inner) = &mut item.value {
                        refused.extend(refuse(inner, &key));
                    }
                }
                true
            }
            _ => true,
        }
    });
    refused
}

/// The text with everything that is assigned to a secret's name, and every user and password in a URL, replaced by
/// asterisks, byte for byte. Works on texts that are not valid TOML too, because those are shown in errors; it rather
/// hides too much.
pub(super) fn masked(text: &str) -> String {
    let mut shown = text.as_bytes().to_vec();
    for (at, _) in text.match_indices('=') {
        let name = name_before(&text[..at]);
        let value = &text[at + 1..];
        let value = &value[..value_len(value)];
        if is_secret(name) || is_misplaced(name, value) {
            cover(&mut shown[at + 1..at + 1 + value.len()]);
        }
    }
    for (at, separator) in text.match_indices("://") {
        let start = at + separator.len();
        let end = start + text[start..].find(['"', '\'', '\n', ' ']).unwrap_or(text.len() - start);
        if let Some(userinfo) = text[start..end].rfind('@') {
            cover(&mut shown[start..start + userinfo]);
        }
    }
    // Only whole values, hence whole characters, were replaced.
    String::from_utf8_lossy(&shown).into_owned()
}

/// Whether a key that names a variable (`api_key_env`) holds what is no name, and so perhaps the secret itself.
fn is_misplaced(name: &str, value: &str) -> bool {
    let names_a_secret = name.to_ascii_lowercase().strip_suffix("_env").is_some_and(is_secret);
    names_a_secret && !is_variable(value.trim().trim_matches(['"', '\'']))
}

fn cover(bytes: &mut [u8]) {
    for byte in bytes.iter_mut().filter(|byte| !matches!(byte, b'\n' | b'\r' | b' ')) {
        *byte = b'*';
    }
}

fn name_before(text: &str) -> &str {
    let text = text.trim_end_matches([' ', '\t', '"', '\'']);
    let start = text
        .rfind(|c: char| !(c.is_alphanumeric() || matches!(c, '_' | '-')))
        .map_or(0, |at| at + text[at..].chars().next().map_or(1, char::len_utf8));
    &text[start..]
}

/// To the end of the line, or of a string or list of several lines.
fn value_len(value: &str) -> usize {
    let trimmed = value.trim_start_matches([' ', '\t']);
    let skipped = value.len() - trimmed.len();
    for (open, close) in [("\"\"\"", "\"\"\""), ("'''", "'''"), ("[", "]"), ("{", "}")] {
        if let Some(rest) = trimmed.strip_prefix(open) {
            return rest.find(close).map_or(value.len(), |end| {
                let after = skipped + open.len() + end + close.len();
                after + value[after..].find('\n').unwrap_or(value.len() - after)
            });
        }
    }
    value.find('\n').unwrap_or(value.len())
}

/// What `config show` prints for a value. Nothing here should ever need it; it is the second lock.
pub(super) fn redacted(name: &str, value: Json) -> Json {
    match value {
        Json::String(_) if is_secret(name) => "***".into(),
        Json::String(text) => without_userinfo(&text).into(),
        Json::Array(items) => items.into_iter().map(|item| redacted(name, item)).collect(),
        Json::Object(map) => map.into_iter().map(|(key, value)| (key.clone(), redacted(&key, value))).collect(),
        other => other,
    }
}

/// `https://user:password@host/` without what stands before the last `@`: a password may hold any other sign.
pub(super) fn without_userinfo(text: &str) -> String {
    match text.split_once("://") {
        Some((scheme, rest)) => match rest.rfind('@') {
            Some(at) => format!("{scheme}://***{}", &rest[at..]),
            None => text.into(),
        },
        None => text.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn names() {
        for name in ["token", "api_key", "api-key", "apiKey", "accessToken", "DB_PASSWORD", "client_secret"] {
            assert!(is_secret(name), "{name}");
        }
        for name in ["max_tokens", "token_env", "api_key_env", "TOKENIZERS_PARALLELISM", "token_file", "key", ""] {
            assert!(!is_secret(name), "{name}");
        }
    }

    #[test]
    fn masking_keeps_spans_and_hides_values() {
        for text in [
            "a = 1\ntoken = \"hunter2é\" # hunter2\nb = 2\n",
            "x = { \"api_key\" = \"hunter2\", y = 1 }\n",
            "models.password='hunter2",
            "secret = \"\"\"\nhunter2\nhunter2\"\"\"\nb = 2\n",
            "secret = [\n 'hunter2',\n]\n",
            "secret = '''\nhunter2",
            "é.token=hunter2",
            "PYEXEC__MODELS__X__API_KEY=hunter2",
            "store = 'postgres://me:hunter2/@h/db'",
            "api_key_env = \"hunter2-a-key\"",
        ] {
            let shown = masked(text);
            assert_eq!(shown.len(), text.len(), "{text}");
            assert_eq!(shown.lines().count(), text.lines().count(), "{text}");
            assert!(!shown.contains("hunter2"), "{shown}");
        }
        let harmless = "max_tokens = 5\napi_key_env = \"A_KEY\"\n[a]\nkey = 'x = y'\n";
        assert_eq!(masked(harmless), harmless);
    }

    #[test]
    fn redaction_reaches_into_lists_tables_and_urls() {
        let value = json!({"list": ["http://u:p@h:1/x", {"db_password": "p"}], "n": 1, "url": "http://h/a"});
        assert_eq!(
            redacted("any", value),
            json!({"list": ["http://***@h:1/x", {"db_password": "***"}], "n": 1, "url": "http://h/a"})
        );
        assert_eq!(redacted("tls.private_key", json!("k")), json!("***"));
    }
}
