//! The hostile provider: every defect that it may have, one at a time, and what
//! becomes of a login then.

use std::collections::BTreeMap;

use tashika::auth_app::{
    AuthApp, AuthAppSettings, Fault, Registration, ResponseIssuer, VerifiedLogin,
};
use tashika::transport::Load;
use tashika_conformance::desk::NOW;
use tashika_testbed::Person;
use tashika_testbed::auth_app::{Citizen, Scenario, Settings};

use crate::browser::{Browser, steps};
use crate::scene::{Scene, impatient};

/// Where the login ends, over a socket.
const DUE: &[(&str, &str)] = &[
    ("callback.access_denied", "auth_app.cancelled"),
    ("callback.server_error", "auth_app.unavailable"),
    ("callback.temporarily_unavailable", "auth_app.unavailable"),
    ("callback.invalid_request", "auth_app.client_refused"),
    ("callback.invalid_scope", "auth_app.client_refused"),
    ("callback.unauthorized_client", "auth_app.client_refused"),
    ("callback.login_required", "auth_app.refused"),
    ("callback.unknown_error", "auth_app.refused"),
    ("callback.hostile_description", "auth_app.cancelled"),
    ("callback.hostile_error", "auth_app.refused"),
    ("callback.code_and_error", "auth_app.callback_conflict"),
    ("callback.code_missing", "input.callback"),
    ("callback.code_empty", "input.callback"),
    ("callback.code_twice", "input.callback"),
    ("callback.code_overlong", "input.callback"),
    ("callback.state_missing", "auth_app.state"),
    ("callback.state_empty", "input.callback"),
    ("callback.state_wrong", "auth_app.state"),
    ("callback.state_twice", "input.callback"),
    ("callback.error_twice", "input.callback"),
    ("callback.iss_wrong", "auth_app.response_issuer"),
    ("callback.iss_removed", "auth_app.response_issuer_missing"),
    ("callback.iss_twice", "input.callback"),
    ("callback.unknown_parameter", "accepted"),
    ("callback.session_state_missing", "accepted"),
    ("callback.acr_values_lost", "auth_app.acr"),
    ("token.html_503", "auth_app.unavailable"),
    ("token.html_503_retry_after", "auth_app.unavailable"),
    ("token.html_503_once", "auth_app.unavailable"),
    ("token.html_502", "auth_app.unavailable"),
    ("token.html_404", "auth_app.http"),
    ("token.too_many_requests", "auth_app.busy"),
    ("token.json_500", "auth_app.unavailable"),
    ("token.redirect", "auth_app.http"),
    ("token.silent", "auth_app.timeout"),
    ("token.slow", "auth_app.timeout"),
    ("token.reset", "auth_app.unreachable"),
    ("token.cut_off", "auth_app.unreachable"),
    ("token.gzip_bomb", "auth_app.http"),
    ("token.invalid_request", "auth_app.client_refused"),
    ("token.invalid_client_400", "auth_app.invalid_client"),
    ("token.invalid_client_401", "auth_app.invalid_client"),
    ("token.invalid_grant", "auth_app.code_refused"),
    ("token.unauthorized_client", "auth_app.client_refused"),
    ("token.unsupported_grant_type", "auth_app.client_refused"),
    ("token.invalid_scope", "auth_app.client_refused"),
    ("token.unknown_error", "auth_app.http"),
    ("token.error_in_200", "input.token_response"),
    ("token.html_200", "auth_app.http"),
    ("token.empty", "input.token_response"),
    ("token.truncated_json", "input.token_response"),
    ("token.trailing_text", "input.token_response"),
    ("token.array", "input.token_response"),
    ("token.huge", "auth_app.http"),
    ("token.deep", "input.token_response"),
    ("token.access_token_twice", "input.token_response"),
    ("token.id_token_twice", "input.token_response"),
    ("token.content_type_text", "auth_app.http"),
    ("token.content_type_charset", "accepted"),
    ("token.type_lower_case", "accepted"),
    ("token.type_upper_case", "accepted"),
    ("token.type_mac", "auth_app.token_type"),
    ("token.type_missing", "input.token_response"),
    ("token.expires_in_missing", "accepted"),
    ("token.expires_in_text", "accepted"),
    ("token.expires_in_negative", "accepted"),
    ("token.access_token_missing", "input.token_response"),
    ("token.access_token_empty", "input.token_response"),
    ("token.access_token_injects", "input.token_response"),
    ("token.id_token_missing", "auth_app.id_token_missing"),
    ("token.id_token_null", "input.token_response"),
    ("token.id_token_object", "input.token_response"),
    ("token.scope_missing", "accepted"),
    ("token.scope_narrowed", "auth_app.scope"),
    ("token.scope_widened", "accepted"),
    ("token.scope_array", "input.token_response"),
    ("token.refresh_token_missing", "accepted"),
    ("id_token.iss_wrong", "auth_app.issuer"),
    ("id_token.iss_missing", "auth_app.issuer"),
    ("id_token.iss_trailing_slash", "auth_app.issuer"),
    ("id_token.aud_wrong", "auth_app.audience"),
    ("id_token.aud_missing", "auth_app.audience"),
    ("id_token.aud_number", "auth_app.audience"),
    ("id_token.aud_empty_array", "auth_app.audience"),
    ("id_token.aud_array", "accepted"),
    ("id_token.aud_second", "auth_app.audience"),
    ("id_token.aud_second_without_azp", "auth_app.audience"),
    ("id_token.azp_wrong", "auth_app.authorized_party"),
    ("id_token.azp_missing", "accepted"),
    ("id_token.nonce_wrong", "auth_app.nonce"),
    ("id_token.nonce_missing", "auth_app.nonce"),
    ("id_token.nonce_number", "auth_app.nonce"),
    ("id_token.sub_missing", "input.id_token"),
    ("id_token.sub_empty", "input.id_token"),
    ("id_token.sub_number", "input.id_token"),
    ("id_token.sub_overlong", "input.id_token"),
    ("id_token.sub_twice", "input.id_token"),
    ("id_token.at_hash_missing", "auth_app.at_hash_missing"),
    ("id_token.at_hash_wrong", "auth_app.at_hash"),
    ("id_token.at_hash_empty", "auth_app.at_hash"),
    ("id_token.acr_missing", "auth_app.acr_missing"),
    ("id_token.acr_lower", "auth_app.acr"),
    ("id_token.acr_array", "input.id_token"),
    ("id_token.payload_null", "input.id_token"),
    ("id_token.iat_missing", "input.id_token"),
    ("id_token.iat_future", "auth_app.issued_at"),
    ("id_token.iat_old", "auth_app.issued_at"),
    ("id_token.iat_text", "input.id_token"),
    ("id_token.exp_missing", "input.id_token"),
    ("id_token.exp_past", "auth_app.token_expired"),
    ("id_token.exp_text", "input.id_token"),
    ("id_token.exp_huge", "input.id_token"),
    ("id_token.nbf_future", "auth_app.issued_at"),
    ("id_token.auth_time_future", "auth_app.auth_time"),
    ("id_token.auth_time_old", "accepted"),
    ("id_token.auth_time_text", "input.id_token"),
    ("id_token.header_jku", "auth_app.header"),
    ("id_token.header_jwk", "auth_app.header"),
    ("id_token.header_x5u", "auth_app.header"),
    ("id_token.header_x5c", "auth_app.header"),
    ("id_token.header_crit", "auth_app.header"),
    ("id_token.header_crit_empty", "auth_app.header"),
    ("id_token.header_b64", "auth_app.header"),
    ("id_token.header_zip", "auth_app.header"),
    ("id_token.header_alg_twice", "input.id_token"),
    ("id_token.header_alg_missing", "auth_app.algorithm"),
    ("id_token.header_typ_access_token", "auth_app.token_kind"),
    ("id_token.header_typ_missing", "accepted"),
    ("id_token.kid_missing_one_key", "accepted"),
    (
        "id_token.kid_missing_several_keys",
        "auth_app.key_ambiguous",
    ),
    ("id_token.kid_unknown", "auth_app.key_unknown"),
    ("id_token.kid_number", "input.id_token"),
    ("id_token.kid_null", "input.id_token"),
    ("id_token.kid_of_encryption_key", "auth_app.key_use"),
    ("id_token.kid_of_rs256_key", "auth_app.key_use"),
    ("id_token.alg_none", "auth_app.algorithm"),
    ("id_token.alg_none_kid_missing", "auth_app.algorithm"),
    ("id_token.alg_none_mixed_case", "auth_app.algorithm"),
    ("id_token.hs256_of_es256_key", "auth_app.algorithm"),
    ("id_token.hs256_of_rs256_key", "auth_app.algorithm"),
    ("id_token.rs256", "auth_app.algorithm"),
    ("id_token.es384", "auth_app.algorithm"),
    ("id_token.p384_under_es256", "auth_app.signature"),
    ("id_token.rs256_under_es256", "auth_app.key_use"),
    ("id_token.signature_der", "auth_app.signature"),
    ("id_token.signature_broken", "auth_app.signature"),
    ("id_token.signature_zero", "auth_app.signature"),
    ("id_token.signature_missing", "auth_app.signature"),
    ("id_token.other_key", "auth_app.signature"),
    ("id_token.embedded_key", "auth_app.header"),
    ("id_token.trailing_part", "input.id_token"),
    ("id_token.two_parts", "input.id_token"),
    ("id_token.padded", "input.id_token"),
    ("id_token.encrypted", "input.id_token"),
    ("id_token.points", "input.id_token"),
    ("id_token.huge", "input.too_large"),
    ("jwks.html_503", "auth_app.keys_missing"),
    ("jwks.html_200", "auth_app.keys_missing"),
    ("jwks.redirect", "auth_app.keys_missing"),
    ("jwks.silent", "auth_app.keys_missing"),
    ("jwks.slow", "auth_app.keys_missing"),
    ("jwks.truncated_json", "input.jwks"),
    ("jwks.keys_missing", "input.jwks"),
    ("jwks.keys_twice", "input.jwks"),
    ("jwks.keys_object", "input.jwks"),
    ("jwks.huge", "auth_app.keys_missing"),
    ("jwks.empty", "auth_app.key_unknown"),
    ("jwks.many", "input.jwks"),
    ("jwks.kid_twice", "auth_app.jwks"),
    ("jwks.private_key", "auth_app.jwks"),
    ("jwks.other_type", "auth_app.key_use"),
    ("jwks.other_curve", "auth_app.key_use"),
    ("jwks.off_curve", "auth_app.key_use"),
    ("jwks.member_twice", "input.jwks"),
    ("jwks.kid_missing", "auth_app.key_unknown"),
    ("jwks.use_missing", "accepted"),
    ("jwks.use_enc", "auth_app.key_use"),
    ("jwks.alg_missing", "accepted"),
    ("jwks.alg_other", "auth_app.key_use"),
    ("jwks.rotated", "accepted"),
    ("jwks.rotated_old_kept", "accepted"),
    ("jwks.rotated_outdated", "auth_app.key_unknown"),
    ("userinfo.sub_wrong", "auth_app.subject"),
    ("userinfo.sub_missing", "input.userinfo"),
    ("userinfo.sub_number", "input.userinfo"),
    ("userinfo.sub_twice", "input.userinfo"),
    ("userinfo.name_missing", "auth_app.claim_missing"),
    ("userinfo.name_empty", "auth_app.claim_form"),
    ("userinfo.name_null", "auth_app.claim_missing"),
    ("userinfo.name_number", "auth_app.claim_form"),
    ("userinfo.name_twice", "input.userinfo"),
    ("userinfo.name_hostile", "auth_app.claim_form"),
    ("userinfo.name_overlong", "auth_app.http"),
    ("userinfo.extra_claim", "accepted"),
    ("userinfo.my_number", "accepted"),
    ("userinfo.address_object", "accepted"),
    ("userinfo.address_object_empty", "auth_app.claim_form"),
    ("userinfo.address_array", "auth_app.claim_form"),
    ("userinfo.birthdate_dashed", "accepted"),
    ("userinfo.birthdate_number", "auth_app.claim_form"),
    ("userinfo.birthdate_unknown_part", "accepted"),
    ("userinfo.birthdate_impossible", "auth_app.claim_form"),
    ("userinfo.birthdate_future", "accepted"),
    ("userinfo.birthdate_short", "auth_app.claim_form"),
    ("userinfo.gender_word", "accepted"),
    ("userinfo.gender_number", "auth_app.claim_form"),
    ("userinfo.gender_unknown", "accepted"),
    ("userinfo.unauthorized", "auth_app.token_refused"),
    ("userinfo.html_503", "auth_app.unavailable"),
    ("userinfo.html_200", "auth_app.http"),
    ("userinfo.content_type_jwt", "auth_app.http"),
    ("userinfo.truncated_json", "input.userinfo"),
    ("userinfo.array", "input.userinfo"),
    ("swap.codes", "auth_app.code_refused"),
    ("swap.codes_without_pkce", "auth_app.nonce"),
    ("swap.people", "accepted"),
    ("swap.userinfo", "auth_app.subject"),
    ("swap.claims", "accepted"),
];

