//! Policies: the default table, the format and its errors, what is granted.

use crate::{analyze, request};
use pyexec_analysis::{DEFAULT_POLICY, Policy};
use pyexec_core::{
    Capability, Certainty, ExecutionMode, Finding, PolicyDecision, ProposedGrant, Severity, Verdict,
    domain_analyzer::AnalysisReport, finding::InputInfo, policy_analyzer::PolicyRequest,
};
use std::path::PathBuf;

fn asked(code: &str) -> PolicyRequest {
    PolicyRequest {
        reports: vec![analyze(code)],
        inputs: Vec::new(),
        outputs: Vec::new(),
        writes_enabled: true,
        net_grantable: true,
    }
}

fn decided(code: &str) -> PolicyDecision {
    Policy::built_in().expect("holds").decide(&asked(code))
}

fn path_of(grant: &ProposedGrant) -> String {
    match grant {
        ProposedGrant::Output { path } => format!("output {}", path.display()),
        ProposedGrant::Read { path } => format!("read {}", path.display()),
        ProposedGrant::Net => "net".into(),
        ProposedGrant::Process => "process".into(),
        ProposedGrant::ChannelWrite(write) => format!("write {}", write.names.join(" ")),
    }
}

fn grants(decision: &PolicyDecision) -> Vec<String> {
    decision.grants.iter().map(path_of).collect()
}

#[test]
fn the_default_table() {
    use ExecutionMode::{EpicsControl, ReadOnly, WriteEnabled};
    use Verdict::{Allow, Ask};
    for (code, verdict, mode, expected) in [
        ("x = 1", Allow, ReadOnly, &[][..]),
        ("open('a.csv'); open('b.csv', 'w')", Allow, ReadOnly, &[]),
        ("open('/data/a.csv')", Ask, ReadOnly, &["read /data/a.csv"]),
        ("open('/data/out/a.csv', 'w')", Ask, WriteEnabled, &["output /data/out"]),
        ("import os; os.remove('/data/a.csv')", Ask, WriteEnabled, &["output /data"]),
        ("import requests; requests.get('http://x')", Ask, WriteEnabled, &["net"]),
        ("import os; os.system('ls')", Ask, WriteEnabled, &["process"]),
        ("import os; os.environ['X']", Ask, ReadOnly, &[]),
        ("eval('1')", Ask, ReadOnly, &[]),
        ("import epics; epics.caget('A')", Allow, ReadOnly, &[]),
        ("import epics; epics.caput('A', 1); epics.caput('B', 2)", Ask, EpicsControl, &["write A B"]),
        ("from pyexec.runtime import *\nwrite_channels({'A': 1, 'B': 2})", Ask, EpicsControl, &["write A B"]),
    ] {
        let decision = decided(code);
        assert_eq!((decision.verdict, decision.mode), (verdict, mode), "{code}: {:?}", decision.reasons);
        assert_eq!(grants(&decision), expected, "{code}");
        assert_eq!(decision.reasons.is_empty(), verdict == Allow, "{code}: {:?}", decision.reasons);
    }
}

#[test]
fn control_writes_are_denied_while_they_are_switched_off() {
    let mut request = asked("import epics; epics.caput('A', 1)");
    request.writes_enabled = false;
    let decision = Policy::built_in().expect("holds").decide(&request);
    assert_eq!((decision.verdict, decision.grants.len()), (Verdict::Deny, 0));
    assert!(decision.reasons[0].contains("writes_enabled"), "{:?}", decision.reasons);
    assert!(!decision.recommendations.is_empty());
}

#[test]
fn a_dynamic_channel_name_grants_nothing() {
    let decision = decided("import epics, json\nfor n in json.load(open('a.json')):\n    epics.caput(n, 1)\n");
    assert_eq!((decision.verdict, decision.mode), (Verdict::Ask, ExecutionMode::EpicsControl));
    assert!(decision.grants.is_empty(), "{:?}", decision.grants);
    assert!(decision.recommendations.iter().any(|line| line.contains("constant")), "{:?}", decision.recommendations);
}

#[test]
fn the_network_is_denied_where_it_cannot_be_granted() {
    let mut request = asked("import socket; socket.socket()");
    request.net_grantable = false;
    let decision = Policy::built_in().expect("holds").decide(&request);
    assert_eq!(decision.verdict, Verdict::Deny);
    assert!(decision.reasons.iter().any(|line| line.contains("cannot be granted")), "{:?}", decision.reasons);
}

