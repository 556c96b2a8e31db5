//! Scripts that other people wrote: ten of matplotlib's gallery give the same figures as plain `python3` of the same
//! environment, pixel by pixel.

use crate::bench::{Bench, local_with};
use pyexec_core::CodeExecutor;
use pyexec_testkit::ExecutionHostFake;
use std::{
    ffi::OsStr,
    fs,
    path::{Path, PathBuf},
    process::Command,
};

/// Deterministic ones, of many kinds; the last imports a `Path` of its own.
const SCRIPTS: [&str; 10] = [
    "lines_bars_and_markers/simple_plot.py",
    "lines_bars_and_markers/multicolored_line.py",
    "images_contours_and_fields/image_masked.py",
    "images_contours_and_fields/contour_demo.py",
    "mplot3d/surface3d.py",
    "statistics/boxplot_demo.py",
    "statistics/confidence_ellipse.py",
    "pie_and_polar_charts/polar_demo.py",
    "text_labels_and_annotations/mathtext_examples.py",
    "event_handling/path_editor.py",
];

fn gallery() -> PathBuf {
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).parent().unwrap();
    let found = fs::read_dir(target.join("gallery")).ok().and_then(|mut entries| {
        entries.find_map(|entry| Some(entry.ok()?.path().join("galleries/examples")).filter(|path| path.is_dir()))
    });
    found.expect("the source package of matplotlib is not there: run `cargo xtask setup`")
}

struct Python(PathBuf);

impl Python {
    /// The one that the executor uses.
    async fn managed() -> Self {
        let host = ExecutionHostFake::releasing("").host();
        let described = local_with(|_| ()).unwrap().describe(&host).await.unwrap();
        Self(described.interpreter.split_once(" (").unwrap().0.into())
    }

    fn lines(&self, arguments: impl IntoIterator<Item = impl AsRef<OsStr>>, folder: &Path) -> Vec<String> {
        let program = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/gallery_figures.py");
        let mut command = Command::new(&self.0);
        command.arg(program).args(arguments).current_dir(folder);
        command.env("MPLBACKEND", "agg").env("MPLCONFIGDIR", folder.join("configuration"));
        let output = command.output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap().lines().map(str::to_owned).collect()
    }
}

#[tokio::test]
async fn ten_gallery_scripts_give_the_same_figures_as_plain_python() {
    let (gallery, python) = (gallery(), Python::managed().await);
    for script in SCRIPTS {
        let bench = Bench::new(fs::read(gallery.join(script)).unwrap());
        let outcome = bench.run().await;
        assert_eq!(outcome.error, None, "{script}");
        let figures: Vec<_> = outcome.figures.iter().map(|figure| bench.folder.path().join(&figure.path)).collect();
        let ours = python
            .lines([OsStr::new("--compare")].into_iter().chain(figures.iter().map(AsRef::as_ref)), bench.folder.path());

        let folder = tempfile::tempdir().unwrap();
        let plain = python.lines([gallery.join(script).as_os_str(), folder.path().as_os_str()], folder.path());
        let plain: Vec<_> = plain.iter().filter_map(|line| line.strip_prefix("pyexec-figure ")).collect();
        assert!(!plain.is_empty(), "{script} draws something");
        assert_eq!(ours, plain, "{script}");
    }
}
