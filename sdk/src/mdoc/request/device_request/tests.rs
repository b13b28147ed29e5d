use super::*;
use crate::algorithm::{AlgorithmTable, SignatureScheme};
use crate::certificate::Certificate;
use crate::mdoc::Need;
use crate::mdoc::cbor::Reader;
use crate::mdoc::cose::{Message, SIGN1};
use crate::mdoc::request::Purposes;
use crate::mdoc::request::testing::TestReader;

/// ISO/IEC 18013-5:2021, annex D.4: session transcript, items request, reader
/// authentication and the reader's certificate, in hexadecimal.
const ANNEX_D: &str = include_str!("annex_d.txt");

fn annex_d() -> [Vec<u8>; 4] {
    let digits = |part: &str| {
        part.chars()
            .filter(char::is_ascii_hexdigit)
            .collect::<Vec<_>>()
    };
    let octet = |pair: &[char]| u8::from_str_radix(&String::from_iter(pair), 16).unwrap();
    let parts = ANNEX_D.split("\n\n").map(digits);
    let parts = parts.map(|part| part.chunks(2).map(octet).collect());
    parts.collect::<Vec<_>>().try_into().unwrap()
}

#[test]
fn the_published_signature_is_over_what_we_sign() {
    let [transcript, items, signature, certificate] = annex_d();
    let transcript = SessionTranscript::stored(&transcript).unwrap();
    let certificate = Certificate::from_der(&certificate).unwrap();
    let key = AlgorithmTable::standard().key(certificate.spki()).unwrap();
    let mut reader = Reader::only(&signature, Code::MdocCose).unwrap();
    let message = Message::read(&mut reader, SIGN1).unwrap();
    let payload = reader_authentication(&transcript, &write::embedded(&items));
    let [algorithm, invalid] = [Code::MdocIssuerAlgorithm, Code::SignatureInvalid];
    assert_eq!(message.verify(&key, &payload, algorithm, invalid), Ok(()));
    let other = reader_authentication(&transcript, &items);
    assert_eq!(
        message.verify(&key, &other, algorithm, invalid),
        Err(Code::SignatureInvalid)
    );
}

fn transcript() -> SessionTranscript {
    SessionTranscript::annex_c("gmVk", "https://rp.example")
}

fn document(doc_type: &str) -> RequestedDocument {
    let asked = |document: RequestedDocument, namespace, identifier, retention| {
        document.element(namespace, identifier, retention, Need::Mandatory)
    };
    let document = RequestedDocument::new(doc_type).unwrap();
    let document = asked(document, "nb", "portrait", Retention::NotRetained).unwrap();
    let document = asked(document, "na", "sex", Retention::Retained).unwrap();
    asked(document, "nb", "name", Retention::NotRetained).unwrap()
}

fn one() -> Requested {
    Requested::one(document("d1")).unwrap()
}

/// The items request of `document("d1")`, encoded by hand: keys in the order of
/// their octets, so a shorter one is first.
const ITEMS: &[u8] = b"\xd8\x18\x58\x35\
    \xa2\
        \x67docType\x62d1\
        \x6anameSpaces\xa2\
            \x62na\xa1\x63sex\xf5\
            \x62nb\xa2\x64name\xf4\x68portrait\xf4";

/// The head of a byte string of 24 to 65,535 octets.
fn head(length: usize) -> Vec<u8> {
    match (u8::try_from(length), u16::try_from(length).unwrap()) {
        (Ok(short), _) => vec![0x58, short],
        (Err(_), long) => [&[0x59][..], &long.to_be_bytes()].concat(),
    }
}

/// What a message with one signature looks like, up to the signature itself.
fn before_signature(reader: &TestReader, algorithm: &[u8], length: &[u8]) -> Vec<u8> {
    let certificate = &reader.certificate;
    [
        b"\x84",
        algorithm,
        b"\xa1\x18\x21",
        &head(certificate.len()),
        certificate,
        b"\xf6",
        length,
    ]
    .concat()
}

