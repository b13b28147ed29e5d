//! Why a provider gave nothing that is of use.

use std::fmt;
use std::time::Duration;

use http::{Response, StatusCode};

use crate::code::{Code, Disposition};
use crate::error::{Error, Trace};
use crate::head::retry_after;

/// A refusal, with what HTTP said about it: it holds no value of what was sent
/// or received.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Fault {
    error: Error,
    status: Option<StatusCode>,
    retry_after: Option<Duration>,
}

impl Fault {
    /// With the status of an answer, and when it asks to be asked again.
    pub(super) fn of<B>(code: Code, response: &Response<B>) -> Self {
        Self {
            error: code.into(),
            status: Some(response.status()),
            retry_after: retry_after(response.headers()),
        }
    }

    /// With when to ask again.
    #[cfg(feature = "fetch")]
    pub(super) fn until(code: Code, retry_after: Option<Duration>) -> Self {
        Self {
            error: code.into(),
            status: None,
            retry_after,
        }
    }

    /// The same of a verification that had passed `earlier` before.
    pub(super) fn after(mut self, earlier: Trace) -> Self {
        self.error = self.error.after(earlier);
        self
    }

    /// The same by another code.
    #[cfg(feature = "fetch")]
    pub(super) fn known_as(mut self, code: Code) -> Self {
        self.error = code.into();
        self
    }

    /// What failed, and what had passed before.
    #[must_use]
    pub fn error(&self) -> Error {
        self.error
    }

    /// The stable code.
    #[must_use]
    pub fn code(&self) -> Code {
        self.error.code()
    }

    /// Whether the evidence is bad, unreadable or unknowable.
    #[must_use]
    pub fn disposition(&self) -> Disposition {
        self.error.disposition()
    }

    /// The status of the provider's answer, if it was one of HTTP.
    #[must_use]
    pub fn status(&self) -> Option<u16> {
        self.status.map(|status| status.as_u16())
    }

    /// How long to wait before it is tried again, if that is known.
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        self.retry_after
    }
}

impl From<Error> for Fault {
    fn from(error: Error) -> Self {
        Self {
            error,
            status: None,
            retry_after: None,
        }
    }
}

impl From<Code> for Fault {
    fn from(code: Code) -> Self {
        Error::from(code).into()
    }
}

impl fmt::Debug for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Fault")
            .field("error", &self.error)
            .field("status", &self.status())
            .field("retry_after", &self.retry_after)
            .finish()
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.error.fmt(f)
    }
}

impl std::error::Error for Fault {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&self.error)
    }
}
