//! Which checks a report lists, and how each ended.

use std::collections::{BTreeMap, BTreeSet};

use crate::code::{CheckId, Disposition};
use crate::error::{Error, Trace};
use crate::jpki::Kind;
use crate::report::{CheckReport, CheckStatus, Procedure};
use crate::time::Time;

/// What each check rests on, by names.
pub(super) type Evidence = BTreeMap<CheckId, BTreeMap<&'static str, String>>;

/// What was verified, and of what kind.
#[derive(Clone, Copy)]
pub(super) enum Verification {
    Card(Procedure, Kind),
    #[cfg(feature = "mdoc")]
    Presentation,
}

/// What is known whatever the outcome: the time at which these were judged.
pub(super) fn evidence(at: Time, checks: &[CheckId]) -> Evidence {
    let row = || BTreeMap::from([("at", at.to_string())]);
    checks.iter().map(|check| (*check, row())).collect()
}

/// The rows of a report.
pub(super) fn checks(
    verification: Verification,
    trace: Trace,
    failed: Option<&Error>,
    evidence: &Evidence,
) -> Vec<CheckReport> {
    let failed_check = failed.map(Error::check);
    let back_end = BackEnd::of(trace, failed_check);
    CheckId::ALL
        .iter()
        .copied()
        .filter(|check| verification.runs(*check, trace) && back_end.runs(*check, trace))
        .chain(failed_check)
        .collect::<BTreeSet<_>>()
        .into_iter()
        .map(|check| {
            let status = match failed {
                Some(error) if error.check() == check => match error.disposition() {
                    Disposition::Undetermined => CheckStatus::Undetermined,
                    _ => CheckStatus::Fail,
                },
                _ if trace.passed(check) => CheckStatus::Pass,
                _ => CheckStatus::Skipped,
            };
            let shown = matches!(status, CheckStatus::Pass | CheckStatus::Fail);
            CheckReport {
                id: check.as_str(),
                status,
                evidence: evidence
                    .get(&check)
                    .filter(|_| shown)
                    .cloned()
                    .unwrap_or_default(),
            }
        })
        .collect()
}

/// Where the answer about revocation was looked for, as the checks tell. Where
/// nobody asked, it would have been in lists.
#[derive(Clone, Copy, PartialEq, Eq)]
enum BackEnd {
    Lists,
    Responder,
    /// Somebody was asked over the network, and took it upon himself or did
    /// not answer.
    Network,
}

impl BackEnd {
    fn of(trace: Trace, failed: Option<CheckId>) -> Self {
        let ran = |wanted: Self| {
            let mut ran = trace.iter().chain(failed);
            ran.any(|check| Self::alone(check) == Some(wanted))
        };
        if ran(Self::Responder) {
            Self::Responder
        } else if ran(Self::Network) {
            Self::Network
        } else {
            Self::Lists
        }
    }

    /// Whether `check` is not only another one's. That an answer came at all is
    /// a check where somebody was asked, responders too.
    fn runs(self, check: CheckId, trace: Trace) -> bool {
        match Self::alone(check) {
            Some(Self::Network) => trace.passed(check),
            alone => alone.is_none_or(|alone| alone == self),
        }
    }

    /// The one that alone runs `check`, if it is not one of all.
    fn alone(check: CheckId) -> Option<Self> {
        use CheckId as C;
        match check {
            C::CrlEncoding
            | C::CrlProfile
            | C::CrlExtensions
            | C::CrlIssuer
            | C::CrlSignature
            | C::CrlNumber
            | C::Scope => Some(Self::Lists),
            C::OcspEncoding
            | C::OcspStatus
            | C::OcspProfile
            | C::OcspExtensions
            | C::OcspCertificate
            | C::OcspResponder
            | C::OcspSignature
            | C::OcspAnswer
            | C::OcspNonce => Some(Self::Responder),
            C::Answered => Some(Self::Network),
            _ => None,
        }
    }
}

