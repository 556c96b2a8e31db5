//! An answer: a recorded shape with a text in it, whole or broken on purpose.

use hyper::body::Bytes;
use std::{fs, path::Path};

/// What the stand-in sends.
#[derive(Debug, Clone)]
pub struct Answer {
    pub(super) status: u16,
    pub(super) headers: Vec<(String, String)>,
    body: String,
    /// After how many parts (events of a stream, else the head alone) it goes wrong, and how.
    broken: Option<(usize, Break)>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Break {
    /// The connection is closed in the middle of the body.
    Cut,
    /// The body ends as if it were whole.
    End,
    /// Nothing more comes.
    Stall,
}

/// Stands in a shape for the whole text, escaped for JSON.
const TEXT: &str = "{{text}}";
/// Stands in one event of a stream: the event is repeated for each piece of the text.
const PIECE: &str = "{{piece}}";
/// Characters of a piece; small, so that pieces end in the middle of words, lines and fences.
const PIECE_CHARS: usize = 17;

impl Answer {
    /// The shape `shapes/NAME.http`: a status line, headers, an empty line, the body.
    #[track_caller]
    pub fn shape(name: &str) -> Self {
        // From any crate of `crates/`: the compiler's idea of this file's place depends on where it was started.
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../generation/tests/it/standin/shapes");
        let path = folder.join(format!("{name}.http"));
        let text = fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
        let (head, body) = text.split_once("\n\n").expect("an empty line ends the head");
        let mut lines = head.lines();
        let status = lines.next().and_then(|line| line.split(' ').nth(1)).and_then(|code| code.parse().ok());
        let header = |line: &str| line.split_once(": ").map(|(name, value)| (name.to_owned(), value.to_owned()));
        Self {
            status: status.expect("a status line"),
            headers: lines.map(|line| header(line).expect("a header")).collect(),
            body: body.to_owned(),
            broken: None,
        }
    }

    /// With this text in it: the model says it.
    #[track_caller]
    pub fn saying(mut self, text: &str) -> Self {
        assert!(self.body.contains(TEXT) || self.body.contains(PIECE), "this shape holds no text: {self:?}");
        self.body = self.body.replace(TEXT, &escaped(text));
        if self.body.contains(PIECE) {
            let events = self.body.split_inclusive("\n\n").flat_map(|event| {
                if event.contains(PIECE) {
                    pieces(text).map(|piece| event.replace(PIECE, &escaped(piece))).collect()
                } else {
                    vec![event.to_owned()]
                }
            });
            self.body = events.collect();
        }
        self
    }

    /// With one text of the shape replaced by another.
    #[track_caller]
    pub fn with(mut self, from: &str, to: &str) -> Self {
        assert!(self.body.contains(from), "no {from:?} in {self:?}");
        self.body = self.body.replace(from, to);
        self
    }

    /// With a header, in place of one of that name.
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.retain(|(other, _)| other != name);
        self.headers.push((name.into(), value.into()));
        self
    }

    /// Closes the connection after so many parts.
    pub fn cut_after(mut self, parts: usize) -> Self {
        self.broken = Some((parts, Break::Cut));
        self
    }

    /// Ends the body after so many parts, as if that were all.
    pub fn ended_after(mut self, parts: usize) -> Self {
        self.broken = Some((parts, Break::End));
        self
    }

    /// Sends nothing more after so many parts.
    pub fn stalled_after(mut self, parts: usize) -> Self {
        self.broken = Some((parts, Break::Stall));
        self
    }

    pub(super) fn parts(&self) -> (Vec<Bytes>, Break) {
        let all = self.body.split_inclusive("\n\n").map(|part| Bytes::from(part.to_owned()));
        match self.broken {
            Some((parts, how)) => (all.take(parts).collect(), how),
            None => (all.collect(), Break::End),
        }
    }
}

fn pieces(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let at = rest.char_indices().nth(PIECE_CHARS).map_or(rest.len(), |(at, _)| at);
        let (piece, after) = rest.split_at(at);
        rest = after;
        (!piece.is_empty()).then_some(piece)
    })
}

/// As it stands between the quotes of a JSON string.
fn escaped(text: &str) -> String {
    let quoted = serde_json::Value::from(text).to_string();
    quoted[1..quoted.len() - 1].to_owned()
}
