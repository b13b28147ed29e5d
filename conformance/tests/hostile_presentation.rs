//! What has broken readers of CBOR elsewhere, given to what reads presentations:
//! refused with its exact code, and soon.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test that cannot be set up fails"
)]

use std::time::{Duration, Instant};

use bytes::Bytes;
use tashika::algorithm::AlgorithmTable;
use tashika::mdoc::{
    DeviceResponse, IssuerProfile, MDL, Need, PresentationVerifier, Presented, Requested,
    RequestedDocument, Retention, SessionTranscript,
};
use tashika::trust::{Environment, Purpose, TrustStore};
use tashika::{Code, Time, limits};
use tashika_conformance::fuzz;
use tashika_testbed::mdoc::elements::{LICENCE, LICENCE_NAME_SPACE};
use tashika_testbed::mdoc::{Cbor, Elements, Holder, MdocTestbed, Response, Transcript};

/// Work that grows with the square of such an input takes minutes; what grows
/// with its length, a fraction of this even where everything is slow.
const SOON: Duration = Duration::from_secs(10);

const NOW: Time = Time::from_unix(1_800_000_000);
const INFO: &str = "gmVkY2FwaaFl";
const ORIGIN: &str = "https://rp.test.example";

/// The code with which a response is refused; none if it was read.
fn response(octets: &[u8]) -> Option<Code> {
    let begun = Instant::now();
    let outcome = DeviceResponse::read(&Bytes::copy_from_slice(octets));
    assert!(begun.elapsed() < SOON, "{:?}", begun.elapsed());
    outcome.err().map(|e| e.code())
}

fn transcript(octets: &[u8]) -> Option<Code> {
    let begun = Instant::now();
    let outcome = SessionTranscript::stored(octets);
    assert!(begun.elapsed() < SOON, "{:?}", begun.elapsed());
    outcome.err().map(|e| e.code())
}

/// Both readers refuse the octets, `None` as malformed.
#[track_caller]
fn refused(octets: &[u8], expected: Option<Code>) {
    let code = match octets.len() > limits::MDOC_RESPONSE {
        true => Code::InputTooLarge,
        false => expected.unwrap_or(Code::InputMdoc),
    };
    assert_eq!(response(octets), Some(code));
    let code = expected.unwrap_or(Code::InputSession);
    assert_eq!(transcript(octets), Some(code));
}

/// Nothing else that reads them minds them either.
fn fed(octets: &[u8]) {
    fuzz::device_response(octets);
    fuzz::issued_document(octets);
    fuzz::issued_element(octets);
    fuzz::device_key(octets);
    fuzz::transcript(octets);
    fuzz::status_token(octets);
}

#[test]
fn nothing() {
    refused(&[], None);
    fed(&[]);
    for octet in 0..=u8::MAX {
        refused(&[octet], None);
    }
}

#[test]
fn zeros() {
    refused(&vec![0; 1024 * 1024], Some(Code::InputCborTrailing));
    refused(&vec![0xFF; 1024 * 1024], None);
}

#[test]
fn nesting() {
    for open in [&[0x81][..], &[0xA1, 0x00], &[0x9F], &[0xBF, 0x00], &[0xC1]] {
        refused(&open.repeat(2000), Some(Code::InputCborDepth));
        fed(&open.repeat(2000));
        let most = limits::MDOC_RESPONSE / open.len();
        refused(&open.repeat(most), Some(Code::InputCborDepth));
    }
    // As keys, which are items too.
    refused(&[0xA1].repeat(2000), Some(Code::InputCborDepth));
}

#[test]
fn lengths() {
    for head in [0x5B, 0x7B, 0x9B, 0xBB] {
        for length in [u64::MAX, u64::MAX / 2, u64::from(u32::MAX)] {
            refused(
                &[&[head][..], &length.to_be_bytes(), &[0, 0]].concat(),
                None,
            );
        }
    }
}

