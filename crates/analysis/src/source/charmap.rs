//! Single-byte encodings as `CPython` decodes them: a table that the interpreter itself made (`tests/charmaps.py`, which also
//! says how a line reads; a test compares the two).

const TABLE: &str = include_str!("charmaps.txt");

/// What the bytes of an encoding stand for; below 0x80 all are ASCII.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Charmap(Vec<Option<char>>);

impl Charmap {
    /// The encoding of this name: lower case, `-` for `_`.
    pub(super) fn named(name: &str) -> Option<Self> {
        let line = TABLE.lines().find_map(|line| {
            let (names, points) = line.split_once('|')?;
            names.split_whitespace().any(|known| known == name).then_some(points)
        })?;
        Some(Self(line.split_whitespace().flat_map(run).collect()))
    }

    /// The character of a byte, if it has one.
    pub(super) fn decode(&self, byte: u8) -> Option<char> {
        match byte.checked_sub(0x80) {
            None => Some(char::from(byte)),
            Some(high) => self.0.get(usize::from(high)).copied().flatten(),
        }
    }
}

/// `.`, `e9` or `d0-d4`.
fn run(text: &str) -> Vec<Option<char>> {
    let (first, last) = text.split_once('-').unwrap_or((text, text));
    match (u32::from_str_radix(first, 16), u32::from_str_radix(last, 16)) {
        (Ok(first), Ok(last)) => (first..=last).map(char::from_u32).collect(),
        _ => vec![None],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_has_a_name_and_128_bytes() {
        for line in TABLE.lines() {
            let name = line.split_whitespace().next().unwrap();
            assert_eq!(Charmap::named(name).unwrap().0.len(), 128, "{name}");
        }
    }

    #[test]
    fn some_that_are_known() {
        let decoded = |name: &str, byte| Charmap::named(name).unwrap().decode(byte);
        assert_eq!(decoded("koi8-r", 0xc1), Some('а'));
        assert_eq!(decoded("iso-8859-15", 0xa4), Some('€'));
        assert_eq!(decoded("cp1252", 0x81), None, "a hole");
        assert_eq!(decoded("cp1252", 0xe9), Some('é'));
        assert_eq!(decoded("cp1252", b'a'), Some('a'));
        assert_eq!(Charmap::named("utf-7"), None);
    }
}
