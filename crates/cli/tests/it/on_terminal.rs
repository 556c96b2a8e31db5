//! What a person at a terminal sees; and that nobody else gets any of it.

use crate::{
    house::{House, environment, pyexec},
    terminal::Terminal,
};
use std::{
    fs,
    io::{BufRead, BufReader},
    process::{Command, Stdio},
};

const CODE: &str = "import matplotlib.pyplot as plt\nprint('a word')\nplt.plot([1, 2])\nopen('table.csv', 'w').write('1')\n\
                    results = {'mean': 340.1422471910112, 'rows': [{'a': 1, 'b': 'x'}]}\n";
const ASKS: &str = "open('/srv/elsewhere.txt', 'w').write('x')\nresults = {}\n";
const FOREVER: &str = "import time\nprint('begun', flush=True)\ntime.sleep(600)\n";

fn script(house: &House, code: &str) -> String {
    house.file("script.py", code).to_str().unwrap().to_owned()
}

/// Bytes of escapes: a terminal's own language.
fn escapes(text: &str) -> usize {
    text.chars().filter(|c| *c == '\u{1b}' || *c == '\r').count()
}

#[test]
fn results_are_a_table_and_everything_is_linked() {
    let house = House::new("");
    let left = Terminal::open(&house, &["run", "--code", &script(&house, CODE)]).left();
    let left = left.expect(0, &["  │ a word\n", "  mean  340.142\n", "  rows\n    a  b\n    1  x\n", "every digit"]);
    for stage in ["analysis", "execution"] {
        assert!(left.under(stage).ends_with(" s"), "{}", left.screen);
    }
    let run = house.run(&["runs", "show", &house.only_run(), "--json"]).json();
    let folder = format!("file://{}", run["folder"].as_str().unwrap());
    assert!(left.links.contains(&folder), "{:?}", left.links);
    for (label, shown) in [
        ("results", "results.json"),
        ("figure", "figures/figure_01.png"),
        ("code", "code.py"),
        ("notebook", "notebook.ipynb"),
        ("run", &house.only_run()),
    ] {
        assert_eq!(left.under(label), shown);
        let linked = left.links.contains(&format!("{folder}/{shown}"));
        assert_eq!(linked, label != "run", "{label} in {:?}", left.links);
    }
    assert_eq!(left.under("artifact"), "artifacts/table.csv (1 byte)");
    assert!(left.links.contains(&format!("{folder}/artifacts/table.csv")));
    left.under("next");
}

#[test]
fn the_live_line_leaves_nothing_behind() {
    let house = House::new("");
    let waits = "import sys, time\nprint('begun', flush=True)\ntime.sleep(1.5)\nprint('half', end='', flush=True)\n\
                 time.sleep(0.5)\nprint(' a line', flush=True)\ntime.sleep(0.5)\nresults = {}\n";
    let terminal = Terminal::open(&house, &["run", "--code", &script(&house, waits)]);
    terminal.shows("  execution  0.");
    terminal.shows("  │ begun\n");
    let left = terminal.left().expect(0, &["  │ begun\n  │ half a line\n"]);
    assert!(left.raw.contains('⠙'), "it moved: {:?}", left.raw);
    assert!(!left.screen.contains(|c| ('\u{2800}'..'\u{2900}').contains(&c)), "{}", left.screen);
    assert_eq!(left.screen.matches(" execution  ").count(), 1, "{}", left.screen);
}

#[test]
fn pipes_get_no_escapes() {
    let house = House::new("");
    let said = house.run(&["run", "--code", &script(&house, CODE)]).expect(0, &[]);
    assert_eq!(said.stdout, "mean: 340.1422471910112\nrows: [{\"a\":1,\"b\":\"x\"}]\n");
    assert_eq!(escapes(&said.stderr), 0, "{}", said.stderr);
    assert!(!said.stderr.contains("a word") && !said.stderr.contains("execution  "), "{}", said.stderr);
    assert!(said.stderr.contains("figures/figure_01.png\n"), "the whole path: {}", said.stderr);
    let json = house.code(CODE, &[]).expect(0, &[]);
    assert_eq!(escapes(&json.stdout) + escapes(&json.stderr), 0);
    json.json();
}

#[test]
fn results_in_a_pipe_are_plain_also_where_a_person_watches() {
    let house = House::new("");
    let (script, into) = (script(&house, CODE), house.path("results.txt"));
    let program = pyexec();
    let line = format!("{} run --code {script} > {}", program.display(), into.display());
    let left = Terminal::shell(&house, &line).left().expect(0, &["execution  ", "notebook.ipynb"]);
    assert!(!left.links.is_empty());
    assert_eq!(fs::read_to_string(into).unwrap(), "mean: 340.1422471910112\nrows: [{\"a\":1,\"b\":\"x\"}]\n");
}

