//! A person at the terminal: shown each card, asked, and obeyed.

use super::{INTERRUPTED_BY_USER, approvals, drive, edit};
use crate::{
    exit::{self, Failure},
    principal,
    render::{self, progress::Lines},
};
use inquire::validator::Validation;
use pyexec_core::{RunId, TicketId};
use pyexec_service::{Service, event::Answer, progress::Observer, run::State};
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
        let card = approvals::card(service, ticket).await?;
        eprintln!("{}", card.to_text(approvals::terminal_width()));
        if !answered(service, id, ticket).await? {
            return Ok(render::result::run(&view, json));
        }
    }
}

/// Asks until the ticket is answered, by this person or meanwhile by another; not if they leave it for later.
async fn answered(service: &Service, id: &RunId, ticket: &TicketId) -> Result<bool, Failure> {
    let run = service.run(id).await?;
    let (mut draft, _) = service.evidence(&run)?;
    let (by, generated) = (principal::current(), run.created.given.is_none());
    let observer: Arc<dyn Observer> = Arc::new(Lines::new(false));
    loop {
        let done = match ask(generated) {
            Asked::Later => return Ok(false),
            Asked::Yes => service.decide(ticket, Answer::Approve, &by, None).await,
            Asked::No { reason, retry } => service.decide(ticket, Answer::Reject { reason, retry }, &by, None).await,
            Asked::Edit => match edit::in_editor(&draft) {
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
        let Err(error) = done else { return Ok(true) };
        eprintln!("{}", exit::render(&error.to_run_error()));
        // Somebody else may have answered meanwhile; what they said holds, and the next look shows it.
        if service.run(id).await?.open_ticket().is_none_or(|open| open.ticket_id != *ticket) {
            return Ok(true);
        }
    }
}

enum Asked {
    Yes,
    No { reason: String, retry: bool },
    Edit,
    Later,
}

/// What a person can say, the first letter being enough.
const WORDS: [&str; 5] = ["yes", "no", "edit", "later", "tell"];

fn ask(generated: bool) -> Asked {
    let words = if generated { &WORDS[..] } else { &WORDS[..4] };
    let help = if generated {
        "yes, no, edit, later (or Esc), or tell: no, and tell the generator why"
    } else {
        "yes, no, edit, or later (or Esc)"
    };
    loop {
        let known = move |said: &str| {
            Ok(if meant(words, said).is_some() { Validation::Valid } else { Validation::Invalid(help.into()) })
        };
        let said = inquire::Text::new("Run exactly this?").with_help_message(help).with_validator(known).prompt();
        match said.ok().and_then(|said| meant(words, &said)) {
            Some("yes") => return Asked::Yes,
            Some("edit") => return Asked::Edit,
            Some("no") => {
                return Asked::No { reason: why("Why not?").unwrap_or("no reason given".into()), retry: false };
            }
            Some("tell") => {
                // Without a word the generator would learn nothing.
                if let Some(reason) = why("What should it do instead?") {
                    return Asked::No { reason, retry: true };
                }
            }
            _ => return Asked::Later,
        }
    }
}

/// The word that somebody began or wrote out.
fn meant(words: &[&'static str], said: &str) -> Option<&'static str> {
    let said = said.trim().to_lowercase();
    words.iter().copied().find(|word| !said.is_empty() && word.starts_with(&said))
}

fn why(question: &str) -> Option<String> {
    inquire::Text::new(question).prompt().ok().filter(|reason| !reason.trim().is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_letter_is_enough_and_nothing_else_is_an_answer() {
        for (said, expected) in [
            ("y", Some("yes")),
            (" YES ", Some("yes")),
            ("n", Some("no")),
            ("t", Some("tell")),
            ("", None),
            ("yess", None),
            ("ok", None),
        ] {
            assert_eq!(meant(&WORDS, said), expected, "{said:?}");
        }
        assert_eq!(meant(&WORDS[..4], "t"), None, "there is no generator to tell");
    }
}
