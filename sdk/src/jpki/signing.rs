//! 署名用: documents that a person signed.

use std::fmt;

use bytes::Bytes;

use crate::algorithm::{AlgorithmTable, RawSchemes, SignatureScheme};
use crate::cms::SignedData;
use crate::code::{CheckId, Code};
use crate::error::{Error, Trace};
use crate::jpki::certificate::PendingCertificate;
use crate::jpki::desk::Desk;
use crate::jpki::signed_document::{Form, SignedDocument};
use crate::jpki::{Holder, Kind, Leaf, ProfileTable, SigningRequest};
use crate::revocation::{Confirmation, Pending, Sealed, Settled, Unconfirmed};
use crate::time::Time;
use crate::transaction::Audience;
use crate::trust::TrustStore;
use crate::x509::Issued;

/// Verifies documents signed with a 署名用 certificate.
#[derive(Clone, Debug)]
pub struct SigningVerifier {
    desk: Desk,
}

impl SigningVerifier {
    /// A verifier against the signing anchors of `trust`.
    ///
    /// # Errors
    /// `misuse.profile` if `profiles` has none for the environment of `trust`.
    pub fn new(
        trust: TrustStore,
        profiles: ProfileTable,
        algorithms: AlgorithmTable,
    ) -> Result<Self, Error> {
        let desk = Desk::new(Kind::Signing, trust, profiles, algorithms)?;
        Ok(Self { desk })
    }

    /// This verifier, with other schemes for bare signatures than the
    /// [standard ones](RawSchemes::standard).
    #[must_use]
    pub fn with_raw_schemes(mut self, schemes: RawSchemes) -> Self {
        self.desk = self.desk.with_raw_schemes(schemes);
        self
    }

    /// See [`OneHop::remember`](crate::x509::OneHop::remember).
    #[cfg(feature = "cache")]
    #[must_use]
    pub fn remember(mut self, capacity: u64) -> Self {
        self.desk = self.desk.remember(capacity);
        self
    }

    /// Checks everything but revocation at `now`. Nothing of the document is
    /// readable before that is confirmed too.
    ///
    /// # Errors
    /// A code under `input.`, `cms.`, `x509.`, `trust.`, `signature.`, `jpki.`.
    pub fn check(
        &self,
        document: &SignedDocument,
        now: Time,
    ) -> Result<Unconfirmed<PendingSignature>, Error> {
        let (desk, mut trace) = (&self.desk, Trace::default());
        match &document.form {
            Form::Raw {
                certificate,
                signature,
                message,
            } => {
                let (issued, scheme) =
                    desk.verify(certificate, message, signature, now, &mut trace)?;
                self.pend(&issued, scheme, Some(message.clone()), trace)
            }
            Form::Digest {
                certificate,
                signature,
                digest,
                scheme,
            } => {
                let (issued, scheme) =
                    desk.verify_digest(certificate, (digest, *scheme), signature, now, &mut trace)?;
                self.pend(&issued, scheme, None, trace)
            }
            #[cfg(feature = "auth-app")]
            Form::Padded(padded) => {
                let issued = desk.verify_padded(padded, now, &mut trace)?;
                self.pend(&issued, padded.scheme, padded.content.clone(), trace)
            }
            Form::Cms { message, content } => {
                let algorithms = desk.algorithms();
                let signed = SignedData::read(message, content.as_ref(), algorithms, &mut trace)?;
                let issued = desk.issue(signed.signer_certificate(), now, &mut trace)?;
                signed.verify(&issued, &mut trace)?;
                let content = signed.content().clone();
                self.pend(&issued, signed.scheme(), Some(content), trace)
            }
        }
    }

    /// Checks a certificate alone, without a signature by it: that it is
    /// genuine and valid, not that whoever shows it holds its key.
    ///
    /// # Errors
    /// A code under `input.`, `x509.`, `trust.`, `jpki.`.
    pub fn check_certificate(
        &self,
        certificate: &[u8],
        now: Time,
    ) -> Result<Unconfirmed<PendingCertificate>, Error> {
        let mut trace = Trace::default();
        let issued = self.desk.issue(certificate, now, &mut trace)?;
        let holder = trace.check(CheckId::Holder, Holder::read(issued.subject_alt_name()))?;
        let pending = PendingCertificate::new(self.desk.leaf(&issued), Some(holder));
        Unconfirmed::new(pending, &issued, trace)
    }

