//! What a careful person wants to know before they read: that the code is not what was approved before, and every trick by
//! which text shows something else than it is.

use super::{CardView, words};
use crate::expose::{Exposed, Hidden, Line, Note, Reading, Span, Trick};
use pyexec_core::{Card, Grant, Isolation};
use serde::Serialize;
use std::collections::BTreeMap;

/// Lines longer than this are worth a warning, in characters.
const LONG: usize = 300;
/// As many empty lines together are.
const EMPTY: usize = 50;
/// The most examples of one kind.
const MAX_EXAMPLES: usize = 5;

/// One warning.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Warning {
    /// A stable name.
    pub kind: &'static str,
    /// A sentence in our words.
    pub words: String,
    /// The lines of the code that it is about.
    pub lines: Vec<u32>,
    /// What it is about, as it is shown.
    pub examples: Vec<Exposed>,
}

/// What is counted, the worst first: a stable name, what one is called, and what is to be said about it.
const TRICKS: [(Kind, &str, &str, &str); 9] = [
    (Kind::Reorders, "reordering", "reordering character", ", here written out"),
    (Kind::Invisible, "invisible", "invisible character", ", here written out"),
    (Kind::Control, "control", "control character", ", here written out"),
    (Kind::Return, "carriage_return", "carriage return", " without a line feed, a line end to Python"),
    (Kind::LooksLike, "lookalike", "look-alike word", ", the odd letters numbered"),
    (Kind::ReadAs, "read_as", "word", " with another reading as a name of Python"),
    (Kind::Bytes, "undecodable", "byte", " outside of UTF-8"),
    (Kind::Gap, "gap", "long gap", " of spaces before something"),
    (Kind::Marks, "marks", "stacked mark", ", here written out"),
];

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    Reorders,
    Invisible,
    Control,
    Return,
    LooksLike,
    ReadAs,
    Bytes,
    Gap,
    Marks,
}

/// What was counted of one kind.
#[derive(Default)]
struct Tally {
    in_code: usize,
    elsewhere: usize,
    lines: Vec<u32>,
    examples: Vec<Exposed>,
}

/// The warnings of a card, in the order in which they matter.
pub(super) fn of(card: &Card, view: &CardView) -> Vec<Warning> {
    let mut warnings = Vec::new();
    let mut say = |kind, words: String, lines, examples| warnings.push(Warning { kind, words, lines, examples });
    if let Some(words) = isolation(card.isolation) {
        say("isolation", words.into(), vec![], vec![]);
    }
    if card.approved_before.as_ref().is_some_and(|before| before.code != view.code.sha256) {
        say("not_as_approved", "this is NOT the code that was approved before for this task".into(), vec![], vec![]);
    }
    if card.grants.iter().any(unbounded) {
        say(
            "unbounded",
            "the values that it may write to channels are NOT bounded on both sides".into(),
            vec![],
            vec![],
        );
    }
    if view.earlier.iter().any(|earlier| earlier.effects) {
        say("ran_before", "code of this run has run already and may have changed something".into(), vec![], vec![]);
    }
    let lines = view.code.text.lines();
    if declares_other_encoding(lines) {
        let words = "it declares an encoding other than UTF-8, which is how it is shown here";
        say("encoding", words.into(), vec![], vec![]);
    }
    let mut tallies = tallies(view);
    for (kind, name, noun, what) in TRICKS {
        let Some(Tally { in_code, elsewhere, lines, examples }) = tallies.remove(&kind) else { continue };
        if in_code > 0 {
            say(name, format!("the code has {}{what}", words::count(in_code, noun)), lines, examples.clone());
        }
        if elsewhere > 0 {
            let words = format!("the other texts of this card have {}{what}", words::count(elsewhere, noun));
            say(name, words, vec![], if in_code == 0 { examples } else { vec![] });
        }
    }
    let long: Vec<_> = numbered(lines).filter(|(_, line)| line.columns() > LONG).map(|(number, _)| number).collect();
    if !long.is_empty() {
        let longest = lines.iter().map(Line::columns).max().unwrap_or(0);
        say("long_lines", format!("very long lines, up to {longest} characters"), long, vec![]);
    }
    let gaps = empty_stretches(lines);
    if !gaps.is_empty() {
        say("empty_lines", format!("{EMPTY} or more blank lines together, with code behind them"), gaps, vec![]);
    }
    warnings
}