#[test]
fn pieces() {
    for (head, piece) in [(0x5F, 0x40), (0x7F, 0x60)] {
        let open = [&[head][..], &[piece].repeat(2_000_000)].concat();
        refused(&open, None);
        refused(&[&open[..], &[0xFF]].concat(), None);
    }
}

#[test]
fn keys_without_end() {
    let map = |keys: std::ops::Range<u32>| {
        let entry = |key: u32| [&[0x1A][..], &key.to_be_bytes(), &[0]].concat();
        let entries = keys.flat_map(entry);
        let octets = [0xBF].into_iter().chain(entries).chain([0xFF]);
        octets.collect::<Vec<u8>>()
    };
    refused(&map(100_000..500_000), Some(Code::InputTooMany));
    // Many maps of as many keys as one may have, each of which is sorted.
    let maps = map(100_000..100_000 + limits::CBOR_KEYS as u32).repeat(500);
    refused(&[&[0x9F][..], &maps, &[0xFF]].concat(), None);
}

#[test]
fn keys_that_are_alike_to_their_end() {
    let key = |number: u16| {
        let name = [&[0; 2900][..], &number.to_be_bytes()].concat();
        (Cbor::Bytes(name), Cbor::NULL)
    };
    let map = Cbor::Map((0..1024).rev().map(key).collect());
    refused(&map.encode(), None);
}

#[test]
fn documents_without_end() {
    let response_of = |documents: Vec<Cbor>| {
        let response = documents
            .into_iter()
            .fold(Response::new(), Response::document);
        response.encode()
    };
    let empty = response_of(vec![Cbor::empty_map(); 1_000_000]);
    assert_eq!(response(&empty), Some(Code::InputMdoc));
    let scene = Scene::new(|elements| elements);
    let many = response_of(vec![scene.document(); limits::MDOC_DOCUMENTS + 1]);
    assert_eq!(response(&many), Some(Code::InputTooMany));
    let errors = (0..=limits::MDOC_DOCUMENTS).fold(Response::new(), |response, number| {
        response.error(&format!("type {number}"), 0)
    });
    assert_eq!(response(&errors.encode()), Some(Code::InputTooMany));
}

/// As many elements as there may be, all with long names that differ at their
/// ends, asked for one by one: read, compared and verified soon.
#[test]
fn elements_up_to_their_budget() {
    let scene = Scene::new(|elements| {
        (elements.iter().map(|(_, of)| of.len()).sum::<usize>()..limits::MDOC_ELEMENTS)
            .map(long_name)
            .fold(elements.clone(), |elements, name| {
                elements.with(LICENCE_NAME_SPACE, &name, true)
            })
    });
    let begun = Instant::now();
    assert_eq!(scene.check(&scene.document()), None);
    assert!(begun.elapsed() < SOON, "{:?}", begun.elapsed());

    let scene = scene.with(|elements| elements.with(LICENCE_NAME_SPACE, "one_more", true));
    let response = Response::of(scene.document()).encode();
    assert_eq!(self::response(&response), Some(Code::InputTooMany));
}

#[test]
fn digests_up_to_their_budget() {
    let scene = Scene::new(|elements| elements);
    let with_digests = |count: usize| {
        let digested = scene.testbed.issuance(LICENCE, &scene.elements).digest();
        let digests = format!("valueDigests/{LICENCE_NAME_SPACE}");
        let digested = digested.mso(|mso| {
            mso.edit(&digests, |digests| {
                let mut entries = digests.as_map().unwrap_or_default().to_vec();
                let decoys = (1000..).take(count - entries.len());
                entries.extend(decoys.map(|id: u64| (Cbor::Unsigned(id), vec![0; 32].into())));
                Cbor::Map(entries)
            })
        });
        let mdoc = digested.sign(scene.testbed.licence_signer());
        scene.present(&Holder::new(mdoc, scene.testbed.device_key()))
    };
    assert_eq!(scene.check(&with_digests(limits::MDOC_DIGESTS)), None);
    let one_more = with_digests(limits::MDOC_DIGESTS + 1);
    assert_eq!(scene.check(&one_more), Some(Code::InputTooMany));
}

