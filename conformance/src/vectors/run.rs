//! A vector before the sdk.

mod login;
mod mdoc;

use bytes::Bytes;
use tashika::algorithm::{AlgorithmTable, Digest, DigestAlgorithm, IdentifierHash, RawSchemes};
use tashika::jpki::{
    AuthenticationVerifier, Challenge, ChallengeResponse, Holder, ProfileTable, SignedDocument,
    SigningVerifier,
};
use tashika::person::AtLeast;
use tashika::revocation::{
    self, CertificateList, ListSet, OcspPolicy, OcspRequest, OcspVerifier, Pending, Policy,
    RevocationQuery, ScopePolicy, Status, Unconfirmed,
};
use tashika::transaction::{self, RelyingParty};
use tashika::trust::{self, Fingerprint, TrustStore};
use tashika::{CheckId, Duration, Error, Time, Trace};

use super::login::Told;
use super::{
    Age, Algorithms, Audience, Environment, Kind, NonceRule, Ocsp, Octets, Procedure, Reached,
    Vector,
};

/// Where a vector that was refused was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// In making the verifier, or what it is called with.
    Setup,
    /// In the check of everything but revocation.
    Check,
    /// In reading, verifying and adding a list.
    List,
    /// In reading a callback or a key set.
    Read,
    /// In the check of a callback.
    Callback,
    /// In reading and verifying an OCSP response.
    Response,
    /// In the confirmation by a status.
    Confirm,
    /// In reading the signed request back.
    Request,
    /// In taking a presentation out of its envelope or session.
    Envelope,
    /// In asking about the holder's age.
    Age,
}

/// A proof, or that the anchors make a store.
#[derive(Clone, Debug, Default)]
pub struct Accepted {
    /// The checks that passed.
    pub trace: Trace,
    /// Whether the holder has reached the [age](super::Inputs::age) that was asked about.
    pub reached: Option<AtLeast>,
    /// Who logged in, and what is told of the person.
    pub told: Option<Told>,
}

impl From<Trace> for Accepted {
    fn from(trace: Trace) -> Self {
        Self {
            trace,
            ..Self::default()
        }
    }
}

/// What the sdk answered: a proof, or the refusal and its step.
pub type Outcome = Result<Accepted, (Step, Error)>;

impl Vector {
    /// Asks the sdk, through its public interface and under the production
    /// rules for lists.
    ///
    /// # Errors
    ///
    /// The refusal, and in which step it came.
    pub fn run(&self) -> Outcome {
        let trust = || self.trust().map_err(at(Step::Setup));
        match (self.procedure, self.kind) {
            (Procedure::Token, _) => self.token(),
            (_, Kind::AuthApp) => self.login(),
            (_, Kind::Mdoc | Kind::MdocStatus) => self.presentation(),
            (Procedure::Anchor, _) => trust().map(|_| Accepted::default()),
            (_, Kind::Signing) => self.signing(&trust()?),
            (_, Kind::Authentication) => self.authentication(&trust()?),
        }
    }

    fn signing(&self, trust: &TrustStore) -> Outcome {
        let verifier = SigningVerifier::new(
            trust.clone(),
            ProfileTable::standard(),
            self.inputs.algorithms.table(),
        )
        .map_err(at(Step::Setup))?
        .with_raw_schemes(self.schemes().map_err(at(Step::Setup))?);
        let check = |certificate: &[u8]| verifier.check_certificate(certificate, self.now());
        if matches!(
            self.procedure,
            Procedure::Certificate | Procedure::List | Procedure::Ocsp
        ) {
            let pending = check(self.certificate()).map_err(at(Step::Check))?;
            let proof = self.confirm(pending, trust, check)?;
            let reached = self.reached(proof.holder());
            return Ok(Accepted {
                trace: proof.trace(),
                reached: reached.map_err(at(Step::Setup))?,
                told: None,
            });
        }
        let document = self.document().map_err(at(Step::Setup))?;
        let pending = verifier.check(&document, self.now());
        let pending = pending.map_err(at(Step::Check))?;
        let proof = self.confirm(pending, trust, check)?;
        if let Some(audience) = &self.inputs.audience {
            let audience = audience.value().map_err(at(Step::Setup))?;
            let request = proof.request(&audience, self.now());
            request.map_err(at(Step::Request))?;
        }
        Ok(proof.trace().into())
    }

