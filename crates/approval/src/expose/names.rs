//! Words that look like other words, and names that Python reads as other names.
//!
//! Confusables and scripts are those of UTS 39. Python normalises identifiers (PEP 3131, NFKC): `𝐨𝐩𝐞𝐧` is `open` to it.
//! What is a name and what is the text of a string or a comment is not known here, and a lexer of ours that erred would be
//! the gap to slip through; so in code every word is looked at, and Russian comments pay for it with some marks.

use super::{
    Reading,
    class::{hidden, is_mark},
};
use unicode_normalization::UnicodeNormalization;
use unicode_security::{MixedScript, confusable_detection::skeleton, mixed_script::AugmentedScriptSet};

/// Whether a character can stand within a word.
pub(super) fn in_word(c: char) -> bool {
    c == '_' || unicode_ident::is_xid_continue(c)
}

/// What is to be said about a word that is not ASCII.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Verdict {
    /// The name that Python would read, if it is another one.
    pub(super) read_as: Option<String>,
    /// Characters that look like ASCII, each once.
    pub(super) lookalikes: Vec<char>,
}

/// Looks at a word.
pub(super) fn judge(word: &str, reading: Reading) -> Verdict {
    let mut verdict = Verdict::default();
    if word.is_ascii() {
        return verdict;
    }
    if reading == Reading::Code {
        let read: String = word.nfkc().collect();
        // Composed otherwise it looks the same, and so does the micro sign, which every other plot has.
        let same = word.nfc().map(|c| if c == 'µ' { 'μ' } else { c });
        verdict.read_as = (!same.eq(read.chars())).then_some(read);
    }
    let word = verdict.read_as.as_deref().unwrap_or(word);
    let poses = !word.is_ascii()
        && match reading {
            // All of it in another script is how people write that script.
            Reading::Prose => mixes(word),
            Reading::Name | Reading::Code => mixes(word) || skeleton(word).all(|c| c.is_ascii()),
        };
    if poses {
        // What is written out looks like nothing else.
        for c in word.chars().filter(|c| looks_ascii(*c) && hidden(*c).is_none() && !is_mark(*c)) {
            if !verdict.lookalikes.contains(&c) {
                verdict.lookalikes.push(c);
            }
        }
    }
    verdict
}

/// Whether a character that is not ASCII looks like some that are.
pub(super) fn looks_ascii(c: char) -> bool {
    let mut bytes = [0; 4];
    let mut like = skeleton(c.encode_utf8(&mut bytes)).peekable();
    !c.is_ascii() && like.peek().is_some() && like.all(|c| c.is_ascii())
}

/// Latin beside letters that pose as Latin: Japanese and Chinese beside Latin are ordinary.
fn mixes(word: &str) -> bool {
    !word.is_single_script() && word.chars().any(|c| looks_ascii(c) && !shares_script(c, 'a'))
}

fn shares_script(a: char, b: char) -> bool {
    let mut scripts = AugmentedScriptSet::for_char(a);
    scripts.intersect_with(AugmentedScriptSet::for_char(b));
    !scripts.is_empty()
}
