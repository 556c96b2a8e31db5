//! Tables of a user's: the documented one works, mistakes are named with their place, and none makes ours say less.

use pyexec_analysis::Analyzer;
use pyexec_core::Capability;
use std::{fs, path::Path};

fn found(analyzer: &Analyzer, code: &str) -> Vec<String> {
    let report = analyzer.analyze(&crate::request(code)).expect("the machinery works");
    report.findings.iter().filter_map(|f| f.capability.as_ref()).map(Capability::to_string).collect()
}

fn refusal(text: &str) -> String {
    Analyzer::new(&[("site.toml", text)]).expect_err("is refused").to_string()
}

/// The second TOML block of the guide.
fn documented() -> String {
    let guide = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/knowledge.md");
    let guide = fs::read_to_string(guide).expect("the guide is there");
    let block = guide.split("```toml\n").nth(2).and_then(|block| block.split("```").next());
    block.expect("the guide has a complete table").to_owned()
}

#[test]
fn the_documented_table_does_what_it_says() {
    let analyzer = Analyzer::new(&[("site.toml", &documented())]).expect("its examples hold");
    let code = "import plant\nc = plant.connect('MAG:1')\nc.value = 3\n";
    assert_eq!(found(&analyzer, code), ["control.read", "control.write"]);
    let report = analyzer.analyze(&crate::request(code)).expect("the machinery works");
    assert!(report.summary.contains("writes 1 channel: `MAG:1`"), "{}", report.summary);
    assert!(found(&Analyzer::new(&[]).expect("no table"), code).is_empty(), "nothing is known without it");
}

#[test]
fn mistakes_are_named() {
    let cases = [
        "[[call]]\nnames = ['x.y']\ncapabilty = 'net'",
        "[[cal]]\nnames = ['x.y']",
        "[[call]]\nnames = ['x.y']\ncapability = 'nett'",
        "[[call]]\nnames = ['x.y']\ncapability = 'fs.wirte'\npath = '0'",
        "[[call]]\nnames = ['x.y']\ncapability = 'net'\npath = 'first'",
        "[[call]]\nnames = ['x.y']\n",
        "[[method]]\nnames = ['y']\ncapability = 'net'",
        "[[call]]\nnames = ['x.y']\ncapability = 'net'\nmatch = ['import x; x.z()']",
        "[[call]]\nnames = ['x.y']\ncapability = 'net'\nnot_match = ['import x; x.y()']",
        "[[call]]\nnames = ['x.y']\ncapability = 'net'\nmatch = ['import']",
        "[[call]\n",
        "[alias]\n'os.system' = 'math.sqrt'",
        "[[call]]\nnames = ['subprocess.*']\ncapability = 'net'\nexcept = ['subprocess.run']",
        "data = ['os']",
    ];
    insta::assert_snapshot!(cases.map(|case| format!("{case}\n  -> {}\n", refusal(case))).join("\n"));
}

/// Everything that could make a lookup find less, tried on code of which the built-in tables find something.
#[test]
fn no_table_takes_anything_away() {
    let code = "import subprocess, os, epics, numpy as np, requests\nsubprocess.run(['x'])\nos.system('x')\nopen('/x', 'w')\n\
                epics.PV('A').put(1)\nnp.zeros(3).tofile('/x')\nopen(os.getenv('A'), 'w')\nrequests.api.get('http://x')\n\
                eval(input())\nopen(input(), 'w')\n";
    let before = found(&Analyzer::new(&[]).expect("no table"), code);
    let names = [
        "subprocess.run",
        "subprocess.*",
        "os.system",
        "os.*",
        "builtins.open",
        "builtins.eval",
        "builtins.input",
        "os.getenv",
        "epics.PV",
        "epics.PV().put",
        "numpy.zeros().tofile",
        "numpy.*",
        "requests.api.*",
        "requests.api.get",
        "requests.*",
    ];
    for name in names {
        for rest in
            ["", "path = '0'\n", "when = { argument = ':no', only = [true] }\n", "channel = '0'\n", "code = ['0']\n"]
        {
            let table = format!("[[call]]\nnames = ['{name}']\ncapability = 'input'\n{rest}");
            let analyzer = Analyzer::new(&[("site.toml", &table)]).expect("it adds");
            let mut after = found(&analyzer, code);
            for capability in &before {
                let at = after.iter().position(|other| other == capability);
                after.remove(at.unwrap_or_else(|| panic!("`{name}` with `{rest}` hides {capability}")));
            }
        }
        for key in ["returns = 'math.sqrt()'", "keeps = '0'", "dumps = '0'", "except = ['os.system']"] {
            let table = format!("[[call]]\nnames = ['{name}']\ncapability = 'input'\n{key}");
            assert!(refusal(&table).contains("can only add"), "{name}: {key}");
        }
        let root = name.split('.').next().unwrap_or(name);
        for table in ["data", "harmless", "inert", "settable", "buffers"].map(|list| format!("{list} = ['{root}']")) {
            assert!(refusal(&table).contains("can only add"), "{table}");
        }
        assert!(refusal(&format!("[alias]\n'{root}' = 'x'")).contains("can only add"));
        assert!(refusal(&format!("[constant]\n'{root}.x' = 'x'")).contains("can only add"));
    }
    for module in
        ["base64", "operator", "functools", "sys", "importlib", "codecs", "pkgutil", "pathlib", "nt", "PyTango"]
    {
        assert!(refusal(&format!("[alias]\n'{module}' = 'x'")).contains("can only add"), "{module}");
    }
    assert!(refusal("[[attribute]]\nnames = ['__globals__']\ncapability = 'input'").contains("can only add"));
    assert!(refusal("[[use]]\nnames = ['os.environ']\ncapability = 'input'").contains("can only add"));
}
