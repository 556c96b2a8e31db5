//! `pyexec runs verify`: a run, all of them, or a notebook far from any store.

use crate::{args::Verify, exit::Failure, render, wiring};
use pyexec_core::{ErrorKind, RunError, RunId};
use pyexec_service::{
    ServiceError,
    record::{
        Alteration, AnchorsReport, KeyError, LatestAnchor, NotebookReport, PublicKey, RunReport, check_anchors,
        check_notebook, public_keys, verify_all, verify_run,
    },
    store::{ResolveError, Resolved, Store},
    view::SCHEMA,
};
use serde_json::json;
use std::{
    fs::File,
    io::Read,
    path::{Path, PathBuf},
};

/// What a refusal exits with: something was altered, or nothing vouches for it.
const ALTERED: u8 = 3;
/// The largest notebook that is read.
const NOTEBOOK_MAX_BYTES: u64 = 256 << 20;

pub(super) async fn verify(config: Option<&Path>, asked: Verify) -> Result<u8, Failure> {
    if let Some(path) = asked.what.as_deref().filter(|what| is_path(what)) {
        return notebook(config, Path::new(path), asked.key.as_deref(), asked.json);
    }
    let kept = asked.anchor.as_deref().map(kept_anchor).transpose()?;
    let (store, data_dir) = open_store(config).await?;
    let keys = match &asked.key {
        Some(file) => keys_of(file)?,
        None => public_keys(&data_dir).map_err(|error| unusable(&error))?,
    };
    let mut runs = Runs::default();
    if let Some(what) = &asked.what {
        let id = find(&store, what).await?;
        let report = verify_run(&store, &id, &keys).await?;
        let report = report.ok_or_else(|| {
            RunError::new(ErrorKind::UnknownName, format!("there is no run `{id}`"))
                .with_help("`pyexec runs list` shows what there is")
        })?;
        runs.take(report, true);
    } else if asked.all {
        runs.lost = verify_all(&store, &keys, |report| runs.take(report, false)).await?;
    }
    // After the runs: it vouches for what they were compared with.
    let anchors = check_anchors(&store, &keys, kept.as_ref()).await.map_err(ServiceError::from)?;
    let code = if runs.altered == 0 && runs.lost.is_empty() && anchors.altered.is_empty() { 0 } else { ALTERED };
    if asked.json {
        let Runs { checked, altered, unanchored, ref told, ref lost } = runs;
        render::result::json(&json!({
            "schema": SCHEMA, "ok": code == 0, "checked": checked, "altered": altered, "unanchored": unanchored,
            "runs": told, "lost": lost, "anchors": anchors,
        }));
    } else {
        runs.print(asked.all);
        print_anchors(&anchors);
    }
    if code == ALTERED {
        eprintln!("error: what is kept is not what was written");
        eprintln!("help: restore the data folder from a backup, and find out who changed it");
    }
    Ok(code)
}

/// The store alone: no stage is loaded, no key is made.
pub(super) async fn open_store(config: Option<&Path>) -> Result<(Store, PathBuf), Failure> {
    let loaded = wiring::configuration(config)?;
    let store = Store::open(&loaded.config.data_dir).await.map_err(ServiceError::from)?;
    let data_dir = store.data_dir().to_path_buf();
    Ok((store, data_dir))
}

/// No id of ours has a slash or ends like a notebook.
fn is_path(what: &str) -> bool {
    what.contains('/') || Path::new(what).extension().is_some_and(|end| end.eq_ignore_ascii_case("ipynb"))
}

/// By the beginning of its id; also a whole id of a run that is no longer there, of which there may be anchors.
async fn find(store: &Store, what: &str) -> Result<RunId, Failure> {
    match store.resolve_prefix(what).await {
        Ok(Resolved::Run(run) | Resolved::Ticket(_, run)) => Ok(run),
        Err(error @ ResolveError::Unknown { .. }) => what.parse().map_err(|_| ServiceError::from(error).into()),
        Err(other) => Err(ServiceError::from(other).into()),
    }
}

/// What was found of runs, as far as it is told.
#[derive(Default)]
struct Runs {
    checked: usize,
    altered: usize,
    unanchored: usize,
    told: Vec<RunReport>,
    lost: Vec<Alteration>,
}

impl Runs {
    fn take(&mut self, report: RunReport, always: bool) {
        self.checked += 1;
        self.altered += usize::from(!report.ok);
        self.unanchored += usize::from(report.unanchored.is_some());
        if always || !report.ok {
            self.told.push(report);
        }
    }

    fn print(&self, all: bool) {
        for report in &self.told {
            let state = report.state.map_or_else(String::new, |state| format!(", {state},"));
            let verdict = if report.ok { "is as it was written" } else { "WAS ALTERED" };
            render::result::line(&format!("run {}{state} {verdict}", report.run_id));
            for (label, what) in labelled("holds", &report.holds).chain(labelled("note", &report.notes)) {
                row(label, what);
            }
            print_altered(&report.altered, false);
            if let Some(tail) = &report.unanchored {
                let events = if tail.events == 1 { "1 event".into() } else { format!("{} events", tail.events) };
                row("unsigned", &format!("{events} since {} fit, and no anchor covers them yet", tail.since));
            }
        }
        print_altered(&self.lost, true);
        if all {
            let (checked, altered, lost) = (self.checked, self.altered, self.lost.len());
            render::result::line(&format!("runs checked: {checked}, altered: {altered}, gone: {lost}"));
            if self.unanchored > 0 {
                row("unsigned", &format!("runs with events that no anchor covers yet: {}", self.unanchored));
            }
        }
    }
}

