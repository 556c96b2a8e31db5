//! `pyexec doctor`: looks at everything that a run needs, and says how to mend what is wrong.
//!
//! It is for the day on which things are broken, so nothing here trusts anything: what cannot be opened becomes a row, and
//! the other checks go on. It makes nothing and mends nothing (`--clean` removes what dead processes left): what it writes lies
//! in a folder that goes when it ends. Open
//! `context.rs` for what is opened, `rows.rs` for what a check may say; each area is one file with one function, named in
//! `examine`.

mod configuration;
mod containers;
mod context;
mod control;
mod disk;
mod generator;
mod isolation;
mod plugins;
mod python;
mod rows;
mod safety;
mod store;

use super::stop::Signals;
use crate::{args::Doctor, exit::Failure};
use context::Context;
use rows::Rows;
use std::path::Path;

pub(crate) async fn doctor(file: Option<&Path>, doctor: &Doctor) -> Result<u8, Failure> {
    let mut signals = Signals::listen()?;
    let mut rows = Rows::new(doctor.json);
    // Dropping it kills what is jailed and removes the folder.
    tokio::select! {
        () = examine(file, doctor, &mut rows) => {}
        _ = signals.next() => return Ok(super::INTERRUPTED_BY_USER),
    }
    Ok(rows.finish())
}

async fn examine(file: Option<&Path>, doctor: &Doctor, rows: &mut Rows) {
    let context = Context::open(file).await;
    configuration::check(&context, rows.area("configuration"));
    safety::check(&context, rows.area("safety")).await;
    disk::check(&context, rows.area("disk"));
    store::check(&context, rows.area("store")).await;
    plugins::check(&context, rows.area("plugins"));
    generator::check(&context, rows.area("generator"));
    control::check(&context, rows.area("control system"));
    python::check(&context, rows.area("python")).await;
    containers::check(&context, doctor.clean, rows.area("containers")).await;
    isolation::check(&context, doctor.isolation, rows.area("isolation")).await;
}
