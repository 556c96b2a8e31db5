//! The command line, as data.

use clap::{Args, Parser, Subcommand, ValueEnum};
use pyexec_core::ExecutionMode;
use pyexec_service::run::State;
use std::path::PathBuf;

/// Runs Python that somebody else wrote: analysed, approved where it is risky, isolated, on the record.
#[derive(Debug, Parser)]
#[command(name = "pyexec", version, disable_help_subcommand = true, after_help = EXIT_CODES)]
pub(crate) struct Arguments {
    /// The configuration file [default: `PYEXEC_CONFIG`, else pyexec/pyexec.toml in the XDG configuration folder]
    #[arg(long, global = true, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    #[command(subcommand)]
    pub(crate) command: Command,
}

const EXIT_CODES: &str = "Exit codes: 0 done, 1 the code failed, 2 usage or configuration, 3 refused, 4 rejected, expired or \
cancelled, 5 waits for approval, 6 infrastructure, 7 interrupted with an unknown outcome, 130 Ctrl-C.";

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Run a question or ready code
    Run(Box<Run>),
    /// Say what code can do, without running it
    Analyze(Analyze),
    /// Answer what waits for a person
    Approvals(Approvals),
    /// Look at runs, verify, replay, resume and cancel them
    Runs(Runs),
    /// Look at plugins
    Plugins(Plugins),
    /// Look at the configuration
    Config(Config),
    /// Look at everything that a run needs, and say how to mend what is wrong
    Doctor(Doctor),
}

