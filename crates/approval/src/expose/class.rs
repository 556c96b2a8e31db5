//! Single characters: which of them show nothing, act on their surroundings, or are wider than they look.

use super::{CLOSE, OPEN, TAB_ARROW};
use unicode_bidi::{BidiClass, bidi_class};
use unicode_properties::{GeneralCategory, UnicodeGeneralCategory};
use unicode_width::UnicodeWidthChar;

/// Why a character is written out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Hidden {
    /// Moves the cursor or says something to a terminal.
    Control,
    /// Reorders what stands around it.
    Reorders,
    /// Shows nothing.
    Invisible,
    /// A letter of a script that terminals write from right to left, and so the line around it.
    RightToLeft,
    /// One of our own signs.
    OurSign,
}

/// How many cells of a terminal a character takes at most. Terminals disagree about anything but ASCII, and a line that
/// is wider than believed would be continued by the terminal at its left edge, where the card's own words stand.
pub(crate) fn cells(c: char) -> usize {
    if c.is_ascii() { 1 } else { c.width().unwrap_or(0).max(2) }
}

/// A mark that is painted onto the letter before it.
pub(crate) fn is_mark(c: char) -> bool {
    use GeneralCategory::{EnclosingMark, NonspacingMark};
    !c.is_ascii() && !is_ignorable(c) && matches!(c.general_category(), NonspacingMark | EnclosingMark)
}

/// Whether, and why, `c` must be written out wherever it stands. Marks are judged by what they stand on.
pub(crate) fn hidden(c: char) -> Option<Hidden> {
    use GeneralCategory::{
        Control, Format, LineSeparator, ParagraphSeparator, PrivateUse, SpaceSeparator, Surrogate, Unassigned,
    };
    if c.is_ascii_graphic() {
        return None;
    }
    if matches!(c, OPEN | CLOSE | TAB_ARROW) {
        return Some(Hidden::OurSign);
    }
    if matches!(c, '\u{61c}' | '\u{200e}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{206f}') {
        return Some(Hidden::Reorders);
    }
    let category = c.general_category();
    match category {
        Control | LineSeparator | ParagraphSeparator => return Some(Hidden::Control),
        Format | PrivateUse | SpaceSeparator | Surrogate | Unassigned => return Some(Hidden::Invisible),
        _ => {}
    }
    if matches!(bidi_class(c), BidiClass::R | BidiClass::AL | BidiClass::AN) {
        return Some(Hidden::RightToLeft);
    }
    // Conjoining Hangul and the like: no width of their own, and no marks that something could hold to account.
    let widthless = c.width().unwrap_or(0) == 0 && !is_mark(c);
    (is_ignorable(c) || widthless).then_some(Hidden::Invisible)
}

/// Letters, marks and symbols that show nothing by design (`Default_Ignorable_Code_Point` as far as the category does not
/// tell), and the blank ones among the symbols.
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
            | '\u{fffc}'
            | '\u{13441}'..='\u{13442}'
            | '\u{16fe4}'
            | '\u{1d159}'
            | '\u{e0100}'..='\u{e01ef}'
    )
}
