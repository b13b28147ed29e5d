//! A root and a leaf with keys of their own.

use std::sync::LazyLock;

use aws_lc_rs::encoding::{AsDer, PublicKeyX509Der};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::{KeyPair as RsaKeyPair, KeySize};
use aws_lc_rs::signature::{
    self, ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, EcdsaSigningAlgorithm, KeyPair,
};

use super::draft::{oid, sequence, set, tlv};
use crate::algorithm::AlgorithmTable;
use crate::asn1;
use crate::time::Time;
use crate::trust::{Environment, Purpose, TrustStore};
use crate::x509::{
    AuthorityKeyRule, ExtendedKeyUsageRule, Issued, KeyUsageRule, LeafProfile, OneHop, PolicyRule,
};

pub(super) const NOW: Time = Time::from_unix(1_780_000_000);

pub(super) enum Key {
    Rsa(RsaKeyPair),
    Ecdsa(EcdsaKeyPair),
}

impl Key {
    pub(super) fn ecdsa(algorithm: &'static EcdsaSigningAlgorithm) -> Self {
        Self::Ecdsa(EcdsaKeyPair::generate(algorithm).unwrap())
    }

    pub(super) fn sign(&self, message: &[u8]) -> Vec<u8> {
        let random = SystemRandom::new();
        match self {
            Self::Ecdsa(key) => key.sign(&random, message).unwrap().as_ref().to_vec(),
            Self::Rsa(key) => {
                let mut signature = vec![0; key.public_modulus_len()];
                key.sign(
                    &signature::RSA_PKCS1_SHA256,
                    &random,
                    message,
                    &mut signature,
                )
                .unwrap();
                signature
            }
        }
    }

    fn spki(&self) -> Vec<u8> {
        let der: PublicKeyX509Der<'_> = match self {
            Self::Ecdsa(key) => key.public_key().as_der().unwrap(),
            Self::Rsa(key) => key.public_key().as_der().unwrap(),
        };
        der.as_ref().to_vec()
    }

    /// Any 20 octets that go with the key.
    pub(super) fn identifier(&self) -> Vec<u8> {
        crate::trust::sha256(&[&self.spki()])[..20].to_vec()
    }
}

pub(super) struct Pki {
    pub(super) root: Key,
    pub(super) leaf: Key,
    pub(super) root_certificate: Vec<u8>,
    pub(super) leaf_certificate: Vec<u8>,
}

impl Pki {
    /// A leaf on P-256.
    pub(super) fn shared() -> &'static Self {
        static PKI: LazyLock<Pki> =
            LazyLock::new(|| Pki::of(Key::ecdsa(&ECDSA_P256_SHA256_ASN1_SIGNING)));
        &PKI
    }

    /// A leaf with an RSA key.
    pub(super) fn rsa() -> &'static Self {
        static PKI: LazyLock<Pki> =
            LazyLock::new(|| Pki::of(Key::Rsa(RsaKeyPair::generate(KeySize::Rsa2048).unwrap())));
        &PKI
    }

    fn of(leaf: Key) -> Self {
        let root = Key::ecdsa(&ECDSA_P256_SHA256_ASN1_SIGNING);
        Self {
            root_certificate: certificate("Root", "Root", 1, &root, &root, true),
            leaf_certificate: certificate("Leaf", "Root", 2, &leaf, &root, false),
            root,
            leaf,
        }
    }

    pub(super) fn one_hop(&self) -> OneHop {
        let trust = TrustStore::builder(Environment::Test)
            .anchor(Purpose::JpkiSigning, &self.root_certificate)
            .and_then(|builder| builder.build())
            .unwrap();
        let profile = LeafProfile {
            name: "any leaf".to_owned(),
            authority_key: AuthorityKeyRule::DangerOptional,
            key_usage: KeyUsageRule::DangerAnyLeaf,
            extended_key_usage: ExtendedKeyUsageRule::DangerAny,
            policies: PolicyRule::DangerAny,
        };
        OneHop::new(
            trust,
            Purpose::JpkiSigning,
            profile,
            AlgorithmTable::standard(),
        )
    }

    pub(super) fn issued(&self, certificate: &[u8]) -> Issued {
        self.one_hop().check(certificate, NOW).unwrap()
    }
}

pub(super) fn certificate(
    subject: &str,
    issuer: &str,
    serial: u8,
    key: &Key,
    issuer_key: &Key,
    ca: bool,
) -> Vec<u8> {
    let algorithm = sequence(&[&oid("1.2.840.10045.4.3.2")]);
    let validity = sequence(&[
        &tlv(asn1::UTC_TIME, &[b"200101000000Z"]),
        &tlv(asn1::UTC_TIME, &[b"400101000000Z"]),
    ]);
    let extension = |number: u8, value: &[u8]| {
        let value = tlv(asn1::OCTET_STRING, &[value]);
        sequence(&[&oid(&format!("2.5.29.{number}")), &value])
    };
    let mut extensions = extension(14, &tlv(asn1::OCTET_STRING, &[&key.identifier()]));
    if ca {
        extensions.extend(extension(15, &[0x03, 0x02, 0x01, 0x06]));
        extensions.extend(extension(19, &[0x30, 0x03, 0x01, 0x01, 0xff]));
    }
    let tbs = sequence(&[
        &[0xa0, 0x03, 0x02, 0x01, 0x02],
        &tlv(asn1::INTEGER, &[&[serial]]),
        &algorithm,
        &name(issuer),
        &validity,
        &name(subject),
        &key.spki(),
        &tlv(asn1::context_constructed(3), &[&sequence(&[&extensions])]),
    ]);
    let signature = issuer_key.sign(&tbs);
    let signature = tlv(asn1::BIT_STRING, &[&[0], &signature]);
    sequence(&[&tbs, &algorithm, &signature])
}

pub(super) fn name(common: &str) -> Vec<u8> {
    let common = tlv(asn1::UTF8_STRING, &[common.as_bytes()]);
    sequence(&[&set(&[&sequence(&[&oid("2.5.4.3"), &common])])])
}
