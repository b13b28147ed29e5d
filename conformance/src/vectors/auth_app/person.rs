//! What userinfo tells (OpenID Connect Core 1.0, 5.3; Digital Agency, userinfo).

use super::{Desk, Row, Vector, json};

const CHECK: &str = "auth_app.claims";
const CORE: &str = "OpenID Connect Core 1.0, 5.3";
const OURS: &str = "Digital Agency, userinfo";
const JSON: &str = "application/json";
const PAGE: &str = "<!doctype html><title>503</title>";

pub(super) fn vectors(desk: &Desk) -> Vec<Vector> {
    let answered = "auth_app.answered";
    [
        desk.all_refused(answered, "auth_app.unavailable", "RFC 9110, 15.6", DOWN),
        desk.all_refused(answered, "auth_app.busy", "RFC 6585, 4", BUSY),
        desk.all_refused(answered, "auth_app.http", CORE, STRANGE),
        desk.all_refused(
            "auth_app.client",
            "auth_app.token_refused",
            "RFC 6750, 3.1",
            REFUSED,
        ),
        desk.all_refused("input.budget", "input.too_large", CORE, TOO_LARGE),
        desk.all_refused(CHECK, "input.userinfo", CORE, FORMS),
        desk.all_refused(
            CHECK,
            "auth_app.subject",
            "OpenID Connect Core 1.0, 5.3.2",
            SUBJECTS,
        ),
        desk.all_refused(CHECK, "auth_app.claim_missing", OURS, MISSING),
        desk.all_refused(CHECK, "auth_app.claim_form", OURS, CLAIMS),
        desk.all_refused(CHECK, "auth_app.claim_form", OURS, DATES),
    ]
    .concat()
}

const DOWN: &[Row] = &[
    (
        "userinfo_503",
        "A gateway answers with a page and 503.",
        |d| {
            d.tells(503, "text/html", PAGE);
        },
    ),
    (
        "userinfo_500",
        "The endpoint fails with what it tells.",
        |d| {
            d.tells(500, JSON, "");
        },
    ),
];

const BUSY: &[Row] = &[("userinfo_429", "Too much is asked.", |d| {
    d.tells(429, "text/plain", "slow down");
})];

