//! A server that answers one call as the table says and remembers what arrived.

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;

use super::table::Answer;

/// A request as it arrived.
#[derive(Debug, Clone, Default)]
pub(super) struct Seen {
    pub(super) method: String,
    pub(super) target: String,
    pub(super) headers: Vec<(String, String)>,
    pub(super) body: Vec<u8>,
}

impl Seen {
    /// Method and target.
    pub(super) fn line(&self) -> String {
        format!("{} {}", self.method, self.target)
    }

    /// Value of a header; several of one name joined by commas.
    pub(super) fn header(&self, name: &str) -> Option<String> {
        let values: Vec<_> = self
            .headers
            .iter()
            .filter(|(n, _)| n.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
            .collect();
        (!values.is_empty()).then(|| values.join(", "))
    }
}

pub(super) struct Server {
    pub(super) url: String,
    seen: Arc<Mutex<Vec<Seen>>>,
}

impl Server {
    /// A server on a free port. After the last answer it gives that one again.
    pub(super) fn start(answers: Vec<Answer>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let seen = Arc::new(Mutex::new(Vec::new()));
        let log = Arc::clone(&seen);
        thread::spawn(move || {
            for stream in listener.incoming() {
                let Ok(stream) = stream else { break };
                // A client that goes away is seen by what is missing.
                let _ = serve(stream, &log, &answers);
            }
        });
        Self { url, seen }
    }

    pub(super) fn seen(&self) -> Vec<Seen> {
        self.seen.lock().unwrap().clone()
    }
}

fn serve(mut stream: TcpStream, log: &Mutex<Vec<Seen>>, answers: &[Answer]) -> Option<()> {
    let mut bytes = Vec::new();
    let head = loop {
        if let Some(end) = find(&bytes, b"\r\n\r\n") {
            break end + 4;
        }
        more(&mut stream, &mut bytes)?;
    };
    let text = String::from_utf8_lossy(&bytes[..head]).into_owned();
    let mut lines = text.lines();
    let mut first = lines.next()?.split(' ').map(str::to_owned);
    let mut seen = Seen {
        method: first.next()?,
        target: first.next()?,
        headers: lines
            .filter_map(|line| line.split_once(": "))
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect(),
        body: Vec::new(),
    };
    let mut rest = bytes.split_off(head);
    if let Some(length) = seen.header("content-length") {
        let length: usize = length.parse().ok()?;
        while rest.len() < length {
            more(&mut stream, &mut rest)?;
        }
        seen.body = rest;
    } else if seen.header("transfer-encoding").is_some() {
        while find(&rest, b"\r\n0\r\n\r\n").is_none() && !rest.starts_with(b"0\r\n\r\n") {
            more(&mut stream, &mut rest)?;
        }
        seen.body = unchunked(&rest)?;
    }
    let is_head = seen.method == "HEAD";
    let answer = {
        let mut log = log.lock().unwrap();
        log.push(seen);
        answers.get(log.len() - 1).or(answers.last())?.clone()
    };
    let (media, body) = content(&answer);
    let status = answer
        .status
        .unwrap_or(if media.is_some() { 200 } else { 204 });
    let mut out = format!("HTTP/1.1 {status} Whatever\r\nconnection: close\r\n");
    if let Some(media) = media
        && !answer
            .headers
            .keys()
            .any(|n| n.eq_ignore_ascii_case("content-type"))
    {
        out.push_str(&format!("content-type: {media}\r\n"));
    }
    for (name, value) in &answer.headers {
        out.push_str(&format!("{name}: {value}\r\n"));
    }
    if status != 204
        && !answer
            .headers
            .keys()
            .any(|n| n.eq_ignore_ascii_case("content-length"))
    {
        out.push_str(&format!("content-length: {}\r\n", body.len()));
    }
    out.push_str("\r\n");
    stream.write_all(out.as_bytes()).ok()?;
    if !is_head {
        stream.write_all(&body).ok()?;
    }
    stream.flush().ok()
}

fn content(answer: &Answer) -> (Option<&'static str>, Vec<u8>) {
    use base64::Engine as _;
    if let Some(json) = &answer.json {
        return (Some("application/json"), json.to_string().into_bytes());
    }
    if let Some(text) = &answer.text {
        return (Some("text/plain; charset=utf-8"), text.clone().into_bytes());
    }
    match &answer.base64 {
        Some(text) => {
            let bytes = base64::engine::general_purpose::STANDARD.decode(text);
            (Some("application/octet-stream"), bytes.unwrap())
        }
        None => (None, Vec::new()),
    }
}

fn more(stream: &mut TcpStream, bytes: &mut Vec<u8>) -> Option<()> {
    let mut chunk = [0; 4096];
    let n = stream.read(&mut chunk).ok().filter(|n| *n > 0)?;
    bytes.extend_from_slice(&chunk[..n]);
    Some(())
}

fn find(bytes: &[u8], what: &[u8]) -> Option<usize> {
    bytes.windows(what.len()).position(|window| window == what)
}

/// The content of a body in chunks (RFC 9112 section 7.1).
fn unchunked(mut bytes: &[u8]) -> Option<Vec<u8>> {
    let mut out = Vec::new();
    loop {
        let end = find(bytes, b"\r\n")?;
        let length = std::str::from_utf8(&bytes[..end]).ok()?;
        let length = usize::from_str_radix(length.split(';').next()?.trim(), 16).ok()?;
        if length == 0 {
            return Some(out);
        }
        out.extend_from_slice(bytes.get(end + 2..end + 2 + length)?);
        bytes = bytes.get(end + 4 + length..)?;
    }
}
