//! PEP 263: which encoding a source file is in, and its text.
//!
//! Only encodings that are decoded here exactly as `CPython` decodes them are accepted. Anything else could show the analysis
//! another program than the one that runs (`unicode_escape` and `utf-7` are legal cookies, and hide any character), so it is
//! refused with the advice to save as UTF-8.

use super::{Refusal, charmap::Charmap};
use std::borrow::Cow;

const BOM: &[u8] = b"\xef\xbb\xbf";

#[derive(Debug, Clone, PartialEq, Eq)]
enum Encoding {
    Utf8,
    Ascii,
    Latin1,
    SingleByte(Charmap),
}

/// The text of `bytes`, without its byte order mark.
pub(crate) fn decode(bytes: &[u8]) -> Result<Cow<'_, str>, Refusal> {
    let (body, has_bom) = bytes.strip_prefix(BOM).map_or((bytes, false), |rest| (rest, true));
    if !has_bom && (bytes.starts_with(b"\xff\xfe") || bytes.starts_with(b"\xfe\xff")) {
        return Err(first("this is UTF-16, which Python does not read as source: save it as UTF-8".into()));
    }
    if body.contains(&0) {
        let at = body.iter().position(|&byte| byte == 0).unwrap_or_default();
        return Err(at_offset(body, at, "source code cannot contain null bytes: is this a binary file?".into()));
    }
    let encoding = match cookie(body) {
        None => Encoding::Utf8,
        Some((line, name)) => match by_name(&name) {
            Some(Encoding::Utf8) => Encoding::Utf8,
            Some(_) if has_bom => {
                let message = format!("a UTF-8 byte order mark stands before a cookie that says `{name}`: remove one");
                return Err(Refusal { line, column: 1, message });
            }
            Some(encoding) => encoding,
            None => {
                let message = format!("source in the encoding `{name}` is not analysed: save it as UTF-8");
                return Err(Refusal { line, column: 1, message });
            }
        },
    };
    let single_byte = |map: &dyn Fn(u8) -> Option<char>, name: &str| -> Result<Cow<'_, str>, Refusal> {
        body.iter()
            .enumerate()
            .map(|(at, &byte)| map(byte).ok_or_else(|| at_offset(body, at, undecodable(byte, name))))
            .collect::<Result<String, _>>()
            .map(Cow::Owned)
    };
    match encoding {
        Encoding::Utf8 => match std::str::from_utf8(body) {
            Ok(text) => Ok(Cow::Borrowed(text)),
            Err(error) => {
                let at = error.valid_up_to();
                Err(at_offset(body, at, undecodable(body[at], "UTF-8")))
            }
        },
        Encoding::Ascii => single_byte(&|b| b.is_ascii().then_some(char::from(b)), "ASCII"),
        Encoding::Latin1 => single_byte(&|b| Some(char::from(b)), "Latin-1"),
        Encoding::SingleByte(charmap) => single_byte(&|b| charmap.decode(b), "in the encoding that the cookie names"),
    }
}

fn undecodable(byte: u8, name: &str) -> String {
    format!(
        "byte 0x{byte:02x} is not {name}: save the file as UTF-8 or name its encoding in a `# -*- coding: … -*-` line"
    )
}

fn first(message: String) -> Refusal {
    Refusal { line: 1, column: 1, message }
}

/// Line and column of a byte in text that may not decode: columns count what does.
fn at_offset(body: &[u8], at: usize, message: String) -> Refusal {
    let before = String::from_utf8_lossy(&body[..at]).into_owned();
    let lines = super::lines::Lines::new(&before);
    let (line, column) = lines.position(before.len());
    Refusal { line, column, message }
}

/// The cookie in the first two lines, with its line. The second line counts only under a first one without code.
fn cookie(body: &[u8]) -> Option<(u32, String)> {
    let mut rest = body;
    for line_number in 1..=2 {
        let end = rest.iter().position(|&b| b == b'\n' || b == b'\r').unwrap_or(rest.len());
        let line = &rest[..end];
        let content = line.iter().position(|b| !matches!(b, b' ' | b'\t' | 0x0c));
        match content.map(|at| &line[at..]) {
            Some(comment) if comment[0] == b'#' => {
                if let Some(name) = cookie_in(comment) {
                    return Some((line_number, name));
                }
            }
            Some(_) => return None,
            None => {}
        }
        let skip = if rest[end..].starts_with(b"\r\n") { 2 } else { 1 };
        rest = rest.get(end + skip..)?;
    }
    None
}

fn cookie_in(comment: &[u8]) -> Option<String> {
    let mut from = 0;
    while let Some(found) = comment[from..].windows(6).position(|w| w == b"coding") {
        let after = from + found + 6;
        if matches!(comment.get(after), Some(b':' | b'=')) {
            let value = comment[after + 1..].iter().copied().skip_while(|b| matches!(b, b' ' | b'\t'));
            let name: String = value
                .take_while(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.'))
                .map(char::from)
                .collect();
            if !name.is_empty() {
                return Some(name);
            }
        }
        from = after;
    }
    None
}

fn by_name(name: &str) -> Option<Encoding> {
    let name = name.to_ascii_lowercase().replace('_', "-");
    match name.as_str() {
        "utf-8" | "utf8" | "utf-8-sig" | "u8" | "cp65001" => Some(Encoding::Utf8),
        _ if name.starts_with("utf-8-") => Some(Encoding::Utf8),
        "ascii" | "us-ascii" | "646" => Some(Encoding::Ascii),
        "latin-1" | "latin1" | "iso-8859-1" | "iso8859-1" | "l1" | "8859" | "cp819" => Some(Encoding::Latin1),
        other => Charmap::named(other).map(Encoding::SingleByte),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cookies() {
        assert_eq!(decode(b"# -*- coding: latin-1 -*-\nx = '\xe9'\n").unwrap(), "# -*- coding: latin-1 -*-\nx = 'é'\n");
        assert_eq!(
            decode(b"#!/usr/bin/python\n# vim: fileencoding=cp1252 :\n'\x80'").unwrap().chars().rev().nth(1),
            Some('€')
        );
        assert_eq!(decode("\u{feff}x = 'é'".as_bytes()).unwrap(), "x = 'é'");
        assert_eq!(cookie(b"x = 1\n# coding: latin-1\n"), None, "a second line counts only under a comment");
        assert_eq!(cookie(b"#\n#\n# coding: latin-1\n"), None, "a third line never counts");
        assert_eq!(cookie(b"\r\n# coding=utf-8\r\n"), Some((2, "utf-8".into())));
    }

    #[test]
    fn refusals() {
        let place = |bytes: &[u8]| decode(bytes).map_err(|r| (r.line, r.column)).unwrap_err();
        assert_eq!(place(b"x = 1\ny = '\xe9'\n"), (2, 6));
        assert_eq!(place(b"x = '\x00'\n"), (1, 6));
        assert_eq!(place(b"# coding: unicode_escape\n"), (1, 1));
        assert_eq!(place(b"# coding: ascii\n# \xc3\xa9\n"), (2, 3));
        assert_eq!(place(b"\xef\xbb\xbf# coding: latin-1\n"), (1, 1));
        assert_eq!(place(b"\xff\xfex\x00"), (1, 1));
    }
}
