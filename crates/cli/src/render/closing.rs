//! Where everything of a run is, and what a person may do next: the block at the end, on a terminal.

use super::{Face, link, plain_line};
use pyexec_service::{run::State, view::RunView};
use std::path::{Path, PathBuf};

/// The most figures, and the most artifacts, that are listed one by one.
const MOST: usize = 12;

/// The lines of the block.
pub(crate) fn lines(view: &RunView, face: Face) -> Vec<String> {
    let mut block = Block { lines: Vec::new(), folder: &view.folder, face };
    if view.results.is_some() {
        block.file("results", "results.json");
    }
    block.files("figure", "figures", view.figures.iter().map(|path| (path.as_str(), None)));
    let artifacts = view.artifacts.iter().map(|file| (file.path.as_str(), Some(file.bytes)));
    block.files("artifact", "artifacts", artifacts);
    block.file("code", "code.py");
    if let (Some(notebook), Some(address)) = (&view.notebook, &view.notebook_link) {
        block.notebook(Path::new(notebook), address);
    }
    block.line("folder", &link::file(face, &view.folder, &below_home(&view.folder)));
    block.line("run", view.run_id.as_str());
    for policy in super::result::policies(view) {
        block.line("policy", &plain_line(&policy));
    }
    if let (Some(by), Some(_)) = (&view.decided_by, view.basis) {
        block.line("approved", &format!("by {}", plain_line(by)));
    }
    if let Some(next) = next(view) {
        block.line("next", &next);
    }
    block.lines
}

struct Block<'a> {
    lines: Vec<String>,
    folder: &'a Path,
    face: Face,
}

impl Block<'_> {
    fn line(&mut self, label: &str, text: &str) {
        self.lines.push(self.face.labelled(label, text));
    }

    /// A file of ours, if it is there.
    fn file(&mut self, label: &str, name: &str) {
        if self.folder.join(name).is_file() {
            self.line(label, &link::inside(self.face, self.folder, name));
        }
    }

    /// Files that the code left, with their sizes.
    fn files<'f>(&mut self, label: &str, below: &str, files: impl ExactSizeIterator<Item = (&'f str, Option<u64>)>) {
        let more = files.len().saturating_sub(MOST);
        for (path, bytes) in files.take(MOST) {
            let size = bytes.map(|bytes| format!(" ({})", size(bytes))).unwrap_or_default();
            self.line(label, &format!("{}{size}", link::inside(self.face, self.folder, path)));
        }
        if more > 0 {
            self.line("", &format!("… {more} more in {}", link::inside(self.face, self.folder, below)));
        }
    }

    /// Below its folder by name, or where a server shows it. Without links, that server's address is what leads there.
    fn notebook(&mut self, path: &Path, address: &str) {
        let name = path.strip_prefix(self.folder).unwrap_or(path).to_string_lossy();
        let served = !address.starts_with("file:");
        let shown = if served && self.face != Face::Styled { address } else { &name };
        self.line("notebook", &link::link(self.face, address, shown));
    }
}

fn size(bytes: u64) -> String {
    #[expect(clippy::cast_precision_loss, reason = "a size to be read")]
    let rounded = |unit: u64| bytes as f64 / unit as f64;
    match bytes {
        1 => "1 byte".into(),
        0..1024 => format!("{bytes} bytes"),
        1024..1_048_576 => format!("{:.1} KiB", rounded(1 << 10)),
        _ => format!("{:.1} MiB", rounded(1 << 20)),
    }
}

/// A path as a shell takes it, `~` for the home folder.
fn below_home(path: &Path) -> String {
    let home = std::env::var_os("HOME").map(PathBuf::from).filter(|home| home.is_absolute() && home.parent().is_some());
    match home.and_then(|home| path.strip_prefix(home).ok().map(Path::to_path_buf)) {
        Some(below) => Path::new("~").join(below).to_string_lossy().into_owned(),
        None => plain_line(&path.to_string_lossy()),
    }
}

fn next(view: &RunView) -> Option<String> {
    let run = &view.run_id;
    match view.state {
        State::Done => Some("open the notebook to go on from here".into()),
        State::Failed if view.notebook.is_some() => Some("the notebook shows the code and where it failed".into()),
        State::Queued | State::Running => Some(format!("`pyexec runs events {run} --follow` watches it")),
        State::Waiting => view
            .ticket_id
            .as_ref()
            .map(|ticket| format!("`pyexec approvals show {ticket}`, then `approve`, `edit` or `reject` it")),
        // The error says what to do.
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::size;

    #[test]
    fn sizes() {
        assert_eq!([size(0), size(1536), size(5 << 20)], ["0 bytes", "1.5 KiB", "5.0 MiB"]);
    }
}
