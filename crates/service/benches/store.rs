//! What a hundred thousand stored runs cost: listing, showing, approving and resuming, against a store of a hundred.
//!
//! Both stores are filled through the store's own `append`, run by run with an anchor each, from the events of runs that this
//! program really made; a tenth of them wait for a person. Then both are asked the same in turn, so that they meet the same
//! machine. The executor answers at once: what is measured is the record, not Python.
//! `cargo xtask bench store [--json]`; `--runs N` for another size.
#![allow(clippy::print_stdout, reason = "this is a program that prints")]

use pyexec_analysis as _;
use pyexec_approval as _;
use pyexec_control as _;
use pyexec_core::{
    Code, CodeExecutor, Isolation, Outcome, Principal, Request, Result as StageResult, Role, RunId, TicketId,
    executor::{ExecutionHost, ExecutorDescription, PreparedId, ReleaseRequest},
    id::OwnerId,
    order::{ExecuteOrder, PrepareOrder},
    outcome::{Ended, Results, Usage},
    request::GivenCode,
};
use pyexec_registry::Registry;
use pyexec_service::{
    Service, Settings, Stages,
    event::Answer,
    new_id, now,
    progress::Unobserved,
    record::{SigningKey, anchor},
    run::State,
    store::{Durability, HeadFilter, NewEvent, RunHead, StoredEvent},
    submit::Submission,
    view::RunView,
};
use serde::Deserialize;
use serde_json::{Map, json};
use sqlx::{Connection as _, SqliteConnection, sqlite::SqliteConnectOptions};
use std::{env, error::Error, fs, path::Path, sync::Arc, time::Instant};
use tokio_util::sync::CancellationToken;

/// How often each thing is done in each store.
const ROUNDS: usize = 60;
/// The first rounds fill caches and do not count.
const WARM_UP: usize = 5;
/// The two sizes, in runs.
const SMALL: usize = 100;
const LARGE: usize = 100_000;
/// One run in so many waits for a person.
const WAITING: usize = 10;
/// Rows of a page.
const PAGE: usize = 50;

type Failed = Box<dyn Error + Send + Sync>;

fn main() -> Result<(), Failed> {
    let arguments: Vec<_> = env::args().collect();
    let at = arguments.iter().position(|argument| argument == "--runs");
    let large = match at.and_then(|at| arguments.get(at + 1)) {
        Some(runs) => runs.parse()?,
        None => LARGE,
    };
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    let found = runtime.block_on(measured(large))?;
    if arguments.iter().any(|argument| argument == "--json") {
        println!("{found}");
    } else {
        println!("{found:#}");
    }
    Ok(())
}

async fn measured(large: usize) -> Result<serde_json::Value, Failed> {
    let folders =
        [tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR"))?, tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR"))?];
    let mut stores = [Filled::new(folders[0].path(), SMALL).await?, Filled::new(folders[1].path(), large).await?];
    let mut medians = Map::new();
    let mut ratios = Map::new();
    for what in ["list", "show", "approve", "resume"] {
        let mut times = [vec![], vec![]];
        for round in 0..WARM_UP + ROUNDS {
            for (store, times) in stores.iter_mut().zip(&mut times) {
                let start = Instant::now();
                match what {
                    "list" => store.list().await?,
                    "show" => store.show(round).await?,
                    "approve" => store.approve().await?,
                    _ => store.resume().await?,
                }
                if round >= WARM_UP {
                    times.push(micros(start));
                }
            }
        }
        let [few, many] = times.map(|mut times| median(&mut times));
        ratios.insert(what.into(), json!(many / few));
        medians.insert(what.into(), json!([few, many]));
    }
    let [_, many] = &mut stores;
    Ok(json!({
        "ratios": ratios, "median_us": medians, "rounds": ROUNDS, "runs": [SMALL, large], "bytes_per_run": many.bytes_per_run,
        "append_us": median(&mut many.appends), "anchor_us": median(&mut many.anchors),
    }))
}

/// A store with so many runs, and a service on it.
struct Filled {
    service: Service,
    shown: Vec<RunId>,
    tickets: Vec<TicketId>,
    stopped: Vec<RunId>,
    appends: Vec<f64>,
    anchors: Vec<f64>,
    bytes_per_run: u64,
}

