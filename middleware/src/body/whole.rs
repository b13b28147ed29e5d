//! Bodies that a layer reads itself.

use std::future::{Future, poll_fn};
use std::pin::pin;
use std::task::Poll;
use std::time::Duration;

use bytes::Bytes;
use http::HeaderMap;
use http::header::CONTENT_LENGTH;
use http_body::Body;
use http_body_util::{BodyExt, LengthLimitError, Limited};
use tashika::{Code, Error};
use tokio::time::timeout;

/// How much a body may have, and how long it may take to come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BodyLimit {
    /// Octets.
    pub octets: usize,
    /// From the first look at it to its last octet.
    pub time: Duration,
}

impl BodyLimit {
    /// So many octets within ten seconds.
    #[must_use]
    pub const fn octets(octets: usize) -> Self {
        Self {
            octets,
            time: Duration::from_secs(10),
        }
    }

    /// The whole body; one that says it is longer is not begun with.
    ///
    /// `input.too_large`, `input.slow` or `input.body`.
    pub(crate) async fn read<B>(self, headers: &HeaderMap, body: B) -> Result<Bytes, Error>
    where
        B: Body<Data = Bytes>,
        B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
    {
        let stated = headers.get(CONTENT_LENGTH);
        // One that somebody in front has read is not as long any more.
        let stated = stated.filter(|_| !body.is_end_stream());
        let stated = stated.and_then(|length| length.to_str().ok()?.parse::<usize>().ok());
        if stated.is_some_and(|length| length > self.octets) {
            return Err(Code::InputTooLarge.into());
        }
        let mut whole = pin!(Limited::new(body, self.octets).collect());
        // Most are there already, and need no clock.
        let at_once = poll_fn(|cx| Poll::Ready(whole.as_mut().poll(cx))).await;
        let whole = match at_once {
            Poll::Ready(whole) => Ok(whole),
            Poll::Pending => timeout(self.time, whole).await,
        };
        match whole {
            Ok(Ok(whole)) => Ok(whole.to_bytes()),
            Ok(Err(error)) if error.is::<LengthLimitError>() => Err(Code::InputTooLarge.into()),
            Ok(Err(_)) => Err(Code::InputBody.into()),
            Err(_) => Err(Code::InputSlow.into()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::HeaderValue;
    use http_body::Frame;
    use http_body_util::Full;

    const LIMIT: BodyLimit = BodyLimit::octets(8);

    async fn code<B>(headers: &HeaderMap, body: B) -> Code
    where
        B: Body<Data = Bytes>,
        B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
    {
        LIMIT.read(headers, body).await.unwrap_err().code()
    }

    /// Gives these and then never ends, or breaks off.
    struct Parts(Vec<Bytes>, Option<std::io::Error>);

    impl Body for Parts {
        type Data = Bytes;
        type Error = std::io::Error;

        fn poll_frame(
            mut self: std::pin::Pin<&mut Self>,
            _: &mut std::task::Context<'_>,
        ) -> Poll<Option<Result<Frame<Bytes>, std::io::Error>>> {
            match (self.0.pop(), self.1.take()) {
                (Some(part), error) => {
                    self.1 = error;
                    Poll::Ready(Some(Ok(Frame::data(part))))
                }
                (None, Some(error)) => Poll::Ready(Some(Err(error))),
                (None, None) => Poll::Pending,
            }
        }
    }

    #[tokio::test(start_paused = true)]
    async fn what_is_too_long_too_slow_or_broken_is_told_apart() {
        let none = HeaderMap::new();
        let part = Bytes::from_static(b"part");
        let full = |octets: &'static [u8]| Full::new(Bytes::from_static(octets));
        let whole = LIMIT.read(&none, full(b"8 octets")).await.unwrap();
        assert_eq!(whole, "8 octets");
        assert_eq!(code(&none, full(b"9 octets.")).await, Code::InputTooLarge);

        let mut headers = HeaderMap::new();
        headers.insert(CONTENT_LENGTH, HeaderValue::from(9));
        let never = Parts(Vec::new(), None);
        assert_eq!(code(&headers, never).await, Code::InputTooLarge);
        let gone = LIMIT.read(&headers, full(b"")).await.unwrap();
        assert!(gone.is_empty());
        headers.insert(CONTENT_LENGTH, HeaderValue::from(8));
        let never = Parts(vec![part.clone()], None);
        assert_eq!(code(&headers, never).await, Code::InputSlow);
        let broken = Parts(vec![part.clone()], Some(std::io::Error::other("reset")));
        assert_eq!(code(&none, broken).await, Code::InputBody);
        let endless = Parts(vec![part.clone(), part.clone(), part], None);
        assert_eq!(code(&none, endless).await, Code::InputTooLarge);
    }
}
