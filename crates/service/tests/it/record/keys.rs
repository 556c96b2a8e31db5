//! The signing key: one for a data folder, this user's alone, or none at all.

use pyexec_core::RunError;
use pyexec_service::record::{KeyError, PublicKey, SigningKey, public_keys};
use std::{
    fs::{self, Permissions},
    os::unix::fs::PermissionsExt as _,
    path::Path,
};
use tempfile::TempDir;

fn with_key() -> (TempDir, String) {
    let data = tempfile::tempdir().unwrap();
    let key = SigningKey::open(data.path()).unwrap();
    (data, key.public().fingerprint().to_string())
}

fn refused(data: &Path) -> KeyError {
    let error = SigningKey::open(data).unwrap_err();
    assert!(!error.help().is_empty());
    assert!(matches!(RunError::from(&error).kind.exit_code(), 2 | 6));
    error
}

fn mode(path: &Path) -> u32 {
    path.metadata().unwrap().permissions().mode() & 0o777
}

#[test]
fn it_is_made_once_and_private() {
    let (data, fingerprint) = with_key();
    let keys = data.path().join("keys");
    assert_eq!((mode(&keys), mode(&keys.join("signing.key"))), (0o700, 0o600));
    assert_eq!(SigningKey::open(data.path()).unwrap().public().fingerprint().as_str(), fingerprint);
    let text = fs::read_to_string(keys.join("signing.pub")).unwrap();
    assert!(text.starts_with(&format!("pyexec signing key {fingerprint}\n-----BEGIN PUBLIC KEY-----\n")), "{text}");
    assert_eq!(public_keys(data.path()).unwrap(), PublicKey::parse_all(&text).unwrap());
    assert_eq!(fs::read_dir(&keys).unwrap().count(), 2, "nothing is left beside them");
    assert!(!format!("{:?}", SigningKey::open(data.path()).unwrap()).contains("secret"));
}

#[test]
fn many_that_start_at_once_make_one() {
    for _ in 0..20 {
        let data = tempfile::tempdir().unwrap();
        let made: Vec<_> = std::thread::scope(|scope| {
            let open = || SigningKey::open(data.path()).unwrap().public().fingerprint().to_string();
            let threads: Vec<_> = (0..8).map(|_| scope.spawn(open)).collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).collect()
        });
        assert!(made.iter().all(|one| *one == made[0]), "{made:?}");
    }
}

#[test]
fn a_public_key_that_is_gone_is_written_again() {
    let (data, fingerprint) = with_key();
    fs::remove_file(data.path().join("keys/signing.pub")).unwrap();
    assert_eq!(SigningKey::open(data.path()).unwrap().public().fingerprint().as_str(), fingerprint);
    assert_eq!(public_keys(data.path()).unwrap().len(), 1);
}

#[test]
fn what_others_may_use_is_refused() {
    for (name, bits) in [("keys/signing.key", 0o640), ("keys/signing.key", 0o602), ("keys", 0o755)] {
        let (data, _) = with_key();
        let path = data.path().join(name);
        fs::set_permissions(&path, Permissions::from_mode(bits)).unwrap();
        let error = refused(data.path());
        assert!(matches!(&error, KeyError::TooOpen { path: found, .. } if *found == path), "{error}");
    }
}

#[test]
fn a_damaged_key_is_refused() {
    for damage in ["", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n", "\u{0}"] {
        let (data, _) = with_key();
        fs::write(data.path().join("keys/signing.key"), damage).unwrap();
        assert!(matches!(refused(data.path()), KeyError::Damaged { .. }));
    }
    let (data, _) = with_key();
    fs::write(data.path().join("keys/signing.pub"), "x").unwrap();
    assert!(matches!(refused(data.path()), KeyError::Damaged { .. }));
    assert!(matches!(public_keys(data.path()).unwrap_err(), KeyError::Damaged { .. }));
}

#[test]
fn a_replaced_half_is_refused() {
    let ((data, _), (other, _)) = (with_key(), with_key());
    fs::copy(other.path().join("keys/signing.key"), data.path().join("keys/signing.key")).unwrap();
    assert!(matches!(refused(data.path()), KeyError::NotAPair { .. }));
}

/// A new one in silence would make every signature before a stranger's.
#[test]
fn a_lost_key_is_not_made_anew() {
    let (data, _) = with_key();
    fs::remove_file(data.path().join("keys/signing.key")).unwrap();
    let error = refused(data.path());
    assert!(matches!(error, KeyError::Gone { .. }), "{error}");
    assert!(!data.path().join("keys/signing.key").exists());
}

#[test]
fn neither_a_link_nor_a_pipe_is_a_key() {
    let (data, _) = with_key();
    let key = data.path().join("keys/signing.key");
    let moved = data.path().join("elsewhere");
    fs::rename(&key, &moved).unwrap();
    std::os::unix::fs::symlink(&moved, &key).unwrap();
    assert!(matches!(refused(data.path()), KeyError::WrongType { .. }));
    fs::remove_file(&key).unwrap();
    assert!(std::process::Command::new("mkfifo").arg("-m").arg("600").arg(&key).status().unwrap().success());
    assert!(matches!(refused(data.path()), KeyError::WrongType { .. }));
}

#[test]
fn reading_public_keys_makes_nothing() {
    let data = tempfile::tempdir().unwrap();
    assert_eq!(public_keys(&data.path().join("none")).unwrap(), []);
    assert!(!data.path().join("none").exists());
}
