//! What a check says: ok, warn or fail, what was found, and the way out; and how all of it is shown.
//!
//! Rows are printed as they come, because some take seconds. Nothing that comes from elsewhere reaches a terminal as it is.

use crate::{
    exit::Failure,
    render::{self, Face},
};
use anstyle::{AnsiColor, Style};
use pyexec_core::{ErrorClass, ErrorKind, Isolation, RunError};
use pyexec_service::view::SCHEMA;
use serde::Serialize;
use serde_json::json;

/// A broken promise weighs more than a broken machine, and that more than a mistake in a file.
const WORST_FIRST: [u8; 3] = [3, 6, 2];
const GREEN: Style = AnsiColor::Green.on_default();
const YELLOW: Style = AnsiColor::Yellow.on_default();
const RED: Style = AnsiColor::Red.on_default();

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
enum Status {
    Ok,
    Warn,
    Fail,
}

#[derive(Debug, Serialize)]
struct Row {
    area: &'static str,
    name: String,
    status: Status,
    found: String,
    fix: Option<String>,
    #[serde(skip)]
    exit_code: u8,
}

/// Every row so far.
#[derive(Debug)]
pub(super) struct Rows {
    area: &'static str,
    all: Vec<Row>,
    isolation: Option<Isolation>,
    json: bool,
    face: Face,
}

impl Rows {
    pub(super) fn new(json: bool) -> Self {
        Self { area: "", all: Vec::new(), isolation: None, json, face: Face::of_stdout() }
    }

    /// The rows that follow are of this area.
    pub(super) fn area(&mut self, area: &'static str) -> &mut Self {
        self.area = area;
        self
    }

    pub(super) fn ok(&mut self, name: &str, found: impl AsRef<str>) {
        self.add(name, Status::Ok, found.as_ref(), None, 0);
    }

    pub(super) fn warn(&mut self, name: &str, found: impl AsRef<str>, fix: impl AsRef<str>) {
        self.add(name, Status::Warn, found.as_ref(), Some(fix.as_ref()), 0);
    }

    /// `kind` says how the program ends.
    pub(super) fn fail(&mut self, name: &str, kind: ErrorKind, found: impl AsRef<str>, fix: impl AsRef<str>) {
        // What the code, or its course, may fail with is a machine that does not work here: all code is the doctor's own.
        let exit_code = match kind.class() {
            ErrorClass::Code | ErrorClass::Workflow => ErrorKind::Sandbox.exit_code(),
            _ => kind.exit_code(),
        };
        self.add(name, Status::Fail, found.as_ref(), Some(fix.as_ref()), exit_code);
    }

    /// A failure as other commands tell it.
    pub(super) fn error(&mut self, name: &str, error: &RunError) {
        let fix = error.help.as_deref().filter(|help| !help.is_empty());
        self.fail(name, error.kind, &error.message, fix.unwrap_or("`PYEXEC_LOG=debug pyexec doctor` says more"));
    }

    /// The same for what commands end with.
    pub(super) fn failure(&mut self, name: &str, failure: &Failure) {
        match failure {
            Failure::Error(error) => self.error(name, error),
            Failure::Rendered(text, code) => self.add(name, Status::Fail, text, None, *code),
        }
    }

    /// Nobody knows, because something else is wrong, which has a row of its own.
    pub(super) fn unchecked(&mut self, name: &str, because: &str) {
        self.warn(name, format!("not checked, because {because}"), "mend that first, then run `pyexec doctor` again");
    }

    /// The level that a jailed script really got.
    pub(super) fn level(&mut self, level: Isolation) {
        self.isolation = Some(level);
    }

    fn add(&mut self, name: &str, status: Status, found: &str, fix: Option<&str>, exit_code: u8) {
        let first = self.all.last().is_none_or(|last| last.area != self.area);
        let fix = fix.map(harmless).filter(|fix| !fix.is_empty());
        let row = Row { area: self.area, name: harmless(name), status, found: harmless(found), fix, exit_code };
        if !self.json {
            self.print(&row, first);
        }
        self.all.push(row);
    }