#[test]
fn whoever_wants_no_escapes_gets_none() {
    for variables in [[("TERM", "xterm"), ("NO_COLOR", "1")], [("TERM", "dumb"), ("LANG", "C")]] {
        let house = House::new("");
        let script = script(&house, CODE);
        let left = Terminal::with(&house, &["run", "--code", &script], 100, &variables).left();
        let left = left.expect(0, &["  │ a word\n", "  mean  340.142\n", "notebook.ipynb"]);
        assert!(!left.raw.contains('\u{1b}'), "{variables:?}: {:?}", left.raw);
        left.under("execution");
    }
}

#[test]
fn a_hostile_name_or_text_does_not_reach_the_terminal() {
    let house = House::new("");
    let code = "evil = '\\x1b]52;c;ZXZpbA==\\x07\\x1b]0;title\\x07\\x1b[2J\\n        next  all is well\\u202e'\n\
                print(evil)\nresults = {evil: evil, 'nested': [{evil: evil}], 'text': evil + '\\nx'}\n\
                for name in ('a\\x1b\\\\b', 'x\\x1b]8;;http:evil\\x1b\\\\y', 'two\\nlines', 'bell\\x07', 'right\\u202eleft'):\n    \
                open(name, 'w').write('1')\n";
    let left = Terminal::open(&house, &["run", "--code", &script(&house, code)]).left();
    let left = left.expect(0, &["⟨U+001B⟩]52;c;ZXZpbA==⟨U+0007⟩", "artifacts/two_lines", "artifacts/a_\\b"]);
    assert!(!left.raw.contains('\u{202e}') && !left.raw.contains('\u{7}'), "{:?}", left.raw);
    assert_eq!(left.screen.matches("\n        next  ").count(), 1, "ours alone:\n{}", left.screen);
    assert!(left.links.iter().all(|link| link.starts_with("file:///")), "{:?}", left.links);
    let encoded = "/artifacts/a_%5Cb";
    assert!(left.links.iter().any(|link| link.ends_with(encoded)), "{encoded} in {:?}", left.links);
}

#[test]
fn a_notebook_is_linked_where_a_server_shows_it() {
    let base = "http://localhost:8088/lab/tree";
    let house = House::new(&format!("jupyter_base_url = \"{base}/\"\n"));
    let script = script(&house, "results = {}\n");
    let left = Terminal::open(&house, &["run", "--code", &script]).left().expect(0, &[]);
    let link = left.links.iter().find(|link| link.starts_with(base)).expect("a link to the server");
    assert!(link.starts_with(&format!("{base}/executed_scripts/")) && link.ends_with("/notebook.ipynb"), "{link}");
    let show = ["runs", "show", &house.only_run()];
    let json = house.run(&[show.as_slice(), &["--json"]].concat()).json();
    assert_eq!(json["notebook_link"], link.as_str());
    let plain = Terminal::with(&house, &show, 250, &[("TERM", "dumb")]).left().expect(0, &[]);
    assert_eq!(plain.under("notebook"), link);
}

#[test]
fn the_prompt_takes_yes_no_edit_and_later() {
    for (columns, typed, code, after) in [
        (100, "maybe\nno\nnot today\n", 4, "not today"),
        (44, "later\n", 5, "waits for approval"),
        (44, "\u{4}", 5, "waits for approval"),
        (100, "n\n\n", 4, "no reason given"),
    ] {
        let house = House::new("");
        let arguments = ["run", "--code", &script(&house, ASKS)];
        let terminal = Terminal::with(&house, &arguments, columns, &[("TERM", "xterm")]);
        terminal.shows("yes, no, edit or later > ");
        terminal.types(typed);
        let left = terminal.left().expect(code, &["APPROVAL REQUESTED", "Run exactly this?", after]);
        // Of the card, only headings stand at the left edge.
        let card = left.screen.split("APPROVAL REQUESTED").nth(1).unwrap().split("Run exactly").next().unwrap();
        for line in card.lines().filter(|line| !line.starts_with([' ', '>']) && !line.is_empty()) {
            assert_eq!(line.to_uppercase(), line, "{columns} columns:\n{card}");
        }
    }
}

