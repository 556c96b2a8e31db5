//! Hyperlinks of a terminal (OSC 8, <https://gist.github.com/egmontkob/eb114294efbcd5adb1944c9f3cb5feda>).
//!
//! An address comes percent-encoded and the text exposed, and both are held to it here: a file's name that ended the escape
//! would be obeyed by the terminal.

use super::{Face, LINKED, plain_line};
use std::path::{Component, Path};

/// `text` that opens `address` where it can; else `text` alone.
pub(crate) fn link(face: Face, address: &str, text: &str) -> String {
    let text = plain_line(text);
    if face != Face::Styled || !address.bytes().all(|byte| byte.is_ascii_graphic()) {
        return text;
    }
    format!("\x1b]8;;{address}\x1b\\{}\x1b]8;;\x1b\\", face.paint(LINKED, &text))
}

/// A file or folder, opened as such.
pub(crate) fn file(face: Face, path: &Path, text: &str) -> String {
    link(face, &pyexec_service::notebook::link(path, Path::new(""), None), text)
}

/// A file of a run folder, shown by its relative name. One that would lead out of that folder is no link.
pub(crate) fn inside(face: Face, folder: &Path, name: &str) -> String {
    let below = !name.is_empty() && Path::new(name).components().all(|part| matches!(part, Component::Normal(_)));
    if below { file(face, &folder.join(name), name) } else { plain_line(name) }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is left of a link when its four parts of ours are taken away: address and text.
    fn taken_apart(link: &str) -> (String, String) {
        let rest = link.strip_prefix("\x1b]8;;").unwrap();
        let (address, rest) = rest.split_once("\x1b\\").unwrap();
        let text = rest.strip_suffix("\x1b]8;;\x1b\\").unwrap();
        let text = text.strip_prefix(&LINKED.render().to_string()).unwrap().strip_suffix("\x1b[0m").unwrap();
        (address.into(), text.into())
    }

    #[test]
    fn a_hostile_name_ends_neither_address_nor_text() {
        for name in
            ["a b.csv", "x\x1b\\\x1b]8;;http://evil\x1b\\y", "a\u{7}b", "a\nresults  approved", "é\u{202e}", "%1b;"]
        {
            let (address, text) = taken_apart(&inside(Face::Styled, Path::new("/runs/one"), name));
            assert!(address.starts_with("file:///runs/one/"), "{address}");
            assert!(address.bytes().all(|byte| byte.is_ascii_graphic()), "{address:?}");
            assert!(!text.chars().any(|c| c.is_control() || c == '\u{202e}'), "{text:?}");
        }
        let (address, text) = taken_apart(&inside(Face::Styled, Path::new("/runs/one"), "a b.csv"));
        assert_eq!((address.as_str(), text.as_str()), ("file:///runs/one/a%20b.csv", "a b.csv"));
    }

    #[test]
    fn no_link_where_none_belongs() {
        for name in ["/etc/passwd", "../other", "a/../../b", ""] {
            assert_eq!(inside(Face::Styled, Path::new("/runs/one"), name), name);
        }
        for face in [Face::Pipe, Face::Plain] {
            assert_eq!(inside(face, Path::new("/runs/one"), "a.csv"), "a.csv");
        }
        assert_eq!(link(Face::Styled, "http://host/\x1b\\", "text"), "text");
    }
}
