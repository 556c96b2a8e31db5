//! A Jupyter server's HTTP interface: the few requests that a run needs. Answers are bounded and hostile; nothing follows a
//! redirect, because the token would go along. One client, with its TLS, serves these requests and the WebSocket.

use super::{
    config::JupyterEndpoint,
    error::{ServerError, UseError},
    tls,
};
use reqwest::{
    Client, Method, Request, Response, StatusCode,
    header::{AUTHORIZATION, CONTENT_TYPE, HeaderValue},
    redirect::Policy,
};
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::{Map, Value, json};
use std::time::Duration;
use url::Url;

/// More than any answer that is read has.
const LONGEST_ANSWER: usize = 4 << 20;
/// A server that lives answers this soon.
const PATIENCE: Duration = Duration::from_secs(20);
/// A gateway to a cluster waits for the kernel's machine.
const PATIENCE_START: Duration = Duration::from_mins(3);

/// A server that can be asked. Clones share its connections.
#[derive(Debug, Clone)]
pub(super) struct Server {
    client: Client,
    base: Url,
    token: Option<HeaderValue>,
}

/// A kernel and the session that it belongs to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Started {
    pub(super) session: String,
    pub(super) kernel: String,
}

/// What the server says of a kernel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum KernelState {
    /// There is none.
    Gone,
    /// `busy`, `idle`, `dead`, …
    Is(String),
}

/// Which sessions there are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Sessions {
    /// Session and path.
    Known(Vec<(String, String)>),
    /// It does not tell, as gateways do not unless they are told to.
    Untold,
}

#[derive(Deserialize)]
struct Session {
    id: String,
    #[serde(default)]
    path: Option<String>,
    #[serde(default)]
    kernel: Option<Kernel>,
}

#[derive(Deserialize)]
struct Kernel {
    id: String,
    #[serde(default)]
    execution_state: Option<String>,
}

#[derive(Deserialize)]
struct Kernelspecs {
    kernelspecs: Map<String, Value>,
}

impl Server {
    /// The server of an endpoint; asks nothing yet.
    pub(super) fn new(endpoint: &JupyterEndpoint) -> Result<Self, ServerError> {
        let tls = tls::client(endpoint.authorities()?.as_deref(), endpoint.ca_file.as_deref())?;
        // the endpoint that is configured is asked, and no proxy that the environment names
        let client = Client::builder().no_proxy().redirect(Policy::none()).tls_backend_preconfigured(tls);
        let client = client.build().map_err(|e| UseError::Tls(e.to_string()))?;
        let header = endpoint.secret()?.map(|token| {
            let mut value = HeaderValue::try_from(format!("token {}", token.0)).map_err(|_| UseError::BadToken)?;
            value.set_sensitive(true);
            Ok::<_, UseError>(value)
        });
        let base = endpoint.url().map_err(UseError::Tls)?;
        Ok(Self { client, base, token: header.transpose()? })
    }

    /// Where it is, for people.
    pub(super) fn url(&self) -> &str {
        self.base.as_str()
    }

    /// Whether it has a kernel of this name.
    pub(super) async fn check_kernel(&self, name: &str) -> Result<(), ServerError> {
        let request = self.request(Method::GET, &["api", "kernelspecs"], None);
        let specs: Kernelspecs = self.json("list its kernels", request, PATIENCE).await?;
        if specs.kernelspecs.contains_key(name) {
            return Ok(());
        }
        let known = specs.kernelspecs.keys().take(20).map(|name| shown(name, 80)).collect();
        Err(ServerError::NoKernel { url: self.url().into(), name: name.into(), known })
    }

    /// Starts a kernel, in a session whose path is `mark`.
    pub(super) async fn start(&self, kernel_name: &str, mark: &str) -> Result<Started, ServerError> {
        let body = json!({"path": mark, "name": mark, "type": "pyexec", "kernel": {"name": kernel_name}});
        let request = self.request(Method::POST, &["api", "sessions"], Some(&body));
        let session: Session = self.json("start a kernel", request, PATIENCE_START).await?;
        let kernel = session.kernel.ok_or_else(|| self.failed("start a kernel", "its answer names no kernel"))?;
        Ok(Started { session: session.id, kernel: kernel.id })
    }

    /// Ends a session and its kernel; that there is none is as good.
    pub(super) async fn delete_session(&self, session: &str) -> Result<(), ServerError> {
        self.delete(&["api", "sessions", session]).await
    }

    /// Ends a kernel that may have lost its session.
    pub(super) async fn delete_kernel(&self, kernel: &str) -> Result<(), ServerError> {
        self.delete(&["api", "kernels", kernel]).await
    }

    async fn delete(&self, path: &[&str]) -> Result<(), ServerError> {
        let what = "delete a kernel";
        let (status, body) = self.ask(what, self.request(Method::DELETE, path, None), PATIENCE).await?;
        // 410: the session is there and its kernel is gone; the server takes the session away as well
        let gone = matches!(status, StatusCode::NOT_FOUND | StatusCode::GONE);
        if status.is_success() || gone { Ok(()) } else { Err(self.refused(what, status, &body)) }
    }

    /// Interrupts what a kernel does.
    pub(super) async fn interrupt(&self, kernel: &str) -> Result<(), ServerError> {
        let what = "interrupt a kernel";
        let request = self.request(Method::POST, &["api", "kernels", kernel, "interrupt"], Some(&json!({})));
        let (status, body) = self.ask(what, request, PATIENCE).await?;
        if status.is_success() { Ok(()) } else { Err(self.refused(what, status, &body)) }
    }

