//! Our own keys, one for each transaction, that wallets encrypt to.

use std::fmt;

use aws_lc_rs::agreement::{self, Algorithm, ECDH_P256, ECDH_P384, PrivateKey, UnparsedPublicKey};
use aws_lc_rs::encoding::{AsBigEndian, EcPrivateKeyBin};
use zeroize::Zeroizing;

use crate::algorithm::KeyKind;
use crate::code::Code;
use crate::error::Error;
use crate::mdoc::cose::CoseKey;

/// A curve on which keys are agreed (RFC 9053, 7.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Curve {
    /// P-256 (secp256r1).
    P256,
    /// P-384 (secp384r1).
    P384,
}

/// An ephemeral key pair of the relying party: EReaderKey in proximity, the
/// recipient's key of an encrypted answer over the web.
///
/// It belongs to one transaction and is never used for another.
pub struct EphemeralKey {
    curve: Curve,
    private: PrivateKey,
    point: Box<[u8]>,
}

impl EphemeralKey {
    /// A fresh one.
    ///
    /// # Errors
    /// `misuse.entropy` if the system gives no randomness.
    pub fn generate(curve: Curve) -> Result<Self, Error> {
        let private = PrivateKey::generate(curve.agreement());
        Self::new(curve, private.map_err(|_| Code::MisuseEntropy)?)
    }

    /// The twin of [`generate`](Self::generate): the key with this scalar, big
    /// endian, in as many octets as the curve's order has.
    ///
    /// # Errors
    /// `misuse.argument` if it is none of the curve.
    pub fn from_entropy(curve: Curve, scalar: &[u8]) -> Result<Self, Error> {
        let private = PrivateKey::from_private_key(curve.agreement(), scalar);
        Self::new(curve, private.map_err(|_| Code::MisuseArgument)?)
    }

    fn new(curve: Curve, private: PrivateKey) -> Result<Self, Error> {
        let public = private.compute_public_key();
        let public = public.map_err(|_| Code::MisuseArgument)?;
        let point = public.as_ref().into();
        Ok(Self {
            curve,
            private,
            point,
        })
    }

    /// The curve.
    #[must_use]
    pub fn curve(&self) -> Curve {
        self.curve
    }

    /// The public key as an uncompressed point (SEC 1, 2.3.3).
    #[must_use]
    pub fn point(&self) -> &[u8] {
        &self.point
    }

    /// The public key as a `COSE_Key` (RFC 9053, 7.1), in deterministic CBOR.
    #[must_use]
    pub fn cose_key(&self) -> Vec<u8> {
        CoseKey::of_point(self.curve, &self.point).encoded()
    }

    /// What only the two holders of the keys can compute (SEC 1, 3.3.1), with
    /// the other's key as an uncompressed point; `refusal` if that is none of
    /// the curve.
    pub(crate) fn agree(&self, point: &[u8], refusal: Code) -> Result<Zeroizing<Vec<u8>>, Code> {
        let peer = UnparsedPublicKey::new(self.curve.agreement(), point);
        agreement::agree(&self.private, peer, refusal, |secret| {
            Ok(Zeroizing::new(secret.to_vec()))
        })
    }

    /// The private key, big endian: to be sealed, or for one that agrees
    /// elsewhere.
    pub(crate) fn scalar(&self) -> Result<Zeroizing<Vec<u8>>, Error> {
        let scalar: Result<EcPrivateKeyBin<'_>, _> = self.private.as_be_bytes();
        let scalar = scalar.map_err(|_| Code::MisuseArgument)?;
        Ok(Zeroizing::new(scalar.as_ref().to_vec()))
    }
}

impl Curve {
    fn agreement(self) -> &'static Algorithm {
        match self {
            Self::P256 => &ECDH_P256,
            Self::P384 => &ECDH_P384,
        }
    }

    /// Its number in the registry of COSE.
    pub(crate) const fn number(self) -> i64 {
        match self {
            Self::P256 => 1,
            Self::P384 => 2,
        }
    }

    pub(crate) const fn from_number(number: i64) -> Option<Self> {
        match number {
            1 => Some(Self::P256),
            2 => Some(Self::P384),
            _ => None,
        }
    }

    /// The octets of a coordinate.
    pub(crate) const fn field_length(self) -> usize {
        match self {
            Self::P256 => 32,
            Self::P384 => 48,
        }
    }

    /// The kind of the keys on it.
    pub(crate) const fn key_kind(self) -> KeyKind {
        match self {
            Self::P256 => KeyKind::P256,
            Self::P384 => KeyKind::P384,
        }
    }
}

// Keys are not printed.
impl fmt::Debug for EphemeralKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "EphemeralKey({:?})", self.curve)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 5903, 8.1: a published pair of keys and the secret they agree on.
    #[test]
    fn keys_agree_on_what_others_agree_on() {
        let hex = |digits| crate::hex::decode::<32>(digits).unwrap();
        let ours = hex("c88f01f510d9ac3f70a292daa2316de544e9aab8afe84049c62a9c57862d1433");
        let theirs = hex("c6ef9c5d78ae012a011164acb397ce2088685d8f06bf9be0b283ab46476bee53");
        let secret = hex("d6840f6b42f6edafd13116e0e12565202fef8e9ece7dce03812464d04b9442de");
        let ours = EphemeralKey::from_entropy(Curve::P256, &ours).unwrap();
        let theirs = EphemeralKey::from_entropy(Curve::P256, &theirs).unwrap();
        let agreed = ours.agree(theirs.point(), Code::MdocDeviceKey).unwrap();
        assert_eq!(**agreed, secret);
        assert_eq!(ours.point().first(), Some(&4));
    }

    #[test]
    fn what_is_no_key_of_the_curve_is_refused() {
        let key = EphemeralKey::generate(Curve::P384).unwrap();
        let again = EphemeralKey::from_entropy(Curve::P384, &key.scalar().unwrap()).unwrap();
        assert_eq!(again.point(), key.point());

        for scalar in [&[0; 48][..], &[0xff; 48], &[1; 32], &[]] {
            let error = EphemeralKey::from_entropy(Curve::P384, scalar).unwrap_err();
            assert_eq!(error.code(), Code::MisuseArgument);
        }
        let other = EphemeralKey::generate(Curve::P256).unwrap();
        let mut off_curve = key.point().to_vec();
        *off_curve.last_mut().unwrap() ^= 1;
        for point in [other.point(), &off_curve, &[0], &[]] {
            let outcome = key.agree(point, Code::MdocDeviceKey).map(drop);
            assert_eq!(outcome, Err(Code::MdocDeviceKey));
        }
        assert_eq!(format!("{key:?}"), "EphemeralKey(P384)");
    }
}
