//! Logs on stderr, filtered by `PYEXEC_LOG` (`debug`, `my_plugin=trace`); warnings by default.

use tracing_subscriber::{EnvFilter, fmt};

pub(crate) fn start() {
    let wanted = std::env::var("PYEXEC_LOG").unwrap_or_default();
    let filter = EnvFilter::builder().with_default_directive(tracing::Level::WARN.into()).parse(&wanted);
    let filter = match filter {
        Ok(filter) => filter,
        Err(error) => {
            eprintln!("warning: PYEXEC_LOG is not a filter ({error}); logging warnings only");
            EnvFilter::new("warn")
        }
    };
    fmt().with_env_filter(filter).with_writer(std::io::stderr).with_ansi(false).init();
}