    /// What a kernel does.
    pub(super) async fn state(&self, kernel: &str) -> Result<KernelState, ServerError> {
        let what = "tell about a kernel";
        let (status, body) =
            self.ask(what, self.request(Method::GET, &["api", "kernels", kernel], None), PATIENCE).await?;
        if status == StatusCode::NOT_FOUND {
            return Ok(KernelState::Gone);
        }
        let kernel: Kernel = self.parsed(what, status, &body)?;
        Ok(KernelState::Is(kernel.execution_state.unwrap_or_default()))
    }

    /// Every session, if it tells.
    pub(super) async fn sessions(&self) -> Result<Sessions, ServerError> {
        let what = "list its sessions";
        let (status, body) = self.ask(what, self.request(Method::GET, &["api", "sessions"], None), PATIENCE).await?;
        if matches!(status, StatusCode::FORBIDDEN | StatusCode::NOT_FOUND | StatusCode::METHOD_NOT_ALLOWED) {
            return Ok(Sessions::Untold);
        }
        let sessions: Vec<Session> = self.parsed(what, status, &body)?;
        Ok(Sessions::Known(sessions.into_iter().map(|s| (s.id, s.path.unwrap_or_default())).collect()))
    }

    /// A WebSocket's request for the channels of a kernel.
    pub(super) fn channels(&self, kernel: &str, client_session: &str) -> Request {
        let mut request = self.request(Method::GET, &["api", "kernels", kernel, "channels"], None);
        request.url_mut().query_pairs_mut().append_pair("session_id", client_session);
        request
    }

    /// Sends a request as it is.
    pub(super) async fn send(&self, request: Request) -> Result<Response, ServerError> {
        self.client.execute(request).await.map_err(|e| self.absent(&root_cause(&e)))
    }

    fn request(&self, method: Method, path: &[&str], body: Option<&Value>) -> Request {
        let mut url = self.base.clone();
        if let Ok(mut segments) = url.path_segments_mut() {
            segments.pop_if_empty().extend(path); // an id is a segment, whatever is in it
        }
        let mut request = Request::new(method, url);
        if let Some(token) = &self.token {
            request.headers_mut().insert(AUTHORIZATION, token.clone());
        }
        if let Some(body) = body {
            request.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
            *request.body_mut() = Some(body.to_string().into());
        }
        request
    }

    async fn json<T: DeserializeOwned>(
        &self,
        what: &'static str,
        request: Request,
        patience: Duration,
    ) -> Result<T, ServerError> {
        let (status, body) = self.ask(what, request, patience).await?;
        self.parsed(what, status, &body)
    }

    fn parsed<T: DeserializeOwned>(
        &self,
        what: &'static str,
        status: StatusCode,
        body: &[u8],
    ) -> Result<T, ServerError> {
        if !status.is_success() {
            return Err(self.refused(what, status, body));
        }
        serde_json::from_slice(body)
            .map_err(|e| self.failed(what, &format!("its answer is none of a Jupyter server ({e})")))
    }

    async fn ask(
        &self,
        what: &'static str,
        request: Request,
        patience: Duration,
    ) -> Result<(StatusCode, Vec<u8>), ServerError> {
        let asked = async {
            let mut response = self.send(request).await?;
            let mut body = Vec::new();
            while let Some(part) = response.chunk().await.map_err(|e| self.absent(&root_cause(&e)))? {
                if body.len() + part.len() > LONGEST_ANSWER {
                    return Err(self.failed(what, "its answer is too long"));
                }
                body.extend_from_slice(&part);
            }
            Ok((response.status(), body))
        };
        let seconds = patience.as_secs();
        let late = |_| self.absent(&format!("no answer within {seconds} s"));
        tokio::time::timeout(patience, asked).await.map_err(late)?
    }

    /// A status that is no success.
    pub(super) fn refused(&self, what: &'static str, status: StatusCode, body: &[u8]) -> ServerError {
        // a redirect is one to a login page
        if matches!(status, StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN) || status.is_redirection() {
            let (url, with_token) = (self.url().into(), self.token.is_some());
            return ServerError::Unauthorized { url, status: status.as_u16(), with_token };
        }
        let said: Option<Value> = serde_json::from_slice(body).ok();
        let message = said.as_ref().and_then(|said| said["message"].as_str()).unwrap_or_default();
        self.failed(what, format!("status {}. {}", status.as_u16(), shown(message, 300)).trim_end())
    }

    /// It answers, and not as it should.
    pub(super) fn failed(&self, what: &'static str, why: &str) -> ServerError {
        ServerError::Failed { url: self.url().into(), what, why: why.into() }
    }

    /// It does not answer.
    pub(super) fn absent(&self, why: &str) -> ServerError {
        ServerError::Absent { url: self.url().into(), why: why.into() }
    }
}

/// What a chain of errors began with: the rest says only that something was tried.
fn root_cause(error: &dyn std::error::Error) -> String {
    let mut cause = error;
    while let Some(deeper) = cause.source() {
        cause = deeper;
    }
    cause.to_string()
}

/// Somebody else's text, fit for a terminal.
pub(super) fn shown(text: &str, most: usize) -> String {
    text.chars().filter(|c| !c.is_control()).take(most).collect()
}
