//! Answers of OpenID4VP over the Digital Credentials API.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::{Map, Value, json};
use tashika_testbed::{
    KeyPair,
    mdoc::openid4vp::{ContentEncryption, Jwe, Jwk},
};

use super::{
    ALGORITHM, CHECK, Case, Desk, Envelope, MALFORMED, ORIGIN, RECIPIENT, SEAL, Transcript, Vector,
    case, digital_credential, keys, response, rng,
};

/// The identifier that the request gave to our key.
pub(super) const KID: &str = "k1";
const NONCE: &str = "n-0S6_WzA2Mj-0S6";
const JOSE: &str = "OpenID4VP 1.0, 8.3; RFC 7516, 5.2";

pub(super) fn vectors(desk: &Desk<'_>) -> Vec<Vector> {
    let wallet = Wallet::new(desk);
    [
        sound(&wallet),
        headers(&wallet),
        forms(&wallet),
        seals(&wallet),
        answers(&wallet),
    ]
    .concat()
}

/// A wallet that was asked by us.
struct Wallet<'d> {
    desk: &'d Desk<'d>,
    key: KeyPair,
    other: KeyPair,
    answer: Value,
}

impl<'d> Wallet<'d> {
    fn new(desk: &'d Desk<'d>) -> Self {
        let [key, other] = keys(desk);
        let transcript = known(&key).made();
        let octets = response(desk, &transcript).encode();
        let answer = json!({ "vp_token": { "card": [URL_SAFE_NO_PAD.encode(octets)] } });
        Self {
            desk,
            key,
            other,
            answer,
        }
    }

    fn jwe(&self) -> Jwe {
        Jwe::new(&self.key.public(), ContentEncryption::A128Gcm).key_id(KID)
    }

    fn sealed(&self, jwe: &Jwe) -> String {
        jwe.seal(self.answer.to_string().as_bytes(), &mut rng())
    }

    fn given(&self, id: &str, note: &str, jwe: String) -> Case {
        let envelope = Envelope::Openid4vp {
            jwe,
            kid: KID.to_owned(),
        };
        case(
            self.desk,
            [id, JOSE, note],
            &self.key,
            known(&self.key),
            envelope,
        )
    }

    fn with(&self, id: &str, note: &str, change: impl FnOnce(Jwe) -> Jwe) -> Case {
        self.given(id, note, self.sealed(&change(self.jwe())))
    }

    /// The answer with something else in it.
    fn saying(&self, id: &str, note: &str, answer: &Value) -> Case {
        let jwe = self.jwe().seal(answer.to_string().as_bytes(), &mut rng());
        self.given(id, note, jwe)
    }

    /// What the page gets.
    fn page(&self, id: &str, note: &str, protocol: &str, data: &Value) -> Case {
        let envelope = digital_credential(protocol, data);
        let clause = "OpenID4VP 1.0, A.1 and A.2";
        case(
            self.desk,
            [id, clause, note],
            &self.key,
            known(&self.key),
            envelope,
        )
    }
}

fn known(key: &KeyPair) -> Transcript {
    Transcript::Openid4vpDcApi {
        origin: ORIGIN.to_owned(),
        nonce: NONCE.to_owned(),
        thumbprint: Some(Jwk::thumbprint(&key.public()).into()),
    }
}

