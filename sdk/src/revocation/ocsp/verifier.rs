//! From a response to a status, top-down.

use crate::algorithm::AlgorithmTable;
use crate::code::{CheckId, Code};
use crate::error::{Error, Trace};
use crate::revocation::ocsp::answer::{Answer, CertificateState};
use crate::revocation::ocsp::policy::OcspPolicy;
use crate::revocation::ocsp::request::OcspRequest;
use crate::revocation::ocsp::responder::{Confirm, Search, Signed, delegate_profile};
use crate::revocation::ocsp::response::OcspResponse;
use crate::revocation::ocsp::source::{NonceEcho, OcspSource};
use crate::revocation::query::is_same_issuer;
use crate::revocation::status::{Evidence, Finding};
use crate::revocation::{PendingIssued, RevocationQuery, Source, Status, Unconfirmed, Unrevoked};
use crate::time::Time;
use crate::trust::{Purpose, TrustStore};
use crate::x509::OneHop;

/// Verifies the responses of OCSP responders for certificates of one purpose.
#[derive(Clone, Debug)]
pub struct OcspVerifier {
    delegates: OneHop,
    purpose: Purpose,
    policy: OcspPolicy,
}

impl OcspVerifier {
    /// A verifier for certificates that anchors of `purpose` in `trust` have
    /// issued.
    #[must_use]
    pub fn new(
        trust: TrustStore,
        purpose: Purpose,
        algorithms: AlgorithmTable,
        policy: OcspPolicy,
    ) -> Self {
        Self {
            delegates: OneHop::new(trust, purpose, delegate_profile(), algorithms),
            purpose,
            policy,
        }
    }

    /// What the certificates are for about which it verifies answers.
    #[must_use]
    pub fn purpose(&self) -> Purpose {
        self.purpose
    }

    /// Remembers up to `capacity` certificates of responders that passed, so
    /// that the next time only their validity and revocation are checked again.
    #[cfg(feature = "cache")]
    #[must_use]
    pub fn remember(mut self, capacity: u64) -> Self {
        self.delegates = self.delegates.remember(capacity);
        self
    }

    /// Verifies the response to a request, an `OCSPResponse` in DER, and gives
    /// what it says about the certificate.
    ///
    /// The status is undetermined where the responder is to be believed, but
    /// what it says is not good for anything: unknown, contradictory, made for
    /// another request, too old or of the future. Freshness is judged again by
    /// [`Unconfirmed::confirm`] when the status is used.
    ///
    /// A delegate has to be marked as one that needs no check;
    /// [`OcspVerifier::verify_with`] accepts others.
    ///
    /// # Errors
    /// `misuse.argument` if the request is about a certificate for another
    /// purpose. Otherwise an undetermined code: of
    /// [reading](OcspResponse::from_der), `revocation.ocsp_algorithm`,
    /// `revocation.ocsp_certificate`, `revocation.ocsp_responder`,
    /// `revocation.ocsp_delegate`, `revocation.ocsp_delegate_usage`,
    /// `revocation.ocsp_delegate_validity`,
    /// `revocation.ocsp_delegate_status` or `revocation.ocsp_signature`.
    pub fn verify(
        &self,
        request: &OcspRequest,
        response: &[u8],
        now: Time,
    ) -> Result<Status, Error> {
        let unknown = |_| Err(Code::RevocationOcspDelegateStatus.into());
        self.verify_with(request, response, now, unknown)
    }

    /// [`OcspVerifier::verify`] where a delegate may have to be checked for
    /// revocation (RFC 6960, 4.2.2.2.1): `confirm` answers the question about
    /// its certificate from a revocation list, and gives the proof.
    ///
    /// # Errors
    /// As [`OcspVerifier::verify`].
    pub fn verify_with(
        &self,
        request: &OcspRequest,
        response: &[u8],
        now: Time,
        confirm: impl Fn(Unconfirmed<PendingIssued>) -> Result<Unrevoked, Error>,
    ) -> Result<Status, Error> {
        let query = request.query();
        if query.purpose() != self.purpose {
            return Err(Code::MisuseArgument.into());
        }
        let mut trace = Trace::default();
        let response = OcspResponse::read(response, &mut trace)?;
        let signed = self.signed(query, &response, now, &confirm, &mut trace)?;
        Ok(self.judge(request, &response, &signed, now, trace))
    }

