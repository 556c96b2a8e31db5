//! Puts the task set (`examples/tasks/tasks.toml`) to a generator, by the program as anybody runs it, and counts what came out.
//!
//! The verdicts rest on the run's JSON alone. Which model answered, and whether it is worth its price, the table leaves to
//! its reader.

mod judge;
mod task;

use crate::{build, examples, root, target};
use anyhow::{Context, Result, bail};
use judge::{Verdict, judge};
use serde_json::Value;
use std::{
    fs,
    path::PathBuf,
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

/// What one task came to.
struct Scored {
    verdict: Verdict,
    attempts: u64,
    cost_usd: Option<f64>,
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
    if let Some(why) = world.no_key(generator, chosen[0])? {
        println!("skipped: no key ({why})");
        return Ok(ExitCode::SUCCESS);
    }
    let scored = each(&chosen, |task| world.score(generator, task))?;
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

    /// Whether the generator says that it lacks a credential, in its words.
    fn no_key(&self, generator: &str, task: &Task) -> Result<Option<String>> {
        if generator == STATED {
            return Ok(None);
        }
        let view = self.run(generator, task)?;
        let error = &view["error"];
        Ok((error["kind"] == "missing_credential").then(|| error["message"].as_str().unwrap_or_default().to_owned()))
    }

    fn score(&self, generator: &str, task: &Task) -> Result<Scored> {
        let start = Instant::now();
        let view = self.run(generator, task)?;
        Ok(Scored {
            verdict: judge(task, &view),
            attempts: view["attempts"].as_u64().unwrap_or_default(),
            cost_usd: view["generation"]["cost_usd"].as_f64(),
            took: start.elapsed(),
        })
    }

    /// The run as JSON; an error that came before there was a run, in the same place.
    fn run(&self, generator: &str, task: &Task) -> Result<Value> {
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
        serde_json::from_slice(&output.stdout).with_context(|| {
            let said = String::from_utf8_lossy(&output.stderr);
            format!("`{}` left no JSON, exit {:?}: {}", task.name, output.status.code(), said.trim())
        })
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
    for (task, Scored { verdict, attempts, cost_usd, took }) in tasks.iter().zip(scored) {
        let cost = cost_usd.map_or_else(|| "-".into(), |cost| format!("{cost:.4}"));
        let (name, word, note) = (&task.name, verdict.word(), verdict.note());
        println!("{name:<width$}  {word:<8} {attempts:>8} {cost:>9} {:>7.1}  {note}", took.as_secs_f64());
    }
    let solved = scored.iter().filter(|scored| matches!(scored.verdict, Verdict::Solved)).count();
    let refused = scored.iter().filter(|scored| matches!(scored.verdict, Verdict::Refused(_))).count();
    let wrong = scored.iter().filter(|scored| matches!(scored.verdict, Verdict::Wrong(_))).count();
    let known: Vec<_> = scored.iter().filter_map(|scored| scored.cost_usd).collect();
    let cost = if known.is_empty() { String::new() } else { format!(", {:.4} USD", known.iter().sum::<f64>()) };
    let seconds: f64 = scored.iter().map(|scored| scored.took.as_secs_f64()).sum();
    println!("\n{solved} of {} solved, {refused} refused, {wrong} wrong{cost}, {seconds:.0} s", scored.len());
}

/// The task set with the generator whose outcomes it states.
pub(crate) fn stated() -> Result<()> {
    eval(&["--generator", STATED])
        .and_then(|code| if code == ExitCode::SUCCESS { Ok(()) } else { bail!("a task was not held to its limits") })
}
