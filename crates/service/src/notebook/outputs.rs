//! What the cells show as their outputs: text and PNG, nothing that a reader's program would interpret.

use super::{
    FIGURE_MAX_BYTES, FIGURES_MAX_BYTES, TEXT_MAX_BYTES,
    content::{NotebookFigure, Ran},
    text::{bounded, visible, visible_json},
};
use base64::{Engine, engine::general_purpose::STANDARD};
use jupyter_protocol::media::{Media, MediaType};
use nbformat::v4::{DisplayData, ErrorOutput, MultilineString, Output};
use pyexec_core::{RunError, outcome::Results};
use serde_json::{Map, Value};

const TRACEBACK_MAX_BYTES: usize = 32 << 10;
const MESSAGE_MAX_BYTES: usize = 4 << 10;
/// Of the PNG specification, section 5.2.
const PNG_SIGNATURE: &[u8] = b"\x89PNG\r\n\x1a\n";

/// What the code printed, and how it failed.
pub(super) fn of_code(ran: &Ran) -> Vec<Output> {
    let mut outputs = Vec::new();
    for (name, bytes) in [("stdout", &ran.stdout), ("stderr", &ran.stderr)] {
        if !bytes.is_empty() {
            let text = visible(&String::from_utf8_lossy(bytes));
            outputs.push(stream(name, &bounded(&text, TEXT_MAX_BYTES)));
        }
    }
    outputs.extend(ran.seen.as_ref().and_then(|seen| seen.error.as_ref()).map(failure));
    outputs
}

/// What the results cell prints.
pub(super) fn of_results(results: &Results) -> Output {
    match results {
        Results::Missing => stream("stdout", "the code left no `results`\n"),
        Results::NotADict { type_name } => {
            stream("stdout", &format!("`results` is a {}, not a dict\n", bounded(&visible(type_name), 200)))
        }
        Results::Dict { value } => {
            // Sorted, as the cell sorts them; in a Map they are, unless a dependency turns that off.
            let mut sorted: Vec<_> = value.iter().collect();
            sorted.sort_by_key(|(name, _)| *name);
            let sorted: Map<String, Value> =
                sorted.into_iter().map(|(name, value)| (name.clone(), value.clone())).collect();
            let mut text = visible_json(&format!("{:#}", Value::Object(sorted)));
            text.truncate(text.floor_char_boundary(TEXT_MAX_BYTES));
            text.push('\n');
            stream("stdout", &text)
        }
    }
}

/// The embedded figures, and which of them are not.
pub(super) fn of_figures(figures: &[NotebookFigure]) -> (Vec<Output>, Vec<&NotebookFigure>) {
    let (mut outputs, mut left, mut room) = (Vec::new(), Vec::new(), FIGURES_MAX_BYTES);
    for figure in figures {
        let embeddable = |png: &&Vec<u8>| png.starts_with(PNG_SIGNATURE) && png.len() <= room.min(FIGURE_MAX_BYTES);
        let Some(png) = figure.png.as_ref().filter(embeddable) else {
            left.push(figure);
            continue;
        };
        room -= png.len();
        let content = vec![MediaType::Png(STANDARD.encode(png)), MediaType::Plain(visible(&figure.path))];
        outputs.push(Output::DisplayData(DisplayData { data: Media { content }, metadata: Map::new() }));
    }
    (outputs, left)
}

fn stream(name: &str, text: &str) -> Output {
    Output::Stream { name: name.into(), text: MultilineString(text.into()) }
}

fn failure(error: &RunError) -> Output {
    let message = visible(&error.message);
    let message = bounded(&message, MESSAGE_MAX_BYTES);
    let traceback = error.traceback.as_deref().map(visible).unwrap_or_default();
    let (ename, evalue) = exception(&message)
        .or_else(|| traceback.lines().rev().find_map(exception))
        .unwrap_or((error.kind.name(), &message));
    let shown = if traceback.is_empty() { message.as_ref().into() } else { bounded(&traceback, TRACEBACK_MAX_BYTES) };
    Output::Error(ErrorOutput { ename: ename.into(), evalue: evalue.into(), traceback: vec![shown.into_owned()] })
}

/// The class and the text of `ValueError: no (line 3)`, as a kernel names them; nothing for a sentence of the house.
fn exception(line: &str) -> Option<(&str, &str)> {
    let line = without_place(line);
    let (class, text) = line.split_once(": ").unwrap_or((line, ""));
    let dotted = class.split('.').all(|part| {
        let begins = part.chars().next().is_some_and(|c| c.is_alphabetic() || c == '_');
        begins && part.chars().all(|c| c.is_alphanumeric() || c == '_')
    });
    let name = class.rsplit('.').next().unwrap_or(class);
    (dotted && name.starts_with(|c: char| c.is_uppercase() || c == '_')).then_some((name, text))
}

fn without_place(line: &str) -> &str {
    let place = line.rfind(" (line ").filter(|at| {
        let rest = &line[at + " (line ".len()..];
        rest.strip_suffix(')').is_some_and(|number| !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit()))
    });
    place.map_or(line, |at| &line[..at])
}

#[cfg(test)]
mod tests {
    use super::{exception, of_figures};
    use crate::notebook::{FIGURE_MAX_BYTES, FIGURES_MAX_BYTES, NotebookFigure};

    #[test]
    fn exceptions_are_named_as_kernels_do() {
        assert_eq!(exception("ValueError: no: really (line 3)"), Some(("ValueError", "no: really")));
        assert_eq!(exception("numpy.linalg.LinAlgError: Singular matrix"), Some(("LinAlgError", "Singular matrix")));
        assert_eq!(exception("KeyboardInterrupt"), Some(("KeyboardInterrupt", "")));
        assert_eq!(exception("the code called sys.exit(3)"), None);
        assert_eq!(exception("the code ran longer than 5 s and was stopped"), None);
        assert_eq!(exception("note: (line x)"), None);
    }

    #[test]
    fn figures_are_bounded_and_pngs() {
        let png = |size: usize| [b"\x89PNG\r\n\x1a\n".as_slice(), &vec![0; size]].concat();
        let figure = |name: &str, png| NotebookFigure { path: format!("figures/{name}"), png };
        let mut figures = vec![
            figure("large.png", Some(png(FIGURE_MAX_BYTES))),
            figure("page.png", Some(b"<html><script>".to_vec())),
            figure("vector.svg", None),
        ];
        let many = FIGURES_MAX_BYTES / FIGURE_MAX_BYTES + 1;
        figures.extend((0..many).map(|n| figure(&format!("{n}.png"), Some(png(FIGURE_MAX_BYTES - 8)))));
        let (shown, left) = of_figures(&figures);
        assert_eq!(shown.len(), many - 1);
        let left: Vec<_> = left.iter().map(|figure| figure.path.as_str()).collect();
        assert_eq!(left, ["figures/large.png", "figures/page.png", "figures/vector.svg", "figures/4.png"]);
    }
}
