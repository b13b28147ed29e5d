//! The claims of an ID token (OpenID Connect Core 1.0, 2 and 3.1.3.7).

use super::draft::{ACCESS_TOKEN, ISSUER, base64url, half_hash};
use super::{Desk, Hash, Row, Vector, json};

const CORE: &str = "OpenID Connect Core 1.0, 3.1.3.7";

pub(super) fn vectors(desk: &Desk) -> Vec<Vector> {
    let refused = |check, code, rows| desk.all_refused(check, code, CORE, rows);
    let time = "auth_app.time";
    let (form, malformed) = ("auth_app.token_form", "input.id_token");
    [
        refused("auth_app.issuer", "auth_app.issuer", ISSUERS),
        refused("auth_app.audience", "auth_app.audience", AUDIENCES),
        refused("auth_app.audience", "auth_app.authorized_party", PARTIES),
        refused(form, malformed, FORMS),
        refused(time, "auth_app.token_expired", EXPIRED),
        refused(time, "auth_app.issued_at", ISSUED),
        refused(time, "auth_app.auth_time", AUTHENTICATED),
        desk.all_accepted(time, CORE, TIMES),
        refused("auth_app.nonce", "auth_app.nonce", NONCES),
        desk.all_refused(
            "auth_app.access_token",
            "auth_app.at_hash_missing",
            "OpenID Connect Core 1.0, 3.1.3.6",
            NO_HASH,
        ),
        desk.all_refused(
            "auth_app.access_token",
            "auth_app.at_hash",
            "OpenID Connect Core 1.0, 3.1.3.8",
            HASHES,
        ),
        refused("auth_app.acr", "auth_app.acr_missing", NO_ACR),
        refused("auth_app.acr", "auth_app.acr", CLASSES),
    ]
    .concat()
}

const ISSUERS: &[Row] = &[
    ("issuer_of_another", "Another provider issued it.", |d| {
        d.claims["iss"] = "https://attacker.example/api/realms/main".into();
    }),
    ("issuer_missing", "The token names no issuer.", |d| {
        d.remove_claim("iss");
    }),
    ("issuer_slash", "A slash follows the issuer's name.", |d| {
        d.claims["iss"] = format!("{ISSUER}/").into();
    }),
    (
        "issuer_in_capitals",
        "The issuer's host is in capitals.",
        |d| d.claims["iss"] = ISSUER.replace("op.example", "OP.EXAMPLE").into(),
    ),
    ("issuer_of_another_realm", "Another realm issued it.", |d| {
        d.claims["iss"] = ISSUER.replace("main", "master").into();
    }),
    ("issuer_array", "The issuer stands in an array.", |d| {
        d.claims["iss"] = json!([ISSUER]);
    }),
];

const AUDIENCES: &[Row] = &[
    (
        "audience_of_another",
        "The token is for another client.",
        |d| {
            d.claims["aud"] = "shop2".into();
        },
    ),
    ("audience_missing", "The token is for nobody.", |d| {
        d.remove_claim("aud");
    }),
    (
        "audience_begun",
        "The audience begins as our name does.",
        |d| {
            d.claims["aud"] = "shop".into();
        },
    ),
    (
        "audience_of_two",
        "The token is for us and for another client; we are the authorized party.",
        |d| d.claims["aud"] = json!(["shop1", "shop2"]),
    ),
    ("audience_of_us_twice", "The token is for us, twice.", |d| {
        d.claims["aud"] = json!(["shop1", "shop1"]);
    }),
    ("audience_of_none", "The audience is an empty array.", |d| {
        d.claims["aud"] = json!([]);
    }),
    ("audience_number", "The audience is a number.", |d| {
        d.claims["aud"] = 1.into();
    }),
    (
        "audience_in_an_array_of_arrays",
        "The audience stands in an array in an array.",
        |d| d.claims["aud"] = json!([["shop1"]]),
    ),
];

const PARTIES: &[Row] = &[
    (
        "azp_of_another",
        "The token was issued to another client.",
        |d| d.claims["azp"] = "shop2".into(),
    ),
    ("azp_array", "The authorized party is an array.", |d| {
        d.claims["azp"] = json!(["shop1"]);
    }),
    ("azp_null", "The authorized party is null.", |d| {
        d.claims["azp"] = json!(null);
    }),
];

