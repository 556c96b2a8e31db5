//! What code finds around itself.

use crate::conformance::{
    act::Act,
    behaviour::{Behaviour, Given, act, script},
    expect::Expect::{Channels, Results},
};
pub(super) const BEHAVIOURS: &[Behaviour] = &[
    script(
        "main_module",
        "the code is `__main__` in a namespace of its own, with `__file__`",
        "'''A docstring.'''\nfrom __future__ import annotations\nimport os, sys\n\
         results = {'doc': __doc__, 'name': __name__, 'file': os.path.basename(__file__),\n\
         'same': sys.modules['__main__'].__dict__ is globals(), 'arguments': len(sys.argv)}",
        &[],
        &[Results(r#"{"doc":"A docstring.","name":"__main__","file":"code.py","same":true,"arguments":1}"#)],
    ),
    script(
        "classes_pickle",
        "classes of the code pickle",
        "import pickle\nclass C:\n    x = 3\nresults = {'x': pickle.loads(pickle.dumps(C())).x}",
        &[],
        &[Results(r#"{"x":3}"#)],
    ),
    script(
        "source_is_the_codes_own",
        "the source can be read back, unchanged: nothing is pasted into it",
        "import inspect\ndef f():\n    return '''one\n  two'''\nresults = {'source': inspect.getsource(f), 'value': f()}",
        &[],
        &[Results(r#"{"source":"def f():\n    return '''one\n  two'''\n","value":"one\n  two"}"#)],
    ),
    act("source_encoding", "code is compiled as the bytes that it is, by its own declaration", Act::DecodesSource),
    script(
        "context",
        "named data of the request is `context.TYPE.key`",
        "from pyexec import context\nresults = {'limit': context.LIMITS.current, 'names': context.NAMES.all}",
        &[Given::Context(r#"{"LIMITS": {"current": 500}, "NAMES": {"all": ["a", "é"]}}"#)],
        &[Results(r#"{"limit":500,"names":["a","é"]}"#)],
    ),
    script(
        "own_variables",
        "variables of the mode's environment are there",
        "import os\nresults = {'site': os.environ.get('SITE_NAME')}",
        &[Given::Environment("SITE_NAME", "ring 2")],
        &[Results(r#"{"site":"ring 2"}"#)],
    ),
    script(
        "no_variables_of_the_host",
        "nothing of the host's environment is there",
        "import os\nnames = ('CARGO', 'CARGO_MANIFEST_DIR', 'USER', 'SSH_AUTH_SOCK', 'JUPYTER_TOKEN')\n\
         results = {'found': [name for name in names if name in os.environ]}",
        &[Given::Confined],
        &[Results(r#"{"found":[]}"#)],
    ),
    script(
        "channel_read",
        "a channel's value comes from the host",
        "from pyexec.runtime import read_channel\nresults = {'x': read_channel('RING:CURRENT')}",
        &[Given::Channel("RING:CURRENT", 401.5)],
        &[Results(r#"{"x":401.5}"#), Channels(1)],
    ),
    script(
        "channel_write",
        "a write goes through the host, and its report comes back",
        "from pyexec.runtime import write_channel\nresults = {'readback': write_channel('BUMP:1', 0.5).readback}",
        &[Given::Written("BUMP:1", 0.5)],
        &[Results(r#"{"readback":0.5}"#), Channels(1)],
    ),
    script(
        "channel_write_refused",
        "a refused write is an exception with the host's sentence",
        "from pyexec.runtime import write_channel, ChannelRefused\n\
         try: write_channel('BUMP:1', 99.0)\nexcept ChannelRefused as error: results = {'said': str(error)}",
        &[Given::RefusedWrite("BUMP:1", 99.0, "99 is beyond 10")],
        &[Results(r#"{"said":"99 is beyond 10"}"#), Channels(1)],
    ),
];
