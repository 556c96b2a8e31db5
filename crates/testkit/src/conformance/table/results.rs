//! What `results` becomes.

use crate::conformance::{
    behaviour::{Behaviour, script},
    expect::{
        Expect::{Exited, NoResults, NotADict, Results, That, Warns},
        ensure,
    },
};

pub(super) const BEHAVIOURS: &[Behaviour] = &[
    script(
        "results_are_a_dict",
        "the dict `results` comes back as JSON",
        "results = {'number': 1.5, 'text': 'é\\n', 'list': [True, None, 'x'], 'dict': {'a': {}}, 5: 'five'}",
        &[],
        &[Exited(0), Results(r#"{"number":1.5,"text":"é\n","list":[true,null,"x"],"dict":{"a":{}},"5":"five"}"#)],
    ),
    script("results_missing", "a run without `results` is no failure, and is told", "x = 1", &[], &[NoResults]),
    script(
        "results_no_dict",
        "`results` of another type is told by that type",
        "results = [1]",
        &[],
        &[NotADict("list")],
    ),
    script("nothing_at_all", "empty code is a run", "", &[], &[Exited(0), NoResults]),
    script(
        "results_of_numpy_and_pandas",
        "values of numpy and pandas become JSON",
        "import numpy as np, pandas as pd\n\
         results = {'int': np.int64(7), 'array': np.eye(2), 'bool': np.bool_(True), 'series': pd.Series([1, 2]).tolist()}",
        &[],
        &[Results(r#"{"int":7,"array":[[1.0,0.0],[0.0,1.0]],"bool":true,"series":[1,2]}"#)],
    ),
    script(
        "results_of_the_library",
        "paths, dates, sets, tuples, complex numbers and dataclasses become JSON",
        "import dataclasses, datetime, pathlib\n\
         @dataclasses.dataclass\nclass Point:\n    x: float\n\
         results = {'path': pathlib.Path('/a/b'), 'set': {1}, 'tuple': (1, 'a'), 'point': Point(1.5),\n\
         'day': datetime.date(2001, 2, 3), 'complex': 1 + 2j}",
        &[],
        &[That(|seen| {
            let found = seen.results()?;
            let plain = found["path"] == "/a/b" && found["day"] == "2001-02-03" && found["point"]["x"] == 1.5;
            let lists = found["set"][0] == 1 && found["tuple"][1] == "a" && !found["complex"].is_null();
            ensure(plain && lists, || format!("the results are {found}"))
        })],
    ),
    script(
        "results_not_finite",
        "NaN and infinities become null, with a warning",
        "results = {'x': float('nan'), 'y': [float('inf'), 1]}",
        &[],
        &[Results(r#"{"x":null,"y":[null,1]}"#), Warns("infinity")],
    ),
    script(
        "results_of_odd_things",
        "a value that cannot be JSON costs a warning, never the run",
        "class Odd:\n    def __repr__(self): raise RuntimeError('no')\nloop = []\nloop.append(loop)\n\
         results = {'odd': Odd(), 'loop': loop, 'big': 10**30, 'ok': 1}",
        &[],
        &[That(|seen| {
            let found = seen.results()?;
            let whole = found["ok"] == 1 && found["big"] == "1000000000000000000000000000000";
            ensure(whole && found.get("odd").is_some() && found.get("loop").is_some(), || format!("{found}"))?;
            ensure(seen.outcome.warnings.len() >= 3, || format!("the warnings are {:?}", seen.outcome.warnings))
        })],
    ),
    script(
        "results_of_megabytes",
        "results of some megabytes come whole",
        "results = {'x': 'a' * 3_000_000, 'y': list(range(100_000))}",
        &[],
        &[That(|seen| {
            let found = seen.results()?;
            let sizes = (found["x"].as_str().map(str::len), found["y"].as_array().map(Vec::len));
            ensure(sizes == (Some(3_000_000), Some(100_000)), || format!("they have {sizes:?}"))
        })],
    ),
    script(
        "results_too_large",
        "results beyond the limit do not come whole, and that is told",
        "results = {'x': 'a' * 40_000_000}",
        &[],
        &[That(|seen| {
            let told = !seen.outcome.warnings.is_empty() || seen.outcome.error.is_some();
            ensure(told, || "nothing tells of it".into())
        })],
    ),
    script(
        "names_of_the_code_are_its_own",
        "what the code does to names and modules does not break the taking of its results",
        "Path = json = sys = os = open = dict = list = str = len = isinstance = print = None\n\
         import json\njson.dumps = json.loads = None\nresults = {'x': 1}",
        &[],
        &[Results(r#"{"x":1}"#)],
    ),
];