/// Where it ends otherwise without a socket: what takes time, is compressed or
/// breaks off is then no defect, and nobody looks at the status of the keys.
const WITHOUT_SOCKET: &[(&str, &str)] = &[
    ("token.silent", "auth_app.http"),
    ("token.slow", "accepted"),
    ("token.reset", "accepted"),
    ("token.cut_off", "accepted"),
    ("token.gzip_bomb", "input.too_large"),
    ("token.huge", "input.too_large"),
    ("jwks.html_503", "input.jwks"),
    ("jwks.html_200", "input.jwks"),
    ("jwks.redirect", "input.jwks"),
    ("jwks.silent", "input.jwks"),
    ("jwks.slow", "accepted"),
    ("jwks.huge", "input.jwks"),
    ("userinfo.name_overlong", "input.too_large"),
];

/// What nobody would wait for.
const NEVER_ENDING: [&str; 4] = ["token.silent", "token.slow", "jwks.silent", "jwks.slow"];

#[test]
fn every_scenario_is_due_once() {
    let due: BTreeMap<_, _> = DUE.iter().copied().collect();
    assert_eq!(due.len(), DUE.len(), "a scenario stands twice");
    for scenario in Scenario::ALL {
        assert!(due.contains_key(scenario.name), "{}", scenario.name);
    }
    for name in DUE.iter().chain(WITHOUT_SOCKET).map(|(name, _)| name) {
        assert!(Scenario::named(name).is_some(), "{name} is stale");
    }
}

