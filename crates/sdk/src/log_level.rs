//! How much a library bothers to format: the most verbose level that `PYEXEC_LOG` names anywhere.
//!
//! The host filters for good, by target; this only spares the cost of lines that no directive could let through. The
//! variable is the one place that a host and its plugins share without a call.

use tracing::level_filters::LevelFilter;

/// From `PYEXEC_LOG`; `info` when it is not set.
pub(crate) fn from_environment() -> LevelFilter {
    std::env::var("PYEXEC_LOG").map_or(LevelFilter::INFO, |directives| most_verbose(&directives))
}

/// A directive without a level (`my_plugin`) lets everything of its target through. `info` is the least: warnings of a
/// plugin are worth their cost whatever is shown.
fn most_verbose(directives: &str) -> LevelFilter {
    let levels = directives.split(',').map(str::trim).filter(|d| !d.is_empty()).map(|directive| {
        let level = directive.rsplit('=').next().unwrap_or_default();
        level.trim().parse().unwrap_or(LevelFilter::TRACE)
    });
    levels.fold(LevelFilter::INFO, Ord::max)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_most_verbose_directive_counts() {
        for (directives, level) in [
            ("", LevelFilter::INFO),
            ("warn", LevelFilter::INFO),
            ("off", LevelFilter::INFO),
            ("debug", LevelFilter::DEBUG),
            ("info,my_plugin=trace", LevelFilter::TRACE),
            ("warn, my_plugin = debug ", LevelFilter::DEBUG),
            ("my_plugin", LevelFilter::TRACE),
        ] {
            assert_eq!(most_verbose(directives), level, "{directives}");
        }
    }
}
