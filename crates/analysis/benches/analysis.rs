//! How long the analysis takes beside its peers: `CPython`'s `ast.parse` alone, bandit, ruff's security rules.
//!
//! All in one run, on one thread each, over the scripts of two galleries, in turns, so that a busy machine is busy for all of
//! them. Reported are medians over the rounds, and our time over theirs. `cargo xtask bench analysis` prepares what is
//! needed and says where: `PYEXEC_BENCH_GALLERY` (a folder), `PYEXEC_BENCH_TOOLS` (a virtual environment with bandit and ruff).
//!
//! `--ours` analyses every script once, alone, for a profiler or an instruction counter; it needs the gallery only.

use pyexec_analysis::Policy;
use pyexec_core::{Code, domain_analyzer::AnalysisRequest, policy_analyzer::PolicyRequest};
use std::{
    env, fs,
    io::{BufRead, BufReader, Write},
    path::{Path, PathBuf},
    process::{Child, ChildStdout, Command, Stdio},
    time::{Duration, Instant},
};

const ROUNDS: usize = 11;

fn main() {
    let json = env::args().any(|argument| argument == "--json");
    let mut files = Vec::new();
    scripts(&folder("PYEXEC_BENCH_GALLERY"), &mut files);
    files.sort();
    let codes: Vec<Code> = files.iter().map(|path| Code::new(fs::read(path).expect("readable"))).collect();
    let bytes: usize = codes.iter().map(|code| code.as_bytes().len()).sum();
    let policy = Policy::built_in().expect("its examples hold");
    if env::args().any(|argument| argument == "--ours") {
        ours(&codes, &policy);
        return;
    }
    let mut peers = Peers::start(&files);

    let mut times: [Vec<Duration>; 5] = Default::default();
    for round in 0..=ROUNDS {
        let taken = [
            ours(&codes, &policy),
            peers.ask("ast"),
            ruff(&files),
            ruff(&files[..1]), // what starting it costs
            peers.ask("bandit"),
        ];
        // The first round warms caches.
        if round > 0 {
            times.iter_mut().zip(taken).for_each(|(times, taken)| times.push(taken));
        }
    }
    let [ours, parse, ruff, start, bandit] = times.map(median);
    let ruff = ruff.saturating_sub(start);
    let ms = |time: Duration| time.as_secs_f64() * 1e3;
    let ratio = |theirs: Duration| ours.as_secs_f64() / theirs.as_secs_f64();
    let ratios = [("vs_ast_parse", ratio(parse)), ("vs_bandit", ratio(bandit)), ("vs_ruff", ratio(ruff))];
    let medians = [("analysis", ms(ours)), ("ast_parse", ms(parse)), ("bandit", ms(bandit)), ("ruff", ms(ruff))];
    if json {
        let object = serde_json::json!({
            "ratios": ratios.into_iter().collect::<std::collections::BTreeMap<_, _>>(),
            "median_ms": medians.into_iter().collect::<std::collections::BTreeMap<_, _>>(),
            "files": files.len(),
            "bytes": bytes,
            "rounds": ROUNDS,
        });
        print(&object.to_string());
        return;
    }
    print(&format!("{} scripts, {bytes} bytes, one thread, medians of {ROUNDS} rounds", files.len()));
    for (name, ms) in medians {
        print(&format!("{name:>12}  {ms:8.1} ms"));
    }
    for (name, ratio) in ratios {
        print(&format!("{name:>12}  {ratio:8.3} x"));
    }
}

/// A reader that went away is no error of the bench.
fn print(line: &str) {
    let _ = writeln!(std::io::stdout(), "{line}");
}

/// Analysis and decision, as a run has them.
fn ours(codes: &[Code], policy: &Policy) -> Duration {
    let start = Instant::now();
    for code in codes {
        let (inputs, outputs, prior) = (Vec::new(), Vec::new(), Vec::new());
        let request =
            AnalysisRequest { code: code.clone(), python: (3, 11), inputs, outputs, modules: Vec::new(), prior };
        let report = pyexec_analysis::analyze(&request).expect("the machinery works");
        let (inputs, outputs) = (Vec::new(), Vec::new());
        let request =
            PolicyRequest { reports: vec![report], inputs, outputs, writes_enabled: false, net_grantable: true };
        std::hint::black_box(policy.decide(&request));
    }
    start.elapsed()
}

/// The whole program, on one thread, without its cache.
fn ruff(files: &[PathBuf]) -> Duration {
    let mut command = Command::new(folder("PYEXEC_BENCH_TOOLS").join("bin/ruff"));
    command.args([
        "check",
        "--isolated",
        "--no-cache",
        "--select",
        "S",
        "--exit-zero",
        "--quiet",
        "--output-format",
        "json",
    ]);
    command.args(files).env("RAYON_NUM_THREADS", "1").stdout(Stdio::null());
    let start = Instant::now();
    let status = command.status().expect("ruff starts");
    let taken = start.elapsed();
    assert!(status.success(), "ruff ended with {status}");
    taken
}

/// A Python process with the peers that are Python.
struct Peers {
    child: Child,
    answers: BufReader<ChildStdout>,
}

impl Peers {
    fn start(files: &[PathBuf]) -> Self {
        let listing = Path::new(env!("CARGO_TARGET_TMPDIR")).join("bench-files.txt");
        let lines: Vec<_> = files.iter().map(|path| path.to_str().expect("UTF-8")).collect();
        fs::write(&listing, lines.join("\n")).expect("writable");
        let mut command = Command::new(folder("PYEXEC_BENCH_TOOLS").join("bin/python"));
        command.arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/peers.py")).arg(listing);
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("Python starts");
        let answers = BufReader::new(child.stdout.take().expect("piped"));
        Self { child, answers }
    }

    fn ask(&mut self, peer: &str) -> Duration {
        writeln!(self.child.stdin.as_mut().expect("piped"), "{peer}").expect("it listens");
        let mut line = String::new();
        self.answers.read_line(&mut line).expect("it answers");
        Duration::from_nanos(line.trim().parse().expect("nanoseconds"))
    }
}

impl Drop for Peers {
    fn drop(&mut self) {
        drop(self.child.stdin.take());
        let _ = self.child.wait();
    }
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times[times.len() / 2]
}

fn folder(variable: &str) -> PathBuf {
    let value = env::var_os(variable);
    value.map_or_else(|| panic!("{variable} is not set: run `cargo xtask bench analysis`"), PathBuf::from)
}

/// The scripts of both galleries: files below a folder `examples`.
fn scripts(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("the gallery is there") {
        let path = entry.expect("readable").path();
        if path.is_dir() {
            scripts(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "py")
            && path.components().any(|part| part.as_os_str() == "examples")
        {
            found.push(path);
        }
    }
}
