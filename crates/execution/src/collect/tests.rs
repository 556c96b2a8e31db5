//! Hostile working folders.

use super::{Bounds, Collected, collect, is_empty};
use pyexec_core::Digest;
use rustix::fs::{Mode, OFlags, mkdirat, openat};
use std::{
    collections::BTreeSet,
    ffi::OsStr,
    fs::{self, File},
    os::unix::{
        ffi::OsStrExt,
        fs::{PermissionsExt, symlink},
        net::UnixListener,
    },
    path::{Path, PathBuf},
};
use tempfile::TempDir;

const BOUNDS: Bounds = Bounds { files: 20, depth: 3, entries: 60, bytes: 1 << 20 };

struct Scene {
    scratch: TempDir,
    run: TempDir,
}

impl Scene {
    fn new() -> Self {
        Self { scratch: tempfile::tempdir().unwrap(), run: tempfile::tempdir().unwrap() }
    }

    fn file(&self, path: &str, bytes: &[u8]) {
        let path = self.scratch.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }

    fn collect(&self, skip: &[&str], by_runner: &[&str]) -> Collected {
        self.collect_within(skip, by_runner, BOUNDS)
    }

    fn collect_within(&self, skip: &[&str], by_runner: &[&str], bounds: Bounds) -> Collected {
        let scratch = File::open(self.scratch.path()).unwrap().into();
        let skip: BTreeSet<PathBuf> = skip.iter().map(PathBuf::from).collect();
        let by_runner: Vec<String> = by_runner.iter().map(ToString::to_string).collect();
        collect(&scratch, self.run.path(), &skip, &by_runner, bounds).unwrap()
    }
}

#[test]
fn only_a_folder_with_nothing_in_it_is_empty() {
    let open = |scene: &Scene| File::open(scene.scratch.path()).unwrap().into();
    let none = BTreeSet::new();
    assert!(is_empty(&open(&Scene::new()), &none));
    let (file, link, folder) = (Scene::new(), Scene::new(), Scene::new());
    file.file(".hidden", b"");
    symlink("/etc/passwd", link.scratch.path().join("link")).unwrap();
    fs::create_dir(folder.scratch.path().join("folder")).unwrap();
    for scene in [file, link, folder] {
        assert!(!is_empty(&open(&scene), &none));
    }
}

#[test]
fn a_folder_with_nothing_but_what_mounts_left_is_empty() {
    let skip = BTreeSet::from(["series.csv", "opt/data/env", "opt/out"].map(PathBuf::from));
    let scene = Scene::new();
    scene.file("series.csv", b"");
    fs::create_dir_all(scene.scratch.path().join("opt/data/env/below")).unwrap();
    let is_empty = || is_empty(&File::open(scene.scratch.path()).unwrap().into(), &skip);
    assert!(is_empty());
    for beside in ["opt/data/table.csv", "opt/environment", "opt/x", "x"] {
        scene.file(beside, b"");
        assert!(!is_empty(), "{beside}");
        fs::remove_file(scene.scratch.path().join(beside)).unwrap();
        assert!(is_empty(), "{beside}");
    }
    fs::remove_dir_all(scene.scratch.path().join("opt")).unwrap();
    symlink("/", scene.scratch.path().join("opt")).unwrap();
    assert!(!is_empty(), "a link is not the folder that led there");
}

fn paths(collected: &Collected) -> Vec<&str> {
    collected.figures.iter().chain(&collected.artifacts).map(|record| record.path.as_str()).collect()
}

#[test]
fn images_are_figures_and_the_rest_artifacts_in_a_stable_order() {
    let scene = Scene::new();
    for name in ["z.png", "b/a.SVG", "table.csv", "notes/n.txt", "figures/figure_2.png", "figures/figure_1.png"] {
        scene.file(name, name.as_bytes());
    }
    let got = scene.collect(&[], &["figures/figure_1.png", "figures/figure_2.png"]);
    let wanted = [
        "figures/b/a.SVG",
        "figures/z.png",
        "figures/figure_1.png",
        "figures/figure_2.png",
        "artifacts/notes/n.txt",
        "artifacts/table.csv",
    ];
    assert_eq!(paths(&got), wanted);
    assert_eq!(got.figures[1].sha256, Digest::of(b"z.png"));
    assert_eq!(got.figures[1].bytes, 5);
    let mode = |path: &str| fs::metadata(scene.run.path().join(path)).unwrap().permissions().mode() & 0o777;
    assert_eq!((mode("figures/z.png"), mode("figures"), mode("figures/b")), (0o600, 0o700, 0o700));
    assert_eq!(got.warnings, Vec::<String>::new());
}

