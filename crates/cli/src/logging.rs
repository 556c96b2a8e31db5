//! Logs on stderr, filtered by `PYEXEC_LOG` (`debug`, `my_plugin=trace`); warnings by default.

use tracing_subscriber::{EnvFilter, fmt};

pub(crate) fn start() {
    let wanted = std::env::var("PYEXEC_LOG").unwrap_or_default();
    // What is wanted comes on top of the default: a filter that names one plugin must neither silence warnings nor take the
    // run's id, which is a span of ours, off that plugin's lines.
    let filter = match EnvFilter::builder().parse(format!("warn,{wanted}")) {
        Ok(filter) => filter,
        Err(error) => {
            eprintln!("warning: PYEXEC_LOG is not a filter ({error}); logging warnings only");
            EnvFilter::new("warn")
        }
    };
    fmt().with_env_filter(filter).with_writer(crate::render::live::Stderr::default).with_ansi(false).init();
}