/// `Sig_structure` over a payload in tag 24 (RFC 9052, 4.4).
fn signed(algorithm: &[u8], content: &[u8]) -> Vec<u8> {
    let embedded = [b"\xd8\x18", &head(content.len())[..], content].concat();
    let payload = [&head(embedded.len())[..], &embedded].concat();
    [b"\x84\x6aSignature1", algorithm, b"\x40", &payload].concat()
}

/// The parts of what is expected, with the signature between them, over these
/// bytes.
fn check(
    octets: &[u8],
    before: &[u8],
    after: &[u8],
    reader: &TestReader,
    scheme: SignatureScheme,
    signed: &[u8],
) {
    let rest = octets.strip_prefix(before).unwrap();
    let signature = rest.strip_suffix(after).unwrap();
    reader.key.verify(scheme, signed, signature).unwrap();
}

#[test]
fn the_first_edition_signs_every_document() {
    let (transcript, reader) = (transcript(), TestReader::p256());
    let readers = [reader.identity.clone()];
    let authentication = ReaderAuthentication::Signed(&readers);
    let request = DeviceRequest::new(&one(), &Edition::First, authentication, &transcript);
    let algorithm = b"\x43\xa1\x01\x26";
    let before = [
        b"\xa2\x67version\x631.0\x6bdocRequests\x81\xa2\x6areaderAuth",
        &before_signature(&reader, algorithm, b"\x58\x40")[..],
    ];
    let after = [b"\x6citemsRequest", ITEMS].concat();
    let content = [b"\x83\x74ReaderAuthentication", transcript.octets(), ITEMS].concat();
    check(
        request.unwrap().octets(),
        &before.concat(),
        &after,
        &reader,
        SignatureScheme::ECDSA_P256_SHA256_FIXED,
        &signed(algorithm, &content),
    );
}

#[test]
fn the_second_edition_signs_everything_at_once() {
    let (transcript, reader) = (transcript(), TestReader::p384());
    let readers = [reader.identity.clone()];
    let authentication = ReaderAuthentication::Signed(&readers);
    let algorithm = b"\x44\xa1\x01\x38\x22";
    let scheme = SignatureScheme::ECDSA_P384_SHA384_FIXED;
    let start = b"\x67version\x631.1\x6bdocRequests";
    let signature = b"\x6dreaderAuthAll\x81";
    let message = before_signature(&reader, algorithm, b"\x58\x60");
    let title = b"\x84\x77ReaderAuthenticationAll";

    let edition = Edition::Second(Purposes::none());
    let request = DeviceRequest::new(&one(), &edition, authentication, &transcript);
    let doc_request = [b"\xa1\x6citemsRequest", ITEMS].concat();
    let before = [
        &b"\xa3"[..],
        start,
        b"\x81",
        &doc_request,
        signature,
        &message,
    ]
    .concat();
    let content = [&title[..], transcript.octets(), b"\x81", ITEMS, b"\xf6"].concat();
    let octets = request.unwrap();
    check(
        octets.octets(),
        &before,
        b"",
        &reader,
        scheme,
        &signed(algorithm, &content),
    );

    // Two documents, and what says that they belong together.
    let both = Requested::new(vec![document("d1"), document("d2")]).unwrap();
    let request = DeviceRequest::new(&both, &edition, authentication, &transcript);
    let other: Vec<u8> = ITEMS
        .iter()
        .map(|b| if *b == b'1' { b'2' } else { *b })
        .collect();
    let other_request = [b"\xa1\x6citemsRequest", &other[..]].concat();
    let info = b"\xd8\x18\x58\x28\xa1\x68useCases\x81\xa2\x69mandatory\xf5\
        \x6cdocumentSets\x81\x82\x00\x01";
    let before = [
        &b"\xa4"[..],
        start,
        b"\x82",
        &doc_request,
        &other_request,
        signature,
        &message,
    ];
    let after = [&b"\x71deviceRequestInfo"[..], info].concat();
    let content = [
        &title[..],
        transcript.octets(),
        b"\x82",
        ITEMS,
        &other,
        info,
    ]
    .concat();
    let octets = request.unwrap();
    check(
        octets.octets(),
        &before.concat(),
        &after,
        &reader,
        scheme,
        &signed(algorithm, &content),
    );
}

