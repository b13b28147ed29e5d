//! What a store answers with.

use std::fmt;
use std::future::{Future, Ready, ready};
use std::pin::Pin;
use std::task::{Context, Poll};

use tashika::Error;

/// An answer of a store, at once or when it comes.
///
/// What is known at once, as by a store in memory, costs no allocation.
pub struct StoreFuture<T>(Answer<T>);

enum Answer<T> {
    Known(Ready<Result<T, Error>>),
    Coming(Pin<Box<dyn Future<Output = Result<T, Error>> + Send>>),
}

impl<T> StoreFuture<T> {
    /// An answer that is known.
    #[must_use]
    pub fn known(answer: Result<T, Error>) -> Self {
        Self(Answer::Known(ready(answer)))
    }

    /// An answer that will come.
    #[must_use]
    pub fn coming(answer: impl Future<Output = Result<T, Error>> + Send + 'static) -> Self {
        Self(Answer::Coming(Box::pin(answer)))
    }

    /// The answer if it is known, and else what it will come from.
    pub(crate) fn into_known(self) -> Result<Result<T, Error>, Self> {
        match self.0 {
            Answer::Known(answer) => Ok(answer.into_inner()),
            Answer::Coming(_) => Err(self),
        }
    }
}

// Nothing in it is pinned in place: what is known is moved out, and what comes is
// in a box.
impl<T> Unpin for StoreFuture<T> {}

impl<T> Future for StoreFuture<T> {
    type Output = Result<T, Error>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        match &mut self.0 {
            Answer::Known(answer) => Pin::new(answer).poll(cx),
            Answer::Coming(answer) => answer.as_mut().poll(cx),
        }
    }
}

impl<T> fmt::Debug for StoreFuture<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.0 {
            Answer::Known(_) => "StoreFuture(known)",
            Answer::Coming(_) => "StoreFuture(coming)",
        })
    }
}