    fn print(&self, row: &Row, first: bool) {
        const INDENT: usize = 8;
        if first {
            let gap = if self.all.is_empty() { "" } else { "\n" };
            render::result::line(&format!("{gap}{}", self.face.paint(render::STRONG, row.area)));
        }
        let (word, color) = match row.status {
            Status::Ok => ("ok  ", GREEN),
            Status::Warn => ("warn", YELLOW),
            Status::Fail => ("fail", RED),
        };
        let word = self.face.paint(color, word);
        // In a pipe a row is a line.
        let width = if self.face == Face::Pipe { usize::MAX } else { render::columns() - INDENT };
        let named = row.found.starts_with(&format!("`{}`", row.name));
        let text = if named { row.found.clone() } else { format!("{}: {}", row.name, row.found) };
        let mut lines = wrapped(&text, width);
        lines.extend(row.fix.iter().flat_map(|fix| wrapped(&format!("fix: {fix}"), width)));
        for (number, line) in lines.iter().enumerate() {
            let head = if number == 0 { format!("  {word}  ") } else { " ".repeat(INDENT) };
            render::result::line(&format!("{head}{line}"));
        }
    }

    /// Says how it all stands, and gives the exit code.
    pub(super) fn finish(self) -> u8 {
        let count = |status| self.all.iter().filter(|row| row.status == status).count();
        let (warnings, failures) = (count(Status::Warn), count(Status::Fail));
        if self.json {
            let isolation = self.isolation.map(Isolation::name);
            render::result::json(
                &json!({"schema": SCHEMA, "ok": failures == 0, "isolation": isolation, "checks": self.all}),
            );
        } else {
            let plural = |n: usize, what: &str| format!("{n} {what}{}", if n == 1 { "" } else { "s" });
            let (warnings, failures) = (plural(warnings, "warning"), plural(failures, "failure"));
            render::result::line(&format!("\n{} ok, {warnings}, {failures}", count(Status::Ok)));
            for row in self.all.iter().filter(|row| row.status == Status::Fail) {
                render::result::line(&format!("  {}  {}: {}", self.face.paint(RED, "fail"), row.area, row.name));
            }
        }
        let failed: Vec<u8> =
            self.all.iter().filter(|row| row.status == Status::Fail).map(|row| row.exit_code).collect();
        let worst = WORST_FIRST.into_iter().find(|code| failed.contains(code));
        worst.or(failed.first().copied()).unwrap_or(0)
    }
}

/// Text from elsewhere, on one line.
fn harmless(text: &str) -> String {
    let words: Vec<_> = text.split_whitespace().collect();
    render::plain(&words.join(" "))
}

/// Lines of at most `width` characters, broken between words; a longer word keeps a line for itself.
fn wrapped(text: &str, width: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split(' ') {
        match lines.last_mut().filter(|line| line.chars().count() + 1 + word.chars().count() <= width) {
            Some(line) => {
                line.push(' ');
                line.push_str(word);
            }
            None => lines.push(word.to_owned()),
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows() -> Rows {
        Rows { area: "a", all: Vec::new(), isolation: None, json: true, face: Face::Pipe }
    }

    #[test]
    fn the_worst_failure_decides() {
        let code = |kinds: &[ErrorKind]| {
            let mut rows = rows();
            rows.ok("fine", "it is");
            rows.warn("warned", "so so", "do it");
            for kind in kinds {
                rows.fail("broken", *kind, "not", "do it");
            }
            rows.finish()
        };
        assert_eq!(code(&[]), 0);
        assert_eq!(code(&[ErrorKind::BadFile]), 2);
        assert_eq!(code(&[ErrorKind::BadFile, ErrorKind::Store]), 6);
        assert_eq!(code(&[ErrorKind::Store, ErrorKind::IsolationNotAcceptable, ErrorKind::BadFile]), 3);
        assert_eq!(code(&[ErrorKind::Timeout]), 6);
    }

    #[test]
    fn text_from_elsewhere_is_one_harmless_line() {
        let mut rows = rows();
        rows.warn("na\u{1b}me", "two\nlines \u{202e}back", "");
        let row = &rows.all[0];
        assert_eq!(row.found, "two lines \u{27e8}U+202E\u{27e9}back");
        assert!(row.name.contains("U+001B"));
        assert_eq!(row.fix, None);
    }

    #[test]
    fn lines_are_broken_between_words() {
        assert_eq!(wrapped("one two three", 7), ["one two", "three"]);
        assert_eq!(wrapped("a /very/long/path b", 4), ["a", "/very/long/path", "b"]);
        assert_eq!(wrapped("one two", usize::MAX - 1), ["one two"]);
    }
}