#[test]
fn several_readers_sign_the_second_edition() {
    let transcript = transcript();
    let (one_reader, other) = (TestReader::p256(), TestReader::p384());
    let readers = [one_reader.identity.clone(), other.identity.clone()];
    let authentication = ReaderAuthentication::Signed(&readers);
    let edition = Edition::Second(Purposes::none());
    let request = DeviceRequest::new(&one(), &edition, authentication, &transcript).unwrap();
    let content = [
        b"\x84\x77ReaderAuthenticationAll",
        transcript.octets(),
        b"\x81",
        ITEMS,
        b"\xf6",
    ]
    .concat();

    let list = b"\x6dreaderAuthAll\x82";
    let sent = request.octets();
    let start = sent
        .windows(list.len())
        .position(|part| part == list)
        .unwrap()
        + list.len();
    let message = before_signature(&one_reader, b"\x43\xa1\x01\x26", b"\x58\x40");
    let rest = sent[start..].strip_prefix(&message[..]).unwrap();
    let (signature, rest) = rest.split_at(64);
    let scheme = SignatureScheme::ECDSA_P256_SHA256_FIXED;
    let octets = signed(b"\x43\xa1\x01\x26", &content);
    one_reader.key.verify(scheme, &octets, signature).unwrap();
    let message = before_signature(&other, b"\x44\xa1\x01\x38\x22", b"\x58\x60");
    let signature = rest.strip_prefix(&message[..]).unwrap();
    let scheme = SignatureScheme::ECDSA_P384_SHA384_FIXED;
    let octets = signed(b"\x44\xa1\x01\x38\x22", &content);
    other.key.verify(scheme, &octets, signature).unwrap();
}

#[test]
fn who_signs_is_stated() {
    let reader = TestReader::p256();
    let two = [reader.identity.clone(), reader.identity.clone()];
    let second = Edition::Second(Purposes::none());
    for (edition, readers) in [
        (&Edition::First, &[][..]),
        (&second, &[]),
        (&Edition::First, &two),
    ] {
        let authentication = ReaderAuthentication::Signed(readers);
        let request = DeviceRequest::new(&one(), edition, authentication, &transcript());
        assert_eq!(request.unwrap_err().code(), Code::MisuseRequest);
    }
    let unsigned = ReaderAuthentication::Unsigned;
    let request = DeviceRequest::new(&one(), &second, unsigned, &transcript()).unwrap();
    let expected = [
        b"\xa2\x67version\x631.1\x6bdocRequests\x81\xa1\x6citemsRequest",
        ITEMS,
    ];
    assert_eq!(request.octets(), expected.concat());
    assert_eq!(format!("{request:?}"), "DeviceRequest(97 octets)");
}

#[test]
fn several_certificates_stand_in_an_array() {
    let (leaf, issuer) = (TestReader::p256(), TestReader::p384());
    let chain = vec![leaf.certificate.clone(), issuer.certificate.clone()];
    let identity = ReaderIdentity::new(leaf.signer.clone(), chain).unwrap();
    let octets = identity.sign(b"payload").unwrap();
    let before = [
        b"\x84\x43\xa1\x01\x26\xa1\x18\x21\x82",
        &head(leaf.certificate.len())[..],
        &leaf.certificate,
        &head(issuer.certificate.len()),
        &issuer.certificate,
        b"\xf6\x58\x40",
    ]
    .concat();
    let signed = b"\x84\x6aSignature1\x43\xa1\x01\x26\x40\x47payload";
    let scheme = SignatureScheme::ECDSA_P256_SHA256_FIXED;
    check(&octets, &before, b"", &leaf, scheme, signed);
}
