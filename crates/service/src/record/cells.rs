//! What of a notebook a receipt is over: the content of each cell, whatever program saved the file.
//!
//! One digest a cell, in order: the SHA-256 of the canonical JSON ([`crate::store::canonical`]) of
//!
//! ```text
//! {"type": cell_type, "source": text, "outputs": [output…], "attachments": {…}}
//!
//! outputs      of code cells alone; of each output what a reader sees:
//!   stream                        {"type", "name", "text"}
//!   display_data, execute_result  {"type", "data": {media type: text or JSON}}
//!   error                         {"type", "ename", "evalue", "traceback": [text…]}
//!   anything else                 as it is
//! attachments  where there are any
//! ```
//!
//! A text that the file holds as a list of lines is their concatenation. In sources every line end is a line feed, as
//! Jupyter's editor makes it; base64 of pictures has no white space. So these do not count: the layout and order of the
//! JSON, metadata of notebook, cells and outputs, cell ids, execution counts, folding. Everything that a reader is shown
//! as code, prose, output or picture does: executing a notebook again shows, also where it prints the same elsewhere.

use crate::store::canonical;
use pyexec_core::Digest;
use serde_json::{Map, Value, json};

/// Of each cell, in order; nothing for what is no notebook of format 4.
pub fn cell_digests(notebook: &Value) -> Option<Vec<Digest>> {
    if notebook.get("nbformat")?.as_u64()? != 4 {
        return None;
    }
    let cells = notebook.get("cells")?.as_array()?;
    Some(cells.iter().map(|cell| Digest::of(canonical(&content(cell)).as_bytes())).collect())
}

/// The source of a cell, as one text with line feeds.
pub(super) fn source(cell: &Value) -> String {
    text(cell.get("source")).replace("\r\n", "\n").replace('\r', "\n")
}

/// Whether it is a code cell.
pub(super) fn is_code(cell: &Value) -> bool {
    cell.get("cell_type").and_then(Value::as_str) == Some("code")
}

fn content(cell: &Value) -> Value {
    let mut content = json!({"type": cell.get("cell_type"), "source": source(cell)});
    if is_code(cell) {
        let outputs = cell.get("outputs").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
        content["outputs"] = outputs.iter().map(output).collect();
    }
    if let Some(attached) = cell.get("attachments").filter(|attached| **attached != json!({})) {
        content["attachments"] = attached.clone();
    }
    content
}

fn output(output: &Value) -> Value {
    let kind = output.get("output_type");
    match kind.and_then(Value::as_str) {
        Some("stream") => json!({"type": kind, "name": output.get("name"), "text": text(output.get("text"))}),
        Some("display_data" | "execute_result") => json!({"type": kind, "data": data(output.get("data"))}),
        Some("error") => json!({
            "type": kind, "ename": output.get("ename"), "evalue": output.get("evalue"), "traceback": output.get("traceback"),
        }),
        _ => output.clone(),
    }
}

fn data(bundle: Option<&Value>) -> Value {
    let Some(Value::Object(bundle)) = bundle else { return bundle.cloned().unwrap_or_default() };
    let one = |(media, value): (&String, &Value)| {
        let value = match media.as_str() {
            media if media == "application/json" || media.ends_with("+json") => value.clone(),
            "image/png" | "image/jpeg" | "image/gif" | "image/webp" => {
                text(Some(value)).split_ascii_whitespace().collect::<String>().into()
            }
            _ => text(Some(value)).into(),
        };
        (media.clone(), value)
    };
    Value::Object(bundle.iter().map(one).collect::<Map<_, _>>())
}