#[test]
fn two_that_become_one_name_are_both_kept() {
    let scene = Scene::new();
    scene.file("a.png", b"one");
    scene.file("figures/a.png", b"two");
    scene.file("x\ny", b"three");
    scene.file("x\ty", b"four");
    let got = scene.collect(&[], &[]);
    assert_eq!(paths(&got), ["figures/a.png", "figures/a-2.png", "artifacts/x_y", "artifacts/x_y-2"]);
}

/// Each was once an error "make room on the disk" that cost the whole run.
#[test]
fn no_names_get_in_each_others_way() {
    let scene = Scene::new();
    scene.file(".pyexec-partial/inner", b"x");
    scene.file("after", b"x");
    scene.file("x\n", b"a file");
    scene.file("x_/inner", b"x");
    scene.file("figures/z.png", b"a file");
    scene.file("z.png/b.png", b"x");
    let long = format!("{}.png", "a".repeat(251));
    scene.file(&long, b"x");
    scene.file(&format!("figures/{long}"), b"x");
    let got = scene.collect(&[], &[]);
    let long_numbered = format!("figures/{}-2.png", "a".repeat(249));
    let wanted = [
        format!("figures/{long}").as_str(),
        &long_numbered,
        "figures/z.png",
        "figures/z-2.png/b.png",
        "artifacts/.pyexec-partial/inner",
        "artifacts/after",
        "artifacts/x_",
        "artifacts/x_-2/inner",
    ]
    .map(str::to_owned);
    assert_eq!(paths(&got), wanted);
    assert_eq!(got.warnings, Vec::<String>::new());
    let left: BTreeSet<_> = fs::read_dir(scene.run.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(left, ["artifacts", "figures"].map(Into::into).into(), "nothing half copied is left");
}

#[test]
fn a_path_that_is_too_long_for_the_run_folder_is_left_out() {
    let scene = Scene::new();
    scene.file("good", b"x");
    let mut folder = rustix::fs::open(scene.scratch.path(), OFlags::DIRECTORY, Mode::empty()).unwrap();
    for _ in 0..16 {
        let name = "d".repeat(255);
        mkdirat(&folder, &name, Mode::RWXU).unwrap();
        folder = openat(&folder, &name, OFlags::DIRECTORY, Mode::empty()).unwrap();
    }
    openat(&folder, "f", OFlags::CREATE | OFlags::WRONLY, Mode::RUSR).unwrap();
    let got = scene.collect_within(&[], &[], Bounds { depth: 16, ..BOUNDS });
    assert_eq!(paths(&got), ["artifacts/good"]);
    assert!(got.warnings[0].contains("too long"), "{:?}", got.warnings);
}

#[test]
fn a_folder_that_the_code_closed_is_read_all_the_same() {
    let scene = Scene::new();
    scene.file("a", b"x");
    let folder = File::open(scene.scratch.path()).unwrap();
    fs::set_permissions(scene.scratch.path(), fs::Permissions::from_mode(0o0)).unwrap();
    let got = collect(&folder.into(), scene.run.path(), &BTreeSet::new(), &[], BOUNDS).unwrap();
    assert_eq!(paths(&got), ["artifacts/a"]);
}

/// The first attempt's stay: one may be what a retry has of the other kind.
#[test]
fn a_retry_may_make_a_folder_of_a_file() {
    let scene = Scene::new();
    scene.file("data", b"a file");
    scene.collect(&[], &[]);
    fs::remove_file(scene.scratch.path().join("data")).unwrap();
    scene.file("data/inner", b"x");
    assert_eq!(paths(&scene.collect(&[], &[])), ["artifacts/data-2/inner"]);
}

#[test]
fn links_devices_and_sockets_stay_behind() {
    let scene = Scene::new();
    scene.file("good.txt", b"good");
    let at = |name: &str| scene.scratch.path().join(name);
    symlink("/etc/passwd", at("passwd.png")).unwrap();
    symlink("/etc", at("etc")).unwrap();
    rustix::fs::mknodat(rustix::fs::CWD, at("fifo"), rustix::fs::FileType::Fifo, Mode::from_raw_mode(0o644), 0)
        .unwrap();
    let _socket = UnixListener::bind(at("socket")).unwrap();
    let got = scene.collect(&[], &[]);
    assert_eq!(paths(&got), ["artifacts/good.txt"]);
    let [links, special] = got.warnings.as_slice() else { panic!("{:?}", got.warnings) };
    assert!(links.contains("symbolic links") && links.contains("passwd.png") && links.contains("etc"), "{links}");
    assert!(special.contains("regular files") && special.contains("fifo") && special.contains("socket"), "{special}");
}

#[test]
fn modes_are_ours_and_not_the_scripts() {
    let scene = Scene::new();
    scene.file("tool", b"#!/bin/sh\n");
    fs::set_permissions(scene.scratch.path().join("tool"), fs::Permissions::from_mode(0o6777)).unwrap();
    scene.collect(&[], &[]);
    let mode = fs::metadata(scene.run.path().join("artifacts/tool")).unwrap().permissions().mode();
    assert_eq!(mode & 0o7777, 0o600);
}

#[test]
fn a_sparse_bomb_is_left_out() {
    let scene = Scene::new();
    scene.file("small", b"x");
    File::create(scene.scratch.path().join("bomb.bin")).unwrap().set_len(1 << 40).unwrap();
    for number in 0..5 {
        File::create(scene.scratch.path().join(format!("m{number}"))).unwrap().set_len(300 << 10).unwrap();
    }
    let got = scene.collect(&[], &[]);
    assert_eq!(paths(&got), ["artifacts/m0", "artifacts/m1", "artifacts/m2", "artifacts/small"]);
    assert!(got.warnings[0].contains("scratch space") && got.warnings[0].contains("bomb.bin"), "{:?}", got.warnings);
}

#[test]
fn depth_and_count_are_bounded() {
    let scene = Scene::new();
    scene.file("1/2/3/here", b"x");
    scene.file("1/2/3/4/not_here", b"x");
    assert_eq!(paths(&scene.collect(&[], &[])), ["artifacts/1/2/3/here"]);
    for number in 0..200 {
        scene.file(&format!("n{number}"), b"x");
    }
    let got = scene.collect(&[], &[]);
    assert!(got.artifacts.len() <= BOUNDS.files, "{}", got.artifacts.len());
    assert!(got.warnings.iter().any(|w| w.contains("too many files")), "{:?}", got.warnings);
}

#[test]
fn inputs_are_not_artifacts() {
    let scene = Scene::new();
    scene.file("co2.csv", b"");
    scene.file("data/deep/granted.csv", b"");
    scene.file("own.csv", b"x");
    assert_eq!(paths(&scene.collect(&["co2.csv", "data/deep"], &[])), ["artifacts/own.csv"]);
}

#[test]
fn names_that_are_not_text_are_shown_with_replacements() {
    let scene = Scene::new();
    fs::write(scene.scratch.path().join(OsStr::from_bytes(b"caf\xe9.txt")), "x").unwrap();
    assert_eq!(paths(&scene.collect(&[], &[])), ["artifacts/caf\u{fffd}.txt"]);
}

#[test]
fn what_an_earlier_attempt_left_is_replaced() {
    let scene = Scene::new();
    scene.file("a.txt", b"first");
    scene.collect(&[], &[]);
    scene.file("a.txt", b"second");
    let got = scene.collect(&[], &[]);
    assert_eq!(paths(&got), ["artifacts/a.txt"]);
    assert_eq!(fs::read(scene.run.path().join("artifacts/a.txt")).unwrap(), b"second");
    assert!(!Path::exists(&scene.run.path().join("artifacts/.pyexec-partial")));
}

#[test]
fn a_full_disk_is_an_error_with_the_path() {
    let scene = Scene::new();
    scene.file("a.txt", b"x");
    fs::write(scene.run.path().join("artifacts"), "in the way").unwrap();
    let scratch = File::open(scene.scratch.path()).unwrap().into();
    let error = collect(&scratch, scene.run.path(), &BTreeSet::new(), &[], BOUNDS).unwrap_err();
    assert!(error.to_string().contains("artifacts/a.txt"), "{error}");
}
