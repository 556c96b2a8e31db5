//! Inputs, artifacts and figures.

use crate::conformance::{
    behaviour::{Behaviour, Given, script},
    expect::{
        Expect::{Artifacts, Figures, Results, That},
        ensure,
    },
};

/// Every byte, so that none is taken for a line's end or a character.
const BYTES: &[u8] = &{
    let mut bytes = [0; 256];
    let mut at = 0;
    while at < 256 {
        bytes[at] = at.to_le_bytes()[0];
        at += 1;
    }
    bytes
};

pub(super) const BEHAVIOURS: &[Behaviour] = &[
    script(
        "input_by_name",
        "an input is in the working folder under its name, byte by byte, and is no artifact",
        "data = open('all.bin', 'rb').read()\nresults = {'whole': data == bytes(range(256))}",
        &[Given::Input("all.bin", BYTES)],
        &[Results(r#"{"whole":true}"#), Artifacts(&[])],
    ),
    script(
        "input_by_path",
        "an input is also where the caller has it",
        "results = {'x': open('/data/of/the/caller/series.csv').read()}",
        &[Given::Input("series.csv", b"1,2\n")],
        &[Results(r#"{"x":"1,2\n"}"#)],
    ),
    script(
        "input_is_read_only",
        "an input cannot be written, and what is staged stays as it is",
        "try: open('series.csv', 'a').write('3')\nexcept OSError: pass\nresults = {'now': open('series.csv').read()}",
        &[Given::Confined, Given::Input("series.csv", b"1,2\n")],
        &[
            Results(r#"{"now":"1,2\n"}"#),
            That(|seen| {
                let staged = seen.stage.place.read("staged-series.csv");
                ensure(staged.as_deref() == Some("1,2\n"), || format!("what was staged is now {staged:?}"))
            }),
        ],
    ),
    script(
        "artifacts_are_kept",
        "files in the working folder become artifacts under their names, in folders too",
        "import os\nos.makedirs('tables/deep')\nopen('tables/deep/t.csv', 'w').write('1,2')\nopen('notes.txt', 'w').write('é')\nresults = {}",
        &[],
        &[Results("{}"), Artifacts(&[("artifacts/notes.txt", "é"), ("artifacts/tables/deep/t.csv", "1,2")])],
    ),
    script(
        "save_artifact",
        "`save_artifact` leaves an artifact of the format that its name or type suggests",
        "import pandas as pd\nfrom pyexec import save_artifact\nsave_artifact({'a': 1}, 'table')\n\
         save_artifact(pd.DataFrame({'a': [1]}), 'frame.csv')\nsave_artifact('text', 'notes/n.txt')\nresults = {}",
        &[],
        &[That(|seen| {
            let mut found: Vec<_> = seen.outcome.artifacts.iter().map(|file| file.path.as_str()).collect();
            found.sort_unstable();
            let wanted = ["artifacts/frame.csv", "artifacts/notes/n.txt", "artifacts/table.json"];
            ensure(found == wanted, || format!("there are {found:?}"))
        })],
    ),
    script(
        "artifacts_do_not_pose",
        "files of the code cannot pose as ours",
        "for name in ('results.json', 'execution_metadata.json', 'code.py'): open(name, 'w').write('{}')\nresults = {'x': 1}",
        &[],
        &[
            Results(r#"{"x":1}"#),
            Artifacts(&[
                ("artifacts/code.py", "{}"),
                ("artifacts/execution_metadata.json", "{}"),
                ("artifacts/results.json", "{}"),
            ]),
        ],
    ),
    script(
        "links_are_not_followed",
        "symbolic links, pipes and devices that the code leaves are not taken",
        "import os\nos.symlink('/etc/passwd', 'passwd.txt')\nos.symlink('/etc', 'folder')\n\
         try: os.mkfifo('pipe')\nexcept OSError: pass\nopen('real.txt', 'w').write('r')\nresults = {}",
        &[],
        &[Results("{}"), Artifacts(&[("artifacts/real.txt", "r")])],
    ),
    script(
        "artifacts_of_a_failed_run",
        "what a failed run left is kept",
        "open('half.txt', 'w').write('half')\nraise ValueError('x')",
        &[],
        &[Artifacts(&[("artifacts/half.txt", "half")])],
    ),
    script(
        "open_figures",
        "figures that are open at the end are saved in order, and `show` waits for nobody",
        "import matplotlib.pyplot as plt\nfor n in range(2):\n    plt.figure()\n    plt.plot(range(n + 2))\nplt.show()\nresults = {}",
        &[],
        &[
            Results("{}"),
            Artifacts(&[]),
            Figures(&["figures/figure_01.png", "figures/figure_02.png"]),
            That(|seen| {
                let is_png = |path: &str| {
                    std::fs::read(seen.stage.order.folder.join(path)).is_ok_and(|bytes| bytes.starts_with(b"\x89PNG"))
                };
                ensure(seen.outcome.figures.iter().all(|figure| is_png(&figure.path)), || "one is no PNG".into())
            }),
        ],
    ),
    script(
        "saved_figures",
        "a figure that the code saved itself is a figure once, under its own name",
        "import matplotlib.pyplot as plt\nfigure, axes = plt.subplots()\naxes.plot([1, 2])\nfigure.savefig('mine.png')\nresults = {}",
        &[],
        &[Results("{}"), Figures(&["figures/mine.png"]), Artifacts(&[])],
    ),
];