#[derive(Debug, Args)]
pub(crate) struct Run {
    /// The question; beside --code, what the code is for
    pub(crate) query: Option<String>,
    /// Ready code: a file, or - for standard input
    #[arg(long, value_name = "FILE")]
    pub(crate) code: Option<PathBuf>,
    /// A whole request as JSON
    #[arg(long, value_name = "FILE")]
    pub(crate) request: Option<PathBuf>,
    /// A file that the code may read, as ./NAME
    #[arg(long, value_name = "PATH")]
    pub(crate) input: Vec<PathBuf>,
    /// A folder that the code may write, once approved
    #[arg(long, value_name = "DIR")]
    pub(crate) output: Vec<PathBuf>,
    /// Who writes the code
    #[arg(long, value_name = "NAME")]
    pub(crate) generator: Option<String>,
    /// Where it runs
    #[arg(long, value_name = "local|docker|jupyter")]
    pub(crate) backend: Option<String>,
    /// The most that it may be allowed
    #[arg(long, value_name = "MODE")]
    pub(crate) mode: Option<ExecutionMode>,
    /// A policy file instead of the configured one
    #[arg(long, value_name = "FILE")]
    pub(crate) policy: Option<PathBuf>,
    /// A limit on wall time, below the configured one
    #[arg(long, value_name = "SECONDS")]
    pub(crate) timeout: Option<u64>,
    /// A name for the run folder
    #[arg(long, value_name = "FOLDER")]
    pub(crate) name: Option<String>,
    /// Named data for the code, as JSON
    #[arg(long, value_name = "FILE")]
    pub(crate) context: Option<PathBuf>,
    /// What happens when a person is needed [default: ask on a terminal, else park]
    #[arg(long)]
    pub(crate) approve: Option<Approve>,
    /// Print the run as JSON
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Approve {
    /// Show the card and ask here
    Ask,
    /// Leave a ticket and exit 5
    Park,
    /// Refuse, exit 3
    Never,
}

#[derive(Debug, Args)]
pub(crate) struct Analyze {
    /// Python files, folders of them, or - for standard input
    #[arg(required = true, value_name = "FILE")]
    pub(crate) files: Vec<PathBuf>,
    /// A policy file instead of the configured one
    #[arg(long, value_name = "FILE")]
    pub(crate) policy: Option<PathBuf>,
    /// Print as JSON
    #[arg(long, conflicts_with = "sarif")]
    pub(crate) json: bool,
    /// Print as SARIF 2.1.0
    #[arg(long)]
    pub(crate) sarif: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Approvals {
    #[command(subcommand)]
    pub(crate) command: ApprovalsCommand,
}

#[derive(Debug, Subcommand)]
pub(crate) enum ApprovalsCommand {
    /// What waits
    List {
        /// How many at the most
        #[arg(long, default_value_t = 50)]
        limit: usize,
        /// Print as JSON
        #[arg(long)]
        json: bool,
    },
    /// The card of a ticket
    Show {
        /// The ticket, or the beginning of its id
        ticket: String,
        /// Print as JSON
        #[arg(long)]
        json: bool,
    },
    /// Approve exactly what the card shows, and run it
    Approve {
        /// The ticket, or the beginning of its id
        ticket: String,
        /// Why
        #[arg(long)]
        comment: Option<String>,
        /// Print the run as JSON
        #[arg(long)]
        json: bool,
    },
    /// Say no, which ends the run
    Reject {
        /// The ticket, or the beginning of its id
        ticket: String,
        /// Why
        #[arg(long)]
        reason: String,
        /// Tell the generator why, and let it try again
        #[arg(long)]
        retry: bool,
        /// Print the run as JSON
        #[arg(long)]
        json: bool,
    },
    /// Put other code in its place, which is analysed and asked about anew
    Edit {
        /// The ticket, or the beginning of its id
        ticket: String,
        /// The edited code: a file, or - for standard input
        file: PathBuf,
        /// Why
        #[arg(long)]
        comment: Option<String>,
        /// Print the run as JSON
        #[arg(long)]
        json: bool,
    },
}

#[derive(Debug, Args)]
pub(crate) struct Runs {
    #[command(subcommand)]
    pub(crate) command: RunsCommand,
}

#[derive(Debug, Subcommand)]
pub(crate) enum RunsCommand {
    /// The latest runs
    List {
        /// Only in this state
        #[arg(long)]
        state: Option<State>,
        /// How many at the most
        #[arg(long, default_value_t = 50)]
        limit: usize,
        /// Only those in which something was refused
        #[arg(long)]
        refused: bool,
        /// Print as JSON
        #[arg(long)]
        json: bool,
    },
    /// One run
    Show {
        /// The run, or the beginning of its id
        run: String,
        /// Print as JSON
        #[arg(long)]
        json: bool,
    },
    /// Its events, a JSON object a line
    Events {
        /// The run, or the beginning of its id
        run: String,
        /// Go on until it ends
        #[arg(long)]
        follow: bool,
    },
    /// Whether a run, all of them, or a notebook is what was written
    Verify(Verify),
    /// The signed anchors over the ends of all runs
    Anchors {
        /// Only the last one: keep its JSON elsewhere, for `runs verify --anchor`
        #[arg(long)]
        latest: bool,
        /// How many at the most
        #[arg(long, default_value_t = 50)]
        limit: usize,
        /// Print as JSON
        #[arg(long)]
        json: bool,
    },
    /// Run the same code on the same inputs as a new run, and show what differs
    Replay {
        /// The run, or the beginning of its id
        run: String,
        /// Do not run: compare with this one, which is a replay that waited for approval
        #[arg(long, value_name = "RUN")]
        with: Option<String>,
        /// Print as JSON
        #[arg(long)]
        json: bool,
    },
    /// Drive it on after its host died
    Resume {
        /// The run, or the beginning of its id
        run: String,
        /// Print the run as JSON
        #[arg(long)]
        json: bool,
    },
    /// Stop it
    Cancel {
        /// The run, or the beginning of its id
        run: String,
        /// Print the run as JSON
        #[arg(long)]
        json: bool,
    },
}

#[derive(Debug, Args)]
pub(crate) struct Verify {
    /// The run, or the beginning of its id; or a notebook (`*.ipynb`), which needs no store
    #[arg(value_name = "RUN|NOTEBOOK", required_unless_present_any = ["all", "anchor"], conflicts_with = "all")]
    pub(crate) what: Option<String>,
    /// Every run
    #[arg(long)]
    pub(crate) all: bool,
    /// The public keys to check signatures with, instead of the data folder's
    #[arg(long, value_name = "FILE")]
    pub(crate) key: Option<PathBuf>,
    /// An anchor that was kept elsewhere (`runs anchors --latest --json`): it must still be in the list
    #[arg(long, value_name = "FILE")]
    pub(crate) anchor: Option<PathBuf>,
    /// Print as JSON
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Plugins {
    #[command(subcommand)]
    pub(crate) command: PluginsCommand,
}

#[derive(Debug, Subcommand)]
pub(crate) enum PluginsCommand {
    /// What is loaded
    List {
        /// Print as JSON
        #[arg(long)]
        json: bool,
    },
    /// Whether a file is a plugin for this host, without loading it into a service
    Check {
        /// The library
        path: PathBuf,
    },
}

#[derive(Debug, Args)]
pub(crate) struct Config {
    #[command(subcommand)]
    pub(crate) command: ConfigCommand,
}

#[derive(Debug, Subcommand)]
pub(crate) enum ConfigCommand {
    /// Every value and where it came from
    Show {
        /// Print as JSON
        #[arg(long)]
        json: bool,
    },
    /// Whether everything in it can be used
    Check,
}

#[derive(Debug, Args)]
pub(crate) struct Doctor {
    /// Make every escape attempt of the suite on this host
    #[arg(long)]
    pub(crate) isolation: bool,
    /// Remove containers that dead processes left
    #[arg(long)]
    pub(crate) clean: bool,
    /// Print as JSON
    #[arg(long)]
    pub(crate) json: bool,
}