fn unbounded(grant: &Grant) -> bool {
    matches!(grant, Grant::ChannelWrite(grant) if grant.min.is_none() || grant.max.is_none())
}

fn isolation(isolation: Isolation) -> Option<&'static str> {
    match isolation {
        Isolation::Full | Isolation::Container => None,
        Isolation::Reduced | Isolation::Endpoint | Isolation::None => Some(words::isolation(isolation)),
    }
}

fn numbered(lines: &[Line]) -> impl Iterator<Item = (u32, &Line)> {
    lines.iter().zip(1..).map(|(line, number)| (number, line))
}

fn tallies(view: &CardView) -> BTreeMap<Kind, Tally> {
    let mut tallies = BTreeMap::<Kind, Tally>::new();
    for (number, line) in numbered(view.code.text.lines()) {
        for (at, span) in line.spans.iter().enumerate() {
            let Some((kind, word)) = kind(span) else { continue };
            if kind == Kind::Gap && at + 1 == line.spans.len() {
                continue; // nothing behind it
            }
            let tally = tallies.entry(kind).or_default();
            tally.in_code += 1;
            if tally.lines.last() != Some(&number) {
                tally.lines.push(number);
            }
            tally.example(word, Reading::Code);
        }
    }
    for line in view.texts().into_iter().flat_map(Exposed::lines) {
        for (kind, word) in line.spans.iter().filter_map(kind) {
            let tally = tallies.entry(kind).or_default();
            tally.elsewhere += 1;
            if tally.in_code == 0 {
                tally.example(word, Reading::Name);
            }
        }
    }
    tallies
}

impl Tally {
    fn example(&mut self, word: Option<&String>, reading: Reading) {
        if let Some(word) = word.filter(|_| self.examples.len() < MAX_EXAMPLES) {
            let example = Exposed::new(word, reading);
            if !self.examples.contains(&example) {
                self.examples.push(example);
            }
        }
    }
}

/// What a span is a case of, and the word that it is about.
fn kind(span: &Span) -> Option<(Kind, Option<&String>)> {
    let kind = match span {
        Span::Plain(_) => return None,
        Span::Note { about: Note::LooksLike { word }, .. } => return Some((Kind::LooksLike, Some(word))),
        Span::Note { about: Note::ReadAs { word }, .. } => return Some((Kind::ReadAs, Some(word))),
        Span::Written { trick, .. } => match trick {
            Trick::Hidden(Hidden::Control) => Kind::Control,
            Trick::Hidden(Hidden::Reorders) => Kind::Reorders,
            Trick::Hidden(Hidden::Invisible) => Kind::Invisible,
            Trick::Byte => Kind::Bytes,
            Trick::Return => Kind::Return,
            Trick::Spaces => Kind::Gap,
            Trick::Mark => Kind::Marks,
            Trick::Hidden(Hidden::RightToLeft | Hidden::OurSign) | Trick::CrLf | Trick::Tab => return None,
        },
    };
    Some((kind, None))
}

/// Where long stretches of blank lines end: the line behind each.
fn empty_stretches(lines: &[Line]) -> Vec<u32> {
    let mut blank = 0;
    let mut behind = Vec::new();
    for (number, line) in numbered(lines) {
        if line.is_blank() {
            blank += 1;
        } else {
            if blank >= EMPTY {
                behind.push(number);
            }
            blank = 0;
        }
    }
    behind
}

/// Whether one of the first two lines could be an encoding declaration (PEP 263) of anything but UTF-8.
fn declares_other_encoding(lines: &[Line]) -> bool {
    let name = |after: &str| {
        let name = after.strip_prefix([':', '='])?.trim_start();
        let end = name.find(|c: char| !(c.is_ascii_alphanumeric() || "-_.".contains(c))).unwrap_or(name.len());
        Some(name[..end].to_ascii_lowercase().replace('_', "-"))
    };
    let declared = |line: &Line| {
        let line = line.to_string();
        let comment = line.split_once('#').map_or("", |(_, comment)| comment);
        comment.split("coding").skip(1).find_map(name)
    };
    let same = ["utf-8", "utf8", "ascii", "us-ascii"];
    lines.iter().take(2).filter_map(declared).any(|name| !same.contains(&name.as_str()))
}
