//! What may be visible inside, and what may not.

use super::*;
use crate::python::Facts;
use pyexec_core::grant::ChannelWriteGrant;
use std::fs;

fn interpreter(prefix: &Path, base: &Path) -> Interpreter {
    let facts = Facts {
        implementation: "cpython".into(),
        version: [3, 11, 2],
        executable: prefix.join("bin/python"),
        prefixes: vec![prefix.into(), base.into()],
        library: vec![base.join("lib/python3.11")],
        site: vec![prefix.join("lib/python3.11/site-packages")],
        packages: [].into(),
        modules: vec![],
    };
    Interpreter { facts, font_cache: None, origin: "test".into() }
}

fn targets(mounts: &[Mount]) -> Vec<&Path> {
    mounts.iter().map(|mount| mount.target.as_path()).collect()
}

#[test]
fn an_interpreter_is_visible_under_each_of_its_names() {
    let root = tempfile::tempdir().unwrap().keep().canonicalize().unwrap();
    let (base, venv) = (root.join("base"), root.join("venv"));
    fs::create_dir_all(base.join("lib/python3.11")).unwrap();
    fs::create_dir_all(venv.join("bin")).unwrap();
    fs::create_dir_all(venv.join("lib/python3.11/site-packages")).unwrap();
    fs::create_dir_all(base.join("bin")).unwrap();
    fs::write(base.join("bin/python3.11"), "").unwrap();
    std::os::unix::fs::symlink(base.join("bin/python3.11"), venv.join("bin/python")).unwrap();
    std::os::unix::fs::symlink(&base, root.join("current")).unwrap();
    assert_eq!(targets(&of_interpreter(&interpreter(&venv, &base))), [base.as_path(), venv.as_path()]);
    let by_link = of_interpreter(&interpreter(&venv, &root.join("current")));
    assert_eq!(targets(&by_link), [&base, &root.join("current"), &venv]);
    assert_eq!(by_link[1].source, base);
    // by a link inside of what is visible
    let mut linked = interpreter(&venv, &base);
    std::os::unix::fs::symlink("lib", venv.join("lib64")).unwrap();
    fs::create_dir(root.join("packages")).unwrap();
    std::os::unix::fs::symlink(root.join("packages"), venv.join("packages")).unwrap();
    linked.facts.site.extend(["lib64/python3.11/site-packages", "packages"].map(|below| venv.join(below)));
    assert_eq!(targets(&of_interpreter(&linked)), [&base, &venv, &root.join("packages")]);
    // the system is there anyway
    assert_eq!(of_interpreter(&interpreter(Path::new("/usr"), Path::new("/usr"))), []);
    fs::remove_dir_all(root).unwrap();
}

fn input(folder: &Path, name: &str, content: &[u8]) -> StagedInput {
    let staged = folder.join("staged");
    fs::write(&staged, content).unwrap();
    StagedInput {
        name: name.into(),
        original: "/data/series.csv".into(),
        staged,
        sha256: Digest::of(content),
        bytes: content.len() as u64,
    }
}

#[test]
fn an_input_is_visible_in_two_places_and_only_as_it_was_staged() {
    let folder = tempfile::tempdir().unwrap();
    let good = input(folder.path(), "series.csv", b"1,2");
    let mounts = of_inputs(std::slice::from_ref(&good)).unwrap();
    assert_eq!(targets(&mounts), [Path::new("/data/series.csv"), Path::new("/work/series.csv")]);
    assert!(mounts.iter().all(|m| !m.writable && m.inode.is_some()));
    assert_eq!(not_artifacts(&mounts), BTreeSet::from([PathBuf::from("series.csv")]));

    let fails = |input: StagedInput, says: &str| {
        let error = of_inputs(&[input]).unwrap_err().to_string();
        assert!(error.contains(says), "{error}");
    };
    for name in ["", ".", "..", "a/b", "/a"] {
        fails(StagedInput { name: name.into(), ..good.clone() }, "plain file name");
    }
    fails(StagedInput { bytes: 4, ..good.clone() }, "3 bytes where 4");
    fails(StagedInput { sha256: Digest::of(b""), ..good.clone() }, "not what was staged");
    fails(StagedInput { original: "/proc/self/fd/3".into(), ..good.clone() }, "/proc");
    fails(StagedInput { original: "../x".into(), ..good.clone() }, "absolute");
    fails(StagedInput { staged: folder.path().into(), ..good.clone() }, "regular file");
    let error = of_inputs(&[good.clone(), good]).unwrap_err().to_string();
    assert!(error.contains("same name"), "{error}");
}

