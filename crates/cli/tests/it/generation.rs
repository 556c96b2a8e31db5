//! A model writes the code: the choice of the generator, the loop, and what is left of it in the run folder.

use crate::{
    house::{House, Said, said},
    standin::{Answer, Seen, StandIn},
};
use std::{fs, path::Path};

pub(crate) const CANARY: &str = "sk-canary-7c1e55d0f0042";
/// What a model first says, then, and at last.
const SAYS: [&str; 3] = [
    "```python\nimport csv\nrows = list(csv.DictReader(open('./river.csv'))\nresults = {}\n```",
    "```python\nimport csv\nrows = list(csv.DictReader(open('./river.csv')))\nmean = sum(float(r['flow']) for r in rows) / len(rows)\nresults = {'mean': mean}\n```",
    "The column is `discharge`:\n```python\nimport csv\nrows = list(csv.DictReader(open('./river.csv')))\nmean = sum(float(r['discharge']) for r in rows) / len(rows)\nresults = {'mean': mean}\n```",
];

fn says(text: &str) -> Answer {
    Answer::shape("anthropic/stream").saying(text)
}

/// With the stand-in as the model.
pub(crate) fn configuration(model: &StandIn, more: &str) -> String {
    format!(
        "[models.python_code_generator]\nprovider = \"anthropic\"\nmodel = \"the-model\"\nbase_url = \"{}\"\n\
         api_key_env = \"SITE_KEY\"\nretry_wait_seconds = 0.001\ninput_usd_per_million = 3\noutput_usd_per_million = 15\n{more}",
        model.url()
    )
}

fn house(model: &StandIn, more: &str) -> House {
    House::new(&configuration(model, more))
}

/// With the key in the environment.
pub(crate) fn run(house: &House, arguments: &[&str]) -> Said {
    let mut all = vec!["run"];
    all.extend(arguments);
    said(&house.command(&all).env("SITE_KEY", CANARY).output().unwrap())
}

/// Every file below a folder, with its bytes.
pub(crate) fn files(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let mut all = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            all.extend(files(&path));
        } else if path.is_file() {
            all.push((path.display().to_string(), fs::read(&path).unwrap()));
        }
    }
    all
}

pub(crate) fn contains(bytes: &[u8], text: &str) -> bool {
    bytes.windows(text.len()).any(|window| window == text.as_bytes())
}

#[test]
fn two_wrong_answers_and_a_right_one() {
    let model = StandIn::playing(SAYS.map(says));
    let house = house(&model, "");
    let data = house.file("river.csv", "year,discharge\n1900,1.25\n1901,1.75\n");
    let said = run(&house, &["what is the mean flow?", "--input", data.to_str().unwrap(), "--json"]);
    let run = said.expect(0, &["basic (none is configured; SITE_KEY is set: anthropic, the-model)"]).json();
    assert_eq!(
        (&run["results"]["mean"], &run["attempts"], &run["generator"]),
        (&1.5.into(), &3.into(), &"basic".into())
    );
    assert!((run["generation"]["run_cost_usd"].as_f64().unwrap() - 3.0 * 0.011_682).abs() < 1e-9, "{run}");

    // Each further question names what went wrong.
    let seen = model.seen();
    let asked: Vec<String> = seen.iter().map(|seen| seen.json()["messages"][0]["content"].to_string()).collect();
    assert_eq!(asked.len(), 3);
    assert!(asked[0].contains("discharge (numbers)") && asked[0].contains("pandas "), "{}", asked[0]);
    assert!(asked[1].contains("### Attempt 1: syntax (code)") && asked[1].contains(">   2 | rows"), "{}", asked[1]);
    assert!(asked[2].contains("### Attempt 2: runtime (code)") && asked[2].contains("KeyError"), "{}", asked[2]);
    assert!(asked[2].contains(">   3 | mean"), "{}", asked[2]);

    // The notebook shows the three attempts, the folder what was asked and said.
    let folder = Path::new(run["folder"].as_str().unwrap());
    let notebook = fs::read_to_string(run["notebook"].as_str().unwrap()).unwrap();
    for part in ["attempt 1 failed (syntax)", "attempt 2 failed (runtime): ", "3 of 3", "the-model (anthropic)"] {
        assert!(notebook.contains(part), "no {part:?} in {notebook}");
    }
    let attempts = files(&folder.join("attempts"));
    for part in ["/01_syntax_error_", "/02_execution_failed_"] {
        assert!(attempts.iter().any(|(name, _)| name.contains(part)), "no {part} in {:?}", attempts.len());
    }
    let prompts: Vec<String> = files(&folder.join("prompts")).into_iter().map(|(name, _)| name).collect();
    assert_eq!(prompts.len(), 9, "{prompts:?}");
    let last = fs::read_to_string(folder.join("prompts/03_02_answer.txt")).unwrap();
    assert_eq!(last, SAYS[2]);

    house.run(&["runs", "verify", run["run_id"].as_str().unwrap()]).expect(0, &[]);
}

