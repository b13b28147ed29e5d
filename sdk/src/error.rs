//! The one error of a verification: what failed, and what had passed before.

use std::fmt;

use crate::code::{CheckId, Code, Disposition};

/// A refusal: its stable code and the checks that ran before it.
///
/// It holds no value of the input, so it can be logged and shown to an
/// operator as it is.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Error {
    code: Code,
    trace: Trace,
}

impl Error {
    /// An error outside a verification, where no check ran before it.
    #[must_use]
    pub fn new(code: Code) -> Self {
        Self {
            code,
            trace: Trace::default(),
        }
    }

    /// The stable code.
    #[must_use]
    pub fn code(&self) -> Code {
        self.code
    }

    /// The check that failed.
    #[must_use]
    pub fn check(&self) -> CheckId {
        self.code.check()
    }

    /// Whether the evidence is bad, unreadable or unknowable.
    #[must_use]
    pub fn disposition(&self) -> Disposition {
        self.code.disposition()
    }

    /// The checks that passed before this one failed.
    #[must_use]
    pub fn trace(&self) -> Trace {
        self.trace
    }

    /// This error of a part of a verification that had passed `earlier` before.
    pub(crate) fn after(mut self, earlier: Trace) -> Self {
        self.trace.merge(earlier);
        self.trace = self.trace.without(self.check());
        self
    }
}

impl From<Code> for Error {
    fn from(code: Code) -> Self {
        Self::new(code)
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Error")
            .field("code", &self.code.as_str())
            .field("check", &self.check().as_str())
            .finish_non_exhaustive()
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.code, self.code.description())
    }
}

impl std::error::Error for Error {}

/// The set of checks that a verification has passed so far.
///
/// A bit per [`CheckId`], so that keeping it costs a verification nothing.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub struct Trace {
    passed: u128,
}

// A check's number is its bit.
const _: () = assert!(CheckId::ALL.len() <= 128);

impl Trace {
    /// Whether `check` passed.
    #[must_use]
    pub fn passed(&self, check: CheckId) -> bool {
        self.passed & Self::bit(check) != 0
    }

    /// The checks that passed, in their order.
    pub fn iter(&self) -> impl Iterator<Item = CheckId> + '_ {
        CheckId::ALL.iter().copied().filter(|c| self.passed(*c))
    }

    /// Records the outcome of `check`; a failure becomes an [`Error`] that
    /// carries what passed before. A check that has several parts and failed in
    /// a later one has not passed.
    pub(crate) fn check<T>(
        &mut self,
        check: CheckId,
        outcome: Result<T, Code>,
    ) -> Result<T, Error> {
        match outcome {
            Ok(value) => {
                self.pass(check);
                Ok(value)
            }
            Err(code) => Err(Error {
                code,
                trace: self.without(code.check()),
            }),
        }
    }

    /// Records that `check` passed.
    pub(crate) fn pass(&mut self, check: CheckId) {
        self.passed |= Self::bit(check);
    }

    /// Takes over what another part of the same verification passed.
    pub(crate) fn merge(&mut self, other: Self) {
        self.passed |= other.passed;
    }

    const fn without(self, check: CheckId) -> Self {
        Self {
            passed: self.passed & !Self::bit(check),
        }
    }

    const fn bit(check: CheckId) -> u128 {
        1 << check as u8
    }
}

impl fmt::Debug for Trace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set()
            .entries(self.iter().map(CheckId::as_str))
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_check_that_fails_late_has_not_passed() {
        let mut trace = Trace::default();
        trace.pass(CheckId::Version);
        trace.pass(CheckId::Extensions);
        let error = trace
            .check::<()>(CheckId::KeyUsage, Err(Code::X509Extension))
            .unwrap_err();
        assert_eq!(error.check(), CheckId::Extensions);
        assert!(error.trace().passed(CheckId::Version));
        assert!(!error.trace().passed(CheckId::Extensions));
    }

    #[test]
    fn a_failure_keeps_what_passed_before() {
        let mut trace = Trace::default();
        trace.check(CheckId::Version, Ok(())).unwrap();
        let error = trace
            .check::<()>(CheckId::Validity, Err(Code::X509Expired))
            .unwrap_err();
        assert_eq!(error.code(), Code::X509Expired);
        assert_eq!(error.check(), CheckId::Validity);
        assert!(error.trace().passed(CheckId::Version));
        assert!(!error.trace().passed(CheckId::Validity));
        assert_eq!(
            error.to_string(),
            "x509.expired: The certificate has expired; the card that carries it may still be valid."
        );
    }
}
