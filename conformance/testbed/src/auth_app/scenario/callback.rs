//! Defects of the callback, and authorizations that end otherwise.

use super::{ELSEWHERE, Scenario, scenario};

pub(super) const ALL: &[Scenario] = &[
    scenario("callback.access_denied", |s| s.ends_in("access_denied", "")),
    scenario("callback.server_error", |s| s.ends_in("server_error", "")),
    scenario("callback.temporarily_unavailable", |s| {
        s.ends_in("temporarily_unavailable", "");
    }),
    scenario("callback.invalid_request", |s| {
        s.ends_in("invalid_request", "")
    }),
    scenario("callback.invalid_scope", |s| s.ends_in("invalid_scope", "")),
    scenario("callback.unauthorized_client", |s| {
        s.ends_in("unauthorized_client", "");
    }),
    scenario("callback.login_required", |s| {
        s.ends_in("login_required", "")
    }),
    scenario("callback.unknown_error", |s| s.ends_in("card_on_fire", "")),
    // Whoever shows this to people runs it in their browsers.
    scenario("callback.hostile_description", |s| {
        s.ends_in(
            "access_denied",
            "<script>alert(1)</script>\u{202e}\r\nSet-Cookie: a=b",
        );
    }),
    scenario("callback.hostile_error", |s| {
        s.ends_in("<img src=x onerror=alert(1)>", "");
    }),
    scenario("callback.code_and_error", |s| {
        s.callback.set("error", "access_denied");
    }),
    scenario("callback.code_missing", |s| s.callback.remove("code")),
    scenario("callback.code_empty", |s| s.callback.set("code", "")),
    scenario("callback.code_twice", |s| s.callback.twice("code", "other")),
    scenario("callback.code_overlong", |s| {
        s.callback.set("code", "x".repeat(20_000));
    }),
    scenario("callback.state_missing", |s| s.callback.remove("state")),
    scenario("callback.state_empty", |s| s.callback.set("state", "")),
    scenario("callback.state_wrong", |s| s.callback.set("state", "other")),
    scenario("callback.state_twice", |s| {
        s.callback.twice("state", "other")
    }),
    scenario("callback.error_twice", |s| {
        s.ends_in("access_denied", "");
        s.callback.twice("error", "server_error");
    }),
    scenario("callback.iss_wrong", |s| s.callback.set("iss", ELSEWHERE)),
    scenario("callback.iss_removed", |s| s.callback.remove("iss")),
    scenario("callback.iss_twice", |s| s.callback.twice("iss", ELSEWHERE)),
    scenario("callback.unknown_parameter", |s| {
        s.callback.set("weather", "fine");
    }),
    scenario("callback.session_state_missing", |s| {
        s.callback.remove("session_state");
    }),
    scenario("callback.acr_values_lost", |s| s.acr_values_lost = true),
];