const FORMS: &[Row] = &[
    (
        "exp_missing",
        "The token does not tell when it expires.",
        |d| {
            d.remove_claim("exp");
        },
    ),
    ("exp_text", "The time at which it expires is a text.", |d| {
        d.claims["exp"] = d.claims["exp"].to_string().into();
    }),
    (
        "exp_endless",
        "The time at which it expires is in no calendar.",
        |d| d.claims["exp"] = json!(1e300),
    ),
    (
        "iat_missing",
        "The token does not tell when it was issued.",
        |d| {
            d.remove_claim("iat");
        },
    ),
    (
        "iat_text",
        "The time at which it was issued is a text.",
        |d| {
            d.claims["iat"] = d.claims["iat"].to_string().into();
        },
    ),
    ("nbf_text", "The time at which it begins is a text.", |d| {
        d.claims["nbf"] = "1799999995".into();
    }),
    (
        "auth_time_text",
        "The time of the authentication is a text.",
        |d| d.claims["auth_time"] = "1799999980".into(),
    ),
    (
        "auth_time_null",
        "The time of the authentication is null.",
        |d| {
            d.claims["auth_time"] = json!(null);
        },
    ),
    ("acr_array", "The classes stand in an array.", |d| {
        d.claims["acr"] = json!(["aal3", "crl"]);
    }),
    ("sub_missing", "The token names nobody.", |d| {
        d.remove_claim("sub");
    }),
    ("sub_empty", "The subject is empty.", |d| named(d, "")),
    ("sub_number", "The subject is a number.", |d| {
        d.claims["sub"] = 7.into();
        d.person["sub"] = 7.into();
    }),
    (
        "sub_of_256",
        "The subject is a character longer than it may be.",
        |d| named(d, &"s".repeat(256)),
    ),
    (
        "sub_not_ascii",
        "The subject has a letter that is none of ASCII.",
        |d| named(d, "日本"),
    ),
    (
        "sub_with_control",
        "The subject has a line break in it.",
        |d| named(d, "a\nb"),
    ),
];

fn named(draft: &mut super::Draft, subject: &str) {
    draft.claims["sub"] = subject.into();
    draft.person["sub"] = subject.into();
}

/// Clocks may be a minute apart.
const EXPIRED: &[Row] = &[
    ("expired", "The token has expired.", |d| {
        d.claims["exp"] = (d.now - 3600).into();
        d.claims["iat"] = (d.now - 300).into();
    }),
    (
        "expired_this_second",
        "The token expired a minute ago.",
        |d| {
            d.claims["exp"] = (d.now - 60).into();
        },
    ),
    (
        "expired_by_equal_clocks",
        "The token expires with this second, and clocks may not differ.",
        |d| {
            d.registration.skew = Some(0);
            d.claims["exp"] = d.now.into();
        },
    ),
    ("expired_in_1970", "The token expired in 1970.", |d| {
        d.claims["exp"] = 1.into();
    }),
    (
        "expired_before_1970",
        "The token expired before 1970.",
        |d| {
            d.claims["exp"] = (-1).into();
        },
    ),
];

const ISSUED: &[Row] = &[
    (
        "issued_in_the_future",
        "The token was issued a second later than clocks may differ.",
        |d| d.claims["iat"] = (d.now + 61).into(),
    ),
    (
        "issued_long_ago",
        "The token was issued a second earlier than it may be.",
        |d| d.claims["iat"] = (d.now - 661).into(),
    ),
    (
        "begins_in_the_future",
        "The token begins a second later than clocks may differ.",
        |d| d.claims["nbf"] = (d.now + 61).into(),
    ),
];

const AUTHENTICATED: &[Row] = &[
    (
        "authenticated_in_the_future",
        "The person was authenticated a second later than clocks may differ.",
        |d| d.claims["auth_time"] = (d.now + 61).into(),
    ),
    (
        "authenticated_long_ago",
        "The person was authenticated a second earlier than the relying party demands.",
        |d| {
            d.registration.authenticated_within = Some(300);
            d.claims["auth_time"] = (d.now - 361).into();
        },
    ),
    (
        "authenticated_in_the_future_within",
        "The person was authenticated a second later than clocks may differ, where there is a limit to how long ago.",
        |d| {
            d.registration.authenticated_within = Some(300);
            d.claims["auth_time"] = (d.now + 61).into();
        },
    ),
    (
        "authenticated_some_time",
        "The token does not tell when, and the relying party demands it.",
        |d| {
            d.registration.authenticated_within = Some(300);
            d.remove_claim("auth_time");
        },
    ),
];

