//! The application's own generator `mean_of`: it knows one thing, and says so when it is asked for another.
//!
//! One line registers it. The same line in a library of its own would make it a plugin for `pyexec`: see
//! `examples/custom-generator`.

use pyexec_core::{
    Code, CodeGenerator, ErrorKind, PluginError, Result,
    generator::{GeneratedCode, GenerationRequest},
    host::HostContext,
};
use serde::Deserialize;
use serde_json::{Map, json};

pyexec_sdk::register_generator!("mean_of", MeanOf);

/// Its table.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct MeanOfConfig {
    /// Digits after the point.
    decimals: u8,
}

/// Writes a script that averages the numbers of the question.
#[derive(Debug)]
pub(crate) struct MeanOf(MeanOfConfig);

impl CodeGenerator for MeanOf {
    type Config = MeanOfConfig;

    fn create(config: MeanOfConfig) -> Result<Self> {
        Ok(Self(config))
    }

    async fn generate(&self, request: GenerationRequest, host: &HostContext) -> Result<GeneratedCode> {
        let query = request.request.user_query.unwrap_or_default();
        let values = numbers(&query);
        if values.is_empty() || !query.to_lowercase().contains("mean") {
            return Err(PluginError::new(
                ErrorKind::BadRequest.name(),
                format!("`{query}` asks for no mean of numbers"),
            )
            .with_help("ask `What is the mean of 3, 4 and 8?`"));
        }
        host.progress(&format!("found {} numbers", values.len()));
        let decimals = self.0.decimals;
        // Numbers alone get from the question into the code, written as Rust writes them, which Python reads.
        let code = format!(
            "import statistics\n\
             \n\
             values = {values:?}\n\
             print(f'averaging {{len(values)}} values')\n\
             results = {{'mean': round(statistics.fmean(values), {decimals}), 'count': len(values)}}\n"
        );
        let metadata = Map::from_iter([("numbers".to_owned(), json!(values.len()))]);
        Ok(GeneratedCode { code: Code::new(code), metadata, prompts: Vec::new() })
    }
}

/// The finite numbers of a text. `nan` and `inf`, which Rust would read too, are words here.
fn numbers(text: &str) -> Vec<f64> {
    let words = text.split(|c: char| c.is_whitespace() || matches!(c, ',' | ';' | '?'));
    let numeral = |word: &&str| word.trim_start_matches(['-', '+']).starts_with(|c: char| c.is_ascii_digit());
    words
        .filter(numeral)
        .filter_map(|word| word.trim_end_matches('.').parse().ok())
        .filter(|n: &f64| n.is_finite())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_in_words() {
        for (text, found) in [
            ("the mean of 3, 4.5 and -9?", vec![3.0, 4.5, -9.0]),
            ("mean of 1e3;2.", vec![1000.0, 2.0]),
            ("mean of nan, inf, 1e999, 3x and nothing", vec![]),
        ] {
            assert_eq!(numbers(text), found, "{text}");
        }
    }
}