#[test]
fn some_paths_are_never_proposed() {
    for code in [
        "open('/x', 'w')",
        "open('/proc/self/mem', 'w')",
        "open('/home/me', 'w')",
        "open('/home/me/x', 'w')",
        "open('/sys/a/b', 'w')",
        "open('/root/x', 'w')",
        "open('../x', 'w')",
        "open('/a/../../x', 'w')",
        "open('/proc/1/environ')",
        "import os; os.listdir('/')",
        "open('/dev/sda', 'wb')",
        "from pathlib import Path; (Path.home() / '.ssh').read_text()",
    ] {
        let decision = decided(code);
        assert_eq!(decision.verdict, Verdict::Ask, "{code}");
        assert!(decision.grants.is_empty(), "{code}: {:?}", decision.grants);
    }
    assert_eq!(grants(&decided("open('/a/./b//../c/x', 'w')")), ["output /a/c"]);
}

#[test]
fn declared_outputs_and_inputs_are_used() {
    let mut request = asked("open('/out/deep/x.csv', 'w'); import sys; open(sys.argv[1], 'w')");
    request.outputs = vec![PathBuf::from("/out"), PathBuf::from("/other")];
    let decision = Policy::built_in().expect("holds").decide(&request);
    assert_eq!(grants(&decision), ["output /out", "output /other"]);

    let mut analysis =
        request_with_input("pd = __import__('pandas'); open('/data/in.csv'); open('/data/./in.csv', 'rb')");
    analysis.python = (3, 11);
    let report = pyexec_analysis::analyze(&analysis).expect("a report");
    let capabilities: Vec<_> = report.findings.iter().filter_map(|f| f.capability.clone()).collect();
    assert_eq!(capabilities, [Capability::INPUT, Capability::INPUT]);
    let report = pyexec_analysis::analyze(&request_with_input("open('/data/in.csv', 'a')")).expect("a report");
    assert_eq!(report.findings[0].capability, Some(Capability::FS_WRITE));
}

fn request_with_input(code: &str) -> pyexec_core::domain_analyzer::AnalysisRequest {
    let mut analysis = request(code);
    analysis.inputs = vec![InputInfo {
        name: "in.csv".into(),
        path: "/data/in.csv".into(),
        sha256: pyexec_core::Digest::of(b""),
        bytes: 0,
    }];
    analysis
}

#[test]
fn a_policy_that_allows_everything_stays_read_only() {
    let policy = Policy::parse("[[rule]]\ncapability = '*'\nverdict = 'allow'\nreason = 'trusted'").expect("holds");
    for code in [
        "import os; os.system('ls')",
        "open('/x/y', 'w')",
        "import epics; epics.caput('A', 1)",
        "import socket; socket.socket()",
    ] {
        let mut request = asked(code);
        request.net_grantable = false;
        let decision = policy.decide(&request);
        assert_eq!((decision.verdict, decision.mode), (Verdict::Allow, ExecutionMode::ReadOnly), "{code}");
        assert!(decision.grants.is_empty(), "{code}: {:?}", decision.grants);
    }
}

#[test]
fn what_no_rule_speaks_of_is_asked_in_the_strongest_mode() {
    let finding = Finding {
        rule: "site.interlock.bypass".into(),
        capability: Some("site.interlock".parse().expect("a name")),
        certainty: Certainty::Possible,
        severity: Severity::Error,
        line: 1,
        column: 1,
        end_line: 1,
        end_column: 2,
        message: "opens an interlock".into(),
        evidence: None,
        subject: None,
        analyzer: "site".into(),
    };
    let mut request = asked("x = 1");
    request.reports.push(AnalysisReport { syntax_ok: true, findings: vec![finding], ..AnalysisReport::default() });
    let narrow = Policy::parse("[[rule]]\ncapability = 'input'\nverdict = 'allow'\nreason = 'fine'").expect("holds");
    for policy in [narrow, Policy::built_in().expect("holds")] {
        let decision = policy.decide(&request);
        assert_eq!((decision.verdict, decision.mode), (Verdict::Ask, ExecutionMode::EpicsControl));
    }
    let site = "[[rule]]\ncapability = 'site.interlock'\nverdict = 'deny'\nreason = 'never'";
    assert_eq!(Policy::parse(site).expect("holds").decide(&request).verdict, Verdict::Deny);
}