#[tokio::test]
async fn the_driver_ends_every_scenario_as_it_is_due() {
    let place = Place::new();
    let mut wrong = Vec::new();
    for scenario in Scenario::ALL {
        let found = code(&place.driven(scenario).await);
        let due = of(DUE, scenario.name);
        if due != Some(found) {
            wrong.push((scenario.name, due, found));
        }
    }
    assert_eq!(wrong, []);
}

#[tokio::test]
async fn the_steps_end_every_scenario_as_it_is_due() {
    let place = Place::new();
    let mut wrong = Vec::new();
    for scenario in Scenario::ALL {
        let found = code(&place.stepped(scenario).await);
        let otherwise = of(WITHOUT_SOCKET, scenario.name);
        let due = otherwise.or(of(DUE, scenario.name));
        let stale = otherwise == of(DUE, scenario.name);
        if due != Some(found) || stale {
            wrong.push((scenario.name, due, found));
        }
    }
    assert_eq!(wrong, []);
}

/// Beside each other, nothing of one login is left for the next.
#[tokio::test]
async fn after_all_of_it_a_provider_without_defects_is_believed() {
    let place = Place::new();
    for scenario in Scenario::ALL {
        drop(place.stepped(scenario).await);
    }
    let right = Scenario {
        name: "right",
        apply: |_| (),
    };
    let login = place.stepped(&right).await.unwrap();
    assert_eq!(login.subject().as_str(), place.scene.subject);
}

