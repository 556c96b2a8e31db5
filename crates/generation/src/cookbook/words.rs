//! The words of a text: cut, lowered, stemmed, and brought to one word where several mean the same.
//!
//! What people say is data (`cookbook/words.toml`); the stemmer is the Snowball one for English. Knows no recipes.

use super::sayings::{Heard, Sayings};
use rust_stemmers::{Algorithm, Stemmer};
use serde::Deserialize;
use std::{
    collections::{BTreeMap, HashMap, HashSet},
    sync::LazyLock,
};

const FILE: &str = include_str!("../../cookbook/words.toml");

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    stop: Vec<String>,
    articles: Vec<String>,
    given: Vec<String>,
    each: Vec<String>,
    grouping: Vec<String>,
    common: Vec<String>,
    background: Vec<String>,
    whole: Vec<String>,
    joining: Vec<String>,
    beyond: Vec<String>,
    picking: Vec<String>,
    excluding: Vec<String>,
    dates: Vec<String>,
    numbers: HashMap<String, f64>,
    units: BTreeMap<String, Vec<String>>,
    adverbs: BTreeMap<String, Vec<String>>,
    idle: Vec<String>,
    asides: Vec<String>,
    sayings: BTreeMap<String, Vec<String>>,
    synonyms: BTreeMap<String, Vec<String>>,
}

/// The words of `words.toml`, ready for look-ups.
pub(super) struct Words {
    stop: HashSet<String>,
    articles: HashSet<String>,
    given: HashSet<String>,
    each: HashSet<String>,
    grouping: HashSet<String>,
    common: HashSet<String>,
    background: HashSet<String>,
    whole: HashSet<String>,
    joining: HashSet<String>,
    beyond: HashSet<String>,
    picking: HashSet<String>,
    excluding: HashSet<String>,
    dates: HashSet<String>,
    numbers: HashMap<String, f64>,
    units: HashMap<String, String>,
    adverbs: HashMap<String, String>,
    sayings: Sayings,
    asides: Vec<Vec<String>>,
    synonyms: HashMap<String, String>,
    stemmer: Stemmer,
}

/// The one instance.
pub(super) static WORDS: LazyLock<Words> = LazyLock::new(|| {
    let file: File = toml::from_str(FILE).expect("words.toml is checked by a test");
    let turned = |lists: BTreeMap<String, Vec<String>>| {
        lists.into_iter().flat_map(|(one, words)| words.into_iter().map(move |word| (word, one.clone()))).collect()
    };
    let stemmer = Stemmer::create(Algorithm::English);
    let stems =
        |text: &str| -> Vec<String> { pieces(text).map(|piece| stemmer.stem(&piece.word).into_owned()).collect() };
    let meant = file.sayings.iter().flat_map(|(one, said)| said.iter().map(move |saying| (saying, Some(one))));
    let sayings = meant.chain(file.idle.iter().map(|saying| (saying, None)));
    let sayings =
        Sayings::new(sayings.map(|(saying, one)| (stems(saying), one.map(|one| stemmer.stem(one).into_owned()))));
    let asides = file.asides.iter().map(|opening| pieces(opening).map(|piece| piece.word).collect()).collect();
    Words {
        stop: file.stop.into_iter().collect(),
        articles: file.articles.into_iter().collect(),
        given: file.given.into_iter().collect(),
        each: file.each.into_iter().collect(),
        grouping: file.grouping.into_iter().collect(),
        common: file.common.iter().map(|word| stemmer.stem(word).into_owned()).collect(),
        background: file.background.iter().map(|word| stemmer.stem(word).into_owned()).collect(),
        whole: file.whole.into_iter().collect(),
        joining: file.joining.into_iter().collect(),
        beyond: file.beyond.iter().map(|word| stemmer.stem(word).into_owned()).collect(),
        picking: file.picking.into_iter().collect(),
        excluding: file.excluding.into_iter().collect(),
        dates: file.dates.into_iter().collect(),
        numbers: file.numbers,
        units: turned(file.units),
        adverbs: turned(file.adverbs),
        sayings,
        asides,
        synonyms: turned(file.synonyms),
        stemmer,
    }
});

/// A word or a number of a text.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Token {
    /// In lower case, as it was written.
    pub(super) word: String,
    /// Brought to one word for one meaning, and stemmed.
    pub(super) stem: String,
    /// Its value, if it is a number in digits.
    pub(super) number: Option<f64>,
    /// Where its first byte is.
    pub(super) start: usize,
    /// Where the byte after it is.
    pub(super) end: usize,
    /// Whether it is part of a saying.
    pub(super) saying: Saying,
}

