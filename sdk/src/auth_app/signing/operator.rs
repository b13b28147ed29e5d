//! The platform operator, which opens and verifies what is encrypted for it.

use std::collections::BTreeMap;
use std::fmt;

use bytes::Bytes;
use http::{Request, Response, StatusCode};
use serde_json::{Map, Value, json};

use crate::auth_app::endpoint::{endpoint, origin_of};
use crate::auth_app::exchange::{self, AccessToken, Reading};
use crate::auth_app::signing::names::Names;
use crate::auth_app::signing::signed::Signed;
use crate::auth_app::signing::verified::{
    OperatorCertificate, OperatorSubject, OperatorWord, Verification,
};
use crate::auth_app::signing::{SealedResult, VerifiedSigning};
use crate::auth_app::{Fault, Subject};
use crate::code::Code;
use crate::error::Error;
use crate::hex::Hex;
use crate::limits;

/// A platform operator (プラットフォーム事業者) that verifies encrypted results
/// for us.
///
/// It is asked with the result, our own digest of what was to be signed, and the
/// transaction. Its word counts for what it repeats of these: an answer about
/// another document, transaction or person proves nothing, whatever it says.
/// Nothing in it is signed, so it counts over a connection whose other side is
/// known: TLS with configured roots, and a client certificate where the operator
/// wants one.
pub struct SigningOperator {
    url: String,
    origin: String,
    token: Option<AccessToken>,
    profile: OperatorProfile,
}

/// By which names and words the operator speaks. Operators' interfaces differ
/// and are under contract: whoever has the contract's reference sets them here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OperatorProfile {
    names: Names<OperatorMember>,
    digest: OperatorDigest,
    subject: SubjectRule,
    certificate: CertificateRule,
    verdicts: BTreeMap<String, OperatorVerdict>,
    certificates: BTreeMap<String, OperatorVerdict>,
}

/// A member of what the operator is sent, or answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum OperatorMember {
    /// The encrypted result, as it came: `jwe`.
    Jwe,
    /// What was signed, in both directions: `digest`.
    Digest,
    /// The provider's transaction, in both directions: `sign_transaction_id`.
    Transaction,
    /// The outcome: `result`.
    Result,
    /// Who signed: `sub`.
    Subject,
    /// What is known of the certificate: `certificate_status`.
    Certificate,
}

/// What stands for the document.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum OperatorDigest {
    /// The SHA-256 digest of the document, in lower-case hexadecimal. In which
    /// form it is signed is then for the operator to find out.
    Sha256,
    /// The octets that were given to be signed, in lower-case hexadecimal: they
    /// say in which form they are, for operators that take them.
    SignedOctets,
}

/// Whether the operator has to say who signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SubjectRule {
    /// It has to name the person who was authenticated.
    Required,
    /// It may. If it does, it has to be that person; if not, that the signature
    /// is theirs rests on the provider, which gave the result for their token.
    IfPresent,
}

/// Whether the operator has to say what is known of the certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CertificateRule {
    /// It has to.
    Required,
    /// It may: for operators whose contract says that their outcome is good for
    /// no certificate that is revoked or has expired.
    IfPresent,
}

/// What a word of the operator's says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum OperatorVerdict {
    /// Good.
    Valid,
    /// Of the signature: it is none over this document. Of the certificate: it is
    /// not valid.
    Invalid,
    /// It cannot say.
    Unknown,
}

impl OperatorProfile {
    /// Names as [`OperatorMember`] says, the digest of the document, the subject
    /// and what is known of the certificate required; `valid`, `invalid` and `unknown` as outcomes, and
    /// `good`, `valid`, `revoked`, `expired`, `invalid` and `unknown` as what is
    /// known of a certificate.
    #[must_use]
    pub fn standard() -> Self {
        use OperatorVerdict::{Invalid, Unknown, Valid};
        let verdicts = [("valid", Valid), ("invalid", Invalid), ("unknown", Unknown)];
        let certificates = [
            ("good", Valid),
            ("valid", Valid),
            ("revoked", Invalid),
            ("expired", Invalid),
            ("invalid", Invalid),
            ("unknown", Unknown),
        ];
        Self {
            names: Names::new(&[
                (OperatorMember::Jwe, "jwe"),
                (OperatorMember::Digest, "digest"),
                (OperatorMember::Transaction, "sign_transaction_id"),
                (OperatorMember::Result, "result"),
                (OperatorMember::Subject, "sub"),
                (OperatorMember::Certificate, "certificate_status"),
            ]),
            digest: OperatorDigest::Sha256,
            subject: SubjectRule::Required,
            certificate: CertificateRule::Required,
            verdicts: verdicts
                .map(|(word, means)| (word.to_owned(), means))
                .into(),
            certificates: certificates
                .map(|(word, means)| (word.to_owned(), means))
                .into(),
        }
    }

