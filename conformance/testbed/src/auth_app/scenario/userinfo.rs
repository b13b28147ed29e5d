//! Defects of userinfo.

use serde_json::{Value, json};

use super::{Scenario, scenario};
use crate::server::Answer;

pub(super) const ALL: &[Scenario] = &[
    scenario("userinfo.sub_wrong", |s| {
        s.userinfo.members.set("sub", "somebody else");
    }),
    scenario("userinfo.sub_missing", |s| s.userinfo.members.remove("sub")),
    scenario("userinfo.sub_number", |s| s.userinfo.members.set("sub", 1)),
    scenario("userinfo.sub_twice", |s| {
        s.userinfo.members.twice("sub", "somebody else");
    }),
    scenario("userinfo.name_missing", |s| {
        s.userinfo.members.remove("name")
    }),
    scenario("userinfo.name_empty", |s| {
        s.userinfo.members.set("name", "")
    }),
    scenario("userinfo.name_null", |s| {
        s.userinfo.members.set("name", Value::Null);
    }),
    scenario("userinfo.name_number", |s| {
        s.userinfo.members.set("name", 1)
    }),
    scenario("userinfo.name_twice", |s| {
        s.userinfo.members.twice("name", "別人　太郎");
    }),
    scenario("userinfo.name_hostile", |s| {
        s.userinfo.members.set("name", "<b>\u{202e}架空</b>\0");
    }),
    scenario("userinfo.name_overlong", |s| {
        s.userinfo.members.set("name", "長".repeat(100_000));
    }),
    scenario("userinfo.extra_claim", |s| {
        s.userinfo.members.set("email", "hanako@example.jp");
    }),
    scenario("userinfo.my_number", |s| {
        s.userinfo.members.set("individual_number", "123456789018");
    }),
    scenario("userinfo.address_object", |s| {
        s.userinfo
            .members
            .set("address", json!({ "formatted": "東京都" }));
    }),
    scenario("userinfo.address_object_empty", |s| {
        s.userinfo.members.set("address", json!({}));
    }),
    scenario("userinfo.address_array", |s| {
        s.userinfo.members.set("address", json!(["東京都"]));
    }),
    scenario("userinfo.birthdate_dashed", |s| {
        s.userinfo.members.set("birthdate", "1985-07-04");
    }),
    scenario("userinfo.birthdate_number", |s| {
        s.userinfo.members.set("birthdate", 19_850_704);
    }),
    scenario("userinfo.birthdate_unknown_part", |s| {
        s.userinfo.members.set("birthdate", "19990000");
    }),
    scenario("userinfo.birthdate_impossible", |s| {
        s.userinfo.members.set("birthdate", "19990231");
    }),
    scenario("userinfo.birthdate_future", |s| {
        s.userinfo.members.set("birthdate", "29990101");
    }),
    scenario("userinfo.birthdate_short", |s| {
        s.userinfo.members.set("birthdate", "1985");
    }),
    scenario("userinfo.gender_word", |s| {
        s.userinfo.members.set("gender", "female");
    }),
    scenario("userinfo.gender_number", |s| {
        s.userinfo.members.set("gender", 2)
    }),
    scenario("userinfo.gender_unknown", |s| {
        s.userinfo.members.set("gender", "X");
    }),
    scenario("userinfo.unauthorized", |s| {
        let challenge = r#"Bearer error="invalid_token""#;
        let answer = Answer::status(401).header("WWW-Authenticate", challenge);
        s.userinfo.instead = Some(answer);
    }),
    scenario("userinfo.html_503", |s| {
        let page = Answer::status(503).header("Content-Type", "text/html");
        s.userinfo.instead = Some(page.body("<!doctype html><title>503</title>"));
    }),
    scenario("userinfo.html_200", |s| {
        s.userinfo.instead = Some(Answer::html())
    }),
    scenario("userinfo.content_type_jwt", |s| {
        s.userinfo.content_type = Some("application/jwt");
    }),
    scenario("userinfo.truncated_json", |s| {
        s.userinfo.text = Some(|text| text.chars().take(20).collect());
    }),
    scenario("userinfo.array", |s| {
        s.userinfo.text = Some(|text| format!("[{text}]"));
    }),
];
