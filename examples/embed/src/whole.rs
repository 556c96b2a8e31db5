//! The whole service: what `pyexec` is made of, with a generator of this application's own.

use crate::{Places, explained, listing};
use anyhow::{Context, Result, ensure};
use pyexec_core::{Code, Principal, Request, Role, executor::Stream, request::GivenCode};
use pyexec_registry::Registry;
use pyexec_service::{
    Service, Settings, Stages,
    event::Answer,
    progress::{Observer, Progress},
    run::State,
    submit::Submission,
    view::RunView,
};
use serde_json::{Value, json};
use std::{env, fs, sync::Arc};
use tokio_util::sync::CancellationToken;

/// Opens a service with `pyexec`'s defaults. What needs a table gets one; the rest takes an empty one.
pub(crate) async fn open(registry: &Registry, places: &Places) -> Result<Service> {
    let create = |role, name: &str| {
        let table = match role {
            Role::Executor => places.executor_table(),
            _ => json!({}),
        };
        registry.create(role, name, &table)
    };
    let generator = registry.create(Role::Generator, "mean_of", &json!({"decimals": 3})).map_err(explained)?;
    let stages = Stages { generator: Some(generator), ..Stages::standard(create).map_err(explained)? };
    let program = env::current_exe().context("the program cannot find its own file")?;
    let protected = program.parent().map(Into::into).into_iter().collect();
    Ok(Service::open(Settings { protected, ..Settings::new(&places.data_dir) }, stages).await?)
}

/// A question, answered.
pub(crate) async fn ask(service: &Service, question: &str) -> Result<()> {
    println!("   {question}");
    let request = Request { user_query: Some(question.into()), ..Request::default() };
    let view = drive(service, request).await?;
    let generator = view.generator.unwrap_or_default();
    ensure!(view.state == State::Done, "the run ended {}: {:?}", view.state, view.error);
    println!("   {} by `{generator}`, kept in {}", view.state, view.folder.display());
    println!("   results: {}", Value::Object(view.results.unwrap_or_default()));
    Ok(())
}

/// Ready code that writes outside its run folder waits for a decision; approved, it runs, and can write there alone.
pub(crate) async fn write_after_approval(service: &Service, places: &Places) -> Result<()> {
    let shared = places.scratch.join("shared");
    fs::create_dir(&shared).context("the shared folder cannot be made")?;
    let note = shared.join("note.txt");
    // A JSON string is a Python string: quoted so, no path can become code.
    let path = Value::from(note.to_str().context("the temporary folder has no UTF-8 name")?);
    let code = Code::new(format!("with open({path}, 'w') as file:\n    file.write('approved')\nresults = {{}}\n"));
    listing(&code);
    let view = drive(service, Request { code: Some(GivenCode(code)), ..Request::default() }).await?;
    ensure!(view.state == State::Waiting, "it should wait, and is {}: {:?}", view.state, view.error);
    for reason in &view.reasons {
        println!("   a person is asked: {reason}");
    }
    for grant in view.covers.iter().flat_map(|covers| &covers.grants) {
        println!("   approved, it would get: {}", serde_json::to_string(grant)?);
    }
    ensure!(!note.exists(), "nothing may run before the decision");

    // A real application shows the code, findings and grants (`pyexec_approval::CardView`) and authenticates who answers.
    let ticket = view.ticket_id.context("who waits has a ticket")?;
    let approver = Principal("the application's supervisor".into());
    let run = service.decide(&ticket, Answer::Approve, &approver, Some("for the example".into())).await?;
    let view = service.drive(&run, &approver, Arc::new(Shown), CancellationToken::new()).await?;
    ensure!(view.state == State::Done, "the run ended {}: {:?}", view.state, view.error);
    println!("   {}, approved by {}", view.state, view.decided_by.unwrap_or_default());
    println!("   {}: {}", note.display(), fs::read_to_string(&note)?);
    Ok(())
}

async fn drive(service: &Service, request: Request) -> Result<RunView> {
    let requester = Principal("the application's user".into());
    let run = service.submit(request, requester.clone(), Submission::default()).await?;
    Ok(service.drive(&run, &requester, Arc::new(Shown), CancellationToken::new()).await?)
}

/// Shows how a run goes. Called from anywhere, so it only prints.
struct Shown;

impl Observer for Shown {
    fn on(&self, progress: Progress) {
        match progress {
            Progress::Started(stage) => println!("   [{}]", stage.name()),
            Progress::Message(message) => println!("   progress: {message}"),
            Progress::Output(Stream::Stdout | Stream::Stderr, bytes) => {
                for line in String::from_utf8_lossy(&bytes).lines() {
                    println!("   it says: {line}");
                }
            }
            Progress::Waiting(ticket) => println!("   waits for a decision on ticket {ticket}"),
            Progress::Ended(_) => {}
        }
    }
}
