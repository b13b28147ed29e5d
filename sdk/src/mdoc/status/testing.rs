//! An issuer of status tokens for tests: its own keys, real signatures.

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, EcdsaSigningAlgorithm, KeyPair,
};
use const_oid::ObjectIdentifier;

use crate::algorithm::AlgorithmTable;
use crate::code::Code;
use crate::mdoc::cbor::{Reader, write};
use crate::mdoc::status::{
    RecordState, StatusPolicy, StatusReference, StatusVerifier, signer_profile,
};
use crate::revocation::testing::{Ca, extension, id_ce, now, tlv};
use crate::time::Duration;
use crate::trust::Purpose;
use crate::x509::ExtendedKeyUsageRule;

/// An arc of nobody's: what is used is configured.
pub(super) const USAGE: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.4.1.99999.1");
/// 1.0.18013.5.1.2, of those who sign documents.
pub(super) const DOCUMENT_SIGNER: ObjectIdentifier =
    ObjectIdentifier::new_unwrap("1.0.18013.5.1.2");

pub(super) const URI: &str = "https://status.example/lists/1";
pub(super) const INDEX: u64 = 5;
pub(super) const IDENTIFIER: &[u8] = &[0xab; 16];

/// The status of documents 0 to 15 in draft-ietf-oauth-status-list, 4.1: bits
/// `1001 1101 1100 0101`. Number 5 is revoked, number 2 is not.
pub(super) const ONE_BIT: [u8; 10] = [0x78, 0xda, 0xdb, 0xb9, 0x18, 0x00, 0x02, 0x17, 0x01, 0x5d];
/// Documents 0 to 11 have 1, 2, 0, 3, 0, 1, 0, 1, 1, 2, 3, 3.
pub(super) const TWO_BITS: [u8; 11] = [
    0x78, 0xda, 0x3b, 0xe9, 0xf2, 0x13, 0x00, 0x03, 0xdf, 0x02, 0x07,
];

pub(super) struct Scene {
    pub(super) ca: Ca,
    key: EcdsaKeyPair,
    algorithm: i64,
    pub(super) certificate: Vec<u8>,
}

/// A token in its parts, each of which can be changed.
#[derive(Clone)]
pub(super) struct Draft {
    pub(super) protected: Vec<(Vec<u8>, Vec<u8>)>,
    pub(super) unprotected: Vec<(Vec<u8>, Vec<u8>)>,
    pub(super) claims: Vec<(Vec<u8>, Vec<u8>)>,
}

pub(super) fn entry(key: i64, value: Vec<u8>) -> (Vec<u8>, Vec<u8>) {
    (write::integer(key), value)
}

pub(super) fn named(fields: &[(&str, Vec<u8>)]) -> Vec<u8> {
    let fields = fields.iter();
    write::map(fields.map(|(k, v)| (write::text(k), v.clone())).collect())
}

/// `id-ecPublicKey` on a named curve.
pub(super) fn spki(curve: &[u8], point: &[u8]) -> Vec<u8> {
    let ec = [0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01].to_vec();
    let kind = [tlv(0x06, &[ec]), tlv(0x06, &[curve.to_vec()])];
    tlv(
        0x30,
        &[tlv(0x30, &kind), tlv(0x03, &[vec![0], point.to_vec()])],
    )
}

impl Scene {
    pub(super) fn new() -> Self {
        Self::with(&ECDSA_P256_SHA256_FIXED_SIGNING, USAGE)
    }

    pub(super) fn with(scheme: &'static EcdsaSigningAlgorithm, usage: ObjectIdentifier) -> Self {
        let ca = Ca::new("Status CA");
        let key = EcdsaKeyPair::generate(scheme).unwrap();
        let point = key.public_key().as_ref();
        let (algorithm, curve) = match point.len() {
            65 => (-7, &[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07][..]),
            _ => (-35, &[0x2b, 0x81, 0x04, 0x00, 0x22][..]),
        };
        let usage = tlv(0x06, &[usage.as_bytes().to_vec()]);
        let extensions = [
            extension(&id_ce(15), true, &[0x03, 0x02, 0x07, 0x80]),
            extension(&id_ce(37), true, &tlv(0x30, &[usage])),
            ca.authority_key(),
        ];
        let certificate = ca.issue_for_key(spki(curve, point), &[9], &extensions);
        Self {
            ca,
            key,
            algorithm,
            certificate,
        }
    }

    pub(super) fn verifier(&self) -> StatusVerifier {
        self.verifier_for(Purpose::MdocStatus)
    }

