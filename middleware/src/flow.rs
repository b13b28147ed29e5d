//! The two requests of a flow.

use http::request::Parts;
use tashika::Error;

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
