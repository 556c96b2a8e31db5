//! How deep source can nest, bounded before a recursive parser sees it.
//!
//! The parser recurses, and an overflow of its stack ends the process, which no guard contains. So the tokens are counted
//! first, with the lexer, which does not recurse. `CPython` has limits too: 200 brackets, 100 indents, about 3000 levels of
//! syntax tree (measured on 3.11). What is counted here as a chain is an upper bound of a tree's depth, not the depth
//! itself, hence a laxer limit; a refusal means that the interpreter would refuse as well, or that no person wrote it.

use super::{Refusal, lines::Lines};
use rustpython_ast::token::TokenKind;
use rustpython_parser::{Mode, lexer::lex};

/// `MAXLEVEL` of `CPython`'s tokenizer.
const MAX_BRACKETS: usize = 200;
/// `MAXINDENT` of `CPython`'s tokenizer.
const MAX_INDENTS: usize = 100;
/// `MAXFSTRINGLEVEL` of `CPython`'s tokenizer.
const MAX_FSTRINGS: usize = 150;
/// Operators, attributes, calls and such, summed over all open brackets.
pub(crate) const MAX_CHAIN: usize = 8000;

/// See [`is_flat`].
const FLAT_BYTES: usize = 4900;
const FLAT_OPENERS: usize = 150;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum TooDeep {
    Brackets,
    Indents,
    FStrings,
    Chain,
}

/// Refuses text that nests too deep.
pub(crate) fn check(text: &str) -> Result<(), Refusal> {
    if is_flat(text) {
        return Ok(());
    }
    let Some(what) = first_excess(text) else { return Ok(()) };
    // The public lexer tells kinds without places, so the place is found as the shortest prefix that is too deep.
    let (mut low, mut high) = (0, text.len());
    while low < high {
        let middle = text.floor_char_boundary(low.midpoint(high));
        if first_excess(&text[..middle]).is_some() {
            high = middle;
        } else {
            low = text.ceil_char_boundary(middle + 1);
        }
    }
    let (line, column) = Lines::new(text).position(high.saturating_sub(1));
    let message = match what {
        TooDeep::Brackets => format!("more than {MAX_BRACKETS} nested brackets: name parts of the expression"),
        TooDeep::Indents => format!("more than {MAX_INDENTS} levels of indentation: move parts into functions"),
        TooDeep::FStrings => format!("more than {MAX_FSTRINGS} nested f-strings: name parts of them"),
        TooDeep::Chain => format!("an expression of more than {MAX_CHAIN} chained operations: name parts of it"),
    };
    Err(Refusal { line, column, message })
}

/// Whether text is too short to nest too deep, whatever is in it: the usual script, for which nothing need be counted. Each
/// open bracket and replacement field takes a byte of its own, each operation one, level n of indentation n.
fn is_flat(text: &str) -> bool {
    const { assert!(FLAT_BYTES < MAX_CHAIN && FLAT_BYTES < MAX_INDENTS * MAX_INDENTS / 2) };
    const { assert!(FLAT_OPENERS <= MAX_FSTRINGS && FLAT_OPENERS <= MAX_BRACKETS) };
    let openers = || text.bytes().filter(|byte| matches!(byte, b'(' | b'[' | b'{')).count();
    text.len() <= FLAT_BYTES && openers() <= FLAT_OPENERS
}

/// An open bracket or f-string and the chain in it so far.
struct Level {
    opener: TokenKind,
    chain: usize,
}