/// A token's part in a saying: several words that mean one (`stand out`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Saying {
    /// It stands for itself.
    Not,
    /// Its first word, which has the stem of all.
    First,
    /// Another word of it, or any of one that says nothing.
    Rest,
}

/// The tokens of a text, in order. A digit after a letter belongs to the word (`co2`); a letter after a number starts a
/// new one (`7d`, `95th`), but for the endings of ordinals, which are dropped, as is what follows an apostrophe in a word.
pub(super) fn tokens(text: &str) -> Vec<Token> {
    let mut found: Vec<Token> = pieces(text)
        .map(|Piece { word, number, start, end }| {
            let stem = if number.is_some() { word.clone() } else { WORDS.stem(&word) };
            Token { word, stem, number, start, end, saying: Saying::Not }
        })
        .collect();
    let heard: Vec<Heard> = found.iter().map(Heard::from).collect();
    let mut at = 0;
    while at < found.len() {
        let Some((length, meant)) = WORDS.sayings.start_of(&heard[at..]) else {
            at += 1;
            continue;
        };
        found[at..at + length].iter_mut().for_each(|token| token.saying = Saying::Rest);
        if let Some(stem) = meant {
            stem.clone_into(&mut found[at].stem);
            found[at].saying = Saying::First;
        }
        at += length;
    }
    found
}

impl From<&Token> for Heard {
    fn from(token: &Token) -> Self {
        Self {
            stem: WORDS.stemmer.stem(&token.word).into_owned(),
            is_unit: WORDS.unit(&token.word).is_some_and(|unit| unit != "row"),
            is_number: token.number.is_some() || WORDS.number(&token.word).is_some(),
        }
    }
}

/// A word or a number, without its meaning.
struct Piece {
    word: String,
    number: Option<f64>,
    start: usize,
    end: usize,
}

fn pieces(text: &str) -> impl Iterator<Item = Piece> + '_ {
    let mut found: Vec<Piece> = Vec::new();
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let start = text.len() - rest.len();
        let length = match c {
            '0'..='9' => number_length(rest),
            '%' => 1,
            c if c.is_alphanumeric() => rest.find(|c: char| !c.is_alphanumeric()).unwrap_or(rest.len()),
            c => {
                rest = &rest[c.len_utf8()..];
                continue;
            }
        };
        let (piece, after) = rest.split_at(length);
        rest = after;
        let number = piece.parse::<f64>().ok().filter(|_| c.is_ascii_digit());
        let follows_number = found.last().is_some_and(|last| last.number.is_some() && last.end == start);
        let is_ending =
            text[..start].strip_suffix(['\'', '’']).is_some_and(|before| before.ends_with(char::is_alphanumeric));
        if is_ending && piece.len() <= 2 {
            continue;
        }
        if follows_number && ["st", "nd", "rd", "th"].contains(&piece.to_lowercase().as_str()) {
            continue;
        }
        let word = if c == '%' { "percent".to_owned() } else { piece.to_lowercase() };
        found.push(Piece { word, number, start, end: start + length });
    }
    found.into_iter()
}

/// Of the number at the start: digits, with a decimal part if digits follow the point.
fn number_length(text: &str) -> usize {
    let digits = |text: &str| text.bytes().take_while(u8::is_ascii_digit).count();
    let whole = digits(text);
    match text[whole..].strip_prefix('.').map(digits) {
        Some(fraction) if fraction > 0 => whole + 1 + fraction,
        _ => whole,
    }
}

impl Words {
    /// One word for one meaning, without its ending.
    pub(super) fn stem(&self, word: &str) -> String {
        if self.whole.contains(word) {
            return word.to_owned();
        }
        let one = self.synonyms.get(word).map_or(word, String::as_str);
        self.stemmer.stem(one).into_owned()
    }

    /// Whether a word says nothing about what is wanted.
    pub(super) fn is_stop(&self, word: &str) -> bool {
        self.stop.contains(word)
    }

    /// Whether it may stand between a cue and what it points at.
    pub(super) fn is_article(&self, word: &str) -> bool {
        self.articles.contains(word)
    }

    /// Whether what follows is what there is, not what is wanted.
    pub(super) fn is_given(&self, word: &str) -> bool {
        self.given.contains(word)
    }

    /// Whether a unit after it means one of it.
    pub(super) fn is_each(&self, word: &str) -> bool {
        self.each.contains(word)
    }

    /// Whether a column after it names the groups.
    pub(super) fn is_grouping(&self, word: &str) -> bool {
        self.grouping.contains(word)
    }

    /// Whether every recipe does what this stem says.
    pub(super) fn is_common(&self, stem: &str) -> bool {
        self.common.contains(stem)
    }

