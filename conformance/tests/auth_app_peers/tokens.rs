//! Signed tokens that are sound, and some that are wrong in one place each.

mod keys;

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE, URL_SAFE_NO_PAD};
use serde_json::{Value, json};
use tashika::Code;
use tashika::auth_app::JwsAlgorithm::{self, Es256, Rs256};
use tashika_testbed::{Algorithm, Hash, KeyPair, Rng, Scheme};

pub(crate) type Outcome = Result<(), Code>;

const SOUND: Outcome = Ok(());
const ALGORITHM: Outcome = Err(Code::AuthAppAlgorithm);
const HEADER: Outcome = Err(Code::AuthAppHeader);
const KEY_USE: Outcome = Err(Code::AuthAppKeyUse);
const FORM: Outcome = Err(Code::InputIdToken);
const SIGNATURE: Outcome = Err(Code::AuthAppSignature);
const UNKNOWN: Outcome = Err(Code::AuthAppKeyUnknown);
const KEYS: Outcome = Err(Code::AuthAppJwks);
const AMBIGUOUS: Outcome = Err(Code::AuthAppKeyAmbiguous);
const KEYS_FORM: Outcome = Err(Code::InputJwks);

pub(crate) struct Case {
    pub(crate) name: String,
    /// The name without the algorithm's.
    pub(crate) what: &'static str,
    /// What we say to it.
    pub(crate) ours: Outcome,
    pub(crate) token: String,
    pub(crate) keys: Value,
    pub(crate) algorithm: JwsAlgorithm,
}

/// Who signs, and whose keys stand beside.
struct Bench {
    algorithm: JwsAlgorithm,
    key: KeyPair,
    scheme: Scheme,
    /// Two of the same kind, and one of the other.
    keys: [Value; 3],
    cases: Vec<Case>,
}

pub(crate) fn all() -> Vec<Case> {
    let mut rng = Rng::from_seed(71);
    let mut pair = |algorithm| [(); 2].map(|()| KeyPair::generate(algorithm, &mut rng));
    let (ec, rsa) = (pair(Algorithm::P256), pair(Algorithm::RSA_2048));
    let [ec_keys, rsa_keys] = [(&ec, Es256), (&rsa, Rs256)]
        .map(|([one, two], algorithm)| [jwk(one, algorithm, "one"), jwk(two, algorithm, "two")]);
    let with_other = |[one, two]: &[Value; 2], [other, _]: &[Value; 2]| {
        let mut other = other.clone();
        other["kid"] = json!("other");
        [one.clone(), two.clone(), other]
    };
    let [key, _] = ec;
    let mut ec = Bench {
        algorithm: Es256,
        key,
        scheme: Scheme::EcdsaFixed(Hash::Sha256),
        keys: with_other(&ec_keys, &rsa_keys),
        cases: Vec::new(),
    };
    let [key, _] = rsa;
    let mut rsa = Bench {
        algorithm: Rs256,
        key,
        scheme: Scheme::Pkcs1(Hash::Sha256),
        keys: with_other(&rsa_keys, &ec_keys),
        cases: Vec::new(),
    };
    for bench in [&mut ec, &mut rsa] {
        bench.headers();
        bench.payloads();
        bench.signatures();
        bench.texts();
        bench.members_of_keys();
    }
    ec.on_curves();
    rsa.of_rsa();
    ec.cases.into_iter().chain(rsa.cases).collect()
}

/// A public key, written by hand.
fn jwk(key: &KeyPair, algorithm: JwsAlgorithm, kid: &str) -> Value {
    let mut jwk = match algorithm {
        Es256 => {
            let (x, y) = key.public().coordinates();
            json!({"kty": "EC", "crv": "P-256", "x": encode(&x), "y": encode(&y)})
        }
        _ => rsa(key),
    };
    jwk["kid"] = json!(kid);
    jwk["use"] = json!("sig");
    jwk["alg"] = json!(algorithm.as_str());
    jwk
}

