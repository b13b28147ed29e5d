//! The public half of RSA, for keys that others hold.

use crypto_bigint::{
    BoxedUint, Odd,
    modular::{BoxedMontyForm, BoxedMontyParams},
};

use crate::{Hash, der, element::Element, oid};

/// An RSA public key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RsaPublic {
    modulus: Vec<u8>,
    exponent: Vec<u8>,
}

impl RsaPublic {
    /// The key of these two numbers, big-endian; `None` if they cannot be one.
    #[must_use]
    pub fn new(modulus: &[u8], exponent: &[u8]) -> Option<Self> {
        let odd = |number: &[u8]| number.last().is_some_and(|last| last % 2 == 1);
        let [modulus, exponent] = [modulus, exponent].map(magnitude);
        let fits = modulus.len() >= 256 && odd(modulus) && odd(exponent) && exponent.len() <= 8;
        fits.then(|| Self {
            modulus: modulus.to_vec(),
            exponent: exponent.to_vec(),
        })
    }

    /// The key of a SubjectPublicKeyInfo under rsaEncryption.
    #[must_use]
    pub fn from_spki(spki: &[u8]) -> Option<Self> {
        let [algorithm, key] = &Element::within(spki)?[..] else {
            return None;
        };
        let key = key.content.strip_prefix(&[0])?;
        let [modulus, exponent] = &Element::within(key)?[..] else {
            return None;
        };
        let rsa = algorithm.whole == der::algorithm_null(oid::RSA_ENCRYPTION);
        rsa.then(|| Self::new(modulus.content, exponent.content))?
    }

    /// The modulus, without leading zeros.
    #[must_use]
    pub fn modulus(&self) -> &[u8] {
        &self.modulus
    }

    /// The public exponent, without leading zeros.
    #[must_use]
    pub fn exponent(&self) -> &[u8] {
        &self.exponent
    }

    /// Whether this is a signature by RSASSA-PKCS1-v1_5.
    #[must_use]
    pub fn verifies(&self, hash: Hash, message: &[u8], signature: &[u8]) -> bool {
        let info = der::sequence([hash.identifier(), der::octets(hash.digest(message))]);
        self.payload(signature).is_some_and(|inside| inside == info)
    }

    /// What stands within the PKCS#1 type 1 block of a signature (RFC 8017, 9.2),
    /// whatever it is.
    #[must_use]
    pub fn payload(&self, signature: &[u8]) -> Option<Vec<u8>> {
        let block = self.block(signature)?;
        let padded = block.strip_prefix(&[0, 1])?;
        let padding = padded.iter().take_while(|octet| **octet == 0xFF).count();
        let (_, rest) = padded.split_at_checked(padding)?;
        (padding >= 8).then_some(())?;
        rest.strip_prefix(&[0]).map(<[u8]>::to_vec)
    }

    /// The signature to the power of the exponent, as long as the modulus.
    fn block(&self, signature: &[u8]) -> Option<Vec<u8>> {
        let modulus = BoxedUint::from_be_slice_vartime(&self.modulus);
        let number = BoxedUint::from_be_slice_vartime(signature);
        (signature.len() == self.modulus.len() && number < modulus).then_some(())?;
        let params = BoxedMontyParams::new_vartime(Odd::new(modulus).into_option()?);
        let base = BoxedMontyForm::new(number, &params);
        let exponent = BoxedUint::from_be_slice_vartime(&self.exponent);
        let octets = base.pow(&exponent).retrieve().to_be_bytes();
        let skipped = octets.len().checked_sub(self.modulus.len())?;
        Some(octets.iter().skip(skipped).copied().collect())
    }
}

fn magnitude(number: &[u8]) -> &[u8] {
    let zeros = number.iter().take_while(|octet| **octet == 0).count();
    number.split_at_checked(zeros).map_or(&[], |(_, rest)| rest)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Algorithm, KeyPair, Rng, Scheme};

    #[test]
    fn signatures_fit_their_key_and_message_alone() {
        let key = |seed| KeyPair::generate(Algorithm::RSA_2048, &mut Rng::from_seed(seed));
        let [one, other] = [1, 2].map(key);
        let public = RsaPublic::from_spki(&one.spki()).unwrap();
        let signature = one.sign(Scheme::Pkcs1(Hash::Sha256), b"m");
        assert!(public.verifies(Hash::Sha256, b"m", &signature));
        assert!(!public.verifies(Hash::Sha256, b"n", &signature));
        assert!(!public.verifies(Hash::Sha512, b"m", &signature));
        let stranger = other.sign(Scheme::Pkcs1(Hash::Sha256), b"m");
        assert!(!public.verifies(Hash::Sha256, b"m", &stranger));
    }

    #[test]
    fn the_payload_is_what_was_padded() {
        let key = KeyPair::generate(Algorithm::RSA_2048, &mut Rng::from_seed(1));
        let public = RsaPublic::from_spki(&key.spki()).unwrap();
        let rsa = key.rsa().unwrap();
        for payload in [&[7; 32][..], &[8; 51], &[9; 245]] {
            let signature = rsa.private_operation(&rsa.pkcs1_block(payload));
            assert_eq!(public.payload(&signature).unwrap(), payload);
        }
        // Seven octets of padding are one too few.
        let short = rsa.private_operation(&rsa.pkcs1_block(&[9; 246]));
        assert_eq!(public.payload(&short), None);
    }
}