#[test]
fn the_key_is_in_one_header_and_nowhere_else() {
    let model = StandIn::deciding(|seen: &Seen, before| match before {
        0 => Answer::shape("anthropic/500").with("Internal", &format!("{CANARY} Internal")),
        1 => says(&format!("```python\nprint('{CANARY}')\nraise ValueError('{CANARY}')\n```")),
        _ => {
            assert!(!seen.text().contains(CANARY));
            says(&format!("My key is {CANARY}\n```python\nresults = {{'x': 1}}\n```"))
        }
    });
    let house = house(&model, "");
    let mut command = house.command(&["run", &format!("is {CANARY} a key?"), "--name", "canary"]);
    let said = said(&command.env("SITE_KEY", CANARY).env("PYEXEC_LOG", "trace").output().unwrap()).expect(0, &[]);
    assert!(!said.stdout.contains(CANARY));
    assert_eq!(model.seen()[0].headers["x-api-key"], CANARY, "the positive control");
    // The request itself is the caller's own text, and is kept as it was said.
    let of_request = |line: &str| line.contains("user_query") || line.contains("is sk-canary");
    let logged: Vec<&str> = said.stderr.lines().filter(|line| line.contains(CANARY) && !of_request(line)).collect();
    assert!(logged.is_empty(), "{logged:#?}");
    for (name, bytes) in files(&house.path("data/executed_scripts")) {
        let callers = ["request.json", "events.jsonl", ".ipynb", "execution_metadata.json"];
        if !callers.iter().any(|end| name.ends_with(end)) {
            assert!(!contains(&bytes, CANARY), "{name}");
        }
    }
}

#[test]
fn without_prompts_none_are_kept() {
    let model = StandIn::playing([says(SAYS[2])]);
    let house = house(&model, "[execution]\nsave_prompts = false\n");
    let data = house.file("river.csv", "year,discharge\n1900,1.0\n");
    let run = run(&house, &["the mean?", "--input", data.to_str().unwrap(), "--json"]).expect(0, &[]).json();
    let folder = Path::new(run["folder"].as_str().unwrap());
    assert!(!folder.join("prompts").exists());
    assert!(!files(&house.path("data")).iter().any(|(_, bytes)| contains(bytes, "The column is `discharge`")));
}

#[test]
fn a_refusal_ends_the_run_whoever_refuses() {
    // Policy: no second question.
    let model = StandIn::playing([says("```python\nimport subprocess\nsubprocess.run(['true'])\nresults = {}\n```")]);
    let house_ = house(&model, "");
    run(&house_, &["run a program", "--approve", "never"]).expect(3, &[]);
    assert_eq!(model.seen().len(), 1);
    // The model: no second question either, and what it said is kept.
    let model = StandIn::playing([Answer::shape("anthropic/refusal").saying("I will not.")]);
    let house_ = house(&model, "");
    let run = run(&house_, &["do it", "--json"]).expect(1, &["declined to write this code: I will not."]).json();
    assert_eq!((model.seen().len(), &run["error"]["kind"]), (1, &"generation_empty".into()));
    let answer = Path::new(run["folder"].as_str().unwrap()).join("prompts/01_02_answer.txt");
    assert_eq!(fs::read_to_string(answer).unwrap(), "I will not.");
}

#[test]
fn the_budget_ends_the_loop() {
    let model = StandIn::playing(["```python\nresults = 1 / 0\n```"].map(says));
    let house = house(&model, "[execution.generators.basic]\nmax_budget_usd = 0.02\n");
    let run = run(&house, &["what?", "--json"]).expect(1, &["have cost 0.0234 USD"]).json();
    assert_eq!((model.seen().len(), &run["error"]["kind"]), (2, &"budget".into()));
}

#[test]
fn a_provider_that_is_away_is_machinery() {
    let model = StandIn::playing([Answer::shape("anthropic/529")]);
    let house = house(&model, "");
    run(&house, &["what?"])
        .expect(6, &["anthropic at http://127.0.0.1", "Overloaded; asked 4 times", "help: try again later"]);
    assert_eq!(model.seen().len(), 4, "the service does not try the same again");
}