impl Filled {
    async fn new(data: &Path, runs: usize) -> Result<Self, Failed> {
        let service = service(data).await?;
        let (done, waits) = (Template::done(&service).await?, Template::waiting(&service).await?);
        let key = SigningKey::open(data)?;
        let (shown, tickets, stopped) = (vec![], vec![], vec![]);
        let (appends, anchors) = (vec![], vec![]);
        let mut filled = Self { service, shown, tickets, stopped, appends, anchors, bytes_per_run: 0 };
        let before = size(data).await?;
        // Those that are answered and resumed, in both stores; among the others, not behind them.
        let every = (runs / (WARM_UP + ROUNDS)).max(1);
        for n in 0..runs {
            if n % WAITING == 0 {
                filled.put(&waits, data).await?;
            } else {
                let run = filled.put(&done, data).await?;
                filled.shown.push(run);
            }
            if n % every == 0 && filled.stopped.len() < WARM_UP + ROUNDS {
                let stopped = filled.put(&done.stopped_early(), data).await?;
                filled.stopped.push(stopped);
                filled.put(&waits, data).await?;
            }
            let start = Instant::now();
            anchor(filled.service.journal().store(), &key).await?;
            filled.anchors.push(micros(start));
        }
        filled.bytes_per_run = (size(data).await? - before) / runs as u64;
        Ok(filled)
    }

    /// Another run with the same events.
    async fn put(&mut self, template: &Template, data: &Path) -> Result<RunId, Failed> {
        let run: RunId = new_id();
        let (ticket, folder) = (new_id::<TicketId>(), data.join("executed_scripts").join(run.as_str()));
        let folder = folder.to_str().ok_or("the folder is no text")?;
        let last = template.events.len() as u64;
        for event in &template.events {
            let mut body = event.body.replace(&template.folder, folder);
            let mut head =
                RunHead { run_id: run.clone(), seq: event.seq, folder: Some(folder.into()), ..template.head.clone() };
            if event.seq < last {
                (head.state, head.owner, head.ticket) = ("running".into(), Some(new_id()), None);
                (head.exit_code, head.ticket_expires_at) = (None, None);
            }
            if let Some(of) = &template.head.ticket {
                body = body.replace(of.as_str(), ticket.as_str());
                head.ticket = head.ticket.map(|_| ticket.clone());
            }
            let new = NewEvent { version: event.version, kind: &event.kind, at: &event.at, body: &body };
            let start = Instant::now();
            self.service.journal().store().append(&run, event.seq - 1, new, &head, Durability::Relaxed).await?;
            self.appends.push(micros(start));
        }
        if template.head.ticket.is_some() {
            self.tickets.push(ticket);
        }
        if template.head.owner.is_some() {
            fs::create_dir_all(folder)?; // it is written to when the run is driven on
        }
        Ok(run)
    }

    /// A page of all, and a page of what waits.
    async fn list(&self) -> Result<(), Failed> {
        let waiting = HeadFilter { state: Some(State::Waiting.name().into()), ..HeadFilter::default() };
        let pages = [
            self.service.journal().list(&HeadFilter::default(), PAGE).await?,
            self.service.journal().list(&waiting, PAGE).await?,
        ];
        if pages[0].len() == PAGE { Ok(()) } else { Err("the page is not full".into()) }
    }

    async fn show(&self, round: usize) -> Result<(), Failed> {
        let at = round * self.shown.len() / (WARM_UP + ROUNDS);
        expect(&self.service.view(&self.shown[at]).await?, State::Done)
    }

    async fn approve(&mut self) -> Result<(), Failed> {
        let middle = self.tickets.len() / 2;
        let ticket = self.tickets.swap_remove(middle);
        self.service.decide(&ticket, Answer::Approve, &principal(), None).await?;
        Ok(())
    }

    async fn resume(&mut self) -> Result<(), Failed> {
        let run = self.stopped.pop().ok_or("no stopped run is left")?;
        expect(&drive(&self.service, &run).await?, State::Done)
    }
}

/// The events of a run that was really made.
#[derive(Clone)]
struct Template {
    events: Vec<StoredEvent>,
    head: RunHead,
    folder: String,
}

impl Template {
    async fn done(service: &Service) -> Result<Self, Failed> {
        Self::of(service, "total = sum(range(10))\nprint(total)\nresults = {'total': total}\n", State::Done).await
    }

    async fn waiting(service: &Service) -> Result<Self, Failed> {
        Self::of(service, "import subprocess\nsubprocess.run(['ls'])\nresults = {}\n", State::Waiting).await
    }

    async fn of(service: &Service, code: &str, state: State) -> Result<Self, Failed> {
        let request = Request { code: Some(GivenCode(Code::from(code))), ..Request::default() };
        let run = service.submit(request, principal(), Submission::default()).await?;
        expect(&drive(service, &run).await?, state)?;
        let events = service.journal().events(&run, 0, 100).await?;
        let head = service.journal().store().head(&run).await?.ok_or("a run has a row")?;
        let folder = head.folder.clone().ok_or("a run has a folder")?;
        Ok(Self { events, head, folder })
    }