#[test]
fn an_edit_at_the_prompt_is_asked_about_anew() {
    let house = House::new("");
    let arguments = ["run", "--code", &script(&house, ASKS)];
    // An editor that changes the code in place, as `ed` would.
    let environment = [("TERM", "xterm"), ("VISUAL", "sed -i s/w/a/"), ("EDITOR", "")];
    let terminal = Terminal::with(&house, &arguments, 100, &environment);
    terminal.shows("yes, no, edit or later > ");
    terminal.types("edit\n");
    terminal.shows_times(2, "yes, no, edit or later > ");
    terminal.shows("WHAT CHANGED");
    terminal.types("no\nnot so either\n");
    terminal.left().expect(4, &["not so either"]);
    let events = house.events(&house.only_run());
    assert_eq!(events.iter().filter(|event| *event == "ticket_opened").count(), 2, "{events:?}");
}

#[test]
fn what_was_typed_before_the_card_approves_nothing() {
    let house = House::new("");
    let terminal = Terminal::open(&house, &["run", "--code", &script(&house, ASKS)]);
    terminal.types("yes\nyes\n");
    terminal.shows("yes, no, edit or later > ");
    terminal.types("later\n");
    terminal.left().expect(5, &["waits for approval"]);
    assert!(!house.events(&house.only_run()).contains(&"decided".to_owned()));
}

#[test]
fn yes_runs_what_the_card_shows() {
    let house = House::new("");
    let open = house.path("open");
    fs::create_dir(&open).unwrap();
    let code = format!("with open({:?}, 'w') as f:\n    f.write('approved')\nresults = {{}}\n", open.join("out.txt"));
    let terminal = Terminal::open(&house, &["run", "--code", &script(&house, &code)]);
    terminal.shows("yes, no, edit or later > ");
    assert!(!open.join("out.txt").exists());
    terminal.types("yes\n");
    terminal.left().expect(0, &["execution  "]);
    assert_eq!(fs::read_to_string(open.join("out.txt")).unwrap(), "approved");
}

#[test]
fn ctrl_c_at_the_prompt_cancels_the_run() {
    let house = House::new("");
    let terminal = Terminal::open(&house, &["run", "--code", &script(&house, ASKS)]);
    terminal.shows("yes, no, edit or later > ");
    terminal.types("\u{3}");
    terminal.left().expect(130, &["cancelled by"]);
    assert_eq!(house.run(&["runs", "show", &house.only_run(), "--json"]).json()["state"], "cancelled");
}

#[test]
fn ctrl_c_stops_a_run_and_says_what_a_second_one_does() {
    let house = House::new("");
    let terminal = Terminal::open(&house, &["run", "--code", &script(&house, FOREVER)]);
    terminal.shows("  │ begun");
    terminal.types("\u{3}");
    terminal.left().expect(130, &["stopping run", "once more (Ctrl-C) leaves at once", "cancelled by"]);
    assert_eq!(house.run(&["runs", "show", &house.only_run(), "--json"]).json()["state"], "cancelled");
}

#[test]
fn a_second_ctrl_c_leaves_at_once() {
    let house = House::new("");
    let terminal = Terminal::open(&house, &["run", "--code", &script(&house, FOREVER)]);
    terminal.shows("  │ begun");
    let run = house.only_run();
    // Stopping needs the store, and that is busy.
    let lock = "import sqlite3, sys\nstore = sqlite3.connect(sys.argv[1], timeout=30)\nstore.execute('BEGIN IMMEDIATE')\n\
                print('locked', flush=True)\nsys.stdin.read()\n";
    let mut busy = Command::new(environment().join("bin/python"))
        .args(["-c", lock, house.path("data/store.sqlite").to_str().unwrap()])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut locked = String::new();
    BufReader::new(busy.stdout.take().unwrap()).read_line(&mut locked).unwrap();
    assert_eq!(locked, "locked\n");
    terminal.types("\u{3}");
    terminal.shows("once more (Ctrl-C) leaves at once");
    terminal.types("\u{3}");
    terminal.left().expect(130, &["whoever looks after it next", &format!("`pyexec runs cancel {run}`")]);
    drop(busy.stdin.take());
    busy.wait().unwrap();
    house.run(&["runs", "cancel", &run]).expect(0, &[]);
    assert_eq!(house.run(&["runs", "show", &run, "--json"]).json()["state"], "cancelled");
}

#[test]
fn a_hang_up_at_the_prompt_leaves_the_ticket() {
    let house = House::new("");
    let terminal = Terminal::open(&house, &["run", "--code", &script(&house, ASKS)]);
    terminal.shows("yes, no, edit or later > ");
    terminal.hang_up();
    terminal.left().expect(5, &["waits for approval"]);
    assert_eq!(house.run(&["runs", "show", &house.only_run(), "--json"]).json()["state"], "waiting");
}
