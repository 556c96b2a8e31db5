//! The configuration file: where it is, whether it can be read, who may write it, what overrides it.

use super::{context::Context, rows::Rows};
use pyexec_core::ErrorKind;
use pyexec_registry::config::{ConfigError, Loaded, Origin};
use serde_json::Value;
use std::{fs, os::unix::fs::MetadataExt as _, path::Path};

/// More mistakes than this are for `pyexec config check`.
const MOST: usize = 8;
/// Keys that decide what may run unasked and what is held: set by a variable, they are easily overlooked.
const WEIGHTY: [&str; 8] = [
    "analysis.policy",
    "analysis.policy_analyzers",
    "execution.accept_isolation",
    "execution.approval.",
    "control_system.writes_enabled",
    "control_system.limits_checking.",
    "control_system.type",
    "plugins.load",
];

pub(super) fn check(context: &Context, rows: &mut Rows) {
    match &context.loaded {
        Ok(loaded) => usable(loaded, rows),
        Err(error) => broken(error, rows),
    }
}

fn broken(error: &ConfigError, rows: &mut Rows) {
    let all = error.diagnostics();
    for diagnostic in all.iter().take(MOST) {
        let help = diagnostic.help();
        let fix = help.as_deref().unwrap_or("mend that line: `docs/configuration.md` has every key with its bounds");
        rows.fail("file", ErrorKind::BadFile, diagnostic.to_string(), fix);
    }
    if all.len() > MOST {
        let more = format!("{} more mistakes", all.len() - MOST);
        rows.fail("file", ErrorKind::BadFile, more, "`pyexec config check` shows them all");
    }
}

fn usable(loaded: &Loaded, rows: &mut Rows) {
    match &loaded.file {
        Some(file) => {
            rows.ok("file", file.display().to_string());
            who_may_write(file, rows);
        }
        None => rows.ok("file", "there is none: every key has its default"),
    }
    // What the keys themselves give cause to say is the business of `safety`.
    let of_keys = loaded.config.check();
    for warning in loaded.warnings.iter().filter(|warning| !of_keys.contains(warning)) {
        rows.warn("file", warning, "");
    }
    secrets(loaded, rows);
    overrides(loaded, rows);
}

fn who_may_write(file: &Path, rows: &mut Rows) {
    let metadata = match fs::metadata(file) {
        Ok(metadata) => metadata,
        Err(error) => {
            return rows.warn("file permissions", format!("they cannot be read: {error}"), "check its folder");
        }
    };
    let us = rustix::process::geteuid().as_raw();
    let shown = file.display();
    if metadata.uid() != us && metadata.uid() != 0 {
        let found = format!("it belongs to uid {}, who so decides what is allowed here", metadata.uid());
        rows.warn("file permissions", found, format!("`chown {us} {shown}`"));
    }
    // That every user may write is among the warnings.
    if metadata.mode() & 0o022 == 0o020 {
        let found = format!("its group (gid {}) may write it, and so decide what is allowed", metadata.gid());
        rows.warn("file permissions", found, format!("`chmod g-w {shown}`"));
    }
}

/// Files that hold secrets: the configuration names them, in keys such as `api_key_file`.
fn secrets(loaded: &Loaded, rows: &mut Rows) {
    for line in loaded.provenance.lines() {
        each_file(&line.key, &line.value, &mut |key, path| match fs::metadata(path) {
            Ok(found) if found.mode() & 0o077 != 0 => {
                let mode = format!("{} may be read by others (mode {:04o})", path.display(), found.mode() & 0o7777);
                rows.warn(key, mode, format!("`chmod 600 {}`", path.display()));
            }
            Ok(_) => rows.ok(key, format!("{} is private", path.display())),
            Err(error) => {
                let found = format!("{} cannot be looked at: {error}", path.display());
                rows.warn(key, found, "put the secret there, readable for you alone, or mend the path");
            }
        });
    }
}

fn each_file(key: &str, value: &Value, see: &mut impl FnMut(&str, &Path)) {
    const SECRETS: [&str; 4] = ["key_file", "token_file", "secret_file", "password_file"];
    match value {
        Value::Object(table) => {
            for (name, value) in table {
                each_file(&format!("{key}.{name}"), value, see);
            }
        }
        Value::String(path) if SECRETS.iter().any(|end| key.ends_with(end)) && path.starts_with('/') => {
            see(key, Path::new(path));
        }
        _ => {}
    }
}

fn overrides(loaded: &Loaded, rows: &mut Rows) {
    let mut weighty = Vec::new();
    let mut plain = Vec::new();
    for line in loaded.provenance.lines() {
        if let Origin::Env { variable } = &line.origin {
            let heavy = WEIGHTY.iter().any(|key| line.key.starts_with(key));
            if heavy { weighty.push(variable.as_str()) } else { plain.push(variable.as_str()) }
        }
    }
    for variables in [&mut weighty, &mut plain] {
        variables.dedup();
    }
    if !weighty.is_empty() {
        let found = format!("variables decide what is allowed, over the file: {}", weighty.join(", "));
        rows.warn("overrides", found, format!("`unset {}`, and write it into the file", weighty.join(" ")));
    }
    match plain.as_slice() {
        [] if weighty.is_empty() => rows.ok("overrides", "no PYEXEC__ variable is set"),
        [] => {}
        some => rows.ok("overrides", format!("set by variables: {}", some.join(", "))),
    }
}
