//! The provider's keys, and which of them a token is verified with (RFC 7517).

use super::draft::signed_by;
use super::{Desk, Row, Value, Vector, json, jwk};

const CHECK: &str = "auth_app.key";

pub(super) fn vectors(desk: &Desk) -> Vec<Vector> {
    let refused = |code, clause, rows| desk.all_refused(CHECK, code, clause, rows);
    [
        refused("input.jwks", "RFC 7517, 5", FORMS),
        refused("auth_app.jwks", "RFC 7517, 4.5", TWICE),
        refused("auth_app.jwks", "RFC 7518, 6.2.2, 6.3.2 and 6.4.1", PRIVATE),
        refused("auth_app.key_unknown", "RFC 7515, 4.1.4", UNKNOWN),
        refused("auth_app.key_ambiguous", "RFC 7515, 4.1.4", AMBIGUOUS),
        refused("auth_app.key_use", "RFC 7517, 4.1 to 4.4", USES),
    ]
    .concat()
}

/// Every key says so in a member.
pub(super) fn set(keys: &mut [Value], name: &str, value: &Value) {
    for key in keys {
        key[name] = value.clone();
    }
}

/// No key says anything in a member.
pub(super) fn without(keys: &mut [Value], name: &str) {
    for key in keys.iter_mut().filter_map(Value::as_object_mut) {
        key.remove(name);
    }
}

/// So many keys, by copies under other names.
pub(super) fn fill(desk: &Desk, keys: &mut Vec<Value>, count: usize) {
    for number in keys.len()..count {
        let kid = format!("more-{number}");
        keys.push(jwk(&desk.stranger, &kid, "sig", "ES256"));
    }
}

/// The key for ID tokens.
fn signing(keys: &mut [Value]) -> impl Iterator<Item = &mut Value> {
    keys.iter_mut().filter(|key| key["kid"] == "es256-1")
}

fn change(keys: &mut [Value], name: &str, value: impl Into<Value>) {
    let value = value.into();
    signing(keys).for_each(|key| key[name] = value.clone());
}

/// In the place of the key for ID tokens stands another.
fn replace(keys: &mut [Value], by: &Value) {
    signing(keys).for_each(|key| *key = by.clone());
}

