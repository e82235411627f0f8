//! A server that misbehaves on demand, for `make soak`. The last piece of a request's path says how, and is the `id` of
//! the client in the answer, so that a caller can tell its own answer from anybody else's:
//!
//! ```text
//! answer-…   200             chunked-…   200, in many small pieces
//! error-…    500             stale-…     200, and the connection is closed behind the caller's back
//! reset-…    no answer       half-…      an answer that ends in its middle
//! slow-…     no answer, ever; the connection stays
//! ```
//!
//! It prints its address, and serves until it is ended.

use std::time::Duration;

use anyhow::{Context, Result};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};

#[tokio::main]
#[expect(
    clippy::print_stdout,
    reason = "who started it has to know where it is"
)]
async fn main() -> Result<()> {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
    println!("{}", listener.local_addr()?);
    loop {
        let (connection, _) = listener.accept().await?;
        // What goes wrong on a connection is what this program is for.
        tokio::spawn(async move { drop(serve(connection).await) });
    }
}

/// Requests of one connection, one after the other.
async fn serve(connection: TcpStream) -> Result<()> {
    connection.set_nodelay(true)?;
    let mut connection = BufReader::new(connection);
    while let Some(id) = request(&mut connection).await? {
        let behaviour = id.split('-').next().unwrap_or_default();
        let body = format!(r#"{{"id":"{id}","scope":"photos","redirect_uris":["https://{id}/"]}}"#);
        let head = |status: &str, framing: &str| {
            format!("HTTP/1.1 {status}\r\ncontent-type: application/json\r\n{framing}\r\n\r\n")
        };
        let sized = format!("content-length: {}", body.len());
        match behaviour {
            "reset" => return Ok(connection.get_ref().set_zero_linger()?),
            "slow" => {
                // Until the caller has had enough.
                connection.read_u8().await?;
                return Ok(());
            }
            "half" => {
                let (some, _) = body.split_at(body.len() / 2);
                let answer = head("200 OK", &sized) + some;
                connection.write_all(answer.as_bytes()).await?;
                return Ok(connection.shutdown().await?);
            }
            "chunked" => {
                let answer = head("200 OK", "transfer-encoding: chunked");
                connection.write_all(answer.as_bytes()).await?;
                for piece in body.as_bytes().chunks(16) {
                    let chunk =
                        [format!("{:x}\r\n", piece.len()).as_bytes(), piece, b"\r\n"].concat();
                    connection.write_all(&chunk).await?;
                    tokio::time::sleep(Duration::from_micros(50)).await;
                }
                connection.write_all(b"0\r\n\r\n").await?;
            }
            other => {
                let status = if other == "error" {
                    "500 Oh no"
                } else {
                    "200 OK"
                };
                let answer = head(status, &sized) + &body;
                connection.write_all(answer.as_bytes()).await?;
                if other == "stale" {
                    return Ok(connection.shutdown().await?);
                }
            }
        }
    }
    Ok(())
}

/// The last piece of the path of the next request, if there is one.
async fn request(connection: &mut BufReader<TcpStream>) -> Result<Option<String>> {
    let mut line = String::new();
    if connection.read_line(&mut line).await? == 0 {
        return Ok(None);
    }
    let path = line.split(' ').nth(1).context("no request line")?;
    let id = path.rsplit('/').next().unwrap_or_default().to_owned();
    while !line.trim_end().is_empty() {
        line.clear();
        connection.read_line(&mut line).await?;
    }
    Ok(Some(id))
}
