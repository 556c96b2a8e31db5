//! Scripts that other people wrote: ten of matplotlib's gallery give the same figures as plain `python3` of the same
//! environment, pixel by pixel; of a sample of all of them, which `cargo xtask gallery` makes larger, as many, and nothing
//! that they do is told as refused.

use crate::bench::{Bench, local_with};
use pyexec_core::{CodeExecutor, Outcome, outcome::RefusedArea};
use pyexec_testkit::ExecutionHostFake;
use std::{
    env,
    ffi::OsStr,
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
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

/// How many scripts; `all`, or a number.
const SCRIPTS_WANTED: &str = "PYEXEC_GALLERY_SCRIPTS";
/// Some wait for somebody's mouse, for ever: seconds of one script, here and in plain Python. The slowest takes a tenth of it.
const LONGEST: u64 = 120;
/// Added to each: how many figures are open at its end.
const COUNT: &str = "\nimport matplotlib.pyplot as _pyplot\nprint('\\npyexec-open', len(_pyplot.get_fignums()))\n";

/// Every script, in order.
fn scripts(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(scripts(&path));
        } else if path.extension().is_some_and(|extension| extension == "py") {
            found.push(path);
        }
    }
    found.sort();
    found
}

/// Scripts of which less is asked, each for its reason: what they are refused, which they ask for themselves and do without, is
/// no false alarm, and their figures need not be saved.
const ODD: [(&str, Option<RefusedArea>); 5] = [
    ("lines_bars_and_markers/timeline.py", Some(RefusedArea::Net)), // asks a web service for releases
    ("misc/print_stdout_sgskip.py", None),                          // saves its figure on standard output
    // Have LaTeX set their texts.
    ("text_labels_and_annotations/tex_demo.py", Some(RefusedArea::Process)),
    ("text_labels_and_annotations/usetex_baseline_test.py", Some(RefusedArea::Process)),
    ("text_labels_and_annotations/usetex_fonteffects.py", Some(RefusedArea::Process)),
];

/// What one of them came to.
enum Comparison {
    /// Plain Python fails as well.
    NotHeadless,
    /// Nor does it end in plain Python.
    Waits,
    Same,
    Different(String),
}

#[tokio::test]
#[expect(clippy::print_stdout, reason = "the report is wanted by who runs all of them")]
async fn scripts_give_as_many_figures_as_in_plain_python() {
    let (gallery, python) = (gallery(), Python::managed().await);
    let all = scripts(&gallery);
    let wanted = match env::var(SCRIPTS_WANTED).as_deref() {
        Ok("all") => all.len(),
        Ok(number) => number.parse().unwrap(),
        Err(_) => 40,
    };
    let sample: Vec<_> = (0..wanted.min(all.len())).map(|n| &all[n * all.len() / wanted.min(all.len())]).collect();
    let (mut same, mut not_headless, mut waiting, mut differences) = (0, 0, Vec::new(), Vec::new());
    for script in &sample {
        let name = script.strip_prefix(&gallery).unwrap().display();
        match compare(script, &python).await {
            Comparison::Same => same += 1,
            Comparison::NotHeadless => not_headless += 1,
            Comparison::Waits => waiting.push(name.to_string()),
            Comparison::Different(why) => differences.push(format!("{name}: {why}")),
        }
    }
    println!(
        "{} scripts: {same} give as many figures as in plain Python, {not_headless} run in neither, {} differ, {} did not \
         end within {LONGEST} s in plain Python: {}",
        sample.len(),
        differences.len(),
        waiting.len(),
        waiting.join(", ")
    );
    assert!(same > sample.len() / 2, "most of the gallery runs without a display");
    assert!(differences.is_empty(), "{}", differences.join("\n"));
}

async fn compare(script: &Path, python: &Python) -> Comparison {
    let mut code = fs::read(script).unwrap();
    code.extend_from_slice(COUNT.as_bytes());
    let bench = Bench::new(code.clone()).with(|order| order.limits.timeout_seconds = LONGEST);
    let interpreter = python.0.clone();
    let plain = tokio::task::spawn_blocking(move || open_in_plain_python(&interpreter, &code));
    let (outcome, plain) = tokio::join!(bench.run(), plain);
    let plain = match plain.unwrap() {
        Plain::Open(figures) => figures,
        Plain::Fails => return Comparison::NotHeadless,
        Plain::Waits => return Comparison::Waits,
    };
    let ours = open_figures(&bench.stdout());
    let odd = ODD.iter().find(|(name, _)| script.ends_with(name));
    if let Some(why) = strange(&outcome, odd.and_then(|(_, area)| *area)) {
        return Comparison::Different(why);
    }
    match ours {
        Some(ours) if ours == plain && (odd.is_some() || outcome.figures.len() >= plain.min(1)) => Comparison::Same,
        _ => Comparison::Different(format!("{plain} figures in plain Python, here {ours:?} and {:?}", outcome.figures)),
    }
}

fn strange(outcome: &Outcome, wanted: Option<RefusedArea>) -> Option<String> {
    match &outcome.error {
        Some(error) => Some(format!("it fails here: {error}")),
        None if outcome.refused.iter().all(|refused| Some(refused.area) == wanted) => None,
        None => Some(format!("it is told as refused: {:?}", outcome.refused)),
    }
}

fn open_figures(printed: &str) -> Option<usize> {
    printed.lines().rev().find_map(|line| line.strip_prefix("pyexec-open ")?.parse().ok())
}

/// How a script ends in plain Python.
enum Plain {
    /// With so many open figures.
    Open(usize),
    Fails,
    Waits,
}

fn open_in_plain_python(interpreter: &Path, code: &[u8]) -> Plain {
    let folder = tempfile::tempdir().unwrap();
    let script = folder.path().join("code.py");
    fs::write(&script, code).unwrap();
    let mut command = Command::new("timeout");
    command.arg(LONGEST.to_string()).arg(interpreter).arg(script).current_dir(folder.path()).stdin(Stdio::null());
    command.env("MPLBACKEND", "agg");
    let output = command.output().unwrap();
    match open_figures(&String::from_utf8_lossy(&output.stdout)) {
        _ if output.status.code() == Some(124) => Plain::Waits, // timeout(1)
        Some(figures) if output.status.success() => Plain::Open(figures),
        _ => Plain::Fails,
    }
}
