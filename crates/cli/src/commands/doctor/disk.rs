//! The data folder and the temporary folder: whose they are, where they lie, and how much fits.

use super::{
    context::{Context, NO_CONFIGURATION},
    rows::Rows,
};
use pyexec_core::ErrorKind;
use rustix::fs::{Access, StatFs, access, statfs, statvfs};
use std::{env, fs, io, os::unix::fs::MetadataExt as _, path::Path};

/// Below this nothing is sure to be written to its end.
const TOO_LITTLE: u64 = 32 << 20;
/// Below this a few figures may fill it; the managed Python alone has about 500 MiB.
const LITTLE: u64 = 1 << 30;
const FEW_INODES: u64 = 10_000;
/// More files than this are not counted: the rows should not wait for them.
const MOST_FILES: u64 = 100_000;

pub(super) fn check(context: &Context, rows: &mut Rows) {
    match context.config() {
        Some(config) => data_dir(context, &config.data_dir, rows),
        None => rows.unchecked("data folder", NO_CONFIGURATION),
    }
    match &context.scratch {
        Ok(_) => room("temporary folder", &env::temp_dir(), rows),
        Err(error) => {
            let place = env::temp_dir();
            let found =
                format!("nothing can be written in the data folder or in {}: {}", place.display(), error.kind());
            let fix = "free some space, or set `TMPDIR` to a folder of your own";
            rows.fail("temporary folder", ErrorKind::Store, found, fix);
        }
    }
}

fn data_dir(context: &Context, folder: &Path, rows: &mut Rows) {
    let name = "data folder";
    let shown = folder.display();
    let Some(nearest) = folder.ancestors().find(|place| place.symlink_metadata().is_ok()) else {
        return rows.fail(
            name,
            ErrorKind::BadFile,
            format!("no part of {shown} is there"),
            "set `data_dir` to another",
        );
    };
    if nearest != folder {
        match access(nearest, Access::WRITE_OK | Access::EXEC_OK) {
            Ok(()) if nearest.is_dir() => rows.ok(name, format!("{shown} is not there yet: the first run makes it")),
            Ok(()) => {
                let found = format!("{shown} cannot be made: {} is not a folder", nearest.display());
                rows.fail(name, ErrorKind::BadFile, found, "set `data_dir` to another, or move that aside");
            }
            Err(error) => {
                let found = format!("{shown} cannot be made: {}: {error}", nearest.display());
                rows.fail(name, ErrorKind::Store, found, "set `data_dir` to a folder of your own");
            }
        }
        return room("disk of the data folder", nearest, rows);
    }
    match &context.data_dir {
        Some(error) => unwritable(folder, error, rows),
        None => private(folder, rows),
    }
    place(folder, rows);
    room("disk of the data folder", folder, rows);
    kept(&folder.join("executed_scripts"), rows);
}

fn unwritable(folder: &Path, error: &io::Error, rows: &mut Rows) {
    let shown = folder.display();
    let us = rustix::process::geteuid().as_raw();
    let (kind, fix) = match error.kind() {
        io::ErrorKind::NotFound => (ErrorKind::BadFile, "it is a link that leads nowhere: mend or remove it".into()),
        io::ErrorKind::NotADirectory => (ErrorKind::BadFile, "move it aside, or set `data_dir` to a folder".into()),
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
            (ErrorKind::Store, "free some space, or set `data_dir` to a folder on another disk".into())
        }
        io::ErrorKind::ReadOnlyFilesystem => {
            (ErrorKind::Store, "mount it writable, or set `data_dir` to another".into())
        }
        _ => {
            (ErrorKind::Store, format!("`chown -R {us} {shown}` if it is yours, or set `data_dir` to a folder that is"))
        }
    };
    rows.fail("data folder", kind, format!("nothing can be written in {shown}: {}", error.kind()), fix);
}

fn private(folder: &Path, rows: &mut Rows) {
    let (name, shown) = ("data folder", folder.display());
    let us = rustix::process::geteuid().as_raw();
    let found = match fs::metadata(folder) {
        Ok(found) => found,
        Err(error) => {
            return rows.fail(name, ErrorKind::Store, format!("{shown}: {error}"), "check its parent's rights");
        }
    };
    let mode = found.mode() & 0o7777;
    if found.uid() != us {
        let fix = "run pyexec as that user, or set `data_dir` to a folder of your own";
        let found = format!("{shown} belongs to uid {}, and this is uid {us}", found.uid());
        rows.fail(name, ErrorKind::BadFile, found, fix);
    } else if mode & 0o022 != 0 {
        let found = format!("others may write to {shown} (mode {mode:04o}), and so to approvals");
        rows.fail(name, ErrorKind::BadFile, found, format!("`chmod 700 {shown}`"));
    } else if mode & 0o077 != 0 {
        let found = format!("others may look into {shown} (mode {mode:04o}): names of runs, for one");
        rows.warn(name, found, format!("`chmod 700 {shown}`"));
    } else {
        rows.ok(name, format!("{shown} is private (mode {mode:04o})"));
    }
}

