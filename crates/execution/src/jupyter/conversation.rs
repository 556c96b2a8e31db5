//! The watcher in the kernel, as we talk with it: its calls out of everything that comes over the link, and the signs that
//! there is no watcher any more.

use super::{
    calls::{self, Call},
    error::Lost,
    kernel::is_dead,
    link::{Heard, Link},
};

/// One execution of the watcher.
pub(super) struct Conversation {
    link: Link,
    nonce: String,
    /// Our request, in whose name it calls.
    request: String,
}

/// What happens.
#[derive(Debug)]
pub(super) enum Event {
    /// It calls, and waits for an answer.
    Call(Call, Vec<u8>),
    /// A kernel starts, which ours has done before: the server knows more.
    Doubt,
}

impl Conversation {
    /// Has the kernel execute the watcher with this order, whose nonce is `nonce`.
    pub(super) async fn begin(mut link: Link, cell: String, nonce: String) -> Result<Self, Lost> {
        let request = link.execute(cell).await?;
        Ok(Self { link, nonce, request })
    }

    /// The next event. Cancel-safe.
    pub(super) async fn next(&mut self) -> Result<Event, Lost> {
        loop {
            match self.link.next().await? {
                Heard::Asked { parent, prompt } if self.is_ours(parent.as_deref()) => {
                    let (call, body) = calls::parse(&prompt, &self.nonce).map_err(|e| Lost::Protocol(e.to_string()))?;
                    return Ok(Event::Call(call, body));
                }
                Heard::Executed { parent, failed } if self.is_ours(parent.as_deref()) => {
                    return Err(failed.map_or(Lost::Over, Lost::Failed));
                }
                Heard::State(state) if is_dead(&state) => return Err(Lost::Died),
                Heard::State(state) if state == "starting" => return Ok(Event::Doubt),
                _ => {}
            }
        }
    }

    fn is_ours(&self, parent: Option<&str>) -> bool {
        parent == Some(&self.request)
    }

    /// Answers its call.
    pub(super) async fn answer(&mut self, body: &[u8]) -> Result<(), Lost> {
        self.link.answer(calls::answer(body)).await
    }

    /// Answers its call with the end: it stops what it does, and then it is over.
    pub(super) async fn dismiss(&mut self) -> Result<(), Lost> {
        self.link.answer(calls::gone()).await
    }
}
