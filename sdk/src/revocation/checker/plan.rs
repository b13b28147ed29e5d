//! Who is asked.

use std::fmt;
use std::sync::Arc;

use crate::code::Code;
use crate::revocation::operator::OperatorClient;
use crate::revocation::{ListSet, OcspClient, RevocationQuery, ScopePolicy, Status};
use crate::time::Time;

/// Who is asked, and what it takes for "good". Any "revoked" is the answer,
/// whoever says so.
#[derive(Debug)]
pub enum Plan {
    /// The lists at hand.
    Crl(Lists),
    /// A responder.
    Ocsp(OcspClient),
    /// Both of them, and both have to say "good".
    Both(Lists, OcspClient),
    /// The lists, and a responder where they cannot say or are not fresh.
    CrlElseOcsp(Lists, OcspClient),
    /// A platform operator, for whom may not ask the issuer.
    Operator(Arc<OperatorClient>),
}

/// Who is asked over the network.
pub(super) enum Remote<'p> {
    Ocsp(&'p OcspClient),
    Operator(&'p OperatorClient),
}

impl Plan {
    /// The lists, if any are asked.
    #[must_use]
    pub fn lists(&self) -> Option<&Lists> {
        match self {
            Self::Crl(lists) | Self::Both(lists, _) | Self::CrlElseOcsp(lists, _) => Some(lists),
            Self::Ocsp(_) | Self::Operator(_) => None,
        }
    }

    /// The responders, if any are asked.
    #[must_use]
    pub fn ocsp(&self) -> Option<&OcspClient> {
        match self {
            Self::Ocsp(ocsp) | Self::Both(_, ocsp) | Self::CrlElseOcsp(_, ocsp) => Some(ocsp),
            Self::Crl(_) | Self::Operator(_) => None,
        }
    }

    /// The platform operator, if one is asked.
    #[must_use]
    pub fn operator(&self) -> Option<&Arc<OperatorClient>> {
        match self {
            Self::Operator(operator) => Some(operator),
            Self::Crl(_) | Self::Ocsp(_) | Self::Both(..) | Self::CrlElseOcsp(..) => None,
        }
    }

    pub(super) fn remote(&self) -> Option<Remote<'_>> {
        let operator = self.operator().map(|o| Remote::Operator(o));
        operator.or_else(|| self.ocsp().map(Remote::Ocsp))
    }

    pub(super) fn wants_both(&self) -> bool {
        matches!(self, Self::Both(..))
    }
}

type Ask = dyn Fn(&RevocationQuery, Time) -> Status + Send + Sync;

/// Revocation lists at hand, wherever they are kept.
#[derive(Clone)]
pub struct Lists(Arc<Ask>);

impl Lists {
    /// Those that a function asks: it has to be quick, and to give the status
    /// of exactly this certificate at this time. That of another certificate
    /// is undetermined (`revocation.query`).
    pub fn new(ask: impl Fn(&RevocationQuery, Time) -> Status + Send + Sync + 'static) -> Self {
        Self(Arc::new(ask))
    }

    /// Those of a set that does not change.
    #[must_use]
    pub fn of_set(set: Arc<ListSet>, policy: ScopePolicy) -> Self {
        Self::new(move |query, now| set.status(query, &policy, now))
    }

    pub(in crate::revocation) fn status(&self, query: &RevocationQuery, now: Time) -> Status {
        let status = (self.0)(query, now);
        if status.answers(query) {
            status
        } else {
            Status::undetermined(query, &Code::RevocationQuery.into())
        }
    }
}

impl fmt::Debug for Lists {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Lists(…)")
    }
}
