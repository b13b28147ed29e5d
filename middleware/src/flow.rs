//! The two requests of a flow.

use http::request::Parts;
use tashika::{Code, Error};
use zeroize::Zeroizing;

use crate::site::SitePath;

/// Where a transaction begins, and where its answer comes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FlowPaths {
    /// Where it begins.
    pub request: SitePath,
    /// Where its answer comes.
    pub answer: SitePath,
}

impl FlowPaths {
    /// `request` and `answer` below this path.
    ///
    /// # Errors
    /// As [`SitePath::new`].
    pub fn under(path: &str) -> Result<Self, Error> {
        let path = SitePath::new(path)?;
        Ok(Self {
            request: path.join("request")?,
            answer: path.join("answer")?,
        })
    }

    /// What is kept of a transaction, marked with the path of its answer.
    pub(crate) fn mark(&self, state: &[u8]) -> Zeroizing<Vec<u8>> {
        let path = self.answer.as_str().as_bytes();
        Zeroizing::new([path, &[0], state].concat())
    }

    /// What was kept of a transaction; `transaction.foreign` if its answer was to
    /// come to another path: to another layer, be it of the same purpose.
    pub(crate) fn unmark<'m>(&self, marked: &'m [u8]) -> Result<&'m [u8], Error> {
        let state = marked.strip_prefix(self.answer.as_str().as_bytes());
        let state = state.and_then(|state| state.strip_prefix(&[0]));
        state.ok_or(Code::TransactionForeign.into())
    }

    /// Both.
    pub(crate) fn all(&self) -> [&SitePath; 2] {
        [&self.request, &self.answer]
    }

    /// Which of both a request is for, if any.
    pub(crate) fn find<T>(&self, parts: &Parts, request: T, answer: T) -> Option<T> {
        match parts.uri.path() {
            path if path == self.answer.as_str() => Some(answer),
            path if path == self.request.as_str() => Some(request),
            _ => None,
        }
    }
}