    fn pend(
        &self,
        issued: &Issued,
        scheme: SignatureScheme,
        content: Option<Bytes>,
        mut trace: Trace,
    ) -> Result<Unconfirmed<PendingSignature>, Error> {
        let holder = trace.check(CheckId::Holder, Holder::read(issued.subject_alt_name()))?;
        let pending = PendingSignature {
            leaf: self.desk.leaf(issued),
            holder,
            scheme,
            content,
        };
        Unconfirmed::new(pending, issued, trace)
    }
}

/// A signature that is genuine, by a certificate that may be revoked.
pub struct PendingSignature {
    leaf: Leaf,
    holder: Holder,
    scheme: SignatureScheme,
    content: Option<Bytes>,
}

// What a person signed tells of the person.
impl fmt::Debug for PendingSignature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PendingSignature")
            .field("leaf", &self.leaf)
            .field("scheme", &self.scheme)
            .finish_non_exhaustive()
    }
}

impl Sealed for PendingSignature {}

impl Pending for PendingSignature {
    type Proof = VerifiedSignature;

    fn confirm(self, settled: Settled) -> VerifiedSignature {
        VerifiedSignature {
            signature: self,
            settled,
        }
    }
}

/// The proof that the holder of a 署名用 certificate signed this content.
#[derive(Debug)]
pub struct VerifiedSignature {
    signature: PendingSignature,
    settled: Settled,
}

impl VerifiedSignature {
    /// What was signed; none if only its digest was passed in.
    #[must_use]
    pub fn content(&self) -> Option<&Bytes> {
        self.signature.content.as_ref()
    }

    /// Who signed it.
    #[must_use]
    pub fn holder(&self) -> &Holder {
        &self.signature.holder
    }

    /// The certificate it was signed with.
    #[must_use]
    pub fn leaf(&self) -> &Leaf {
        &self.signature.leaf
    }

    /// The scheme of the signature: how it was signed, also where that is no
    /// standard.
    #[must_use]
    pub fn scheme(&self) -> SignatureScheme {
        self.signature.scheme
    }

    /// How revocation was settled.
    #[must_use]
    pub fn confirmation(&self) -> &Confirmation {
        self.settled.confirmation()
    }

    /// The checks that passed.
    #[must_use]
    pub fn trace(&self) -> Trace {
        self.settled.trace()
    }

    /// Reads the signed content back as a request of ours; see
    /// [`SigningRequest::from_verified`].
    ///
    /// # Errors
    /// `transaction.form`, `transaction.foreign` or `transaction.expired`.
    pub fn request(&self, audience: &Audience, now: Time) -> Result<SigningRequest, Error> {
        let content = self.content().ok_or(Code::TransactionForm)?;
        SigningRequest::from_verified(content, audience, now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::revocation::testing::{Ca, tlv};
    use crate::trust::{Environment, Purpose};

    /// The value of a subject alternative name with the four items.
    fn items() -> Vec<u8> {
        let texts = ["Taro", "0000", "1", "319800217", "Tokyo", "00000"];
        let names: Vec<_> = (1..)
            .zip(texts)
            .map(|(number, text)| {
                let oid = [0x2a, 0x83, 0x08, 0x8c, 0x9b, 0x55, 0x08, 0x05, 0x05, number];
                let text = tlv(0x0c, &[text.as_bytes().to_vec()]);
                tlv(0xa0, &[tlv(0x06, &[oid.to_vec()]), tlv(0xa0, &[text])])
            })
            .collect();
        tlv(0x30, &names)
    }

    #[test]
    fn nothing_printed_tells_what_was_signed() {
        let ca = Ca::new("CA");
        let issued = ca.issued(&ca.leaf(&[5], None), Purpose::JpkiSigning);
        let pending = PendingSignature {
            leaf: Leaf::of(
                &issued,
                Kind::Signing,
                Environment::Test,
                &ProfileTable::standard(),
            ),
            holder: Holder::read(Some(&items())).unwrap(),
            scheme: SignatureScheme::RSA_PKCS1_SHA256,
            content: Some(Bytes::from_static(b"a confession")),
        };
        let unconfirmed = Unconfirmed::new(pending, &issued, issued.trace()).unwrap();
        let proof = unconfirmed.danger_unchecked();
        let shown = format!("{proof:?}");
        for told in ["confession", "Taro", "Tokyo", "1980"] {
            assert!(!shown.contains(told), "{shown}");
        }
    }
}
