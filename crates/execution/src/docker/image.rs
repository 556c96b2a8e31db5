//! What code will find in an image: asked once of each, in a container as hard as any, and kept by the image's id.

use super::{config::DockerConfig, container, engine::Engine, error::EngineError, lease::Lease, shape::Shape};
use crate::python::{Facts, QUESTION};
use pyexec_core::{Digest, order::Limits};
use std::{fs, os::unix::fs::OpenOptionsExt, path::Path};

/// The facts of the configured image.
pub(super) async fn facts(engine: &Engine, config: &DockerConfig, lease: &Lease) -> Result<Facts, EngineError> {
    let id = engine.image(&config.image).await?;
    let bad = |why: String| EngineError::BadImage { image: config.image.clone(), why };
    // another version of the question may want to know more
    let key = Digest::of(format!("{id}\n{QUESTION}").as_bytes()).to_string();
    let path = config.data_dir.join("containers").join(format!("image-{}.json", &key[..32]));
    if let Some(known) = fs::read(&path).ok().and_then(|text| serde_json::from_slice(&text).ok()) {
        return Ok(known);
    }
    let command = ["-I", "-B", "-c", QUESTION].map(str::to_owned).into();
    let shape = Shape::plain(config.limits.as_ref().unwrap_or(&Limits::default()));
    let answer = container::ask(engine, config, &shape, lease, command).await?;
    let facts: Facts =
        serde_json::from_slice(&answer).map_err(|e| bad(format!("its Python does not tell what it is: {e}")))?;
    facts.usable().map_err(bad)?;
    keep(&path, &answer);
    Ok(facts)
}

/// What cannot be kept is asked again.
fn keep(path: &Path, answer: &[u8]) {
    use std::io::Write as _;
    let new = path.with_extension(format!("new-{}", uuid::Uuid::new_v4()));
    let written = fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(&new)
        .and_then(|mut file| file.write_all(answer))
        .and_then(|()| fs::rename(&new, path));
    if let Err(error) = written {
        tracing::debug!("what is known of an image is not kept: {error}");
    }
}