/// The two integers of an RSAPublicKey in DER.
fn rsa(key: &KeyPair) -> Value {
    let der = key.public_bits();
    // The exponent is 65537: five octets at the end, and the modulus has a zero
    // before it.
    let (front, _) = der.split_at(der.len() - 5);
    let length = key.rsa().map_or(0, |key| key.bits() / 8) as usize;
    let (_, modulus) = front.split_at(front.len() - length);
    json!({"kty": "RSA", "n": encode(modulus), "e": "AQAB"})
}

fn encode(octets: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(octets)
}

const PAYLOAD: &str = r#"{"sub":"hanako"}"#;

impl Bench {
    fn header(&self) -> Value {
        json!({"alg": self.algorithm.as_str(), "kid": "one"})
    }

    fn signed(&self, header: &str, payload: &str) -> (String, Vec<u8>) {
        let signed = [header, payload]
            .map(|part| encode(part.as_bytes()))
            .join(".");
        let signature = self.key.sign(self.scheme, signed.as_bytes());
        (signed, signature)
    }

    fn token(&self, header: &str, payload: &str) -> String {
        let (signed, signature) = self.signed(header, payload);
        format!("{signed}.{}", encode(&signature))
    }

    fn sound(&self) -> String {
        self.token(&self.header().to_string(), PAYLOAD)
    }

    fn add(&mut self, what: &'static str, ours: Outcome, token: String) {
        let keys = self.keys.to_vec();
        self.add_with(what, ours, token, &keys);
    }

    fn add_with(&mut self, what: &'static str, ours: Outcome, token: String, keys: &[Value]) {
        let algorithm = self.algorithm;
        self.cases.push(Case {
            name: format!("{}::{what}", algorithm.as_str().to_lowercase()),
            what,
            ours,
            token,
            keys: json!({"keys": keys}),
            algorithm,
        });
    }

