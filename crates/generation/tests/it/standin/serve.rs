//! The server itself: HTTP/1.1 on one thread.

use super::{Answer, Script, Seen, answer::Break};
use http_body_util::BodyExt as _;
use hyper::{
    Request, Response,
    body::{Body, Bytes, Frame, Incoming},
    server::conn::http1,
    service::service_fn,
};
use hyper_util::rt::TokioIo;
use std::{
    collections::VecDeque,
    convert::Infallible,
    io,
    net::TcpListener,
    pin::Pin,
    sync::{Arc, Mutex, PoisonError},
    task::{Context, Poll},
};
use tokio::sync::oneshot;

/// Serves until `ended` is told, or its sender is gone.
pub(super) fn serve(
    listener: TcpListener,
    script: &Arc<Script>,
    seen: &Arc<Mutex<Vec<Seen>>>,
    ended: oneshot::Receiver<()>,
) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    listener.set_nonblocking(true).expect("a socket that does not block");
    let accepting = async {
        let listener = tokio::net::TcpListener::from_std(listener).expect("a socket of the runtime");
        loop {
            let (stream, _) = listener.accept().await.expect("the loopback accepts");
            stream.set_nodelay(true).expect("the loopback has no delay to switch off");
            let (script, seen) = (script.clone(), seen.clone());
            let answering = service_fn(move |request| {
                let (script, seen) = (script.clone(), seen.clone());
                async move { Ok::<_, Infallible>(response(&take(request, &script, &seen).await)) }
            });
            // A connection that was cut on purpose ends with an error: that is what was wanted.
            tokio::spawn(async move { http1::Builder::new().serve_connection(TokioIo::new(stream), answering).await });
        }
    };
    runtime.block_on(async {
        tokio::select! {
            () = accepting => {}
            _ = ended => {}
        }
    });
}

async fn take(request: Request<Incoming>, script: &Arc<Script>, seen: &Mutex<Vec<Seen>>) -> Answer {
    let (head, body) = request.into_parts();
    let header = |name: &hyper::header::HeaderName| {
        let values = head.headers.get_all(name).iter().map(|value| String::from_utf8_lossy(value.as_bytes()));
        (name.as_str().to_owned(), values.collect::<Vec<_>>().join(", "))
    };
    let one = Seen {
        method: head.method.to_string(),
        path: head.uri.to_string(),
        headers: head.headers.keys().map(header).collect(),
        body: body.collect().await.map(|whole| whole.to_bytes().to_vec()).unwrap_or_default(),
    };
    let before = {
        let mut seen = seen.lock().unwrap_or_else(PoisonError::into_inner);
        seen.push(one.clone());
        seen.len() - 1
    };
    script(&one, before)
}

fn response(answer: &Answer) -> Response<Play> {
    let (parts, end) = answer.parts();
    let mut response = Response::builder().status(answer.status);
    for (name, value) in &answer.headers {
        response = response.header(name, value);
    }
    response.body(Play { parts: parts.into(), end, paused: false }).expect("a recorded head is a head")
}

/// A body that is sent part by part.
struct Play {
    parts: VecDeque<Bytes>,
    end: Break,
    /// Whether it has paused before a cut.
    paused: bool,
}

impl Body for Play {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        match (self.parts.pop_front(), self.end) {
            (Some(part), _) => Poll::Ready(Some(Ok(Frame::data(part)))),
            (None, Break::End) => Poll::Ready(None),
            // What waits to be sent goes out while this pauses.
            (None, Break::Cut) if !std::mem::replace(&mut self.paused, true) => {
                context.waker().wake_by_ref();
                Poll::Pending
            }
            (None, Break::Cut) => Poll::Ready(Some(Err(io::ErrorKind::ConnectionReset.into()))),
            // Nobody is woken: the connection ends with the client, or with the stand-in.
            (None, Break::Stall) => Poll::Pending,
        }
    }
}
