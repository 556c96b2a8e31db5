//! Nothing that a request, a model or running code says acts on who reads the notebook.

use super::*;
use pyexec_core::{Finding, finding::Certainty, finding::Severity, outcome::FileRecord};
use serde_json::json;

const HOSTILE: &[&str] = &[
    "</pre></code><script>alert(1)</script>",
    "![x](http://evil.invalid/pixel.png) <img src=http://evil.invalid/pixel.png onerror=alert(1)>",
    "```\n```\n````text\n~~~\n</code></pre>\n<iframe src=//evil.invalid></iframe>\n````````````\n# heading",
    "a\n\n---\n\n<svg onload=alert(1)>\n\n[click](javascript:alert(1)) https://evil.invalid www.evil.invalid",
    "$$\\href{javascript:alert(1)}{x}$$ \\(x\\) \\begin{equation}\\unicode{60}script\\end{equation} @@0@@",
    "x\r```\r<script>alert(1)</script>\u{2028}```\u{85}<script>\u{b}```\u{c}<img src=x>",
    "\u{1b}]8;;http://evil.invalid\u{7}link\u{1b}]8;;\u{7} \u{202e}txet\u{0}",
    "<!-- <!DOCTYPE x> <![CDATA[ ]]> --><style>*{background:url(//evil.invalid)}</style> {{ x }} {% raw %}",
    "'\"><a href=\"http://evil.invalid\">x</a>&lt;script&gt;",
];

fn hostile(text: &str) -> NotebookContent {
    let mut content = done(format!("x = r'''{text}'''\n{text}").as_bytes());
    let texts = || vec![text.to_owned(); 2];
    (content.task, content.requester, content.generator) = (text.into(), text.into(), text.into());
    content.approval = Some(text.into());
    content.earlier = vec![(1, RunError::new(ErrorKind::Runtime, text))];
    content.error = Some(RunError::new(ErrorKind::Runtime, text).with_help(text).with_traceback(text));
    content.inputs = vec![NotebookInput { name: text.into(), path: text.into(), sha256: Digest::of(b""), bytes: 1 }];
    content.findings = vec![Finding {
        rule: text.into(),
        capability: None,
        certainty: Certainty::Definite,
        severity: Severity::Error,
        line: 1,
        column: 1,
        end_line: 1,
        end_column: 2,
        message: text.into(),
        evidence: Some(text.into()),
        subject: None,
        analyzer: text.into(),
    }];
    let judgement = content.judgement.as_mut().unwrap();
    judgement.summary = text.into();
    (judgement.reasons, judgement.recommendations) = (texts(), texts());
    judgement.grants = vec![pyexec_core::Grant::Read { path: text.into() }];
    let ran = content.execution.as_mut().unwrap();
    (ran.stdout, ran.stderr) = (text.into(), text.into());
    let seen = seen(&mut content);
    seen.error = Some(RunError::new(ErrorKind::Runtime, format!("Evil: {text}")).with_traceback(text));
    seen.results = Results::Dict { value: Map::from_iter([(text.to_owned(), json!(text))]) };
    seen.python = Some(text.into());
    seen.warnings = texts();
    let file = |path: String| FileRecord { path, bytes: 1, sha256: Digest::of(b"") };
    seen.artifacts = vec![file(text.into()), file(format!("artifacts/{text}.html"))];
    let figure = |path: String, png| NotebookFigure { path, png };
    seen.figures = vec![
        figure(text.into(), Some(PNG.into())),
        figure(format!("figures/{text}.png"), None),
        figure(format!("figures/{text}.svg"), None),
        figure(text.into(), Some(text.into())),
    ];
    content
}

#[test]
fn its_html_is_inert() {
    let notebooks: Vec<_> = HOSTILE.iter().map(|text| render(&hostile(text)).unwrap()).collect();
    tools::validate(&notebooks);
    assert_eq!(tools::active_html(&notebooks), [""; 0]);
}

/// The check sees what it is there to see.
#[test]
fn the_same_text_in_prose_would_act() {
    let mut notebook = rendered(&done(b""));
    let mut acting = |text: &str| {
        notebook["cells"][0]["source"] = json!(text);
        notebook.to_string().into_bytes()
    };
    let found = tools::active_html(&[acting(HOSTILE[0]), acting(HOSTILE[1]), acting(HOSTILE[3])]);
    for file in ["0.ipynb", "1.ipynb", "2.ipynb"] {
        assert!(found.iter().any(|line| line.starts_with(file)), "{file} is not in {found:?}");
    }
}

#[test]
fn prose_holds_foreign_text_in_blocks_alone() {
    for text in HOSTILE {
        let notebook = rendered(&hostile(text));
        for cell in notebook["cells"].as_array().unwrap().iter().filter(|cell| cell["cell_type"] == "markdown") {
            let prose = outside_of_blocks(&super::text(&cell["source"]));
            assert!(
                !prose.contains(['<', '>', '$', '\\', '\u{1b}', '\u{202e}', '\r', '\u{2028}']),
                "{text:?}: {prose}"
            );
            assert!(!prose.contains("evil.invalid/") && !prose.contains("javascript:"), "{text:?}: {prose}");
        }
    }
}

fn outside_of_blocks(source: &str) -> String {
    let (mut prose, mut fence) = (String::new(), None);
    for line in source.lines() {
        match fence {
            None if line.starts_with("```") => fence = line.strip_suffix("text"),
            None => prose = format!("{prose}{line}\n"),
            Some(open) if line == open => fence = None,
            Some(_) => {}
        }
    }
    assert_eq!(fence, None, "{source}");
    prose
}

#[test]
fn outputs_are_text_and_pictures() {
    for text in HOSTILE {
        let notebook = rendered(&hostile(text));
        assert_eq!(notebook["metadata"]["language_info"].get("version"), None);
        for cell in notebook["cells"].as_array().unwrap() {
            assert!(cell["cell_type"] != "raw" && cell.get("attachments").is_none());
            for output in cell["outputs"].as_array().into_iter().flatten() {
                let kinds = output["data"].as_object().into_iter().flatten();
                assert!(kinds.clone().all(|(kind, _)| kind == "image/png" || kind == "text/plain"), "{output}");
                assert!(!output.to_string().contains(['\u{1b}', '\u{202e}', '\u{2028}']), "{output}");
            }
        }
    }
}
