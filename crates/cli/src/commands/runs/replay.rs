//! `pyexec runs replay`.

use crate::{
    commands::{INTERRUPTED_BY_USER, drive},
    exit::Failure,
    principal, render,
};
use pyexec_core::RunId;
use pyexec_service::{
    Service,
    record::{Comparison, Difference},
    run::State,
    view::SCHEMA,
};
use serde_json::{Value, json};

/// Something differs.
const DIFFERENT: u8 = 1;

pub(super) async fn replay(service: &Service, run: &str, with: Option<&str>, as_json: bool) -> Result<u8, Failure> {
    let past = service.journal().find_run(run).await?;
    if let Some(other) = with {
        let other = service.journal().find_run(other).await?;
        return show(service, &past, &other, as_json).await;
    }
    let id = service.replay(&past, principal::current()).await?;
    let (view, stopped) = drive(service, &id).await?;
    // Without a seen end there is nothing to compare: the run says itself what became of it.
    if !matches!(view.state, State::Done | State::Failed) || view.usage.is_none() {
        let code = render::result::run(&view, as_json);
        if view.state == State::Waiting {
            eprintln!("help: once it has run, `pyexec runs replay {past} --with {id}` shows what differs");
        }
        return Ok(if stopped { INTERRUPTED_BY_USER } else { code });
    }
    show(service, &past, &id, as_json).await
}

async fn show(service: &Service, past: &RunId, id: &RunId, as_json: bool) -> Result<u8, Failure> {
    let found = service.compare(past, id).await?;
    if as_json {
        render::result::json(&json!({
            "schema": SCHEMA, "replay_of": past, "run_id": id, "same": found.same, "differences": found.differences,
            "more": found.more, "notes": found.notes,
        }));
    } else {
        print(&found);
    }
    eprintln!("{:>12}  {past}", "replay of");
    eprintln!("{:>12}  {id}", "run");
    Ok(if found.same { 0 } else { DIFFERENT })
}

fn print(found: &Comparison) {
    if found.same {
        render::result::line("the same: exit, results, output, figures and artifacts");
    }
    for Difference { what, at, before, after } in &found.differences {
        let place = match (*what, at) {
            ("results", Some(path)) => path.clone(),
            (what, Some(at)) => format!("{what}, {at}"),
            (what, None) => what.to_owned(),
        };
        render::result::line(&render::plain(&format!("{place}: {} -> {}", shown(before), shown(after))));
    }
    if found.more > 0 {
        render::result::line(&format!("and {} more", found.more));
    }
    for note in &found.notes {
        eprintln!("note: {}", render::plain(note));
    }
}

fn shown(value: &Value) -> String {
    const MOST: usize = 200;
    let text = if value.is_null() { "nothing".into() } else { value.to_string() };
    let short: String = text.chars().take(MOST).collect();
    if short.len() < text.len() { short + " …" } else { short }
}
