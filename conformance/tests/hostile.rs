//! What has broken parsers elsewhere, one by one: refused with its exact code,
//! and soon.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test that cannot be set up fails"
)]

use std::time::{Duration, Instant};

use bytes::Bytes;
use tashika::algorithm::AlgorithmTable;
use tashika::jpki::{Challenge, Kind, SignedDocument};
use tashika::revocation::{CertificateList, OcspResponse};
use tashika::trust::{Environment, TrustStore};
use tashika::x509::Certificate;
use tashika::{Code, limits};
use tashika_conformance::desk::{Desk, NOW};
use tashika_conformance::fuzz;
use tashika_testbed::der::{self, Length, tag};
use tashika_testbed::{
    Algorithm, CmsBuilder, Encoding, Extension, Generation, OcspAnswer, OcspBuilder,
};

/// Work that grows with the square of such an input takes minutes; what grows
/// with its length, a fraction of this even where everything is slow.
const SOON: Duration = Duration::from_secs(10);

/// The code of a parser's refusal; none if it read the octets.
type Parser = fn(&[u8]) -> Option<Code>;

const PARSERS: [(Parser, Code); 6] = [
    (certificate, Code::InputCertificate),
    (list, Code::InputCrl),
    (response, Code::InputOcsp),
    (cms, Code::InputCms),
    (challenge, Code::TransactionForm),
    (anchor, Code::TrustAnchor),
];

fn certificate(octets: &[u8]) -> Option<Code> {
    Certificate::from_der(octets).err().map(|e| e.code())
}

fn list(octets: &[u8]) -> Option<Code> {
    CertificateList::from_der(octets).err().map(|e| e.code())
}

fn response(octets: &[u8]) -> Option<Code> {
    OcspResponse::from_der(octets).err().map(|e| e.code())
}

fn cms(octets: &[u8]) -> Option<Code> {
    let desk = Desk::new(31, Algorithm::P256).unwrap();
    let document = SignedDocument::cms(Bytes::copy_from_slice(octets));
    let verified = desk.verify(&document, AlgorithmTable::standard());
    verified.err().map(|e| e.code())
}

fn challenge(octets: &[u8]) -> Option<Code> {
    Challenge::from_bytes(octets).err().map(|e| e.code())
}

fn anchor(octets: &[u8]) -> Option<Code> {
    let builder = TrustStore::builder(Environment::Test);
    let anchor = builder.anchor(Kind::Signing.purpose(), octets);
    anchor.err().map(|e| e.code())
}

/// Every parser refuses the octets as malformed or as beyond a budget, and
/// nothing else that reads them minds them either.
#[track_caller]
fn refused(octets: &[u8]) {
    for (parser, malformed) in PARSERS {
        let begun = Instant::now();
        let code = parser(octets).expect("refused");
        assert!(begun.elapsed() < SOON, "{malformed}: {:?}", begun.elapsed());
        let too_much = [
            Code::InputTooLarge,
            Code::InputTooMany,
            Code::RevocationTooLarge,
            Code::RevocationOcspTooLarge,
        ];
        assert!(code == malformed || too_much.contains(&code), "{code}");
    }
    fuzz::certificate(octets);
    fuzz::issued_certificate(octets);
    fuzz::revocation_list(octets);
    fuzz::issued_list(octets);
    fuzz::ocsp(octets);
    fuzz::issued_ocsp(octets);
    fuzz::cms(octets);
    fuzz::transaction(octets);
    fuzz::anchor(octets);
}

#[test]
fn nothing() {
    refused(b"");
    for octet in 0..=u8::MAX {
        refused(&[octet]);
    }
}

#[test]
fn zeros() {
    refused(&[0; 16]);
    refused(&vec![0; 1024 * 1024]);
    refused(&vec![0xFF; 1024 * 1024]);
}

#[test]
fn nesting() {
    const LEVELS: usize = 10_000;
    for tag in [tag::SEQUENCE, tag::SET, tag::CONSTRUCTED_OCTET_STRING, 0xA0] {
        let definite = (0..LEVELS).fold(Vec::new(), |inner, _| {
            // Written from the inside, and turned round at the end.
            let mut octets: Vec<u8> = inner;
            let length = octets.len() as u64;
            octets.extend(der::length_octets(length).into_iter().rev());
            octets.push(tag);
            octets
        });
        refused(&definite.into_iter().rev().collect::<Vec<_>>());
        let open = [tag, 0x80].repeat(LEVELS);
        refused(&open);
        refused(&[open, vec![0; 2 * LEVELS]].concat());
    }
}

#[test]
fn content_in_deep_pieces() {
    let desk = Desk::new(31, Algorithm::P256).unwrap();
    let piece = der::octets(b"contract");
    let message = desk.card().sign_cms(b"contract", |cms| {
        cms.encoding(Encoding::Indefinite { chunk: 0 })
    });
    let nested = |levels: usize| {
        let mut message = message.clone();
        let at = message.windows(piece.len()).position(|w| w == piece);
        let at = at.expect("the content");
        let open = [tag::CONSTRUCTED_OCTET_STRING, 0x80].repeat(levels);
        let pieces = [open, piece.clone(), vec![0; 2 * levels]].concat();
        message.splice(at..at + piece.len(), pieces);
        cms(&message)
    };
    assert_eq!(nested(0), None);
    assert_eq!(nested(1), None);
    assert_eq!(nested(10_000), Some(Code::InputTooMany));
}

