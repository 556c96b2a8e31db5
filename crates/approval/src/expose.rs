//! Foreign text made harmless and honest: whatever cannot be seen, moves the cursor or reorders its neighbours is written
//! out as `⟨U+202E⟩`.
//!
//! Everything between `⟨` and `⟩` is ours: those two, and the arrow that stands for a tab, are written out themselves when
//! the text contains them. Right-to-left letters are written out too, because a terminal that knows them reorders the
//! line around them; that costs Hebrew and Arabic readers legibility here, and nobody else sees the difference. Homoglyphs
//! (`а` for `a`) are visible characters and stay.

use std::fmt::Write;
use unicode_bidi::{BidiClass, bidi_class};
use unicode_properties::{GeneralCategory, UnicodeGeneralCategory};

/// Stands for a tab, with spaces up to the next multiple of [`TAB`].
const TAB_ARROW: char = '⇥';
const TAB: usize = 4;
/// Longer runs of spaces would push what follows out of sight, so their length is written instead.
const MAX_INDENT: usize = 40;
const MAX_GAP: usize = 16;
/// Combining marks that one letter may carry; stacks of them paint over the lines around.
const MAX_MARKS: usize = 2;

/// `text` with every invisible, control, bidirectional and escape character written out. The only control characters of
/// the result are line feeds, one for each line as Python counts lines: after a line feed, a carriage return, or both.
pub fn expose(text: &str) -> String {
    let mut line = Line::default();
    line.take(text);
    line.finish()
}

/// As [`expose`]; bytes that are not UTF-8 become `⟨byte FF⟩`.
pub(crate) fn expose_bytes(bytes: &[u8]) -> String {
    let mut line = Line::default();
    for chunk in bytes.utf8_chunks() {
        line.take(chunk.valid());
        for byte in chunk.invalid() {
            line.token(format_args!("byte {byte:02X}"));
        }
    }
    line.finish()
}

/// Exposed text that is one thing on one line, such as a path: its line ends are written out as well.
pub(crate) fn on_one_line(exposed: &str) -> String {
    exposed.replace('\n', "⟨U+000A⟩")
}

/// How many cells of a terminal a character takes at most. Terminals disagree about anything but ASCII, and a line that
/// is wider than believed would be continued by the terminal at its left edge, where the card's own words stand.
pub(crate) fn cells(c: char) -> usize {
    if c.is_ascii() { 1 } else { 2 }
}

/// The text so far, and what the next character depends on.
#[derive(Default)]
struct Line {
    out: String,
    /// Where `out`'s last line stands, in cells.
    column: usize,
    /// Spaces seen and not written yet.
    spaces: usize,
    /// Whether the last line has anything but spaces.
    begun: bool,
    /// How many more combining marks may follow.
    marks_left: usize,
    /// A carriage return was the last character.
    returned: bool,
}

impl Line {
    fn take(&mut self, text: &str) {
        for c in text.chars() {
            self.push(c);
        }
    }

    fn push(&mut self, c: char) {
        if std::mem::take(&mut self.returned) {
            if c == '\n' {
                return self.end_line();
            }
            self.lone_return();
        }
        match c {
            '\n' => self.end_line(),
            '\r' => self.returned = true,
            ' ' => self.spaces += 1,
            '\t' => self.tab(),
            c if is_mark(c) && self.spaces == 0 && self.marks_left > 0 => {
                self.marks_left -= 1;
                self.out.push(c);
                self.column += cells(c);
            }
            c if is_mark(c) || is_hidden(c) => self.token(format_args!("U+{:04X}", u32::from(c))),
            c => {
                self.write_spaces();
                self.out.push(c);
                self.column += cells(c);
                self.begun = true;
                // On ASCII a mark is either decomposed text, rare, or a trick.
                self.marks_left = if c.is_ascii() { 0 } else { MAX_MARKS };
            }
        }
    }

    fn token(&mut self, what: std::fmt::Arguments<'_>) {
        if std::mem::take(&mut self.returned) {
            self.lone_return();
        }
        self.write_spaces();
        self.write_token(what);
    }

    fn write_token(&mut self, what: std::fmt::Arguments<'_>) {
        let before = self.out.len();
        // Writing to a String cannot fail.
        let _ = write!(self.out, "⟨{what}⟩");
        self.column += self.out[before..].chars().map(cells).sum::<usize>();
        self.begun = true;
        self.marks_left = 0;
    }

    fn write_spaces(&mut self) {
        let count = std::mem::take(&mut self.spaces);
        let most = if self.begun { MAX_GAP } else { MAX_INDENT };
        if count > most {
            self.write_token(format_args!("{count} spaces"));
        } else {
            self.out.extend(std::iter::repeat_n(' ', count));
            self.column += count;
        }
        if count > 0 {
            self.marks_left = 0;
        }
    }

    fn tab(&mut self) {
        self.write_spaces();
        self.out.push(TAB_ARROW);
        self.column += cells(TAB_ARROW);
        let pad = (TAB - self.column % TAB) % TAB;
        self.out.extend(std::iter::repeat_n(' ', pad));
        self.column += pad;
        self.marks_left = 0;
    }

    /// For Python a carriage return alone ends a line, and so a comment: that must be seen.
    fn lone_return(&mut self) {
        self.write_spaces();
        self.write_token(format_args!("U+000D"));
        self.end_line();
    }

    fn end_line(&mut self) {
        self.write_spaces();
        self.out.push('\n');
        (self.column, self.begun, self.marks_left) = (0, false, 0);
    }

