//! A terminal as SVG: text where its cells are, so that any monospaced font keeps the columns.

use crate::screen::{Look, Span};
use std::fmt::Write;

/// Of a cell, in pixels.
const WIDE: f64 = 8.4;
const HIGH: f64 = 20.0;
const MARGIN: f64 = 20.0;
/// Of the bar with the three dots.
const BAR: f64 = 36.0;
const COLUMNS: f64 = 96.0;

const STYLE: &str = "text{font:14px ui-monospace,SFMono-Regular,Menlo,Consolas,\"DejaVu Sans Mono\",monospace;\
                     fill:#d5dbe3;white-space:pre}.f{fill:#7d8794}.s{font-weight:bold;fill:#f2f5f9}.l{fill:#6cc7d9}\
                     .p{fill:#8fd18b}.c{font-weight:bold;fill:#f2f5f9}";

/// The command as it was typed (its lines), and what followed.
pub(crate) fn draw(command: &str, rows: &[Vec<Span>]) -> String {
    let typed: Vec<_> = command.lines().collect();
    #[expect(clippy::cast_precision_loss, reason = "a few dozen rows")]
    let lines = (typed.len() + rows.len() + 1) as f64;
    let (width, height) = (COLUMNS * WIDE + 2.0 * MARGIN, BAR + lines * HIGH + MARGIN);
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width:.0} {height:.0}\" width=\"{width:.0}\" \
         height=\"{height:.0}\" role=\"img\" aria-label=\"pyexec answers a question in a terminal\">\n\
         <style>{STYLE}</style>\n<rect width=\"100%\" height=\"100%\" rx=\"9\" fill=\"#161b22\"/>\n"
    );
    for (at, colour) in ["#ff5f57", "#febc2e", "#28c840"].into_iter().enumerate() {
        let _ = writeln!(svg, "<circle cx=\"{}\" cy=\"18\" r=\"6\" fill=\"{colour}\"/>", 22 + at * 20);
    }
    let mut y = BAR + HIGH - 6.0;
    for (at, line) in typed.iter().enumerate() {
        if at == 0 {
            text(&mut svg, 0, y, "p", "$");
        }
        text(&mut svg, 2, y, "c", line);
        y += HIGH;
    }
    for row in rows {
        for span in row {
            let class = match span.look {
                Look::Plain => "",
                Look::Faint => "f",
                Look::Strong => "s",
                Look::Linked => "l",
            };
            text(&mut svg, span.column, y, class, &span.text);
        }
        y += HIGH;
    }
    text(&mut svg, 0, y, "p", "$");
    svg.push_str("</svg>\n");
    svg
}

/// As wide as its cells, whatever the font.
fn text(svg: &mut String, column: u16, y: f64, class: &str, text: &str) {
    let (indent, words) = (text.len() - text.trim_start().len(), text.trim_start());
    #[expect(clippy::cast_precision_loss, reason = "columns of a terminal")]
    let (x, length) = (MARGIN + (f64::from(column) + indent as f64) * WIDE, words.chars().count() as f64 * WIDE);
    let class = if class.is_empty() { String::new() } else { format!(" class=\"{class}\"") };
    let words = words.replace('&', "&amp;").replace('<', "&lt;");
    let _ = writeln!(svg, "<text x=\"{x:.1}\" y=\"{y:.0}\" textLength=\"{length:.1}\"{class}>{words}</text>");
}
