//! How an ID token is written and signed (RFC 7515; RFC 7518, 3).

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE, URL_SAFE_NO_PAD};

use super::draft::{base64url, signed_by};
use super::{Desk, Hash, Row, Scheme, Vector, json};

const FORM: &str = "RFC 7515, 7.1";

pub(super) fn vectors(desk: &Desk) -> Vec<Vector> {
    let form = "auth_app.token_form";
    [
        desk.all_refused(form, "input.id_token", FORM, FORMS),
        desk.all_refused(form, "auth_app.header", "RFC 7515, 4.1", HEADERS),
        desk.all_refused(form, "auth_app.token_kind", "RFC 8725, 3.11", KINDS),
        desk.all_refused(
            "auth_app.algorithm",
            "auth_app.algorithm",
            "RFC 8725, 3.1",
            ALGORITHMS,
        ),
        desk.all_refused(
            "auth_app.signature",
            "auth_app.signature",
            "RFC 7515, 5.2; RFC 7518, 3.4",
            SIGNATURES,
        ),
    ]
    .concat()
}

pub(super) fn rs256(desk: &Desk, signed: &[u8]) -> Vec<u8> {
    desk.rs256.sign(Scheme::Pkcs1(Hash::Sha256), signed)
}

const FORMS: &[Row] = &[
    ("token_empty", "The ID token is empty.", |d| {
        d.compact = |_| String::new();
    }),
    ("token_of_points", "The ID token has points alone.", |d| {
        d.compact = |_| "..".to_owned();
    }),
    ("token_of_two_parts", "The signature is missing.", |d| {
        d.compact = |text| {
            text.rsplit_once('.')
                .map_or_else(String::new, |(s, _)| s.to_owned())
        };
    }),
    ("token_of_four_parts", "A fourth part follows.", |d| {
        d.compact = |text| text + ".AAAA";
    }),
    ("token_with_point", "A point follows.", |d| {
        d.compact = |text| text + ".";
    }),
    ("token_encrypted", "It is encrypted, in five parts.", |d| {
        d.compact = |text| format!("{text}.AAAA.AAAA");
    }),
    (
        "token_padded",
        "The parts have the padding of base64.",
        |d| d.compact = |text| each_part(&text, |octets| URL_SAFE.encode(octets)),
    ),
    (
        "token_in_lines",
        "A line break stands before the signature.",
        |d| d.compact = |text| insert_before_signature(&text, "\n"),
    ),
    (
        "signature_last_bits",
        "The last letter of the signature has bits that say nothing.",
        |d| {
            d.compact = |text| {
                let (rest, last) = text.split_at(text.len() - 1);
                let twin = last.bytes().map(|letter| char::from(letter + 1));
                rest.to_owned() + &twin.collect::<String>()
            };
        },
    ),
    ("header_no_base64", "The header is no base64url.", |d| {
        d.compact = |text| format!("+{}", &text[1..]);
    }),
    ("header_no_json", "The header is no JSON.", |d| {
        d.header_text = |text| text.replace('}', "");
    }),
    ("header_array", "The header stands in an array.", |d| {
        d.header_text = |text| format!("[{text}]");
    }),
    (
        "header_member_twice",
        "The algorithm stands twice, alike.",
        |d| d.header_text = |text| text.replacen('{', r#"{"alg":"ES256","#, 1),
    ),
    (
        "header_member_twice_unlike",
        "The algorithm stands twice, first as none.",
        |d| d.header_text = |text| text.replacen('{', r#"{"alg":"none","#, 1),
    ),
    ("typ_number", "The type is a number.", |d| {
        d.header["typ"] = 1.into();
    }),
    ("kid_number", "The key's name is a number.", |d| {
        d.header["kid"] = 1.into();
    }),
    (
        "payload_no_base64",
        "What was signed as the payload is no base64url.",
        |d| d.payload = |_| "~~~~".to_owned(),
    ),
    (
        "payload_padded",
        "What was signed as the payload has the padding of base64.",
        |d| {
            d.claims_text = |text| {
                // One octet over, for which two signs stand in.
                let over = (4 - text.len() % 3) % 3;
                text + &" ".repeat(over)
            };
            d.payload = |text| text + "==";
        },
    ),
    ("payload_no_json", "The payload is no JSON.", |d| {
        d.claims_text = |text| text.replace('}', "");
    }),
    ("payload_array", "The payload stands in an array.", |d| {
        d.claims_text = |text| format!("[{text}]");
    }),
    ("payload_trailing", "An object follows the claims.", |d| {
        d.claims_text = |text| text + "{}"
    }),
    (
        "payload_member_twice",
        "The subject stands twice, first another's.",
        |d| d.claims_text = |text| text.replacen('{', r#"{"sub":"another","#, 1),
    ),
    (
        "payload_inner_member_twice",
        "A member within a claim nobody knows stands twice.",
        |d| d.claims_text = |text| text.replacen('{', r#"{"x":[{"a":1,"a":2}],"#, 1),
    ),
];

fn each_part(token: &str, written: fn(Vec<u8>) -> String) -> String {
    let parts = token.split('.');
    let parts = parts.map(|part| written(URL_SAFE_NO_PAD.decode(part).unwrap_or_default()));
    parts.collect::<Vec<_>>().join(".")
}

fn insert_before_signature(token: &str, what: &str) -> String {
    let (signed, signature) = token.rsplit_once('.').unwrap_or_default();
    format!("{signed}.{what}{signature}")
}

const HEADERS: &[Row] = &[
    ("header_jku", "The header says where keys are.", |d| {
        d.header["jku"] = "https://op.example/api/realms/main/certs".into();
    }),
    ("header_jwk", "The header brings a key along.", |d| {
        d.header["jwk"] = json!({ "kty": "EC", "crv": "P-256", "x": "AA", "y": "AA" });
    }),
    (
        "header_x5u",
        "The header says where a certificate is.",
        |d| {
            d.header["x5u"] = "https://op.example/certificate".into();
        },
    ),
    (
        "header_x5c",
        "The header brings a certificate along.",
        |d| {
            d.header["x5c"] = json!(["MAAA"]);
        },
    ),
    ("header_crit", "The header has to be understood.", |d| {
        d.header["crit"] = json!(["exp"]);
        d.header["exp"] = 1_900_000_000.into();
    }),
    (
        "header_b64",
        "The header says that the payload is base64url.",
        |d| d.header["b64"] = true.into(),
    ),
    ("header_zip", "The header says it is compressed.", |d| {
        d.header["zip"] = "DEF".into();
    }),
];

const KINDS: &[Row] = &[
    (
        "typ_access_token",
        "The token says to be an access token.",
        |d| d.header["typ"] = "at+jwt".into(),
    ),
    (
        "typ_logout_token",
        "The token says to be one about a logout.",
        |d| d.header["typ"] = "logout+jwt".into(),
    ),
    (
        "typ_of_media",
        "The type is written as a media type, which nobody does.",
        |d| d.header["typ"] = "application/jwt".into(),
    ),
    ("typ_empty", "The type is empty.", |d| {
        d.header["typ"] = "".into();
    }),
];

const ALGORITHMS: &[Row] = &[
    ("alg_none", "The token says to be unsigned, and is.", |d| {
        d.header["alg"] = "none".into();
        d.sign = |_, _| Vec::new();
    }),
    (
        "alg_none_in_letters",
        "The same, in capital and small letters.",
        |d| {
            d.header["alg"] = "nOnE".into();
            d.sign = |_, _| Vec::new();
        },
    ),
    (
        "alg_none_signed",
        "The token says to be unsigned, and is signed.",
        |d| d.header["alg"] = "none".into(),
    ),
    (
        "alg_hs256",
        "A MAC was made with the key for ID tokens, as PEM.",
        |d| {
            d.header["alg"] = "HS256".into();
            d.sign = |desk, signed| hs256(&desk.es256.spki(), signed);
        },
    ),
    (
        "alg_hs256_rsa",
        "A MAC was made with the RSA key, as PEM.",
        |d| {
            d.header = json!({ "alg": "HS256", "typ": "JWT", "kid": "rs256-1" });
            d.sign = |desk, signed| hs256(&desk.rs256.spki(), signed);
        },
    ),
    (
        "alg_rs256",
        "The token is signed with RS256, which nobody allowed.",
        |d| {
            d.header = json!({ "alg": "RS256", "typ": "JWT", "kid": "rs256-1" });
            d.sign = rs256;
        },
    ),
    (
        "alg_es256_not_allowed",
        "The token is signed with ES256, where RS256 alone is allowed.",
        |d| d.registration.algorithms = Some(vec!["RS256".to_owned()]),
    ),
    ("alg_ps256", "The token is signed with RSASSA-PSS.", |d| {
        d.registration.algorithms = Some(vec!["ES256".to_owned(), "RS256".to_owned()]);
        d.header = json!({ "alg": "PS256", "typ": "JWT", "kid": "rs256-1" });
        d.sign = |desk, signed| desk.rs256.sign(Scheme::PSS_SHA256, signed);
    }),
    ("alg_es384", "The token is signed on P-384.", |d| {
        d.header = json!({ "alg": "ES384", "typ": "JWT", "kid": "p384-1" });
        d.keys_edit = |desk, keys| keys.push(super::jwk(&desk.p384, "p384-1", "sig", "ES384"));
        d.sign = |desk, signed| desk.p384.sign(Scheme::EcdsaFixed(Hash::Sha384), signed);
    }),
    ("alg_lower_case", "The algorithm is in lower case.", |d| {
        d.header["alg"] = "es256".into();
    }),
    ("alg_missing", "The header names no algorithm.", |d| {
        d.header = json!({ "typ": "JWT", "kid": "es256-1" });
    }),
    ("alg_number", "The algorithm is a number.", |d| {
        d.header["alg"] = 1.into();
    }),
];

/// HMAC (RFC 2104) with SHA-256 and a public key in PEM, which is longer than a
/// block.
fn hs256(spki: &[u8], signed: &[u8]) -> Vec<u8> {
    let base64 = STANDARD.encode(spki);
    let lines: Vec<_> = base64.as_bytes().chunks(64).collect();
    let body = lines.join(&b'\n');
    let pem = [
        b"-----BEGIN PUBLIC KEY-----\n".to_vec(),
        body,
        b"\n-----END PUBLIC KEY-----\n".to_vec(),
    ];
    let mut block = Hash::Sha256.digest(&pem.concat());
    block.resize(64, 0);
    let padded = |with: u8| block.iter().map(|octet| octet ^ with).collect::<Vec<_>>();
    let inner = Hash::Sha256.digest(&[&padded(0x36), signed].concat());
    Hash::Sha256.digest(&[padded(0x5c), inner].concat())
}

const SIGNATURES: &[Row] = &[
    ("signature_bit", "A bit of the signature is wrong.", |d| {
        d.sign = |desk, signed| {
            let mut signature = signed_by(&desk.es256, signed);
            signature
                .iter_mut()
                .skip(20)
                .take(1)
                .for_each(|octet| *octet ^= 1);
            signature
        };
    }),
    (
        "signature_of_another_key",
        "Another key signed than the one that is named.",
        |d| d.sign = |desk, signed| signed_by(&desk.stranger, signed),
    ),
    ("signature_in_der", "The signature is in DER.", |d| {
        d.sign = |desk, signed| desk.es256.sign(Scheme::Ecdsa(Hash::Sha256), signed);
    }),
    (
        "signature_on_p384",
        "The signature is one on P-384 while the header says ES256.",
        |d| d.sign = |desk, signed| desk.p384.sign(Scheme::EcdsaFixed(Hash::Sha384), signed),
    ),
    ("signature_empty", "There is no signature.", |d| {
        d.sign = |_, _| Vec::new();
    }),
    ("signature_of_zeros", "The signature is zeros.", |d| {
        d.sign = |_, _| vec![0; 64];
    }),
    ("signature_r_zero", "r is zero.", |d| {
        d.sign = |desk, signed| {
            let signature = signed_by(&desk.es256, signed);
            [&[0; 32], signature.get(32..).unwrap_or_default()].concat()
        };
    }),
    ("signature_short", "s lacks an octet.", |d| {
        d.sign = |desk, signed| {
            let mut signature = signed_by(&desk.es256, signed);
            signature.truncate(63);
            signature
        };
    }),
    ("signature_long", "An octet follows s.", |d| {
        d.sign = |desk, signed| [signed_by(&desk.es256, signed), vec![0]].concat();
    }),
    (
        "signature_over_other_claims",
        "The claims were changed after they were signed.",
        |d| d.sign = |desk, _| signed_by(&desk.es256, b"e30.e30"),
    ),
    (
        "signature_with_another_hash",
        "SHA-384 was signed in place of SHA-256.",
        |d| d.sign = |desk, signed| desk.es256.sign(Scheme::EcdsaFixed(Hash::Sha384), signed),
    ),
    (
        "signature_over_payload",
        "The payload alone was signed, without the header.",
        |d| {
            d.sign = |desk, signed| {
                let payload = signed.split(|octet| *octet == b'.').nth(1);
                signed_by(&desk.es256, payload.unwrap_or_default())
            };
        },
    ),
    (
        "signature_of_rsa",
        "The RSA signature of an allowed RS256 is wrong in a bit.",
        |d| {
            d.registration.algorithms = Some(vec!["RS256".to_owned()]);
            d.header = json!({ "alg": "RS256", "typ": "JWT", "kid": "rs256-1" });
            d.sign = |desk, signed| {
                let mut signature = rs256(desk, signed);
                signature
                    .iter_mut()
                    .skip(20)
                    .take(1)
                    .for_each(|octet| *octet ^= 1);
                signature
            };
        },
    ),
    (
        "signature_of_rsa_with_another_hash",
        "SHA-512 was signed in place of the SHA-256 of RS256.",
        |d| {
            d.registration.algorithms = Some(vec!["RS256".to_owned()]);
            d.header = json!({ "alg": "RS256", "typ": "JWT", "kid": "rs256-1" });
            d.sign = |desk, signed| desk.rs256.sign(Scheme::Pkcs1(Hash::Sha512), signed);
        },
    ),
];

/// A header of its own for tokens by themselves.
pub(super) fn written(header: &str, payload: &str, sign: impl Fn(&[u8]) -> Vec<u8>) -> String {
    let signed = format!("{}.{}", base64url(header), base64url(payload));
    let signature = base64url(sign(signed.as_bytes()));
    format!("{signed}.{signature}")
}