    fn authentication(&self, trust: &TrustStore) -> Outcome {
        let verifier = AuthenticationVerifier::new(
            trust.clone(),
            ProfileTable::standard(),
            self.inputs.algorithms.table(),
        )
        .map_err(at(Step::Setup))?
        .with_raw_schemes(self.schemes().map_err(at(Step::Setup))?);
        let check = |certificate: &[u8]| verifier.check_certificate(certificate, self.now());
        let trace = match self.procedure {
            Procedure::Certificate | Procedure::List | Procedure::Ocsp => {
                let pending = check(self.certificate()).map_err(at(Step::Check))?;
                self.confirm(pending, trust, check)?.trace()
            }
            Procedure::Challenge => {
                let challenge = Challenge::from_bytes(octets(&self.inputs.message));
                let challenge = challenge.map_err(at(Step::Check))?;
                let audience = self.inputs.audience.as_ref();
                let audience = audience.map_or_else(misused, Audience::value);
                let audience = audience.map_err(at(Step::Setup))?;
                let response = self.response();
                let pending = verifier.check(challenge, &audience, &response, self.now());
                let pending = pending.map_err(at(Step::Check))?;
                self.confirm(pending, trust, check)?.trace()
            }
            _ => {
                let response = self.response();
                let message = octets(&self.inputs.message);
                let pending = verifier.danger_check_message(message, &response, self.now());
                let pending = pending.map_err(at(Step::Check))?;
                self.confirm(pending, trust, check)?.trace()
            }
        };
        Ok(trace.into())
    }

    /// The proof by the lists or the response of the vector, or unchecked where
    /// it has none.
    fn confirm<P: Pending, C: Pending>(
        &self,
        pending: Unconfirmed<P>,
        trust: &TrustStore,
        check: impl Fn(&[u8]) -> Result<Unconfirmed<C>, Error>,
    ) -> Result<P::Proof, (Step, Error)> {
        if let Some(ocsp) = &self.inputs.ocsp {
            let status = self.respond(ocsp, pending.query(), trust)?;
            let proof = pending.confirm(&status, &self.policy(), self.now());
            return proof.map_err(at(Step::Confirm));
        }
        let Some(lists) = &self.inputs.lists else {
            return Ok(pending.danger_unchecked());
        };
        let set = self.set(lists, trust).map_err(at(Step::List))?;
        let status = match &self.inputs.status_of {
            Some(other) => {
                let other = check(other.as_ref()).map_err(at(Step::Setup))?;
                self.status(&set, &other)
            }
            None => self.status(&set, &pending),
        };
        let proof = pending.confirm(&status, &self.policy(), self.now());
        proof.map_err(at(Step::Confirm))
    }

    fn policy(&self) -> Policy {
        let age = self.inputs.max_age;
        Policy::strict(age.map_or(Duration::hours(36), Duration::seconds))
    }

    /// What an OCSP response says; lists speak for the responder.
    fn respond(
        &self,
        ocsp: &Ocsp,
        query: &RevocationQuery,
        trust: &TrustStore,
    ) -> Result<Status, (Step, Error)> {
        let hash = IdentifierHash::Sha256;
        let request = match ocsp
            .nonce
            .as_ref()
            .map(|nonce| nonce.0.as_slice().try_into())
        {
            Some(Ok(nonce)) => OcspRequest::from_entropy(query, hash, nonce),
            Some(Err(_)) => return misused().map_err(at(Step::Setup)),
            None => OcspRequest::without_nonce(query, hash),
        };
        let lists = self.inputs.lists.as_deref().unwrap_or_default();
        let set = self.set(lists, trust).map_err(at(Step::List))?;
        let rule = match ocsp.nonce_rule {
            NonceRule::Required => revocation::NonceRule::Required,
            NonceRule::OrMaxAge => revocation::NonceRule::OrMaxAge,
        };
        let policy = OcspPolicy::new(rule, Duration::hours(1));
        let table = self.inputs.algorithms.table();
        let purpose = self.kind.purpose().map_err(at(Step::Setup))?;
        let verifier = OcspVerifier::new(trust.clone(), purpose, table, policy);
        let response = ocsp.response.as_ref();
        let status = verifier.verify_with(&request, response, self.now(), |delegate| {
            let status = self.status(&set, &delegate);
            delegate.confirm(&status, &self.policy(), self.now())
        });
        status.map_err(at(Step::Response))
    }

    fn reached(&self, holder: Option<&Holder>) -> Result<Option<AtLeast>, Error> {
        let asked = self.inputs.age.as_ref().zip(holder);
        let reached = |(age, holder): (&Age, &Holder)| holder.has_reached(age.years, self.now());
        asked.map(reached).transpose()
    }

