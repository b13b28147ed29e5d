//! Public keys out of `SubjectPublicKeyInfo` (RFC 5280, 4.1.2.7).

use std::fmt;
use std::ops::RangeInclusive;

use aws_lc_rs::signature::ParsedPublicKey;

use crate::algorithm::oid::{EC_PUBLIC_KEY, P256, P384, RSA_ENCRYPTION};
use crate::algorithm::{Digest, SignatureScheme};
use crate::asn1::{self, Reader, write};
use crate::code::Code;
use crate::error::Error;

/// The kind of a public key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum KeyKind {
    /// RSA; the size is bounded by the table.
    Rsa,
    /// An elliptic-curve key on P-256 (secp256r1).
    P256,
    /// An elliptic-curve key on P-384 (secp384r1).
    P384,
}

/// A public key of an allowed kind and size, parsed and ready to verify with.
#[derive(Clone)]
pub struct PublicKey {
    kind: KeyKind,
    /// `RSAPublicKey` in DER or the uncompressed point, parsed for the scheme
    /// that this kind of key most often signs with.
    parsed: ParsedPublicKey,
}

impl PublicKey {
    /// Reads a `SubjectPublicKeyInfo`; `rsa_bits` are the allowed sizes of a modulus.
    pub(crate) fn read(spki: &[u8], rsa_bits: &RangeInclusive<u32>) -> Result<Self, Code> {
        let malformed = Code::X509SubjectKey;
        let mut info = Reader::only(spki, asn1::SEQUENCE, malformed)?;
        let mut algorithm = info.nested(asn1::SEQUENCE)?;
        let oid = algorithm.oid()?;
        let parameters = algorithm.rest();
        let octets = info.octet_aligned_bits()?;
        info.finish()?;

        let kind = if oid == RSA_ENCRYPTION {
            // RFC 3279, 2.3.1: the parameters are NULL.
            let sound = parameters == asn1::NULL && is_rsa_key(octets, rsa_bits)?;
            sound.then_some(KeyKind::Rsa)
        } else if oid == EC_PUBLIC_KEY {
            // RFC 5480, 2.1.1: the curve is named, never spelled out.
            let curve = algorithm.oid()?;
            algorithm.finish()?;
            curve_kind(curve).filter(|kind| is_uncompressed_point(octets, *kind))
        } else {
            None
        };
        let kind = kind.ok_or(malformed)?;
        let parsed =
            ParsedPublicKey::new(kind.usual_scheme().verifier()?, octets).map_err(|_| malformed)?;
        Ok(Self { kind, parsed })
    }

    /// The key with this uncompressed point (SEC 1, 2.3.3).
    #[cfg(any(feature = "auth-app", feature = "mdoc"))]
    pub(crate) fn of_point(kind: KeyKind, point: &[u8]) -> Result<Self, Code> {
        let malformed = Code::X509SubjectKey;
        if !is_uncompressed_point(point, kind) {
            return Err(malformed);
        }
        let parsed = ParsedPublicKey::new(kind.usual_scheme().verifier()?, point);
        let parsed = parsed.map_err(|_| malformed)?;
        Ok(Self { kind, parsed })
    }

    /// The RSA key with this modulus and exponent, big-endian and without
    /// leading zeros, of 2048 to 8192 bits.
    #[cfg(feature = "auth-app")]
    pub(crate) fn of_rsa(modulus: &[u8], exponent: &[u8]) -> Result<Self, Code> {
        let malformed = Code::X509SubjectKey;
        let numbers = [modulus, exponent];
        if numbers
            .iter()
            .any(|number| matches!(number.first(), None | Some(0)))
        {
            return Err(malformed);
        }
        let [modulus, exponent] = numbers.map(write::unsigned);
        let octets = write::element(asn1::SEQUENCE, &[&modulus, &exponent]);
        if !is_rsa_key(&octets, &(2048..=8192))? {
            return Err(malformed);
        }
        let kind = KeyKind::Rsa;
        let parsed = ParsedPublicKey::new(kind.usual_scheme().verifier()?, &octets);
        let parsed = parsed.map_err(|_| malformed)?;
        Ok(Self { kind, parsed })
    }

    /// The kind of the key.
    #[must_use]
    pub fn kind(&self) -> KeyKind {
        self.kind
    }

    /// Checks that this key made `signature` over `message`, and nothing else:
    /// not whose key it is, nor whether its certificate is valid or revoked,
    /// nor whether the message is what it seems.
    ///
    /// # Errors
    /// `signature.scheme` if the scheme is for another kind of key,
    /// `signature.invalid` if the key did not make it.
    pub fn danger_verify(
        &self,
        scheme: SignatureScheme,
        message: &[u8],
        signature: &[u8],
    ) -> Result<(), Error> {
        Ok(self.verify(scheme, message, signature)?)
    }

