//! The lock files: exactly which packages the managed Python holds, one file a version of `CPython` (`requirements/`).

use pyexec_core::Digest;

/// A lock file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Lock {
    /// The version of `CPython` that it is for.
    pub(super) version: (u32, u32),
    /// A requirements file with hashes.
    pub(super) text: &'static str,
}

/// Every lock file, oldest version first.
pub(super) const LOCKS: [Lock; 4] = [
    Lock { version: (3, 11), text: include_str!("../../requirements/cp311.lock") },
    Lock { version: (3, 12), text: include_str!("../../requirements/cp312.lock") },
    Lock { version: (3, 13), text: include_str!("../../requirements/cp313.lock") },
    Lock { version: (3, 14), text: include_str!("../../requirements/cp314.lock") },
];

impl Lock {
    /// For this version of `CPython`.
    pub(super) fn of(version: [u32; 3]) -> Option<Self> {
        LOCKS.into_iter().find(|lock| lock.version == (version[0], version[1]))
    }

    /// The name of the environment's folder: another lock is another environment.
    pub(super) fn folder_name(self) -> String {
        let digest = Digest::of(self.text.as_bytes()).to_string();
        format!("{}-cp{}{}", &digest[..16], self.version.0, self.version.1)
    }

    /// How many packages.
    pub(super) fn packages(self) -> usize {
        self.text.lines().filter(|line| line.contains("==")).count()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_package_is_pinned_and_hashed() {
        for lock in LOCKS {
            let mut name = "";
            let mut hashes = 0;
            for line in lock.text.lines() {
                if let Some((package, _)) = line.split_once("==") {
                    assert!(name.is_empty() || hashes > 0, "{name} has no hash");
                    (name, hashes) = (package, 0);
                } else {
                    assert!(line.starts_with("    --hash=sha256:"), "{line}");
                    hashes += 1;
                }
            }
            for wanted in ["numpy==", "pandas==", "matplotlib==", "scipy=="] {
                assert!(lock.text.contains(wanted), "{wanted} in {:?}", lock.version);
            }
            assert!(lock.packages() >= 12);
        }
    }

    #[test]
    fn one_folder_a_version() {
        let names: Vec<_> = LOCKS.iter().map(|lock| lock.folder_name()).collect();
        assert!(names.iter().zip(["-cp311", "-cp312", "-cp313", "-cp314"]).all(|(name, end)| name.ends_with(end)));
        assert_eq!(Lock::of([3, 12, 1]).map(|l| l.version), Some((3, 12)));
        assert_eq!(Lock::of([3, 10, 1]), None);
    }
}
