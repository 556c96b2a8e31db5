//! Which recipe a request means: BM25 over each recipe's title, phrases and description.
//!
//! A BM25 score alone says which recipe is nearest, not whether it is near. So it is divided by what a recipe would score
//! that holds every word of the request: 1 means that all was understood, and a word that no recipe knows counts against
//! every recipe, the more as it is as rare as a word can be.
//!
//! Pairs of neighbouring words (`over time`) count besides, for they tell apart what single words do not. And a request for
//! two things at once is told by a word that is another recipe's own and unknown to the nearest one.

use super::{
    mention::name_tokens,
    question::Question,
    recipe::Recipe,
    spelling,
    words::{Saying, Token, WORDS, tokens},
};
use bm25::{Embedder, EmbedderBuilder, Embedding, Scorer, TokenEmbedder, TokenEmbedding, Tokenizer};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// A second recipe this near to the first makes a request ambiguous.
const TIE: f64 = 0.92;
/// A second recipe this near to the first, with words of its own, makes it ambiguous too.
const RIVAL: f64 = 0.7;
/// How soon repetition stops to count. Low: a phrase more in a recipe is a way to say it, not more of it.
const K1: f32 = 0.2;
/// How much long recipes pay for their length.
const B: f32 = 0.1;
/// What a pair of words weighs beside a word.
const PAIR: f64 = 0.3;
/// What the likeness to a single phrase weighs beside all that.
const PHRASE: f64 = 0.5;
/// What a word that no recipe knows weighs in that likeness.
const UNLIKE: f64 = 0.3;
/// What a word weighs that stands in the description. It says what a script does, not what people say.
const DESCRIPTION: f64 = 0.4;
/// What words weigh that no recipe knows, as the square root of their number: who tells a story means no more by it. A word
/// that one recipe knows weighs about 2.7.
const STRANGE: f64 = 1.2;
/// What a stretch of time weighs beside a word: it says how much more often than what.
const UNIT: f64 = 0.4;
/// What a recipe loses that uses all the words of a request only in passing, and has none of them as its own.
const PASSING: f64 = 0.12;
/// In how many phrases of a recipe a word stands that is its own; or in its title.
const OWN: usize = 3;

/// The recipes, ready to be searched.
pub(super) struct Ranking {
    words: Scorer<String, u64>,
    descriptions: Scorer<String, u64>,
    pairs: Scorer<String, u64>,
    /// How many recipes hold a stem.
    holders: HashMap<String, usize>,
    vocabularies: BTreeMap<String, Vocabulary>,
    /// The stems of stretches of time.
    units: BTreeSet<String>,
    /// Every word that means something here, as it is written.
    words_as_written: BTreeSet<String>,
}

/// The stems of one recipe.
struct Vocabulary {
    all: BTreeSet<String>,
    /// Of the title, or of several phrases.
    own: BTreeSet<String>,
    phrases: Vec<BTreeSet<String>>,
}

/// A recipe's place.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Ranked {
    /// The recipe's name.
    pub(super) name: String,
    /// From 0 to about 1.
    pub(super) score: f64,
}

/// What the ranking leads to.
#[derive(Debug, PartialEq)]
pub(super) enum Choice {
    /// This one.
    One(Ranked),
    /// None is near enough.
    Poor,
    /// These are equally near.
    Tie(Vec<Ranked>),
    /// The first is near, and the request asks for something of the others too.
    Several(Vec<Ranked>),
}

/// Single words that count.
struct Words;
/// Neighbouring words of which one counts.
struct Pairs;

impl Tokenizer for Words {
    fn tokenize(&self, text: &str) -> Vec<String> {
        tokens(text).iter().filter(|token| counts(token)).map(|token| token.stem.clone()).collect()
    }
}

impl Tokenizer for Pairs {
    fn tokenize(&self, text: &str) -> Vec<String> {
        text.lines().flat_map(|line| pairs(&tokens(line))).collect()
    }
}

fn pairs(tokens: &[Token]) -> Vec<String> {
    let tokens: Vec<&Token> = tokens.iter().filter(|token| token.saying != Saying::Rest).collect();
    let pairs = tokens
        .windows(2)
        .filter(|pair| pair.iter().any(|t| counts(t)) && !pair.iter().any(|t| WORDS.is_article(&t.word)));
    pairs.map(|pair| format!("{} {}", pair[0].stem, pair[1].stem)).collect()
}

/// Whether a token says something about what is wanted.
pub(super) fn counts(token: &Token) -> bool {
    match token.saying {
        Saying::First => true,
        Saying::Rest => false,
        Saying::Not => token.number.is_none() && WORDS.number(&token.word).is_none() && !WORDS.is_stop(&token.word),
    }
}

