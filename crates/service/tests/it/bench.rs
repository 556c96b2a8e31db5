//! A service made of components that do as they are told, and a folder for their notes.
#![expect(clippy::unwrap_used, reason = "what tests share may panic as they do")]

use pyexec_control::{Broker, ControlSettings, VerificationLevel};
use pyexec_core::{
    Code, Instance, Isolation, Principal, Request, Role, RunId, TicketId, order::Limits, request::GivenCode,
};
use pyexec_registry::Registry;
use pyexec_service::{
    Service, ServiceError, Settings, Stages,
    event::{Answer, Event},
    progress::{Observer, Unobserved},
    run::State,
    settings::Timeouts,
    submit::Submission,
    view::RunView,
};
use serde_json::{Value, json};
use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    sync::Arc,
    time::{Duration, Instant},
};
use tempfile::TempDir;
use tokio_util::sync::CancellationToken;

/// How long anything may take before a test fails.
const DEADLINE: Duration = Duration::from_secs(30);
/// A time limit that runs out.
pub(crate) const SHORT: Duration = Duration::from_millis(150);

/// A data folder and a folder for notes.
pub(crate) struct Bench {
    pub(crate) data: TempDir,
    pub(crate) notes: TempDir,
    pub(crate) setup: Setup,
}

/// What differs between tests.
#[derive(Clone)]
pub(crate) struct Setup {
    /// Replies by attempt.
    pub(crate) replies: Vec<&'static str>,
    pub(crate) domain: &'static str,
    pub(crate) policy: &'static str,
    pub(crate) gate: &'static str,
    /// More of its configuration.
    pub(crate) executor: Value,
    pub(crate) connector: &'static str,
    pub(crate) writes_enabled: bool,
    pub(crate) accept: Vec<Isolation>,
    pub(crate) ticket_lifetime: Duration,
    pub(crate) timeouts: Timeouts,
    pub(crate) timeout_seconds: u64,
    pub(crate) standby: usize,
}

impl Default for Setup {
    fn default() -> Self {
        Self {
            replies: vec![],
            domain: "",
            policy: "",
            gate: "",
            executor: json!({}),
            connector: "mock",
            writes_enabled: true,
            accept: vec![Isolation::Full],
            ticket_lifetime: Duration::from_hours(1),
            timeouts: Timeouts { executor: DEADLINE, ..Timeouts::default() },
            timeout_seconds: 60,
            standby: 2,
        }
    }
}

impl Bench {
    pub(crate) fn new() -> Self {
        Self::with(Setup::default())
    }

    pub(crate) fn with(setup: Setup) -> Self {
        Self { data: tempfile::tempdir().unwrap(), notes: tempfile::tempdir().unwrap(), setup }
    }

    /// Another process, as far as the log can tell.
    pub(crate) async fn service(&self) -> Service {
        self.service_of(self.setup.clone()).await
    }

    pub(crate) async fn service_of(&self, setup: Setup) -> Service {
        let (settings, stages) = (self.settings(&setup), self.stages(&setup));
        Service::open(settings, stages).await.unwrap()
    }

    fn settings(&self, setup: &Setup) -> Settings {
        Settings {
            data_dir: self.data.path().into(),
            environment: None,
            jupyter_base_url: None,
            attempts: 3,
            limits: Limits { timeout_seconds: setup.timeout_seconds, ..Limits::default() },
            accept_isolation: setup.accept.clone(),
            environments: BTreeMap::new(),
            ticket_lifetime: setup.ticket_lifetime,
            writes_enabled: setup.writes_enabled,
            net_grantable: true,
            timeouts: setup.timeouts,
            protected: vec![],
            save_prompts: true,
            input_copy_limit: 1 << 20,
            standby: setup.standby,
        }
    }

    fn stages(&self, setup: &Setup) -> Stages {
        let mut registry = Registry::new(self.notes.path().join("plugins"));
        registry.link_registered();
        let create = |role, name: &str, config: Value| -> Instance { registry.create(role, name, &config).unwrap() };
        let told = |role, told: &str| create(role, "told", json!({"told": told}));
        let notes = json!({"notes": self.notes.path()});
        let mut executor = setup.executor.clone();
        executor.as_object_mut().unwrap().extend(notes.as_object().unwrap().clone());
        let generator = json!({"notes": self.notes.path(), "replies": setup.replies});
        let settings = ControlSettings {
            writes_enabled: setup.writes_enabled,
            limits: None,
            default_timeout: 20.0,
            default_verification: VerificationLevel::Callback,
        };
        Stages {
            generator: (!setup.replies.is_empty()).then(|| create(Role::Generator, "told", generator)),
            domain_analyzers: if setup.domain == "none" {
                vec![]
            } else {
                vec![told(Role::DomainAnalyzer, setup.domain)]
            },
            policy_analyzers: vec![told(Role::PolicyAnalyzer, setup.policy)],
            gate: told(Role::ApprovalGate, setup.gate),
            executor: create(Role::Executor, "told", executor),
            broker: Arc::new(Broker::new(settings, create(Role::Connector, setup.connector, json!({})))),
        }
    }

