//! A person at the terminal: shown each card, asked, and obeyed.

use super::{
    INTERRUPTED_BY_USER, approvals, drive, edit,
    stop::{Came, Signals},
};
use crate::{
    exit::{self, Failure},
    principal,
    render::{self, Face, STRONG, ask::Asked, progress::Lines},
};
use pyexec_core::{RunId, TicketId};
use pyexec_service::{Service, event::Answer, progress::Observer, run::State, view::RunView};
use std::sync::Arc;

/// Asks here whenever a person is needed.
pub(crate) async fn attended(service: &Service, id: &RunId, json: bool) -> Result<u8, Failure> {
    loop {
        let (view, stopped) = drive(service, id).await?;
        let (State::Waiting, Some(ticket)) = (view.state, &view.ticket_id) else {
            let code = render::result::run(&view, json);
            return Ok(if stopped { INTERRUPTED_BY_USER } else { code });
        };
        service.stand_by(id).await?; // made ready while the person reads
        show(service, ticket).await?;
        match answered(service, &view, ticket).await? {
            Left::Answered => {}
            Left::Open => return Ok(render::result::run(&view, json)),
            Left::Stopped => {
                let observer = Arc::new(Lines::new(false));
                let cancelled = service.cancel(id, &principal::current(), observer).await?;
                render::result::run(&cancelled, json);
                return Ok(INTERRUPTED_BY_USER);
            }
        }
    }
}

async fn show(service: &Service, ticket: &TicketId) -> Result<(), Failure> {
    let face = Face::of_stderr();
    for line in approvals::card(service, ticket).await?.to_text(render::columns()).lines() {
        // Only the card's own headings stand at the left edge.
        let heading = line.starts_with(|c: char| c.is_ascii_uppercase());
        eprintln!("{}", if heading { face.paint(STRONG, line) } else { line.to_owned() });
    }
    eprintln!();
    Ok(())
}

/// How a person leaves a ticket.
enum Left {
    /// Decided, by them or meanwhile by another.
    Answered,
    /// For later, also because the session ended.
    Open,
    /// With Ctrl-C.
    Stopped,
}

/// Asks until the ticket is left.
async fn answered(service: &Service, view: &RunView, ticket: &TicketId) -> Result<Left, Failure> {
    let run = service.run(&view.run_id).await?;
    let (mut draft, _) = service.journal().evidence(&run)?;
    let (by, generated) = (principal::current(), run.created.given.is_none());
    let observer: Arc<dyn Observer> = Arc::new(Lines::new(false));
    loop {
        let done = match asked(generated).await? {
            Err(left) => return Ok(left),
            Ok(Asked::Later) => return Ok(Left::Open),
            Ok(Asked::Yes) => service.decide(ticket, Answer::Approve, &by, None).await,
            Ok(Asked::No { reason, retry }) => {
                service.decide(ticket, Answer::Reject { reason, retry }, &by, None).await
            }
            Ok(Asked::Edit) => match edit::in_editor(&draft) {
                Ok(edited) => {
                    draft = edited; // also if it is refused: nobody types it twice
                    service.edit(ticket, draft.clone(), &by, None, &observer).await
                }
                Err(failure) => {
                    let _ = exit::report(&failure); // said; the exit code is not the program's here
                    continue;
                }
            },
        };
        let Err(error) = done else { return Ok(Left::Answered) };
        eprintln!("{}", exit::render(&error.to_run_error()));
        // Somebody else may have answered meanwhile; what they said holds, and the next look shows it.
        if service.run(&view.run_id).await?.open_ticket().is_none_or(|open| open.ticket_id != *ticket) {
            return Ok(Left::Answered);
        }
    }
}

/// The answer; or how the ticket is left, if a signal came before one.
async fn asked(generated: bool) -> Result<Result<Asked, Left>, Failure> {
    let mut signals = Signals::listen()?;
    tokio::select! {
        answer = tokio::task::spawn_blocking(move || render::ask::ask(generated)) => {
            answer.map(Ok).map_err(|e| Failure::machinery(format!("the question was not asked: {e}")))
        }
        came = signals.next() => {
            eprintln!();
            Ok(Err(if came == Came::End { Left::Open } else { Left::Stopped }))
        }
    }
}