impl Ranking {
    /// Of these recipes.
    pub(super) fn new(recipes: &[&Recipe]) -> Self {
        let mut holders: HashMap<String, usize> = HashMap::new();
        let mut vocabularies = BTreeMap::new();
        let mut words_as_written: BTreeSet<String> = WORDS.synonyms().map(str::to_owned).collect();
        for recipe in recipes {
            let mut all: BTreeSet<String> = Words.tokenize(&recipe.calls()).into_iter().collect();
            all.extend(Words.tokenize(&recipe.described()));
            for stem in &all {
                *holders.entry(stem.clone()).or_default() += 1;
            }
            let written = tokens(&format!("{}\n{}", recipe.calls(), recipe.described()));
            words_as_written.extend(written.into_iter().filter(counts).map(|token| token.word));
            vocabularies.insert(recipe.name.clone(), Vocabulary { all, own: own(recipe), phrases: phrases(recipe) });
        }
        Self {
            words: scorer(Words, recipes, Recipe::calls),
            descriptions: scorer(Words, recipes, only_described),
            pairs: scorer(Pairs, recipes, Recipe::calls),
            holders,
            vocabularies,
            units: WORDS.stretches().map(|word| WORDS.stem(word)).collect(),
            words_as_written,
        }
    }

    /// Mends slips of the pen in a question about tables and files of these names.
    pub(super) fn mend<'a>(&self, question: &mut Question, names: impl Iterator<Item = &'a str>) {
        let names: BTreeSet<String> = names.flat_map(name_tokens).map(|token| token.word).collect();
        let known: BTreeSet<String> = self.words_as_written.union(&names).cloned().collect();
        let is_name = |word: &str| {
            let plain = |word: &str| word.strip_suffix('s').unwrap_or(word).to_owned();
            names.iter().any(|name| plain(name) == plain(word))
        };
        question.mend(|token| {
            let strange = counts(token) && token.saying == Saying::Not && !self.knows(&token.stem);
            let strange = strange && !WORDS.knows(&token.word) && !is_name(&token.word);
            spelling::corrected(&token.word, &known).filter(|_| strange).map(str::to_owned)
        });
    }

    /// Whether any recipe knows this stem.
    pub(super) fn knows(&self, stem: &str) -> bool {
        self.holders.contains_key(stem)
    }

    /// Whether this recipe does.
    pub(super) fn recipe_knows(&self, recipe: &str, stem: &str) -> bool {
        self.vocabularies.get(recipe).is_some_and(|vocabulary| vocabulary.all.contains(stem))
    }

    /// Whether it is a word of any recipe's own.
    pub(super) fn is_anyones_own(&self, stem: &str) -> bool {
        self.vocabularies.values().any(|vocabulary| vocabulary.own.contains(stem))
    }

    /// Whether it is a stretch of time.
    pub(super) fn is_stretch(&self, stem: &str) -> bool {
        self.units.contains(stem)
    }

    fn is_own(&self, recipe: &str, stem: &str) -> bool {
        self.vocabularies.get(recipe).is_some_and(|vocabulary| vocabulary.own.contains(stem))
    }

    /// Every recipe that shares a word with the request, nearest first; equal ones by name.
    pub(super) fn rank(&self, request: &[Token]) -> Vec<Ranked> {
        let stems: BTreeSet<String> = request.iter().filter(|t| counts(t)).map(|t| t.stem.clone()).collect();
        let units: BTreeSet<String> = stems.iter().filter(|stem| self.units.contains(*stem)).cloned().collect();
        let weight = |stem: &String| if units.contains(stem) { UNIT } else { 1.0 };
        let known: f64 =
            stems.iter().filter(|stem| self.knows(stem)).map(|stem| weight(stem) * self.rarity(stem)).sum();
        let unknown = stems.iter().filter(|stem| !self.knows(stem)).count();
        #[expect(clippy::cast_precision_loss, reason = "a request has less than 2^52 words")]
        let most = known + STRANGE * (unknown as f64).sqrt();
        let asked = query(stems.iter());
        let asked_units = query(units.iter());
        let pairs = pairs(request).into_iter().collect::<BTreeSet<_>>();
        let pairs = query(pairs.iter());
        let of =
            |scorer: &Scorer<String, u64>, name: &String, query| f64::from(scorer.score(name, query).unwrap_or(0.0));
        let score = |name: &String| {
            let words = of(&self.words, name, &asked) - (1.0 - UNIT) * of(&self.words, name, &asked_units);
            let besides = DESCRIPTION * of(&self.descriptions, name, &asked) + PAIR * of(&self.pairs, name, &pairs);
            // a recipe that only mentions a word in its description is not meant by it
            let fit = if words > 0.0 { (words + besides) / most } else { return 0.0 };
            let fit = fit * (1.0 - PASSING * self.in_passing(name, &stems));
            (fit + PHRASE * self.likeness(name, &stems)) / (1.0 + PHRASE)
        };
        let scored = self.vocabularies.keys().map(|name| Ranked { name: name.clone(), score: score(name) });
        let mut ranked: Vec<Ranked> = scored.filter(|one| one.score > 0.0).collect();
        ranked.sort_by(|a, b| b.score.total_cmp(&a.score).then_with(|| a.name.cmp(&b.name)));
        ranked
    }

    /// What a ranking of this request leads to.
    pub(super) fn choose(&self, request: &[Token], ranked: &[Ranked], least: f64) -> Choice {
        let Some(first) = ranked.first().filter(|first| first.score >= least) else { return Choice::Poor };
        let near: Vec<Ranked> = ranked.iter().take_while(|one| one.score >= TIE * first.score).cloned().collect();
        if near.len() > 1 {
            return Choice::Tie(near);
        }
        let strange = |token: &&Token| counts(token) && !self.recipe_knows(&first.name, &token.stem);
        let strange: Vec<&str> = request.iter().filter(strange).map(|token| token.stem.as_str()).collect();
        let owns = |one: &&Ranked| strange.iter().any(|stem| self.is_own(&one.name, stem));
        let others = ranked[1..].iter().filter(owns);
        let joined = request.iter().any(|token| WORDS.is_joining(&token.word));
        // without an `and`, a weak second is a manner of speaking
        let least = if joined { 0.0 } else { RIVAL * first.score };
        let others: Vec<Ranked> = others.filter(|one| one.score >= least).cloned().collect();
        let asked = [vec![first.clone()], others].concat();
        match asked.as_slice() {
            [_] => Choice::One(first.clone()),
            _ if joined => Choice::Several(asked),
            _ => Choice::Tie(asked),
        }
    }

    /// Which part of what a recipe knows of these stems it only uses in passing.
    fn in_passing(&self, recipe: &str, stems: &BTreeSet<String>) -> f64 {
        let sum = |of: &dyn Fn(&String) -> bool| -> f64 {
            stems.iter().filter(|stem| of(stem)).map(|stem| self.rarity(stem)).sum()
        };
        let known = sum(&|stem| self.recipe_knows(recipe, stem));
        let own = sum(&|stem| self.is_own(recipe, stem));
        if known > 0.0 { 1.0 - (own / known).min(1.0) } else { 0.0 }
    }

    /// How like these stems are to those of the phrase that is most like them: 1 if they are the same.
    fn likeness(&self, recipe: &str, stems: &BTreeSet<String>) -> f64 {
        let weight = |stem: &String| match () {
            () if self.units.contains(stem) => UNIT,
            () if self.knows(stem) => 1.0,
            () => UNLIKE,
        };
        let sum = |stems: &mut dyn Iterator<Item = &String>| -> f64 { stems.map(weight).sum() };
        let phrases = self.vocabularies.get(recipe).into_iter().flat_map(|vocabulary| &vocabulary.phrases);
        let like = |phrase: &BTreeSet<String>| {
            let (both, all) = (sum(&mut phrase.intersection(stems)), sum(&mut phrase.union(stems)));
            if all > 0.0 { both / all } else { 0.0 }
        };
        phrases.map(like).fold(0.0, f64::max)
    }

    /// The inverse document frequency that BM25 uses.
    #[expect(clippy::cast_precision_loss, reason = "there are not 2^52 recipes")]
    fn rarity(&self, stem: &str) -> f64 {
        let (all, holders) = (self.vocabularies.len() as f64, self.holders.get(stem).copied().unwrap_or(0) as f64);
        (1.0 + (all - holders + 0.5) / (holders + 0.5)).ln()
    }
}

