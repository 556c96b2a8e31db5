//! A folder of hostile scripts, each as it is shown on a narrow, an ordinary and a wide terminal.

use crate::{cards::card, reading::assert_sound};
use pyexec_approval::CardView;
use std::{fs, path::Path};

#[test]
fn every_hostile_script_is_shown_harmlessly() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/hostile");
    let mut seen = 0;
    for entry in fs::read_dir(&folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|extension| extension != "py") {
            continue;
        }
        seen += 1;
        let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
        let code = fs::read(&path).unwrap();
        let view = CardView::of(&card(code.as_slice()));
        for width in [40, 80, 200] {
            let text = view.to_text(width);
            assert_sound(&text, width, &code);
            insta::assert_snapshot!(format!("{name}@{width}"), text);
        }
    }
    assert_eq!(seen, 10, "scripts in {}", folder.display());
}

#[test]
fn ten_thousand_lines_are_all_shown() {
    let code = "x = 1\n".repeat(10_000);
    let text = CardView::of(&card(code.as_str())).to_text(80);
    assert_sound(&text, 80, code.as_bytes());
    assert_eq!(text.lines().filter(|line| line.contains(" │ x")).count(), 10_001, "one of them twice: a finding");
}
