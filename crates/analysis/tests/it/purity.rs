//! The crate does no I/O: its sources name nothing that could.

use std::{fs, path::Path};

/// What the sources may not name. `thread` is not among them: a big stack needs one.
const FORBIDDEN: &[&str] = &[
    "std::fs",
    "std::net",
    "std::process",
    "std::os::",
    "std::env",
    "File::",
    "TcpStream",
    "UdpSocket",
    "UnixStream",
    "Command::new",
    "tokio::",
    "reqwest",
    "libc::",
    "extern \"C\"",
    "include_bytes!",
    "std::io::stdin",
    "std::io::stdout",
    "println!",
    "eprintln!",
    "unsafe {",
    "SystemTime",
    "Instant::now",
];

fn check(folder: &Path, found: &mut Vec<String>) {
    for entry in fs::read_dir(folder).expect("the sources are there") {
        let path = entry.expect("readable").path();
        if path.is_dir() {
            check(&path, found);
            continue;
        }
        let text = fs::read_to_string(&path).expect("UTF-8");
        let code = text.split("#[cfg(test)]\nmod tests").next().unwrap_or_default();
        for (number, line) in code.lines().enumerate() {
            let line = line.split("//").next().unwrap_or_default();
            let uses = FORBIDDEN.iter().filter(|name| line.contains(**name) || nested(line, name));
            found.extend(uses.map(|name| format!("{}:{}: {name}", path.display(), number + 1)));
        }
    }
}

/// `use std::{…, fs, …}`.
fn nested(line: &str, name: &str) -> bool {
    let Some(module) = name.strip_prefix("std::") else { return false };
    let module = module.trim_end_matches("::");
    line.trim_start().starts_with("use std::{")
        && line.split(['{', '}', ',']).any(|part| part.trim().split("::").next() == Some(module))
}

#[test]
fn no_source_names_anything_that_does_input_or_output() {
    let mut found = Vec::new();
    check(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut found);
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[test]
fn the_check_itself_sees_what_it_should() {
    assert!(nested("use std::{collections::HashMap, fs, path::Path};", "std::fs"));
    assert!(!nested("use std::{collections::HashMap, path::Path};", "std::fs"));
}