    fn finish(mut self) -> String {
        if self.returned {
            self.lone_return();
        }
        self.write_spaces();
        self.out
    }
}

fn is_mark(c: char) -> bool {
    use GeneralCategory::{EnclosingMark, NonspacingMark};
    !is_ignorable(c) && matches!(c.general_category(), NonspacingMark | EnclosingMark)
}

fn is_hidden(c: char) -> bool {
    use GeneralCategory::{
        Control, Format, LineSeparator, ParagraphSeparator, PrivateUse, SpaceSeparator, Surrogate, Unassigned,
    };
    if c.is_ascii_graphic() {
        return false;
    }
    let category = c.general_category();
    matches!(c, '⟨' | '⟩' | TAB_ARROW)
        || is_ignorable(c)
        || matches!(category, Control | Format | LineSeparator | ParagraphSeparator | PrivateUse)
        || matches!(category, SpaceSeparator | Surrogate | Unassigned)
        || matches!(bidi_class(c), BidiClass::R | BidiClass::AL | BidiClass::AN)
}

/// Letters, marks and symbols that show nothing by design (`Default_Ignorable_Code_Point` as far as the category does not
/// tell, and the blank Braille pattern).
fn is_ignorable(c: char) -> bool {
    matches!(
        c,
        '\u{34f}'
            | '\u{115f}'..='\u{1160}'
            | '\u{17b4}'..='\u{17b5}'
            | '\u{180b}'..='\u{180f}'
            | '\u{2800}'
            | '\u{3164}'
            | '\u{fe00}'..='\u{fe0f}'
            | '\u{ffa0}'
            | '\u{e0100}'..='\u{e01ef}'
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn plain_text_stays() {
        for text in ["", "x = 1", "größe = 'naïve'", "задача 数 ∑ 😀", "नमस्ते", "    indented\n\nline  two"]
        {
            assert_eq!(expose(text), text);
        }
    }

    #[test]
    fn the_invisible_is_written_out() {
        for (text, shown) in [
            ("a\u{202e}b\u{2066}", "a⟨U+202E⟩b⟨U+2066⟩"),
            ("\u{1b}[2J\u{7}\u{0}\u{9b}31m", "⟨U+001B⟩[2J⟨U+0007⟩⟨U+0000⟩⟨U+009B⟩31m"),
            ("a\u{200b}\u{feff}\u{ad}\u{e0041}", "a⟨U+200B⟩⟨U+FEFF⟩⟨U+00AD⟩⟨U+E0041⟩"),
            ("a\u{a0}b\u{3000}\u{3164}\u{2800}", "a⟨U+00A0⟩b⟨U+3000⟩⟨U+3164⟩⟨U+2800⟩"),
            ("a\u{85}b\u{2028}c\u{b}\u{c}", "a⟨U+0085⟩b⟨U+2028⟩c⟨U+000B⟩⟨U+000C⟩"),
            ("\u{e000}\u{fe0f}", "⟨U+E000⟩⟨U+FE0F⟩"),
            ("x = 'א'", "x = '⟨U+05D0⟩'"),
            ("e\u{301} é\u{301}\u{301}\u{301}", "e⟨U+0301⟩ é\u{301}\u{301}⟨U+0301⟩"),
        ] {
            assert_eq!(expose(text), shown);
        }
    }

    #[test]
    fn our_marks_cannot_be_imitated() {
        assert_eq!(expose("⟨U+202E⟩ ⇥"), "⟨U+27E8⟩U+202E⟨U+27E9⟩ ⟨U+21E5⟩");
        assert_eq!(expose("\tx\ty"), "⇥  x⇥ y");
    }

    #[test]
    fn lines_are_pythons() {
        assert_eq!(expose("a\r\nb\nc\r"), "a\nb\nc⟨U+000D⟩\n");
        assert_eq!(expose("x = 1 # \rimport os"), "x = 1 # ⟨U+000D⟩\nimport os");
        assert_eq!(expose("\r\r\n"), "⟨U+000D⟩\n\n");
    }

    #[test]
    fn nothing_is_pushed_out_of_sight() {
        let far = format!("x = 1{};evil()", " ".repeat(500));
        assert_eq!(expose(&far), "x = 1⟨500 spaces⟩;evil()");
        assert_eq!(expose(&" ".repeat(41)), "⟨41 spaces⟩");
        assert_eq!(expose(&format!("{}x", " ".repeat(40))).len(), 41);
    }

    #[test]
    fn undecodable_bytes_are_shown() {
        assert_eq!(expose_bytes(b"a\xff\xc3 b\r\xfe"), "a⟨byte FF⟩⟨byte C3⟩ b⟨U+000D⟩\n⟨byte FE⟩");
    }

    proptest! {
        #[test]
        fn nothing_hidden_is_left(text in any::<String>()) {
            let shown = expose(&text);
            let inside = shown.replace(['⟨', '⟩', TAB_ARROW], "");
            prop_assert!(inside.chars().all(|c| c == '\n' || c == ' ' || !is_hidden(c)), "{shown:?}");
            prop_assert_eq!(expose_bytes(text.as_bytes()), shown);
        }

        #[test]
        fn what_differs_looks_different(a in "[a⟨⟩⇥U+27E8 \t\r\u{202e}]{0,8}", b in "[a⟨⟩⇥U+27E8 \t\r\u{202e}]{0,8}") {
            // A tab before a line's end and spaces after it may pad alike; every other difference shows.
            prop_assume!(!a.contains('\t') && !b.contains('\t'));
            prop_assert_eq!(a == b, expose(&a) == expose(&b));
        }
    }
}
