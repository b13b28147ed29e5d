//! A presentation before the sdk.

use bytes::Bytes;
use tashika::mdoc::status::RecordPolicy;
use tashika::mdoc::{
    self, Answer, CertificateProfile, Curve, EphemeralKey, IssuerProfile, PresentationVerifier,
    Presented, Requested, Retention, SessionTranscript, UnconfirmedPresentation,
    VerifiedPresentation,
};
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
        let setup = at(Step::Setup);
        let presentation = self.inputs.presentation.as_ref();
        let presentation = presentation.ok_or(Error::new(Code::MisuseArgument));
        let presentation = presentation.map_err(&setup)?;
        let verifier = presentation.verifier(self).map_err(&setup)?;
        let requested = presentation.requested().map_err(&setup)?;
        let transcript = presentation.transcript.value().map_err(&setup)?;
        let key = presentation.reader_key.as_ref().map(reader_key);
        let key = key.transpose().map_err(&setup)?;
        let response = Bytes::from(presentation.response.0.clone());
        let presented = match &key {
            Some(key) => Presented::in_session(&response, &transcript, key),
            None => Presented::new(&response, &transcript),
        };
        let checked = verifier.check(&presented, &requested, self.now());
        let checked = checked.map_err(at(Step::Check))?;
        let proof = self.confirm_presentation(checked, presentation)?;
        let document = proof.documents().last();
        Ok(document.map_or_else(Accepted::default, |d| d.trace().into()))
    }

    /// The proof by the lists of the vector, or unchecked where it has none.
    fn confirm_presentation(
        &self,
        checked: UnconfirmedPresentation,
        presentation: &Presentation,
    ) -> Result<VerifiedPresentation, (Step, Error)> {
        let Some(lists) = &self.inputs.lists else {
            return Ok(checked.danger_unchecked());
        };
        let now = presentation
            .confirmed_at
            .map_or(self.now(), Time::from_unix);
        let roots = presentation.issuers.iter().flat_map(|i| &i.anchors);
        let set = trust(roots).and_then(|trust| self.set(lists, &trust));
        let set = set.map_err(at(Step::List))?;
        let scope = ScopePolicy::production();
        let questions = checked.questions();
        let statuses: Vec<_> = questions
            .map(|question| set.status(question.signer(), &scope, now))
            .collect();
        let answers: Vec<_> = statuses.iter().map(Answer::of).collect();
        let records = RecordPolicy::WhereAvailable;
        let proof = checked.confirm(&answers, &self.policy(), records, now);
        proof.map_err(at(Step::Confirm))
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
        builder.anchor(anchor.purpose.purpose(), anchor.certificate.as_ref())
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
        let evidence = match evidence {
            AgeEvidence::OverOnly => mdoc::AgeEvidence::OverOnly,
            AgeEvidence::OrAgeInYears => mdoc::AgeEvidence::OrAgeInYears,
            AgeEvidence::OrBirthDate => mdoc::AgeEvidence::OrBirthDate,
        };
        document.age_over(namespace, years, retention, need, evidence)
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

fn reader_key(scalar: &Octets) -> Result<EphemeralKey, Error> {
    let scalar = scalar.as_ref();
    let curve = match scalar.len() {
        48 => Curve::P384,
        _ => Curve::P256,
    };
    EphemeralKey::from_entropy(curve, scalar)
}
