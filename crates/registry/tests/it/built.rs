//! The libraries of `plugins/faulty`, built as the product builds its own: by cargo, in the profile of this test.

use std::{
    path::{Path, PathBuf},
    process::Command,
    sync::OnceLock,
};

/// `libpyexec_plugin_faulty.so`: misbehaves on demand, in every role.
pub(crate) fn faulty() -> PathBuf {
    folder().join("libpyexec_plugin_faulty.so")
}

/// One of the libraries that are wrong as a whole.
pub(crate) fn wrong(name: &str) -> PathBuf {
    folder().join("examples").join(format!("lib{name}.so"))
}

/// Where cargo puts them, once they are built.
fn folder() -> &'static Path {
    static FOLDER: OnceLock<PathBuf> = OnceLock::new();
    FOLDER.get_or_init(|| {
        let test = std::env::current_exe().unwrap();
        // target/<profile>/deps/it-<hash>
        let profile_folder = test.ancestors().nth(2).unwrap();
        let profile = match profile_folder.file_name().unwrap().to_str().unwrap() {
            "debug" => "dev",
            profile => profile,
        };
        let build = Command::new(env!("CARGO"))
            .args([
                "build",
                "--quiet",
                "--package",
                "pyexec-plugin-faulty",
                "--lib",
                "--examples",
                "--profile",
                profile,
            ])
            .arg("--target-dir")
            .arg(profile_folder.parent().unwrap())
            .current_dir(env!("CARGO_MANIFEST_DIR"))
            .output()
            .unwrap();
        assert!(build.status.success(), "{}", String::from_utf8_lossy(&build.stderr));
        profile_folder.to_owned()
    })
}