    /// The lines of a note.
    pub(crate) fn notes(&self, name: &str) -> Vec<String> {
        let text = std::fs::read_to_string(self.notes.path().join(name)).unwrap_or_default();
        text.lines().map(str::to_owned).collect()
    }

    pub(crate) fn touch(&self, name: &str) {
        crate::fakes::note(self.notes.path(), name, "");
    }

    pub(crate) async fn noted(&self, name: &str) {
        let path = self.notes.path().join(name);
        until(&format!("the note `{name}`"), async || path.exists()).await;
    }

    pub(crate) fn note_path(&self, name: &str) -> PathBuf {
        self.notes.path().join(name)
    }
}

/// Polls until it holds.
pub(crate) async fn until(what: &str, mut holds: impl AsyncFnMut() -> bool) {
    let start = Instant::now();
    while !holds().await {
        assert!(start.elapsed() < DEADLINE, "{what} did not come");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

pub(crate) fn alice() -> Principal {
    Principal("alice".into())
}

pub(crate) fn bob() -> Principal {
    Principal("bob".into())
}

pub(crate) fn code(text: &str) -> Request {
    Request { code: Some(GivenCode(Code::from(text))), ..Request::default() }
}

pub(crate) fn question() -> Request {
    Request { user_query: Some("what?".into()), ..Request::default() }
}

/// Code about which policy says so.
pub(crate) fn decided(verdict: &str, mode: &str, grants: &Value, acts: &str) -> String {
    format!("#!{}\n{acts}", json!({"verdict": verdict, "mode": mode, "grants": grants}))
}

pub(crate) fn asked(acts: &str) -> String {
    decided("ask", "READ_ONLY", &json!([]), acts)
}

pub(crate) fn writing(folder: &Path, acts: &str) -> String {
    decided("ask", "WRITE_ENABLED", &json!([{"kind": "output", "path": folder}]), acts)
}

pub(crate) fn controlling(acts: &str) -> String {
    let grants = json!([{"kind": "channel_write", "names": ["A"], "min": 0.0, "max": 10.0}]);
    decided("ask", "EPICS_CONTROL", &grants, acts)
}

pub(crate) async fn submit(service: &Service, request: Request) -> RunId {
    service.submit(request, alice(), Submission::default()).await.unwrap()
}

pub(crate) async fn try_drive(service: &Service, run: &RunId) -> Result<RunView, ServiceError> {
    let by = alice();
    let driven = service.drive(run, &by, Arc::new(Unobserved), CancellationToken::new());
    tokio::time::timeout(DEADLINE, driven).await.expect("the drive ends")
}

pub(crate) async fn drive(service: &Service, run: &RunId) -> RunView {
    try_drive(service, run).await.unwrap()
}

pub(crate) async fn run(service: &Service, request: Request) -> RunView {
    let run = submit(service, request).await;
    drive(service, &run).await
}

/// Submits, drives to the ticket, approves as bob, and drives on.
pub(crate) async fn approved(service: &Service, request: Request) -> RunView {
    let view = run(service, request).await;
    approve(service, &ticket(&view)).await.unwrap();
    drive(service, &view.run_id).await
}

pub(crate) fn ticket(view: &RunView) -> TicketId {
    assert_eq!(view.state, State::Waiting, "{:?}", view.error);
    view.ticket_id.clone().unwrap()
}

pub(crate) async fn approve(service: &Service, ticket: &TicketId) -> Result<RunId, ServiceError> {
    service.decide(ticket, Answer::Approve, &bob(), None).await
}

pub(crate) async fn events(service: &Service, run: &RunId) -> Vec<Event> {
    let stored = service.journal().events(run, 0, 1000).await.unwrap();
    stored.iter().map(|event| Event::read(event.version, &event.body).unwrap()).collect()
}

pub(crate) async fn kinds(service: &Service, run: &RunId) -> Vec<String> {
    service.journal().events(run, 0, 1000).await.unwrap().into_iter().map(|event| event.kind).collect()
}

pub(crate) fn rejection(reason: &str) -> Answer {
    Answer::Reject { reason: reason.into(), retry: false }
}

pub(crate) fn sent_back(reason: &str) -> Answer {
    Answer::Reject { reason: reason.into(), retry: true }
}

/// Edits as bob.
pub(crate) async fn edit(service: &Service, ticket: &TicketId, text: &str) -> Result<RunId, ServiceError> {
    let observer: Arc<dyn Observer> = Arc::new(Unobserved);
    service.edit(ticket, Code::from(text), &bob(), None, &observer).await
}

/// State, exit code, kind and message of the end.
pub(crate) fn end(view: &RunView) -> (State, u8, &'static str, String) {
    let (kind, message) = view.error.as_ref().map_or(("", String::new()), |e| (e.kind.name(), e.message.clone()));
    (view.state, view.exit_code, kind, message)
}
