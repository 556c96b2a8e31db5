//! The table in `docs/backends.md` is what the data says.

use super::refused;
use pyexec_testkit::conformance::{Manner, Refusal, behaviours};
use std::{fs, path::Path};

const BEGIN: &str = "<!-- the conformance table: begin -->\n";
const END: &str = "<!-- the conformance table: end -->";

/// The whole table: a line for each behaviour, a column for each executor.
fn table() -> String {
    let heads = ["| behaviour | local | docker | jupyter |".to_owned(), "| --- | --- | --- | --- |".to_owned()];
    let lines = behaviours().map(|behaviour| {
        let gives = |refused: &[Refusal]| {
            let refusal = refused.iter().find(|refusal| refusal.behaviour == behaviour.name);
            refusal.map_or("yes".to_owned(), |Refusal { manner, says, .. }| match manner {
                Manner::Refused(kind) => format!("refused (`{kind}`): “{says}”"),
                Manner::Warned => format!("no; warns: “{says}”"),
            })
        };
        let [local, docker, jupyter] = [refused::LOCAL, refused::DOCKER, refused::JUPYTER].map(gives);
        format!("| {} | {local} | {docker} | {jupyter} |", behaviour.promise)
    });
    heads.into_iter().chain(lines).collect::<Vec<_>>().join("\n") + "\n"
}

#[test]
fn the_page_says_what_the_data_says() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/backends.md");
    let page = fs::read_to_string(&path).unwrap();
    let (before, rest) = page.split_once(BEGIN).expect("the page has the table's begin");
    let (found, after) = rest.split_once(END).expect("the page has the table's end");
    let wanted = table();
    if found != wanted && std::env::var_os("PYEXEC_TEST_UPDATE").is_some() {
        fs::write(&path, format!("{before}{BEGIN}{wanted}{END}{after}")).unwrap();
        return;
    }
    assert_eq!(found, wanted, "run this test with PYEXEC_TEST_UPDATE=1 to write the table");
}
