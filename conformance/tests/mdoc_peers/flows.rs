//! How a presentation can come, and the transcript of each.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use tashika::Error;
use tashika::mdoc::SessionTranscript;
use tashika_testbed::mdoc::{Cbor, CoseKey, Transcript};
use tashika_testbed::{Algorithm, KeyPair, Rng};

use crate::scene::READER_KEY;

/// A flow with its transcript by the testbed's, the sdk's and @owf/mdoc's own
/// constructors.
pub(crate) struct Flow {
    pub(crate) name: &'static str,
    /// The name of the same with a MAC, where there may be one.
    pub(crate) with_mac: Option<&'static str>,
    pub(crate) testbed: fn() -> Transcript,
    pub(crate) sdk: fn() -> Result<SessionTranscript, Error>,
    /// Null where @owf/mdoc has none.
    pub(crate) owf: fn() -> Value,
}

const ORIGIN: &str = "https://rp.test.example";
const CLIENT: &str = "x509_san_dns:rp.test.example";
const RESPONSE: &str = "https://rp.test.example/response";
const NONCE: &str = "an-example-of-a-nonce";
const MDOC_NONCE: &str = "another-nonce";
const THUMBPRINT: [u8; 32] = [0x71; 32];
const SELECT: &[u8] = b"handover select";
const REQUEST: &[u8] = b"handover request";
const ENCRYPTION_INFO: &str = "gmVkY2FwaaJlbm9uY2VBAA";

pub(crate) const FLOWS: &[Flow] = &[
    Flow {
        name: "qr",
        with_mac: Some("qr_with_mac"),
        testbed: || Transcript::qr(&Cbor::tag24(engagement()), &reader_key()),
        sdk: || SessionTranscript::qr(&engagement().encode(), &reader_key().encode()),
        owf: || proximity(&json!({})),
    },
    Flow {
        name: "nfc_static",
        with_mac: Some("nfc_static_with_mac"),
        testbed: || nfc(None),
        sdk: || {
            let (engagement, key) = (engagement().encode(), reader_key().encode());
            SessionTranscript::nfc(&engagement, &key, SELECT, None)
        },
        owf: || proximity(&json!({"select": STANDARD.encode(SELECT)})),
    },
    Flow {
        name: "nfc_negotiated",
        with_mac: Some("nfc_negotiated_with_mac"),
        testbed: || nfc(Some(REQUEST)),
        sdk: || {
            let (engagement, key) = (engagement().encode(), reader_key().encode());
            SessionTranscript::nfc(&engagement, &key, SELECT, Some(REQUEST))
        },
        owf: || {
            let (select, request) = (STANDARD.encode(SELECT), STANDARD.encode(REQUEST));
            proximity(&json!({"select": select, "request": request}))
        },
    },
    Flow {
        name: "openid4vp_redirect",
        with_mac: None,
        testbed: || Transcript::openid4vp_redirect(CLIENT, NONCE, Some(&THUMBPRINT), RESPONSE),
        sdk: || {
            let thumbprint = Some(&THUMBPRINT);
            let transcript =
                SessionTranscript::openid4vp_redirect(CLIENT, NONCE, thumbprint, RESPONSE);
            Ok(transcript)
        },
        owf: || {
            let thumbprint = STANDARD.encode(THUMBPRINT);
            json!({"forOid4Vp": {
                "clientId": CLIENT, "nonce": NONCE,
                "jwkThumbprint": {"bytes": thumbprint}, "responseUri": RESPONSE,
            }})
        },
    },
    Flow {
        name: "openid4vp_plain_redirect",
        with_mac: None,
        testbed: || Transcript::openid4vp_redirect(CLIENT, NONCE, None, RESPONSE),
        sdk: || {
            let transcript = SessionTranscript::openid4vp_redirect(CLIENT, NONCE, None, RESPONSE);
            Ok(transcript)
        },
        owf: || {
            json!({"forOid4Vp": {
                "clientId": CLIENT, "nonce": NONCE, "responseUri": RESPONSE,
            }})
        },
    },
    Flow {
        name: "openid4vp_dc_api",
        with_mac: None,
        testbed: || Transcript::openid4vp_dc_api(ORIGIN, NONCE, Some(&THUMBPRINT)),
        sdk: || {
            let thumbprint = Some(&THUMBPRINT);
            Ok(SessionTranscript::openid4vp_dc_api(
                ORIGIN, NONCE, thumbprint,
            ))
        },
        owf: || {
            let thumbprint = STANDARD.encode(THUMBPRINT);
            json!({"forOid4VpDcApi": {
                "origin": ORIGIN, "nonce": NONCE, "jwkThumbprint": {"bytes": thumbprint},
            }})
        },
    },
    Flow {
        name: "annex_b",
        with_mac: None,
        testbed: || Transcript::annex_b(CLIENT, RESPONSE, NONCE, MDOC_NONCE),
        sdk: || {
            let transcript = SessionTranscript::annex_b(CLIENT, RESPONSE, NONCE, MDOC_NONCE);
            Ok(transcript)
        },
        owf: || {
            json!({"forOid4VpDraft18": {
                "clientId": CLIENT, "responseUri": RESPONSE,
                "verifierGeneratedNonce": NONCE, "mdocGeneratedNonce": MDOC_NONCE,
            }})
        },
    },
    Flow {
        name: "annex_c",
        with_mac: None,
        testbed: || Transcript::annex_c(ENCRYPTION_INFO, ORIGIN),
        sdk: || Ok(SessionTranscript::annex_c(ENCRYPTION_INFO, ORIGIN)),
        owf: || Value::Null,
    },
    Flow {
        name: "apple",
        with_mac: None,
        testbed: || Transcript::apple(NONCE.as_bytes(), "merchant", "TEAM", &THUMBPRINT),
        sdk: || {
            let nonce = NONCE.as_bytes();
            let transcript = SessionTranscript::apple(nonce, "merchant", "TEAM", &THUMBPRINT);
            Ok(transcript)
        },
        owf: || Value::Null,
    },
];

fn nfc(request: Option<&[u8]>) -> Transcript {
    Transcript::nfc(&Cbor::tag24(engagement()), &reader_key(), SELECT, request)
}

/// ISO/IEC 18013-5, 8.2.1.1, with Bluetooth of the mdoc's.
fn engagement() -> Cbor {
    let key = KeyPair::generate(Algorithm::P256, &mut Rng::from_seed(5));
    let security = Cbor::array([1.into(), Cbor::tag24(CoseKey::of(&key.public()))]);
    let options = Cbor::map([
        (0, Cbor::from(true)),
        (1, false.into()),
        (10, vec![0xB5; 16].into()),
    ]);
    let bluetooth = Cbor::array([2.into(), 1.into(), options]);
    Cbor::map([
        (0, Cbor::from("1.0")),
        (1, security),
        (2, Cbor::array([bluetooth])),
    ])
}

/// EReaderKeyBytes.
fn reader_key() -> Cbor {
    Cbor::tag24(reader_cose_key())
}

#[expect(clippy::expect_used, reason = "a scalar of the curve")]
fn reader_cose_key() -> Cbor {
    let key = KeyPair::from_scalar(Algorithm::P256, &READER_KEY).expect("a scalar");
    CoseKey::of(&key.public())
}

fn proximity(nfc: &Value) -> Value {
    json!({"proximity": {
        "engagement": STANDARD.encode(engagement().encode()),
        "reader_key": STANDARD.encode(reader_cose_key().encode()),
        "nfc": nfc,
    }})
}
