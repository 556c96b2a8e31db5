//! Notebooks: a run, or one attempt of it, as a file that a person reads in Jupyter and can execute again.
//!
//! [`render()`] is pure: a [`NotebookContent`] becomes the bytes of a notebook of nbformat 4.5, the same bytes each time.
//! [`save()`] does what is around it: takes bytes from the store and the run folder and writes the file.
//!
//! Every notebook has the same cells: a header, one cell that makes the run's world again (`world.py`), the code as it is
//! with what it printed, its results, its figures. Two promises shape them. Foreign text cannot act (`text.rs`): outputs are
//! text and PNG alone, and the notebook is not marked trusted. And a notebook is no way around approval: one whose code
//! never ran, or ran with effects, refuses to be executed until its reader changes a line of it.
//!
//! This module knows no Jupyter server and starts no process.

mod content;
mod header;
mod link;
mod listing;
mod outputs;
mod render;
mod save;
mod text;
mod world;

pub use content::{Judgement, Material, Moment, NotebookContent, NotebookFigure, NotebookInput, Ran, Seen, Stage};
pub use link::link;
pub use render::{RenderNotebookError, render};
pub use save::save;

pub(crate) use save::write_with_receipt;
pub(crate) use text::visible;

use jiff::Timestamp;

/// The largest PNG that is embedded; a larger one is linked.
pub const FIGURE_MAX_BYTES: usize = 4 << 20;
/// The most bytes of PNGs that one notebook embeds.
pub const FIGURES_MAX_BYTES: usize = 16 << 20;
/// The most that is shown of each output stream, and of the results, in bytes.
pub const TEXT_MAX_BYTES: usize = 256 << 10;
/// The final notebook's name in the run folder.
pub const FINAL_NAME: &str = "notebook.ipynb";

/// Where an attempt's notebook is, relative to the run folder: `attempts/NN_<stage>_HHMMSS.ipynb`, in UTC.
pub fn attempt_name(number: u32, stage: Stage, at: Timestamp) -> String {
    format!("attempts/{number:02}_{stage}_{}.ipynb", at.strftime("%H%M%S"))
}
