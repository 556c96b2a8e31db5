//! `pyexec run`.

use super::{
    INTERRUPTED_BY_USER, drive, drive_and_show,
    stop::{Came, Signals},
};
use crate::{
    args::{Approve, Run},
    exit::Failure,
    principal,
    render::{self, Face, STRONG, ask::Asked, progress::Lines},
    wiring::{self, Choices},
};
use pyexec_core::{Code, ErrorKind, Request, RunId, request::GivenCode};
use pyexec_service::{Service, event::Answer, run::State, submit::Submission};
use std::{
    io::{IsTerminal, Read},
    path::Path,
    sync::Arc,
};

/// Engines of the container executor; `--backend docker` means that one.
const CONTAINER_ENGINES: [&str; 2] = ["docker", "jupyter"];

pub(crate) async fn run(config: Option<&Path>, run: Run) -> Result<u8, Failure> {
    let request = request(&run)?;
    let loaded = wiring::configuration(config)?;
    let backend = run.backend.as_deref();
    if let Some(engine) = backend.filter(|b| CONTAINER_ENGINES.contains(b)) {
        return Err(Failure::new(
            ErrorKind::UnknownName,
            format!("the backend `{engine}` is not available in this version"),
            "leave `--backend` out, or say `--backend local`",
        ));
    }
    let choices = Choices { generator: run.generator.as_deref(), backend, policy: run.policy.as_deref() };
    if request.code.is_none() {
        let generator = wiring::generator_and_why(&loaded, &choices);
        eprintln!("{}", Face::of_stderr().labelled("generator", &generator));
    }
    let service = wiring::service(&loaded, &choices).await?;
    let on_terminal = std::io::stdin().is_terminal() && std::io::stderr().is_terminal();
    let approve = run.approve.unwrap_or(if on_terminal { Approve::Ask } else { Approve::Park });
    if approve == Approve::Ask && !on_terminal {
        return Err(Failure::new(
            ErrorKind::BadRequest,
            "`--approve ask` needs a terminal to ask on",
            "use `--approve park`, then `pyexec approvals`",
        ));
    }
    let submission = Submission { timeout_seconds: run.timeout, unattended: approve == Approve::Never };
    let id = service.submit(request, principal::current(), submission).await?;
    if approve == Approve::Ask {
        attended(&service, &id, run.json).await
    } else {
        drive_and_show(&service, &id, run.json).await
    }
}

/// Asks here whenever a person is needed.
async fn attended(service: &Service, id: &RunId, json: bool) -> Result<u8, Failure> {
    loop {
        let (view, stopped) = drive(service, id).await?;
        let (State::Waiting, Some(ticket)) = (view.state, &view.ticket_id) else {
            let code = render::result::run(&view, json);
            return Ok(if stopped { INTERRUPTED_BY_USER } else { code });
        };
        let answer = match asked(service, id).await? {
            Some(Asked::Yes) => Answer::Approve,
            Some(Asked::No(reason)) => Answer::Reject { reason },
            Some(Asked::Later) => return Ok(render::result::run(&view, json)),
            None => {
                let cancelled = service.cancel(id, &principal::current(), Arc::new(Lines::new(false))).await?;
                render::result::run(&cancelled, json);
                return Ok(INTERRUPTED_BY_USER);
            }
        };
        let decided = service.decide(ticket, answer, &principal::current(), None).await;
        if let Err(error) = decided {
            // Somebody else may have answered meanwhile; what they said holds, and the next look shows it.
            eprintln!("{}", crate::exit::render(&error.to_run_error()));
        }
    }
}

/// Shows the card and asks; nothing after Ctrl-C. A session that ends meanwhile leaves the ticket for later.
async fn asked(service: &Service, id: &RunId) -> Result<Option<Asked>, Failure> {
    let face = Face::of_stderr();
    for line in super::approvals::card(service, id).await?.to_text(render::columns()).lines() {
        // Only the card's own headings stand at the left edge.
        let heading = line.starts_with(|c: char| c.is_ascii_uppercase());
        eprintln!("{}", if heading { face.paint(STRONG, line) } else { line.to_owned() });
    }
    eprintln!();
    let mut signals = Signals::listen()?;
    tokio::select! {
        answer = tokio::task::spawn_blocking(render::ask::ask) => {
            answer.map(Some).map_err(|e| Failure::machinery(format!("the question was not asked: {e}")))
        }
        came = signals.next() => {
            eprintln!();
            Ok((came == Came::End).then_some(Asked::Later))
        }
    }
}

/// The request that the flags describe, on top of `--request`.
fn request(run: &Run) -> Result<Request, Failure> {
    let mut request = match &run.request {
        Some(path) => parse(&wiring::read_bytes(path, "request")?, path, "request")?,
        None => Request::default(),
    };
    if let Some(query) = &run.query {
        request.user_query = Some(query.clone());
    }
    if let Some(path) = &run.code {
        request.code = Some(GivenCode(Code::new(code(path)?)));
        request.execution_folder_name = request
            .execution_folder_name
            .or_else(|| path.file_stem().and_then(|stem| stem.to_str()).filter(|stem| *stem != "-").map(str::to_owned));
    }
    if let Some(path) = &run.context {
        request.context = parse(&wiring::read_bytes(path, "context")?, path, "context")?;
    }
    request.inputs.extend(run.input.iter().cloned());
    request.outputs.extend(run.output.iter().cloned());
    request.mode = run.mode.or(request.mode);
    request.execution_folder_name = run.name.clone().or(request.execution_folder_name);
    Ok(request)
}

fn code(path: &Path) -> Result<Vec<u8>, Failure> {
    if path != Path::new("-") {
        return wiring::read_bytes(path, "code");
    }
    let mut bytes = Vec::new();
    let most = Code::MAX_BYTES as u64 + 1; // one more than allowed is enough to be refused
    let read = std::io::stdin().lock().take(most).read_to_end(&mut bytes);
    read.map_err(|e| {
        Failure::new(ErrorKind::BadFile, format!("the code on standard input cannot be read: {e}"), "name a file")
    })?;
    Ok(bytes)
}

fn parse<T: serde::de::DeserializeOwned>(bytes: &[u8], path: &Path, what: &str) -> Result<T, Failure> {
    serde_json::from_slice(bytes).map_err(|e| {
        Failure::new(
            ErrorKind::BadFile,
            format!("the {what} `{}` cannot be used: {e}", path.display()),
            "mend it: it is a JSON object",
        )
    })
}
