//! A presentation before the sdk.

mod arrival;
mod status;

use tashika::mdoc::{
    self, AgeAtLeast, Answer, CertificateProfile, IssuerProfile, PresentationVerifier, Requested,
    Retention, SessionTranscript, UnconfirmedPresentation, VerifiedPresentation,
};
use tashika::person::AtLeast;
use tashika::revocation::ScopePolicy;
use tashika::trust::{Environment, TrustStore};
use tashika::{Code, Error, Time};

use super::{Accepted, Outcome, Step, at};
use crate::vectors::presentation::{
    AgeEvidence, Issuers, Need, Presentation, Profile, RequestedDocument, RequestedElement,
    Transcript,
};
use crate::vectors::{Anchor, Octets, Vector};

impl Vector {
    pub(super) fn presentation(&self) -> Outcome {
        let presentation = self.inputs.presentation.as_ref();
        let presentation = presentation.ok_or(Error::new(Code::MisuseArgument));
        let presentation = presentation.map_err(at(Step::Setup))?;
        let verifier = presentation.verifier(self).map_err(at(Step::Setup))?;
        let requested = presentation.requested().map_err(at(Step::Setup))?;
        let arrived = presentation.arrive()?;
        let presented = arrived.presented();
        let checked = verifier.check(&presented, &requested, self.now());
        let checked = checked.map_err(at(Step::Check))?;
        let proof = self.confirm_presentation(checked, &verifier, presentation)?;
        let reached = self.age_of(&proof, presentation);
        let reached = reached.map_err(at(Step::Age))?;
        let trace = proof.documents().last().map(|document| document.trace());
        Ok(Accepted {
            trace: trace.unwrap_or_default(),
            reached,
            told: None,
        })
    }

    /// The proof by the lists of the vector, or unchecked where it has none.
    fn confirm_presentation(
        &self,
        checked: UnconfirmedPresentation,
        verifier: &PresentationVerifier,
        presentation: &Presentation,
    ) -> Result<VerifiedPresentation, (Step, Error)> {
        let Some(lists) = &self.inputs.lists else {
            return Ok(checked.danger_unchecked());
        };
        let now = presentation.confirmed_at;
        let now = now.map_or(self.now(), Time::from_unix);
        let roots = presentation.issuers.iter().flat_map(|i| &i.anchors);
        let set = trust(roots).and_then(|trust| self.set(lists, &trust));
        let set = set.map_err(at(Step::List))?;
        let scope = ScopePolicy::production();
        let signer = |question: mdoc::Question<'_>| set.status(question.signer(), &scope, now);
        let signers: Vec<_> = checked.questions().map(signer).collect();
        let record = presentation.record(&checked, verifier, self.now());
        let record = record.map_err(at(Step::Setup))?;
        let answer = |signer| match &record {
            Some(record) => Answer::of(signer).with_record(record),
            None => Answer::of(signer),
        };
        let answers: Vec<_> = signers.iter().map(answer).collect();
        let records = presentation.record_policy();
        let proof = checked.confirm(&answers, &self.policy(), records, now);
        proof.map_err(at(Step::Confirm))
    }

    fn age_of(
        &self,
        proof: &VerifiedPresentation,
        presentation: &Presentation,
    ) -> Result<Option<AtLeast>, Error> {
        let question = self.inputs.age.zip(presentation.age_evidence);
        let Some(((age, evidence), document)) = question.zip(proof.documents().last()) else {
            return Ok(None);
        };
        let question = AgeAtLeast::new(age.years);
        let check = document.check_age(question, evidence.value(), self.now())?;
        Ok(Some(check.outcome()))
    }
}

impl Presentation {
    fn verifier(&self, vector: &Vector) -> Result<PresentationVerifier, Error> {
        let verifier = PresentationVerifier::new(vector.inputs.algorithms.table());
        let mut issuers = self.issuers.iter();
        issuers.try_fold(verifier, |verifier, issuers| {
            verifier.with_issuers(issuers.profile(), trust(issuers.anchors.iter())?)
        })
    }

    fn requested(&self) -> Result<Requested, Error> {
        let documents = self.requested.iter().map(RequestedDocument::value);
        Requested::new(documents.collect::<Result<_, _>>()?)
    }
}