const STRANGE: &[Row] = &[
    (
        "userinfo_jwt",
        "Userinfo is said to be a signed token.",
        |d| {
            d.tells(200, "application/jwt", "");
        },
    ),
    ("userinfo_page", "A page comes with 200.", |d| {
        d.tells(200, "text/html", PAGE);
    }),
    ("userinfo_302", "The endpoint sends elsewhere.", |d| {
        d.tells(302, JSON, "");
    }),
    ("userinfo_403", "The token is not enough.", |d| {
        d.tells(403, JSON, r#"{"error":"insufficient_scope"}"#);
    }),
];

const REFUSED: &[Row] = &[
    ("userinfo_401", "The access token is not taken.", |d| {
        d.tells(401, JSON, r#"{"error":"invalid_token"}"#);
    }),
    ("userinfo_401_empty", "The same without a word.", |d| {
        d.tells(401, "", " ");
    }),
];

const TOO_LARGE: &[Row] = &[(
    "userinfo_of_16385",
    "Userinfo is an octet larger than it may be.",
    |d| {
        d.userinfo_text = |text| {
            let filler = 16 * 1024 + 1 - text.len();
            text + &" ".repeat(filler)
        };
    },
)];

const FORMS: &[Row] = &[
    ("userinfo_no_json", "Userinfo is no JSON.", |d| {
        d.tells(200, JSON, PAGE);
    }),
    ("userinfo_array", "Userinfo stands in an array.", |d| {
        d.userinfo_text = |text| format!("[{text}]");
    }),
    (
        "userinfo_member_twice",
        "The name stands twice, first another's.",
        |d| d.userinfo_text = |text| text.replacen('{', r#"{"name":"別人","#, 1),
    ),
    (
        "userinfo_subject_twice",
        "The subject stands twice, first another's.",
        |d| d.userinfo_text = |text| text.replacen('{', r#"{"sub":"another","#, 1),
    ),
    (
        "userinfo_of_many_values",
        "Userinfo has more values than it may have.",
        |d| d.person["x"] = json!(vec![0; 256]),
    ),
    ("userinfo_of_nobody", "Userinfo names nobody.", |d| {
        d.leave_out("sub");
    }),
    ("userinfo_of_a_number", "The subject is a number.", |d| {
        d.person["sub"] = 7.into();
    }),
];

const SUBJECTS: &[Row] = &[
    (
        "userinfo_of_another",
        "Userinfo is about another person.",
        |d| {
            d.person["sub"] = "0b5c7d55-2f0e-4dd4-9a5e-6f6d6f2d7c11".into();
        },
    ),
    (
        "userinfo_in_capitals",
        "Userinfo has the subject in capitals.",
        |d| d.person["sub"] = super::draft::SUBJECT.to_uppercase().into(),
    ),
];

const MISSING: &[Row] = &[
    ("name_missing", "The name is missing.", |d| {
        d.leave_out("name")
    }),
    ("address_missing", "The address is missing.", |d| {
        d.leave_out("address");
    }),
    ("birthdate_missing", "The date of birth is missing.", |d| {
        d.leave_out("birthdate");
    }),
    ("gender_missing", "The sex is missing.", |d| {
        d.leave_out("gender");
    }),
    ("name_null", "The name is null.", |d| {
        d.person["name"] = json!(null);
    }),
    (
        "userinfo_not_asked",
        "Items were asked for, and userinfo was not.",
        |d| d.userinfo = None,
    ),
];

const CLAIMS: &[Row] = &[
    ("name_number", "The name is a number.", |d| {
        d.person["name"] = 1.into();
    }),
    ("name_empty", "The name is empty.", |d| {
        d.person["name"] = "".into();
    }),
    ("name_array", "The name is an array.", |d| {
        d.person["name"] = json!(["署名", "花子"]);
    }),
    ("name_of_513", "The name is a character too long.", |d| {
        d.person["name"] = "花".repeat(513).into();
    }),
    (
        "name_with_control",
        "The name has a line break in it.",
        |d| {
            d.person["name"] = "署名\n花子".into();
        },
    ),
    (
        "name_turned_round",
        "The name has a character that turns the direction of what follows.",
        |d| d.person["name"] = "署名\u{202e}花子".into(),
    ),
    (
        "name_with_nothing",
        "The name has a character that takes no room.",
        |d| d.person["name"] = "署名\u{200b}花子".into(),
    ),
    ("address_number", "The address is a number.", |d| {
        d.person["address"] = 1.into();
    }),
    ("address_empty", "The address is empty.", |d| {
        d.person["address"] = "".into();
    }),
    (
        "address_without_text",
        "The address is an object without its text.",
        |d| d.person["address"] = json!({ "region": "東京都", "locality": "清瀬市" }),
    ),
    (
        "address_text_number",
        "The text of the address is a number.",
        |d| d.person["address"] = json!({ "formatted": 1 }),
    ),
    (
        "address_of_lines_alone",
        "The text of the address has line breaks in it and nothing else.",
        |d| d.person["address"] = json!({ "formatted": "\n \r\n" }),
    ),
    (
        "address_with_return",
        "A line of the address is written over by the next.",
        |d| d.person["address"] = json!({ "formatted": "東京都\r大阪府" }),
    ),
    (
        "address_of_513",
        "The text of the address is a character too long.",
        |d| d.person["address"] = json!({ "formatted": "町".repeat(513) }),
    ),
    (
        "address_string_in_lines",
        "The address as one text has a line break in it.",
        |d| d.person["address"] = "東京都清瀬市\n架空町".into(),
    ),
    ("gender_number", "The sex is a number.", |d| {
        d.person["gender"] = 2.into();
    }),
    ("gender_empty", "The sex is empty.", |d| {
        d.person["gender"] = "".into();
    }),
];

const DATES: &[Row] = &[
    ("birthdate_impossible", "There is no such day.", |d| {
        d.person["birthdate"] = "19850230".into();
    }),
    ("birthdate_leap_day", "The year had no such day.", |d| {
        d.person["birthdate"] = "1985-02-29".into();
    }),
    ("birthdate_month_13", "There is no such month.", |d| {
        d.person["birthdate"] = "19851301".into();
    }),
    (
        "birthdate_day_alone",
        "The day is known, and the month is not.",
        |d| d.person["birthdate"] = "19850004".into(),
    ),
    (
        "birthdate_without_year",
        "The day of the year is known, and the year is not.",
        |d| d.person["birthdate"] = "0000-07-04".into(),
    ),
    ("birthdate_of_7", "A digit is missing.", |d| {
        d.person["birthdate"] = "1985111".into();
    }),
    ("birthdate_of_9", "A digit is too much.", |d| {
        d.person["birthdate"] = "198507004".into();
    }),
    (
        "birthdate_with_slashes",
        "The parts are divided by slashes.",
        |d| {
            d.person["birthdate"] = "1985/07/04".into();
        },
    ),
    ("birthdate_in_words", "The date is one of an era.", |d| {
        d.person["birthdate"] = "昭和60年7月4日".into();
    }),
    (
        "birthdate_full_width",
        "The digits are of full width.",
        |d| d.person["birthdate"] = "１９８５０７０４".into(),
    ),
    (
        "birthdate_with_sign",
        "A sign stands before the day.",
        |d| {
            d.person["birthdate"] = "198507+4".into();
        },
    ),
    ("birthdate_number", "The date is a number.", |d| {
        d.person["birthdate"] = 19_850_704.into();
    }),
    (
        "birthdate_half_dashed",
        "One dash of two stands there.",
        |d| {
            d.person["birthdate"] = "1985-0704".into();
        },
    ),
];
