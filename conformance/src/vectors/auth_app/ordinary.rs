//! Logins that are unusual, and in order.

use super::{Desk, Row, Vector, json};
use crate::vectors::login::{Sex, Told};

pub(super) fn vectors(desk: &Desk) -> Vec<Vector> {
    [
        desk.all_accepted("auth_app.claims", "Digital Agency, userinfo", PERSON),
        desk.all_accepted(
            "auth_app.token_response",
            "RFC 6749, 5.1; OpenID Connect Core 1.0, 3.1.3.3",
            RESPONSE,
        ),
        desk.all_accepted("auth_app.token_form", "RFC 7515, 4.1", HEADER),
        desk.all_accepted("auth_app.key", "RFC 7517, 4 and 5", KEYS),
        desk.all_accepted(
            "auth_app.acr",
            "OpenID Connect Core 1.0, 2 and 3.1.3.7",
            CLAIMS,
        ),
    ]
    .concat()
}

const PERSON: &[Row] = &[
    (
        "control",
        "A person logs in and tells name, address, date of birth and sex.",
        |_| (),
    ),
    (
        "nothing_asked",
        "A person logs in and is asked nothing.",
        |d| d.asks_nothing(),
    ),
    (
        "oidc_forms",
        "Userinfo has the forms of OpenID Connect: an address in an object, a date with dashes, a word for the sex.",
        |d| {
            d.person["address"] = json!({ "formatted": "東京都清瀬市架空町１－２－３" });
            d.person["birthdate"] = "1985-07-04".into();
            d.person["gender"] = "female".into();
            d.told().birthdate = Some(("1985-07-04".to_owned(), Some(41)));
            d.told().gender = Some(("female".to_owned(), Some(Sex::Female)));
        },
    ),
    ("address_in_lines", "The address is in two lines.", |d| {
        d.person["address"] = json!({ "formatted": "東京都清瀬市\n架空町１－２－３" });
        d.told().address = Some("東京都清瀬市\n架空町１－２－３".to_owned());
    }),
    (
        "address_in_lines_of_windows",
        "The address is in two lines, divided by CR LF.",
        |d| {
            d.person["address"] = json!({ "formatted": "東京都清瀬市\r\n架空町１－２－３" });
            d.told().address = Some("東京都清瀬市\r\n架空町１－２－３".to_owned());
        },
    ),
    ("gender_male", "The sex is 1.", |d| {
        d.person["gender"] = "1".into();
        d.told().gender = Some(("1".to_owned(), Some(Sex::Male)));
    }),
    (
        "gender_unknown",
        "The sex is a text that has no known meaning.",
        |d| {
            d.person["gender"] = "9".into();
            d.told().gender = Some(("9".to_owned(), None));
        },
    ),
    (
        "birthdate_today",
        "The person was born on the day of the login.",
        |d| {
            d.person["birthdate"] = "20270115".into();
            d.told().birthdate = Some(("20270115".to_owned(), Some(0)));
        },
    ),
    (
        "birthdate_tomorrow",
        "The date of birth is the day after the login: it tells no age.",
        |d| {
            d.person["birthdate"] = "20270116".into();
            d.told().birthdate = Some(("20270116".to_owned(), None));
        },
    ),
    (
        "birthdate_without_day",
        "The day of birth is unknown: the date tells no age.",
        |d| {
            d.person["birthdate"] = "19850700".into();
            d.told().birthdate = Some(("19850700".to_owned(), None));
        },
    ),
    (
        "birthdate_without_month",
        "Month and day of birth are unknown, in the form with dashes.",
        |d| {
            d.person["birthdate"] = "1985-00-00".into();
            d.told().birthdate = Some(("1985-00-00".to_owned(), None));
        },
    ),
    ("birthdate_unknown", "Nothing of the date is known.", |d| {
        d.person["birthdate"] = "00000000".into();
        d.told().birthdate = Some(("00000000".to_owned(), None));
    }),
    (
        "more_told_than_asked",
        "Userinfo tells more than was asked for, which is dropped unread.",
        |d| {
            d.scopes = vec!["birthdate"];
            d.person["name"] = 1.into();
            d.person["email"] = "hanako@example.jp".into();
            let told = d.told().clone();
            d.told = Some(Told {
                name: None,
                address: None,
                gender: None,
                ..told
            });
        },
    ),
    (
        "name_of_512",
        "The name has as many characters as an item may have.",
        |d| {
            let name = "花".repeat(512);
            d.person["name"] = name.clone().into();
            d.told().name = Some(name);
        },
    ),
    (
        "name_with_variation_selector",
        "A variation selector in the name tells variants of a character apart.",
        |d| {
            let name = "葛\u{e0100}城　花子".to_owned();
            d.person["name"] = name.clone().into();
            d.told().name = Some(name);
        },
    ),
    (
        "userinfo_with_charset",
        "The type of the answer names its character set.",
        |d| d.tells(200, "application/json; charset=utf-8", ""),
    ),
];

