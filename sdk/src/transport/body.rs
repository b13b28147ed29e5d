//! Bodies that end, in time and in octets.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::{Bytes, BytesMut};
use http_body::{Frame, SizeHint};
use http_body_util::BodyExt;
use hyper::body::Incoming;
use tokio::time::{Instant, Sleep, sleep_until};

use crate::transport::TransportError;

/// The body of an answer, read as it arrives: an `http_body::Body`.
///
/// It fails when its budget of octets or of time is used up, and when the
/// connection ends before it should. A body that was read to its end is whole
/// if its length was stated or it came in chunks; one that ends with its
/// connection may have lost its end, so it is for what is verified alone.
pub struct Body {
    incoming: Incoming,
    left: u64,
    deadline: Pin<Box<Sleep>>,
}

impl Body {
    pub(super) fn new(incoming: Incoming, cap: u64, deadline: Instant) -> Self {
        Self {
            incoming,
            left: cap,
            deadline: Box::pin(sleep_until(deadline)),
        }
    }

    /// The next piece; none at the end.
    ///
    /// # Errors
    /// [`TransportError::Timeout`], [`TransportError::TooLarge`],
    /// [`TransportError::Broken`] or [`TransportError::Protocol`].
    pub async fn chunk(&mut self) -> Result<Option<Bytes>, TransportError> {
        while let Some(frame) = self.frame().await {
            if let Ok(data) = frame?.into_data() {
                return Ok(Some(data));
            }
        }
        Ok(None)
    }

    /// All of it, in memory: for small answers.
    ///
    /// # Errors
    /// As [`Body::chunk`].
    pub async fn collect(mut self) -> Result<Bytes, TransportError> {
        let mut whole = BytesMut::new();
        while let Some(chunk) = self.chunk().await? {
            whole.extend_from_slice(&chunk);
        }
        Ok(whole.freeze())
    }

    fn count(&mut self, data: &Bytes) -> Result<(), TransportError> {
        let length = u64::try_from(data.len()).unwrap_or(u64::MAX);
        self.left = self
            .left
            .checked_sub(length)
            .ok_or(TransportError::TooLarge)?;
        Ok(())
    }
}

impl http_body::Body for Body {
    type Data = Bytes;
    type Error = TransportError;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, TransportError>>> {
        let this = self.get_mut();
        if this.deadline.as_mut().poll(context).is_ready() {
            return Poll::Ready(Some(Err(TransportError::Timeout)));
        }
        let Some(frame) = ready!(Pin::new(&mut this.incoming).poll_frame(context)) else {
            return Poll::Ready(None);
        };
        let counted = frame.map_err(TransportError::of_body).and_then(|frame| {
            frame.data_ref().map_or(Ok(()), |data| this.count(data))?;
            Ok(frame)
        });
        Poll::Ready(Some(counted))
    }

    fn is_end_stream(&self) -> bool {
        self.incoming.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.incoming.size_hint()
    }
}

impl fmt::Debug for Body {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Body(…)")
    }
}
