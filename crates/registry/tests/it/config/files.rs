//! Which file is read, and files that cannot be.

use super::Home;
use pyexec_registry::config::{Config, Problem, Sources};
use std::{fs, os::unix::fs::PermissionsExt as _, path::Path};

#[test]
fn the_flag_goes_before_the_variable_and_that_before_the_default_place() {
    let home = Home::with("environment = \"default place\"\n");
    for name in ["flag", "variable"] {
        fs::write(home.path(name), format!("environment = \"{name}\"\n")).unwrap();
    }
    let variable = home.path("variable");
    let mut sources = home.sources(&[("PYEXEC_CONFIG", variable.to_str().unwrap())]);
    let label = |sources: &Sources| Config::load(sources).unwrap().config.environment.unwrap();
    assert_eq!(label(&sources), "variable");
    sources.explicit = Some(home.path("flag"));
    assert_eq!(label(&sources), "flag");
    assert_eq!(Config::load(&sources).unwrap().file, Some(home.path("flag")));
    assert_eq!(label(&home.sources(&[])), "default place");
}

#[test]
fn xdg_folders_are_used_and_relative_ones_ignored_with_a_word() {
    let home = Home::with("environment = \"home\"\n");
    fs::create_dir_all(home.path("xdg/pyexec")).unwrap();
    fs::write(home.path("xdg/pyexec/pyexec.toml"), "environment = \"xdg\"\n").unwrap();
    let xdg = home.path("xdg");
    let loaded = home.load(&[("XDG_CONFIG_HOME", xdg.to_str().unwrap()), ("XDG_DATA_HOME", "/data")]).unwrap();
    assert_eq!(loaded.config.environment.as_deref(), Some("xdg"));
    assert_eq!(loaded.config.data_dir, Path::new("/data/pyexec"));

    let loaded = home.load(&[("XDG_CONFIG_HOME", "xdg"), ("XDG_DATA_HOME", "")]).unwrap();
    assert_eq!(loaded.config.environment.as_deref(), Some("home"));
    assert_eq!(loaded.config.data_dir, home.path(".local/share/pyexec"));
    assert_eq!(loaded.warnings, ["XDG_CONFIG_HOME is ignored, because it is not an absolute path"]);
}

#[test]
fn a_file_in_the_current_folder_is_not_read() {
    // The test runs in the crate's folder; a relative name that exists there is found only when somebody names it.
    let home = Home::new();
    assert!(Path::new("Cargo.toml").exists());
    assert_eq!(home.load(&[]).unwrap().file, None);
    let mut sources = home.sources(&[]);
    sources.explicit = Some("Cargo.toml".into());
    let error = Config::load(&sources).unwrap_err();
    assert!(error.diagnostics()[0].file().unwrap().is_absolute());
}

#[test]
fn files_that_cannot_be_read() {
    let home = Home::new();
    let named = |path: &str| {
        let mut sources = home.sources(&[]);
        sources.explicit = Some(home.path(path));
        Config::load(&sources).unwrap_err()
    };
    fs::write(home.path("latin1"), b"environment = \"caf\xe9\"\n").unwrap();
    fs::write(home.path("large"), vec![b'#'; (1 << 20) + 1]).unwrap();
    fs::create_dir(home.path("folder")).unwrap();
    rustix::fs::mkfifoat(rustix::fs::CWD, home.path("pipe"), rustix::fs::Mode::RUSR).unwrap();
    let errors = ["missing", "folder", "pipe", "latin1", "large", "latin1/below"].map(|path| named(path).render(false));
    insta::assert_snapshot!(home.nameless(&errors.join("\n\n")));
}

#[test]
fn a_file_of_just_the_largest_size_is_read() {
    let home = Home::with(vec![b'#'; 1 << 20]);
    assert_eq!(home.load(&[]).unwrap().file, Some(home.file()));
}

#[test]
fn without_a_home_the_sentence_says_what_to_set() {
    let load = |explicit: Option<&str>, env: &[(&str, &str)]| {
        let env = env.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect();
        let error = Config::load(&Sources { explicit: explicit.map(Into::into), env }).unwrap_err();
        error.render(false)
    };
    let errors = [
        load(None, &[]),
        load(Some("/dev/null/x"), &[]),
        load(None, &[("XDG_CONFIG_HOME", "/nowhere")]),
        load(None, &[("HOME", "relative")]),
        load(None, &[("HOME", "/h"), ("PYEXEC_CONFIG", "")]),
    ];
    insta::assert_snapshot!(errors.join("\n\n"));
}

#[test]
fn a_data_folder_in_the_file_needs_no_home() {
    let home = Home::with("data_dir = \"/data\"\n");
    let env = vec![("PYEXEC_CONFIG".to_owned(), home.file().to_str().unwrap().to_owned())];
    let loaded = Config::load(&Sources { explicit: None, env }).unwrap();
    assert_eq!(loaded.config.data_dir, Path::new("/data"));
}

#[test]
fn a_file_that_everybody_may_write_gets_a_word() {
    let home = Home::with("");
    let mode = |mode| fs::set_permissions(home.file(), fs::Permissions::from_mode(mode)).unwrap();
    mode(0o664);
    assert_eq!(home.load(&[]).unwrap().warnings, [""; 0]);
    mode(0o666);
    let warnings = home.load(&[]).unwrap().warnings;
    assert!(warnings[0].contains("written by every user"), "{warnings:?}");
}

#[test]
fn an_error_says_what_it_is_to_a_program_too() {
    let home = Home::with("a = 1\n\n[execution]\nmax_retires = 2\n");
    let error = home.load(&[]).unwrap_err();
    let [first, second] = error.diagnostics() else { panic!("{error}") };
    assert!(matches!(first.problem(), Problem::UnknownKey { nearest: None, .. }), "{first:?}");
    assert_eq!((second.line(), second.span()), (Some(4), Some(19..30)));
    assert_eq!(second.help().as_deref(), Some("did you mean `execution.max_retries`?"));
    assert_eq!(second.file(), Some(home.file().as_path()));
    assert_eq!(
        home.nameless(&error.to_string()),
        "`HOME/.config/pyexec/pyexec.toml`:1: there is no key `a` (and one more error)"
    );
}
