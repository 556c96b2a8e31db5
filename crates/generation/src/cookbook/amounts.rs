//! Numbers, spans and choices, from the words of a request.

use super::{
    parameter::{NumberSpec, Value},
    question::Question,
    refusal::Refusal,
    words::{Token, WORDS, starts_with, tokens},
};
use serde_json::json;
use std::{collections::BTreeMap, ops::Range};

/// What amounts are bound from.
pub(super) struct Amounts<'a> {
    pub(super) recipe: &'a str,
    pub(super) question: &'a Question,
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
        self.number_at(after).map(|number| (after, number)).into_iter().collect()
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

    /// The span that the request names: `[7, "day"]`.
    pub(super) fn span(&self) -> Result<Option<Value>, Refusal> {
        let mut spans = self.spans();
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
                (_, Some(unit)) => (1.0, unit, at),
                _ => continue,
            };
            let lead = |back: usize| (first.checked_sub(back)).map(|at| self.tokens()[at].word.as_str());
            if (1..=3).any(|back| lead(back).is_some_and(|word| WORDS.is_given(word))) {
                continue;
            }
            let is_goal = lead(1).is_some_and(|word| ["to", "into", "per"].contains(&word));
            spans.push(Span { count, unit: unit.into(), tokens: first..at + 1, is_goal });
        }
        spans
    }

    /// The option whose words the request holds; of several, the one with the longest words.
    pub(super) fn option(&self, options: &BTreeMap<String, Vec<String>>) -> Result<Option<Value>, Refusal> {
        let mut found: Vec<(usize, &str)> = Vec::new();
        for (option, phrases) in options {
            let said = phrases.iter().filter_map(|phrase| self.holds(&tokens(phrase))).max();
            found.extend(said.map(|length| (length, option.as_str())));
        }
        let longest = found.iter().map(|(length, _)| *length).max();
        let best: Vec<&str> =
            found.iter().filter(|(length, _)| Some(*length) == longest).map(|(_, option)| *option).collect();
        match best.as_slice() {
            [] => Ok(None),
            [only] => Ok(Some(Value::from(*only))),
            several => Err(Refusal::WhichOption { recipe: self.recipe.into(), options: several.join(", ") }),
        }
    }

    /// Whether the request holds this phrase outside of what was used; its length. By word: `highest` is not `top` here.
    fn holds(&self, phrase: &[Token]) -> Option<usize> {
        let tokens = self.tokens();
        let plain = |word: &str| word.strip_suffix('s').unwrap_or(word).to_owned();
        (0..tokens.len())
            .filter(|at| !self.question.is_used(*at))
            .any(|at| {
                tokens
                    .get(at..at + phrase.len())
                    .is_some_and(|there| there.iter().zip(phrase).all(|(a, b)| plain(&a.word) == plain(&b.word)))
            })
            .then_some(phrase.len())
    }

    /// A number in digits that nothing took.
    pub(super) fn unused_number(&self) -> Option<f64> {
        let unused = |(at, token): (usize, &Token)| token.number.filter(|_| !self.question.is_used(at));
        self.tokens().iter().enumerate().find_map(unused)
    }
}

/// A whole number without its `.0`.
#[expect(clippy::cast_possible_truncation, reason = "the bound is far below 2^53")]
fn plain(number: f64) -> Value {
    if number.fract() == 0.0 && number.abs() < 1e15 { json!(number as i64) } else { json!(number) }
}