fn of(table: &[(&'static str, &'static str)], name: &str) -> Option<&'static str> {
    table.iter().find(|(n, _)| *n == name).map(|(_, due)| *due)
}

fn code(outcome: &Result<VerifiedLogin, Fault>) -> &'static str {
    match outcome {
        Ok(_) => "accepted",
        Err(fault) => fault.code().as_str(),
    }
}

/// A provider that names itself in callbacks, and a relying party that knows.
struct Place {
    scene: Scene,
    registration: Registration,
}

impl Place {
    fn new() -> Self {
        let scene = Scene::with(Settings {
            callback_issuer: true,
            ..Settings::default()
        });
        let people = Person::everybody(NOW.as_unix());
        let other = people.get(1).unwrap();
        scene.provider.enrol(Citizen::new("taro", other));
        let provider = scene.registration().provider().clone();
        let provider = provider.with_response_issuer(ResponseIssuer::Always);
        let registration = scene.registration_at(provider);
        Self {
            scene,
            registration,
        }
    }

    /// The second of two people, whom some scenarios mistake for the first.
    fn second(&self, scenario: &Scenario) -> Browser {
        let provider = &self.scene.provider;
        provider.only(scenario.apply);
        drop(Browser::of(provider, &self.registration, "taro"));
        Browser::of(provider, &self.registration, "hanako")
    }

    async fn driven(&self, scenario: &Scenario) -> Result<VerifiedLogin, Fault> {
        let once = Load {
            retries: 0,
            ..Load::standard()
        };
        let auth_app = AuthApp::with_settings(
            self.registration.clone(),
            self.scene.client(),
            self.scene.transport(&once),
            if NEVER_ENDING.contains(&scenario.name) {
                impatient()
            } else {
                AuthAppSettings::standard()
            },
        );
        self.second(scenario).finish(&auth_app).await
    }

    async fn stepped(&self, scenario: &Scenario) -> Result<VerifiedLogin, Fault> {
        let party = steps(&self.scene, self.registration.clone());
        self.second(scenario).step(&party).await
    }
}
