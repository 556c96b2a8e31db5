//! What an answer costs: tokens times price. A price that is not known is none, never nothing.

use super::Usage;
use pyexec_core::{Model, Provider};
use serde::Deserialize;
use std::{collections::BTreeMap, sync::LazyLock};

/// US dollars for a million tokens.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Price {
    input: f64,
    output: f64,
}

#[derive(Deserialize)]
struct List {
    /// When they were looked up.
    #[serde(rename = "as_of")]
    _as_of: String,
    #[serde(flatten)]
    of: BTreeMap<Provider, BTreeMap<String, Price>>,
}

static LIST: LazyLock<Option<List>> = LazyLock::new(|| toml::from_str(include_str!("prices.toml")).ok());

impl Price {
    /// As configured, else by the list; that one only holds at the provider's own place.
    pub(crate) fn of(model: &Model) -> Option<Self> {
        match (model.input_usd_per_million, model.output_usd_per_million) {
            (Some(input), Some(output)) => return Some(Self { input, output }),
            (None, None) if model.base_url.is_none() => {}
            _ => return None,
        }
        let of = LIST.as_ref()?.of.get(&model.provider)?;
        let listed = |(name, price): (&String, &Self)| is_version(&model.model, name).then_some(*price);
        of.iter().find_map(listed)
    }

    /// Of one answer, in US dollars. Tokens that were read from a cache count in full.
    #[expect(clippy::cast_precision_loss, reason = "no answer has 2^52 tokens")]
    pub(crate) fn cost(self, usage: Usage) -> f64 {
        (usage.input_tokens as f64 * self.input + usage.output_tokens as f64 * self.output) / 1e6
    }
}

/// Whether `model` is this one or a dated version of it: `-20250929`, `-2025-08-07`, `-latest`, `-0`.
fn is_version(model: &str, name: &str) -> bool {
    let Some(rest) = model.strip_prefix(name) else { return false };
    let date = |rest: &str| {
        let digits = rest.chars().filter(char::is_ascii_digit).count();
        digits == 8 && rest.chars().all(|c| c.is_ascii_digit() || c == '-')
    };
    rest.is_empty() || rest.strip_prefix('-').is_some_and(|rest| rest == "latest" || rest == "0" || date(rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn price(provider: Provider, model: &str) -> Option<Price> {
        Price::of(&Model::new(provider, model))
    }

    #[test]
    fn every_default_model_has_a_price() {
        for provider in Provider::ALL {
            if let Some(model) = provider.default_model() {
                assert!(price(*provider, model).is_some(), "{model}");
            }
        }
    }

    #[test]
    fn dated_versions_are_known_and_other_models_are_not() {
        let sonnet = price(Provider::Anthropic, "claude-sonnet-4-5");
        assert_eq!(price(Provider::Anthropic, "claude-sonnet-4-5-20250929"), sonnet);
        assert_eq!(price(Provider::Openai, "gpt-5-mini-2025-08-07"), price(Provider::Openai, "gpt-5-mini"));
        assert_ne!(price(Provider::Openai, "gpt-5-mini"), price(Provider::Openai, "gpt-5"));
        for unknown in ["gpt-5-pro", "gpt-5.9", "gpt-5-codex", "claude-sonnet-4-5", ""] {
            assert_eq!(price(Provider::Openai, unknown), None, "{unknown}");
        }
        assert_eq!(price(Provider::Ollama, "gpt-5"), None);
    }

    #[test]
    fn elsewhere_only_what_is_configured_counts() {
        let mut model = Model::new(Provider::Openai, "gpt-5");
        model.base_url = Some("https://gateway.example.org/v1".into());
        assert_eq!(Price::of(&model), None);
        model.input_usd_per_million = Some(2.0);
        assert_eq!(Price::of(&model), None, "half a price is none");
        model.output_usd_per_million = Some(8.0);
        let cost = Price::of(&model).unwrap().cost(Usage { input_tokens: 1_000_000, output_tokens: 500_000 });
        assert!((cost - 6.0).abs() < 1e-9, "{cost}");
    }
}
