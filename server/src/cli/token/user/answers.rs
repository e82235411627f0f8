//! The web server that a browser comes back to: one path, one page for each answer it brings.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::{RawQuery, State};
use axum::response::{IntoResponse as _, Response};
use http::{HeaderValue, Method, StatusCode, Uri, header};
use tokio::net::TcpListener;
use tokio::sync::{mpsc, oneshot, watch};
use tokio::task::JoinHandle;

use super::page;

/// How long a browser may take to fetch the last page.
const FAREWELL: Duration = Duration::from_secs(1);

/// Something that a browser brought to the redirect URI, and a browser that waits for a page.
#[derive(Debug)]
pub(super) struct Answer {
    /// The query, without the question mark.
    pub(super) query: String,
    show: oneshot::Sender<Response>,
}

impl Answer {
    /// Shows the browser what came of it.
    pub(super) fn show(self, page: Response) {
        // Whoever closes the window does not want to see it.
        let _ = self.show.send(page);
    }
}

/// The running web server.
pub(super) struct Answers {
    arriving: mpsc::Receiver<Answer>,
    stop: watch::Sender<()>,
    servers: Vec<JoinHandle<std::io::Result<()>>>,
}

impl Answers {
    /// Serves `path` on all of `listeners`.
    pub(super) fn serve(listeners: Vec<TcpListener>, path: &str) -> Self {
        let (arrived, arriving) = mpsc::channel(1);
        let (stop, stopped) = watch::channel(());
        let door = Arc::new(Door {
            path: path.to_owned(),
            arrived,
        });
        // A fallback, since the path of a redirect URI is no pattern.
        let router = Router::new().fallback(receive).with_state(door);
        let servers = listeners
            .into_iter()
            .map(|listener| {
                let mut stopped = stopped.clone();
                let server = axum::serve(listener, router.clone());
                tokio::spawn(
                    server
                        .with_graceful_shutdown(async move {
                            // An error means that nobody is there any more, which is the same.
                            let _ = stopped.changed().await;
                        })
                        .into_future(),
                )
            })
            .collect();
        Self {
            arriving,
            stop,
            servers,
        }
    }

    /// The next answer; `None` if the server has ended.
    pub(super) async fn next(&mut self) -> Option<Answer> {
        self.arriving.recv().await
    }

    /// Stops, once the last page is on its way.
    pub(super) async fn stop(self) {
        drop(self.stop);
        drop(self.arriving);
        for server in self.servers {
            // What keeps a connection open for longer than that is no browser fetching a page.
            let _ = tokio::time::timeout(FAREWELL, server).await;
        }
    }
}

struct Door {
    path: String,
    arrived: mpsc::Sender<Answer>,
}

async fn receive(
    State(door): State<Arc<Door>>,
    method: Method,
    uri: Uri,
    RawQuery(query): RawQuery,
) -> Response {
    if uri.path() != door.path {
        return closing(page::elsewhere());
    }
    if method != Method::GET {
        let mut response = StatusCode::METHOD_NOT_ALLOWED.into_response();
        let allow = HeaderValue::from_static("GET");
        response.headers_mut().insert(header::ALLOW, allow);
        return response;
    }
    let (show, shown) = oneshot::channel();
    let answer = Answer {
        query: query.unwrap_or_default(),
        show,
    };
    let _ = door.arrived.send(answer).await;
    closing(shown.await.unwrap_or_else(|_| page::over()))
}

/// A page after which the connection has nothing more to carry, so that nobody waits for it in the end.
fn closing(mut page: Response) -> Response {
    let close = HeaderValue::from_static("close");
    page.headers_mut().insert(header::CONNECTION, close);
    page
}