fn sound(wallet: &Wallet<'_>) -> Vec<Vector> {
    let accepted = "mdoc.device_auth";
    let encrypted = json!({ "response": wallet.sealed(&wallet.jwe()) });
    let signed = "openid4vp-v1-signed";
    vec![
        wallet
            .with(
                "mdoc_envelope/jwe",
                "By OpenID4VP, encrypted with AES-128.",
                |j| j,
            )
            .accepted(accepted),
        wallet
            .with(
                "mdoc_envelope/jwe_256",
                "By OpenID4VP, encrypted with AES-256.",
                |j| j.encryption(ContentEncryption::A256Gcm),
            )
            .accepted(accepted),
        wallet
            .with(
                "mdoc_envelope/jwe_parties",
                "Both parties are named in the key.",
                |j| j.apu(b"wallet").apv(b"verifier"),
            )
            .accepted(accepted),
        wallet
            .page(
                "mdoc_envelope/jwe_page",
                "As the page gets it, for the signed request.",
                signed,
                &encrypted,
            )
            .accepted(accepted),
        wallet
            .page(
                "mdoc_envelope/page_twice",
                "The page gets an answer both encrypted and in clear.",
                signed,
                &json!({
                    "response": wallet.sealed(&wallet.jwe()),
                    "vp_token": wallet.answer.get("vp_token"),
                }),
            )
            .refused(CHECK, MALFORMED),
        wallet
            .page(
                "mdoc_envelope/page_error",
                "The page gets an error.",
                signed,
                &json!({ "error": "access_denied" }),
            )
            .refused("mdoc.response_status", "mdoc.response_status"),
        wallet
            .page(
                "mdoc_envelope/page_no_data",
                "The page gets nothing.",
                signed,
                &json!("nothing"),
            )
            .refused(CHECK, MALFORMED),
    ]
}

fn headers(wallet: &Wallet<'_>) -> Vec<Vector> {
    let header = |id, note, name: &str, value: Value, code| {
        wallet
            .with(id, note, |j| j.header(name, value))
            .refused(CHECK, code)
    };
    let url = || json!("https://elsewhere.test.example/key");
    vec![
        header(
            "mdoc_envelope/jwe_compressed",
            "The content is compressed, or said to be.",
            "zip",
            json!("DEF"),
            ALGORITHM,
        ),
        header(
            "mdoc_envelope/jwe_critical",
            "A header is said to be critical.",
            "crit",
            json!(["exp"]),
            ALGORITHM,
        ),
        header(
            "mdoc_envelope/jwe_b64",
            "The content is said not to be encoded.",
            "b64",
            json!(false),
            ALGORITHM,
        ),
        header(
            "mdoc_envelope/jwe_wrapped",
            "The key is said to be wrapped.",
            "alg",
            json!("ECDH-ES+A128KW"),
            ALGORITHM,
        ),
        header(
            "mdoc_envelope/jwe_dir",
            "The key is said to be shared already.",
            "alg",
            json!("dir"),
            ALGORITHM,
        ),
        header(
            "mdoc_envelope/jwe_rsa",
            "The key is said to be encrypted with RSA.",
            "alg",
            json!("RSA-OAEP"),
            ALGORITHM,
        ),
        header(
            "mdoc_envelope/jwe_cbc",
            "The content is said to be encrypted with CBC.",
            "enc",
            json!("A128CBC-HS256"),
            ALGORITHM,
        ),
        header(
            "mdoc_envelope/jwe_192",
            "The content is said to be encrypted with AES-192.",
            "enc",
            json!("A192GCM"),
            ALGORITHM,
        ),
        header(
            "mdoc_envelope/jwe_algorithm_number",
            "The algorithm is a number.",
            "alg",
            json!(1),
            MALFORMED,
        ),
        header(
            "mdoc_envelope/jwe_other_kid",
            "The identifier is another key's.",
            "kid",
            json!("k2"),
            RECIPIENT,
        ),
        wallet
            .given(
                "mdoc_envelope/jwe_no_kid",
                "There is no identifier of a key.",
                {
                    let jwe = Jwe::new(&wallet.key.public(), ContentEncryption::A128Gcm);
                    wallet.sealed(&jwe)
                },
            )
            .refused(CHECK, RECIPIENT),
        header(
            "mdoc_envelope/jwe_jku",
            "The key is at an address.",
            "jku",
            url(),
            RECIPIENT,
        ),
        header(
            "mdoc_envelope/jwe_x5u",
            "The certificate is at an address.",
            "x5u",
            url(),
            RECIPIENT,
        ),
        header(
            "mdoc_envelope/jwe_jwk",
            "The recipient's key stands in the header.",
            "jwk",
            Jwk::of(&wallet.key.public()),
            RECIPIENT,
        ),
        header(
            "mdoc_envelope/jwe_party_text",
            "A party is no base64url.",
            "apu",
            json!("+"),
            MALFORMED,
        ),
    ]
}

