//! From content to the bytes of a notebook: which cells there are, in which order.

use super::{
    TEXT_MAX_BYTES,
    content::{Moment, NotebookContent},
    header,
    listing::Listing,
    outputs, world,
};
use crate::record::cell_digests;
use nbformat::v4::{
    Cell, CellId, CellMetadata, JupyterCellMetadata, KernelSpec, LanguageInfo, Metadata, Notebook, Output,
};
use pyexec_core::Digest;
use serde_json::{Value, json};
use std::collections::HashMap;

/// What `world.py` has put there.
const IMPORT: &str = "from pyexec import notebook as _notebook\n";

/// A notebook that could not be written down.
#[derive(Debug, thiserror::Error)]
pub enum RenderNotebookError {
    /// A cell's identifier is none.
    #[error("`{0}` is no identifier of a notebook's cell")]
    CellId(&'static str),
    /// JSON could not be made of it.
    #[error("the notebook cannot be written as JSON")]
    Json(#[from] nbformat::NotebookError),
    /// No receipt could be made for it.
    #[error("the notebook's receipt cannot be written as JSON")]
    Receipt(#[source] serde_json::Error),
}

/// The notebook, as UTF-8 JSON of nbformat 4.5. The same content gives the same bytes.
pub fn render(content: &NotebookContent) -> Result<Vec<u8>, RenderNotebookError> {
    Ok(text(assemble(content)?)?.into_bytes())
}

/// As [`render`], with a receipt in the metadata, which is made of the digests of the cells.
pub(super) fn render_with_receipt(
    content: &NotebookContent,
    receipt: impl FnOnce(Vec<Digest>) -> serde_json::Result<Value>,
) -> Result<Vec<u8>, RenderNotebookError> {
    let mut notebook = assemble(content)?;
    let written = serde_json::to_value(&notebook).map_err(RenderNotebookError::Receipt)?;
    let cells = cell_digests(&written).unwrap_or_default();
    let receipt = receipt(cells).map_err(RenderNotebookError::Receipt)?;
    if let Some(ours) = notebook.metadata.additional.get_mut("pyexec") {
        ours["receipt"] = receipt;
    }
    Ok(text(notebook)?.into_bytes())
}

fn text(notebook: Notebook) -> Result<String, RenderNotebookError> {
    Ok(nbformat::serialize_notebook(&nbformat::Notebook::V4(notebook))?)
}

fn assemble(content: &NotebookContent) -> Result<Notebook, RenderNotebookError> {
    let mut cells = vec![markdown("header", &header::opening(content))?];
    if let Some(code) = &content.code {
        cells.extend(executable(content, &Listing::of(code))?);
    }
    let seen = content.execution.as_ref().and_then(|ran| ran.seen.as_ref());
    if let Some(text) = seen.and_then(header::closing) {
        cells.push(markdown("files", &text)?);
    }
    Ok(Notebook { metadata: metadata(content), nbformat: 4, nbformat_minor: 5, cells })
}

fn executable(content: &NotebookContent, listing: &Listing) -> Result<Vec<Cell>, RenderNotebookError> {
    let ran = content.execution.as_ref();
    let seen = ran.and_then(|ran| ran.seen.as_ref());
    let (figures, left) = seen.map(|seen| outputs::of_figures(&seen.figures)).unwrap_or_default();
    let results = seen.map(|seen| outputs::of_results(&seen.results)).into_iter().collect();
    let in_attempts = matches!(content.moment, Moment::Attempt(_));
    Ok(vec![
        hidden(code("world", &world::source(content, listing.exact), vec![])?),
        markdown("code-heading", &header::code(&listing.notes))?,
        code("code", &listing.text, ran.map(outputs::of_code).unwrap_or_default())?,
        markdown("results-heading", "## Results\n")?,
        code("results", &format!("{IMPORT}_notebook.show_results(globals(), {TEXT_MAX_BYTES})"), results)?,
        markdown("figures-heading", &header::figures(&left, in_attempts))?,
        code("figures", &format!("{IMPORT}_notebook.show_figures()"), figures)?,
    ])
}

fn markdown(id: &'static str, text: &str) -> Result<Cell, RenderNotebookError> {
    Ok(Cell::Markdown { id: cell_id(id)?, metadata: CellMetadata::default(), source: lines(text), attachments: None })
}

fn code(id: &'static str, text: &str, outputs: Vec<Output>) -> Result<Cell, RenderNotebookError> {
    let (metadata, source) = (CellMetadata::default(), lines(text));
    // No count: no kernel ran it.
    Ok(Cell::Code { id: cell_id(id)?, metadata, execution_count: None, source, outputs })
}

/// Folded by readers that can; the cell is long and the same everywhere.
fn hidden(mut cell: Cell) -> Cell {
    if let Cell::Code { metadata, .. } = &mut cell {
        let folded =
            JupyterCellMetadata { source_hidden: Some(true), outputs_hidden: None, additional: HashMap::new() };
        metadata.jupyter = Some(folded);
    }
    cell
}

fn cell_id(id: &'static str) -> Result<CellId, RenderNotebookError> {
    CellId::new(id).map_err(|_| RenderNotebookError::CellId(id))
}

fn lines(text: &str) -> Vec<String> {
    text.split_inclusive('\n').map(str::to_owned).collect()
}

fn metadata(content: &NotebookContent) -> Metadata {
    let seen = content.execution.as_ref().and_then(|ran| ran.seen.as_ref());
    let kernel = KernelSpec {
        display_name: "Python 3".into(),
        name: "python3".into(),
        language: Some("python".into()),
        additional: HashMap::new(),
    };
    let language = LanguageInfo {
        name: "python".into(),
        version: seen
            .and_then(|seen| seen.python.clone())
            .filter(|v| v.bytes().all(|b| b.is_ascii_digit() || b == b'.')),
        codemirror_mode: None,
        additional: HashMap::new(),
    };
    let moment = match content.moment {
        Moment::Attempt(stage) => stage.name(),
        Moment::Final(state) => state.name(),
    };
    let ours = json!({ "run_id": content.run_id, "attempt": content.attempt, "moment": moment });
    Metadata {
        kernelspec: Some(kernel),
        language_info: Some(language),
        authors: None,
        additional: HashMap::from([("pyexec".into(), ours)]),
    }
}
