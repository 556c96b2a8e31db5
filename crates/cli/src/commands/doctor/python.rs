//! Which Python code would run on, and whether it is whole.

use super::{
    context::{Context, NO_CONFIGURATION, Python},
    rows::Rows,
};
use pyexec_core::ErrorKind;
use pyexec_execution::python::{
    FindPythonError, Interpreter,
    survey::{self, Package},
};
use pyexec_registry::config;
use std::path::Path;

/// The newest version that there is a lock file for, and so tests.
const NEWEST: [u32; 2] = [3, 14];
/// What most code imports.
const WANTED: [&str; 4] = ["numpy", "pandas", "matplotlib", "scipy"];

pub(super) async fn check(context: &Context, rows: &mut Rows) {
    if let Some(other) =
        context.config().map(|config| &config.execution.execution_method).filter(|name| *name != "local")
    {
        return rows.ok("interpreter", format!("the business of the executor `{other}`"));
    }
    let managed = context.config().map(|config| config.python.interpreter == config::Interpreter::Managed);
    match &context.python {
        Python::Found(interpreter) => {
            version(interpreter, rows);
            installed(interpreter, managed == Some(true), rows).await;
        }
        Python::Wrong(error) => rows.fail("interpreter", ErrorKind::BadFile, error.to_string(), error.help()),
        Python::NotMade { unfinished, base } => match (base, managed) {
            (Ok(base), None) => {
                let there = format!("CPython {}, {}", base.version_text(), base.executable.display());
                rows.unchecked("interpreter", &format!("{NO_CONFIGURATION}; by default there is {there}"));
            }
            _ => not_made(unfinished.as_deref(), base, rows),
        },
    }
}

fn version(interpreter: &Interpreter, rows: &mut Rows) {
    let facts = &interpreter.facts;
    let version = facts.version_text();
    let found = format!("CPython {version}, {} ({})", facts.executable.display(), interpreter.origin);
    if facts.version[..2] > NEWEST[..] {
        let fix = format!("set `[python] interpreter` to a CPython from 3.11 to {}.{}", NEWEST[0], NEWEST[1]);
        rows.warn("interpreter", format!("{found}: newer than any that is tested"), fix);
    } else {
        rows.ok("interpreter", found);
    }
}

fn not_made(unfinished: Option<&Path>, base: &Result<pyexec_execution::python::Facts, String>, rows: &mut Rows) {
    match base {
        Err(why) => {
            let error = FindPythonError::Managed(pyexec_execution::python::managed::SetUpError::NoPython(why.clone()));
            rows.fail("interpreter", ErrorKind::BadFile, error.to_string(), error.help());
        }
        Ok(base) => {
            let from = format!("from CPython {}, {}", base.version_text(), base.executable.display());
            let fix = "`echo 'results = {}' | pyexec run --code -` makes it now; that needs the package index";
            match unfinished {
                Some(folder) => {
                    let found = format!(
                        "the managed Python in {} is not usable; the next run makes it anew {from}",
                        folder.display()
                    );
                    rows.fail("interpreter", ErrorKind::BadFile, found, fix);
                }
                None => rows.warn(
                    "interpreter",
                    format!("there is no managed Python yet: the first run makes it {from}"),
                    fix,
                ),
            }
        }
    }
}

async fn installed(interpreter: &Interpreter, managed: bool, rows: &mut Rows) {
    let packages = match survey::packages(&interpreter.facts.executable).await {
        Ok(packages) => packages,
        Err(error) => {
            let fix = "run it by hand: `PYTHON -I -c 'import importlib.metadata'`, or name another interpreter";
            return rows.fail("packages", ErrorKind::BadFile, format!("they cannot be listed: {error}"), fix);
        }
    };
    let find =
        |name: &str| packages.iter().find(|package| survey::normalised(&package.name) == survey::normalised(name));
    let program = interpreter.facts.executable.display();
    let missing: Vec<_> = WANTED.into_iter().filter(|name| find(name).is_none()).collect();
    let there: Vec<_> =
        WANTED.iter().filter_map(|name| find(name)).map(|p| format!("{} {}", p.name, p.version)).collect();
    let there = if there.is_empty() { "none of numpy, pandas, matplotlib, scipy".into() } else { there.join(", ") };
    if missing.is_empty() || managed {
        rows.ok("packages", format!("{there}; {} in all", packages.len()));
    } else {
        let found = format!("{there}; code that imports {} will fail", missing.join(", "));
        rows.warn(
            "packages",
            found,
            format!("`{program} -m pip install {}`, or `[python] interpreter = \"managed\"`", missing.join(" ")),
        );
    }
    if managed {
        against_lock(interpreter, &packages, rows);
    } else if let Some(hurt) = packages.iter().find(|package| package.lost > 0) {
        let fix = format!("`{program} -m pip install --force-reinstall --no-deps {}=={}`", hurt.name, hurt.version);
        rows.warn("damage", lost(hurt), fix);
    }
}

fn lost(package: &Package) -> String {
    let first = package.first_lost.as_deref().unwrap_or("?");
    format!(
        "{} {} lacks {} of its files as they were installed, such as {first}",
        package.name, package.version, package.lost
    )
}

/// The managed environment is exactly its lock file, or somebody changed it.
fn against_lock(interpreter: &Interpreter, packages: &[Package], rows: &mut Rows) {
    let locked = survey::locked(interpreter.facts.version).unwrap_or_default();
    let mut wrong = Vec::new();
    for (name, version) in &locked {
        match packages.iter().find(|package| survey::normalised(&package.name) == survey::normalised(name)) {
            None => wrong.push(format!("{name} {version} is missing")),
            Some(found) if found.version != *version => {
                wrong.push(format!("{name} is {}, not {version}", found.version));
            }
            Some(found) if found.lost > 0 => wrong.push(lost(found)),
            Some(_) => {}
        }
    }
    if wrong.is_empty() {
        return rows.ok("managed environment", format!("complete: all {} packages of its lock file", locked.len()));
    }
    let folder = interpreter.facts.executable.ancestors().nth(2).unwrap_or(&interpreter.facts.executable);
    let more = if wrong.len() > 2 { format!("; and {} more", wrong.len() - 2) } else { String::new() };
    wrong.truncate(2);
    let found = format!("it is not what its lock file says: {}{more}", wrong.join("; "));
    rows.fail(
        "managed environment",
        ErrorKind::BadFile,
        found,
        format!("`rm -r {}`: the next run makes it anew", folder.display()),
    );
}
