//! What a record keeps of a proof.

use const_oid::ObjectIdentifier;

use crate::algorithm::SignatureScheme;
#[cfg(feature = "auth-app")]
use crate::auth_app::VerifiedLogin;
#[cfg(feature = "auth-app")]
use crate::auth_app::signing::{
    OperatorCertificate, OperatorSubject, OperatorWord, Verification, VerifiedSigning,
};
use crate::jpki::{Carrier, CertificateIdentity, Kind, Proven};
#[cfg(feature = "mdoc")]
use crate::mdoc::{VerifiedDocument, status::RecordConfirmation};
use crate::revocation::Confirmation;
#[cfg(feature = "mdoc")]
use crate::time::Time;
use crate::time::Validity;
use crate::trust::{Anchor, Fingerprint, TrustVersion};

/// Of a certificate of a card.
pub(super) struct CertificateFacts {
    pub(super) kind: Kind,
    pub(super) carrier: Option<Carrier>,
    pub(super) policy: Option<ObjectIdentifier>,
    pub(super) identity: CertificateIdentity,
    pub(super) issuer: Issuer,
    pub(super) validity: Validity,
    pub(super) scheme: Option<SignatureScheme>,
    pub(super) signed: Option<Fingerprint>,
    pub(super) confirmation: Confirmation,
    pub(super) trust: TrustVersion,
}

/// Who issued something: its name and its key, of which generations differ.
pub(super) struct Issuer {
    pub(super) name: Fingerprint,
    pub(super) key_identifier: Box<[u8]>,
}

/// Of a document that was presented: nothing that it says.
#[cfg(feature = "mdoc")]
pub(super) struct DocumentFacts {
    pub(super) doc_type: String,
    pub(super) anchor: Fingerprint,
    pub(super) issuer: Issuer,
    pub(super) valid_from: Time,
    pub(super) valid_until: Time,
    pub(super) confirmation: Confirmation,
    pub(super) record: Option<RecordConfirmation>,
}

/// Of a login by the auth app.
#[cfg(feature = "auth-app")]
pub(super) struct LoginFacts {
    pub(super) issuer: String,
    pub(super) subject: String,
    pub(super) acr: Option<String>,
}

/// Of a document that was signed through the auth app.
#[cfg(feature = "auth-app")]
pub(super) struct SigningFacts {
    pub(super) login: LoginFacts,
    pub(super) verified: VerifiedBy,
}

/// Who verified a signature, and what is known from it.
#[cfg(feature = "auth-app")]
pub(super) enum VerifiedBy {
    Ourselves(Box<CertificateFacts>),
    Operator(OperatorFacts),
}

/// What a platform operator said of a signature.
#[cfg(feature = "auth-app")]
pub(super) struct OperatorFacts {
    pub(super) operator: String,
    pub(super) subject: OperatorSubject,
    pub(super) certificate: OperatorCertificate,
    pub(super) signed: Fingerprint,
}

impl CertificateFacts {
    pub(super) fn of(proven: Proven<'_>, signed: Option<Fingerprint>) -> Self {
        let leaf = proven.leaf();
        Self {
            kind: leaf.kind(),
            carrier: leaf.carrier(),
            policy: leaf.policy(),
            identity: leaf.identity().clone(),
            issuer: Issuer::of(leaf.anchor()),
            validity: leaf.validity(),
            scheme: proven.scheme(),
            signed,
            confirmation: proven.confirmation().clone(),
            trust: leaf.trust_version(),
        }
    }
}

impl Issuer {
    fn of(anchor: &Anchor) -> Self {
        Self {
            name: Fingerprint::of(anchor.subject()),
            key_identifier: anchor.key_identifier().into(),
        }
    }
}

#[cfg(feature = "mdoc")]
impl DocumentFacts {
    pub(super) fn of(document: &VerifiedDocument) -> Self {
        let validity = document.validity();
        Self {
            doc_type: document.doc_type().to_owned(),
            anchor: document.anchor().fingerprint(),
            issuer: Issuer::of(document.anchor()),
            valid_from: validity.valid_from,
            valid_until: validity.valid_until,
            confirmation: document.confirmation().clone(),
            record: document.record().copied(),
        }
    }
}

#[cfg(feature = "auth-app")]
impl LoginFacts {
    pub(super) fn of(login: &VerifiedLogin) -> Self {
        Self {
            issuer: login.issuer().to_owned(),
            subject: login.subject().as_str().to_owned(),
            acr: login.acr().map(str::to_owned),
        }
    }
}

#[cfg(feature = "auth-app")]
impl SigningFacts {
    pub(super) fn of(signing: &VerifiedSigning) -> Self {
        let signed = Fingerprint::of_digest(&signing.digest());
        Self {
            login: LoginFacts {
                issuer: signing.issuer().to_owned(),
                subject: signing.subject().as_str().to_owned(),
                acr: signing.acr().map(str::to_owned),
            },
            verified: match signing.verification() {
                Verification::Ourselves(proof) => {
                    let facts = CertificateFacts::of((&**proof).into(), Some(signed));
                    VerifiedBy::Ourselves(Box::new(facts))
                }
                Verification::Operator(word) => {
                    VerifiedBy::Operator(OperatorFacts::of(word, signed))
                }
            },
        }
    }
}

#[cfg(feature = "auth-app")]
impl OperatorFacts {
    fn of(word: &OperatorWord, signed: Fingerprint) -> Self {
        Self {
            operator: word.operator().to_owned(),
            subject: word.subject(),
            certificate: word.certificate(),
            signed,
        }
    }
}
