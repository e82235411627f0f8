//! Server-sent events.

use reqwest::Response;

/// One event of a stream (HTML standard, section 9.2).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Event {
    /// What kind it is; empty for the usual kind.
    pub event: String,
    /// Its data, lines joined by line breaks.
    pub data: String,
    /// The last id that the server gave.
    pub id: String,
}

/// Events as they come.
#[derive(Debug)]
pub struct Events {
    response: Response,
    buffer: Vec<u8>,
    next: Event,
    has_data: bool,
}

impl Events {
    pub(crate) fn new(response: Response) -> Self {
        Self {
            response,
            buffer: Vec::new(),
            next: Event::default(),
            has_data: false,
        }
    }

    /// Waits for the next event; `None` when the server has closed the stream.
    ///
    /// # Errors
    /// If the connection breaks.
    pub async fn next(&mut self) -> reqwest::Result<Option<Event>> {
        loop {
            while let Some(line) = self.line() {
                if let Some(event) = self.take(&line) {
                    return Ok(Some(event));
                }
            }
            match self.response.chunk().await? {
                Some(chunk) => self.buffer.extend_from_slice(&chunk),
                None => return Ok(None),
            }
        }
    }

    /// A line that is there whole. It ends in `\n`, `\r\n` or `\r`; whether a `\r` at the end of
    /// what has come is one or the other, only the next byte tells.
    fn line(&mut self) -> Option<String> {
        let end = self
            .buffer
            .iter()
            .position(|b| matches!(b, b'\n' | b'\r'))?;
        let after = match (self.buffer.get(end), self.buffer.get(end + 1)) {
            (Some(b'\r'), None) => return None,
            (Some(b'\r'), Some(b'\n')) => end + 2,
            _ => end + 1,
        };
        let line: Vec<u8> = self.buffer.drain(..after).take(end).collect();
        Some(String::from_utf8_lossy(&line).into_owned())
    }

    fn take(&mut self, line: &str) -> Option<Event> {
        if line.is_empty() {
            let event = std::mem::take(&mut self.next);
            self.next.id.clone_from(&event.id);
            return std::mem::take(&mut self.has_data).then_some(event);
        }
        let (field, value) = line.split_once(':').unwrap_or((line, ""));
        let value = value.strip_prefix(' ').unwrap_or(value);
        match field {
            "event" => value.clone_into(&mut self.next.event),
            "id" if !value.contains('\0') => value.clone_into(&mut self.next.id),
            "data" => {
                if self.has_data {
                    self.next.data.push('\n');
                }
                self.next.data.push_str(value);
                self.has_data = true;
            }
            // A comment, or a word that is not known.
            _ => {}
        }
        None
    }
}