    /// [`OcspVerifier::verify`] where an error is a status too: the certificate's
    /// state is undetermined, with the code of the error.
    #[must_use]
    pub fn status(&self, request: &OcspRequest, response: &[u8], now: Time) -> Status {
        self.verify(request, response, now)
            .unwrap_or_else(|error| Status::undetermined(request.query(), &error))
    }

    /// Who signed the response, if it is about this certificate and the signer
    /// may.
    fn signed(
        &self,
        query: &RevocationQuery,
        response: &OcspResponse<'_>,
        now: Time,
        confirm: &Confirm<'_>,
        trace: &mut Trace,
    ) -> Result<Signed, Error> {
        let scheme = self.delegates.algorithms().scheme(response.algorithm);
        let scheme = scheme.ok_or(Code::RevocationOcspAlgorithm);
        let scheme = trace.check(CheckId::OcspProfile, scheme)?;
        let about = response.about(query).next();
        let about = about.ok_or(Code::RevocationOcspCertificate);
        trace.check(CheckId::OcspCertificate, about)?;

        let mut anchors = self.delegates.trust().anchors();
        let trusted = anchors.any(|anchor| is_same_issuer(anchor, query.anchor()));
        let trusted = trusted.then_some(query.anchor());
        let issuer = trusted.ok_or(Code::RevocationOcspResponder);
        let search = Search {
            response,
            issuer: trace.check(CheckId::OcspResponder, issuer)?,
            delegates: &self.delegates,
            scheme,
            confirm,
            now,
        };
        search.run(trace)
    }

    /// What a response says that is believed.
    fn judge(
        &self,
        request: &OcspRequest,
        response: &OcspResponse<'_>,
        signed: &Signed,
        now: Time,
        mut trace: Trace,
    ) -> Status {
        let query = request.query();
        let echo = match (request.nonce(), response.nonce) {
            (Some(sent), Some(returned)) if sent == returned => NonceEcho::Echoed,
            _ => NonceEcho::NotEchoed,
        };
        let evidence = |answer: &Answer<'_>| Evidence {
            as_of: answer.this_update,
            next_update: answer.next_update,
            source: Source::Ocsp(OcspSource {
                produced_at: response.produced_at,
                responder: signed.responder,
                digest: signed.digest,
                nonce: echo,
            }),
        };
        let entries = response
            .about(query)
            .filter_map(|answer| Some((answer, answer.entry(query)?)));
        if let Some((answer, entry)) = entries.min_by_key(|(_, entry)| entry.precedence()) {
            let evidence = evidence(answer);
            return Status::new(query, Finding::Revoked { entry, evidence }, trace);
        }
        match self.good(request, response, now, &mut trace) {
            Ok(answer) => {
                let newest = answer.this_update.max(response.produced_at);
                let evidence = evidence(answer);
                Status::new(query, Finding::Good { evidence, newest }, trace)
            }
            Err(error) => Status::undetermined(query, &error),
        }
    }

    /// The newest answer, if all of them say that the certificate is good and
    /// that counts now.
    fn good<'r, 'a>(
        &self,
        request: &OcspRequest,
        response: &'r OcspResponse<'a>,
        now: Time,
        trace: &mut Trace,
    ) -> Result<&'r Answer<'a>, Error> {
        let answer = trace.check(CheckId::OcspAnswer, agreed(request.query(), response))?;
        let (sent, returned) = (request.nonce(), response.nonce);
        let nonce = self.policy.check_nonce(sent, returned);
        trace.check(CheckId::OcspNonce, nonce)?;
        let newest = answer.this_update.max(response.produced_at);
        trace.check(CheckId::Clock, self.policy.check_clock(newest, now))?;
        let echoed = sent.is_some() && returned.is_some();
        let fresh =
            self.policy
                .check_freshness(answer.this_update, answer.next_update, echoed, now);
        trace.check(CheckId::Freshness, fresh)?;
        Ok(answer)
    }
}

/// The newest of the answers about the certificate, none of which says that it
/// is revoked, if all say that it is good.
fn agreed<'r, 'a>(
    query: &RevocationQuery,
    response: &'r OcspResponse<'a>,
) -> Result<&'r Answer<'a>, Code> {
    let is_good = |answer: &&Answer<'_>| answer.state == CertificateState::Good;
    let good = response.about(query).filter(is_good).count();
    if good == 0 {
        return Err(Code::RevocationOcspUnknown);
    }
    if good < response.about(query).count() {
        return Err(Code::RevocationOcspConflict);
    }
    let newest = response.about(query).max_by_key(|a| a.this_update);
    newest.ok_or(Code::RevocationOcspCertificate)
}