    fn status<P: Pending>(&self, set: &ListSet, pending: &Unconfirmed<P>) -> Status {
        set.status(pending.query(), &ScopePolicy::production(), self.now())
    }

    fn set(&self, lists: &[Octets], trust: &TrustStore) -> Result<ListSet, Error> {
        let mut set = ListSet::new();
        for list in lists {
            let list = CertificateList::from_der(list.as_ref())?;
            let table = self.inputs.algorithms.table();
            let _ = set.add(list.verify(trust, self.kind.purpose()?, &table)?)?;
        }
        Ok(set)
    }

    fn trust(&self) -> Result<TrustStore, Error> {
        let environment = match self.inputs.environment {
            Environment::Test => trust::Environment::Test,
            Environment::Production => trust::Environment::Production,
        };
        let mut builder = TrustStore::builder(environment);
        for pin in &self.inputs.pins {
            let fingerprint = Fingerprint::of(pin.certificate.as_ref());
            builder = builder.pin(pin.purpose.purpose()?, fingerprint);
        }
        for anchor in &self.inputs.anchors {
            let purpose = anchor.purpose.purpose()?;
            builder = builder.anchor(purpose, anchor.certificate.as_ref())?;
        }
        builder.build()
    }

    fn document(&self) -> Result<SignedDocument, Error> {
        if let Some(message) = &self.inputs.cms {
            let message = Bytes::from(message.0.clone());
            return Ok(match &self.inputs.content {
                Some(content) => SignedDocument::cms_detached(message, content.0.clone().into()),
                None => SignedDocument::cms(message),
            });
        }
        let response = self.response();
        let certificate = response.certificate;
        if let Some(digest) = &self.inputs.digest {
            let digest = Digest::from_octets(DigestAlgorithm::Sha256, digest.as_ref())?;
            let signature = response.signature;
            return Ok(SignedDocument::danger_digest(
                certificate,
                signature,
                digest,
            ));
        }
        let message = octets(&self.inputs.message).to_vec().into();
        Ok(SignedDocument::raw(
            certificate,
            response.signature,
            message,
        ))
    }

    fn response(&self) -> ChallengeResponse {
        ChallengeResponse {
            certificate: self.certificate().to_vec().into(),
            signature: octets(&self.inputs.signature).to_vec().into(),
        }
    }

    /// The one scheme of the vector, or the verifier's own.
    fn schemes(&self) -> Result<RawSchemes, Error> {
        match &self.inputs.scheme {
            Some(name) => Ok(RawSchemes::only(name.parse()?)),
            None => Ok(RawSchemes::standard()),
        }
    }

    fn certificate(&self) -> &[u8] {
        octets(&self.inputs.certificate)
    }

    fn now(&self) -> Time {
        Time::from_unix(self.now)
    }

    /// The check that is asked about, if there is one of that name.
    #[must_use]
    pub fn check_id(&self) -> Option<CheckId> {
        CheckId::ALL
            .iter()
            .copied()
            .find(|c| c.as_str() == self.check)
    }
}

impl From<Reached> for AtLeast {
    fn from(reached: Reached) -> Self {
        match reached {
            Reached::Yes => Self::Yes,
            Reached::No => Self::No,
            Reached::Unknown => Self::Unknown,
        }
    }
}

impl Kind {
    /// What anchors vouch for.
    fn purpose(self) -> Result<trust::Purpose, Error> {
        match self {
            Self::Signing => Ok(trust::Purpose::JpkiSigning),
            Self::Authentication => Ok(trust::Purpose::JpkiAuthentication),
            Self::Mdoc => Ok(trust::Purpose::MdocIssuer),
            Self::MdocStatus => Ok(trust::Purpose::MdocStatus),
            Self::AuthApp => misused(),
        }
    }
}

impl Algorithms {
    fn table(self) -> AlgorithmTable {
        match self {
            Self::Standard => AlgorithmTable::standard(),
            Self::WithPss => AlgorithmTable::standard().with_pss(),
        }
    }
}

impl Audience {
    fn value(&self) -> Result<transaction::Audience, Error> {
        Ok(transaction::Audience {
            relying_party: RelyingParty::from_origin(&self.relying_party)?,
            purpose: transaction::Purpose::named(&self.purpose)?,
        })
    }
}

fn at(step: Step) -> impl Fn(Error) -> (Step, Error) {
    move |error| (step, error)
}

fn misused<T>() -> Result<T, Error> {
    Err(Error::new(tashika::Code::MisuseArgument))
}

fn octets(octets: &Option<Octets>) -> &[u8] {
    octets.as_ref().map(AsRef::as_ref).unwrap_or_default()
}
