//! Defects of the token endpoint.

use std::time::Duration;

use serde_json::{Value, json};

use super::{Scenario, scenario};
use crate::server::Answer;

/// Answers that bring no tokens.
pub(super) const FAILURES: &[Scenario] = &[
    scenario("token.html_503", |s| {
        s.token.instead = Some(page(503));
    }),
    scenario("token.html_503_retry_after", |s| {
        s.token.instead = Some(page(503).header("Retry-After", "120"));
    }),
    scenario("token.html_503_once", |s| s.token.next.push_back(page(503))),
    scenario("token.html_502", |s| s.token.instead = Some(page(502))),
    scenario("token.html_404", |s| s.token.instead = Some(page(404))),
    scenario("token.too_many_requests", |s| {
        s.token.instead = Some(Answer::status(429).header("Retry-After", "30"));
    }),
    scenario("token.json_500", |s| s.token_error(500, "server_error")),
    scenario("token.redirect", |s| {
        s.token.instead = Some(Answer::redirect("https://elsewhere.example/token"));
    }),
    scenario("token.silent", |s| s.token.instead = Some(Answer::never())),
    scenario("token.slow", |s| {
        s.token.delivery = Some(|answer| answer.dripping(1, Duration::from_secs(1)));
    }),
    scenario("token.reset", |s| {
        s.token.delivery = Some(|answer| answer.reset(40));
    }),
    scenario("token.cut_off", |s| {
        s.token.delivery = Some(|answer| answer.short(40));
    }),
    scenario("token.gzip_bomb", |s| {
        s.token.instead = Some(Answer::gzip_bomb("application/json"));
    }),
    scenario("token.invalid_request", |s| {
        s.token_error(400, "invalid_request")
    }),
    scenario("token.invalid_client_400", |s| {
        s.token_error(400, "invalid_client")
    }),
    scenario("token.invalid_client_401", |s| {
        s.token_error(401, "invalid_client")
    }),
    scenario("token.invalid_grant", |s| {
        s.token_error(400, "invalid_grant")
    }),
    scenario("token.unauthorized_client", |s| {
        s.token_error(400, "unauthorized_client");
    }),
    scenario("token.unsupported_grant_type", |s| {
        s.token_error(400, "unsupported_grant_type");
    }),
    scenario("token.invalid_scope", |s| {
        s.token_error(400, "invalid_scope")
    }),
    scenario("token.unknown_error", |s| {
        s.token_error(400, "card_on_fire")
    }),
    scenario("token.error_in_200", |s| {
        s.token_error(200, "invalid_grant")
    }),
];

/// Answers that bring them in another form.
pub(super) const RESPONSES: &[Scenario] = &[
    scenario("token.html_200", |s| s.token.instead = Some(Answer::html())),
    scenario("token.empty", |s| s.token.text = Some(|_| String::new())),
    scenario("token.truncated_json", |s| {
        s.token.text = Some(|text| text.chars().take(text.len() / 2).collect());
    }),
    scenario("token.trailing_text", |s| {
        s.token.text = Some(|text| text + "{}");
    }),
    scenario("token.array", |s| {
        s.token.text = Some(|text| format!("[{text}]"));
    }),
    scenario("token.huge", |s| {
        s.token.members.set("filler", "x".repeat(4 << 20));
    }),
    scenario("token.deep", |s| {
        s.token.text = Some(|text| {
            let deep = "[".repeat(5_000) + &"]".repeat(5_000);
            text.replacen('{', &format!(r#"{{"deep":{deep},"#), 1)
        });
    }),
    scenario("token.access_token_twice", |s| {
        s.token.members.twice("access_token", "other");
    }),
    scenario("token.id_token_twice", |s| {
        s.token.members.twice("id_token", "a.b.c");
    }),
    scenario("token.content_type_text", |s| {
        s.token.content_type = Some("text/plain");
    }),
    scenario("token.content_type_charset", |s| {
        s.token.content_type = Some("application/json;charset=UTF-8");
    }),
    scenario("token.type_lower_case", |s| {
        s.token.members.set("token_type", "bearer");
    }),
    scenario("token.type_upper_case", |s| {
        s.token.members.set("token_type", "BEARER");
    }),
    scenario("token.type_mac", |s| {
        s.token.members.set("token_type", "mac")
    }),
    scenario("token.type_missing", |s| {
        s.token.members.remove("token_type")
    }),
    scenario("token.expires_in_missing", |s| {
        s.token.members.remove("expires_in");
    }),
    scenario("token.expires_in_text", |s| {
        s.token.members.quote("expires_in")
    }),
    scenario("token.expires_in_negative", |s| {
        s.token.members.set("expires_in", -1);
    }),
    scenario("token.access_token_missing", |s| {
        s.token.members.remove("access_token");
    }),
    scenario("token.access_token_empty", |s| {
        s.access_token = Some(String::new());
    }),
    scenario("token.access_token_injects", |s| {
        s.access_token = Some("a\r\nX-Injected: 1".to_owned());
    }),
    scenario("token.id_token_missing", |s| {
        s.token.members.remove("id_token")
    }),
    scenario("token.id_token_null", |s| {
        s.token.members.set("id_token", Value::Null);
    }),
    scenario("token.id_token_object", |s| {
        s.token.members.set("id_token", json!({}));
    }),
    scenario("token.scope_missing", |s| s.token.members.remove("scope")),
    scenario("token.scope_narrowed", |s| {
        s.token.members.set("scope", "openid");
    }),
    scenario("token.scope_widened", |s| {
        let wide = "openid name address birthdate gender sign email";
        s.token.members.set("scope", wide);
    }),
    scenario("token.scope_array", |s| {
        s.token.members.set("scope", json!(["openid"]));
    }),
    scenario("token.refresh_token_missing", |s| {
        s.token.members.remove("refresh_token");
    }),
];

fn page(status: u16) -> Answer {
    let page = "<!doctype html><title>Maintenance</title><p>ただいまメンテナンス中です。</p>";
    Answer::status(status)
        .header("Content-Type", "text/html; charset=utf-8")
        .body(page)
}