#[test]
fn a_generator_that_cannot_start_is_an_error_unless_another_is_named() {
    let model = StandIn::playing([says(SAYS[2])]);
    let configured = "[execution]\ncode_generator = \"basic\"\n";
    let house = house(&model, configured);
    house.run(&["run", "what?"]).expect(2, &["`SITE_KEY` is not set", "help: set SITE_KEY"]);
    house.run(&["config", "check"]).expect(2, &["`SITE_KEY` is not set"]);
    // Who only looks, or brings code, needs no key.
    house.run(&["runs", "list"]).expect(0, &[]);
    house.run(&["approvals", "list"]).expect(0, &[]);
    house.code("results = {'a': 1}", &[]).expect(0, &[]);

    let text = fs::read_to_string(house.path("config/pyexec.toml")).unwrap();
    house.configure(&text.replace(configured, &format!("{configured}fallback_generator = \"mock\"\n")));
    let expected = ["warning: ", "`SITE_KEY` is not set", "`mock` takes its place", "mock (instead of `basic`"];
    house.run(&["run", "what?"]).expect(0, &expected);
    // Who names one by a flag wants that one.
    house.run(&["run", "what?", "--generator", "basic"]).expect(2, &["`SITE_KEY` is not set"]);
    assert!(model.seen().is_empty());
}

#[test]
fn a_key_alone_chooses_a_model_and_nothing_leaves_unasked() {
    // Whatever goes out of this machine goes through this proxy, which lets nothing through.
    let proxy = StandIn::playing([Answer::shape("gateway/502")]);
    let house = House::new("");
    let asked = |variable: &str| {
        let mut command = house.command(&["run", "what?"]);
        said(
            &command
                .env(variable, CANARY)
                .env("HTTPS_PROXY", proxy.url())
                .env("PYEXEC__PLUGINS__TIMEOUTS__GENERATOR", "3")
                .output()
                .unwrap(),
        )
    };
    asked("ANTHROPIC_API_KEY")
        .expect(6, &["basic (none is configured; ANTHROPIC_API_KEY is set: anthropic, claude-sonnet-4-5)"]);
    asked("OPENAI_API_KEY").expect(6, &["basic (none is configured; OPENAI_API_KEY is set: openai, gpt-5-mini)"]);
    let hosts: Vec<String> = proxy.seen().into_iter().map(|seen| format!("{} {}", seen.method, seen.path)).collect();
    assert!(hosts.contains(&"CONNECT api.anthropic.com:443".into()), "{hosts:?}");
    assert!(hosts.contains(&"CONNECT api.openai.com:443".into()), "{hosts:?}");
    assert!(proxy.seen().iter().all(|seen| !format!("{seen:?}").contains(CANARY)));
    house.run(&["run", "what?"]).expect(2, &["cookbook (none is configured; no model's key is set"]);
}

#[test]
fn a_key_that_is_written_down_is_refused_and_not_shown() {
    for (line, help) in [
        (format!("api_key = \"{CANARY}\""), "use `api_key_env`"),
        (format!("api_key_env = \"{CANARY}\""), "never write the key itself"),
    ] {
        let house = House::new(&format!("[models.m]\nprovider = \"openai\"\nmodel = \"x\"\n{line}\n"));
        let said = house.run(&["config", "check"]).expect(2, &[help]);
        assert!(!said.stderr.contains(CANARY) && !said.stdout.contains(CANARY), "{said:#?}");
    }
}

#[test]
fn what_was_asked_is_kept_when_the_provider_fails() {
    // The second attempt is the one that fails: the first one's answer stays, too.
    let model = StandIn::playing([says("```python\nresults = 1 / 0\n```"), Answer::shape("anthropic/400")]);
    let house = house(&model, "");
    let run = run(&house, &[&format!("is {CANARY} a key?"), "--json"]).expect(2, &[]).json();
    let folder = Path::new(run["folder"].as_str().unwrap());
    let mut prompts = files(&folder.join("prompts"));
    prompts.sort();
    let names: Vec<&str> = prompts.iter().map(|(name, _)| name.rsplit('/').next().unwrap()).collect();
    let first = ["01_00_system.txt", "01_01_request.txt", "01_02_answer.txt"];
    assert_eq!(names, [&first[..], &["02_00_system.txt", "02_01_request.txt"]].concat());
    let asked = String::from_utf8_lossy(&prompts[4].1);
    assert!(asked.contains("is *** a key?") && asked.contains("ZeroDivisionError"), "{asked}");
    assert!(prompts.iter().all(|(_, bytes)| !contains(bytes, CANARY)));
    assert_eq!((&run["generation"]["model"], run["generation"].get("failed")), (&"the-model".into(), None), "{run}");
    house.run(&["runs", "verify", run["run_id"].as_str().unwrap()]).expect(0, &[]);
}

#[test]
fn a_key_is_not_sent_where_others_can_read_it() {
    let model = StandIn::playing([says(SAYS[2])]);
    let open = configuration(&model, "").replace(&model.url(), "http://gateway.example.org");
    let house = House::new(&open);
    run(&house, &["what?"]).expect(
        2,
        &[
            "`http://gateway.example.org` is plain HTTP to another machine",
            "help: use an `https` address",
            "allow_plain_http",
        ],
    );
}
