//! Signature schemes and the table that allows them.

use std::fmt;
use std::ops::RangeInclusive;
use std::str::FromStr;

use aws_lc_rs::signature::{self, VerificationAlgorithm};
use const_oid::db::rfc5912;

use crate::algorithm::{DigestAlgorithm, KeyKind, PublicKey};
use crate::asn1::{self, NULL, Reader};
use crate::code::Code;
use crate::error::Error;

/// A signature scheme: kind of key, digest, padding and encoding, all fixed.
///
/// Nothing is recovered from the signature and nothing is tried: a signature
/// that was made under another scheme does not verify.
#[derive(Clone, Copy)]
pub struct SignatureScheme {
    name: &'static str,
    key: KeyKind,
    digest: Option<DigestAlgorithm>,
    verifier: Verifier,
}

/// What verifies signatures of a scheme.
#[derive(Clone, Copy)]
enum Verifier {
    Backend(&'static dyn VerificationAlgorithm),
    /// The comparison of padded octets, where a caller asks for it by name: no
    /// table can choose it.
    #[cfg(feature = "auth-app")]
    Padding,
}

macro_rules! schemes {
    ($($(#[doc = $doc:literal])+ $constant:ident = $name:literal, $key:ident, $digest:ident, $verifier:ident;)+) => {
        impl SignatureScheme {
            $($(#[doc = $doc])+
            pub const $constant: Self = Self {
                name: $name,
                key: KeyKind::$key,
                digest: Some(DigestAlgorithm::$digest),
                verifier: Verifier::Backend(&signature::$verifier),
            };)+

            /// Every scheme that can be chosen by name.
            pub const ALL: &'static [Self] = &[$(Self::$constant,)+];
        }
    };
}

schemes! {
    /// RSASSA-PKCS1-v1_5 with SHA-256 (RFC 8017, 8.2): what today's card makes.
    RSA_PKCS1_SHA256 = "pkcs1-sha256", Rsa, Sha256, RSA_PKCS1_2048_8192_SHA256;
    /// RSASSA-PKCS1-v1_5 with SHA-384.
    RSA_PKCS1_SHA384 = "pkcs1-sha384", Rsa, Sha384, RSA_PKCS1_2048_8192_SHA384;
    /// RSASSA-PKCS1-v1_5 with SHA-512.
    RSA_PKCS1_SHA512 = "pkcs1-sha512", Rsa, Sha512, RSA_PKCS1_2048_8192_SHA512;
    /// RSASSA-PSS with SHA-256, MGF1 with SHA-256 and a salt of 32 octets.
    RSA_PSS_SHA256 = "pss-sha256", Rsa, Sha256, RSA_PSS_2048_8192_SHA256;
    /// RSASSA-PSS with SHA-384, MGF1 with SHA-384 and a salt of 48 octets.
    RSA_PSS_SHA384 = "pss-sha384", Rsa, Sha384, RSA_PSS_2048_8192_SHA384;
    /// RSASSA-PSS with SHA-512, MGF1 with SHA-512 and a salt of 64 octets.
    RSA_PSS_SHA512 = "pss-sha512", Rsa, Sha512, RSA_PSS_2048_8192_SHA512;
    /// ECDSA on P-256 with SHA-256, the signature as a DER SEQUENCE of r and s.
    ECDSA_P256_SHA256 = "ecdsa-sha256", P256, Sha256, ECDSA_P256_SHA256_ASN1;
    /// ECDSA on P-384 with SHA-384, the signature as a DER SEQUENCE of r and s.
    ECDSA_P384_SHA384 = "ecdsa-sha384", P384, Sha384, ECDSA_P384_SHA384_ASN1;
    /// ECDSA on P-256 with SHA-256, the signature as r‖s of 64 octets.
    ECDSA_P256_SHA256_FIXED = "ecdsa-sha256-fixed", P256, Sha256, ECDSA_P256_SHA256_FIXED;
    /// ECDSA on P-384 with SHA-384, the signature as r‖s of 96 octets.
    ECDSA_P384_SHA384_FIXED = "ecdsa-sha384-fixed", P384, Sha384, ECDSA_P384_SHA384_FIXED;
}

#[cfg(feature = "auth-app")]
impl SignatureScheme {
    /// The padding of RSASSA-PKCS1-v1_5 around a SHA-256 digest alone, without
    /// the `DigestInfo` that the standard demands (RFC 8017, 9.2): what the auth
    /// app makes of 32 octets.
    ///
    /// It names how something was signed, and chooses nothing: no table accepts
    /// it, and no signature verifies under it but where a bare digest is asked
    /// for, as by [`SignedDocument::bare_sha256`](crate::jpki::SignedDocument::bare_sha256).
    pub const RSA_PKCS1_BARE_SHA256: Self = Self::padded("pkcs1-bare-sha256");
    /// The same padding around octets of the caller's own choice; see
    /// [`RSA_PKCS1_BARE_SHA256`](Self::RSA_PKCS1_BARE_SHA256).
    pub const RSA_PKCS1_PADDED: Self = Self::padded("pkcs1-padded");

    const fn padded(name: &'static str) -> Self {
        Self {
            name,
            key: KeyKind::Rsa,
            digest: None,
            verifier: Verifier::Padding,
        }
    }
}

impl SignatureScheme {
    /// A scheme that is none of ours, for suites and migrations.
    ///
    /// Nothing checks that it is safe.
    #[must_use]
    pub const fn danger_custom(
        name: &'static str,
        key: KeyKind,
        verifier: &'static dyn VerificationAlgorithm,
    ) -> Self {
        Self {
            name,
            key,
            digest: None,
            verifier: Verifier::Backend(verifier),
        }
    }

    /// The name by which command lines and reports call it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        self.name
    }

    /// The kind of key that it needs.
    #[must_use]
    pub const fn key(self) -> KeyKind {
        self.key
    }

    /// Its digest; none for a custom scheme, and for one that has no part in
    /// verifying.
    #[must_use]
    pub const fn digest(self) -> Option<DigestAlgorithm> {
        self.digest
    }

    /// The scheme that differs only in writing r and s as DER, of one that
    /// writes them as r‖s.
    pub(crate) fn in_der(self) -> Option<Self> {
        [
            (Self::ECDSA_P256_SHA256_FIXED, Self::ECDSA_P256_SHA256),
            (Self::ECDSA_P384_SHA384_FIXED, Self::ECDSA_P384_SHA384),
        ]
        .into_iter()
        .find(|(fixed, _)| *fixed == self)
        .map(|(_, in_der)| in_der)
    }

    /// `signature.scheme` if it is none that verifies a message.
    pub(crate) const fn verifier(self) -> Result<&'static dyn VerificationAlgorithm, Code> {
        match self.verifier {
            Verifier::Backend(verifier) => Ok(verifier),
            #[cfg(feature = "auth-app")]
            Verifier::Padding => Err(Code::SignatureScheme),
        }
    }
}

impl PartialEq for SignatureScheme {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

impl Eq for SignatureScheme {}

impl fmt::Debug for SignatureScheme {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}

impl FromStr for SignatureScheme {
    type Err = Error;

    fn from_str(name: &str) -> Result<Self, Error> {
        let found = Self::ALL.iter().find(|s| s.name == name).copied();
        found.ok_or(Error::new(Code::MisuseArgument))
    }
}

/// The allow-list: algorithm identifier to scheme, and the sizes of RSA keys.
#[derive(Clone, Debug)]
pub struct AlgorithmTable {
    entries: Vec<Entry>,
    rsa_bits: RangeInclusive<u32>,
}

#[derive(Clone, Debug)]
struct Entry {
    oid: &'static [u8],
    parameters: &'static [u8],
    scheme: SignatureScheme,
}

/// RFC 5758, 3.2: the parameters of the ECDSA identifiers are absent. Those of
/// the PKCS #1 v1.5 identifiers are NULL (RFC 4055, 5).
const ABSENT: &[u8] = &[];

impl AlgorithmTable {
    /// RSA from 2048 to 8192 bits with PKCS #1 v1.5 and SHA-2, and ECDSA on
    /// P-256 with SHA-256 and on P-384 with SHA-384.
    #[must_use]
    pub fn standard() -> Self {
        Self {
            entries: Vec::new(),
            rsa_bits: 2048..=8192,
        }
        .with(
            rfc5912::SHA_256_WITH_RSA_ENCRYPTION.as_bytes(),
            NULL,
            SignatureScheme::RSA_PKCS1_SHA256,
        )
        .with(
            rfc5912::ECDSA_WITH_SHA_384.as_bytes(),
            ABSENT,
            SignatureScheme::ECDSA_P384_SHA384,
        )
        .with(
            rfc5912::ECDSA_WITH_SHA_256.as_bytes(),
            ABSENT,
            SignatureScheme::ECDSA_P256_SHA256,
        )
        .with(
            rfc5912::SHA_384_WITH_RSA_ENCRYPTION.as_bytes(),
            NULL,
            SignatureScheme::RSA_PKCS1_SHA384,
        )
        .with(
            rfc5912::SHA_512_WITH_RSA_ENCRYPTION.as_bytes(),
            NULL,
            SignatureScheme::RSA_PKCS1_SHA512,
        )
    }

    /// This table and RSASSA-PSS, with MGF1 on the same digest and a salt of its length.
    #[must_use]
    pub fn with_pss(mut self) -> Self {
        for (parameters, scheme) in PSS {
            self = self.with(rfc5912::ID_RSASSA_PSS.as_bytes(), parameters, scheme);
        }
        self
    }

    /// This table and one more identifier, for suites and migrations. It takes
    /// the place of an equal one.
    ///
    /// `oid` is the contents of the object identifier, `parameters` the DER of
    /// the parameters, empty if they are absent. Nothing checks that it is safe.
    #[must_use]
    pub fn danger_with(
        mut self,
        oid: &'static [u8],
        parameters: &'static [u8],
        scheme: SignatureScheme,
    ) -> Self {
        self.entries
            .retain(|entry| entry.oid != oid || entry.parameters != parameters);
        self.with(oid, parameters, scheme)
    }

    /// This table with other sizes of RSA moduli, in bits, for suites.
    ///
    /// Nothing checks that they are safe.
    #[must_use]
    pub fn danger_rsa_bits(mut self, bits: RangeInclusive<u32>) -> Self {
        self.rsa_bits = bits;
        self
    }

    /// Reads a `SubjectPublicKeyInfo` in DER (RFC 5280, 4.1.2.7), for a signature
    /// that stands alone: nothing says whose key it is.
    ///
    /// # Errors
    /// `x509.subject_key` if it is malformed, or its kind or size is not allowed.
    pub fn public_key(&self, spki: &[u8]) -> Result<PublicKey, Error> {
        Ok(self.key(spki)?)
    }

    /// The scheme of an `AlgorithmIdentifier`, given the contents of its SEQUENCE.
    pub(crate) fn scheme(&self, identifier: &[u8]) -> Option<SignatureScheme> {
        let mut reader = Reader::new(identifier, Code::X509SignatureAlgorithm);
        let oid = reader.element(asn1::OID).ok()?.contents;
        self.entries
            .iter()
            .find(|entry| entry.oid == oid && entry.parameters == reader.rest())
            .map(|entry| entry.scheme)
    }

    /// Whether some identifier stands for `scheme`.
    pub(crate) fn allows(&self, scheme: SignatureScheme) -> bool {
        self.entries.iter().any(|entry| entry.scheme == scheme)
    }

    /// The key of a `SubjectPublicKeyInfo`, if its kind and size are allowed.
    pub(crate) fn key(&self, spki: &[u8]) -> Result<PublicKey, Code> {
        PublicKey::read(spki, &self.rsa_bits)
    }

    fn with(
        mut self,
        oid: &'static [u8],
        parameters: &'static [u8],
        scheme: SignatureScheme,
    ) -> Self {
        self.entries.push(Entry {
            oid,
            parameters,
            scheme,
        });
        self
    }
}

/// `RSASSA-PSS-params` (RFC 4055, 3.1) for one digest, with the parameters of
/// the digest's own identifier NULL and absent: both must be accepted.
macro_rules! pss {
    ($digest:literal, $salt:literal) => {
        (
            &[
                0x30, 0x34, 0xa0, 0x0f, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03,
                0x04, 0x02, $digest, 0x05, 0x00, 0xa1, 0x1c, 0x30, 0x1a, 0x06, 0x09, 0x2a, 0x86,
                0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x08, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48,
                0x01, 0x65, 0x03, 0x04, 0x02, $digest, 0x05, 0x00, 0xa2, 0x03, 0x02, 0x01, $salt,
            ],
            &[
                0x30, 0x30, 0xa0, 0x0d, 0x30, 0x0b, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03,
                0x04, 0x02, $digest, 0xa1, 0x1a, 0x30, 0x18, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86,
                0xf7, 0x0d, 0x01, 0x01, 0x08, 0x30, 0x0b, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65,
                0x03, 0x04, 0x02, $digest, 0xa2, 0x03, 0x02, 0x01, $salt,
            ],
        )
    };
}

const PSS_SHA256: (&[u8], &[u8]) = pss!(0x01, 32);
const PSS_SHA384: (&[u8], &[u8]) = pss!(0x02, 48);
const PSS_SHA512: (&[u8], &[u8]) = pss!(0x03, 64);

const PSS: [(&[u8], SignatureScheme); 6] = [
    (PSS_SHA256.0, SignatureScheme::RSA_PSS_SHA256),
    (PSS_SHA256.1, SignatureScheme::RSA_PSS_SHA256),
    (PSS_SHA384.0, SignatureScheme::RSA_PSS_SHA384),
    (PSS_SHA384.1, SignatureScheme::RSA_PSS_SHA384),
    (PSS_SHA512.0, SignatureScheme::RSA_PSS_SHA512),
    (PSS_SHA512.1, SignatureScheme::RSA_PSS_SHA512),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_find_their_schemes() {
        for scheme in SignatureScheme::ALL {
            assert_eq!(scheme.name().parse::<SignatureScheme>().unwrap(), *scheme);
        }
        let unknown = "sha1".parse::<SignatureScheme>().unwrap_err();
        assert_eq!(unknown.code(), Code::MisuseArgument);
    }

    #[test]
    fn parameters_are_exact() {
        let table = AlgorithmTable::standard();
        let rsa = |parameters: &[u8]| {
            let oid = rfc5912::SHA_256_WITH_RSA_ENCRYPTION.as_bytes();
            let length = u8::try_from(oid.len()).unwrap();
            [&[0x06, length], oid, parameters].concat()
        };
        assert_eq!(
            table.scheme(&rsa(NULL)),
            Some(SignatureScheme::RSA_PKCS1_SHA256)
        );
        assert_eq!(table.scheme(&rsa(ABSENT)), None);
        assert_eq!(table.scheme(&rsa(&[0x30, 0x00])), None);
        assert_eq!(table.scheme(&[]), None);
    }
}