    /// Its host died when there was code, and nothing was said of it yet.
    fn stopped_early(&self) -> Self {
        let mut stopped = self.clone();
        let end = stopped.events.iter().position(|event| event.kind == "analyzed").unwrap_or(1);
        stopped.events.truncate(end);
        let dead: OwnerId = new_id();
        stopped.head =
            RunHead { state: "running".into(), owner: Some(dead), exit_code: None, mode: None, ..stopped.head };
        // As if another process had claimed it: this one lives.
        for event in &mut stopped.events {
            if let Some(owner) = self.head_owner() {
                event.body = event.body.replace(owner.as_str(), new_id::<OwnerId>().as_str());
            }
        }
        stopped
    }

    /// Who drove the run that was made.
    fn head_owner(&self) -> Option<OwnerId> {
        #[derive(Deserialize)]
        struct Claimed {
            owner: OwnerId,
        }
        let claimed = self.events.iter().find(|event| event.kind == "claimed")?;
        Some(serde_json::from_str::<Claimed>(&claimed.body).ok()?.owner)
    }
}

async fn drive(service: &Service, run: &RunId) -> Result<RunView, Failed> {
    Ok(service.drive(run, &principal(), Arc::new(Unobserved), CancellationToken::new()).await?)
}

fn expect(view: &RunView, state: State) -> Result<(), Failed> {
    if view.state == state {
        return Ok(());
    }
    Err(format!("the run is {} and should be {state}: {:?}", view.state, view.error).into())
}

fn principal() -> Principal {
    Principal("bench".into())
}

async fn service(data: &Path) -> Result<Service, Failed> {
    let mut registry = Registry::new(data.join("plugins"));
    registry.link_registered();
    let mut stages = Stages::standard(|role, name| {
        let name = if role == Role::Executor { "instant" } else { name };
        registry.create(role, name, &json!({}))
    })?;
    stages.generator = None;
    Ok(Service::open(Settings::new(data), stages).await?)
}

/// Of the database, once its journal is folded in, in bytes.
async fn size(data: &Path) -> Result<u64, Failed> {
    let file = data.join("store.sqlite");
    let mut connection = SqliteConnection::connect_with(&SqliteConnectOptions::new().filename(&file)).await?;
    sqlx::query("PRAGMA wal_checkpoint(TRUNCATE)").execute(&mut connection).await?;
    connection.close().await?;
    Ok(fs::metadata(&file)?.len())
}

fn micros(start: Instant) -> f64 {
    start.elapsed().as_secs_f64() * 1e6
}

fn median(times: &mut [f64]) -> f64 {
    times.sort_by(f64::total_cmp);
    times.get(times.len() / 2).copied().unwrap_or(f64::NAN)
}

pyexec_sdk::register_executor!("instant", Instantly);

/// Asks for the code and is done.
struct Instantly;

impl CodeExecutor for Instantly {
    type Config = Map<String, serde_json::Value>;

    fn create(_: Self::Config) -> StageResult<Self> {
        Ok(Self)
    }

    async fn describe(&self, _: &ExecutionHost) -> StageResult<ExecutorDescription> {
        let (python, interpreter) = ("3.11.7".into(), "none".into());
        let isolation = Isolation::Full;
        Ok(ExecutorDescription { python, interpreter, isolation, packages: [].into(), modules: vec![] })
    }

    async fn prepare(&self, _: PrepareOrder, _: &ExecutionHost) -> StageResult<PreparedId> {
        Ok(PreparedId(now().to_string()))
    }

    async fn execute(&self, _: PreparedId, order: ExecuteOrder, host: &ExecutionHost) -> StageResult<Outcome> {
        let (token, code_sha256) = (order.token, order.code_sha256);
        host.release(&ReleaseRequest { token, code_sha256, isolation: Isolation::Full }).await?;
        Ok(Outcome {
            ended: Ended::Exited { code: 0 },
            results: Results::Dict { value: Map::from_iter([("total".into(), json!(45))]) },
            error: None,
            warnings: vec![],
            figures: vec![],
            artifacts: vec![],
            usage: Usage::default(),
            isolation: Isolation::Full,
            python: Some("3.11.7".into()),
            environment: None,
            refused: vec![],
        })
    }

    async fn discard(&self, _: PreparedId) -> StageResult<()> {
        Ok(())
    }
}
