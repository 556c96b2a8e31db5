//! Puts the task set (`examples/tasks/tasks.toml`) to a generator, by the program as anybody runs it, and counts what came out.
//!
//! The verdicts rest on the run's JSON alone, the cost on its log. Which model answered, and whether it is worth its price,
//! the table leaves to its reader.

mod cost;
mod judge;
mod task;

use crate::{build, examples, root, target};
use anyhow::{Context, Result, bail};
use cost::Cost;
use judge::{Verdict, judge};
use serde_json::Value;
use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, ExitCode, Stdio},
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
    time::{Duration, Instant},
};
use task::Task;

/// The generator whose outcome the task set itself states.
const STATED: &str = "cookbook";

const USAGE: &str = "cargo xtask eval --generator NAME [--config FILE] [--only WORDS]";

/// What was asked for.
#[derive(Default)]
struct Asked<'a> {
    generator: Option<&'a str>,
    config: Option<&'a str>,
    only: Option<&'a str>,
}

/// What a generator without a key says of it. A key that is there and no good is an error like any other.
const NO_KEY: [&str; 2] = ["is not set", "there is no model for the generator"];

/// What one task came to.
struct Scored {
    verdict: Verdict,
    attempts: u64,
    cost: Cost,
    took: Duration,
}

/// `cargo xtask eval`. A generator without its key is reported as skipped, which is no failure; with the generator `cookbook`
/// any outcome other than the task set states is one.
pub(crate) fn eval(arguments: &[&str]) -> Result<ExitCode> {
    let asked = asked(arguments)?;
    let Some(generator) = asked.generator else { bail!("which generator?\n{USAGE}") };
    build::programs()?;
    let world = World::new(asked.config)?;
    let tasks = task::read(&root().join("examples/tasks"))?;
    let chosen: Vec<_> = tasks.iter().filter(|task| asked.only.is_none_or(|words| task.name.contains(words))).collect();
    if chosen.is_empty() {
        bail!("no task has `{}` in its name", asked.only.unwrap_or_default());
    }
    // One ahead: whether the generator starts at all.
    let first = match world.score(generator, chosen[0])? {
        Ok(scored) => scored,
        Err(why) if NO_KEY.iter().any(|no_key| why.contains(no_key)) => {
            println!("skipped: no key ({why})");
            return Ok(ExitCode::SUCCESS);
        }
        Err(why) => bail!(why),
    };
    let rest = each(&chosen[1..], |task| world.score(generator, task)?.map_err(anyhow::Error::msg))?;
    let scored: Vec<Scored> = [first].into_iter().chain(rest).collect();
    print(&chosen, &scored);
    let unlike: Vec<_> = chosen
        .iter()
        .zip(&scored)
        .filter(|(task, scored)| generator == STATED && !scored.verdict.is_as_stated(task))
        .map(|(task, _)| task.name.as_str())
        .collect();
    if !unlike.is_empty() {
        bail!("other than `examples/tasks/tasks.toml` states: {}", unlike.join(", "));
    }
    let broken = scored.iter().any(|scored| matches!(scored.verdict, Verdict::Escaped(_) | Verdict::Broken(_)));
    Ok(if broken { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

fn asked<'a>(arguments: &[&'a str]) -> Result<Asked<'a>> {
    let mut asked = Asked::default();
    let mut rest = arguments.iter();
    while let Some(name) = rest.next() {
        let place = match *name {
            "--generator" => &mut asked.generator,
            "--config" => &mut asked.config,
            "--only" => &mut asked.only,
            other => bail!("there is no argument `{other}`\n{USAGE}"),
        };
        *place = Some(rest.next().with_context(|| format!("`{name}` needs a value\n{USAGE}"))?);
    }
    Ok(asked)
}

/// Where the program runs: a data folder of its own, the tests' Python, and the caller's configuration or none.
struct World {
    data: PathBuf,
    interpreter: PathBuf,
    config: Option<PathBuf>,
}