const RESPONSE: &[Row] = &[
    (
        "no_scope",
        "The response does not name what was granted: that is what was asked for.",
        |d| d.ungrant("scope"),
    ),
    ("more_scope", "More was granted than was asked for.", |d| {
        d.granted["scope"] = "sign gender birthdate email address name openid".into();
    }),
    (
        "token_type_lower_case",
        "The token's type is in lower case.",
        |d| d.granted["token_type"] = "bearer".into(),
    ),
    (
        "token_type_upper_case",
        "The token's type is in upper case.",
        |d| d.granted["token_type"] = "BEARER".into(),
    ),
    (
        "no_lifetime",
        "The response does not tell how long the access token lives.",
        |d| d.ungrant("expires_in"),
    ),
    ("no_refresh_token", "There is no refresh token.", |d| {
        d.ungrant("refresh_token");
    }),
    (
        "unknown_members",
        "The response has members that nobody knows.",
        |d| d.granted["not-before-policy"] = json!({ "a": [0, null] }),
    ),
    (
        "response_with_charset",
        "The type of the answer names its character set, in capitals.",
        |d| d.answers(200, "Application/JSON;charset=UTF-8", ""),
    ),
];

const HEADER: &[Row] = &[
    ("no_typ", "The header of the ID token has no type.", |d| {
        d.header = json!({ "alg": "ES256", "kid": "es256-1" });
    }),
    ("typ_lower_case", "The type is in lower case.", |d| {
        d.header["typ"] = "jwt".into();
    }),
    (
        "header_with_more",
        "The header has parameters that need not be understood.",
        |d| {
            d.header["cty"] = "x".into();
            d.header["x5t"] = "AAAA".into();
            d.header["client_id"] = 1.into();
        },
    ),
    (
        "rs256_by_policy",
        "The ID token is signed with RS256, which the relying party allows.",
        |d| {
            d.registration.algorithms = Some(vec!["ES256".to_owned(), "RS256".to_owned()]);
            d.header = json!({ "alg": "RS256", "typ": "JWT", "kid": "rs256-1" });
            d.sign = super::header::rs256;
        },
    ),
];

const KEYS: &[Row] = &[
    (
        "no_kid",
        "The token names no key, and one alone is for its algorithm.",
        |d| {
            d.header = json!({ "alg": "ES256", "typ": "JWT" });
        },
    ),
    (
        "key_says_nothing",
        "The key tells neither its use nor its algorithm.",
        |d| {
            d.keys_edit = |_, keys| {
                super::key_set::without(keys, "use");
                super::key_set::without(keys, "alg");
            };
        },
    ),
    (
        "key_that_verifies",
        "The key says that it is to verify with.",
        |d| {
            d.keys_edit = |_, keys| super::key_set::set(keys, "key_ops", &json!(["verify"]));
        },
    ),
    (
        "keys_of_other_kinds",
        "Keys of kinds that are of no use here stand beside, one without a name.",
        |d| {
            d.keys_edit = |_, keys| {
                keys.push(json!({ "kty": "OKP", "crv": "Ed25519", "x": "AA", "kid": "ed" }));
                keys.push(json!({ "kty": "AKP", "alg": "ML-DSA-44", "pub": "AA" }));
                keys.push(json!({ "kty": 1, "kid": "none" }));
            };
        },
    ),
    (
        "keys_of_32",
        "The set has as many keys as it may have.",
        |d| {
            d.keys_edit = |desk, keys| super::key_set::fill(desk, keys, 32);
        },
    ),
];

const CLAIMS: &[Row] = &[
    (
        "audience_of_one",
        "The audience is an array with us alone in it.",
        |d| d.claims["aud"] = json!(["shop1"]),
    ),
    ("no_azp", "The token names no authorized party.", |d| {
        d.remove_claim("azp");
    }),
    (
        "acr_in_another_order",
        "The classes come in another order, with one more.",
        |d| {
            d.claims["acr"] = "crl x aal3".into();
            d.told().acr = Some("crl x aal3".to_owned());
        },
    ),
    (
        "acr_less_by_policy",
        "The token names one class of two that were asked for; the relying party requires that one.",
        |d| {
            d.acr_required = Some(vec!["aal3"]);
            d.claims["acr"] = "aal3".into();
            d.told().acr = Some("aal3".to_owned());
        },
    ),
    (
        "acr_none_by_policy",
        "The token names no class; the relying party requires none.",
        |d| {
            d.acr_required = Some(vec![]);
            d.remove_claim("acr");
            d.told().acr = None;
        },
    ),
    (
        "no_auth_time",
        "The token does not tell when the person was authenticated.",
        |d| {
            d.remove_claim("auth_time");
            d.told().authenticated_at = None;
        },
    ),
    (
        "no_at_hash_by_policy",
        "The token does not tell its access token; the relying party does without.",
        |d| {
            d.registration.at_hash_if_present = true;
            d.remove_claim("at_hash");
        },
    ),
    (
        "unknown_claims",
        "The token has claims nobody knows.",
        |d| {
            d.claims["amr"] = json!(["x509"]);
            d.claims["address"] = json!({ "formatted": 1 });
        },
    ),
    (
        "subject_of_255",
        "The subject has as many characters as it may have.",
        |d| {
            let subject = "s".repeat(255);
            d.claims["sub"] = subject.clone().into();
            d.person["sub"] = subject.clone().into();
            d.told().subject = subject;
        },
    ),
];
