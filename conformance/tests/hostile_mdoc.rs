//! What has broken readers of CBOR and JOSE elsewhere, given to what reads a
//! wallet's first messages: refused with its exact code, and soon.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test that cannot be set up fails"
)]

use std::time::{Duration, Instant};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use tashika::mdoc::engagement::{DeviceEngagement, NfcHandover};
use tashika::mdoc::envelope::{DcApiAnswer, annex_c, apple, openid4vp};
use tashika::mdoc::session::{Engaged, ReaderSession};
use tashika::mdoc::{Curve, EphemeralKey, SessionTranscript};
use tashika::{Code, Error, limits};
use tashika_conformance::fuzz;
use tashika_testbed::mdoc::Engagement;
use tashika_testbed::{Algorithm, KeyPair, Rng};

/// Work that grows with the square of such an input takes minutes; what grows
/// with its length, a fraction of this even where everything is slow.
const SOON: Duration = Duration::from_secs(10);

/// The code with which a reader refuses octets.
type Reader = fn(&[u8]) -> Code;

/// The readers of CBOR, with the code for what is malformed and the most that
/// each takes.
const OF_CBOR: [(Reader, Code, usize); 4] = [
    (engagement, Code::InputSession, limits::ENGAGEMENT),
    (session_data, Code::InputSession, limits::SESSION_DATA),
    (apple_envelope, Code::InputEnvelope, limits::MDOC_ENVELOPE),
    (
        envelope_c,
        Code::InputEnvelope,
        limits::MDOC_ENVELOPE / 4 * 3,
    ),
];

fn code<T>(outcome: Result<T, Error>) -> Code {
    outcome.err().expect("refused").code()
}

fn key() -> EphemeralKey {
    EphemeralKey::generate(Curve::P256).unwrap()
}

fn engagement(octets: &[u8]) -> Code {
    code(DeviceEngagement::from_cbor(octets))
}

fn session_data(octets: &[u8]) -> Code {
    code(session().receive(octets))
}

fn apple_envelope(octets: &[u8]) -> Code {
    let transcript = SessionTranscript::apple(&[1; 16], "merchant", "TEAM", &[0; 32]);
    code(apple::open(octets, &key(), &transcript))
}

fn envelope_c(octets: &[u8]) -> Code {
    let transcript = SessionTranscript::annex_c("gmVkY2FwaQ", "https://rp.test.example");
    let text = URL_SAFE_NO_PAD.encode(octets);
    code(annex_c::open(&text, &key(), &transcript))
}

fn session() -> ReaderSession {
    let device = KeyPair::generate(Algorithm::P256, &mut Rng::from_seed(1));
    let engagement = Engagement::new(device).encode();
    let engagement = DeviceEngagement::from_cbor(&engagement).unwrap();
    let engaged = Engaged::by_qr(&engagement, key()).unwrap();
    engaged.establish(b"request").unwrap().0
}

/// Every reader refuses the octets soon, with `expected` or as over its
/// budget; `None` stands for malformed.
#[track_caller]
fn refused(octets: &[u8], expected: Option<Code>) {
    for (reader, malformed, most) in OF_CBOR {
        let begun = Instant::now();
        let code = reader(octets);
        assert!(begun.elapsed() < SOON, "{malformed}: {:?}", begun.elapsed());
        let due = match octets.len() > most {
            true => Code::InputTooLarge,
            false => expected.unwrap_or(malformed),
        };
        assert_eq!(code, due, "{} octets", octets.len());
    }
}

fn fed(octets: &[u8]) {
    fuzz::engagement(octets);
    fuzz::session_data(octets);
    fuzz::jwe(octets);
    fuzz::apple_envelope(octets);
    fuzz::annex_c(octets);
}

#[test]
fn nothing() {
    refused(&[], None);
    fed(&[]);
    for octet in 0..=u8::MAX {
        // None of them is a whole map with what is needed in it.
        refused(&[octet], None);
        fed(&[octet]);
    }
}

#[test]
fn nesting() {
    const LEVELS: usize = 2000;
    for open in [&[0x81][..], &[0xA1, 0x00], &[0x9F], &[0xBF, 0x00], &[0xC1]] {
        let octets = open.repeat(LEVELS);
        refused(&octets, Some(Code::InputCborDepth));
        fed(&octets);
    }
    refused(&vec![0x81; 1024 * 1024], Some(Code::InputCborDepth));
}