#[test]
fn names_have_a_length() {
    let scene = Scene::new(|elements| elements);
    let refused = |path: &str, name: String| {
        let mut document = scene.document();
        document.rename(path, name);
        let outcome = response(&Response::of(document).encode());
        assert_eq!(outcome, Some(Code::InputTooLarge), "{path}");
    };
    let long = || "n".repeat(limits::MDOC_NAME + 1);
    refused(
        &format!("issuerSigned/nameSpaces/{LICENCE_NAME_SPACE}"),
        long(),
    );
    for (space, element) in [(long(), "e".to_owned()), ("n".to_owned(), long())] {
        let mut document = scene.document();
        let elements = Cbor::map([(element, Cbor::NULL)]);
        let spaces = Cbor::tag24(Cbor::map([(space, elements)]));
        document.set("deviceSigned/nameSpaces", spaces);
        let outcome = response(&Response::of(document).encode());
        assert_eq!(outcome, Some(Code::InputTooLarge));
    }
    let error = Response::new().error(&long(), 0).encode();
    assert_eq!(response(&error), Some(Code::InputTooLarge));
}

fn long_name(number: usize) -> String {
    format!("{}{number:05}", "e".repeat(limits::MDOC_NAME - 5))
}

/// A licence of which everything is asked for.
struct Scene {
    testbed: MdocTestbed,
    elements: Elements,
    verifier: PresentationVerifier,
}

impl Scene {
    fn new(change: impl FnOnce(Elements) -> Elements) -> Self {
        let testbed = MdocTestbed::from_seed(1, NOW.as_unix());
        let trust = TrustStore::builder(Environment::Test)
            .anchor(
                Purpose::MdocIssuer,
                testbed.licence_authority().certificate(),
            )
            .and_then(|builder| builder.build())
            .unwrap();
        let verifier = PresentationVerifier::new(AlgorithmTable::standard())
            .with_issuers(IssuerProfile::mdl(), trust)
            .unwrap();
        Self {
            testbed,
            elements: change(Elements::licence(&[0xFF, 0xD8, 0xFF])),
            verifier,
        }
    }

    fn with(self, change: impl FnOnce(Elements) -> Elements) -> Self {
        let elements = change(self.elements);
        Self { elements, ..self }
    }

    fn document(&self) -> Cbor {
        let issuance = self.testbed.issuance(LICENCE, &self.elements);
        let mdoc = issuance.sign(self.testbed.licence_signer());
        self.present(&Holder::new(mdoc, self.testbed.device_key()))
    }

    fn present(&self, holder: &Holder) -> Cbor {
        let transcript = Transcript::annex_c(INFO, ORIGIN);
        let presentation = holder.present(&transcript);
        presentation.select_all(LICENCE_NAME_SPACE).signed()
    }

    /// The code of the refusal; none if it is believed.
    fn check(&self, document: &Cbor) -> Option<Code> {
        let response = Bytes::from(Response::of(document.clone()).encode());
        let transcript = SessionTranscript::annex_c(INFO, ORIGIN);
        let presented = Presented::new(&response, &transcript);
        let checked = self.verifier.check(&presented, &self.requested(), NOW);
        checked.err().map(|e| e.code())
    }

    fn requested(&self) -> Requested {
        let document = RequestedDocument::new(MDL).unwrap();
        let names = self.elements.iter().flat_map(|(_, elements)| elements);
        let document = names.fold(document, |document, (name, _)| {
            document
                .element(
                    LICENCE_NAME_SPACE,
                    name,
                    Retention::NotRetained,
                    Need::Mandatory,
                )
                .expect("a name")
        });
        Requested::one(document).unwrap()
    }
}