    fn headers(&mut self) {
        self.add("sound", SOUND, self.sound());
        let alg = self.algorithm.as_str();
        let elsewhere = || json!("https://elsewhere.example/");
        for (what, ours, member, value) in [
            ("typ", SOUND, "typ", json!("at+jwt")),
            ("unknown_member", SOUND, "weather", json!("fine")),
            ("alg_none", ALGORITHM, "alg", json!("none")),
            ("alg_hs256", ALGORITHM, "alg", json!("HS256")),
            (
                "alg_of_another_size",
                ALGORITHM,
                "alg",
                json!(alg.replace("256", "384")),
            ),
            (
                "alg_in_lower_case",
                ALGORITHM,
                "alg",
                json!(alg.to_lowercase()),
            ),
            ("alg_null", ALGORITHM, "alg", Value::Null),
            ("kid_unknown", UNKNOWN, "kid", json!("three")),
            ("kid_of_another", SIGNATURE, "kid", json!("two")),
            ("kid_of_another_kind", KEY_USE, "kid", json!("other")),
            ("kid_number", FORM, "kid", json!(1)),
            ("crit", HEADER, "crit", json!(["exp"])),
            ("crit_empty", HEADER, "crit", json!([])),
            ("b64", HEADER, "b64", json!(true)),
            ("b64_false", HEADER, "b64", json!(false)),
            ("zip", HEADER, "zip", json!("DEF")),
            ("jku", HEADER, "jku", elsewhere()),
            ("x5u", HEADER, "x5u", elsewhere()),
            ("x5c", HEADER, "x5c", json!(["MIIB"])),
            ("jwk", HEADER, "jwk", self.keys[0].clone()),
        ] {
            let mut header = self.header();
            header[member] = value;
            self.add(what, ours, self.token(&header.to_string(), PAYLOAD));
        }
        let without = json!({"alg": self.algorithm.as_str()}).to_string();
        let token = self.token(&without, PAYLOAD);
        self.add("kid_missing", AMBIGUOUS, token.clone());
        let [one, two, other] = self.keys.clone();
        self.add_with(
            "kid_missing_one_key",
            SOUND,
            token.clone(),
            &[one, other.clone()],
        );
        self.add_with("kid_missing_another_key", SIGNATURE, token, &[two, other]);
        let twice = self
            .header()
            .to_string()
            .replacen('{', r#"{"alg":"none","#, 1);
        self.add("header_member_twice", FORM, self.token(&twice, PAYLOAD));
        self.add("header_no_json", FORM, self.token("alg", PAYLOAD));
        self.add("header_array", FORM, self.token("[]", PAYLOAD));
    }

    fn payloads(&mut self) {
        let header = self.header().to_string();
        for (what, ours, payload) in [
            ("payload_empty", SOUND, "{}"),
            ("payload_no_json", FORM, "hanako"),
            ("payload_array", FORM, "[]"),
            (
                "payload_member_twice",
                FORM,
                r#"{"sub":"hanako","sub":"shota"}"#,
            ),
            ("payload_trailing", FORM, "{} {}"),
        ] {
            self.add(what, ours, self.token(&header, payload));
        }
    }

    fn signatures(&mut self) {
        let (signed, signature) = self.signed(&self.header().to_string(), PAYLOAD);
        let mut with = |what, ours, signature: &[u8]| {
            self.add(what, ours, format!("{signed}.{}", encode(signature)));
        };
        let changed = |at: usize| {
            let octets = signature.iter().enumerate();
            let octets = octets.map(|(index, octet)| octet ^ u8::from(index == at));
            octets.collect::<Vec<_>>()
        };
        with("signature_first_bit", SIGNATURE, &changed(0));
        with(
            "signature_last_bit",
            SIGNATURE,
            &changed(signature.len() - 1),
        );
        with("signature_empty", SIGNATURE, &[]);
        with("signature_zero", SIGNATURE, &vec![0; signature.len()]);
        with("signature_shorter", SIGNATURE, &signature[1..]);
        with(
            "signature_longer",
            SIGNATURE,
            &[signature.as_slice(), &[0]].concat(),
        );
        with(
            "signature_after_zero",
            SIGNATURE,
            &[&[0], signature.as_slice()].concat(),
        );
        let (_, other) = self.signed(&self.header().to_string(), "{}");
        self.add(
            "signature_of_another",
            SIGNATURE,
            format!("{signed}.{}", encode(&other)),
        );
        // The same value, written otherwise.
        let spaced = self.header().to_string().replacen('{', "{ ", 1);
        let spaced = format!(
            "{}.{}.{}",
            encode(spaced.as_bytes()),
            encode(PAYLOAD.as_bytes()),
            encode(&signature)
        );
        self.add("header_written_otherwise", SIGNATURE, spaced);
    }

    fn texts(&mut self) {
        let sound = self.sound();
        let (signed, signature) = sound.rsplit_once('.').unwrap_or_default();
        let octets = URL_SAFE_NO_PAD.decode(signature).unwrap_or_default();
        self.add("part_missing", FORM, signed.to_owned());
        self.add("part_too_many", FORM, format!("{sound}."));
        self.add("parts_of_jwe", FORM, format!("{sound}.a.b"));
        self.add(
            "padded",
            FORM,
            format!("{signed}.{}", URL_SAFE.encode(&octets)),
        );
        self.add(
            "other_alphabet",
            FORM,
            format!("{signed}.{}", STANDARD.encode(&octets).replace('=', "")),
        );
        self.add("newline_after", FORM, format!("{sound}\n"));
        self.add("newline_within", FORM, format!("{signed}.\n{signature}"));
        self.add("blank_before", FORM, format!(" {sound}"));
        self.add("empty", FORM, String::new());
        self.add("points", FORM, "..".to_owned());
        // Bits of the last character that stand for nothing.
        let mut loose = sound.clone();
        let last = loose.pop().unwrap_or_default();
        let next = char::from(last as u8 + 1);
        self.add("bits_that_are_not_used", FORM, format!("{loose}{next}"));
    }
}
