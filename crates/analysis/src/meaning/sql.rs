//! What a constant SQL statement reaches besides its own database: files, other databases, extensions.
//!
//! Only what a statement spells out is seen: one that is put together from data names no file as far as anybody can tell, and
//! its own database was judged where it was opened.

use super::{
    finding::Found,
    interpreter::Interpreter,
    value::{Piece, Text, Value},
};
use crate::knowledge::table::CallEntry;
use pyexec_core::{Capability, Certainty};
use rustpython_text_size::TextRange;

/// What a statement does.
#[derive(Debug, PartialEq, Eq)]
enum Reach {
    /// With this file or database.
    Path(Capability, String),
    /// Which one is a parameter.
    Unnamed(Capability),
    /// To no path.
    Other(Capability),
}

impl Interpreter<'_> {
    /// The effects of a statement.
    pub(super) fn on_statement(&mut self, base: &Found, value: &Value, entry: &CallEntry, range: TextRange) {
        for alternative in value.alternatives() {
            let Value::Text(text) = alternative else { continue };
            // Something stands where a piece is not known.
            let pieces = text.pieces().iter().map(|piece| match piece {
                Piece::Literal(literal) => literal.as_ref(),
                _ => "?",
            });
            for reach in reached(&pieces.collect::<String>()) {
                let (capability, path) = match reach {
                    Reach::Path(capability, path) => (capability, Some(Value::text(path))),
                    Reach::Unnamed(capability) => (capability, Some(Value::Unknown)),
                    Reach::Other(capability) => (capability, None),
                };
                let found = Found {
                    rule: super::effect::rule_name(&capability, base.evidence.as_deref().unwrap_or_default()),
                    message: format!("runs a statement that {}", says(&capability)),
                    capability: Some(capability),
                    certainty: base.certainty,
                    evidence: base.evidence.clone(),
                    subject: None,
                };
                match path {
                    Some(path) => self.on_path(&found, &path, entry, false, range),
                    None => self.findings.record(range, found),
                }
            }
        }
    }

    /// A database by its URL.
    pub(super) fn on_database_url(&mut self, base: &Found, value: &Value, entry: &CallEntry, range: TextRange) {
        let Value::Text(text) = value else {
            return self.findings.record(range, Found { certainty: Certainty::Possible, ..base.clone() });
        };
        let start = text.start();
        let (scheme, rest) = start.split_once("://").unwrap_or((start, ""));
        if !matches!(scheme.split('+').next(), Some("sqlite" | "duckdb")) {
            return self.findings.record(range, base.clone());
        }
        let rest = rest.strip_prefix('/').unwrap_or(rest);
        let path = Text::join([Piece::Literal(rest.into())].into_iter().chain(text.pieces().iter().skip(1).cloned()));
        if path.whole() != Some("") {
            self.on_path(base, &Value::Text(path), entry, false, range);
        }
    }

    /// Decoding of a file of the run folder: judged once it is known whether this code encodes into it.
    pub(super) fn decode_later(&mut self, path: String, range: TextRange, base: Found) {
        self.decoded.push((path, range, base.rule.clone()));
        self.findings.record(range, base);
    }
}

fn says(capability: &Capability) -> &'static str {
    match capability.as_str() {
        "fs.read" => "reads a file",
        "fs.write" => "writes a file",
        "database" => "opens another database",
        "net" => "fetches an extension",
        _ => "loads native code into the database",
    }
}

/// What a statement reaches, in order.
fn reached(statement: &str) -> Vec<Reach> {
    let tokens = tokens(statement);
    let word = |at: usize| tokens.get(at).map_or("", |t| if t.quoted { "" } else { t.text.as_str() });
    let target = |at: usize, capability: Capability| match tokens.get(at) {
        Some(token) if token.quoted => Reach::Path(capability, token.text.clone()),
        _ => Reach::Unnamed(capability),
    };
    let mut all = Vec::new();
    for at in 0..tokens.len() {
        let next_is_text = tokens.get(at + 1).is_some_and(|t| t.quoted);
        match word(at) {
            "attach" => {
                let at = if word(at + 1) == "database" { at + 2 } else { at + 1 };
                // A server by its name (`postgres:dbname=x`) is no file.
                all.push(match target(at, Capability::DATABASE) {
                    Reach::Path(capability, path) if path.contains(':') && path != ":memory:" => {
                        Reach::Other(capability)
                    }
                    reach => reach,
                });
            }
            // VACUUM INTO, COPY … TO, EXPORT … TO
            "into" | "to" if next_is_text => all.push(target(at + 1, Capability::FS_WRITE)),
            // FROM 'x.csv', COPY … FROM
            "from" if next_is_text => all.push(target(at + 1, Capability::FS_READ)),
            "install" => all.push(Reach::Other(Capability::NET)),
            "load" | "load_extension" => all.push(Reach::Other(Capability::NATIVE_CODE)),
            name if (name.starts_with("read_") || name.ends_with("_scan") || name == "glob") && word(at + 1) == "(" => {
                all.push(target(at + 2, Capability::FS_READ));
            }
            "readfile" => all.push(target(at + 2, Capability::FS_READ)),
            "writefile" => all.push(target(at + 2, Capability::FS_WRITE)),
            _ => {}
        }
    }
    all
}

struct Token {
    text: String,
    quoted: bool,
}

/// Lower-case words, text in single quotes, and any other character by itself; comments left out.
fn tokens(statement: &str) -> Vec<Token> {
    let mut all = Vec::new();
    let mut rest = statement.chars().peekable();
    while let Some(c) = rest.next() {
        match c {
            '\'' => {
                let text = rest.by_ref().take_while(|c| *c != '\'').collect();
                all.push(Token { text, quoted: true });
            }
            '-' if rest.peek() == Some(&'-') => {
                rest.by_ref().take_while(|c| *c != '\n').for_each(drop);
            }
            c if c.is_alphanumeric() || c == '_' => {
                let mut text: String = c.to_lowercase().collect();
                while let Some(c) = rest.next_if(|c| c.is_alphanumeric() || *c == '_') {
                    text.extend(c.to_lowercase());
                }
                all.push(Token { text, quoted: false });
            }
            c if c.is_whitespace() => {}
            c => all.push(Token { text: c.into(), quoted: false }),
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statements() {
        let path = |capability, path: &str| vec![Reach::Path(capability, path.into())];
        assert_eq!(reached("ATTACH DATABASE '/x.db' AS x"), path(Capability::DATABASE, "/x.db"));
        assert_eq!(reached("attach ? as x"), [Reach::Unnamed(Capability::DATABASE)]);
        assert_eq!(reached("COPY t TO '/x.csv' (HEADER)"), path(Capability::FS_WRITE, "/x.csv"));
        assert_eq!(reached("select * from read_csv('/x.csv')"), path(Capability::FS_READ, "/x.csv"));
        assert_eq!(reached("select * from 'a.parquet'"), path(Capability::FS_READ, "a.parquet"));
        assert_eq!(reached("install httpfs"), [Reach::Other(Capability::NET)]);
        assert_eq!(reached("insert into t values ('from', 'to') -- attach 'x'"), []);
        assert_eq!(reached("select a from t where b = 'attach x'"), []);
    }
}