const TIMES: &[Row] = &[
    (
        "expires_last_second",
        "The token expired a second less than a minute ago.",
        |d| d.claims["exp"] = (d.now - 59).into(),
    ),
    (
        "expires_by_equal_clocks",
        "The token expires in the next second, and clocks may not differ.",
        |d| {
            d.registration.skew = Some(0);
            d.claims["exp"] = (d.now + 1).into();
        },
    ),
    (
        "issued_first_second",
        "The token was issued by a clock that is a minute ahead.",
        |d| d.claims["iat"] = (d.now + 60).into(),
    ),
    (
        "issued_last_second",
        "The token was issued as long ago as it may be.",
        |d| d.claims["iat"] = (d.now - 660).into(),
    ),
    (
        "begins_first_second",
        "The token begins by a clock that is a minute ahead.",
        |d| d.claims["nbf"] = (d.now + 60).into(),
    ),
    (
        "authenticated_first_second",
        "The person was authenticated by a clock that is a minute ahead.",
        |d| d.authenticated(d.now + 60),
    ),
    (
        "authenticated_last_second",
        "The person was authenticated as long ago as the relying party demands.",
        |d| {
            d.registration.authenticated_within = Some(300);
            d.authenticated(d.now - 360);
        },
    ),
    (
        "authenticated_yesterday",
        "The person was authenticated a day ago, and there is no limit.",
        |d| d.authenticated(d.now - 86_400),
    ),
    (
        "times_with_fractions",
        "Times have fractions of a second, which are cut off.",
        |d| {
            d.claims["exp"] = json!(1_799_999_941.9);
            d.claims["iat"] = json!(1_799_999_995.25);
            d.claims["auth_time"] = json!(1_799_999_980.999);
        },
    ),
];

const NONCES: &[Row] = &[
    ("nonce_of_another", "The nonce is another login's.", |d| {
        d.claims["nonce"] = base64url([7; 32]).into();
    }),
    ("nonce_missing", "The token has no nonce.", |d| {
        d.remove_claim("nonce");
    }),
    ("nonce_cut", "A letter of the nonce is missing.", |d| {
        let nonce = d.claims["nonce"].as_str().unwrap_or_default();
        d.claims["nonce"] = nonce[1..].into();
    }),
    ("nonce_array", "The nonce stands in an array.", |d| {
        d.claims["nonce"] = json!([d.claims["nonce"]]);
    }),
    ("nonce_null", "The nonce is null.", |d| {
        d.claims["nonce"] = json!(null);
    }),
];

const NO_HASH: &[Row] = &[(
    "at_hash_missing",
    "The token does not tell with which access token it came.",
    |d| d.remove_claim("at_hash"),
)];

const HASHES: &[Row] = &[
    (
        "at_hash_of_another",
        "It came with another access token.",
        |d| {
            d.claims["at_hash"] = half_hash("at.another").into();
        },
    ),
    (
        "at_hash_of_another_by_policy",
        "It came with another access token, and need not tell.",
        |d| {
            d.registration.at_hash_if_present = true;
            d.claims["at_hash"] = half_hash("at.another").into();
        },
    ),
    ("at_hash_whole", "The whole hash stands there.", |d| {
        let whole = Hash::Sha256.digest(ACCESS_TOKEN.as_bytes());
        d.claims["at_hash"] = base64url(whole).into();
    }),
    (
        "at_hash_padded",
        "The hash has the padding of base64.",
        |d| {
            d.claims["at_hash"] = format!("{}==", half_hash(ACCESS_TOKEN)).into();
        },
    ),
    ("at_hash_of_sha384", "The hash is one by SHA-384.", |d| {
        let digest = Hash::Sha384.digest(ACCESS_TOKEN.as_bytes());
        d.claims["at_hash"] = base64url(digest.split_at(24).0).into();
    }),
    ("at_hash_null", "The hash is null.", |d| {
        d.registration.at_hash_if_present = true;
        d.claims["at_hash"] = json!(null);
    }),
];

const NO_ACR: &[Row] = &[(
    "acr_missing",
    "The token does not tell how the person was authenticated.",
    |d| d.remove_claim("acr"),
)];

const CLASSES: &[Row] = &[
    (
        "acr_without_revocation",
        "The certificate was not looked up in the revocation lists.",
        |d| d.claims["acr"] = "aal3".into(),
    ),
    ("acr_without_card", "The person had no card.", |d| {
        d.claims["acr"] = "aal1 crl".into();
    }),
    ("acr_in_capitals", "A class is in capitals.", |d| {
        d.claims["acr"] = "AAL3 crl".into();
    }),
    (
        "acr_with_comma",
        "The classes are divided by a comma.",
        |d| {
            d.claims["acr"] = "aal3,crl".into();
        },
    ),
    ("acr_empty", "No class stands there.", |d| {
        d.claims["acr"] = "".into();
    }),
    (
        "acr_less_than_required",
        "The relying party requires a class that it did not ask for.",
        |d| d.acr_required = Some(vec!["aal3", "crl", "face"]),
    ),
];