const FORMS: &[Row] = &[
    ("keys_no_json", "The key set is a page.", |d| {
        d.keys_text = |_| "<!doctype html>".to_owned();
    }),
    ("keys_cut", "The end of the key set is missing.", |d| {
        d.keys_text = |mut text| {
            text.pop();
            text
        };
    }),
    ("keys_alone", "The keys stand in no set.", |d| {
        d.keys_text = |text| {
            let keys = text.strip_prefix(r#"{"keys":"#);
            keys.and_then(|keys| keys.strip_suffix('}'))
                .unwrap_or_default()
                .to_owned()
        };
    }),
    ("keys_missing", "The set has no keys.", |d| {
        d.keys_text = |text| text.replacen("keys", "key", 1);
    }),
    ("keys_object", "The keys are an object.", |d| {
        d.keys_text = |text| text.replacen('[', r#"{"":["#, 1).replace("]}", "]}}");
    }),
    ("keys_twice", "The set has keys twice.", |d| {
        d.keys_text = |text| text.replacen('{', r#"{"keys":[],"#, 1);
    }),
    ("key_member_twice", "A member of a key stands twice.", |d| {
        d.keys_text = |text| text.replacen("[{", r#"[{"kid":"es256-1","#, 1);
    }),
    ("key_text", "A key is a text.", |d| {
        d.keys_edit = |_, keys| keys.push("key".into());
    }),
    ("key_name_number", "The name of a key is a number.", |d| {
        d.keys_edit = |desk, keys| {
            let mut key = jwk(&desk.stranger, "", "sig", "ES256");
            key["kid"] = 2.into();
            keys.push(key);
        };
    }),
    (
        "keys_of_33",
        "The set has a key more than it may have.",
        |d| d.keys_edit = |desk, keys| fill(desk, keys, 33),
    ),
    (
        "keys_of_many_values",
        "The set has more values than it may have.",
        |d| d.keys_edit = |_, keys| set(keys, "x5c", &json!(vec!["MA=="; 400])),
    ),
];

const TWICE: &[Row] = &[
    (
        "key_name_twice",
        "Two keys have one name, that of the token's first.",
        |d| {
            d.keys_edit = |desk, keys| keys.push(jwk(&desk.stranger, "es256-1", "sig", "ES256"));
        },
    ),
    (
        "key_name_twice_beside",
        "Two keys that are not the token's have one name.",
        |d| {
            d.keys_edit = |desk, keys| keys.push(jwk(&desk.stranger, "enc-1", "sig", "ES256"));
        },
    ),
    (
        "key_name_twice_unusable",
        "Two keys of a kind that is of no use here have one name.",
        |d| {
            d.keys_edit = |_, keys| {
                keys.extend(vec![json!({ "kty": "OKP", "kid": "ed" }); 2]);
            };
        },
    ),
];

macro_rules! private {
    ($($name:literal),+) => {
        &[$((
            concat!("key_private_", $name),
            concat!("A key tells ", $name, ", which its owner alone may know."),
            |d| d.keys_edit = |_, keys| keys.push(json!({ "kty": "x", $name: "AA" })),
        )),+]
    };
}

const PRIVATE: &[Row] = private!("d", "p", "q", "dp", "dq", "qi", "oth", "k");

const UNKNOWN: &[Row] = &[
    (
        "kid_unknown",
        "The token names a key that is not there.",
        |d| {
            d.header["kid"] = "es256-2".into();
        },
    ),
    ("kid_in_capitals", "The name is in capitals.", |d| {
        d.header["kid"] = "ES256-1".into();
    }),
    ("kid_empty", "The name is empty.", |d| {
        d.header["kid"] = "".into();
    }),
    (
        "kid_of_a_traversal",
        "The name is a path, and would be read from a disk.",
        |d| d.header["kid"] = "../../dev/null".into(),
    ),
    ("keys_empty", "The set is empty.", |d| {
        d.keys_edit = |_, keys| keys.clear();
    }),
    (
        "kid_of_a_withdrawn_key",
        "The key that is named was withdrawn; another took its place.",
        |d| {
            d.keys_edit = |desk, keys| {
                replace(keys, &jwk(&desk.stranger, "es256-2", "sig", "ES256"));
            };
        },
    ),
    (
        "no_kid_no_key",
        "The token names no key, and none is for its algorithm.",
        |d| {
            d.header = json!({ "alg": "ES256", "typ": "JWT" });
            d.keys_edit = |_, keys| keys.retain(|key| key["kid"] != "es256-1");
        },
    ),
];

const AMBIGUOUS: &[Row] = &[(
    "no_kid_two_keys",
    "The token names no key, and two are for its algorithm; it is signed with the first.",
    |d| {
        d.header = json!({ "alg": "ES256", "typ": "JWT" });
        d.keys_edit = |desk, keys| keys.push(jwk(&desk.stranger, "es256-2", "sig", "ES256"));
    },
)];

const USES: &[Row] = &[
    (
        "kid_of_rs256",
        "The token names the RSA key under ES256.",
        |d| d.header["kid"] = "rs256-1".into(),
    ),
    (
        "kid_of_encryption",
        "The token names the key that one encrypts to.",
        |d| d.header["kid"] = "enc-1".into(),
    ),
    (
        "kid_of_encryption_on_p256",
        "The token is signed with a key on P-256 that is to encrypt to.",
        |d| d.keys_edit = |_, keys| change(keys, "use", "enc"),
    ),
    (
        "kid_of_rsa_encryption",
        "Under an allowed RS256 the token is signed with the key that one encrypts to.",
        |d| {
            d.registration.algorithms = Some(vec!["RS256".to_owned()]);
            d.header = json!({ "alg": "RS256", "typ": "JWT", "kid": "enc-1" });
            d.sign = |desk, signed| {
                let scheme = super::Scheme::Pkcs1(super::Hash::Sha256);
                desk.encryption.sign(scheme, signed)
            };
        },
    ),
    (
        "kid_of_es256_under_rs256",
        "The token names the key on P-256 under an allowed RS256.",
        |d| {
            d.registration.algorithms = Some(vec!["RS256".to_owned()]);
            d.header["alg"] = "RS256".into();
        },
    ),
    (
        "key_on_p384",
        "The key that is named is on P-384, and the token says ES256.",
        |d| {
            d.keys_edit = |desk, keys| {
                let mut key = jwk(&desk.p384, "es256-1", "sig", "ES256");
                key["alg"] = "ES256".into();
                replace(keys, &key);
            };
            d.sign = |desk, signed| {
                let scheme = super::Scheme::EcdsaFixed(super::Hash::Sha384);
                desk.p384.sign(scheme, signed)
            };
        },
    ),
    (
        "key_of_p384_called_p256",
        "The key is a point on P-384 that says to be on P-256.",
        |d| {
            d.keys_edit = |desk, keys| {
                let mut key = jwk(&desk.p384, "es256-1", "sig", "ES256");
                key["crv"] = "P-256".into();
                replace(keys, &key);
            };
        },
    ),
    (
        "key_for_another_algorithm",
        "The key says that it is for ES384.",
        |d| d.keys_edit = |_, keys| change(keys, "alg", "ES384"),
    ),
    (
        "key_algorithm_number",
        "The key's algorithm is a number.",
        |d| d.keys_edit = |_, keys| change(keys, "alg", 256),
    ),
    ("key_use_number", "The use of the key is a number.", |d| {
        d.keys_edit = |_, keys| change(keys, "use", 1)
    }),
    (
        "key_that_signs",
        "The key says that it is to sign with, which a public one cannot.",
        |d| d.keys_edit = |_, keys| change(keys, "key_ops", json!(["sign"])),
    ),
    (
        "key_operations_text",
        "What the key is for is a text and no list.",
        |d| d.keys_edit = |_, keys| change(keys, "key_ops", "verify"),
    ),
    (
        "key_off_the_curve",
        "The key's point is not on its curve.",
        |d| {
            d.keys_edit = |_, keys| {
                let x = signing(keys).map(|key| key["x"].clone()).next();
                change(keys, "y", x.unwrap_or_default());
            };
        },
    ),
    (
        "key_coordinate_short",
        "A coordinate of the key has an octet less, and the other one more.",
        |d| {
            d.keys_edit = |desk, keys| {
                let (x, y) = desk.es256.public().coordinates();
                let point = [x, y].concat();
                let (x, y) = point.split_at(31);
                change(keys, "x", super::base64url(x));
                change(keys, "y", super::base64url(y));
            };
        },
    ),
    (
        "key_coordinate_padded",
        "A coordinate of the key has the padding of base64.",
        |d| {
            d.keys_edit = |_, keys| {
                for key in signing(keys) {
                    let padded = key["x"].as_str().map(|x| format!("{x}="));
                    key["x"] = padded.into();
                }
            };
        },
    ),
    (
        "key_without_curve",
        "The key does not tell its curve.",
        |d| {
            d.keys_edit = |_, keys| {
                let keys = signing(keys).filter_map(Value::as_object_mut);
                keys.for_each(|key| drop(key.remove("crv")));
            };
        },
    ),
    (
        "key_of_another_type",
        "The key under that name is an RSA key.",
        |d| {
            d.keys_edit = |desk, keys| {
                replace(keys, &jwk(&desk.rs256, "es256-1", "sig", "ES256"));
            };
            d.sign = |desk, signed| signed_by(&desk.es256, signed);
        },
    ),
];
