//! Bodies on their way through a layer.

mod whole;

use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use http_body::{Body as HttpBody, Frame, SizeHint};
use pin_project_lite::pin_project;

pub use whole::BodyLimit;

pin_project! {
    /// A body that passes through a layer as it is, or one of the layer's own.
    ///
    /// The service behind a layer gets requests with it: the body that came, or
    /// nothing where the layer has read it. In the other direction it is the
    /// body of the service's response, or that of a refusal.
    #[derive(Debug)]
    pub struct Body<B> {
        #[pin]
        inner: Inner<B>,
    }
}

pin_project! {
    #[project = InnerProj]
    #[derive(Debug)]
    enum Inner<B> {
        Passing { #[pin] body: B },
        Own { octets: Option<Bytes> },
    }
}

impl<B> Body<B> {
    pub(crate) fn passing(body: B) -> Self {
        Self {
            inner: Inner::Passing { body },
        }
    }

    pub(crate) fn own(octets: Bytes) -> Self {
        let octets = Some(octets).filter(|octets| !octets.is_empty());
        Self {
            inner: Inner::Own { octets },
        }
    }

    pub(crate) fn empty() -> Self {
        Self::own(Bytes::new())
    }
}

/// No octets, with which layers outside answer on their own: a timeout, a limit.
impl<B> Default for Body<B> {
    fn default() -> Self {
        Self::empty()
    }
}

impl<B: HttpBody<Data = Bytes>> HttpBody for Body<B> {
    type Data = Bytes;
    type Error = B::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, B::Error>>> {
        match self.project().inner.project() {
            InnerProj::Passing { body } => body.poll_frame(cx),
            InnerProj::Own { octets } => Poll::Ready(octets.take().map(|o| Ok(Frame::data(o)))),
        }
    }

    fn is_end_stream(&self) -> bool {
        match &self.inner {
            Inner::Passing { body } => body.is_end_stream(),
            Inner::Own { octets } => octets.is_none(),
        }
    }

    fn size_hint(&self) -> SizeHint {
        match &self.inner {
            Inner::Passing { body } => body.size_hint(),
            Inner::Own { octets } => {
                let length = octets.as_ref().map_or(0, Bytes::len);
                SizeHint::with_exact(u64::try_from(length).unwrap_or(u64::MAX))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use http_body_util::{BodyExt, Full};

    #[tokio::test]
    async fn a_body_passes_or_is_ours() {
        let octets = Bytes::from_static(b"octets");
        for body in [
            Body::passing(Full::new(octets.clone())),
            Body::own(octets.clone()),
        ] {
            assert_eq!(body.size_hint().exact(), Some(6));
            assert!(!body.is_end_stream());
            assert_eq!(body.collect().await.unwrap().to_bytes(), octets);
        }
        let empty = Body::<Full<Bytes>>::default();
        assert!(empty.is_end_stream());
        assert_eq!(empty.size_hint().exact(), Some(0));
        assert!(empty.collect().await.unwrap().to_bytes().is_empty());
    }
}
