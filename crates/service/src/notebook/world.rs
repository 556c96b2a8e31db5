//! The first code cell: the run's world, made again. The Python is in `world.py`; here it is told what belongs to this run.

use super::{content::NotebookContent, text::python_literal};
use std::fmt::Write;

const WORLD: &str = include_str!("world.py");

/// The line that a reader changes to execute a notebook that refuses to be.
const SWITCH: &str = "RUN_ANYWAY = False";

/// The cell's source. `exact`: whether the code cell is what ran.
pub(super) fn source(content: &NotebookContent, exact: bool) -> String {
    let mut cell = String::new();
    let closed = closed(content, exact);
    if let Some(reason) = closed {
        let _ = write!(cell, "{SWITCH}  # {reason}\n\n"); // to a String: cannot fail
    }
    cell.push_str(WORLD);
    cell.push_str("_make_world(\n    inputs=[");
    for input in &content.inputs {
        let (name, path) = (python_literal(&input.name), python_literal(&input.path));
        let _ = write!(cell, "\n        ({name}, {path}, \"{}\"),", input.sha256); // to a String: cannot fail
    }
    cell.push_str(if content.inputs.is_empty() { "],\n" } else { "\n    ],\n" });
    let named_data = content.context.map_or_else(|| "None".into(), |sha256| format!("\"{sha256}\""));
    let closed = closed.map_or_else(
        || "None".into(),
        |reason| {
            let advice = "set RUN_ANYWAY = True in the first code cell and restart the kernel if that is what you want";
            format!("None if RUN_ANYWAY else {}", python_literal(&format!("{reason}; {advice}")))
        },
    );
    let _ = write!(cell, "    context={named_data},\n    closed={closed},\n)\ndel _make_world"); // to a String: cannot fail
    cell
}

/// Why executing the notebook is not a matter of course.
fn closed(content: &NotebookContent, exact: bool) -> Option<&'static str> {
    match &content.execution {
        None => Some("this code never ran, and nothing here holds it: a cell runs with your rights"),
        Some(ran) if ran.effects => {
            Some("this code may change what is outside its folder, and would do so again, with your rights")
        }
        Some(_) if !exact => Some("this cell is not exactly the code that ran; `code.py` is"),
        Some(_) => None,
    }
}