#[test]
fn lengths() {
    for head in [0x5B, 0x7B, 0x9B, 0xBB] {
        for length in [u64::MAX, u64::MAX / 2, u64::from(u32::MAX)] {
            let octets = [&[head][..], &length.to_be_bytes(), &[0, 0]].concat();
            refused(&octets, None);
            fed(&octets);
        }
    }
}

#[test]
fn pieces() {
    let strings = [&[0x5F][..], &[0x40].repeat(1_000_000), &[0xFF]].concat();
    refused(&strings, None);
    let open = [&[0x5F][..], &[0x40].repeat(1_000_000)].concat();
    refused(&open, None);
}

#[test]
fn maps_with_many_keys() {
    let entry = |key: u32| [&[0x1A][..], &key.to_be_bytes(), &[0]].concat();
    let map = |keys: &[u32]| {
        let count = u32::try_from(keys.len()).unwrap().to_be_bytes();
        let entries = keys.iter().flat_map(|key| entry(*key));
        let octets = [0xBA].into_iter().chain(count).chain(entries);
        octets.collect::<Vec<u8>>()
    };
    let many: Vec<u32> = (100_000..300_000).collect();
    refused(&map(&many), Some(Code::InputTooMany));
    // As many as the shortest reader has room for.
    let mut some: Vec<u32> = (100_000..100_600).collect();
    refused(&map(&some), None);
    some.push(100_000);
    refused(&map(&some), Some(Code::InputCborDuplicate));
}

#[test]
fn trailing_octets() {
    refused(&[0xA0, 0x00], Some(Code::InputCborTrailing));
    refused(&[0x80, 0x80], Some(Code::InputCborTrailing));
}

#[test]
fn records_without_end() {
    for octets in [
        vec![0x91; 4096],
        [0x11, 0, 0].repeat(1000),
        vec![0xFF; 4096],
    ] {
        let code = code(NfcHandover::from_select(&octets));
        assert!(
            [Code::InputSession, Code::InputTooMany].contains(&code),
            "{code}"
        );
        fed(&octets);
    }
}

#[test]
fn json_without_end() {
    const MANY: usize = 500_000;
    let code_of = |json: &str| {
        let begun = Instant::now();
        let codes = [
            code(openid4vp::read(json)),
            code(DcApiAnswer::from_json(json)),
        ];
        assert!(begun.elapsed() < SOON, "{:?}", begun.elapsed());
        codes
    };
    let malformed = [Code::InputEnvelope; 2];
    for json in [
        "[".repeat(MANY),
        r#"{"vp_token":"#.repeat(MANY / 8),
        format!(r#"{{"vp_token":[{}0]}}"#, "0,".repeat(MANY)),
        format!(r#"{{"vp_token":{{"a":["{}"]}}"#, "A".repeat(MANY)),
        format!(r#"{{"data":{},"protocol":1}}"#, "9".repeat(MANY)),
        "\\u0000".repeat(MANY / 8),
    ] {
        assert_eq!(code_of(&json), malformed);
    }
    let members: Vec<String> = (0..MANY / 10).map(|n| format!(r#""{n}":0"#)).collect();
    let json = format!("{{{}}}", members.join(","));
    assert_eq!(code_of(&json), malformed);
}

#[test]
fn compact_messages_without_end() {
    let open = |text: &str| {
        let begun = Instant::now();
        let code = code(openid4vp::open(text, &key(), "1"));
        assert!(begun.elapsed() < SOON, "{:?}", begun.elapsed());
        code
    };
    assert_eq!(open(&".".repeat(1_000_000)), Code::InputEnvelope);
    assert_eq!(open(&"A".repeat(1_000_000)), Code::InputEnvelope);
    let header = "A".repeat(1_000_000);
    assert_eq!(open(&format!("{header}....")), Code::InputTooLarge);
    let deep = URL_SAFE_NO_PAD.encode(r#"{"epk":"#.repeat(400));
    assert_eq!(open(&format!("{deep}....")), Code::InputEnvelope);
}
