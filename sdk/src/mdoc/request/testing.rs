//! Readers for tests: keys and certificates of their own.

use std::sync::Arc;

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_ASN1_SIGNING, ECDSA_P384_SHA384_ASN1_SIGNING, EcdsaKeyPair,
    EcdsaSigningAlgorithm, KeyPair,
};

use crate::algorithm::{KeyKind, PublicKey};
use crate::mdoc::request::ReaderIdentity;
use crate::revocation::testing::{extension, id_ce, integer, name, time, time_at, tlv};
use crate::signer::EcdsaSigner;

/// A reader with a certificate that it signed itself.
pub(crate) struct TestReader {
    pub(crate) identity: ReaderIdentity,
    pub(crate) signer: Arc<EcdsaSigner>,
    pub(crate) certificate: Vec<u8>,
    pub(crate) key: PublicKey,
}

impl TestReader {
    pub(crate) fn p256() -> Self {
        Self::new(&ECDSA_P256_SHA256_ASN1_SIGNING, KeyKind::P256)
    }

    pub(crate) fn p384() -> Self {
        Self::new(&ECDSA_P384_SHA384_ASN1_SIGNING, KeyKind::P384)
    }

    fn new(algorithm: &'static EcdsaSigningAlgorithm, kind: KeyKind) -> Self {
        let random = SystemRandom::new();
        let document = EcdsaKeyPair::generate_pkcs8(algorithm, &random).unwrap();
        let pair = EcdsaKeyPair::from_pkcs8(algorithm, document.as_ref()).unwrap();
        let certificate = certificate(&pair, kind);
        let signer = Arc::new(EcdsaSigner::from_pkcs8(document.as_ref()).unwrap());
        let identity = ReaderIdentity::new(signer.clone(), vec![certificate.clone()]);
        Self {
            identity: identity.unwrap(),
            signer,
            certificate,
            key: PublicKey::of_point(kind, pair.public_key().as_ref()).unwrap(),
        }
    }
}

/// Names in its certificates: two DNS names, and a URI between them.
fn names() -> Vec<u8> {
    let dns = |name: &str| tlv(0x82, &[name.as_bytes().to_vec()]);
    let uri = tlv(0x86, &[b"uri.example".to_vec()]);
    tlv(0x30, &[dns("*.wild.example"), uri, dns("RP.example")])
}

fn certificate(pair: &EcdsaKeyPair, kind: KeyKind) -> Vec<u8> {
    let (curve, digest): (&[u8], u8) = match kind {
        KeyKind::P384 => (&[0x2b, 0x81, 0x04, 0x00, 0x22], 3),
        _ => (&[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07], 2),
    };
    let ec = [0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01].to_vec();
    let ecdsa = [0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, digest].to_vec();
    let algorithm = tlv(0x30, &[tlv(0x06, &[ecdsa])]);
    let key = tlv(0x30, &[tlv(0x06, &[ec]), tlv(0x06, &[curve.to_vec()])]);
    let point = pair.public_key().as_ref().to_vec();
    let validity = ["2025-01-01T00:00:00Z", "2027-01-01T00:00:00Z"];
    let tbs = [
        tlv(0xa0, &[integer(&[2])]),
        integer(&[1]),
        algorithm.clone(),
        name("reader"),
        tlv(0x30, &validity.map(|text| time(time_at(text)))),
        name("reader"),
        tlv(0x30, &[key, tlv(0x03, &[vec![0], point])]),
        tlv(
            0xa3,
            &[tlv(0x30, &[extension(&id_ce(17), false, &names())])],
        ),
    ];
    let tbs = tlv(0x30, &tbs);
    let signature = pair.sign(&SystemRandom::new(), &tbs).unwrap();
    let signature = tlv(0x03, &[vec![0], signature.as_ref().to_vec()]);
    tlv(0x30, &[tbs, algorithm, signature])
}