    /// The same with another name of a member.
    ///
    /// # Errors
    /// `misuse.argument` unless it has 1 to 64 printable characters of ASCII and
    /// is no other member's.
    pub fn with_name(mut self, member: OperatorMember, name: &str) -> Result<Self, Error> {
        self.names.set(member, name)?;
        Ok(self)
    }

    /// The same with something else that stands for the document.
    #[must_use]
    pub fn with_digest(mut self, digest: OperatorDigest) -> Self {
        self.digest = digest;
        self
    }

    /// The same with another rule about who signed.
    #[must_use]
    pub fn with_subject(mut self, subject: SubjectRule) -> Self {
        self.subject = subject;
        self
    }

    /// The same with another rule about what is known of the certificate.
    #[must_use]
    pub fn with_certificate_rule(mut self, certificate: CertificateRule) -> Self {
        self.certificate = certificate;
        self
    }

    /// The same with another word for an outcome, or another meaning of one.
    #[must_use]
    pub fn with_verdict(mut self, word: &str, means: OperatorVerdict) -> Self {
        self.verdicts.insert(word.to_owned(), means);
        self
    }

    /// The same with another word about certificates, or another meaning of one.
    #[must_use]
    pub fn with_certificate(mut self, word: &str, means: OperatorVerdict) -> Self {
        self.certificates.insert(word.to_owned(), means);
        self
    }

    fn digest(&self, signed: &Signed) -> String {
        match self.digest {
            OperatorDigest::SignedOctets => Hex(&signed.input.octets()).to_string(),
            OperatorDigest::Sha256 => Hex(signed.input.digest().octets()).to_string(),
        }
    }
}

impl SigningOperator {
    /// The operator that verifies at `url`, and speaks as `profile` says.
    ///
    /// # Errors
    /// `misuse.argument` if it is no `https` URL, nor an `http` one of this
    /// machine, or has a query or a fragment.
    pub fn at(url: &str, profile: OperatorProfile) -> Result<Self, Error> {
        let url = endpoint(url)?;
        Ok(Self {
            origin: origin_of(&url),
            url: url.into(),
            token: None,
            profile,
        })
    }

    /// The same, asked with this secret as a bearer token (RFC 6750).
    ///
    /// # Errors
    /// `misuse.argument` if it has characters that a header cannot have.
    pub fn with_token(mut self, token: &str) -> Result<Self, Error> {
        self.token = Some(AccessToken::read(token).ok_or(Code::MisuseArgument)?);
        Ok(self)
    }

    /// Its origin: what a transport has to allow.
    #[must_use]
    pub fn origin(&self) -> &str {
        &self.origin
    }
}

/// What the operator says.
const ANSWER: Reading = Reading {
    good: &[StatusCode::OK],
    cap: limits::SIGNING_ANSWER,
    malformed: Code::InputSigningAnswer,
    refused: |_| Code::AuthAppClientRefused,
    unauthorized: Code::AuthAppInvalidClient,
};

impl SealedResult {
    /// The request that has `operator` open and verify it. It may be sent again.
    ///
    /// # Errors
    /// `misuse.argument` if the operator's URL cannot be written.
    pub fn request(&self, operator: &SigningOperator) -> Result<Request<Bytes>, Error> {
        let profile = &operator.profile;
        let body = json!({
            profile.names.of(OperatorMember::Jwe): self.jwe,
            profile.names.of(OperatorMember::Digest): profile.digest(&self.signed),
            profile.names.of(OperatorMember::Transaction): self.signed.transaction,
        });
        match &operator.token {
            Some(token) => token.post(&operator.url, &body),
            None => exchange::post(&operator.url, &body),
        }
    }

