//! Server-sent events (WHATWG HTML, section 9.2), as far as providers use them: only the data of each event.

/// The longest event, in bytes. Providers send a few words an event, at most one whole answer.
const MOST: usize = 4 << 20;

/// Cuts a stream of bytes into the data of events.
#[derive(Debug, Default)]
pub(super) struct Events {
    /// The line that has not ended.
    line: Vec<u8>,
    /// The data of the event that has not ended.
    data: Vec<u8>,
    /// Whether the last byte was a carriage return: a line feed after it ends no second line.
    after_return: bool,
}

/// An event without an end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct TooLong;

impl Events {
    /// Takes bytes in and gives the events that they end.
    pub(super) fn take(&mut self, bytes: &[u8]) -> Result<Vec<Vec<u8>>, TooLong> {
        let mut events = Vec::new();
        for byte in bytes {
            let after_return = std::mem::replace(&mut self.after_return, *byte == b'\r');
            match byte {
                b'\n' if after_return => {}
                b'\r' | b'\n' => events.extend(self.end_line()),
                other => self.line.push(*other),
            }
            if self.line.len() + self.data.len() > MOST {
                return Err(TooLong);
            }
        }
        Ok(events)
    }

    /// An empty line ends the event.
    fn end_line(&mut self) -> Option<Vec<u8>> {
        let line = std::mem::take(&mut self.line);
        if line.is_empty() {
            let data = std::mem::take(&mut self.data);
            return (!data.is_empty()).then_some(data);
        }
        if let Some(data) = line.strip_prefix(b"data:") {
            if !self.data.is_empty() {
                self.data.push(b'\n');
            }
            self.data.extend_from_slice(data.strip_prefix(b" ").unwrap_or(data));
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const STREAM: &str = ": a comment\nevent: x\ndata: {\"a\":1}\n\ndata:two\r\ndata:  lines\r\n\r\nid: 7\n\ndata: é\r\rdata: unfinished\n";

    fn texts(events: Vec<Vec<u8>>) -> Vec<String> {
        events.into_iter().map(|event| String::from_utf8(event).unwrap()).collect()
    }

    #[test]
    fn however_it_is_cut_the_events_are_the_same() {
        for size in 1..STREAM.len() {
            let mut events = Events::default();
            let found = STREAM.as_bytes().chunks(size).flat_map(|chunk| events.take(chunk).unwrap()).collect();
            assert_eq!(texts(found), ["{\"a\":1}", "two\n lines", "é"], "{size}");
        }
    }

    #[test]
    fn an_endless_event_is_refused() {
        let mut events = Events::default();
        let endless = vec![b'x'; MOST + 1];
        assert_eq!(events.take(&endless), Err(TooLong));
    }
}
