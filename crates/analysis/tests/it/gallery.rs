//! All scripts of two galleries that other people wrote: none is called invalid, and each that would be asked about stands in
//! `gallery.toml` with the reason.

use crate::analyze;
use pyexec_analysis::Policy;
use pyexec_core::{Capability, Verdict, policy_analyzer::PolicyRequest};
use serde::Deserialize;
use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

/// Where each source package keeps its scripts.
const GALLERIES: [(&str, &str); 2] = [("matplotlib", "galleries/examples"), ("scikit-learn", "examples")];
/// Fewer in both together, and something was not listed.
const LEAST: usize = 700;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Reasons {
    asked: Vec<Asked>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Asked {
    gallery: String,
    capabilities: BTreeSet<String>,
    why: String,
    scripts: Vec<String>,
}

/// By gallery and script.
type Found = BTreeMap<(String, String), BTreeSet<String>>;

#[test]
fn every_question_about_a_gallery_script_has_a_reason() {
    let policy = Policy::built_in().expect("its examples hold");
    let (mut count, mut found) = (0, Found::new());
    for (gallery, below) in GALLERIES {
        let folder = unpacked(gallery).join(below);
        for script in scripts(&folder) {
            count += 1;
            let report = analyze(fs::read(&script).expect("readable"));
            let name = script.strip_prefix(&folder).expect("below the folder").display().to_string();
            assert!(report.syntax_ok, "{gallery}: {name}: {:?}", report.findings);
            let other = |capability: &&Capability| !["input", "artifact"].contains(&capability.as_str());
            let capabilities = report.findings.iter().filter_map(|finding| finding.capability.as_ref()).filter(other);
            let capabilities = capabilities.map(|capability| capability.as_str().to_owned()).collect();
            let (inputs, outputs) = (Vec::new(), Vec::new());
            let request =
                PolicyRequest { reports: vec![report], inputs, outputs, writes_enabled: false, net_grantable: true };
            if policy.decide(&request).verdict > Verdict::Allow {
                found.insert((gallery.to_owned(), name), capabilities);
            }
        }
    }
    assert!(count > LEAST, "only {count} scripts");
    let listed = listed();
    let unlisted: Vec<_> =
        found.iter().filter(|(script, capabilities)| listed.get(*script) != Some(*capabilities)).collect();
    let allowed: Vec<_> = listed.keys().filter(|script| !found.contains_key(*script)).collect();
    assert!(unlisted.is_empty() && allowed.is_empty(), "without a reason: {unlisted:#?}\nnot asked: {allowed:#?}");
}

fn listed() -> Found {
    let Reasons { asked } = toml::from_str(include_str!("gallery.toml")).expect("the list reads");
    assert!(asked.iter().all(|asked| !asked.why.is_empty()));
    let each = |asked: Asked| {
        let Asked { gallery, capabilities, scripts, .. } = asked;
        scripts.into_iter().map(move |script| ((gallery.clone(), script), capabilities.clone()))
    };
    asked.into_iter().flat_map(each).collect()
}

fn unpacked(package: &str) -> PathBuf {
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).parent().expect("a folder in the target folder");
    let entries = fs::read_dir(target.join("gallery")).expect("there are no galleries: run `cargo xtask setup`");
    let mut folders = entries.map(|entry| entry.expect("readable").path());
    let of_package = |folder: &PathBuf| {
        let name = folder.file_name().expect("named").to_string_lossy();
        name.strip_prefix(package).is_some_and(|rest| rest.starts_with('-'))
    };
    folders.find(of_package).unwrap_or_else(|| panic!("{package}'s sources are not there: run `cargo xtask setup`"))
}

fn scripts(folder: &Path) -> Vec<PathBuf> {
    let mut scripts = Vec::new();
    for entry in fs::read_dir(folder).expect("readable") {
        let path = entry.expect("readable").path();
        if path.is_dir() {
            scripts.extend(self::scripts(&path));
        } else if path.extension().is_some_and(|extension| extension == "py") {
            scripts.push(path);
        }
    }
    scripts
}
