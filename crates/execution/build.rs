//! Lists the Python files that the executor carries with it, so that none can be forgotten.

use std::{env, fs, path::Path};

fn main() {
    let folder = Path::new(&env::var("CARGO_MANIFEST_DIR").expect("cargo sets it")).join("../../python/pyexec");
    let folder = folder.canonicalize().expect("the folder python/pyexec stands beside crates/");
    println!("cargo::rerun-if-changed={}", folder.display());
    let mut names: Vec<String> = fs::read_dir(&folder)
        .expect("python/pyexec can be listed")
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
        .filter(|name| name.ends_with(".py") || name == "py.typed")
        .collect();
    names.sort();
    let entries: String =
        names.iter().map(|name| format!("({name:?}, include_bytes!({:?})),\n", folder.join(name).display())).collect();
    let list = format!("&[\n{entries}]");
    let target = Path::new(&env::var("OUT_DIR").expect("cargo sets it")).join("runtime_files.rs");
    fs::write(target, list).expect("the build folder can be written");
}
