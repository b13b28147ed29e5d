//! Mistakes about nonces, thumbprints, client identifiers and response URIs,
//! which several flows have in common.

use tashika_testbed::mdoc::Cbor;
use tashika_testbed::mdoc::openid4vp::Jwk;
use tashika_testbed::{Hash, KeyPair};

use crate::{base64url, hex, published};

/// A nonce in base64url that needs padding, with both of its odd letters.
pub(crate) const NONCE: &str = "-_-_AAAAAAAAAAAAAAAA_w";
/// The octets that it stands for.
pub(crate) const NONCE_OCTETS: [u8; 16] =
    [0xfb, 0xff, 0xbf, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff];

/// What may stand in the place of the nonce.
pub(crate) fn nonces() -> Vec<(&'static str, Cbor)> {
    let text = |text: &str| Cbor::from(text);
    let digest = Hash::Sha256.digest(NONCE.as_bytes());
    vec![
        ("nonce.decoded", Cbor::from(&NONCE_OCTETS[..])),
        ("nonce.byte-string", NONCE.as_bytes().into()),
        ("nonce.encoded-again", text(&base64url(NONCE.as_bytes()))),
        ("nonce.alphabet", text("-_-_AAAAAAAAAAAAAAAA_w==")),
        ("nonce.alphabet", text("+/+/AAAAAAAAAAAAAAAA/w")),
        ("nonce.alphabet", text("+/+/AAAAAAAAAAAAAAAA/w==")),
        ("nonce.hexadecimal", text(&hex(NONCE.as_bytes()))),
        ("nonce.hexadecimal", text(&hex(&NONCE_OCTETS))),
        ("nonce.hashed", text(&base64url(&digest))),
        ("nonce.hashed", digest.into()),
        ("nonce.empty", text("")),
    ]
}

/// What may stand in the place of the thumbprint of `key`, if another key of
/// the request is `other`.
pub(crate) fn thumbprints(key: &KeyPair, other: &KeyPair) -> Vec<(&'static str, Cbor)> {
    let octets = Jwk::thumbprint(&key.public());
    let text = base64url(&octets);
    let jwk = published(key);
    let member = |name: &str| {
        let jwk: serde_json::Value = serde_json::from_str(&jwk).unwrap();
        jwk[name].as_str().unwrap().to_owned()
    };
    let (x, y) = (member("x"), member("y"));
    let digest = |octets: &[u8]| Cbor::from(Hash::Sha256.digest(octets));
    let unsorted = format!(r#"{{"kty":"EC","crv":"P-256","x":"{x}","y":"{y}"}}"#);
    let spaced = format!(r#"{{"crv": "P-256", "kty": "EC", "x": "{x}", "y": "{y}"}}"#);
    let uri = format!("urn:ietf:params:oauth:jwk-thumbprint:sha-256:{text}");
    vec![
        ("thumbprint.null", Cbor::NULL),
        (
            "thumbprint.other-key",
            Jwk::thumbprint(&other.public()).into(),
        ),
        ("thumbprint.text", text.as_str().into()),
        ("thumbprint.text", text.as_bytes().into()),
        ("thumbprint.hexadecimal", hex(&octets).as_str().into()),
        ("thumbprint.extra-members", digest(jwk.as_bytes())),
        ("thumbprint.order", digest(unsorted.as_bytes())),
        ("thumbprint.order", digest(spaced.as_bytes())),
        ("thumbprint.uri", uri.as_str().into()),
        ("thumbprint.point", digest(&key.public().point())),
    ]
}

pub(crate) const CLIENT: &str = "x509_san_dns:rp.example";
pub(crate) const RESPONSE: &str = "https://rp.example/Response?state=1";
pub(crate) const REDIRECT: &str = "https://rp.example/done";

/// Name, client identifier that is given, and the one that the device signed.
pub(crate) const CLIENTS: &[(&str, &str, &str)] = &[
    ("client-id.prefix", CLIENT, "rp.example"),
    ("client-id.prefix", "rp.example", CLIENT),
    ("client-id.prefix", CLIENT, "redirect_uri:rp.example"),
    ("client-id.case", "x509_san_dns:RP.example", CLIENT),
    ("client-id.response-uri", CLIENT, RESPONSE),
    (
        "client-id.slash",
        "https://rp.example/",
        "https://rp.example",
    ),
];

/// Name, response URI that is given, and the one that the device signed.
pub(crate) const RESPONSES: &[(&str, &str, &str)] = &[
    (
        "response-uri.slash",
        "https://rp.example/r",
        "https://rp.example/r/",
    ),
    (
        "response-uri.encoding",
        RESPONSE,
        "https%3A%2F%2Frp.example%2FResponse%3Fstate%3D1",
    ),
    (
        "response-uri.encoding",
        RESPONSE,
        "https%3a%2f%2frp.example%2fResponse%3fstate%3d1",
    ),
    (
        "response-uri.encoding",
        "https%3A%2F%2Frp.example%2Fr",
        "https://rp.example/r",
    ),
    (
        "response-uri.query",
        RESPONSE,
        "https://rp.example/Response",
    ),
    (
        "response-uri.scheme",
        RESPONSE,
        "http://rp.example/Response?state=1",
    ),
    (
        "response-uri.default-port",
        RESPONSE,
        "https://rp.example:443/Response?state=1",
    ),
    (
        "response-uri.case",
        RESPONSE,
        "https://rp.example/response?state=1",
    ),
    ("response-uri.origin", RESPONSE, "https://rp.example"),
    ("response-uri.client-id", RESPONSE, CLIENT),
    ("response-uri.empty", RESPONSE, ""),
];
