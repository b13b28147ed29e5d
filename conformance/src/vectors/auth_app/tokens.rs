//! What the token endpoint answers (RFC 6749, 5).

use super::{Desk, Row, Vector, json};

const FORM: &str = "RFC 6749, 5.1";
const ERRORS: &str = "RFC 6749, 5.2";
const JSON: &str = "application/json";
const PAGE: &str = "<!doctype html><title>503</title>";

pub(super) fn vectors(desk: &Desk) -> Vec<Vector> {
    let (answered, client) = ("auth_app.answered", "auth_app.client");
    let granted = "auth_app.token_response";
    [
        desk.all_refused(answered, "auth_app.unavailable", "RFC 9110, 15.6", DOWN),
        desk.all_refused(answered, "auth_app.busy", "RFC 6585, 4", BUSY),
        desk.all_refused(answered, "auth_app.http", FORM, STRANGE),
        desk.all_refused(client, "auth_app.invalid_client", ERRORS, INVALID_CLIENT),
        desk.all_refused(client, "auth_app.client_refused", ERRORS, REFUSED),
        desk.all_refused(client, "auth_app.code_refused", ERRORS, CODE),
        desk.all_refused("input.budget", "input.too_large", FORM, TOO_LARGE),
        desk.all_refused(granted, "input.token_response", FORM, FORMS),
        desk.all_refused(granted, "auth_app.token_type", "RFC 6749, 7.1", TYPES),
        desk.all_refused(
            granted,
            "auth_app.id_token_missing",
            "OpenID Connect Core 1.0, 3.1.3.3",
            NO_TOKEN,
        ),
        desk.all_refused(granted, "auth_app.scope", "RFC 6749, 3.3", SCOPES),
    ]
    .concat()
}