fn grant(grant: Grant, mode: ExecutionMode) -> Result<Opened, String> {
    of_grants(&[grant], mode, &[Path::new("/srv/data"), Path::new("/runs/one")]).map_err(|e| e.to_string())
}

#[test]
fn a_mode_opens_only_what_it_allows() {
    let write = ExecutionMode::WriteEnabled;
    assert!(grant(Grant::Net, ExecutionMode::ReadOnly).unwrap_err().contains("WRITE_ENABLED"));
    assert!(grant(Grant::Process, ExecutionMode::ReadOnly).is_err());
    let output = Grant::Output { path: "/data".into(), dev: 0, inode: 0 };
    assert!(grant(output, ExecutionMode::ReadOnly).is_err());
    let channels = ChannelWriteGrant { names: vec!["A".into()], min: None, max: None, max_writes: None };
    assert!(grant(Grant::ChannelWrite(channels), write).unwrap_err().contains("EPICS_CONTROL"));
    assert_eq!(grant(Grant::Net, write).unwrap(), Opened { net: true, ..Opened::default() });
    assert_eq!(grant(Grant::Process, write).unwrap(), Opened { process: true, ..Opened::default() });
}

#[test]
fn a_read_grant_is_what_stands_there_without_links() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().canonicalize().unwrap();
    let metadata = fs::metadata(&path).unwrap();
    let read = |path: &Path| grant(Grant::Read { path: path.into() }, ExecutionMode::ReadOnly);
    let wanted = Mount::read_only(path.as_path()).only(metadata.dev(), metadata.ino());
    assert_eq!(read(&path).unwrap().mounts, [wanted]);
    std::os::unix::fs::symlink(&path, path.join("link")).unwrap();
    for through in ["link", "link/link"] {
        let error = read(&path.join(through)).unwrap_err();
        assert!(error.contains("symbolic link"), "{error}");
    }
    assert!(read(&path.join("absent")).is_err());
}

#[test]
fn an_output_is_the_folder_that_was_approved_and_never_ours() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().to_path_buf();
    let metadata = fs::metadata(&path).unwrap();
    let output = |path: &Path, inode| Grant::Output { path: path.into(), dev: metadata.dev(), inode };
    let opened = grant(output(&path, metadata.ino()), ExecutionMode::WriteEnabled).unwrap();
    assert!(opened.mounts[0].writable && opened.mounts[0].inode == Some(metadata.ino()));
    let other = grant(output(&path, metadata.ino() + 1), ExecutionMode::WriteEnabled).unwrap_err();
    assert!(other.contains("another folder"), "{other}");
    for inside in ["/srv/data", "/srv", "/srv/data/runs", "/runs", "/runs/one/figures"] {
        for opened in [output(Path::new(inside), 1), Grant::Read { path: inside.into() }] {
            let error = grant(opened, ExecutionMode::WriteEnabled).unwrap_err();
            assert!(error.contains("never opened"), "{error}");
        }
    }
    let link = path.join("link");
    std::os::unix::fs::symlink(&path, &link).unwrap();
    assert!(grant(output(&link, metadata.ino()), ExecutionMode::WriteEnabled).is_err(), "a link is not followed");
}

#[test]
fn a_run_folder_is_there() {
    let folder = tempfile::tempdir().unwrap();
    assert_eq!(run_folder(folder.path()).unwrap(), folder.path().canonicalize().unwrap());
    for wrong in ["relative", "/no/such/folder", "/etc/passwd"] {
        assert!(run_folder(Path::new(wrong)).unwrap_err().to_string().contains(wrong));
    }
}

#[test]
fn nothing_covers_the_sandbox() {
    for path in
        ["/", "/work", "/tmp", "/usr", "/etc/passwd", "/proc/1", "/dev/sda", "/script/code.py", "relative", "/a/../b"]
    {
        assert!(check_target(Path::new(path)).is_err(), "{path}");
    }
    for path in ["/work/a.csv", "/tmp/a.csv", "/home/user/data", "/usr/share/data.csv"] {
        assert_eq!(check_target(Path::new(path)), Ok(()), "{path}");
    }
}
