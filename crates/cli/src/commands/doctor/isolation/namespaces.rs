//! The kernel's settings that refuse user namespaces, without which nothing can be jailed.

use super::super::rows::Rows;
use pyexec_core::ErrorKind;
use std::fs;

/// What to look at where namespaces are refused and no setting says so.
pub(super) const FIX: &str = "look at `dmesg`, at the profile of the container or unit that this runs in, and at the settings \
    kernel.unprivileged_userns_clone, user.max_user_namespaces, kernel.apparmor_restrict_unprivileged_userns";

/// One setting: where it is, when it refuses, what to set. Debian's, everybody's, Ubuntu's.
struct Setting {
    name: &'static str,
    refuses: fn(u64) -> bool,
    set: &'static str,
    meaning: &'static str,
}

const SETTINGS: [Setting; 3] = [
    Setting {
        name: "kernel.unprivileged_userns_clone",
        refuses: |value| value == 0,
        set: "1",
        meaning: "ordinary users may make no user namespace",
    },
    Setting {
        name: "user.max_user_namespaces",
        refuses: |value| value == 0,
        set: "15000",
        meaning: "no user namespace may be made here",
    },
    Setting {
        name: "kernel.apparmor_restrict_unprivileged_userns",
        refuses: |value| value != 0,
        set: "0",
        meaning: "AppArmor takes all rights in a user namespace from programs without a profile",
    },
];

pub(super) fn check(rows: &mut Rows) {
    let refusing = refusing(|name| fs::read_to_string(format!("/proc/sys/{}", name.replace('.', "/"))).ok());
    if refusing.is_empty() {
        rows.ok("user namespaces", "no setting of the kernel refuses them");
    }
    for setting in refusing {
        // What counts is what the self-test gets: an AppArmor profile may allow what the setting forbids.
        let found = format!("{} refuses them: {}", setting.name, setting.meaning);
        if setting.name.contains("apparmor") {
            let fix = format!("{}, or an AppArmor profile with `userns,` for the interpreter", setting.fix());
            rows.warn("user namespaces", found, fix);
        } else {
            rows.fail("user namespaces", ErrorKind::IsolationNotAcceptable, found, setting.fix());
        }
    }
}

/// The settings that refuse, as `read` knows them. One that is not there refuses nothing.
fn refusing(read: impl Fn(&str) -> Option<String>) -> Vec<Setting> {
    let refuses = |setting: &Setting| {
        let value = read(setting.name).and_then(|text| text.trim().parse().ok());
        value.is_some_and(setting.refuses)
    };
    SETTINGS.into_iter().filter(refuses).collect()
}

impl Setting {
    fn fix(&self) -> String {
        let (name, set) = (self.name, self.set);
        format!("`sysctl -w {name}={set}` as root, and `{name} = {set}` in /etc/sysctl.d/60-pyexec.conf to keep it")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_setting_is_read_its_own_way() {
        let with = |set: &'static str, value: &'static str| {
            refusing(move |name| (name == set).then(|| value.to_owned())).iter().map(|s| s.name).collect::<Vec<_>>()
        };
        for (name, refuses, allows) in [
            ("kernel.unprivileged_userns_clone", "0\n", "1\n"),
            ("user.max_user_namespaces", "0\n", "63000\n"),
            ("kernel.apparmor_restrict_unprivileged_userns", "1\n", "0\n"),
        ] {
            assert_eq!(with(name, refuses), [name]);
            assert!(with(name, allows).is_empty());
        }
        assert!(with("none.of.them", "0").is_empty(), "a setting that is not there refuses nothing");
    }
}
