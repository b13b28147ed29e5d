//! A message as its parts, each of which a test may change before signing.

use const_oid::ObjectIdentifier;

use super::CONTENT;
use super::pki::{Key, Pki, name};
use crate::algorithm::DigestAlgorithm;
use crate::asn1;

pub(super) const CONTENT_TYPE: &str = "1.2.840.113549.1.9.3";
pub(super) const MESSAGE_DIGEST: &str = "1.2.840.113549.1.9.4";

/// Fields are whole elements unless they say otherwise.
pub(super) struct Draft {
    pub(super) content_type: Vec<u8>,
    pub(super) version: u8,
    /// The contents of the digest algorithms.
    pub(super) announced: Vec<u8>,
    pub(super) inner_type: Vec<u8>,
    pub(super) attached: Option<Vec<u8>>,
    pub(super) certificates: Vec<Vec<u8>>,
    /// The contents of the revocation information.
    pub(super) lists: Vec<u8>,
    pub(super) signers: usize,
    pub(super) signer_version: u8,
    pub(super) identifier: Vec<u8>,
    pub(super) digest_algorithm: Vec<u8>,
    pub(super) attributes: Option<Vec<Vec<u8>>>,
    pub(super) signature_algorithm: Vec<u8>,
    /// The contents of the unsigned attributes.
    pub(super) unsigned: Vec<u8>,
    /// What is signed instead of what should be.
    pub(super) signed: Option<Vec<u8>>,
    /// Whether the signature is changed afterwards.
    pub(super) tamper: bool,
    /// Whether the envelope has indefinite lengths.
    pub(super) indefinite: bool,
    pub(super) indefinite_attributes: bool,
}

impl Draft {
    /// A message that is accepted.
    pub(super) fn good() -> Self {
        let pki = Pki::shared();
        let sha256 = sequence(&[&oid("2.16.840.1.101.3.4.2.1")]);
        let data = oid("1.2.840.113549.1.7.1");
        let digest = DigestAlgorithm::Sha256.digest(CONTENT);
        let digest = tlv(asn1::OCTET_STRING, &[digest.octets()]);
        let mut draft = Self {
            content_type: oid("1.2.840.113549.1.7.2"),
            version: 1,
            announced: sha256.clone(),
            inner_type: data.clone(),
            attached: Some(tlv(asn1::OCTET_STRING, &[CONTENT])),
            certificates: vec![pki.leaf_certificate.clone()],
            lists: vec![],
            signers: 1,
            signer_version: 1,
            identifier: sequence(&[&name("Root"), &tlv(asn1::INTEGER, &[&[2]])]),
            digest_algorithm: sha256,
            attributes: Some(vec![]),
            signature_algorithm: sequence(&[&oid("1.2.840.10045.4.3.2")]),
            unsigned: vec![],
            signed: None,
            tamper: false,
            indefinite: false,
            indefinite_attributes: false,
        };
        draft.add_attribute(attribute(CONTENT_TYPE, &[&data]));
        draft.add_attribute(attribute(MESSAGE_DIGEST, &[&digest]));
        draft
    }

    /// Adds an attribute where its order puts it.
    pub(super) fn add_attribute(&mut self, attribute: Vec<u8>) {
        let attributes = self.attributes.as_mut().unwrap();
        attributes.push(attribute);
        attributes.sort();
    }

    pub(super) fn remove_attribute(&mut self, kind: &str) {
        let kind = oid(kind);
        let attributes = self.attributes.as_mut().unwrap();
        attributes.retain(|a| !a[2..].starts_with(&kind));
    }

    pub(super) fn sign(&self) -> Vec<u8> {
        self.sign_with(&Pki::shared().leaf)
    }

    pub(super) fn sign_with(&self, key: &Key) -> Vec<u8> {
        let attributes = self.attributes.as_ref().map(|a| a.concat());
        let signed = match (&self.signed, &attributes) {
            (Some(instead), _) => instead.clone(),
            (None, Some(attributes)) => set(&[attributes]),
            (None, None) => CONTENT.to_vec(),
        };
        let mut signature = key.sign(&signed);
        if self.tamper {
            *signature.last_mut().unwrap() ^= 1;
        }
        let attributes = attributes.map_or(vec![], |a| {
            if self.indefinite_attributes {
                indefinite(0xa0, &a)
            } else {
                tlv(0xa0, &[&a])
            }
        });
        let signer = sequence(&[
            &tlv(asn1::INTEGER, &[&[self.signer_version]]),
            &self.identifier,
            &self.digest_algorithm,
            &attributes,
            &self.signature_algorithm,
            &tlv(asn1::OCTET_STRING, &[&signature]),
            &optional(0xa1, &self.unsigned),
        ]);
        self.envelope(&signer.repeat(self.signers))
    }

    fn envelope(&self, signers: &[u8]) -> Vec<u8> {
        let wrap = |tag, contents: &[u8]| {
            if self.indefinite {
                indefinite(tag, contents)
            } else {
                tlv(tag, &[contents])
            }
        };
        let content = self.attached.as_ref().map_or(vec![], |c| wrap(0xa0, c));
        let body = [
            tlv(asn1::INTEGER, &[&[self.version]]),
            set(&[&self.announced]),
            wrap(asn1::SEQUENCE, &[&self.inner_type[..], &content].concat()),
            wrap(0xa0, &self.certificates.concat()),
            optional(0xa1, &self.lists),
            wrap(asn1::SET, signers),
        ];
        let body = wrap(0xa0, &wrap(asn1::SEQUENCE, &body.concat()));
        wrap(asn1::SEQUENCE, &[&self.content_type[..], &body].concat())
    }
}

fn indefinite(tag: u8, contents: &[u8]) -> Vec<u8> {
    [&[tag, 0x80], contents, &[0, 0]].concat()
}

fn optional(tag: u8, contents: &[u8]) -> Vec<u8> {
    if contents.is_empty() {
        vec![]
    } else {
        tlv(tag, &[contents])
    }
}

pub(super) fn attribute(kind: &str, values: &[&[u8]]) -> Vec<u8> {
    sequence(&[&oid(kind), &set(values)])
}

pub(super) fn null_parameters() -> Vec<u8> {
    vec![0x05, 0x00]
}

pub(super) fn oid(dotted: &str) -> Vec<u8> {
    let oid: ObjectIdentifier = dotted.parse().unwrap();
    tlv(asn1::OID, &[oid.as_bytes()])
}

pub(super) fn sequence(parts: &[&[u8]]) -> Vec<u8> {
    tlv(asn1::SEQUENCE, parts)
}

pub(super) fn set(parts: &[&[u8]]) -> Vec<u8> {
    tlv(asn1::SET, parts)
}

/// An element in DER of up to 64 KiB.
pub(super) fn tlv(tag: u8, parts: &[&[u8]]) -> Vec<u8> {
    let contents = parts.concat();
    let [high, low] = u16::try_from(contents.len()).unwrap().to_be_bytes();
    let header = match (high, low) {
        (0, ..0x80) => vec![tag, low],
        (0, _) => vec![tag, 0x81, low],
        _ => vec![tag, 0x82, high, low],
    };
    [header, contents].concat()
}
