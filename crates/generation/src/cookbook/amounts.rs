//! Numbers, spans and choices, from the words of a request.

use super::{
    named_values::NamedValues,
    parameter::{NumberSpec, Value},
    question::Question,
    refusal::Refusal,
    words::{Saying, Token, WORDS, starts_with, tokens},
};
use serde_json::json;
use std::{collections::BTreeMap, ops::Range};

/// What amounts are bound from.
pub(super) struct Amounts<'a> {
    pub(super) recipe: &'a str,
    pub(super) question: &'a Question,
    pub(super) named: &'a NamedValues,
    /// The year in which the table begins.
    pub(super) start: Option<f64>,
}

/// A number of a unit (`7`, `day`), and the tokens that say so.
#[derive(Debug, Clone, PartialEq)]
struct Span {
    count: f64,
    unit: String,
    tokens: Range<usize>,
    /// Whether it is said to be the goal (`to`, `into`).
    is_goal: bool,
}

impl Amounts<'_> {
    fn tokens(&self) -> &[Token] {
        &self.question.tokens
    }

    fn number_at(&self, at: usize) -> Option<f64> {
        let token = self.tokens().get(at)?;
        if self.question.is_used(at) { None } else { token.number.or_else(|| WORDS.number(&token.word)) }
    }

    /// The number beside one of the parameter's words, or the numbers.
    pub(super) fn number(&self, parameter: &str, spec: &NumberSpec) -> Result<Option<Value>, Refusal> {
        let mut found: Vec<(usize, f64)> = Vec::new();
        for words in &spec.words {
            let words = tokens(words);
            for at in 0..self.tokens().len() {
                if let Some(length) = starts_with(self.tokens(), at, &words) {
                    found.extend(self.beside(at..at + length, spec.plural));
                }
            }
        }
        found.sort_by_key(|(at, _)| *at);
        found.dedup();
        if found.is_empty()
            && let Some(number) = self.named(spec)
        {
            self.check(parameter, spec, number)?;
            return Ok(Some(if spec.plural { json!([plain(number)]) } else { plain(number) }));
        }
        for (at, number) in &found {
            self.check(parameter, spec, *number)?;
            self.question.take(*at..at + 1);
        }
        let numbers: Vec<Value> = found.iter().map(|(_, number)| plain(*number)).collect();
        match numbers.as_slice() {
            [] => Ok(None),
            _ if spec.plural => Ok(Some(numbers.into())),
            [first, rest @ ..] if rest.iter().all(|other| other == first) => Ok(Some(first.clone())),
            several => Err(Refusal::WhichNumber {
                parameter: parameter.into(),
                numbers: several.iter().map(Value::to_string).collect::<Vec<_>>().join(", "),
            }),
        }
    }

    /// The value in the request's context of one of the parameter's words that the request uses (`beyond the threshold`).
    fn named(&self, spec: &NumberSpec) -> Option<f64> {
        let said = |words: &&String| {
            let words = tokens(words);
            (0..self.tokens().len()).any(|at| starts_with(self.tokens(), at, &words).is_some())
        };
        spec.words.iter().filter(said).find_map(|words| self.named.number(words))
    }

    /// What the request says of some of the rows only (`in the last ten years`), which no recipe heeds.
    pub(super) fn some_rows(&self) -> Option<String> {
        let tokens = self.tokens();
        let free = |at: usize| tokens[at].saying == Saying::Not && !self.question.is_used(at);
        (0..tokens.len()).filter(|at| free(*at)).find_map(|at| {
            let word = &tokens[at].word;
            let mut next = at + 1;
            while tokens.get(next).is_some_and(|token| WORDS.is_article(&token.word) || token.word == "few") {
                next += 1;
            }
            let after = tokens.get(next).filter(|_| free(next))?;
            let is_unit = WORDS.unit(&after.word).is_some_and(|unit| unit != "row");
            // `before one could`, `the first one`: one is somebody or something
            let is_amount =
                WORDS.number(&after.word).is_some_and(|count| count > 1.0) && tokens.get(next + 1).is_some();
            let picks =
                WORDS.is_picking(word) && (WORDS.is_date(&after.word) || word != "in" && (is_unit || is_amount));
            (picks || WORDS.is_excluding(word)).then(|| {
                let said = tokens[at..(next + 2).min(tokens.len())].iter().map(|token| token.word.as_str());
                said.collect::<Vec<_>>().join(" ")
            })
        })
    }

    /// Numbers right before these tokens (`20 bins`, `5th and 95th percentile`), else the one right after (`top 5`).
    fn beside(&self, words: Range<usize>, plural: bool) -> Vec<(usize, f64)> {
        let mut before = Vec::new();
        let mut at = words.start;
        while let Some(previous) = at.checked_sub(1) {
            match self.number_at(previous) {
                Some(number) => before.push((previous, number)),
                None if plural && !before.is_empty() && self.tokens()[previous].word == "and" => {}
                None => break,
            }
            at = previous;
            if !plural {
                break;
            }
        }
        if !before.is_empty() {
            return before;
        }
        let mut after = words.end;
        while self.tokens().get(after).is_some_and(|token| WORDS.is_article(&token.word)) {
            after += 1;
        }
        // `the strongest is one year` counts years
        let counts_time = self.tokens().get(after + 1).is_some_and(|next| is_stretch(&next.word));
        self.number_at(after).filter(|_| !counts_time).map(|number| (after, number)).into_iter().collect()
    }

    fn check(&self, parameter: &str, spec: &NumberSpec, number: f64) -> Result<(), Refusal> {
        let wanted = if spec.whole && number.fract() != 0.0 {
            "it must be whole".to_owned()
        } else if let Some(least) = spec.least.filter(|least| number < *least) {
            format!("it must be at least {least}")
        } else if let Some(above) = spec.above.filter(|above| number <= *above) {
            format!("it must be more than {above}")
        } else if let Some(most) = spec.most.filter(|most| number > *most) {
            format!("it must be at most {most}")
        } else {
            return Ok(());
        };
        Err(Refusal::BadNumber { recipe: self.recipe.into(), parameter: parameter.into(), number, wanted })
    }

    /// The span that the request names: `[7, "day"]`. A bare adverb (`weekly wiggles`) is one only for what needs a span.
    pub(super) fn span(&self, optional: bool) -> Result<Option<Value>, Refusal> {
        let mut spans = self.spans();
        if optional {
            spans.retain(|span| !self.is_bare_adverb(span));
        }
        if spans.iter().any(|span| span.is_goal) {
            spans.retain(|span| span.is_goal);
        }
        let Some(first) = spans.first() else { return Ok(None) };
        if spans.iter().any(|other| (other.count, &other.unit) != (first.count, &first.unit)) {
            let spans: Vec<String> = spans.iter().map(|span| format!("{} {}", span.count, span.unit)).collect();
            return Err(Refusal::WhichSpan { spans: spans.join(", ") });
        }
        if first.count <= 0.0 || first.count.fract() != 0.0 || first.count > 1e6 {
            return Err(Refusal::BadNumber {
                recipe: self.recipe.into(),
                parameter: first.unit.clone(),
                number: first.count,
                wanted: "a span is counted in whole units, from 1 to a million".into(),
            });
        }
        self.question.take(first.tokens.clone());
        Ok(Some(json!([plain(first.count), first.unit])))
    }

    fn is_bare_adverb(&self, span: &Span) -> bool {
        let word = &self.tokens()[span.tokens.start].word;
        let next = self.tokens().get(span.tokens.end);
        let is_average =
            |token: &Token| ["mean", "roll"].iter().any(|stem| token.stem.starts_with(stem)) || token.word == "window";
        WORDS.adverb(word).is_some() && WORDS.unit(word).is_none() && !next.is_some_and(is_average)
    }

    fn spans(&self) -> Vec<Span> {
        let mut spans = Vec::new();
        for (at, token) in self.tokens().iter().enumerate() {
            let before = |back: usize| at.checked_sub(back).map(|at| self.tokens()[at].word.as_str());
            let counted = at.checked_sub(1).and_then(|previous| self.number_at(previous));
            let (count, unit, first) = match (WORDS.unit(&token.word), WORDS.adverb(&token.word)) {
                (Some(unit), _) if counted.is_some() => (counted.unwrap_or(1.0), unit, at - 1),
                (Some(unit), _) if unit != "row" && before(1).is_some_and(|word| WORDS.is_each(word)) => {
                    (1.0, unit, at)
                }
                // `year-long window`
                (Some(unit), _) if self.tokens().get(at + 1).is_some_and(|next| next.word == "long") => (1.0, unit, at),
                (_, Some(unit)) => (1.0, unit, at),
                // `a window of 5`
                _ if self.is_bare_window(at) => (counted_rows(token), "row", at),
                _ => continue,
            };
            let lead = |back: usize| (first.checked_sub(back)).map(|at| self.tokens()[at].word.as_str());
            if (1..=3).any(|back| lead(back).is_some_and(|word| WORDS.is_given(word))) {
                continue;
            }
            // `twelve lines per year` has steps of a month
            let is_share = |at: usize| self.number_at(at).is_some_and(|number| number > 1.0);
            if lead(1) == Some("per") && first.checked_sub(3).is_some_and(is_share) {
                continue;
            }
            let (count, unit) = plain_unit(count, unit);
            let is_goal = lead(1).is_some_and(|word| ["to", "into", "per"].contains(&word));
            spans.push(Span { count, unit: unit.into(), tokens: first..at + 1, is_goal });
        }
        spans
    }

    /// Whether this is the number of a window that has no unit.
    fn is_bare_window(&self, at: usize) -> bool {
        let word = |at: usize| self.tokens().get(at).map_or("", |token| token.word.as_str());
        let unit = WORDS.unit(word(at + 1)).or(WORDS.adverb(word(at + 1)));
        let named = at >= 2 && word(at - 1) == "of" && ["window", "windows"].contains(&word(at - 2))
            || at >= 1 && ["window", "windows"].contains(&word(at - 1));
        named && unit.is_none() && self.number_at(at).is_some()
    }

    /// The option whose words the request holds; of several, the one with the longest words, else `several`.
    pub(super) fn option(
        &self,
        options: &BTreeMap<String, Vec<String>>,
        several: Option<&str>,
    ) -> Result<Option<Value>, Refusal> {
        let mut found: Vec<(usize, &str)> = Vec::new();
        for (option, phrases) in options {
            if several == Some(option) {
                continue; // said or not, it is what several others mean
            }
            let said = phrases.iter().filter_map(|phrase| self.holds(&tokens(phrase))).max();
            found.extend(said.map(|length| (length, option.as_str())));
        }
        let longest = found.iter().map(|(length, _)| *length).max();
        let best: Vec<&str> =
            found.iter().filter(|(length, _)| Some(*length) == longest).map(|(_, option)| *option).collect();
        match best.as_slice() {
            [] if several.is_some_and(|name| {
                options.get(name).into_iter().flatten().any(|phrase| self.holds(&tokens(phrase)).is_some())
            }) =>
            {
                Ok(several.map(Value::from))
            }
            [] => Ok(None),
            [only] => Ok(Some(Value::from(*only))),
            _ if several.is_some() => Ok(several.map(Value::from)),
            several => Err(Refusal::WhichOption { recipe: self.recipe.into(), options: several.join(", ") }),
        }
    }

    /// Whether the request holds this phrase outside of what was used; its length. By word: `highest` is not `top` here.
    fn holds(&self, phrase: &[Token]) -> Option<usize> {
        let tokens = self.tokens();
        let plain = |word: &str| word.strip_suffix('s').unwrap_or(word).to_owned();
        (0..tokens.len())
            .filter(|at| !self.question.is_used(*at))
            // `not linear`
            .filter(|at| at.checked_sub(1).is_none_or(|at| !["not", "non"].contains(&tokens[at].word.as_str())))
            .any(|at| {
                tokens
                    .get(at..at + phrase.len())
                    .is_some_and(|there| there.iter().zip(phrase).all(|(a, b)| plain(&a.word) == plain(&b.word)))
            })
            .then_some(phrase.len())
    }

    /// A number that nothing took.
    pub(super) fn unused_number(&self) -> Option<f64> {
        let unused = |(at, token): (usize, &Token)| {
            let explained = self.question.is_used(at)
                || self.question.asides.contains(&at)
                || token.saying != Saying::Not
                || self.is_whole_record(at)
                || self.is_start(at);
            // of numbers in letters only those of a unit are surely meant
            let of_unit = self.tokens().get(at + 1).filter(|next| is_stretch(&next.word));
            let counted = of_unit.and_then(|_| WORDS.number(&token.word)).filter(|count| *count > 1.0);
            token.number.or(counted).filter(|_| !explained)
        };
        self.tokens().iter().enumerate().find_map(unused)
    }

    /// `over the 100 years`, `these 17 points`, `the 5 sites`: how long the record is, for somebody who knows it.
    fn is_whole_record(&self, number: usize) -> bool {
        let Some(next) = self.tokens().get(number + 1) else { return false };
        let before = number.checked_sub(1).map_or("", |at| self.tokens()[at].word.as_str());
        let counted = WORDS.unit(&next.word).is_some() || self.question.is_used(number + 1);
        ["the", "these", "those", "all", "my", "our"].contains(&before) && counted
    }

    /// `since 1958` where that is when the record begins.
    fn is_start(&self, number: usize) -> bool {
        let token = &self.tokens()[number];
        let before = number.checked_sub(1).map_or("", |at| self.tokens()[at].word.as_str());
        (before == "from" || before == "since") && self.start.is_some_and(|start| token.number == Some(start))
    }
}

/// Whether a word is a unit of time.
fn is_stretch(word: &str) -> bool {
    WORDS.unit(word).is_some_and(|unit| unit != "row")
}

/// The value of a number, in digits or letters.
fn counted_rows(token: &Token) -> f64 {
    token.number.or_else(|| WORDS.number(&token.word)).unwrap_or(1.0)
}

/// In units that scripts know.
fn plain_unit(count: f64, unit: &str) -> (f64, &str) {
    match unit {
        "fortnight" => (count * 2.0, "week"),
        "decade" => (count * 10.0, "year"),
        "century" => (count * 100.0, "year"),
        unit => (count, unit),
    }
}

/// A whole number without its `.0`.
#[expect(clippy::cast_possible_truncation, reason = "the bound is far below 2^53")]
fn plain(number: f64) -> Value {
    if number.fract() == 0.0 && number.abs() < 1e15 { json!(number as i64) } else { json!(number) }
}
