//! Whether code is held on this machine: by really jailing some, through the executor that runs use.
//!
//! Nothing is believed from settings alone: a control must run and real attempts to get out must fail, each as it should.
//! What happens to the decoys is seen from outside. Open `isolation/attempts.toml` for the attempts.

mod attempts;
mod decoys;
mod groups;
pub(super) mod host;
mod jail;
mod namespaces;

use super::{
    context::{Context, Python},
    plugins,
    rows::Rows,
};
use attempts::{Attempt, Fate};
use decoys::Decoys;
use jail::Jail;
use pyexec_core::{ErrorKind, Isolation, PluginError, RunError};

/// Runs to its end if anything does.
const CONTROL: &str = "with open('note', 'w') as file:\n    file.write('x')\nresults = {'sum': sum(range(5))}\n";

pub(super) async fn check(context: &Context, suite: bool, rows: &mut Rows) {
    let elsewhere = context.config().map(|config| config.execution.execution_method.as_str());
    if let Some(method) = elsewhere.filter(|method| CONTAINERS.contains(method) && !suite) {
        return rows
            .ok("self-test", format!("the business of the executor `{method}`; by itself this machine holds nothing"));
    }
    namespaces::check(rows);
    groups::check(context, rows);
    let (jail, decoys) = match prepared(context) {
        Ok(prepared) => prepared,
        Err(Unprepared::Because(because)) => return rows.unchecked("self-test", &because),
        Err(Unprepared::Failed(error)) => return rows.error("self-test", &error),
    };
    match jail.run("control", CONTROL, attempts::Limits::default(), &decoys).await {
        Err(error) => refused(&error, rows),
        Ok(ran) => {
            rows.level(ran.outcome.isolation);
            if let Some(error) = &ran.outcome.error {
                return rows.fail(
                    "self-test",
                    ErrorKind::Sandbox,
                    format!("a plain script fails: {}", error.message),
                    REPORT,
                );
            }
            level(ran.outcome.isolation, rows);
            make(&jail, &decoys, suite, rows).await;
        }
    }
}

/// What holds code there is not of this machine's making.
const CONTAINERS: [&str; 3] = ["container", "docker", "jupyter"];

const REPORT: &str = "`PYEXEC_LOG=debug pyexec doctor` says more; this should be reported";

enum Unprepared {
    Because(String),
    Failed(RunError),
}

fn prepared(context: &Context) -> Result<(Jail, Decoys), Unprepared> {
    let because = |why: &str| Unprepared::Because(why.to_owned());
    // Without a configuration, the executor and the Python that there would be by default.
    let method = context.config().map_or("local", |config| config.execution.execution_method.as_str());
    if CONTAINERS.contains(&method) {
        return Err(because(&format!(
            "the executor is `{method}`, and what holds code is not of this machine's making"
        )));
    }
    if method != "local" {
        return Err(because(&format!("the executor `{method}` is a plugin's: it has to show by itself what it holds")));
    }
    let registry = context.registry.as_ref().ok_or_else(|| because(super::context::NO_SCRATCH))?;
    let scratch = context.scratch.as_ref().map_err(|_| because(super::context::NO_SCRATCH))?;
    if registry.check(pyexec_core::Role::Executor, method).is_err() {
        return Err(because("no library offers the executor `local`"));
    }
    if plugins::sandbox_library().is_none() {
        return Err(because("the sandbox library is not there"));
    }
    let interpreter = match &context.python {
        Python::Found(interpreter) => &interpreter.facts.executable,
        Python::NotMade { base: Ok(base), .. } => &base.executable,
        Python::Wrong(_) | Python::NotMade { base: Err(_), .. } => {
            return Err(because("there is no Python to run it on"));
        }
    };
    let jail = Jail::new(registry, scratch.path(), interpreter).map_err(Unprepared::Failed)?;
    let decoys = Decoys::new().map_err(|error| Unprepared::Because(format!("no decoys can be made ({error})")))?;
    Ok((jail, decoys))
}

/// The jail could not be set up at all. The sandbox library is there, so what is missing is what the kernel gives.
fn refused(error: &PluginError, rows: &mut Rows) {
    let error = RunError::from(error);
    let kind = if error.kind == ErrorKind::Sandbox { ErrorKind::IsolationNotAcceptable } else { error.kind };
    let help = error.help.as_deref().filter(|help| !help.is_empty());
    rows.fail("self-test", kind, &error.message, help.unwrap_or(namespaces::FIX));
}

fn level(level: Isolation, rows: &mut Rows) {
    match level {
        Isolation::Full => {
            rows.ok("level", "full: namespaces, a root of its own, Landlock, an allow-list of system calls");
        }
        other => {
            let found = format!("`{}`, which is not `full`", other.name());
            rows.fail("level", ErrorKind::IsolationNotAcceptable, found, namespaces::FIX);
        }
    }
}

/// Makes the attempts: in the suite a row each, else one for those that went well.
async fn make(jail: &Jail, decoys: &Decoys, suite: bool, rows: &mut Rows) {
    let attempts = match attempts::all() {
        Ok(attempts) => attempts,
        Err(error) => return rows.fail("escape attempts", ErrorKind::Sandbox, error.to_string(), REPORT),
    };
    let (mut contained, mut made) = (Vec::new(), 0);
    for attempt in attempts.iter().filter(|attempt| suite || attempt.quick) {
        if !attempt.is_for_this_machine() {
            rows.unchecked(&attempt.name, "it is written for x86-64");
            continue;
        }
        made += 1;
        match one(jail, decoys, attempt).await {
            Fate::Contained(how) => {
                contained.push(attempt.name.as_str());
                if suite {
                    rows.ok(&attempt.name, format!("{} Contained ({how}).", attempt.says));
                }
            }
            Fate::Otherwise(how) => {
                let found = format!("{} It did not get out, but ended in an unknown way: {how}", attempt.says);
                rows.warn(&attempt.name, found, REPORT);
            }
            Fate::Unmade(error) => rows.error(&attempt.name, &error),
            Fate::GotOut(what) => {
                let found = format!("{} IT GOT OUT: {what}", attempt.says);
                let fix = "run nothing here that you did not write; `[execution] execution_method` may name another \
                           executor; report this with the kernel's version (`uname -a`)";
                rows.fail(&attempt.name, ErrorKind::IsolationNotAcceptable, found, fix);
            }
        }
    }
    let list = if suite { String::new() } else { format!(" ({})", contained.join(", ")) };
    if contained.len() == made {
        rows.ok("escape attempts", format!("all {made} contained{list}"));
    }
}

async fn one(jail: &Jail, decoys: &Decoys, attempt: &Attempt) -> Fate {
    let ran = match jail.run(&attempt.name, &attempt.script(), attempt.limits, decoys).await {
        Ok(ran) => ran,
        Err(error) => return Fate::Unmade(RunError::from(&error)),
    };
    match decoys.hit(&ran) {
        Some(what) => Fate::GotOut(what),
        None => attempt.judge(&ran.outcome),
    }
}