#[test]
fn nothing_analysed_or_not_python_is_denied() {
    let policy = Policy::built_in().expect("holds");
    let mut request = asked("def f(:\n");
    let decision = policy.decide(&request);
    assert_eq!(decision.verdict, Verdict::Deny);
    assert!(decision.reasons[0].starts_with("line 1: the code does not compile"), "{:?}", decision.reasons);
    request.reports.clear();
    assert_eq!(policy.decide(&request).verdict, Verdict::Deny);
}

#[test]
fn the_first_rule_that_applies_wins() {
    let text = "
[[rule]]
capability = 'net'
rule = 'net.requests'
verdict = 'allow'
mode = 'WRITE_ENABLED'
reason = 'the one client that is fine here'
match = [\"import requests; requests.get('http://x')\"]
not_match = ['import socket; socket.socket()']
[[rule]]
capability = ['net', 'process']
certainty = 'definite'
verdict = 'deny'
reason = 'no'
";
    let policy = Policy::parse(text).expect("holds");
    let of = |code: &str| policy.decide(&asked(code));
    assert_eq!(of("import requests; requests.get('http://x')").verdict, Verdict::Allow);
    assert_eq!(grants(&of("import requests; requests.get('http://x')")), ["net"]);
    assert_eq!(of("import socket; socket.socket()").verdict, Verdict::Deny);
    assert_eq!(of("import os; f = os.system if x else print; f('a')").verdict, Verdict::Ask);
}

#[test]
fn errors_name_the_thing_and_the_way_out() {
    let error = |text: &str| Policy::parse_named("site.toml", text).expect_err("is wrong").to_string();
    let all: String = [
        "",
        "rules = []",
        "[[rule]]\ncapability = 'net'\nverdikt = 'ask'\nreason = 'x'",
        "[[rule]]\ncapability = 'fs.wrte'\nverdict = 'ask'\nreason = 'x'",
        "[[rule]]\ncapability = 'network'\nverdict = 'ask'\nreason = 'x'",
        "[[rule]]\ncapability = []\nverdict = 'ask'\nreason = 'x'",
        "[[rule]]\ncapability = 'net'\nverdict = 'maybe'\nreason = 'x'",
        "[[rule]]\ncapability = 'net'\nverdict = 'ask'",
        "[[rule]]\ncapability = 'net'\nmode = 'ADMIN'\nverdict = 'ask'\nreason = 'x'",
        "[[rule]]\ncapability = 'net'\nwhen = 'friday'\nverdict = 'ask'\nreason = 'x'",
        "[[rule]\n",
        "[[rule]]\ncapability = 'net'\nverdict = 'ask'\nreason = 'x'\nmatch = ['import os; os.system(1)', 'x']",
        "[[rule]]\ncapability = 'net'\nverdict = 'ask'\nreason = 'x'\nmatch = ['import socket; socket.socket(']",
        "[[rule]]\ncapability = '*'\nverdict = 'ask'\nreason = 'x'\nnot_match = [\"open('/x')\"]",
        "[[rule]]\ncapability = '*'\nverdict = 'ask'\nreason = 'x'\n[[rule]]\ncapability = 'net'\nverdict = 'deny'\nreason = 'y'\nmatch = ['import socket; socket.socket()']",
    ]
    .into_iter()
    .map(|text| error(text) + "\n\n")
    .collect();
    insta::assert_snapshot!(all);
}

#[test]
fn reasons_read_well() {
    let decision = decided(
        "import os, sys\nimport pandas as pd\ndf = pd.read_csv('co2.csv')\ndf.to_csv('/srv/share/co2.csv')\nopen(sys.argv[1])\nos.system('ls')\n",
    );
    insta::assert_snapshot!([decision.reasons, decision.recommendations].concat().join("\n"));
}

#[test]
fn summaries_read_well() {
    let of = |code: &str| format!("{}\n", analyze(code).summary);
    let all: String = [
        "x = 1",
        "import numpy as np, pandas as pd\ndf = pd.read_csv('co2.csv')\ndf.to_csv('a.csv')\nnp.save('b.npy', df)",
        "import epics\nepics.caput('A:B', epics.caget('C:D'))",
        "import os, requests\nos.system('ls')\nrequests.get('http://x')\nopen('/etc/a'); open('/etc/b'); open('/etc/c'); open('/etc/d')",
        "def f(:",
    ]
    .into_iter()
    .map(of)
    .collect();
    insta::assert_snapshot!(all);
}

#[test]
fn the_default_policy_text_is_what_is_built_in() {
    assert_eq!(Policy::parse_named("x", DEFAULT_POLICY).expect("holds").name(), "x");
}
