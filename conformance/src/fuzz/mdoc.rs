//! What a wallet sends before a device response can be read: its engagement,
//! the messages of its session, and the envelopes of the web and of apps.

use std::sync::LazyLock;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use tashika::mdoc::engagement::{DeviceEngagement, NfcHandover};
use tashika::mdoc::envelope::{DcApiAnswer, annex_c as annex_c_envelope, apple, openid4vp};
use tashika::mdoc::session::{Engaged, ReaderSession, Received};
use tashika::mdoc::{Curve, EphemeralKey, SessionTranscript};
use tashika_testbed::mdoc::openid4vp::{ContentEncryption, Jwe};
use tashika_testbed::mdoc::{AnnexC, Apple, Engagement, Handover, Sealed, Session};
use tashika_testbed::{Algorithm, KeyPair, Rng};

use super::only_a_code;
use super::script::Script;
use super::tree::Notation;

/// A device response as far as an envelope looks at it.
const RESPONSE: &[u8] = b"\xa2gversionc1.0fstatus\x00";
const KEY_ID: &str = "1";

static GENUINE: LazyLock<Genuine> = LazyLock::new(Genuine::new);

struct Genuine {
    key: EphemeralKey,
    annex_c: (SessionTranscript, Vec<u8>),
    apple: (SessionTranscript, Apple, Vec<u8>),
    jwe: (Jwe, String),
    content: String,
    engagement: Vec<u8>,
    select: Vec<u8>,
    /// A session that has sent its request, and the message that answers it.
    session: (Vec<u8>, Vec<u8>),
}

/// Reads engagements of both kinds that the octets have changed, and engages
/// with what can be read.
///
/// # Panics
///
/// If an engagement is not kept as it was received.
pub fn engagement(input: &[u8]) {
    let genuine = &*GENUINE;
    let changed = Script(input).apply_in(Notation::Cbor, &genuine.engagement);
    for octets in [input, &changed] {
        let engagement = only_a_code(DeviceEngagement::from_cbor(octets));
        let uri = format!("mdoc:{}", URL_SAFE_NO_PAD.encode(octets));
        let by_uri = only_a_code(DeviceEngagement::from_uri(&uri));
        assert_eq!(engagement.is_some(), by_uri.is_some());
        if let Some(engagement) = engagement {
            assert_eq!(engagement.octets(), octets);
            only_a_code(Engaged::by_qr(&engagement, copy(&genuine.key)));
        }
    }
    only_a_code(DeviceEngagement::from_uri(&String::from_utf8_lossy(input)));
    let changed = Script(input).apply_to_octets(&genuine.select);
    for octets in [input, &changed] {
        if let Some(handover) = only_a_code(NfcHandover::from_select(octets)) {
            assert_eq!(handover.select(), octets);
            only_a_code(Engaged::by_nfc(&handover, copy(&genuine.key)));
        }
    }
}

/// Receives messages of a session that the octets have changed, and goes on
/// with sessions that they have changed.
///
/// # Panics
///
/// If anything is received that the wallet did not seal.
pub fn session_data(input: &[u8]) {
    let (session, message) = &GENUINE.session;
    let changed = Script(input).apply_in(Notation::Cbor, message);
    for octets in [input, &changed] {
        let session = only_a_code(ReaderSession::from_octets(session));
        let received = session.and_then(|session| only_a_code(session.receive(octets)));
        if let Some(Received::Message(data, _) | Received::Last(data, _)) = received {
            assert_eq!(data, RESPONSE);
        }
    }
    let changed = Script(input).apply_to_octets(session);
    for octets in [input, &changed] {
        if let Some(session) = only_a_code(ReaderSession::from_octets(octets)) {
            let _ = only_a_code(session.receive(message));
        }
    }
}

