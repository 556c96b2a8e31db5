//! Lists the recipes that the cookbook carries with it, so that none can be forgotten.

use std::{env, fmt::Write, fs, path::Path};

fn main() {
    let folder = Path::new(&env::var("CARGO_MANIFEST_DIR").expect("cargo sets it")).join("recipes");
    println!("cargo::rerun-if-changed={}", folder.display());
    let mut names: Vec<String> = fs::read_dir(&folder)
        .expect("the folder of recipes can be listed")
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
        .filter_map(|name| Some(name.strip_suffix(".py")?.to_owned()))
        .collect();
    names.sort();
    let mut list = String::from("&[\n");
    for name in names {
        let file = folder.join(format!("{name}.py"));
        writeln!(list, "({name:?}, include_str!({:?})),", file.display().to_string())
            .expect("a string takes everything");
    }
    list.push(']');
    let target = Path::new(&env::var("OUT_DIR").expect("cargo sets it")).join("shipped_recipes.rs");
    fs::write(target, list).expect("the build folder can be written");
}