impl Verification {
    /// Whether `check` is one of this verification's. Some presentations come
    /// without an envelope or a session, and not every document has a token.
    fn runs(self, check: CheckId, trace: Trace) -> bool {
        use CheckId as C;
        match check {
            C::MdocEnvelope | C::MdocSession | C::MdocStatusToken => trace.passed(check),
            _ => self.always_runs(check),
        }
    }

    fn always_runs(self, check: CheckId) -> bool {
        match self {
            Self::Card(procedure, kind) => procedure.runs(kind, check),
            #[cfg(feature = "mdoc")]
            Self::Presentation => is_of_presentations(check),
        }
    }
}

#[cfg(feature = "mdoc")]
fn is_of_presentations(check: CheckId) -> bool {
    use CheckId as C;
    match check {
        C::CertificatePresent | C::Policy => false,
        C::SignedMessage | C::SignatureScheme | C::Signature | C::Transaction => false,
        C::Holder | C::Anchor | C::Usage => false,
        _ => !is_of_cms(check) && !is_of_auth_app(check) && !is_in_front(check),
    }
}

fn is_of_cms(check: CheckId) -> bool {
    use CheckId as C;
    matches!(
        check,
        C::CmsEncoding
            | C::CmsContentType
            | C::CmsContent
            | C::CmsSigner
            | C::CmsSignerCertificate
            | C::CmsAlgorithm
            | C::CmsSignedAttributes
            | C::CmsSignedContentType
            | C::CmsMessageDigest
            | C::CmsSigningCertificate
            | C::CmsAlgorithmProtection
    )
}

fn is_of_mdoc(check: CheckId) -> bool {
    use CheckId as C;
    matches!(
        check,
        C::MdocEnvelope
            | C::MdocSession
            | C::MdocEncoding
            | C::MdocVersion
            | C::MdocResponseStatus
            | C::MdocDocuments
            | C::MdocForbidden
            | C::MdocElements
            | C::MdocIssuerAuth
            | C::MdocCertificateProfile
            | C::MdocIssuerSignature
            | C::MdocMso
            | C::MdocValidity
            | C::MdocDigests
            | C::MdocDeviceKey
            | C::MdocDeviceSigned
            | C::MdocDeviceAuth
            | C::MdocElementValues
            | C::MdocStatusToken
            | C::MdocRecordStatus
    )
}

/// Logins have no report: whoever logged in shows no evidence that could be
/// looked at again.
fn is_of_auth_app(check: CheckId) -> bool {
    use CheckId as C;
    matches!(
        check,
        C::AuthAppCallback
            | C::AuthAppState
            | C::AuthAppBrowser
            | C::AuthAppResponseIssuer
            | C::AuthAppAuthorized
            | C::AuthAppAnswered
            | C::AuthAppClient
            | C::AuthAppTokenResponse
            | C::AuthAppTokenForm
            | C::AuthAppAlgorithm
            | C::AuthAppKey
            | C::AuthAppSignature
            | C::AuthAppIssuer
            | C::AuthAppAudience
            | C::AuthAppTime
            | C::AuthAppNonce
            | C::AuthAppAccessToken
            | C::AuthAppAcr
            | C::AuthAppClaims
            | C::AuthAppSigning
    )
}

/// What stands in front of a service looks at before anything is verified, or
/// after.
fn is_in_front(check: CheckId) -> bool {
    use CheckId as C;
    matches!(
        check,
        C::HttpRequest | C::TransactionKept | C::TransactionSession
    )
}

impl Procedure {
    /// Whether `check` is one of this procedure's.
    fn runs(self, kind: Kind, check: CheckId) -> bool {
        use CheckId as C;
        match check {
            C::SignedMessage => matches!(self, Self::Raw | Self::Challenge),
            C::SignatureScheme | C::Signature => self != Self::Certificate,
            C::Transaction => self == Self::Challenge,
            C::Holder => kind == Kind::Signing,
            C::Anchor | C::Usage => false,
            _ if is_of_cms(check) => self == Self::Cms,
            _ => !is_of_mdoc(check) && !is_of_auth_app(check) && !is_in_front(check),
        }
    }
}