impl Issuers {
    fn profile(&self) -> IssuerProfile {
        match self.profile {
            Profile::JpMnc => IssuerProfile::jp_mnc(),
            Profile::Strict => IssuerProfile::strict(&self.doc_type),
            Profile::DangerAnyLeaf => IssuerProfile::strict(&self.doc_type)
                .with_certificates(CertificateProfile::DangerAnyLeaf),
        }
    }
}

fn trust<'a>(mut anchors: impl Iterator<Item = &'a Anchor>) -> Result<TrustStore, Error> {
    let builder = TrustStore::builder(Environment::Test);
    let builder = anchors.try_fold(builder, |builder, anchor| {
        builder.anchor(anchor.purpose.purpose()?, anchor.certificate.as_ref())
    })?;
    builder.build()
}

impl RequestedDocument {
    fn value(&self) -> Result<mdoc::RequestedDocument, Error> {
        let document = mdoc::RequestedDocument::new(&self.doc_type)?;
        let document = match self.need {
            Need::Mandatory => document,
            Need::Optional => document.optional(),
        };
        let mut elements = self.elements.iter();
        elements.try_fold(document, |document, element| element.add_to(document))
    }
}

impl RequestedElement {
    fn add_to(&self, document: mdoc::RequestedDocument) -> Result<mdoc::RequestedDocument, Error> {
        let need = match self.need {
            Need::Mandatory => mdoc::Need::Mandatory,
            Need::Optional => mdoc::Need::Optional,
        };
        let (namespace, retention) = (&self.namespace, Retention::NotRetained);
        let Some(evidence) = self.age_evidence else {
            return document.element(namespace, &self.identifier, retention, need);
        };
        let digits = self.identifier.strip_prefix("age_over_");
        let years = digits.and_then(|digits| digits.parse().ok());
        let years = years.ok_or(Error::new(Code::MisuseArgument))?;
        document.age_over(namespace, years, retention, need, evidence.value())
    }
}

impl AgeEvidence {
    fn value(self) -> mdoc::AgeEvidence {
        match self {
            Self::OverOnly => mdoc::AgeEvidence::OverOnly,
            Self::OrAgeInYears => mdoc::AgeEvidence::OrAgeInYears,
            Self::OrBirthDate => mdoc::AgeEvidence::OrBirthDate,
        }
    }
}

impl Transcript {
    fn value(&self) -> Result<SessionTranscript, Error> {
        Ok(match self {
            Self::Qr {
                engagement,
                reader_key,
            } => SessionTranscript::qr(engagement.as_ref(), reader_key.as_ref())?,
            Self::Nfc {
                engagement,
                reader_key,
                select,
                request,
            } => SessionTranscript::nfc(
                engagement.as_ref(),
                reader_key.as_ref(),
                select.as_ref(),
                request.as_ref().map(AsRef::as_ref),
            )?,
            Self::Openid4vpRedirect {
                client_id,
                nonce,
                thumbprint,
                response_uri,
            } => {
                let thumbprint = thumbprint.as_ref().map(digest).transpose()?;
                SessionTranscript::openid4vp_redirect(client_id, nonce, thumbprint, response_uri)
            }
            Self::Openid4vpDcApi {
                origin,
                nonce,
                thumbprint,
            } => {
                let thumbprint = thumbprint.as_ref().map(digest).transpose()?;
                SessionTranscript::openid4vp_dc_api(origin, nonce, thumbprint)
            }
            Self::AnnexB {
                client_id,
                response_uri,
                nonce,
                mdoc_nonce,
            } => SessionTranscript::annex_b(client_id, response_uri, nonce, mdoc_nonce),
            Self::AnnexC {
                encryption_info,
                origin,
            } => SessionTranscript::annex_c(encryption_info, origin),
            Self::Apple {
                nonce,
                merchant_id,
                team_id,
                public_key_hash,
            } => {
                let hash = digest(public_key_hash)?;
                SessionTranscript::apple(nonce.as_ref(), merchant_id, team_id, hash)
            }
            Self::Stored { octets } => SessionTranscript::stored(octets.as_ref())?,
        })
    }
}

fn digest(octets: &Octets) -> Result<&[u8; 32], Error> {
    let octets = octets.as_ref().try_into();
    octets.map_err(|_| Error::new(Code::MisuseArgument))
}