/// Where a database must not lie, and where its records are copied to others.
fn place(folder: &Path, rows: &mut Rows) {
    let fix = "set `data_dir` to a folder on a local disk that nothing copies elsewhere";
    if let Some(part) = synced(folder) {
        let found = format!("`{part}` looks like a folder that is copied to other machines: a database breaks there");
        rows.warn("place of the data folder", found, fix);
    }
    let kind = statfs(folder).ok().and_then(|found: StatFs| remote(magic(&found)));
    if let Some(kind) = kind {
        let found = format!("it lies on {kind}: locks that hold a process back may not hold there");
        rows.warn("place of the data folder", found, fix);
    }
}

/// The type has another width on other machines; the numbers have 32 bits.
fn magic(found: &StatFs) -> u64 {
    #[expect(clippy::cast_sign_loss, reason = "a bit pattern, signed here and not elsewhere")]
    let bits = found.f_type as u64;
    bits & 0xffff_ffff
}

/// `statfs(2)` names file systems by numbers.
fn remote(magic: u64) -> Option<&'static str> {
    Some(match magic {
        0x6969 => "NFS",
        0x517b | 0xff53_4d42 | 0xfe53_4d42 => "SMB",
        0x00c3_6400 => "Ceph",
        0x5346_414f | 0x6b41_4653 => "AFS",
        0x6573_5546 => "FUSE (sshfs and its kin)",
        0x0102_1997 => "9P",
        _ => return None,
    })
}

fn synced(folder: &Path) -> Option<String> {
    const NAMES: [&str; 8] =
        ["dropbox", "onedrive", "google drive", "googledrive", "nextcloud", "owncloud", "icloud", "syncthing"];
    let parts = folder.components().map(|part| part.as_os_str().to_string_lossy().into_owned());
    parts.into_iter().find(|part| NAMES.iter().any(|name| part.to_lowercase().starts_with(name)))
}

fn room(name: &str, folder: &Path, rows: &mut Rows) {
    let disk = match statvfs(folder) {
        Ok(disk) => disk,
        Err(error) => {
            let found = format!("{} cannot be looked at: {error}", folder.display());
            return rows.fail(name, ErrorKind::Store, found, "name another folder: `data_dir`, or the variable TMPDIR");
        }
    };
    let free = disk.f_bavail.saturating_mul(disk.f_frsize);
    // Some file systems make inodes as they need them, and say 0 of 0.
    let (inodes, counted) = (disk.f_favail, disk.f_files > 0);
    let shown = format!("{}: {} free", folder.display(), size(free));
    if free < TOO_LITTLE {
        rows.fail(name, ErrorKind::Store, shown, "free some space, or name a folder on another disk");
    } else if counted && inodes == 0 {
        rows.fail(
            name,
            ErrorKind::Store,
            format!("{shown}, but no inode"),
            "remove files, or name a folder on another disk",
        );
    } else if counted && inodes < FEW_INODES {
        rows.warn(name, format!("{shown}, but only {inodes} inodes"), "remove files that nobody needs");
    } else if free < LITTLE {
        rows.warn(
            name,
            shown,
            "free some space before it runs out: `executed_scripts` in the data folder grows with each run",
        );
    } else {
        let inodes = if counted { format!(", {inodes} inodes") } else { String::new() };
        rows.ok(name, format!("{shown}{inodes}"));
    }
}

fn kept(folder: &Path, rows: &mut Rows) {
    if !folder.is_dir() {
        return;
    }
    let (mut files, mut bytes) = (0_u64, 0_u64);
    let mut left = vec![folder.to_path_buf()];
    while let Some(entries) = left.pop().map(fs::read_dir) {
        let found = entries.into_iter().flatten().flatten();
        for (path, metadata) in found.filter_map(|entry| Some((entry.path(), entry.metadata().ok()?))) {
            if metadata.is_dir() {
                left.push(path);
            } else {
                (files, bytes) = (files + 1, bytes.saturating_add(metadata.len()));
            }
        }
        if files > MOST_FILES {
            return rows.ok("run folders", format!("more than {} in {MOST_FILES} files", size(bytes)));
        }
    }
    rows.ok("run folders", format!("{} in {files} files", size(bytes)));
}

/// Bytes for people.
pub(super) fn size(bytes: u64) -> String {
    const STEP: u64 = 1024;
    let units = ["KiB", "MiB", "GiB", "TiB", "PiB"];
    let mut whole = bytes;
    let mut rest = 0;
    let mut unit = "bytes";
    for next in units {
        if whole < STEP {
            break;
        }
        (rest, whole, unit) = (whole % STEP, whole / STEP, next);
    }
    if unit == "bytes" || whole >= 100 {
        format!("{whole} {unit}")
    } else {
        format!("{whole}.{} {unit}", rest * 10 / STEP)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes() {
        let cases =
            [(0, "0 bytes"), (1023, "1023 bytes"), (1536, "1.5 KiB"), (200 << 20, "200 MiB"), (5 << 30, "5.0 GiB")];
        for (bytes, text) in cases {
            assert_eq!(size(bytes), text);
        }
    }

    #[test]
    fn places() {
        assert_eq!(synced(Path::new("/home/a/Dropbox (Team)/x")).as_deref(), Some("Dropbox (Team)"));
        assert_eq!(synced(Path::new("/home/a/.local/share/pyexec")), None);
        assert_eq!(remote(0x6969), Some("NFS"));
        assert_eq!(remote(0xef53), None, "ext4");
    }
}
