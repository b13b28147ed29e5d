//! What is wrong with the keys, and what is of one kind of key alone.

use base64::Engine;
use base64::engine::general_purpose::{URL_SAFE, URL_SAFE_NO_PAD};
use serde_json::{Value, json};
use tashika_testbed::{Algorithm, Hash, KeyPair, Rng, Scheme};

use super::{
    Bench, KEY_USE, KEYS, KEYS_FORM, Outcome, PAYLOAD, SIGNATURE, SOUND, UNKNOWN, encode, rsa,
};

impl Bench {
    /// With other members of the key; null takes one away.
    fn add_keys(&mut self, changes: &[(&'static str, Outcome, &str, Value)]) {
        for (what, ours, member, value) in changes {
            let [mut one, two, other] = self.keys.clone();
            one[*member] = value.clone();
            if let (Value::Null, Some(members)) = (value, one.as_object_mut()) {
                members.remove(*member);
            }
            self.add_with(what, *ours, self.sound(), &[one, two, other]);
        }
    }

    /// The octets of a member of the key.
    fn octets(&self, member: &str) -> Vec<u8> {
        let text = self.keys[0][member].as_str().unwrap_or_default();
        URL_SAFE_NO_PAD.decode(text).unwrap_or_default()
    }

    pub(super) fn members_of_keys(&mut self) {
        self.add_keys(&[
            ("key_use_missing", SOUND, "use", Value::Null),
            ("key_use_enc", KEY_USE, "use", json!("enc")),
            ("key_alg_missing", SOUND, "alg", Value::Null),
            ("key_alg_other", KEY_USE, "alg", json!("ES512")),
            ("key_ops_verify", SOUND, "key_ops", json!(["verify"])),
            ("key_ops_sign", KEY_USE, "key_ops", json!(["sign"])),
            ("key_kid_missing", UNKNOWN, "kid", Value::Null),
            ("key_kid_of_another", KEYS, "kid", json!("two")),
            ("key_kty_missing", KEY_USE, "kty", Value::Null),
            ("key_kty_oct", KEY_USE, "kty", json!("oct")),
            ("key_private_member", KEYS, "d", json!("AQ")),
            ("key_unknown_member", SOUND, "weather", json!("fine")),
        ]);
        let [one, two, _] = self.keys.clone();
        self.add_with("key_twice", KEYS, self.sound(), &[one.clone(), one.clone()]);
        self.add_with("no_keys", UNKNOWN, self.sound(), &[]);
        let many = std::iter::repeat_n(two, 40)
            .enumerate()
            .map(|(index, mut key)| {
                key["kid"] = json!(format!("n{index}"));
                key
            });
        let many: Vec<_> = many.chain([one]).collect();
        self.add_with("many_keys", KEYS_FORM, self.sound(), &many);
    }

    /// Of ES256 alone.
    pub(super) fn on_curves(&mut self) {
        let header = self.header().to_string();
        let (signed, _) = self.signed(&header, PAYLOAD);
        let der = self
            .key
            .sign(Scheme::Ecdsa(Hash::Sha256), signed.as_bytes());
        self.add(
            "signature_der",
            SIGNATURE,
            format!("{signed}.{}", encode(&der)),
        );
        let p384 = KeyPair::generate(Algorithm::P384, &mut Rng::from_seed(72));
        let signature = p384.sign(Scheme::EcdsaFixed(Hash::Sha256), signed.as_bytes());
        let (x, y) = p384.public().coordinates();
        let key =
            json!({"kty": "EC", "crv": "P-384", "x": encode(&x), "y": encode(&y), "kid": "one"});
        self.add_with(
            "p384",
            KEY_USE,
            format!("{signed}.{}", encode(&signature)),
            &[key],
        );
        let x = self.octets("x");
        self.add_keys(&[
            ("curve_other", KEY_USE, "crv", json!("P-384")),
            ("curve_missing", KEY_USE, "crv", Value::Null),
            ("point_of_another", KEY_USE, "y", json!(encode(&x))),
            ("coordinate_missing", KEY_USE, "y", Value::Null),
            (
                "coordinate_padded",
                KEY_USE,
                "x",
                json!(URL_SAFE.encode(&x)),
            ),
            ("coordinate_after_zero", KEY_USE, "x", json!(after_zero(&x))),
        ]);
    }

    /// Of RS256 alone.
    pub(super) fn of_rsa(&mut self) {
        let header = self.header().to_string();
        let (signed, _) = self.signed(&header, PAYLOAD);
        for (what, ours, scheme) in [
            ("pss", SIGNATURE, Scheme::PSS_SHA256),
            ("sha384", SIGNATURE, Scheme::Pkcs1(Hash::Sha384)),
            ("sha1", SIGNATURE, Scheme::Pkcs1(Hash::Sha1)),
            (
                "bare_digest",
                SIGNATURE,
                Scheme::Pkcs1BareDigest(Hash::Sha256),
            ),
            (
                "digest_info_without_null",
                SIGNATURE,
                Scheme::Pkcs1WithoutNull(Hash::Sha256),
            ),
        ] {
            let signature = self.key.sign(scheme, signed.as_bytes());
            self.add(what, ours, format!("{signed}.{}", encode(&signature)));
        }
        let short = KeyPair::generate(Algorithm::Rsa(1024), &mut Rng::from_seed(73));
        let signature = short.sign(self.scheme, signed.as_bytes());
        let mut key = rsa(&short);
        key["kid"] = json!("one");
        self.add_with(
            "modulus_of_1024_bits",
            KEY_USE,
            format!("{signed}.{}", encode(&signature)),
            &[key],
        );
        let n = self.octets("n");
        self.add_keys(&[
            ("exponent_of_one", KEY_USE, "e", json!("AQ")),
            ("exponent_even", KEY_USE, "e", json!("AQAA")),
            ("exponent_missing", KEY_USE, "e", Value::Null),
            ("modulus_after_zero", KEY_USE, "n", json!(after_zero(&n))),
        ]);
    }
}

fn after_zero(octets: &[u8]) -> String {
    encode(&[&[0], octets].concat())
}
