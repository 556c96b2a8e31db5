//! A model that writes code: who provides it and how it is asked, as `[models.NAME]` says and as generators get it.

use serde::{Deserialize, Serialize};
use std::{fmt, path::PathBuf};

macro_rules! providers {
    ($($(#[doc = $doc:literal])* $variant:ident = $name:literal, $key:expr, $model:expr;)*) => {
        /// Who provides a model.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum Provider { $($(#[doc = $doc])* $variant,)* }

        impl Provider {
            /// Every provider; of those with a default model, the first whose key is there is taken where none is configured.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// The name in JSON and TOML.
            pub const fn name(self) -> &'static str { match self { $(Self::$variant => $name),* } }

            /// The environment variable that holds the key unless configuration names another; none: no key is sent.
            pub const fn key_variable(self) -> Option<&'static str> { match self { $(Self::$variant => $key),* } }

            /// The model that is taken where a key is there and nothing is configured.
            pub const fn default_model(self) -> Option<&'static str> { match self { $(Self::$variant => $model),* } }
        }
    };
}

providers! {
    /// Anthropic's Messages API.
    Anthropic = "anthropic", Some("ANTHROPIC_API_KEY"), Some("claude-sonnet-4-5");
    /// The chat completions of `OpenAI`.
    Openai = "openai", Some("OPENAI_API_KEY"), Some("gpt-5-mini");
    /// Gemini, through its endpoint that speaks chat completions.
    Gemini = "gemini", Some("GEMINI_API_KEY"), Some("gemini-2.5-flash");
    /// Ollama on this machine, or at a base URL.
    Ollama = "ollama", None, None;
    /// Anything at a base URL that speaks chat completions: vLLM, LM Studio, gateways.
    OpenaiCompatible = "openai_compatible", None, None;
}

impl fmt::Display for Provider {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// `[models.NAME]`: which model, and how it is asked. It names where the key is and never holds it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Model {
    /// Who provides it.
    pub provider: Provider,
    /// The provider's name for it.
    pub model: String,
    /// Where the provider's API starts; the provider's own place if absent.
    #[serde(default)]
    pub base_url: Option<String>,
    /// The environment variable that holds the key; [`Provider::key_variable`] if this and `api_key_file` are absent.
    #[serde(default)]
    pub api_key_env: Option<String>,
    /// The file that holds the key, and nothing else. Absolute.
    #[serde(default)]
    pub api_key_file: Option<PathBuf>,
    /// Whether the key may be sent to another machine over plain HTTP, where everybody on the way can read it.
    // Not written where it is false: a generator built before this key refuses what it does not know.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub allow_plain_http: bool,
    /// 0 to 2; not sent if absent, because some models refuse any.
    #[serde(default)]
    pub temperature: Option<f64>,
    /// The longest answer, in tokens.
    #[serde(default = "max_tokens")]
    pub max_tokens: u32,
    /// How long one try may take from the first byte sent to the last received, in seconds.
    #[serde(default = "timeout_seconds")]
    pub timeout_seconds: f64,
    /// How often an attempt asks while the provider is busy or away, the first time included.
    #[serde(default = "max_tries")]
    pub max_tries: u32,
    /// How long it waits before the second try, in seconds; twice as long before each further one, and as long as the
    /// provider says where it does.
    #[serde(default = "retry_wait_seconds")]
    pub retry_wait_seconds: f64,
    /// Whether the answer is asked for as a stream.
    #[serde(default = "stream")]
    pub stream: bool,
    /// Price of a million tokens of the prompt, in US dollars; the list price if absent, where it is known.
    #[serde(default)]
    pub input_usd_per_million: Option<f64>,
    /// The same for the answer.
    #[serde(default)]
    pub output_usd_per_million: Option<f64>,
}

const fn max_tokens() -> u32 {
    16_000
}

const fn timeout_seconds() -> f64 {
    180.0
}

const fn max_tries() -> u32 {
    4
}

const fn retry_wait_seconds() -> f64 {
    1.0
}

const fn stream() -> bool {
    true
}

impl Model {
    /// This model, everything else as it is by default.
    pub fn new(provider: Provider, model: impl Into<String>) -> Self {
        Self {
            provider,
            model: model.into(),
            base_url: None,
            api_key_env: None,
            api_key_file: None,
            allow_plain_http: false,
            temperature: None,
            max_tokens: max_tokens(),
            timeout_seconds: timeout_seconds(),
            max_tries: max_tries(),
            retry_wait_seconds: retry_wait_seconds(),
            stream: stream(),
            input_usd_per_million: None,
            output_usd_per_million: None,
        }
    }

    /// The environment variable that its key is expected in, if it is not in a file and one is sent at all.
    pub fn key_variable(&self) -> Option<&str> {
        match (&self.api_key_file, &self.api_key_env) {
            (Some(_), _) => None,
            (None, Some(variable)) => Some(variable),
            (None, None) => self.provider.key_variable(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_defaults_are_those_of_the_configuration() {
        for provider in Provider::ALL {
            assert_eq!(serde_json::to_value(provider).unwrap(), provider.name());
            assert!(provider.default_model().is_none() || provider.key_variable().is_some(), "{provider}");
        }
        let read: Model = serde_json::from_str(r#"{"provider": "openai", "model": "m"}"#).unwrap();
        assert_eq!(read, Model::new(Provider::Openai, "m"));
        assert!(serde_json::to_value(&read).unwrap().get("allow_plain_http").is_none(), "older generators refuse it");
        assert!(serde_json::from_str::<Model>(r#"{"provider": "openai", "model": "m", "api_key": "k"}"#).is_err());
    }

    #[test]
    fn a_file_stands_before_the_provider_s_variable() {
        let mut model = Model::new(Provider::Anthropic, "m");
        assert_eq!(model.key_variable(), Some("ANTHROPIC_API_KEY"));
        model.api_key_env = Some("SITE_KEY".into());
        assert_eq!(model.key_variable(), Some("SITE_KEY"));
        model.api_key_file = Some("/run/secrets/key".into());
        assert_eq!(model.key_variable(), None);
    }
}