/// Text, or lines of it; anything else as the JSON that it is, so that it does not pass for none.
fn text(value: Option<&Value>) -> String {
    match value {
        None => String::new(),
        Some(Value::String(text)) => text.clone(),
        Some(Value::Array(lines)) if lines.iter().all(Value::is_string) => {
            lines.iter().filter_map(Value::as_str).collect()
        }
        Some(other) => canonical(other),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn notebook() -> Value {
        json!({"nbformat": 4, "nbformat_minor": 5, "metadata": {"kernelspec": {"name": "python3"}}, "cells": [
            {"id": "a", "cell_type": "markdown", "metadata": {}, "source": ["# One\n", "two"]},
            {"id": "b", "cell_type": "code", "metadata": {}, "execution_count": null, "source": ["x = 1\n", "x"], "outputs": [
                {"output_type": "stream", "name": "stdout", "text": ["a\n", "b\n"]},
                {"output_type": "display_data", "metadata": {}, "data": {"image/png": "aGVsbG8=", "text/plain": ["f.png"]}},
                {"output_type": "error", "ename": "E", "evalue": "v", "traceback": ["t"]},
            ]},
        ]})
    }

    fn changed(edit: impl Fn(&mut Value)) -> Vec<usize> {
        let (before, mut after) = (cell_digests(&notebook()).unwrap(), notebook());
        edit(&mut after);
        let after = cell_digests(&after).unwrap();
        assert_eq!(before.len(), after.len());
        (0..before.len()).filter(|&at| before[at] != after[at]).collect()
    }

    /// The documented form, computed with another program: receipts that were signed must stay what they are.
    #[test]
    fn the_form_is_frozen() {
        let digests: Vec<_> = cell_digests(&notebook()).unwrap().iter().map(ToString::to_string).collect();
        assert_eq!(
            digests,
            [
                "bd650c97f91303e31b320b17adaea800807b7211c7d1721d3f9bd28cb495d59f",
                "19b2b9991a6b3da347389594ed80185d45e34fe805d057b682d9353096ef44e6"
            ]
        );
    }

    #[test]
    fn what_a_program_that_saves_it_changes_does_not_count() {
        type Edit = fn(&mut Value);
        let edits: [Edit; 8] = [
            |n| n["metadata"] = json!({"language_info": {}}),
            |n| n["nbformat_minor"] = json!(4),
            |n| n["cells"][0]["source"] = json!("# One\ntwo"),
            |n| n["cells"][0]["source"] = json!("# One\r\ntwo"),
            |n| n["cells"][1]["id"] = json!("other"),
            |n| n["cells"][1]["execution_count"] = json!(7),
            |n| n["cells"][1]["metadata"] = json!({"jupyter": {"source_hidden": true}}),
            |n| n["cells"][1]["outputs"][1]["data"]["image/png"] = json!(["aGVs\n", "bG8=\n"]),
        ];
        for edit in edits {
            assert_eq!(changed(edit), [0_usize; 0]);
        }
    }

    #[test]
    fn what_a_reader_sees_counts() {
        type Edit = (usize, fn(&mut Value));
        let edits: [Edit; 10] = [
            (0, |n| n["cells"][0]["source"] = json!("# One\nthree")),
            (0, |n| n["cells"][0]["cell_type"] = json!("raw")),
            (0, |n| n["cells"][0]["attachments"] = json!({"a.png": {"image/png": ""}})),
            (1, |n| n["cells"][1]["source"] = json!("x = 2\nx")),
            (1, |n| n["cells"][1]["outputs"][0]["text"] = json!("a\nc\n")),
            (1, |n| n["cells"][1]["outputs"][0]["name"] = json!("stderr")),
            (1, |n| n["cells"][1]["outputs"][1]["data"]["image/png"] = json!("aGVsbG9v")),
            (1, |n| n["cells"][1]["outputs"][1]["data"]["text/html"] = json!("<b>")),
            (1, |n| n["cells"][1]["outputs"][2]["evalue"] = json!("w")),
            (1, |n| n["cells"][1]["outputs"] = json!([])),
        ];
        for (cell, edit) in edits {
            assert_eq!(changed(edit), [cell]);
        }
    }

    #[test]
    fn what_is_no_notebook_has_none() {
        for value in [json!(null), json!({"nbformat": 3, "cells": []}), json!({"nbformat": 4}), json!([])] {
            assert_eq!(cell_digests(&value), None, "{value}");
        }
    }
}
