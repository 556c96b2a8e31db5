//! Slips of the pen: a word that nobody knows, next to one that is known.
//!
//! Careful, for a word read as another changes the question: only long words, only with the same first letter, and only
//! where one known word is nearest. What was read otherwise is always said.

use std::collections::BTreeSet;

/// The one word of `known` that `word` is a slip of.
pub(super) fn corrected<'a>(word: &str, known: &'a BTreeSet<String>) -> Option<&'a str> {
    let length = word.chars().count();
    if length < 5 || !word.chars().all(char::is_alphabetic) {
        return None;
    }
    let near = known.iter().filter(|other| other.chars().next() == word.chars().next());
    let near = near.filter_map(|other| Some((slips(word, length, other)?, other.as_str())));
    let mut near: Vec<(usize, &str)> = near.collect();
    near.sort_unstable();
    match near.as_slice() {
        [(best, found), rest @ ..] if rest.first().is_none_or(|(second, _)| second > best) => Some(found),
        _ => None,
    }
}

/// How many slips make `word` of `other`; none if that would be too many to believe.
fn slips(word: &str, length: usize, other: &str) -> Option<usize> {
    let other_length = other.chars().count();
    if length.abs_diff(other_length) > 2 || other_length < 5 {
        return None;
    }
    let slips = strsim::osa_distance(word, other);
    // of short words, another letter makes another word (`chance`, `change`); two letters swapped or one too many does not
    let is_other_letter = length == other_length && strsim::hamming(word, other).is_ok_and(|letters| letters == slips);
    let most = match length {
        ..=6 if is_other_letter => 0,
        ..=10 => 1,
        _ => 2,
    };
    (slips <= most).then_some(slips)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slips_are_mended_and_other_words_are_left() {
        let known = ["trend", "change", "histogram", "correlation", "outliers", "season", "average", "brightest"];
        let known: BTreeSet<String> = known.map(String::from).into();
        for (word, expected) in [
            ("histogramm", Some("histogram")),
            ("histgoram", Some("histogram")),
            ("corelation", Some("correlation")),
            ("outlyers", Some("outliers")),
            ("tredn", Some("trend")),
            ("trendd", Some("trend")),
            ("avarage", Some("average")),
            ("chance", None),
            ("reason", None),
            ("brightness", None),
            ("tend", None),
            ("orange", None),
            ("2000s", None),
            ("", None),
        ] {
            assert_eq!(corrected(word, &known), expected, "{word}");
        }
    }

    #[test]
    fn two_words_equally_near_are_neither() {
        let known: BTreeSet<String> = ["stations", "stationz"].map(String::from).into();
        assert_eq!(corrected("stationx", &known), None);
    }
}
