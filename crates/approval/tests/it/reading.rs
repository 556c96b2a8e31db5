//! Reads a rendered card back: the code must be told from what is shown, to the byte.

use unicode_properties::{GeneralCategory, UnicodeGeneralCategory};
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

const TAB: usize = 4;

/// What holds for every card, whatever it shows.
pub(crate) fn assert_sound(text: &str, width: usize, code: &[u8]) {
    for line in text.lines() {
        assert!(line.width() <= width.max(40), "{} cells of {width}: {line:?}", line.width());
        assert!(is_foreign(line) || line.is_ascii(), "foreign text at the left edge: {line:?}");
    }
    assert!(text.bytes().filter(u8::is_ascii_control).all(|b| b == b'\n'));
    let acts = |c: char| c != '\n' && acts(c);
    assert_eq!(text.chars().find(|c| acts(*c)), None);
    assert_eq!(decode(text), code, "{text}");
}

/// Whether a line stands behind a gutter: at most marks and numbers before it.
pub(crate) fn is_foreign(line: &str) -> bool {
    let gutter = line.trim_start_matches(|c: char| " >+-".contains(c) || c.is_ascii_digit());
    gutter.starts_with("│ ") || gutter.starts_with("┆ ")
}

/// Whether a character shows nothing, moves the cursor or reorders. Written against the Unicode categories alone, so that
/// it is no copy of what it tests.
fn acts(c: char) -> bool {
    use GeneralCategory::{
        Control, EnclosingMark, Format, LineSeparator, NonspacingMark, ParagraphSeparator, PrivateUse, SpaceSeparator,
        SpacingMark, Surrogate, Unassigned,
    };
    let category = c.general_category();
    let mark = matches!(category, NonspacingMark | EnclosingMark | SpacingMark);
    let space = category == SpaceSeparator && c != ' ';
    let nothing = c.width().is_none_or(|width| width == 0) && !mark;
    let selector = matches!(c, '\u{fe00}'..='\u{fe0f}' | '\u{e0100}'..='\u{e01ef}' | '\u{34f}');
    matches!(category, Control | Format | LineSeparator | ParagraphSeparator | PrivateUse | Surrogate | Unassigned)
        || space
        || nothing
        || selector
        || unicode_bidi::bidi_class(c) == unicode_bidi::BidiClass::R
        || unicode_bidi::bidi_class(c) == unicode_bidi::BidiClass::AL
}

/// The bytes of the code that a card shows.
fn decode(card: &str) -> Vec<u8> {
    let section = card.rsplit_once("\nTHE CODE\n").unwrap().1;
    let section = section.rsplit_once("\nEND OF THE REQUEST\n").unwrap().0;
    let cr_lf = section.contains("  every line ends with CR LF\n");
    let unended = section.contains("  no line end after the last line\n");
    let mut lines: Vec<String> = Vec::new();
    for row in section.lines() {
        let Some(gutter) = row.find(['│', '┆']) else { continue };
        let (before, rest) = row.split_at(gutter);
        // The generator's name stands behind a gutter without a number.
        if !before.contains(|c: char| c.is_ascii_digit()) {
            continue;
        }
        match (rest.strip_prefix("│ "), rest.strip_prefix("┆ ")) {
            (Some(line), _) => lines.push(line.into()),
            (_, Some(more)) => lines.last_mut().unwrap().push_str(more),
            (None, None) => panic!("a gutter without its space: {row:?}"),
        }
    }
    let mut bytes = Vec::new();
    let count = lines.len();
    for (at, line) in lines.iter().enumerate() {
        let end: &[u8] = match (at + 1 == count && unended, cr_lf) {
            (true, _) => b"",
            (false, true) => b"\r\n",
            (false, false) => b"\n",
        };
        decode_line(line, end, &mut bytes);
    }
    bytes
}

fn decode_line(line: &str, end: &[u8], bytes: &mut Vec<u8>) {
    let mut end = end.to_vec();
    let (mut rest, mut column) = (line, 0);
    let mut word = String::new(); // what a note could be about
    while let Some(c) = rest.chars().next() {
        if c != '⟨' {
            rest = &rest[c.len_utf8()..];
            column += cells(&c.to_string());
            if c == '⇥' {
                let pad = (TAB - column % TAB) % TAB;
                (rest, column) = (&rest[pad..], column + pad);
                bytes.push(b'\t');
                word.clear();
            } else {
                bytes.extend_from_slice(c.to_string().as_bytes());
                word.push(c);
            }
            continue;
        }
        let (token, after) = rest.split_once('⟩').unwrap();
        let token = token.strip_prefix('⟨').unwrap();
        column += cells(&rest[..rest.len() - after.len()]);
        rest = after;
        let about = std::mem::take(&mut word);
        let words: Vec<_> = token.split(' ').collect();
        match words[..] {
            ["byte", hex] => bytes.push(u8::from_str_radix(hex, 16).unwrap()),
            ["CR", "LF"] => end = b"\r\n".to_vec(),
            [count, "space" | "spaces"] => bytes.resize(bytes.len() + count.parse::<usize>().unwrap(), b' '),
            [count, "empty", "lines"] => {
                bytes.extend(end.repeat(count.parse().unwrap()));
                return;
            }
            [count, "lines", "of", spaces, _] => {
                let line = [" ".repeat(spaces.parse().unwrap()).as_bytes(), &end].concat();
                bytes.extend(line.repeat(count.parse().unwrap()));
                return;
            }
            ["as", "a", "name:", ..] => word = about + token,
            ["U+000D"] => {
                bytes.push(b'\r');
                end.clear();
            }
            [code] => {
                let c = char::from_u32(u32::from_str_radix(code.strip_prefix("U+").unwrap(), 16).unwrap()).unwrap();
                // A note names a character that is shown, anything else one that is not; but for the marks beyond a few.
                if !about.contains(c) || is_mark(c) {
                    bytes.extend_from_slice(c.to_string().as_bytes());
                }
            }
            _ => {} // a note on several characters
        }
    }
    bytes.extend(end);
}

fn cells(text: &str) -> usize {
    text.chars().map(|c| if c.is_ascii() { 1 } else { c.width().unwrap().max(2) }).sum()
}

fn is_mark(c: char) -> bool {
    matches!(c.general_category(), GeneralCategory::NonspacingMark | GeneralCategory::EnclosingMark)
}
