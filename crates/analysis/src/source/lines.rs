//! Line and column of a byte offset. Lines end where `CPython` ends them: `\n`, `\r\n`, `\r`.

/// An index of line starts.
pub(crate) struct Lines<'a> {
    text: &'a str,
    starts: Vec<usize>,
}

impl<'a> Lines<'a> {
    /// Of this text.
    pub(crate) fn new(text: &'a str) -> Self {
        let bytes = text.as_bytes();
        let mut starts = vec![0];
        if !bytes.contains(&b'\r') {
            starts.extend(text.match_indices('\n').map(|(at, _)| at + 1));
            return Self { text, starts };
        }
        for (at, &byte) in bytes.iter().enumerate() {
            if byte == b'\n' || byte == b'\r' && bytes.get(at + 1) != Some(&b'\n') {
                starts.push(at + 1);
            }
        }
        Self { text, starts }
    }

    /// Line and column of a byte offset, both from 1, the column in characters.
    pub(crate) fn position(&self, offset: usize) -> (u32, u32) {
        let offset = offset.min(self.text.len());
        let line = self.starts.partition_point(|&start| start <= offset) - 1;
        let column = self.text.get(self.starts[line]..offset).map_or(0, |before| before.chars().count());
        (number(line + 1), number(column + 1))
    }
}

fn number(value: usize) -> u32 {
    u32::try_from(value).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions() {
        let lines = Lines::new("aé\r\nb\rc\n\nd");
        assert_eq!(lines.position(0), (1, 1));
        assert_eq!(lines.position(3), (1, 3), "columns count characters");
        assert_eq!(lines.position(5), (2, 1));
        assert_eq!(lines.position(7), (3, 1), "a lone carriage return ends a line");
        assert_eq!(lines.position(10), (5, 1));
        assert_eq!(lines.position(999), (5, 2));
    }
}