fn forms(wallet: &Wallet<'_>) -> Vec<Vector> {
    let epk = |id, note, change: &dyn Fn(&mut Value), code| {
        let mut key = Jwk::of(&wallet.other.public());
        change(&mut key);
        wallet
            .with(id, note, |j| j.header("epk", key))
            .refused(CHECK, code)
    };
    let sealed = || wallet.sealed(&wallet.jwe());
    let bad = |id, note, jwe| wallet.given(id, note, jwe).refused(CHECK, MALFORMED);
    let part = |position: usize, change: &dyn Fn(&str) -> String| {
        let whole = sealed();
        let parts = whole.split('.').enumerate();
        let parts = parts.map(|(n, part)| match n == position {
            true => change(part),
            false => part.to_owned(),
        });
        parts.collect::<Vec<_>>().join(".")
    };
    let raw = |id, note, header: &str| {
        wallet
            .with(id, note, |j| j.header_raw(header))
            .refused(CHECK, MALFORMED)
    };
    vec![
        bad(
            "mdoc_envelope/jwe_empty",
            "There is nothing.",
            String::new(),
        ),
        bad("mdoc_envelope/jwe_four_parts", "There are four parts.", {
            sealed()
                .rsplit_once('.')
                .map_or_else(String::new, |(rest, _)| rest.to_owned())
        }),
        bad(
            "mdoc_envelope/jwe_six_parts",
            "There are six parts.",
            format!("{}.", sealed()),
        ),
        bad(
            "mdoc_envelope/jwe_with_key",
            "There is an encrypted key, although none is needed.",
            part(1, &|_| "AAAA".to_owned()),
        ),
        bad(
            "mdoc_envelope/jwe_nonce_short",
            "The nonce has nine octets.",
            part(2, &|nonce| nonce.chars().take(12).collect()),
        ),
        bad(
            "mdoc_envelope/jwe_tag_short",
            "The tag has twelve octets.",
            part(4, &|tag| tag.chars().take(16).collect()),
        ),
        bad(
            "mdoc_envelope/jwe_padded",
            "The content is padded.",
            part(3, &|content| format!("{content}=")),
        ),
        raw(
            "mdoc_envelope/jwe_member_twice",
            "The algorithm stands twice in the header.",
            r#"{"alg":"dir","alg":"ECDH-ES","enc":"A128GCM","kid":"k1","epk":EPK}"#,
        ),
        raw(
            "mdoc_envelope/jwe_no_ephemeral_key",
            "There is no ephemeral key.",
            r#"{"alg":"ECDH-ES","enc":"A128GCM","kid":"k1"}"#,
        ),
        raw(
            "mdoc_envelope/jwe_header_array",
            "The header is an array.",
            "[]",
        ),
        epk(
            "mdoc_envelope/jwe_off_curve",
            "The ephemeral key is off its curve.",
            &|key| {
                key["x"] = json!(URL_SAFE_NO_PAD.encode([7; 32]));
            },
            MALFORMED,
        ),
        epk(
            "mdoc_envelope/jwe_private",
            "The ephemeral key comes with its private part.",
            &|key| {
                key["d"] = json!(URL_SAFE_NO_PAD.encode([7; 32]));
            },
            MALFORMED,
        ),
        epk(
            "mdoc_envelope/jwe_short_coordinate",
            "A coordinate of the ephemeral key has 31 octets.",
            &|key| {
                key["y"] = json!(URL_SAFE_NO_PAD.encode([7; 31]));
            },
            MALFORMED,
        ),
        epk(
            "mdoc_envelope/jwe_p384",
            "The ephemeral key is said to be on P-384.",
            &|key| {
                key["crv"] = json!("P-384");
            },
            ALGORITHM,
        ),
        epk(
            "mdoc_envelope/jwe_okp",
            "The ephemeral key is of another type.",
            &|key| {
                key["kty"] = json!("OKP");
            },
            ALGORITHM,
        ),
    ]
}