fn scorer(
    tokenizer: impl Tokenizer + Sync,
    recipes: &[&Recipe],
    text: impl Fn(&Recipe) -> String,
) -> Scorer<String, u64> {
    let texts: Vec<String> = recipes.iter().map(|recipe| text(recipe)).collect();
    let corpus: Vec<&str> = texts.iter().map(String::as_str).collect();
    let embedder: Embedder<u64, _> =
        EmbedderBuilder::with_tokenizer_and_fit_to_corpus(tokenizer, &corpus).k1(K1).b(B).build();
    let mut scorer = Scorer::new();
    for (recipe, text) in recipes.iter().zip(&texts) {
        scorer.upsert(&recipe.name, embedder.embed(text));
    }
    scorer
}

fn query<'a>(stems: impl Iterator<Item = &'a String>) -> Embedding<u64> {
    Embedding(stems.map(|stem| TokenEmbedding { index: u64::embed(stem), value: 1.0 }).collect())
}

/// The words of the description and the parameters that its title and phrases do not have.
fn only_described(recipe: &Recipe) -> String {
    let called: BTreeSet<String> = Words.tokenize(&recipe.calls()).into_iter().collect();
    let new = tokens(&recipe.described()).into_iter().filter(|token| !called.contains(&token.stem));
    new.map(|token| token.word).collect::<Vec<_>>().join(" ")
}

/// The stems of each phrase and of the title.
fn phrases(recipe: &Recipe) -> Vec<BTreeSet<String>> {
    recipe.phrases.iter().chain([&recipe.title]).map(|phrase| Words.tokenize(phrase).into_iter().collect()).collect()
}

/// The stems that stand in a recipe's title or in several of its phrases. Units are nobody's own.
fn own(recipe: &Recipe) -> BTreeSet<String> {
    let mut often: HashMap<String, usize> = HashMap::new();
    for stem in phrases(recipe).into_iter().flatten() {
        *often.entry(stem).or_default() += 1;
    }
    let often = often.into_iter().filter(|(_, count)| *count >= OWN).map(|(stem, _)| stem);
    often.chain(Words.tokenize(&recipe.title)).filter(|stem| WORDS.unit(stem).is_none()).collect()
}
