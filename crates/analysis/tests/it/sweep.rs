//! Every file of the managed environment's standard library and packages, judged against the interpreter's own `compile()` in
//! the same run: none crashes the analysis, and none is called invalid that the interpreter compiles.
//!
//! Files of more than [`Code::MAX_BYTES`] are left out: no script may have as many. What the interpreter refuses is not
//! compared: here the question is only whether the analysis stands in the way of what would run.

use pyexec_core::{Code, domain_analyzer::AnalysisRequest};
use std::{
    env, fs,
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::{Mutex, mpsc},
    thread,
};

/// Prints the path of each file that compiles.
const COMPILE: &str = r#"
import pathlib, sysconfig, warnings
warnings.simplefilter("ignore")
folders = {sysconfig.get_paths()[name] for name in ("stdlib", "purelib", "platlib")}
# The packages of whichever Python the environment was made from are not its own.
others = {pathlib.Path(sysconfig.get_paths()["stdlib"], name) for name in ("site-packages", "dist-packages")}
for path in sorted({path for folder in folders for path in pathlib.Path(folder).rglob("*.py")}):
    if others.intersection(path.parents):
        continue
    try:
        compile(path.read_bytes(), str(path), "exec", dont_inherit=True)
    except (SyntaxError, ValueError):
        continue
    print(path)
"#;

/// As many as the standard library alone has; fewer, and something was not listed.
const LEAST: usize = 1_000;

#[test]
fn what_the_interpreter_compiles_is_python_for_the_analysis_too() {
    let python = interpreter();
    let mut child = Command::new(&python)
        .args(["-I", "-c", COMPILE])
        .stdout(Stdio::piped())
        .spawn()
        .expect("the interpreter starts");
    let (send, receive) = mpsc::channel::<PathBuf>();
    let (receive, wrong) = (Mutex::new(receive), Mutex::new(Vec::new()));
    let version = minor_version(&python);
    let count = thread::scope(|scope| {
        for _ in 0..thread::available_parallelism().map_or(2, usize::from) {
            scope.spawn(|| {
                while let Ok(path) = { receive.lock().unwrap().recv() } {
                    if let Some(why) = wrongly_judged(&path, version) {
                        wrong.lock().unwrap().push(format!("{}: {why}", path.display()));
                    }
                }
            });
        }
        let mut count = 0;
        for line in BufReader::new(child.stdout.take().unwrap()).lines() {
            send.send(line.unwrap().into()).unwrap();
            count += 1;
        }
        drop(send);
        count
    });
    assert!(child.wait().unwrap().success(), "the interpreter did not come to its end");
    assert!(count > LEAST, "only {count} files");
    let wrong = wrong.into_inner().unwrap();
    assert!(wrong.is_empty(), "{} of {count}:\n{}", wrong.len(), wrong.join("\n"));
}

fn wrongly_judged(path: &Path, python: (u8, u8)) -> Option<String> {
    let code = Code::new(fs::read(path).expect("readable"));
    // More than a script may have at all.
    if code.as_bytes().len() > Code::MAX_BYTES {
        return None;
    }
    let request = AnalysisRequest { python, ..crate::request("") };
    match pyexec_analysis::analyze(&AnalysisRequest { code, ..request }) {
        Ok(report) if report.syntax_ok => None,
        Ok(report) => Some(
            report.findings.first().map_or_else(|| "no reason".into(), |f| format!("line {}: {}", f.line, f.message)),
        ),
        Err(error) => Some(format!("the analysis failed: {error}")),
    }
}

fn minor_version(python: &Path) -> (u8, u8) {
    let output = Command::new(python)
        .args(["-I", "-c", "import sys; print(sys.version_info[1])"])
        .output()
        .expect("the interpreter starts");
    (3, String::from_utf8_lossy(&output.stdout).trim().parse().expect("a number"))
}

/// The managed environment that `cargo xtask setup` made.
fn interpreter() -> PathBuf {
    let data = env::var_os("PYEXEC_TEST_DATA").expect("PYEXEC_TEST_DATA is not set: run `cargo xtask test analysis`");
    let environments = fs::read_dir(Path::new(&data).join("python")).expect("run `cargo xtask setup`");
    let mut pythons = environments.map(|entry| entry.expect("readable").path().join("bin/python"));
    pythons.find(|python| python.is_file()).expect("there is no managed environment: run `cargo xtask setup`")
}

/// The table of single-byte encodings is what this interpreter would write.
#[test]
fn single_byte_encodings_are_those_of_the_interpreter() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"));
    let output = Command::new(interpreter())
        .arg("-I")
        .arg(folder.join("tests/charmaps.py"))
        .output()
        .expect("the interpreter starts");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let (written, kept) =
        (String::from_utf8(output.stdout).expect("text"), include_str!("../../src/source/charmaps.txt"));
    // Names come and go with versions; what bytes mean does not.
    let meanings = |text: &str| text.lines().map(|line| line.split_once('|').unwrap().1.to_owned()).collect::<Vec<_>>();
    assert_eq!(meanings(&written), meanings(kept));
}
