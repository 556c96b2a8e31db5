//! A model that can be asked: again and again while it is busy, within the time that there is.

use super::{
    AskError, Heard, Question, Reply,
    anthropic::{self, Message},
    chat::{self, Completion},
    retry,
    transport::{self, Failed, Peer},
};
use crate::{
    key::KeyPlace,
    secret::{Secret, Secrets},
    wire,
};
use pyexec_core::{Model, Provider};
use reqwest::{
    Url,
    header::{AUTHORIZATION, CONTENT_TYPE, HeaderValue},
};
use std::{
    sync::OnceLock,
    time::{Duration, SystemTime},
};
use tokio::time::{Instant, sleep, timeout};

/// A model and how it is reached.
#[derive(Debug)]
pub(crate) struct Client {
    model: Model,
    url: Url,
    key: KeyPlace,
    /// Who is asked, for messages.
    who: String,
    /// Made by the first question: reading the system's certificates takes a while.
    http: OnceLock<reqwest::Client>,
}

/// An answer, and what it took.
#[derive(Debug)]
pub(crate) struct Asked {
    /// What was said.
    pub(crate) reply: Reply,
    /// How often it was asked, from 1.
    pub(crate) tries: u32,
    /// Tries that were broken off: what they cost nobody says.
    pub(crate) uncounted: u32,
    /// From the first question to the last word.
    pub(crate) took: Duration,
}

impl Client {
    /// Checks what can be checked before anything is asked: address and key.
    pub(crate) fn new(model: Model) -> Result<Self, AskError> {
        let (base, path) = match model.provider {
            Provider::Anthropic => (Some(anthropic::BASE_URL), anthropic::PATH),
            other => (chat::base_url(other), chat::PATH),
        };
        let base = model.base_url.as_deref().or(base).unwrap_or_default().trim_end_matches('/');
        let url = address(base, path)?;
        let who = match &model.base_url {
            Some(_) => format!("{} at {base}", model.provider),
            None => model.provider.to_string(),
        };
        let key = key_place(&model);
        if key.read()?.is_some() && wire::is_exposed(&url) && !model.allow_plain_http {
            return Err(AskError::Exposed { base_url: base.into(), place: key });
        }
        Ok(Self { model, url, key, who, http: OnceLock::new() })
    }

    /// The model that is asked.
    pub(crate) fn model(&self) -> &Model {
        &self.model
    }

    /// What must not be in any text, the key of this moment included.
    pub(crate) fn secrets(&self) -> Result<Secrets, AskError> {
        Ok(Secrets::with_environment(self.key.read()?.as_ref()))
    }

    /// Asks until there is an answer, the tries are used up, or `deadline` is near; `again` hears of each further try.
    pub(crate) async fn ask(
        &self,
        question: &Question,
        secrets: &Secrets,
        deadline: Option<Instant>,
        again: impl Fn(&AskError, Duration) + Send + Sync,
    ) -> Result<Asked, AskError> {
        let start = Instant::now();
        let left = |at: Instant| deadline.map_or(Duration::MAX, |deadline| deadline.saturating_duration_since(at));
        let (mut tries, mut uncounted) = (0, 0);
        loop {
            tries += 1;
            let limit = Duration::from_secs_f64(self.model.timeout_seconds).min(left(Instant::now()));
            let done = timeout(limit, self.once(question, secrets))
                .await
                .unwrap_or_else(|_| Err(AskError::Late { who: self.who.clone(), seconds: limit.as_secs_f64() }.into()));
            let failed = match done {
                Ok(reply) => return Ok(Asked { reply, tries, uncounted, took: start.elapsed() }),
                Err(failed) => failed,
            };
            let Failed { error, wait, passing } = failed;
            uncounted += u32::from(matches!(error, AskError::Cut { .. } | AskError::Late { .. }));
            if !passing || tries >= self.model.max_tries {
                return Err(gave_up(error, tries));
            }
            let first = Duration::from_secs_f64(self.model.retry_wait_seconds);
            let pause = wait.unwrap_or_else(|| retry::back_off(first, tries, chance()));
            if pause >= left(Instant::now()) {
                return Err(match wait {
                    Some(wait) => AskError::LongWait { last: Box::new(error), seconds: wait.as_secs_f64() },
                    None => gave_up(error, tries),
                });
            }
            again(&error, pause);
            sleep(pause).await;
        }
    }

