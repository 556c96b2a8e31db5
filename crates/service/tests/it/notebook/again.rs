//! Notebooks executed again, by a real kernel: the same results, figures and errors; and nothing that was not approved.

use super::*;
use pyexec_service::notebook::attempt_name;
use serde_json::json;
use std::{
    fs,
    path::{Path, PathBuf},
};
use tempfile::TempDir;

/// A run folder that holds what a run of `code` left, and the notebook's content.
fn ran(code: &str, input: Option<&Path>, named_data: Option<&Value>) -> (TempDir, NotebookContent) {
    let folder = tempfile::tempdir().unwrap();
    let work = folder.path().join("work");
    for name in ["work", "inputs", "figures", "attempts"] {
        fs::create_dir(folder.path().join(name)).unwrap();
    }
    let mut content = done(code.as_bytes());
    fs::write(work.join("code.py"), code).unwrap();
    if let Some(input) = input {
        let (name, bytes) = (input.file_name().unwrap().to_str().unwrap(), fs::read(input).unwrap());
        let path = format!("inputs/{name}");
        fs::write(folder.path().join(&path), &bytes).unwrap();
        fs::write(work.join(name), &bytes).unwrap();
        let (sha256, bytes) = (Digest::of(&bytes), bytes.len() as u64);
        content.inputs = vec![NotebookInput { name: name.into(), path, sha256, bytes }];
    }
    if let Some(data) = named_data {
        let bytes = data.to_string().into_bytes();
        for at in [folder.path(), &work] {
            fs::write(at.join("context.json"), &bytes).unwrap();
        }
        content.context = Some(Digest::of(&bytes));
    }
    let left = tools::reference(&work);
    content.execution.as_mut().unwrap().stdout = left["stdout"].as_str().unwrap().into();
    let seen = seen(&mut content);
    if let Value::Object(value) = &left["results"] {
        seen.results = Results::Dict { value: value.clone() };
    }
    seen.error = left["error"].as_object().map(|error| {
        let text = |name: &str| error[name].as_str().unwrap();
        RunError::new(ErrorKind::Runtime, text("message")).with_traceback(text("traceback"))
    });
    let figures = left["figures"].as_array().unwrap().iter().map(|path| path.as_str().unwrap());
    let figure = |path: &str| NotebookFigure { path: path.into(), png: fs::read(work.join(path)).ok() };
    seen.figures = figures.map(figure).collect();
    fs::remove_dir_all(work).unwrap();
    (folder, content)
}

fn written(folder: &TempDir, content: &NotebookContent) -> PathBuf {
    let name = match content.moment {
        Moment::Attempt(stage) => attempt_name(1, stage, content.at),
        Moment::Final(_) => "notebook.ipynb".into(),
    };
    let path = folder.path().join(name);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(&path, render(content).unwrap()).unwrap();
    path
}

/// The outputs of the code, results and figures are what they were; returns the notebook.
fn same_again(folder: &TempDir, content: &NotebookContent) -> Value {
    let notebook = written(folder, content);
    let (before, after) = (rendered(content), tools::execute(&notebook));
    let json = |notebook: &Value| -> Value {
        let said = text(&outputs(notebook, "results")[0]["text"]);
        serde_json::from_str(&said).unwrap_or(Value::String(said))
    };
    assert_eq!(json(&before), json(&after));
    assert_eq!(stdout(&before), stdout(&after));
    assert_eq!(errors(&before), errors(&after));
    let pictures = |notebook: &Value| -> Vec<String> {
        let data = |output: &Value| output["data"]["image/png"].as_str().unwrap().trim_end().to_owned();
        outputs(notebook, "figures").iter().map(data).collect()
    };
    assert_eq!(pictures(&before), pictures(&after));
    after
}

fn stdout(notebook: &Value) -> String {
    let streams = outputs(notebook, "code").iter().filter(|output| output["name"] == "stdout");
    streams.map(|output| text(&output["text"])).collect()
}

fn errors(notebook: &Value) -> Vec<(Value, Value)> {
    let cells = notebook["cells"].as_array().unwrap().iter();
    let outputs = cells.flat_map(|cell| cell["outputs"].as_array().into_iter().flatten());
    let errors = outputs.filter(|output| output["output_type"] == "error");
    errors.map(|output| (output["ename"].clone(), output["evalue"].clone())).collect()
}

#[test]
fn the_carbon_dioxide_example() {
    let examples = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples");
    let code = fs::read_to_string(examples.join("scripts/mean_and_trend.py")).unwrap();
    let input = examples.join("data/co2_mauna_loa_weekly.csv");
    let (folder, content) = ran(&code, Some(&input), None);
    let after = same_again(&folder, &content);
    let results: Value = serde_json::from_str(&text(&outputs(&after, "results")[0]["text"])).unwrap();
    assert!(results["trend_ppm_per_year"].as_f64().unwrap() > 1.0, "{results}");
    assert_eq!(outputs(&after, "figures").len(), 1);
    let original = fs::read(folder.path().join("inputs/co2_mauna_loa_weekly.csv")).unwrap();
    assert_eq!(original, fs::read(input).unwrap());
    assert_eq!(fs::read_dir(folder.path().join("figures")).unwrap().count(), 0, "the run folder stays as it was");
}

