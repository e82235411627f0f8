//! Bodies, read whole.

use std::time::Duration;

use axum::body::Bytes;
use axum::extract::rejection::{BytesRejection, FailedToBufferBody};
use axum::extract::{FromRequest as _, Request};
use tokio::time::timeout;

use crate::http::error::Failure;

/// How long a body may take to arrive. All of it: who sends a byte now and then keeps the connection no
/// longer than who sends nothing.
const DEADLINE: Duration = Duration::from_secs(30);

/// The body of a request.
///
/// # Errors
/// It is larger than the limit, breaks off, or takes longer than the deadline.
pub(super) async fn read(request: Request, state: &(impl Send + Sync)) -> Result<Bytes, Failure> {
    match timeout(DEADLINE, Bytes::from_request(request, state)).await {
        Ok(Ok(body)) => Ok(body),
        Ok(Err(BytesRejection::FailedToBufferBody(FailedToBufferBody::LengthLimitError(_)))) => {
            Err(Failure::body_too_large())
        }
        Ok(Err(_)) => Err(Failure::invalid_request("the body broke off")),
        Err(_) => Err(Failure::invalid_request(
            "the body took longer than 30 seconds to arrive",
        )),
    }
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;
    use std::pin::Pin;
    use std::task::{Context, Poll, ready};

    use axum::body::Body;
    use hyper::body::Frame;
    use tokio::time::{Instant, Sleep, sleep};

    use super::*;

    const DRIP: Duration = Duration::from_secs(1);

    /// A byte now and then, without end.
    struct Dripping(Pin<Box<Sleep>>);

    impl hyper::body::Body for Dripping {
        type Data = Bytes;
        type Error = Infallible;

        fn poll_frame(
            mut self: Pin<&mut Self>,
            cx: &mut Context<'_>,
        ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
            ready!(self.0.as_mut().poll(cx));
            self.0.as_mut().reset(Instant::now() + DRIP);
            Poll::Ready(Some(Ok(Frame::data(Bytes::from_static(b"x")))))
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_body_that_drips_is_not_waited_for() {
        let start = Instant::now();
        let request = Request::new(Body::new(Dripping(Box::pin(sleep(DRIP)))));
        let failure = read(request, &()).await.unwrap_err();
        assert!(
            format!("{failure:?}").contains("longer than"),
            "{failure:?}"
        );
        assert_eq!(start.elapsed().as_secs(), DEADLINE.as_secs());
    }
}