    /// Whether it is common and still tells recipes apart beside other words.
    pub(super) fn is_background(&self, stem: &str) -> bool {
        self.background.contains(stem)
    }

    /// Whether it joins two wishes.
    pub(super) fn is_joining(&self, word: &str) -> bool {
        self.joining.contains(word)
    }

    /// Whether no recipe does what this word says, in whatever form.
    pub(super) fn is_beyond(&self, word: &str) -> bool {
        self.beyond.contains(self.stemmer.stem(word).as_ref())
    }

    /// What opens an aside, in words.
    pub(super) fn asides(&self) -> &[Vec<String>] {
        &self.asides
    }

    /// Whether it picks some of the rows, when an amount follows.
    pub(super) fn is_picking(&self, word: &str) -> bool {
        self.picking.contains(word)
    }

    /// Whether it leaves some of the rows out.
    pub(super) fn is_excluding(&self, word: &str) -> bool {
        self.excluding.contains(word)
    }

    /// Whether it names a month or a decade.
    pub(super) fn is_date(&self, word: &str) -> bool {
        self.dates.contains(word)
    }

    /// Whether it stands in one of the lists.
    pub(super) fn knows(&self, word: &str) -> bool {
        self.synonyms.contains_key(word)
            || self.is_beyond(word)
            || [&self.stop, &self.picking, &self.excluding, &self.dates].iter().any(|l| l.contains(word))
            || self.unit(word).or(self.adverb(word)).is_some()
            || self.number(word).is_some()
    }

    /// Every word that is read as another.
    pub(super) fn synonyms(&self) -> impl Iterator<Item = &str> {
        self.synonyms.keys().map(String::as_str)
    }

    /// The value of a number in letters.
    pub(super) fn number(&self, word: &str) -> Option<f64> {
        self.numbers.get(word).copied()
    }

    /// The unit that a word names.
    pub(super) fn unit(&self, word: &str) -> Option<&str> {
        self.units.get(word).map(String::as_str)
    }

    /// Every word for a stretch of time.
    pub(super) fn stretches(&self) -> impl Iterator<Item = &str> {
        let named = self.units.iter().filter(|(_, unit)| unit.as_str() != "row").map(|(word, _)| word);
        named.chain(self.adverbs.keys()).map(String::as_str)
    }

    /// The unit that an adverb such as `monthly` names one of.
    pub(super) fn adverb(&self, word: &str) -> Option<&str> {
        self.adverbs.get(word).map(String::as_str)
    }
}

/// Whether the stems of `phrase` stand in `tokens` from `at` on; how many tokens they take.
pub(super) fn starts_with(tokens: &[Token], at: usize, phrase: &[Token]) -> Option<usize> {
    let there = tokens.get(at..at + phrase.len())?;
    let same = there.iter().zip(phrase).all(|(a, b)| a.word == b.word || a.stem == b.stem);
    (same && !phrase.is_empty()).then_some(phrase.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<String> {
        tokens(text).into_iter().map(|token| token.word).collect()
    }

    #[test]
    fn texts_are_cut_into_words_and_numbers() {
        assert_eq!(
            words("What's the 95th percentile of co2_ppm?"),
            ["what", "the", "95", "percentile", "of", "co2", "ppm"]
        );
        assert_eq!(
            words("a 7-day (or 7d) mean, 3.5 sigma, 10%."),
            ["a", "7", "day", "or", "7", "d", "mean", "3.5", "sigma", "10", "percent"]
        );
        assert_eq!(words("Größe\u{202e}日本 12."), ["größe", "日本", "12"]);
        assert_eq!(words(""), [""; 0]);
    }

    #[test]
    fn what_means_the_same_has_one_stem() {
        for (a, b) in [
            ("averages", "mean"),
            ("weird", "outliers"),
            ("years", "annual"),
            ("rising", "increases"),
            ("smoothing", "smooth"),
        ] {
            assert_eq!(WORDS.stem(a), WORDS.stem(b), "{a}, {b}");
        }
        assert_ne!(WORDS.stem("mean"), WORDS.stem("median"));
    }

    #[test]
    fn no_word_is_said_to_mean_two_things() {
        let file: File = toml::from_str(FILE).unwrap();
        for lists in [&file.synonyms, &file.units, &file.adverbs] {
            let mut seen = HashSet::new();
            for word in lists.values().flatten() {
                assert!(seen.insert(word), "`{word}` stands twice");
                assert_eq!(word, &word.to_lowercase());
            }
        }
        for (one, words) in &file.synonyms {
            assert!(!words.contains(one) && !file.stop.contains(one), "{one}");
        }
    }
}
