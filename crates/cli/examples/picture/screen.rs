//! A pseudo-terminal, and what stands on it in the end.

use anyhow::{Context, Result, bail};
use pty_process::{Size, blocking};
use std::{io::Read, num::NonZeroU16, process::Command};

/// More rows than the run has lines, so that nothing scrolls away.
const ROWS: u16 = 100;

/// Cells of one look.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Span {
    pub(crate) column: u16,
    pub(crate) text: String,
    pub(crate) look: Look,
}

/// How a cell looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Look {
    Plain,
    Faint,
    Strong,
    /// In the colour of links.
    Linked,
}

/// Runs a program to its successful end and gives what it wrote.
pub(crate) fn run(command: Command, columns: u16) -> Result<String> {
    let (mut pty, pts) = blocking::open().context("there is no pseudo-terminal")?;
    pty.resize(Size::new(ROWS, columns))?;
    let mut child = blocking::Command::from(command).spawn(pts).context("pyexec does not start")?;
    let (mut raw, mut bytes) = (Vec::new(), [0; 4096]);
    // Reading fails once nobody holds the other end any more.
    while let Ok(count @ 1..) = pty.read(&mut bytes) {
        raw.extend_from_slice(&bytes[..count]);
    }
    let status = child.wait()?;
    let raw = String::from_utf8(raw).context("what pyexec wrote is not UTF-8")?;
    if !status.success() {
        bail!("the run failed ({status}):\n{raw}");
    }
    Ok(raw)
}

/// The rows of the screen, without empty ones at the end.
pub(crate) fn rows(raw: &str, columns: u16) -> Vec<Vec<Span>> {
    let size = |size| NonZeroU16::new(size).unwrap_or(NonZeroU16::MIN);
    let mut parser = vt100::Parser::new(size(ROWS), size(columns), 0);
    parser.process(raw.as_bytes());
    let mut rows: Vec<_> = (0..ROWS).map(|row| spans(parser.screen(), row, columns)).collect();
    let used = rows.iter().rposition(|row| !row.is_empty()).map_or(0, |last| last + 1);
    rows.truncate(used);
    rows
}

fn spans(screen: &vt100::Screen, row: u16, columns: u16) -> Vec<Span> {
    let mut spans: Vec<Span> = Vec::new();
    for column in 0..columns {
        let Some(cell) = screen.cell(row, column).filter(|cell| cell.has_contents() && cell.contents() != " ") else {
            continue;
        };
        let (text, look) = (cell.contents(), look(cell));
        match spans.last_mut().map(|span| (span.column as usize + span.text.chars().count(), span)) {
            // One space within a text belongs to it; more are a gap.
            Some((end, span)) if span.look == look && usize::from(column) <= end + 1 => {
                span.text.extend(std::iter::repeat_n(' ', usize::from(column) - end));
                span.text.push_str(text);
            }
            _ => spans.push(Span { column, text: text.into(), look }),
        }
    }
    spans
}

fn look(cell: &vt100::Cell) -> Look {
    match cell.fgcolor() {
        _ if cell.bold() => Look::Strong,
        _ if cell.dim() => Look::Faint,
        vt100::Color::Default => Look::Plain,
        _ => Look::Linked,
    }
}