    pub(super) fn verifier_for(&self, purpose: Purpose) -> StatusVerifier {
        let profile = signer_profile(ExtendedKeyUsageRule::Exactly(USAGE));
        let trust = Ca::trust(&[&self.ca], purpose);
        StatusVerifier::new(trust, profile, AlgorithmTable::standard())
    }

    pub(super) fn draft(&self, kind: &str, list: (Vec<u8>, Vec<u8>)) -> Draft {
        Draft {
            protected: vec![
                entry(1, write::integer(self.algorithm)),
                entry(16, write::text(kind)),
                entry(33, write::bytes(&[&self.certificate])),
            ],
            unprotected: Vec::new(),
            claims: vec![
                entry(2, write::text(URI)),
                entry(6, write::integer(now().as_unix() - 60)),
                entry(4, write::integer(now().as_unix() + 600)),
                list,
            ],
        }
    }

    pub(super) fn statuses(&self, bits: u64, packed: &[u8]) -> Draft {
        let list = named(&[
            ("bits", write::unsigned(bits)),
            ("lst", write::bytes(&[packed])),
        ]);
        self.draft("application/statuslist+cwt", entry(65533, list))
    }

    pub(super) fn identifiers(&self, identifiers: &[&[u8]]) -> Draft {
        let entries = identifiers.iter();
        let entries = entries.map(|id| (write::bytes(&[*id]), write::map(Vec::new())));
        let list = named(&[("identifiers", write::map(entries.collect()))]);
        self.draft("application/identifierlist+cwt", entry(65530, list))
    }

    pub(super) fn sign(&self, draft: &Draft) -> Vec<u8> {
        let protected = write::map(draft.protected.clone());
        let payload = write::map(draft.claims.clone());
        let signed = write::array(&[
            write::text("Signature1"),
            write::bytes(&[&protected]),
            write::bytes(&[]),
            write::bytes(&[&payload]),
        ]);
        let signature = self.key.sign(&SystemRandom::new(), &signed).unwrap();
        let message = write::array(&[
            write::bytes(&[&protected]),
            write::map(draft.unprotected.clone()),
            write::bytes(&[&payload]),
            write::bytes(&[signature.as_ref()]),
        ]);
        write::tagged(18, &message)
    }

    pub(super) fn state(&self, draft: &Draft, reference: &StatusReference) -> RecordState {
        self.state_of(&self.sign(draft), reference)
    }

    pub(super) fn state_of(&self, token: &[u8], reference: &StatusReference) -> RecordState {
        let status = self.verifier().status(reference, token, &policy(), now());
        status.state()
    }
}

impl Draft {
    pub(super) fn without(mut self, key: i64) -> Self {
        let key = write::integer(key);
        self.protected.retain(|(k, _)| *k != key);
        self.claims.retain(|(k, _)| *k != key);
        self
    }

    pub(super) fn header(self, key: i64, value: Vec<u8>) -> Self {
        let mut draft = self.without(key);
        draft.protected.push(entry(key, value));
        draft
    }

    pub(super) fn claim(self, key: i64, value: Vec<u8>) -> Self {
        let mut draft = self.without(key);
        draft.claims.push(entry(key, value));
        draft
    }
}

pub(super) fn policy() -> StatusPolicy {
    StatusPolicy::strict(Duration::hours(24))
}

pub(super) fn read(status: &[u8]) -> StatusReference {
    let mut reader = Reader::only(status, Code::MdocMso).unwrap();
    StatusReference::read(&mut reader).unwrap().unwrap()
}

pub(super) fn in_status_list(index: u64) -> StatusReference {
    in_status_list_at(index, URI)
}

pub(super) fn in_status_list_at(index: u64, uri: &str) -> StatusReference {
    let place = named(&[("idx", write::unsigned(index)), ("uri", write::text(uri))]);
    read(&named(&[("status_list", place)]))
}

pub(super) fn in_identifier_list() -> StatusReference {
    let place = named(&[
        ("id", write::bytes(&[IDENTIFIER])),
        ("uri", write::text(URI)),
    ]);
    read(&named(&[("identifier_list", place)]))
}

pub(super) fn pinned(certificate: &[u8]) -> StatusReference {
    let place = named(&[
        ("idx", write::unsigned(2)),
        ("uri", write::text(URI)),
        ("certificate", write::bytes(&[certificate])),
    ]);
    read(&named(&[("status_list", place)]))
}