fn print_anchors(anchors: &AnchorsReport) {
    match &anchors.latest {
        None => render::result::line("there are no anchors"),
        Some(last) => {
            let verdict = if anchors.altered.is_empty() { "is as it was signed" } else { "WAS ALTERED" };
            let LatestAnchor { n, at, key, .. } = last;
            let key = render::plain(key);
            render::result::line(&format!(
                "the list of anchors {verdict}; the last is number {n} of {at}, by key {key}"
            ));
        }
    }
    print_altered(&anchors.altered, true);
}

fn print_altered(altered: &[Alteration], name_runs: bool) {
    for Alteration { run_id, seq, anchor, what } in altered {
        let run = run_id.as_ref().filter(|_| name_runs).map(|run| format!("run {run}: "));
        let event = seq.map(|seq| format!("event {seq}: "));
        let anchor = anchor.map(|n| format!("anchor {n}: "));
        let place: String = [run, event, anchor].into_iter().flatten().collect();
        row("altered", &format!("{place}{what}"));
    }
}

fn labelled<'a>(label: &'static str, lines: &'a [String]) -> impl Iterator<Item = (&'static str, &'a str)> {
    lines.iter().map(move |line| (label, line.as_str()))
}

fn row(label: &str, text: &str) {
    render::result::line(&format!("  {label:<9} {}", render::plain(text)));
}

/// Without a store: nothing is made, and nothing but the file and the keys is read.
fn notebook(config: Option<&Path>, path: &Path, key: Option<&Path>, as_json: bool) -> Result<u8, Failure> {
    let keys = key.map_or_else(|| keys_here(config), keys_of)?;
    let bad = |why: String| {
        let message = format!("the notebook `{}` cannot be checked: {why}", path.display());
        Failure::new(ErrorKind::BadFile, message, "name a notebook that pyexec wrote")
    };
    let report = check_notebook(&read(path).map_err(&bad)?, &keys).map_err(|error| bad(error.to_string()))?;
    let NotebookReport { ok, holds, altered, .. } = &report;
    if as_json {
        render::result::json(&json!({"schema": SCHEMA, "notebook": path, "report": report}));
    } else {
        let verdict = if *ok { "is what its receipt says" } else { "IS NOT what a receipt vouches for" };
        render::result::line(&format!("{} {verdict}", render::plain(&path.display().to_string())));
        for (label, what) in labelled("holds", holds).chain(labelled("altered", altered)) {
            row(label, what);
        }
    }
    Ok(if *ok { 0 } else { ALTERED })
}

fn read(path: &Path) -> Result<Vec<u8>, String> {
    let file = File::open(path).map_err(|e| e.to_string())?;
    if !file.metadata().map_err(|e| e.to_string())?.is_file() {
        return Err("it is not a regular file".into());
    }
    let mut bytes = vec![];
    file.take(NOTEBOOK_MAX_BYTES + 1).read_to_end(&mut bytes).map_err(|e| e.to_string())?;
    if bytes.len() as u64 > NOTEBOOK_MAX_BYTES { Err("it is too large".into()) } else { Ok(bytes) }
}

/// Those of the data folder; there must be one.
fn keys_here(config: Option<&Path>) -> Result<Vec<PublicKey>, Failure> {
    let data_dir = wiring::configuration(config)?.config.data_dir;
    let keys = public_keys(&data_dir).map_err(|error| unusable(&error))?;
    if keys.is_empty() {
        let message = format!("there is no key to check it with in `{}`", data_dir.join("keys").display());
        let help = "name the public key (`signing.pub` of the data folder that made it) with `--key FILE`";
        return Err(Failure::new(ErrorKind::MissingCredential, message, help));
    }
    Ok(keys)
}

fn keys_of(file: &Path) -> Result<Vec<PublicKey>, Failure> {
    let text = wiring::read_text(file, "key")?;
    PublicKey::parse_all(&text).map_err(|error| {
        let message = format!("the key `{}` cannot be used: {error}", file.display());
        Failure::new(ErrorKind::BadFile, message, "name `keys/signing.pub` of the data folder that signed")
    })
}

fn kept_anchor(file: &Path) -> Result<LatestAnchor, Failure> {
    serde_json::from_slice(&wiring::read_bytes(file, "anchor")?).map_err(|error| {
        let message = format!("the anchor `{}` cannot be used: {error}", file.display());
        Failure::new(ErrorKind::BadFile, message, "it is what `pyexec runs anchors --latest --json` printed")
    })
}

fn unusable(error: &KeyError) -> Failure {
    Failure::Error(error.into())
}
