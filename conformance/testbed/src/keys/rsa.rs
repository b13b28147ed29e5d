//! RSA with every block in the caller's hand.
//!
//! The private operation is done here, not in a library, because libraries refuse
//! to make the signatures that a verifier must refuse. It runs in variable time and
//! is fit for test keys alone.

use std::num::NonZeroU32;

use crypto_bigint::{
    BitOps, BoxedUint, ConcatenatingMul, NonZero, Odd, Resize,
    modular::{BoxedMontyForm, BoxedMontyParams},
};
use crypto_primes::{Flavor, hazmat::SmallFactorsSieve, is_prime};

use super::Scheme;
use crate::{Hash, Rng, der, oid};

/// An RSA private key.
#[derive(Clone)]
pub struct RsaKey {
    bits: u32,
    modulus: Vec<u8>,
    exponent: u64,
    p: Factor,
    q: Factor,
    q_inverse: BoxedMontyForm,
}

/// A prime factor and the private exponent modulo it.
#[derive(Clone)]
struct Factor {
    prime: NonZero<BoxedUint>,
    params: BoxedMontyParams,
    exponent: BoxedUint,
}

impl RsaKey {
    /// A key with a modulus of `bits` bits (a multiple of 128) and the public `exponent`.
    ///
    /// # Panics
    ///
    /// If `bits` is not a multiple of 128, or the exponent is even or below 3.
    #[must_use]
    pub fn generate(bits: u32, exponent: u64, rng: &mut Rng) -> Self {
        assert!(
            bits >= 512 && bits.is_multiple_of(128),
            "no modulus of {bits} bits"
        );
        assert!(
            exponent >= 3 && exponent % 2 == 1,
            "no public exponent {exponent}"
        );
        loop {
            let p = Factor::generate(bits / 2, exponent, rng);
            let q = Factor::generate(bits / 2, exponent, rng);
            if p.prime != q.prime {
                return Self::from_factors(bits, exponent, p, q);
            }
        }
    }

    fn from_factors(bits: u32, exponent: u64, p: Factor, q: Factor) -> Self {
        let q_inverse = p.reduce(&q.prime).invert().expect("distinct primes");
        let modulus = p
            .prime
            .concatenating_mul(q.prime.as_ref())
            .to_be_bytes()
            .to_vec();
        Self {
            bits,
            modulus,
            exponent,
            p,
            q,
            q_inverse,
        }
    }

    /// The length of the modulus in bits.
    #[must_use]
    pub fn bits(&self) -> u32 {
        self.bits
    }

    /// RSAPublicKey.
    #[must_use]
    pub fn public_key(&self) -> Vec<u8> {
        der::sequence([der::unsigned(&self.modulus), der::small(self.exponent)])
    }

    /// SubjectPublicKeyInfo under rsaEncryption.
    #[must_use]
    pub fn spki(&self) -> Vec<u8> {
        let algorithm = der::algorithm_null(oid::RSA_ENCRYPTION);
        der::sequence([algorithm, der::bits(&self.public_key())])
    }

    /// RSAPrivateKey (RFC 8017, A.1.2).
    ///
    /// # Panics
    ///
    /// Never: the exponent has an inverse modulo both orders.
    #[must_use]
    pub fn private_key(&self) -> Vec<u8> {
        let (p, q) = (&self.p, &self.q);
        let orders = p.order().concatenating_mul(q.order());
        let public = BoxedUint::from(self.exponent).resize(orders.bits_precision());
        let order = orders.into_nz().expect("orders are not zero");
        let private = public.invert_mod(&order).expect("coprime to both orders");
        let unsigned = |number: &BoxedUint| der::unsigned(&number.to_be_bytes());
        der::sequence([
            der::small(0),
            der::unsigned(&self.modulus),
            der::small(self.exponent),
            unsigned(&private),
            unsigned(&p.prime),
            unsigned(&q.prime),
            unsigned(&p.exponent),
            unsigned(&q.exponent),
            unsigned(&self.q_inverse.retrieve()),
        ])
    }

    /// `block` to the power of the private exponent: a signature over any block at
    /// all. The block is read as a big-endian number and reduced by the modulus.
    #[must_use]
    pub fn private_operation(&self, block: &[u8]) -> Vec<u8> {
        let block = BoxedUint::from_be_slice_vartime(block);
        let by_p = self.p.power(&block);
        let by_q = self.q.power(&block).retrieve();
        let h = (&by_p - &self.p.reduce(&by_q)) * &self.q_inverse;
        let signature = h
            .retrieve()
            .concatenating_mul(self.q.prime.as_ref())
            .wrapping_add(&by_q);
        signature.to_be_bytes().to_vec()
    }

