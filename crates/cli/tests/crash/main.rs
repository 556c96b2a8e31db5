//! The crash proof: runs of the real program, each with a fault, then a person who picks up what is left, then what must
//! hold. `docs/crash-proof.md` says what is shown and what is not; open `schedule.rs` for the faults, `scenario.rs` for what
//! people do, `checks.rs` for what must hold.
//!
//! Everything random comes from the seed, and run `K` of a seed is the same alone as among others.
#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::print_stderr,
    clippy::unnecessary_debug_formatting,
    reason = "a test that prints; a quoted path is a TOML string"
)]

mod arguments;
mod case;
mod checks;
mod dice;
mod fault;
#[path = "../it/house.rs"]
#[allow(dead_code, reason = "of the product tests' house, only what finds the built program is wanted")]
mod house;
mod judge;
mod layer;
mod perform;
mod person;
mod processes;
mod record;
mod scenario;
mod schedule;
mod tally;

use arguments::Arguments;
use case::{Case, run_tool};
use layer::Report;
use scenario::Scenario;
use schedule::{Counts, Planned};
use std::{
    env, fs,
    os::unix::process::CommandExt as _,
    path::{Path, PathBuf},
    process::{Command, ExitCode},
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
    time::Instant,
};
use tally::Tally;

/// Set in the process that has mounts of its own.
const INSIDE: &str = "PYEXEC_CRASH_PROOF_INSIDE";

/// What must not be.
#[derive(Debug)]
pub(crate) struct Broken(pub(crate) String);

fn main() -> ExitCode {
    let arguments = match Arguments::read(env::args().skip(1)) {
        Ok(Some(arguments)) => arguments,
        Ok(None) => return ExitCode::SUCCESS,
        Err(usage) => {
            eprintln!("{usage}");
            return ExitCode::from(2);
        }
    };
    if env::var_os(INSIDE).is_none() {
        return inside(&arguments);
    }
    match prove(&arguments) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(Broken(why)) => {
            eprintln!("error: {why}");
            ExitCode::FAILURE
        }
    }
}

/// Once more with mounts of its own: the small disks go with this program, however it ends.
fn inside(arguments: &Arguments) -> ExitCode {
    if !rustix::process::geteuid().is_root() {
        eprintln!("error: the crash proof mounts small disks\nhelp: run it as root");
        return ExitCode::FAILURE;
    }
    let mut again = Command::new("unshare");
    again.args(["--mount", "--propagation", "private", "--"]).arg(env::current_exe().unwrap());
    again.args(["--runs", &arguments.runs.to_string(), "--seed", &arguments.seed.to_string()]);
    for (name, value) in [("--only", arguments.only.map(u64::from)), ("--nth", arguments.nth)] {
        if let Some(value) = value {
            again.args([name, &value.to_string()]);
        }
    }
    let error = again.env(INSIDE, "1").exec();
    eprintln!("error: `unshare` does not start: {error}\nhelp: install util-linux");
    ExitCode::FAILURE
}

/// Where the runs take place.
struct Place {
    /// In memory.
    worlds: PathBuf,
    /// On disk.
    outs: PathBuf,
    /// What failed is kept here.
    kept: PathBuf,
}

impl Place {
    fn make() -> Result<Self, Broken> {
        let target = Path::new(env!("CARGO_TARGET_TMPDIR"));
        let name = format!("crash-{}", std::process::id());
        let place = Self {
            worlds: target.join(&name),
            outs: target.join(format!("{name}-out")),
            kept: target.join("crash-failed"),
        };
        for folder in [&place.worlds, &place.outs] {
            fs::create_dir_all(folder).map_err(|e| Broken(format!("{}: {e}", folder.display())))?;
        }
        run_tool(Command::new("mount").args(["-t", "tmpfs", "-o", "mode=0755", "crash-proof"]).arg(&place.worlds))?;
        Ok(place)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        // Clutter in the target folder at worst.
        let _ = Command::new("umount").arg("--lazy").arg(&self.worlds).status();
        let _ = fs::remove_dir(&self.worlds);
        let _ = fs::remove_dir_all(&self.outs);
    }
}

fn prove(arguments: &Arguments) -> Result<bool, Broken> {
    let (start, place, seed) = (Instant::now(), Place::make()?, arguments.seed);
    println!("crash proof: {} runs, seed {seed}", arguments.only.map_or(arguments.runs, |_| 1));
    layer::library();
    let runs: Vec<u32> = arguments.only.map_or_else(|| (0..arguments.runs).collect(), |only| vec![only]);
    let counts = calibrate(&place, arguments.only.map(|k| schedule::scenario(seed, k)))?;
    let (tally, failed) = (Mutex::new(Tally::default()), AtomicUsize::new(0));
    let done = AtomicUsize::new(0);
    each(&runs, |k| {
        let planned = schedule::planned(seed, *k, &counts, arguments.nth);
        match one(&place, &k.to_string(), &planned) {
            Ok((fired, ends)) => {
                tally.lock().unwrap_or_else(PoisonError::into_inner).add(&planned, fired, ends.into_iter());
            }
            Err((Broken(why), kept)) => {
                failed.fetch_add(1, Ordering::Relaxed);
                println!("run {k} FAILED: {:?}, act {}, {}\n{why}", planned.scenario, planned.slot, planned.fault);
                println!("  kept:  {}", kept.display());
                println!("  again: cargo xtask crash --seed {seed} --only {k}{}", nth_of(&planned));
            }
        }
        let done = done.fetch_add(1, Ordering::Relaxed) + 1;
        if done.is_multiple_of(100) {
            println!("{done} runs, {} s", start.elapsed().as_secs());
        }
    });
    let (tally, failed) = (tally.into_inner().unwrap_or_else(PoisonError::into_inner), failed.into_inner());
    println!("\n{tally}; {failed} failed; {} s", start.elapsed().as_secs());
    if arguments.only.is_some() {
        return Ok(failed == 0);
    }
    let (missed, idle) = (tally.missed(), tally.never_fired());
    let all_hit = missed.is_empty() || arguments.runs < covering();
    if !all_hit {
        println!("not hit: {}", missed.join(", "));
    }
    if !idle.is_empty() {
        println!("never fired: {}", idle.join(", "));
    }
    Ok(failed == 0 && all_hit && idle.is_empty())
}