#[test]
fn code_that_uses_context_and_artifacts() {
    let code = r#"
from __future__ import annotations
import pyexec
from pyexec import context, save_artifact
from pyexec.runtime import ChannelRefused, ChannelError, read_channel, write_channel

path = save_artifact({"a": context.magnet.current}, "sub/kept")
try:
    context.magnet.current = 3
except TypeError as error:
    print(error)
results = {
    "sum": sum(context.magnet["values"]), "name": context.magnet.name, "items": list(context.items()),
    "kept": path.read_text(), "annotation": (lambda x: int).__annotations__, "file": __file__.endswith("code.py"),
    "name_of_module": __name__, "missing": getattr(context, "nothing", None), "note": context.note.values,
}
"#;
    let data = json!({"magnet": {"current": 2.5, "name": "größe", "values": [1, 2]}, "note": {"values": "v"}});
    let (folder, content) = ran(code, None, Some(&data));
    same_again(&folder, &content);
}

#[test]
fn code_that_fails_halfway() {
    let code = "import matplotlib.pyplot as plt\nplt.plot([1, 2])\nresults = {'begun': True}\nprint('half')\n\
                class Own(Exception): pass\nraise Own('no: really')\n";
    let (folder, mut content) = ran(code, None, None);
    content.moment = Moment::Attempt(Stage::ExecutionFailed);
    let after = same_again(&folder, &content);
    assert_eq!(errors(&after), [(json!("Own"), json!("no: really"))]);
    assert_eq!(outputs(&after, "figures").len(), 1);
}

#[test]
fn figures_are_kept_as_in_a_run() {
    let code = "import matplotlib.pyplot as plt\nfirst, axes = plt.subplots()\naxes.plot([1, 3])\nplt.show()\n\
                first.savefig('own.png')\nplt.figure()\nplt.show()\nresults = {'open': plt.get_fignums(), 'figure': first}\n";
    let (folder, content) = ran(code, None, None);
    let after = same_again(&folder, &content);
    assert_eq!(outputs(&after, "figures").len(), 2);
}

#[test]
fn values_are_kept_as_a_run_keeps_them() {
    let folder = tempfile::tempdir().unwrap();
    let cell = source(&rendered(&done(b"")), "world");
    let definition = cell.split("_make_world(\n    inputs=").next().unwrap();
    let world = folder.path().join("world.py");
    fs::write(&world, definition).unwrap();
    let differences = tools::kept_otherwise(&world);
    let differences: Vec<_> = differences.lines().filter(|line| !line.starts_with("working folder")).collect();
    assert_eq!(differences, [""; 0]);
}

#[test]
fn channels_are_refused_with_a_reason() {
    let code = b"from pyexec.runtime import read_channel, write_channel\nfor call in (read_channel, write_channel):\n    \
                 try:\n        call('A', 1)\n    except Exception as error:\n        print(type(error).__name__, error)\n";
    let folder = tempfile::tempdir().unwrap();
    let after = tools::execute(&written(&folder, &done(code)));
    let said = stdout(&after);
    assert!(
        said.contains("ChannelError a notebook reads no channels")
            && said.contains("ChannelRefused a notebook writes no"),
        "{said}"
    );
}

#[test]
fn an_altered_input_is_not_taken_for_the_runs() {
    let data = tempfile::tempdir().unwrap();
    let input = data.path().join("a \"b\".csv");
    fs::write(&input, "x\n1\n").unwrap();
    let code = "results = {'text': open('a \"b\".csv').read()}\n";
    let (folder, content) = ran(code, Some(&input), None);
    same_again(&folder, &content);
    fs::write(folder.path().join("inputs/a \"b\".csv"), "x\n2\n").unwrap();
    let errors = errors(&tools::execute(&written(&folder, &content)));
    assert!(errors[0].1.as_str().unwrap().ends_with("is not what it was when the code ran"), "{errors:?}");
}

/// Executing a review notebook must not be a way around the review, also where errors are passed over.
#[test]
fn code_that_was_not_approved_does_not_run() {
    let folder = tempfile::tempdir().unwrap();
    let trace = folder.path().join("trace");
    let code = format!("RUN_ANYWAY = True\nopen({:?}, 'w').close()\n", trace.display().to_string());
    let mut effects = done(code.as_bytes());
    effects.execution.as_mut().unwrap().effects = true;
    for content in [waiting(code.as_bytes()), effects] {
        let path = written(&folder, &content);
        let errors = errors(&tools::execute(&path));
        assert!(errors[0].1.as_str().unwrap().contains("set RUN_ANYWAY = True"), "{errors:?}");
        assert!(!trace.exists(), "{:?}", content.moment);

        let changed = fs::read_to_string(&path).unwrap().replacen("RUN_ANYWAY = False", "RUN_ANYWAY = True", 1);
        fs::write(&path, changed).unwrap();
        tools::execute(&path);
        assert!(trace.exists(), "{:?}", content.moment);
        fs::remove_file(&trace).unwrap();
    }
}

/// What a kernel understands beyond Python stays the syntax error that it was.
#[test]
fn commands_of_notebooks_are_no_code() {
    let folder = tempfile::tempdir().unwrap();
    let trace = folder.path().join("trace");
    for code in ["!touch TRACE", "%%bash\ntouch TRACE", "x = %sx touch TRACE", "await x", "  x = 1"] {
        let code = code.replace("TRACE", trace.to_str().unwrap());
        let content = NotebookContent { moment: Moment::Attempt(Stage::SyntaxError), ..waiting(code.as_bytes()) };
        let path = written(&folder, &content);
        let opened = fs::read_to_string(&path).unwrap().replacen("RUN_ANYWAY = False", "RUN_ANYWAY = True", 1);
        fs::write(&path, opened).unwrap();
        let errors = errors(&tools::execute(&path));
        assert!(matches!(errors[0].0.as_str(), Some("SyntaxError" | "IndentationError")), "{code}: {errors:?}");
        assert!(!trace.exists(), "{code}");
    }
}