const DOWN: &[Row] = &[
    (
        "tokens_503",
        "A gateway answers with a page and 503.",
        |d| {
            d.answers(503, "text/html", PAGE);
        },
    ),
    ("tokens_500", "The endpoint fails, in JSON.", |d| {
        d.answers(500, JSON, r#"{"error":"server_error"}"#);
    }),
    (
        "tokens_503_that_blames",
        "A gateway answers with 503 and the error that the client is wrong.",
        |d| d.answers(503, JSON, r#"{"error":"invalid_client"}"#),
    ),
    ("tokens_502_empty", "A gateway answers nothing.", |d| {
        d.answers(502, "", " ");
    }),
    (
        "tokens_400_for_a_while",
        "The endpoint is out of service and says so with 400.",
        |d| d.answers(400, JSON, r#"{"error":"temporarily_unavailable"}"#),
    ),
];

const BUSY: &[Row] = &[("tokens_429", "Too much is asked.", |d| {
    d.answers(429, "text/plain", "slow down");
})];

const STRANGE: &[Row] = &[
    ("tokens_page", "A page comes with 200.", |d| {
        d.answers(200, "text/html", PAGE);
    }),
    (
        "tokens_untyped",
        "What would be the response has no type.",
        |d| d.answers(200, "", ""),
    ),
    (
        "tokens_as_text",
        "What would be the response is said to be text.",
        |d| d.answers(200, "text/plain", ""),
    ),
    (
        "tokens_of_json_like_type",
        "The type begins as that of JSON does.",
        |d| d.answers(200, "application/jsonp", ""),
    ),
    ("tokens_302", "The endpoint sends elsewhere.", |d| {
        d.answers(302, JSON, "");
    }),
    (
        "tokens_201",
        "What would be the response comes with 201.",
        |d| d.answers(201, JSON, ""),
    ),
    ("tokens_404", "There is no such endpoint.", |d| {
        d.answers(404, "text/html", PAGE);
    }),
    ("tokens_400_unnamed", "An error has no name.", |d| {
        d.answers(400, JSON, r#"{"message":"invalid_grant"}"#);
    }),
    (
        "tokens_400_unknown",
        "The error is one of another endpoint.",
        |d| d.answers(400, JSON, r#"{"error":"access_denied"}"#),
    ),
    (
        "tokens_400_page",
        "What would be an error of the protocol is said to be a page.",
        |d| d.answers(400, "text/html", r#"{"error":"invalid_grant"}"#),
    ),
];

const INVALID_CLIENT: &[Row] = &[
    ("tokens_client_401", "We are not known so.", |d| {
        d.answers(401, JSON, r#"{"error":"invalid_client"}"#);
    }),
    ("tokens_client_400", "The same with 400.", |d| {
        d.answers(400, JSON, r#"{"error":"invalid_client"}"#);
    }),
    ("tokens_401_page", "The same in a page.", |d| {
        d.answers(401, "text/html", PAGE);
    }),
];

const REFUSED: &[Row] = &[
    ("tokens_request", "The request has not its form.", |d| {
        d.answers(400, JSON, r#"{"error":"invalid_request"}"#);
    }),
    ("tokens_unauthorized", "We may not use this grant.", |d| {
        d.answers(400, JSON, r#"{"error":"unauthorized_client"}"#);
    }),
    ("tokens_grant_type", "There is no such grant.", |d| {
        d.answers(400, JSON, r#"{"error":"unsupported_grant_type"}"#);
    }),
    ("tokens_scope", "We may not have this scope.", |d| {
        d.answers(400, JSON, r#"{"error":"invalid_scope"}"#);
    }),
];

const CODE: &[Row] = &[(
    "tokens_code",
    "The code has been used, has expired or is another's.",
    |d| {
        d.answers(
            400,
            JSON,
            r#"{"error":"invalid_grant","error_description":"Code not valid"}"#,
        );
    },
)];

const TOO_LARGE: &[Row] = &[
    (
        "tokens_of_65537",
        "The response is an octet larger than it may be.",
        |d| {
            d.tokens_text = |text| {
                let filler = 64 * 1024 + 1 - text.len();
                text + &" ".repeat(filler)
            };
        },
    ),
    (
        "id_token_of_16385",
        "The ID token is an octet longer than it may be.",
        |d| {
            d.compact = |text| {
                let filler = 16 * 1024 + 1 - text.len();
                text + &"A".repeat(filler)
            };
        },
    ),
];

const FORMS: &[Row] = &[
    ("tokens_no_json", "The response is no JSON.", |d| {
        d.answers(200, JSON, PAGE);
    }),
    ("tokens_cut", "The end of the response is missing.", |d| {
        d.tokens_text = |mut text| {
            text.pop();
            text
        };
    }),
    ("tokens_trailing", "Something follows the response.", |d| {
        d.tokens_text = |text| text + "{}";
    }),
    ("tokens_array", "The response stands in an array.", |d| {
        d.tokens_text = |text| format!("[{text}]");
    }),
    (
        "tokens_member_twice",
        "The access token stands twice, once as it is escaped.",
        |d| {
            d.tokens_text = |text| text.replacen('{', r#"{"access\u005ftoken":"at.other","#, 1);
        },
    ),
    (
        "tokens_inner_member_twice",
        "A member of a member that nobody knows stands twice.",
        |d| d.tokens_text = |text| text.replacen('{', r#"{"x":{"a":1,"a":1},"#, 1),
    ),
    ("tokens_deep", "The response is nested without end.", |d| {
        d.tokens_text = |text| {
            let deep = [r#"{"x":"#.repeat(4000), "0".to_owned(), "}".repeat(4000)];
            text.replacen('{', &format!(r#"{{"x":{},"#, deep.concat()), 1)
        };
    }),
    (
        "tokens_of_many_values",
        "The response has more values than it may have.",
        |d| d.granted["x"] = json!(vec![0; 256]),
    ),
    ("no_access_token", "There is no access token.", |d| {
        d.ungrant("access_token");
    }),
    (
        "access_token_number",
        "The access token is a number.",
        |d| {
            d.granted["access_token"] = 1.into();
        },
    ),
    ("access_token_empty", "The access token is empty.", |d| {
        bears(d, "");
    }),
    (
        "access_token_of_two_lines",
        "The access token would begin another header field.",
        |d| bears(d, "at\r\nHost: attacker.example"),
    ),
    (
        "access_token_not_ascii",
        "The access token has a letter that is none of ASCII.",
        |d| bears(d, "at日"),
    ),
    (
        "access_token_of_8193",
        "The access token is an octet longer than it may be.",
        |d| bears(d, &"a".repeat(8193)),
    ),
    ("no_token_type", "The token has no type.", |d| {
        d.ungrant("token_type");
    }),
    ("token_type_number", "The token's type is a number.", |d| {
        d.granted["token_type"] = 1.into();
    }),
    ("id_token_object", "The ID token is an object.", |d| {
        d.granted["id_token"] = json!({});
    }),
    ("id_token_null", "The ID token is null.", |d| {
        d.granted["id_token"] = json!(null);
    }),
    ("scope_array", "What was granted is an array.", |d| {
        d.granted["scope"] = json!(["openid", "name", "address", "birthdate", "gender"]);
    }),
];

fn bears(draft: &mut super::Draft, token: &str) {
    draft.granted["access_token"] = token.into();
    draft.claims["at_hash"] = super::draft::half_hash(token).into();
}

const TYPES: &[Row] = &[
    (
        "token_type_mac",
        "The token is one to sign requests with.",
        |d| d.granted["token_type"] = "mac".into(),
    ),
    (
        "token_type_dpop",
        "The token is bound to a key that we have not.",
        |d| d.granted["token_type"] = "DPoP".into(),
    ),
];

const NO_TOKEN: &[Row] = &[("no_id_token", "There is no ID token.", |d| {
    d.ungrant("id_token");
})];

const SCOPES: &[Row] = &[
    (
        "scope_narrowed",
        "One of the scopes that were asked for is not granted.",
        |d| d.granted["scope"] = "openid name address gender".into(),
    ),
    (
        "scope_without_openid",
        "Everything is granted but that it is a login.",
        |d| d.granted["scope"] = "name address birthdate gender".into(),
    ),
    ("scope_empty", "Nothing is granted.", |d| {
        d.granted["scope"] = "".into();
    }),
    (
        "scope_in_capitals",
        "One of the scopes is granted in capitals, which is another.",
        |d| d.granted["scope"] = "openid NAME address birthdate gender".into(),
    ),
];