    /// The PKCS#1 v1.5 block around `payload`, usually a DigestInfo.
    #[must_use]
    pub fn pkcs1_block(&self, payload: &[u8]) -> Vec<u8> {
        let padding = self.modulus.len().saturating_sub(payload.len() + 3);
        der::concat([&[0, 1][..], &vec![0xFF; padding], &[0], payload])
    }

    pub(super) fn sign_digest(&self, scheme: Scheme, digest: &[u8]) -> Vec<u8> {
        let block = match scheme {
            Scheme::Pkcs1WithoutNull(hash) => {
                let info = der::sequence([hash.identifier_without_null(), der::octets(digest)]);
                self.pkcs1_block(&info)
            }
            Scheme::Pkcs1BareDigest(_) => self.pkcs1_block(digest),
            Scheme::Pss(hash, salt) => self.pss_block(hash, digest, salt),
            Scheme::Pkcs1(hash) | Scheme::Ecdsa(hash) | Scheme::EcdsaFixed(hash) => {
                self.pkcs1_block(&der::sequence([hash.identifier(), der::octets(digest)]))
            }
        };
        self.private_operation(&block)
    }

    /// EMSA-PSS (RFC 8017, 9.1.1) with emBits one less than the modulus.
    fn pss_block(&self, hash: Hash, digest: &[u8], salt: &[u8]) -> Vec<u8> {
        let h = hash.digest(&der::concat([&[0; 8], digest, salt]));
        let zeros = self.modulus.len().saturating_sub(salt.len() + h.len() + 2);
        let mut db = der::concat([&vec![0; zeros][..], &[1], salt]);
        let mask = mgf1(hash, &h, db.len());
        db.iter_mut()
            .zip(mask)
            .for_each(|(byte, mask)| *byte ^= mask);
        if let Some(first) = db.first_mut() {
            *first &= 0x7F;
        }
        der::concat([&db[..], &h, &[0xBC]])
    }
}

impl std::fmt::Debug for RsaKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RsaKey")
            .field("bits", &self.bits)
            .finish_non_exhaustive()
    }
}

impl Factor {
    fn generate(bits: u32, exponent: u64, rng: &mut Rng) -> Self {
        loop {
            let found = prime_after(&start(bits, rng)).and_then(|prime| Self::new(prime, exponent));
            if let Some(factor) = found {
                return factor;
            }
        }
    }

    /// `None` when the public exponent has no inverse modulo `prime - 1`.
    fn new(prime: BoxedUint, exponent: u64) -> Option<Self> {
        let order = order(&prime).into_nz().into_option()?;
        let public = BoxedUint::from(exponent).resize(prime.bits_precision());
        let exponent = public.invert_mod(&order).into_option()?;
        let params = BoxedMontyParams::new_vartime(Odd::new(prime.clone()).into_option()?);
        let prime = prime.into_nz().into_option()?;
        Some(Self {
            prime,
            params,
            exponent,
        })
    }

    fn order(&self) -> BoxedUint {
        order(&self.prime)
    }

    fn reduce(&self, value: &BoxedUint) -> BoxedMontyForm {
        BoxedMontyForm::new(value.rem_vartime(&self.prime), &self.params)
    }

    fn power(&self, block: &BoxedUint) -> BoxedMontyForm {
        self.reduce(block).pow(&self.exponent)
    }
}

fn order(prime: &BoxedUint) -> BoxedUint {
    prime.wrapping_sub(BoxedUint::one())
}

/// An odd number with its two highest bits set, so that the product of two such
/// numbers has exactly twice their length.
fn start(bits: u32, rng: &mut Rng) -> BoxedUint {
    let bytes = rng.bytes(bits.div_ceil(8) as usize);
    let mut number = BoxedUint::from_be_slice_vartime(&bytes);
    number.set_bit_vartime(bits - 1, true);
    number.set_bit_vartime(bits - 2, true);
    number.set_bit_vartime(0, true);
    number
}

fn prime_after(start: &BoxedUint) -> Option<BoxedUint> {
    let bits = NonZeroU32::new(start.bits_vartime())?;
    SmallFactorsSieve::new(start.clone(), bits, false)
        .ok()?
        .find(|candidate| is_prime(Flavor::Any, candidate))
}

fn mgf1(hash: Hash, seed: &[u8], length: usize) -> Vec<u8> {
    let blocks = (0u32..).flat_map(|counter| hash.digest(&[seed, &counter.to_be_bytes()].concat()));
    blocks.take(length).collect()
}