fn first_excess(text: &str) -> Option<TooDeep> {
    let mut lexer = lex(text, Mode::Module);
    let mut levels = vec![Level { opener: TokenKind::EndOfFile, chain: 0 }];
    let (mut indents, mut fstrings, mut total) = (0_usize, 0_usize, 0_usize);
    loop {
        let kind = lexer.next_token();
        match kind {
            TokenKind::EndOfFile => return None,
            TokenKind::Indent => indents += 1,
            TokenKind::Dedent => indents = indents.saturating_sub(1),
            TokenKind::Lpar
            | TokenKind::Lsqb
            | TokenKind::Lbrace
            | TokenKind::FStringStart
            | TokenKind::TStringStart => {
                if matches!(kind, TokenKind::FStringStart | TokenKind::TStringStart) {
                    fstrings += 1;
                }
                bump(&mut levels, &mut total);
                levels.push(Level { opener: kind, chain: 0 });
            }
            // A closer that matches nothing closes nothing: the parser's recovery may nest on, so the count must too.
            TokenKind::Rpar => close(&mut levels, &mut total, &[TokenKind::Lpar]),
            TokenKind::Rsqb => close(&mut levels, &mut total, &[TokenKind::Lsqb]),
            TokenKind::Rbrace => close(&mut levels, &mut total, &[TokenKind::Lbrace]),
            TokenKind::FStringEnd | TokenKind::TStringEnd => {
                fstrings = fstrings.saturating_sub(1);
                close(&mut levels, &mut total, &[TokenKind::FStringStart, TokenKind::TStringStart]);
            }
            TokenKind::Newline | TokenKind::Semi if levels.len() == 1 => reset(&mut levels, &mut total),
            TokenKind::Comma => reset(&mut levels, &mut total),
            // Flat in the tree, however many.
            TokenKind::And | TokenKind::Or => {}
            _ if deepens(kind) => bump(&mut levels, &mut total),
            _ => {}
        }
        if levels.len() - 1 - fstrings.min(levels.len() - 1) > MAX_BRACKETS {
            return Some(TooDeep::Brackets);
        } else if indents > MAX_INDENTS {
            return Some(TooDeep::Indents);
        } else if fstrings > MAX_FSTRINGS {
            return Some(TooDeep::FStrings);
        } else if total > MAX_CHAIN {
            return Some(TooDeep::Chain);
        }
    }
}

fn bump(levels: &mut [Level], total: &mut usize) {
    if let Some(level) = levels.last_mut() {
        level.chain += 1;
        *total += 1;
    }
}

fn reset(levels: &mut [Level], total: &mut usize) {
    if let Some(level) = levels.last_mut() {
        *total -= std::mem::take(&mut level.chain);
    }
}

fn close(levels: &mut Vec<Level>, total: &mut usize, openers: &[TokenKind]) {
    if levels.len() > 1 && levels.last().is_some_and(|level| openers.contains(&level.opener)) {
        reset(levels, total);
        levels.pop();
    }
}

fn deepens(kind: TokenKind) -> bool {
    kind.is_operator()
        || matches!(kind, TokenKind::Lambda | TokenKind::Not | TokenKind::If | TokenKind::Await)
        || matches!(kind, TokenKind::Dot | TokenKind::Colon | TokenKind::Yield | TokenKind::Unknown)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn within() {
        for fine in [
            "x = ".to_owned() + &"(".repeat(150) + &")".repeat(150),
            "x = ".to_owned() + &vec!["1"; 2500].join(" + "),
            "x = ".to_owned() + &vec!["a"; 50_000].join(" and "),
            "x = [".to_owned() + &"-a.b + 1, ".repeat(50_000) + "]",
            "x = a.b.c\n".repeat(50_000),
            "d = {".to_owned() + &"'k': -1, ".repeat(50_000) + "}",
        ] {
            assert_eq!(first_excess(&fine), None, "{}", &fine[..20]);
        }
    }

    #[test]
    fn beyond() {
        let refused = |text: &str| check(text).map_err(|r| (r.line, r.column)).unwrap_err();
        assert_eq!(refused(&("\nx = ".to_owned() + &"(".repeat(100_000))), (2, 205));
        assert_eq!(refused(&"(]".repeat(100_000)), (1, 401), "a wrong closer closes nothing");
        assert_eq!(refused(&("x = ".to_owned() + &"-".repeat(100_000) + "1")), (1, 8004));
        for deep in [
            "not ".repeat(100_000) + "x",
            "lambda: ".repeat(100_000) + "x",
            "x".to_owned() + &".a".repeat(100_000),
            "x".to_owned() + &"()".repeat(100_000),
            "x".to_owned() + &"[0]".repeat(100_000),
            "1 if x else ".repeat(100_000) + "1",
            "f'{".repeat(100_000),
            "f\"{x:".repeat(100_000),
            "{".repeat(100_000),
            (0..200).map(|n| " ".repeat(n) + "if x:\n").collect(),
            "x = ".to_owned() + &vec!["x"; 100_000].join("**"),
        ] {
            assert!(check(&deep).is_err(), "{}", &deep[..20]);
        }
    }
}
