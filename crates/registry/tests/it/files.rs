//! Files that are no plugin of this machine.

use crate::{built, workshop::Workshop};
use pyexec_registry::inspect;
use std::{fs, path::Path, process::Command};

#[test]
fn nothing_to_load() {
    let mut workshop = Workshop::new();
    let missing = workshop.path("libmissing.so");
    assert_eq!(
        workshop.refusal(&missing),
        "cannot load plugin `missing` (libmissing.so) because there is no such file"
    );
    let under_a_file = workshop.place("file", b"x").join("libx.so");
    assert_eq!(workshop.refusal(&under_a_file), "cannot load plugin `x` (file/libx.so) because there is no such file");
    let empty = workshop.place("libempty.so", b"");
    assert_eq!(workshop.refusal(&empty), "cannot load plugin `empty` (libempty.so) because the file is empty");
    let directory = workshop.path("libfolder.so");
    fs::create_dir(&directory).unwrap();
    assert_eq!(
        workshop.refusal(&directory),
        "cannot load plugin `folder` (libfolder.so) because it is a directory, not a file"
    );
    let pipe = workshop.path("libpipe.so");
    assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    assert_eq!(workshop.refusal(&pipe), "cannot load plugin `pipe` (libpipe.so) because it is a pipe, not a file");
    assert_eq!(
        workshop.refusal(Path::new("/dev/zero")),
        "cannot load plugin `zero` (/dev/zero) because it is a device, not a file"
    );
}

#[test]
fn something_else() {
    let mut workshop = Workshop::new();
    let text = workshop.place("libtext.so", b"fn main() {}\n");
    assert_eq!(workshop.refusal(&text), "cannot load plugin `text` (libtext.so) because it is not an ELF library");

    let whole = fs::read(built::wrong("faulty_twin")).unwrap();
    let mut patched = |name: &str, at: usize, byte: u8| {
        let mut bytes = whole.clone();
        bytes[at] = byte;
        let path = workshop.place(name, &bytes);
        workshop.refusal(&path)
    };
    // System V ABI, ELF header: class at 4, data at 5, type at 16, machine at 18.
    for (name, at, byte) in [("32bit.so", 4, 1), ("big_endian.so", 5, 2), ("machine.so", 18, 0x15)] {
        assert!(patched(name, at, byte).ends_with("it was built for another kind of machine"), "{name}");
    }
    assert!(patched("object.so", 16, 1).ends_with("it is an ELF file but no shared library"));
}

#[test]
fn a_foreign_library() {
    let mut workshop = Workshop::new();
    let maps = fs::read_to_string("/proc/self/maps").unwrap();
    let libc = maps.lines().filter_map(|line| line.split_whitespace().nth(5)).find(|path| path.contains("/libc.so"));
    let libc = workshop.place("libforeign.so", &fs::read(libc.unwrap()).unwrap());
    assert_eq!(
        workshop.refusal(&libc),
        "cannot load plugin `foreign` (libforeign.so) because it registers no component, so it is not a pyexec plugin"
    );
}

/// The system's loader would map what the headers promise, and the first touch beyond the end is a SIGBUS.
#[test]
fn truncated_anywhere() {
    let mut workshop = Workshop::new();
    let whole = fs::read(built::wrong("faulty_twin")).unwrap();
    let path = workshop.place("libcut.so", &whole);
    let file = fs::OpenOptions::new().write(true).open(&path).unwrap();
    let coarse = (1..100).map(|part| whole.len() / 100 * part);
    let cuts = (1..100).chain(coarse).chain(whole.len() - 70..whole.len());
    let mut cuts: Vec<_> = cuts.collect();
    cuts.sort_unstable();
    for cut in cuts.into_iter().rev() {
        file.set_len(cut as u64).unwrap();
        let error = inspect(&path).unwrap_err().to_string();
        let expected = if cut < 4 { "it is not an ELF library" } else { "it is truncated: it has " };
        assert!(error.contains(expected), "{cut}: {error}");
    }
    let path = workshop.place("libcut.so", &whole[..40]);
    assert_eq!(
        workshop.refusal(&path),
        "cannot load plugin `cut` (libcut.so) because it is truncated: it has 40 bytes and its headers promise 64"
    );
}

#[test]
fn the_host_goes_on() {
    let mut workshop = Workshop::new();
    let text = workshop.place("libtext.so", b"text");
    workshop.refusal(&text);
    workshop.install(&built::wrong("faulty_twin"));
    assert_eq!(workshop.generator("twin").name(), "twin");
}
