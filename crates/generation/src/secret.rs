//! Keys: never shown, and struck out of every text that leaves a generator: prompts, answers, errors, metadata.

use std::{env, fmt};

/// Stands where a secret stood.
const STRUCK: &str = "***";
/// Short keys are words (`ollama`): striking them out would strike out half a text.
const SHORTEST_KEY: usize = 8;
/// Other variables of the environment count only if they are long: nobody says that they hold secrets but their names.
const SHORTEST_VARIABLE: usize = 16;
/// What the name of a variable ends with that holds a secret.
const ENDINGS: [&str; 7] = ["KEY", "TOKEN", "SECRET", "PASSWORD", "PASSWD", "PASSPHRASE", "CREDENTIALS"];

/// A key or token.
#[derive(Clone)]
pub(crate) struct Secret(String);

impl Secret {
    pub(crate) fn new(text: String) -> Self {
        Self(text)
    }

    /// For the one place that hands it over.
    pub(crate) fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(STRUCK)
    }
}

/// Everything that must not leave.
#[derive(Debug)]
pub(crate) struct Secrets(Vec<Secret>);

impl Secrets {
    /// This key, and what this process has in its environment under the names of secrets.
    pub(crate) fn with_environment(key: Option<&Secret>) -> Self {
        let of_environment = env::vars_os().filter_map(|(name, value)| {
            let name = name.to_str()?.to_ascii_uppercase();
            let value = value.into_string().ok()?;
            let held = ENDINGS.iter().any(|ending| name.ends_with(ending)) && value.len() >= SHORTEST_VARIABLE;
            held.then_some(Secret(value))
        });
        let key = key.filter(|key| key.0.len() >= SHORTEST_KEY).cloned();
        let mut all: Vec<Secret> = key.into_iter().chain(of_environment).collect();
        // Of two of which one holds the other, the longer goes first, or its rest would stay.
        all.sort_by_key(|secret| std::cmp::Reverse(secret.0.len()));
        Self(all)
    }

    /// The text without any of them.
    pub(crate) fn strike(&self, text: &str) -> String {
        let held = self.0.iter().filter(|secret| text.contains(&secret.0));
        held.fold(text.to_owned(), |text, secret| text.replace(&secret.0, STRUCK))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_struck_out_and_not_shown() {
        let key = Secret::new("sk-canary-0042".into());
        assert_eq!(format!("{key:?} {:?}", Some(&key)), "*** Some(***)");
        let secrets = Secrets::with_environment(Some(&key));
        assert_eq!(secrets.strike("a sk-canary-0042, b sk-canary-0042"), "a ***, b ***");
        assert_eq!(Secrets::with_environment(Some(&Secret::new("ollama".into()))).strike("an ollama"), "an ollama");
    }

    #[test]
    fn the_longer_of_two_goes_first() {
        let mut all = Secrets(vec![Secret("long-secret".into()), Secret("secret".into())]);
        assert_eq!(all.strike("long-secret secret"), "*** ***");
        all.0.reverse();
        assert_eq!(all.strike("long-secret"), "long-***", "the order is what matters, and `with_environment` sorts");
    }
}
