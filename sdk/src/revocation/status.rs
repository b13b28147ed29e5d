//! The answer: good, revoked or undetermined.

use std::fmt;
use std::sync::Arc;

use crate::certificate::SerialNumber;
use crate::code::Code;
use crate::error::{Error, Trace};
use crate::revocation::entries::Entry;
use crate::revocation::{
    CrlNumber, OcspSource, OperatorSource, Reason, RememberedSource, RevocationQuery,
};
use crate::time::Time;
use crate::trust::{Anchor, Fingerprint};

/// What a verified source says about one certificate.
///
/// It is bound to the certificate that was asked about: for another one it is
/// no answer. Whether it is fresh enough is decided where it is used.
#[derive(Clone)]
pub struct Status {
    anchor: Arc<Anchor>,
    serial: SerialNumber,
    finding: Finding,
    trace: Trace,
}

/// What was found, with the evidence that there is for it.
#[derive(Clone)]
pub(crate) enum Finding {
    Good {
        evidence: Evidence,
        /// The newest thing that the source has ever seen issued.
        newest: Time,
    },
    Revoked {
        entry: Entry,
        evidence: Evidence,
    },
    Undetermined(Code),
}

/// Who said so, and when.
#[derive(Clone)]
pub(crate) struct Evidence {
    pub(crate) as_of: Time,
    pub(crate) next_update: Option<Time>,
    pub(crate) source: Source,
}

/// One of three: there is no fourth, and no default.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub enum State {
    /// Not revoked, as of the time of the status.
    Good,
    /// Revoked, for good: holds are not released.
    #[non_exhaustive]
    Revoked {
        /// Why, as the issuer codes it. For the operator alone.
        reason: Reason,
        /// Since when. It may lie in the future; that changes nothing.
        revoked_at: Time,
        /// Since when the key is suspect, where the issuer says so.
        invalid_since: Option<Time>,
    },
    /// It is not known, for this reason.
    Undetermined(Code),
}

impl Status {
    pub(crate) fn new(query: &RevocationQuery, finding: Finding, trace: Trace) -> Self {
        Self {
            anchor: Arc::clone(query.anchor()),
            serial: *query.serial(),
            finding,
            trace,
        }
    }

    /// That it could not be found out, and what stood in the way.
    pub(crate) fn undetermined(query: &RevocationQuery, error: &Error) -> Self {
        Self::new(query, Finding::Undetermined(error.code()), error.trace())
    }

    /// Good, revoked or undetermined.
    pub fn state(&self) -> State {
        match &self.finding {
            Finding::Good { .. } => State::Good,
            Finding::Revoked { entry, .. } => State::Revoked {
                reason: entry.reason,
                revoked_at: entry.revoked_at,
                invalid_since: entry.invalid_since,
            },
            Finding::Undetermined(code) => State::Undetermined(*code),
        }
    }

    /// Whether it is the answer to `query`: about the certificate of this
    /// issuer, key, serial number and purpose.
    #[must_use]
    pub fn answers(&self, query: &RevocationQuery) -> bool {
        query.is_about(&self.anchor, &self.serial)
    }

    /// When the issuer said so; none if it is undetermined.
    #[must_use]
    pub fn as_of(&self) -> Option<Time> {
        self.evidence().map(|e| e.as_of)
    }

    /// By when the issuer says something new.
    #[must_use]
    pub fn next_update(&self) -> Option<Time> {
        self.evidence()?.next_update
    }

    /// Where the issuer said so; none if it is undetermined.
    #[must_use]
    pub fn source(&self) -> Option<&Source> {
        self.evidence().map(|e| &e.source)
    }

    fn evidence(&self) -> Option<&Evidence> {
        match &self.finding {
            Finding::Good { evidence, .. } | Finding::Revoked { evidence, .. } => Some(evidence),
            Finding::Undetermined(_) => None,
        }
    }

    pub(crate) fn finding(&self) -> &Finding {
        &self.finding
    }

    pub(crate) fn trace(&self) -> Trace {
        self.trace
    }
}

// The state alone: which certificate it is about is the person's, and so is
// the reason.
impl fmt::Debug for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.finding {
            Finding::Good { .. } => "Status(good)",
            Finding::Revoked { .. } => "Status(revoked)",
            Finding::Undetermined(_) => "Status(undetermined)",
        })
    }
}

/// What kind of source an answer comes from.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Source {
    /// A revocation list.
    List(ListSource),
    /// The response of an OCSP responder.
    Ocsp(OcspSource),
    /// The word of a platform operator, who has a source of the issuer's.
    Operator(OperatorSource),
    /// A revocation that was verified before and is remembered.
    Remembered(RememberedSource),
}

/// The revocation list that an answer comes from.
#[derive(Clone)]
pub struct ListSource {
    origin: Arc<Origin>,
    coverage: Coverage,
}

/// Which list it is; what stays of one that has been replaced.
pub(crate) struct Origin {
    pub(crate) this_update: Time,
    pub(crate) next_update: Option<Time>,
    pub(crate) number: Option<CrlNumber>,
    pub(crate) digest: Fingerprint,
    pub(crate) trace: Trace,
}

impl Origin {
    /// What this list says, if it covers the certificate in this way.
    pub(crate) fn evidence(self: &Arc<Self>, coverage: Coverage) -> Evidence {
        Evidence {
            as_of: self.this_update,
            next_update: self.next_update,
            source: Source::List(ListSource {
                origin: Arc::clone(self),
                coverage,
            }),
        }
    }
}

impl ListSource {
    /// The number of the list.
    #[must_use]
    pub fn number(&self) -> Option<&CrlNumber> {
        self.origin.number.as_ref()
    }

    /// SHA-256 over the `TBSCertList` of the list: over what is signed, so that
    /// a list of gigabytes is hashed once. It names a municipality's list, so
    /// it belongs into evidence and not into logs.
    #[must_use]
    pub fn digest(&self) -> Fingerprint {
        self.origin.digest
    }

    /// In what way the list covers the certificate.
    #[must_use]
    pub fn coverage(&self) -> Coverage {
        self.coverage
    }
}

impl fmt::Debug for ListSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ListSource")
            .field("coverage", &self.coverage)
            .finish_non_exhaustive()
    }
}

/// In what way a list covers a certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Coverage {
    /// List and certificate name the same distribution point.
    DistributionPoint,
    /// Configuration binds the list to the certificate's distribution point.
    Configured,
    /// No distribution point was compared: it was optional by policy.
    Unscoped,
    /// Not at all: the list could not have said that the certificate is good,
    /// but it says that it is revoked.
    Elsewhere,
}