fn seals(wallet: &Wallet<'_>) -> Vec<Vector> {
    let sealed = wallet.sealed(&wallet.jwe());
    let with_header = |header: Map<String, Value>| {
        let header = URL_SAFE_NO_PAD.encode(Value::Object(header).to_string());
        sealed
            .split_once('.')
            .map_or_else(String::new, |(_, rest)| format!("{header}.{rest}"))
    };
    let header = sealed
        .split('.')
        .next()
        .map(|header| URL_SAFE_NO_PAD.decode(header));
    let header = header.and_then(Result::ok).unwrap_or_default();
    let header: Map<_, _> = serde_json::from_slice(&header).unwrap_or_default();
    let changed = |name: &str, value: Value| {
        let mut header = header.clone();
        header.insert(name.to_owned(), value);
        with_header(header)
    };
    let refused = |id, note, jwe| wallet.given(id, note, jwe).refused(CHECK, SEAL);
    let to_other = Jwe::new(&wallet.other.public(), ContentEncryption::A128Gcm).key_id(KID);
    vec![
        refused(
            "mdoc_envelope/jwe_other_key",
            "The answer is sealed to another key, under our key's identifier.",
            wallet.sealed(&to_other),
        ),
        refused(
            "mdoc_envelope/jwe_header_added",
            "A member was added to the header.",
            changed("typ", json!("JWE")),
        ),
        refused(
            "mdoc_envelope/jwe_party_added",
            "A party was added to the header.",
            changed("apu", json!("d2FsbGV0")),
        ),
        refused(
            "mdoc_envelope/jwe_encryption_changed",
            "The encryption in the header was changed.",
            changed("enc", json!("A256GCM")),
        ),
        refused("mdoc_envelope/jwe_tag_changed", "The tag was changed.", {
            let (rest, _) = sealed.rsplit_once('.').unwrap_or_default();
            format!("{rest}.{}", URL_SAFE_NO_PAD.encode([0; 16]))
        }),
    ]
}

/// What is in it.
fn answers(wallet: &Wallet<'_>) -> Vec<Vector> {
    let bad = |id, note, answer: Value| wallet.saying(id, note, &answer).refused(CHECK, MALFORMED);
    let card = wallet
        .answer
        .pointer("/vp_token/card/0")
        .cloned()
        .unwrap_or_default();
    let five = vec![card.clone(); 5];
    vec![
        bad(
            "mdoc_envelope/vp_array",
            "The answer is an array.",
            json!([]),
        ),
        bad(
            "mdoc_envelope/vp_absent",
            "There is no VP token.",
            json!({}),
        ),
        bad(
            "mdoc_envelope/vp_empty",
            "The VP token is empty.",
            json!({ "vp_token": {} }),
        ),
        bad(
            "mdoc_envelope/vp_text",
            "The VP token is text.",
            json!({ "vp_token": card }),
        ),
        bad(
            "mdoc_envelope/vp_query_empty",
            "A query has no presentation.",
            json!({ "vp_token": { "card": [] } }),
        ),
        bad(
            "mdoc_envelope/vp_query_text",
            "The presentation of a query is in no array.",
            json!({ "vp_token": { "card": card } }),
        ),
        bad(
            "mdoc_envelope/vp_object",
            "The presentation of a query is an object.",
            json!({ "vp_token": { "card": [{}] } }),
        ),
        bad(
            "mdoc_envelope/vp_no_base64url",
            "The presentation of a query is no base64url.",
            json!({ "vp_token": { "card": ["+"] } }),
        ),
        bad(
            "mdoc_envelope/vp_state_number",
            "The state is a number.",
            json!({ "vp_token": { "card": [card] }, "state": 1 }),
        ),
        wallet
            .saying(
                "mdoc_envelope/vp_many",
                "There are five presentations.",
                &json!({ "vp_token": { "card": five } }),
            )
            .refused("input.budget", "input.too_many"),
        wallet
            .saying(
                "mdoc_envelope/vp_error",
                "The wallet answers with an error.",
                &json!({ "error": "access_denied" }),
            )
            .refused("mdoc.response_status", "mdoc.response_status"),
    ]
}