/// So many runs hit every transition from every side.
fn covering() -> u32 {
    u32::try_from(schedule::TRANSITIONS.len() * fault::Side::ALL.len()).unwrap_or(u32::MAX)
}

fn nth_of(planned: &Planned) -> String {
    let fault = planned.fault.to_string();
    match fault.rsplit_once("@nth=") {
        Some((_, nth)) if planned.aim.is_none() => format!(" --nth {nth}"),
        _ => String::new(),
    }
}

/// Every scenario without a fault must end as it should; meanwhile its operations are counted.
fn calibrate(place: &Place, only: Option<Scenario>) -> Result<Counts, Broken> {
    let scenarios: Vec<_> = Scenario::ALL.into_iter().filter(|s| only.is_none_or(|only| only == *s)).collect();
    let counts = Mutex::new(Ok(Counts::new()));
    each(&scenarios, |scenario| {
        let counted = control(place, *scenario);
        let mut counts = counts.lock().unwrap_or_else(PoisonError::into_inner);
        match (counted, counts.as_mut()) {
            (Ok(counted), Ok(counts)) => counts.extend(counted),
            (Err(broken), Ok(_)) => *counts = Err(broken),
            (_, Err(_)) => {}
        }
    });
    counts.into_inner().unwrap_or_else(PoisonError::into_inner)
}

fn control(place: &Place, scenario: Scenario) -> Result<Counts, Broken> {
    let name = format!("control-{scenario:?}");
    let broken = |why: String| Broken(format!("{scenario:?} does not work without a fault: {why}"));
    let world = place.worlds.join(&name);
    let planned = Planned::control(scenario);
    let case = Case::new(scenario, &planned.fault, world, place.outs.join(&name))?;
    let ended = through(&case, &planned).map_err(|Broken(why)| broken(why))?.1;
    if ended != [scenario.ends()] {
        return Err(broken(format!("it ended {ended:?}")));
    }
    let mut counts = Counts::new();
    for slot in 0..scenario.acts().len() {
        if let Some(count) = Report::read(&case.report(slot)).counted {
            counts.insert((scenario, slot), count);
        }
    }
    if counts.is_empty() {
        return Err(Broken("the fault layer sees nothing: is the program linked statically?".into()));
    }
    Ok(counts)
}

/// One run; what fails is kept.
fn one(place: &Place, name: &str, planned: &Planned) -> Result<(bool, Vec<String>), (Broken, PathBuf)> {
    let (world, out) = (place.worlds.join(name), place.outs.join(name));
    let done = Case::new(planned.scenario, &planned.fault, world.clone(), out.clone()).and_then(|case| {
        let done = through(&case, planned);
        if done.is_err() {
            keep(place, name, &world, &out);
        }
        done
    });
    // Space: there may be thousands.
    let _ = fs::remove_dir_all(&world);
    let _ = fs::remove_dir_all(&out);
    done.map_err(|broken| (broken, place.kept.join(name)))
}

fn keep(place: &Place, name: &str, world: &Path, out: &Path) {
    let kept = place.kept.join(name);
    let _ = fs::remove_dir_all(&kept);
    let copied = fs::create_dir_all(&kept)
        .map_err(|e| Broken(e.to_string()))
        .and_then(|()| run_tool(Command::new("cp").arg("-a").args([world, out]).arg(&kept)));
    if let Err(Broken(why)) = copied {
        eprintln!("what failed cannot be kept: {why}");
    }
}

/// Acts, the person, the checks.
fn through(case: &Case, planned: &Planned) -> Result<(bool, Vec<String>), Broken> {
    let performed = perform::perform(case, planned)?;
    let ends = person::finish(case, &performed.acknowledged)?;
    checks::all(case, &ends)?;
    Ok((performed.fired, ends.into_values().collect()))
}

/// Does the work for each, two at a time on every core: half of it waits for processes.
fn each<T: Sync>(all: &[T], work: impl Fn(&T) + Sync) {
    let next = AtomicUsize::new(0);
    let workers = 2 * thread::available_parallelism().map_or(1, usize::from);
    thread::scope(|scope| {
        for _ in 0..workers {
            scope.spawn(|| {
                while let Some(item) = all.get(next.fetch_add(1, Ordering::Relaxed)) {
                    work(item);
                }
            });
        }
    });
}