impl World {
    fn new(config: Option<&str>) -> Result<Self> {
        let data = target().join("eval");
        match fs::remove_dir_all(&data) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                return Err(error).with_context(|| format!("`{}` cannot be emptied", data.display()));
            }
            _ => {}
        }
        fs::create_dir_all(&data)?;
        let config = config.map(fs::canonicalize).transpose().context("the file of `--config`")?;
        Ok(Self { data, interpreter: examples::environment()?, config })
    }

    /// What a task comes to, or why there is no run.
    fn score(&self, generator: &str, task: &Task) -> Result<std::result::Result<Scored, String>> {
        let start = Instant::now();
        let view = match self.run(generator, task)? {
            Ok(view) => view,
            Err(why) => return Ok(Err(why)),
        };
        let took = start.elapsed();
        let log = Path::new(view["folder"].as_str().unwrap_or_default()).join("events.jsonl");
        let log = fs::read_to_string(&log).with_context(|| format!("the log of `{}`", task.name))?;
        let attempts = view["attempts"].as_u64().unwrap_or_default();
        Ok(Ok(Scored { verdict: judge(task, &view), attempts, cost: Cost::of(&log), took }))
    }

    /// The run as JSON, or the program's word why there is none.
    fn run(&self, generator: &str, task: &Task) -> Result<std::result::Result<Value, String>> {
        let mut program = Command::new(build::pyexec());
        program.args(["run", task.request.as_str(), "--json", "--approve", "never", "--generator", generator]);
        for input in &task.inputs {
            program.arg("--input").arg(input);
        }
        if let Some(context) = &task.context {
            let file = self.data.join(format!("{}.context.json", task.name.replace(['/', ' '], "-")));
            fs::write(&file, serde_json::to_vec(context)?)?;
            program.arg("--context").arg(file);
        }
        match &self.config {
            Some(file) => program.arg("--config").arg(file),
            None => program.env("XDG_CONFIG_HOME", self.data.join("no-configuration")).env_remove("PYEXEC_CONFIG"),
        };
        program.env("PYEXEC__DATA_DIR", &self.data).env("PYEXEC__PYTHON__INTERPRETER", &self.interpreter);
        let output = program.stdin(Stdio::null()).output().context("pyexec does not start")?;
        if output.stdout.is_empty() {
            let said = String::from_utf8_lossy(&output.stderr);
            let error = said.lines().find_map(|line| line.strip_prefix("error: ")).unwrap_or(&said);
            return Ok(Err(error.trim().to_owned()));
        }
        serde_json::from_slice(&output.stdout).map(Ok).with_context(|| format!("`{}` left no JSON", task.name))
    }
}

/// Does the work for each, one at a time on every core.
fn each(tasks: &[&Task], work: impl Fn(&Task) -> Result<Scored> + Sync) -> Result<Vec<Scored>> {
    let next = AtomicUsize::new(0);
    let done: Vec<Mutex<Option<Result<Scored>>>> = tasks.iter().map(|_| Mutex::new(None)).collect();
    thread::scope(|scope| {
        for _ in 0..thread::available_parallelism().map_or(1, usize::from) {
            scope.spawn(|| {
                loop {
                    let at = next.fetch_add(1, Ordering::Relaxed);
                    let (Some(task), Some(place)) = (tasks.get(at), done.get(at)) else { break };
                    *place.lock().unwrap_or_else(PoisonError::into_inner) = Some(work(task));
                }
            });
        }
    });
    let taken = done.into_iter().map(|place| place.into_inner().unwrap_or_else(PoisonError::into_inner));
    taken.map(|scored| scored.unwrap_or_else(|| bail!("a task was left out"))).collect()
}

fn print(tasks: &[&Task], scored: &[Scored]) {
    let width = tasks.iter().map(|task| task.name.chars().count()).max().unwrap_or_default();
    println!("{:<width$}  {:<8} {:>8} {:>9} {:>7}  NOTE", "TASK", "OUTCOME", "ATTEMPTS", "USD", "SECONDS");
    for (task, Scored { verdict, attempts, cost, took }) in tasks.iter().zip(scored) {
        let (name, word, note) = (&task.name, verdict.word(), verdict.note());
        println!("{name:<width$}  {word:<8} {attempts:>8} {cost:>9} {:>7.1}  {note}", took.as_secs_f64());
    }
    let cost: Cost = scored.iter().map(|scored| scored.cost).sum();
    let seconds: f64 = scored.iter().map(|scored| scored.took.as_secs_f64()).sum();
    let count = |word: &str| scored.iter().filter(|scored| scored.verdict.word() == word).count();
    let others = Verdict::OTHER_WORDS.map(|word| (count(word), word)).into_iter().filter(|(count, _)| *count > 0);
    let others: Vec<String> = others.map(|(count, word)| format!(", {count} {word}")).collect();
    let solved = count(Verdict::Solved.word());
    println!("\n{solved} of {} solved{}; USD {cost}, {seconds:.0} s of runs", scored.len(), others.concat());
}

/// The task set with the generator whose outcomes it states.
pub(crate) fn stated() -> Result<()> {
    eval(&["--generator", STATED])
        .and_then(|code| if code == ExitCode::SUCCESS { Ok(()) } else { bail!("a task was not held to its limits") })
}
