//! RustCrypto throughout: `x509-cert` with `rsa` or `p384`.

use der::Decode;
use p384::ecdsa::signature::Verifier as _;
use rsa::RsaPublicKey;
use rsa::pkcs1::DecodeRsaPublicKey;
use rsa::pkcs1v15;
use rsa::sha2::Sha256;
use rsa::signature::Verifier as _;
use x509_cert::Certificate;

use crate::scoreboard::cards::{Key, Signed};
use crate::scoreboard::contest::{Cases, Contender};
use crate::scoreboard::failure::Faulty;
use crate::scoreboard::limit;

pub(crate) fn signed(cases: &Cases<Signed>) -> Result<Contender, Faulty> {
    let prepare = |signed: &Signed| {
        let anchor = Certificate::from_der(&signed.anchor).ok()?;
        Some((PublicKey::of(signed.key, &anchor)?, signed.clone()))
    };
    Contender::new("RustCrypto", cases, prepare, |(issuer, signed)| {
        verify(issuer, signed).is_some()
    })
}

fn verify(issuer: &PublicKey, signed: &Signed) -> Option<()> {
    let certificate = Certificate::from_der(&signed.certificate).ok()?;
    let tbs = limit::tbs(&signed.certificate)?;
    issuer.verify(tbs, certificate.signature().as_bytes()?)?;
    let holder = PublicKey::of(signed.key, &certificate)?;
    holder.verify(&signed.message, &signed.signature)
}

enum PublicKey {
    Rsa(pkcs1v15::VerifyingKey<Sha256>),
    P384(p384::ecdsa::VerifyingKey),
}

impl PublicKey {
    fn of(key: Key, certificate: &Certificate) -> Option<Self> {
        let info = certificate.tbs_certificate().subject_public_key_info();
        let octets = info.subject_public_key.as_bytes()?;
        match key {
            Key::Rsa2048 => {
                let key = RsaPublicKey::from_pkcs1_der(octets).ok()?;
                Some(Self::Rsa(pkcs1v15::VerifyingKey::new(key)))
            }
            Key::P384 => p384::ecdsa::VerifyingKey::from_sec1_bytes(octets)
                .ok()
                .map(Self::P384),
        }
    }

    fn verify(&self, message: &[u8], signature: &[u8]) -> Option<()> {
        match self {
            Self::Rsa(key) => {
                let signature = pkcs1v15::Signature::try_from(signature).ok()?;
                key.verify(message, &signature).ok()
            }
            Self::P384(key) => {
                let signature = p384::ecdsa::Signature::from_der(signature).ok()?;
                key.verify(message, &signature).ok()
            }
        }
    }
}
