//! Lists the Python files that the executor carries with it, so that none can be forgotten.

use std::{env, fmt::Write, fs, path::Path};

fn main() {
    let folder = Path::new(&env::var("CARGO_MANIFEST_DIR").expect("cargo sets it")).join("../../python/pyexec");
    let folder = folder.canonicalize().expect("the folder python/pyexec stands beside crates/");
    println!("cargo::rerun-if-changed={}", folder.display());
    let mut names: Vec<String> = fs::read_dir(&folder)
        .expect("python/pyexec can be listed")
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
        .filter(|name| Path::new(name).extension().is_some_and(|extension| extension == "py" || extension == "typed"))
        .collect();
    names.sort();
    let mut list = String::from("&[\n");
    for name in names {
        writeln!(list, "({name:?}, include_bytes!({:?})),", folder.join(&name).display().to_string())
            .expect("a string takes everything");
    }
    list.push(']');
    let target = Path::new(&env::var("OUT_DIR").expect("cargo sets it")).join("runtime_files.rs");
    fs::write(target, list).expect("the build folder can be written");
}