    async fn once(&self, question: &Question, secrets: &Secrets) -> Result<Reply, Failed> {
        let key = self.key.read().map_err(AskError::from)?;
        let peer = Peer { who: &self.who, model: &self.model.model, key: &self.key, secrets };
        match self.model.provider {
            Provider::Anthropic => {
                let request = self.request(&anthropic::body(&self.model, question))?;
                let (name, version) = anthropic::VERSION;
                let request = request.header(name, version);
                let request = match &key {
                    Some(key) => request.header(anthropic::KEY_HEADER, header(key.expose())),
                    None => request,
                };
                transport::exchange::<Message>(request, &peer).await
            }
            _ => self.chat::<Completion>(question, key.as_ref(), &peer).await,
        }
    }

    async fn chat<H: Heard>(
        &self,
        question: &Question,
        key: Option<&Secret>,
        peer: &Peer<'_>,
    ) -> Result<Reply, Failed> {
        let request = self.request(&chat::body(&self.model, question))?;
        let request = match key {
            Some(key) => request.header(AUTHORIZATION, header(&format!("Bearer {}", key.expose()))),
            None => request,
        };
        transport::exchange::<H>(request, peer).await
    }

    fn request(&self, body: &serde_json::Value) -> Result<reqwest::RequestBuilder, AskError> {
        let http = if let Some(http) = self.http.get() {
            http
        } else {
            let made = transport::client(&self.url)?;
            self.http.get_or_init(|| made)
        };
        Ok(http.post(self.url.clone()).header(CONTENT_TYPE, "application/json").body(body.to_string()))
    }
}

fn key_place(model: &Model) -> KeyPlace {
    match (model.key_variable(), &model.api_key_file) {
        (Some(variable), _) => KeyPlace::Variable(variable.into()),
        (None, Some(file)) => KeyPlace::File(file.clone()),
        (None, None) => KeyPlace::Nowhere,
    }
}

/// Where requests go. What is wrong is said without the address where that may hold a password.
fn address(base: &str, path: &str) -> Result<Url, AskError> {
    let bad = |why: &str| {
        let base_url = if base.contains('@') { "…".into() } else { base.to_owned() };
        AskError::BadAddress { base_url, why: why.into() }
    };
    if base.is_empty() {
        return Err(AskError::BadAddress { base_url: String::new(), why: "`base_url` is missing".into() });
    }
    let url = Url::parse(&format!("{base}{path}")).map_err(|error| bad(&error.to_string()))?;
    if !matches!(url.scheme(), "http" | "https") {
        return Err(bad("it is not `http` or `https`"));
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(bad("it names a user; a key comes from `api_key_env` or `api_key_file`"));
    }
    if url.query().is_some() || url.fragment().is_some() {
        return Err(bad("it has a query or a fragment"));
    }
    Ok(url)
}

/// A header that logs and debuggers of the client do not show.
fn header(text: &str) -> HeaderValue {
    // A key was checked to be printable ASCII when it was read.
    let mut value = HeaderValue::from_str(text).unwrap_or_else(|_| HeaderValue::from_static(""));
    value.set_sensitive(true);
    value
}

fn gave_up(last: AskError, tries: u32) -> AskError {
    if tries == 1 { last } else { AskError::GaveUp { last: Box::new(last), tries } }
}

/// Something between 0 and 1 that differs between those who wait.
fn chance() -> f64 {
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    f64::from(now.subsec_nanos() % 1000) / 1000.0
}