/// Opens an answer of OpenID4VP that the octets have changed, in its parts and
/// before it was sealed, and reads them as one that is not sealed.
///
/// # Panics
///
/// If anything is presented that the wallet did not seal.
pub fn jwe(input: &[u8]) {
    let genuine = &*GENUINE;
    let (jwe, sealed) = &genuine.jwe;
    let open = |text: &str| only_a_code(openid4vp::open(text, &genuine.key, KEY_ID));
    for text in [text(input), changed_text(input, sealed)]
        .into_iter()
        .chain(changed_parts(input, sealed))
    {
        for presentation in open(&text).iter().flat_map(|token| token.presentations()) {
            assert_eq!(presentation.device_response(), RESPONSE);
        }
    }
    let content = Script(input).apply_to_octets(genuine.content.as_bytes());
    open(&jwe.seal(&content, &mut Rng::from_seed(1)));
    for text in [text(input), changed_text(input, &genuine.content)] {
        only_a_code(openid4vp::read(&text));
        for protocol in ["org-iso-mdoc", "openid4vp-v1-signed"] {
            let json = format!(r#"{{"protocol":"{protocol}","data":{text}}}"#);
            only_a_code(DcApiAnswer::from_json(&json));
        }
        only_a_code(DcApiAnswer::from_json(&text));
    }
}

/// Opens an app's envelope that the octets have changed, as a whole and before
/// it was sealed.
///
/// # Panics
///
/// If a response comes out that the wallet did not seal.
pub fn apple_envelope(input: &[u8]) {
    let genuine = &*GENUINE;
    let (transcript, wallet, envelope) = &genuine.apple;
    let open = |octets: &[u8]| only_a_code(apple::open(octets, &genuine.key, transcript));
    let changed = Script(input).apply_in(Notation::Cbor, envelope);
    for octets in [input, &changed] {
        let opened = open(octets);
        assert!(opened.is_none_or(|response| response == RESPONSE));
    }
    let plaintext = [b"\xa1hidentity", RESPONSE].concat();
    let plaintext = Script(input).apply_in(Notation::Cbor, &plaintext);
    let envelope = wallet.seal_plaintext(&plaintext, &mut Rng::from_seed(1));
    open(&envelope.encode());
}

/// Opens an envelope of annex C that the octets have changed.
///
/// # Panics
///
/// If a response comes out that the wallet did not seal.
pub fn annex_c(input: &[u8]) {
    let genuine = &*GENUINE;
    let (transcript, envelope) = &genuine.annex_c;
    let open = |text: &str| annex_c_envelope::open(text, &genuine.key, transcript);
    let changed = Script(input).apply_in(Notation::Cbor, envelope);
    let sealed = URL_SAFE_NO_PAD.encode(envelope);
    for text in [
        text(input),
        URL_SAFE_NO_PAD.encode(input),
        URL_SAFE_NO_PAD.encode(changed),
        changed_text(input, &sealed),
    ] {
        let opened = only_a_code(open(&text));
        assert!(opened.is_none_or(|response| response == RESPONSE));
    }
}

fn text(octets: &[u8]) -> String {
    String::from_utf8_lossy(octets).into_owned()
}

fn changed_text(input: &[u8], genuine: &str) -> String {
    text(&Script(input).apply_to_octets(genuine.as_bytes()))
}

/// The message with what stands in one of its parts changed, for each of them.
fn changed_parts(input: &[u8], message: &str) -> Vec<String> {
    let parts: Vec<&str> = message.split('.').collect();
    let changed = |at: usize| {
        let parts = parts.iter().enumerate().map(|(position, part)| {
            let octets = URL_SAFE_NO_PAD.decode(part).unwrap_or_default();
            match position == at {
                true => URL_SAFE_NO_PAD.encode(Script(input).apply_to_octets(&octets)),
                false => (*part).to_owned(),
            }
        });
        parts.collect::<Vec<_>>().join(".")
    };
    (0..parts.len()).map(changed).collect()
}

const SCALAR: [u8; 32] = [7; 32];

/// The key once more: a session takes it.
#[expect(clippy::expect_used, reason = "it was made of the same octets")]
fn copy(key: &EphemeralKey) -> EphemeralKey {
    EphemeralKey::from_entropy(key.curve(), &SCALAR).expect("a key")
}

impl Genuine {
    #[expect(clippy::expect_used, reason = "the testbed makes genuine evidence")]
    fn new() -> Self {
        let mut rng = Rng::from_seed(41);
        let key = EphemeralKey::from_entropy(Curve::P256, &SCALAR).expect("a key");
        let pair = KeyPair::from_scalar(Algorithm::P256, &SCALAR).expect("the same key");
        let recipient = pair.public();

        let transcript = SessionTranscript::annex_c("gmVkY2FwaQ", "https://rp.test.example");
        let sealed = Sealed::new(&recipient, transcript.octets(), RESPONSE, &mut rng);
        let annex_c = (transcript, AnnexC::envelope(&sealed).encode());

        let app = Apple::new(&[1; 16], "merchant.test.example", "TEAM", &recipient);
        let transcript = SessionTranscript::stored(&app.transcript().encode());
        let plaintext = [b"\xa1hidentity", RESPONSE].concat();
        let envelope = app.seal_plaintext(&plaintext, &mut rng).encode();
        let apple = (transcript.expect("a transcript"), app, envelope);

        let response = URL_SAFE_NO_PAD.encode(RESPONSE);
        let content = format!(r#"{{"vp_token":{{"card":["{response}"]}},"state":"s"}}"#);
        let jwe = Jwe::new(&recipient, ContentEncryption::A128Gcm).key_id(KEY_ID);
        let sealed = jwe.seal(content.as_bytes(), &mut rng);

        let engagement = Engagement::new(KeyPair::generate(Algorithm::P256, &mut rng));
        let session = session(&engagement, &key).expect("a session");
        Self {
            annex_c,
            apple,
            jwe: (jwe, sealed),
            content,
            select: engagement.handover_select(&[2, 0x1C, 0]),
            engagement: engagement.encode(),
            session,
            key,
        }
    }
}

/// A session that awaits its first answer, and that answer.
fn session(engagement: &Engagement, key: &EphemeralKey) -> Option<(Vec<u8>, Vec<u8>)> {
    let engaged = DeviceEngagement::from_cbor(&engagement.encode()).ok()?;
    let engaged = Engaged::by_qr(&engaged, copy(key)).ok()?;
    let (session, establishment) = engaged.establish(b"request").ok()?;
    let (mut wallet, _) = Session::establish(engagement, &Handover::Qr, &establishment).ok()?;
    let message = wallet.send(RESPONSE).encode();
    Some((session.into_octets().ok()?.to_vec(), message))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Without changes everything opens, so that a change is what refuses it.
    #[test]
    fn what_is_genuine_opens() {
        let genuine = &*GENUINE;
        let (transcript, envelope) = &genuine.annex_c;
        let text = URL_SAFE_NO_PAD.encode(envelope);
        let opened = annex_c_envelope::open(&text, &genuine.key, transcript);
        assert_eq!(opened.unwrap(), RESPONSE);
        let (transcript, _, envelope) = &genuine.apple;
        let opened = apple::open(envelope, &genuine.key, transcript);
        assert_eq!(opened.unwrap(), RESPONSE);
        let token = openid4vp::open(&genuine.jwe.1, &genuine.key, KEY_ID).unwrap();
        assert_eq!(token.presentations()[0].device_response(), RESPONSE);
        let handover = NfcHandover::from_select(&genuine.select).unwrap();
        assert_eq!(handover.engagement().octets(), genuine.engagement);
        let (session, message) = &genuine.session;
        let session = ReaderSession::from_octets(session).unwrap();
        let Received::Message(response, _) = session.receive(message).unwrap() else {
            panic!();
        };
        assert_eq!(response, RESPONSE);
    }
}
