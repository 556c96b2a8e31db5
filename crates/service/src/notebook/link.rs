//! The address under which a reader opens a notebook.

use super::text::percent_encoded;
use std::{os::unix::ffi::OsStrExt, path::Path};

/// A link to a notebook: below `jupyter_base_url` (`http://localhost:8088/lab/tree`), whose root is the data folder; a `file:`
/// address without one, or for a file that is not below that root.
pub fn link(notebook: &Path, data_dir: &Path, jupyter_base_url: Option<&str>) -> String {
    match (jupyter_base_url, notebook.strip_prefix(data_dir)) {
        (Some(base), Ok(below)) => {
            format!("{}/{}", base.trim_end_matches('/'), percent_encoded(below.as_os_str().as_bytes()))
        }
        _ => format!("file://{}", percent_encoded(notebook.as_os_str().as_bytes())),
    }
}

#[cfg(test)]
mod tests {
    use super::link;
    use std::path::Path;

    #[test]
    fn a_server_or_a_file() {
        let (data, notebook) = (Path::new("/data"), Path::new("/data/executed_scripts/a b/notebook.ipynb"));
        let served = "http://localhost:8088/lab/tree/executed_scripts/a%20b/notebook.ipynb";
        assert_eq!(link(notebook, data, Some("http://localhost:8088/lab/tree/")), served);
        assert_eq!(link(notebook, data, None), "file:///data/executed_scripts/a%20b/notebook.ipynb");
        assert_eq!(link(notebook, Path::new("/else"), Some("http://x")), link(notebook, data, None));
    }
}
