//! Names that code gave to its files, made fit for a person's folder and terminal.

use std::{ffi::OsStr, os::unix::ffi::OsStrExt};

/// The longest name that Linux file systems take, bytes.
const LONGEST: usize = 255;
/// What follows the last dot and is longer than that is part of the name.
const LONGEST_EXTENSION: usize = 32;

/// One path component: what is not UTF-8 or would move a cursor becomes `_` or U+FFFD, and nothing is left that names
/// another folder.
pub(super) fn sanitised(name: &OsStr) -> String {
    let text = String::from_utf8_lossy(name.as_bytes());
    let mut clean: String =
        text.chars().map(|c| if c.is_control() || is_bidirectional(c) || c == '/' { '_' } else { c }).collect();
    while clean.len() > LONGEST {
        clean.pop(); // a replacement character is longer than what it replaces
    }
    if matches!(clean.as_str(), "" | "." | "..") { "_".into() } else { clean }
}

/// Characters that reorder what a terminal or page shows around them.
const fn is_bidirectional(c: char) -> bool {
    matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// `name` with a number before its extension: for the second of two that became the same. As long as a name may be at most.
pub(super) fn numbered(name: &str, number: usize) -> String {
    let (stem, rest) = match name.rsplit_once('.') {
        Some((stem, extension)) if !stem.is_empty() && extension.len() <= LONGEST_EXTENSION => {
            (stem, format!("-{number}.{extension}"))
        }
        _ => (name, format!("-{number}")),
    };
    let room = stem.floor_char_boundary(LONGEST.saturating_sub(rest.len()));
    format!("{}{rest}", &stem[..room])
}

/// Whether a file is shown as a figure.
pub(super) fn is_image(name: &str) -> bool {
    const IMAGES: [&str; 10] = ["png", "jpg", "jpeg", "svg", "pdf", "gif", "webp", "tif", "tiff", "bmp"];
    let extension = name.rsplit_once('.').map_or("", |(_, extension)| extension);
    IMAGES.iter().any(|image| extension.eq_ignore_ascii_case(image))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn names() {
        for (given, wanted) in [
            (&b"plot.png"[..], "plot.png"),
            (b"a\nb\x1b[2J", "a_b_[2J"),
            (b"caf\xe9", "caf\u{fffd}"),
            (b"..", "_"),
            ("a\u{202e}gnp.exe".as_bytes(), "a_gnp.exe"),
            (b" leading and trailing ", " leading and trailing "),
        ] {
            assert_eq!(sanitised(OsStr::from_bytes(given)), wanted);
        }
        assert_eq!(numbered("a.b.png", 2), "a.b-2.png");
        assert_eq!(numbered(".hidden", 2), ".hidden-2");
        assert_eq!(numbered(&"ä".repeat(127), 2), format!("{}-2", "ä".repeat(126)));
        assert_eq!(numbered(&format!("{}.png", "a".repeat(251)), 10), format!("{}-10.png", "a".repeat(248)));
        assert_eq!(numbered(&format!("a.{}", "b".repeat(253)), 2), format!("a.{}-2", "b".repeat(251)));
        assert!(is_image("X.PNG") && is_image("a.tiff") && !is_image("png") && !is_image("a.png.txt"));
    }

    proptest! {
        #[test]
        fn any_name_is_one_safe_component(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
            let name = sanitised(OsStr::from_bytes(&bytes));
            prop_assert!(!name.is_empty() && name.len() <= LONGEST && name != "." && name != "..");
            prop_assert!(!name.contains('/') && !name.chars().any(char::is_control));
        }
    }
}