    /// Whether this key made `signature` over `message`.
    pub(crate) fn verify(
        &self,
        scheme: SignatureScheme,
        message: &[u8],
        signature: &[u8],
    ) -> Result<(), Code> {
        match scheme.digest() {
            // The backend is quicker with a digest than with the message.
            Some(algorithm) => self.verify_digest(scheme, &algorithm.digest(message), signature),
            None => self.with(scheme, |key| key.verify_sig(message, signature)),
        }
    }

    /// Whether this key made `signature` over the message with this digest.
    pub(crate) fn verify_digest(
        &self,
        scheme: SignatureScheme,
        digest: &Digest,
        signature: &[u8],
    ) -> Result<(), Code> {
        // A key is parsed for one encoding of signatures, and parsing it again
        // costs more than writing the two numbers in the other.
        if let Some(in_der) = scheme.in_der().filter(|s| s.key() == self.kind) {
            let signature = self.kind.der_of_fixed(signature)?;
            return self.with(in_der, |key| {
                key.verify_digest_sig(digest.inner(), &signature)
            });
        }
        self.with(scheme, |key| {
            key.verify_digest_sig(digest.inner(), signature)
        })
    }

    /// The key as it was parsed: of RSA, `RSAPublicKey` in DER.
    #[cfg(feature = "auth-app")]
    pub(super) fn octets(&self) -> &[u8] {
        self.parsed.as_ref()
    }

    fn with<E>(
        &self,
        scheme: SignatureScheme,
        verify: impl FnOnce(&ParsedPublicKey) -> Result<(), E>,
    ) -> Result<(), Code> {
        if scheme.key() != self.kind {
            return Err(Code::SignatureScheme);
        }
        let outcome = if scheme == self.kind.usual_scheme() {
            verify(&self.parsed)
        } else {
            let parsed = ParsedPublicKey::new(scheme.verifier()?, &self.parsed)
                .map_err(|_| Code::SignatureScheme)?;
            verify(&parsed)
        };
        outcome.map_err(|_| Code::SignatureInvalid)
    }
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PublicKey({:?})", self.kind)
    }
}

impl KeyKind {
    pub(crate) const fn usual_scheme(self) -> SignatureScheme {
        match self {
            Self::Rsa => SignatureScheme::RSA_PKCS1_SHA256,
            Self::P256 => SignatureScheme::ECDSA_P256_SHA256,
            Self::P384 => SignatureScheme::ECDSA_P384_SHA384,
        }
    }

    /// `Ecdsa-Sig-Value` (RFC 3279, 2.2.3) of the numbers r‖s in full length.
    pub(crate) fn der_of_fixed(self, signature: &[u8]) -> Result<Vec<u8>, Code> {
        let length = self.field_length();
        if signature.len() != 2 * length {
            return Err(Code::SignatureInvalid);
        }
        let (r, s) = signature.split_at(length);
        let [r, s] = [r, s].map(|number| {
            let zeros = number.iter().take_while(|octet| **octet == 0).count();
            write::unsigned(number.get(zeros..).unwrap_or_default())
        });
        Ok(write::element(asn1::SEQUENCE, &[&r, &s]))
    }

    const fn field_length(self) -> usize {
        match self {
            Self::Rsa => 0,
            Self::P256 => 32,
            Self::P384 => 48,
        }
    }
}

fn curve_kind(oid: &[u8]) -> Option<KeyKind> {
    match oid {
        P256 => Some(KeyKind::P256),
        P384 => Some(KeyKind::P384),
        _ => None,
    }
}

/// SEC 1, 2.3.3. Whether the point is on the curve is for the backend to say.
fn is_uncompressed_point(octets: &[u8], kind: KeyKind) -> bool {
    octets.first() == Some(&0x04) && octets.len() == 1 + 2 * kind.field_length()
}

/// The modulus has an allowed size, the exponent is odd, above one and of at
/// most 33 bits, so that no key makes verification expensive.
fn is_rsa_key(octets: &[u8], bits: &RangeInclusive<u32>) -> Result<bool, Code> {
    let mut key = Reader::only(octets, asn1::SEQUENCE, Code::X509SubjectKey)?;
    let modulus = key.integer()?;
    let exponent = key.integer()?;
    key.finish()?;
    let (Some(modulus), Some(exponent)) = (bit_length(modulus), bit_length(exponent)) else {
        return Ok(false);
    };
    let odd = octets.last().is_some_and(|last| last & 1 == 1);
    Ok(bits.contains(&modulus) && odd && (2..=33).contains(&exponent))
}

/// The bits of a non-negative INTEGER.
fn bit_length(contents: &[u8]) -> Option<u32> {
    let digits = match contents {
        [0x00, rest @ ..] => rest,
        [first, ..] if first & 0x80 == 0 => contents,
        _ => return None,
    };
    match digits.split_first() {
        None => Some(0),
        Some((first, rest)) => {
            let octets = u32::try_from(rest.len()).ok()?;
            octets
                .checked_mul(8)?
                .checked_add(8 - first.leading_zeros())
        }
    }
}
