//! Which known names a mistyped one could have meant.

/// The known names that look like `name`, the nearest first, at most three.
pub(crate) fn nearest<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> Vec<&'a str> {
    let plain = |text: &str| text.to_lowercase().replace(['-', ' '], "_");
    let name = plain(name);
    let far = (name.chars().count() / 3).max(2);
    let distance = |other: &str| strsim::damerau_levenshtein(&name, &plain(other));
    let begins = |other: &str| name.len() >= 3 && plain(other).starts_with(&name);
    let close = known.into_iter().map(|other| (distance(other), other));
    let mut close: Vec<_> = close.filter(|(distance, other)| *distance <= far || begins(other)).collect();
    close.sort_unstable();
    close.dedup();
    close.into_iter().take(3).map(|(_, other)| other).collect()
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn what_was_meant() {
        let known = ["basic", "claude_code", "cookbook", "mock"];
        for (typed, meant) in [
            ("mok", &["mock"][..]),
            ("Claude-Code", &["claude_code"]),
            ("claude", &["claude_code"]),
            ("cookbok", &["cookbook"]),
            ("gpt", &[]),
        ] {
            assert_eq!(nearest(typed, known), meant, "{typed}");
        }
    }
}
