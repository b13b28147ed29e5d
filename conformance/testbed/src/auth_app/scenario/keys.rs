//! Defects of the key set, and rotation.

use std::time::Duration;

use super::{Scenario, scenario};
use crate::auth_app::keys::OldKeys;
use crate::auth_app::switches::KeySet;
use crate::server::Answer;

pub(super) const ALL: &[Scenario] = &[
    scenario("jwks.html_503", |s| {
        let page = Answer::status(503).header("Content-Type", "text/html");
        s.jwks.instead = Some(page.body("<!doctype html><title>503</title>"));
    }),
    scenario("jwks.html_200", |s| s.jwks.instead = Some(Answer::html())),
    scenario("jwks.redirect", |s| {
        s.jwks.instead = Some(Answer::redirect("https://elsewhere.example/keys"));
    }),
    scenario("jwks.silent", |s| s.jwks.instead = Some(Answer::never())),
    scenario("jwks.slow", |s| {
        s.jwks.delivery = Some(|answer| answer.dripping(1, Duration::from_secs(1)));
    }),
    scenario("jwks.truncated_json", |s| {
        s.jwks.text = Some(|text| text.chars().take(text.len() / 2).collect());
    }),
    scenario("jwks.keys_missing", |s| {
        s.jwks.text = Some(|_| "{}".to_owned())
    }),
    scenario("jwks.keys_twice", |s| {
        s.jwks.text = Some(|text| text.replacen('{', r#"{"keys":[],"#, 1));
    }),
    scenario("jwks.keys_object", |s| {
        s.jwks.text = Some(|_| r#"{"keys":{}}"#.to_owned());
    }),
    scenario("jwks.huge", |s| {
        s.keys.members.set("filler", "x".repeat(1 << 20));
    }),
    scenario("jwks.empty", |s| s.keys.contents = KeySet::Empty),
    scenario("jwks.many", |s| s.keys.contents = KeySet::Many(40)),
    scenario("jwks.kid_twice", |s| s.keys.contents = KeySet::SameName),
    scenario("jwks.private_key", |s| s.keys.contents = KeySet::Private),
    scenario("jwks.other_type", |s| s.keys.contents = KeySet::OtherType),
    scenario("jwks.other_curve", |s| s.keys.contents = KeySet::OtherCurve),
    scenario("jwks.off_curve", |s| s.keys.contents = KeySet::OffCurve),
    scenario("jwks.member_twice", |s| s.keys.members.twice("kty", "oct")),
    scenario("jwks.kid_missing", |s| s.keys.members.remove("kid")),
    scenario("jwks.use_missing", |s| s.keys.members.remove("use")),
    scenario("jwks.use_enc", |s| s.keys.members.set("use", "enc")),
    scenario("jwks.alg_missing", |s| s.keys.members.remove("alg")),
    scenario("jwks.alg_other", |s| s.keys.members.set("alg", "ES512")),
    scenario("jwks.rotated", |s| s.id_token.rotated = true),
    scenario("jwks.rotated_old_kept", |s| {
        s.id_token.rotated = true;
        s.keys.old = OldKeys::Kept;
    }),
    scenario("jwks.rotated_outdated", |s| {
        s.id_token.rotated = true;
        s.keys.contents = KeySet::Outdated;
    }),
];