    /// Takes its answer.
    ///
    /// # Errors
    /// `auth_app.signing_transaction`, `auth_app.signing_digest` and
    /// `auth_app.signing_subject` if it is about something or somebody else,
    /// `auth_app.signing_invalid`, `auth_app.certificate`,
    /// `auth_app.signing_undetermined` if the operator cannot say,
    /// `input.signing_answer`, `auth_app.invalid_client` and
    /// `auth_app.client_refused` if the operator does not let us ask, and those of
    /// an answer that is none of the protocol.
    pub fn verify(
        &self,
        operator: &SigningOperator,
        response: &Response<Bytes>,
    ) -> Result<VerifiedSigning, Fault> {
        let word = self.word(operator, response);
        let word = word.map_err(|fault| fault.after(self.signed.trace))?;
        let signed = self.signed.clone();
        Ok(VerifiedSigning::new(signed, Verification::Operator(word)))
    }

    fn word(
        &self,
        operator: &SigningOperator,
        response: &Response<Bytes>,
    ) -> Result<OperatorWord, Fault> {
        // Also where something before it looks at client certificates.
        let status = response.status();
        if matches!(status, StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN) {
            return Err(Fault::of(Code::AuthAppInvalidClient, response));
        }
        let members = ANSWER.read(response)?;
        let answer = Answer {
            profile: &operator.profile,
            members: &members,
        };
        let said = answer.check(&self.signed);
        let (subject, certificate) = said.map_err(|code| Fault::of(code, response))?;
        Ok(OperatorWord {
            operator: operator.url.clone(),
            subject,
            certificate,
        })
    }
}

/// An answer of the operator's.
struct Answer<'a> {
    profile: &'a OperatorProfile,
    members: &'a Map<String, Value>,
}

impl Answer<'_> {
    /// What it is about comes before what it says.
    fn check(&self, signed: &Signed) -> Result<(OperatorSubject, OperatorCertificate), Code> {
        let malformed = Code::InputSigningAnswer;
        let transaction = self.text(OperatorMember::Transaction)?.ok_or(malformed)?;
        if !transaction.eq_ignore_ascii_case(&signed.transaction) {
            return Err(Code::AuthAppSigningTransaction);
        }
        let digest = self.text(OperatorMember::Digest)?.ok_or(malformed)?;
        if !digest.eq_ignore_ascii_case(&self.profile.digest(signed)) {
            return Err(Code::AuthAppSigningDigest);
        }
        let subject = self.subject(&signed.subject)?;
        let result = self.text(OperatorMember::Result)?.ok_or(malformed)?;
        match self.profile.verdicts.get(result) {
            Some(OperatorVerdict::Valid) => {}
            Some(OperatorVerdict::Invalid) => return Err(Code::AuthAppSigningInvalid),
            Some(OperatorVerdict::Unknown) => return Err(Code::AuthAppSigningUndetermined),
            None => return Err(malformed),
        }
        Ok((subject, self.certificate()?))
    }

    /// A member that is called something else than the profile says is not there.
    fn certificate(&self) -> Result<OperatorCertificate, Code> {
        let malformed = Code::InputSigningAnswer;
        let word = match (
            self.text(OperatorMember::Certificate)?,
            self.profile.certificate,
        ) {
            (Some(word), _) => word,
            (None, CertificateRule::IfPresent) => return Ok(OperatorCertificate::NotNamed),
            (None, CertificateRule::Required) => return Err(malformed),
        };
        match self.profile.certificates.get(word) {
            Some(OperatorVerdict::Valid) => Ok(OperatorCertificate::Valid),
            Some(OperatorVerdict::Invalid) => Err(Code::AuthAppCertificate),
            Some(OperatorVerdict::Unknown) => Err(Code::AuthAppSigningUndetermined),
            None => Err(malformed),
        }
    }

    fn subject(&self, expected: &Subject) -> Result<OperatorSubject, Code> {
        match (self.text(OperatorMember::Subject)?, self.profile.subject) {
            (Some(subject), _) if subject == expected.as_str() => Ok(OperatorSubject::Same),
            (None, SubjectRule::IfPresent) => Ok(OperatorSubject::NotNamed),
            (Some(_), _) | (None, SubjectRule::Required) => Err(Code::AuthAppSigningSubject),
        }
    }

    fn text(&self, member: OperatorMember) -> Result<Option<&str>, Code> {
        let value = self.members.get(self.profile.names.of(member));
        let text = value.map(|value| value.as_str().ok_or(Code::InputSigningAnswer));
        text.transpose()
    }
}

impl fmt::Debug for SigningOperator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SigningOperator")
            .field("url", &self.url)
            .finish_non_exhaustive()
    }
}