#[test]
fn content_in_many_pieces() {
    let desk = Desk::new(31, Algorithm::P256).unwrap();
    let content = vec![b'x'; 256 * 1024];
    let begun = Instant::now();
    let message = desk.card().sign_cms(&content, |cms: CmsBuilder| {
        cms.encoding(Encoding::Indefinite { chunk: 1 })
    });
    assert_eq!(cms(&message), None);
    assert!(begun.elapsed() < 3 * SOON);
}

#[test]
fn lengths() {
    for tag in [tag::SEQUENCE, tag::OCTET_STRING, tag::INTEGER] {
        refused(&[tag, 0x84, 0xFF, 0xFF, 0xFF, 0xFF, 0]);
        refused(&[tag, 0x85, 1, 0, 0, 0, 0, 0]);
        refused(&[&[tag, 0x88][..], &[0xFF; 8], &[0]].concat());
        refused(&[&[tag, 0xFF][..], &[0xFF; 127], &[0]].concat());
        refused(&[tag, 0x80]);
        refused(&[tag, 0xFE]);
        refused(&der::tlv_with(tag, Length::Padded(126), [1]));
    }
    // Inside something that is otherwise right.
    for octets in genuine() {
        let mut huge = octets.clone();
        huge.splice(4..6, [0x30, 0x84, 0xFF, 0xFF, 0xFF, 0xFF]);
        refused(&huge);
    }
}

#[test]
fn object_identifiers() {
    for octets in [
        der::tlv(tag::OBJECT_IDENTIFIER, vec![0xFF; 100_000]),
        der::tlv(tag::OBJECT_IDENTIFIER, [0x80; 64]),
        der::tlv(tag::OBJECT_IDENTIFIER, []),
    ] {
        refused(&octets);
        refused(&der::sequence([der::sequence([octets.clone()]), octets]));
    }
}

#[test]
fn trailing_octets() {
    for octets in genuine() {
        refused(&[&octets[..], &[0]].concat());
        refused(&[&octets[..], &octets].concat());
        refused(&octets[..octets.len() - 1]);
    }
}

#[test]
fn more_than_the_budget() {
    let over = |budget: usize| der::tlv(tag::SEQUENCE, vec![0; budget]);
    assert_eq!(
        certificate(&over(limits::CERTIFICATE)),
        Some(Code::InputTooLarge)
    );
    assert_eq!(cms(&over(limits::CMS)), Some(Code::InputTooLarge));
    assert_eq!(list(&over(limits::CRL)), Some(Code::RevocationTooLarge));
    assert_eq!(
        response(&over(limits::OCSP)),
        Some(Code::RevocationOcspTooLarge)
    );
}

/// A certificate, a list, a message and a response, good each for itself.
fn genuine() -> [Vec<u8>; 4] {
    let desk = Desk::new(31, Algorithm::P256).unwrap();
    let kind = tashika_testbed::Kind::Signing;
    let list = desk.list(kind, &tashika_testbed::Register::new());
    assert!(desk.read_list(kind, &list).is_ok());
    assert!(
        desk.signing(AlgorithmTable::standard())
            .unwrap()
            .check_certificate(desk.card().signing().certificate(), NOW)
            .is_ok()
    );
    [
        desk.card().signing().certificate().to_vec(),
        list,
        desk.card().sign_cms(b"contract", |cms| cms),
        responded(&desk),
    ]
}

/// A response of the CA about the card at the desk.
fn responded(desk: &Desk) -> Vec<u8> {
    let kind = tashika_testbed::Kind::Signing;
    let authority = desk.testbed().authority(kind, Generation::Third);
    let serial = desk.card().credential(kind).serial();
    let good = OcspAnswer::good(authority, serial, NOW.as_unix());
    let response = OcspBuilder::direct(authority, NOW.as_unix());
    let response = response.answer(&good).respond(authority.key());
    assert_eq!(self::response(&response), None);
    response
}

#[test]
fn answers_and_certificates_without_end() {
    let desk = Desk::new(31, Algorithm::P256).unwrap();
    let kind = tashika_testbed::Kind::Signing;
    let authority = desk.testbed().authority(kind, Generation::Third);
    let good = OcspAnswer::good(authority, &[1], NOW.as_unix());
    let empty = || OcspBuilder::direct(authority, NOW.as_unix());
    let answers = (0..500).fold(empty(), |r, _| r.answer(&good));
    let certificates = (0..500).fold(empty(), |r, _| r.certificate(&der::sequence([der::null()])));
    let extensions = (0..500).fold(empty(), |r, number| {
        r.extension(Extension::new(&[2, 25, number], der::null()))
    });
    for (builder, code) in [
        (answers, Code::RevocationOcspTooLarge),
        (certificates, Code::RevocationOcspTooLarge),
        (extensions, Code::RevocationOcspExtension),
    ] {
        assert_eq!(response(&builder.respond(authority.key())), Some(code));
    }
}
