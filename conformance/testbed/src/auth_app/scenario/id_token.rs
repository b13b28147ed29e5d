//! Defects of ID tokens.

use serde_json::{Value, json};

use super::{ELSEWHERE, Scenario, scenario};
use crate::auth_app::switches::{KeySet, Shape, Signature};

/// Who speaks to whom about whom.
pub(super) const CLAIMS: &[Scenario] = &[
    scenario("id_token.iss_wrong", |s| s.claim("iss", ELSEWHERE)),
    scenario("id_token.iss_missing", |s| s.id_token.claims.remove("iss")),
    scenario("id_token.iss_trailing_slash", |s| {
        s.id_token.claims.append("iss", "/")
    }),
    scenario("id_token.aud_wrong", |s| s.claim("aud", "Other1")),
    scenario("id_token.aud_missing", |s| s.id_token.claims.remove("aud")),
    scenario("id_token.aud_number", |s| s.claim("aud", 1)),
    scenario("id_token.aud_empty_array", |s| s.claim("aud", json!([]))),
    scenario("id_token.aud_array", |s| s.id_token.claims.wrap("aud", &[])),
    scenario("id_token.aud_second", |s| {
        s.id_token.claims.wrap("aud", &["Other1"]);
    }),
    scenario("id_token.aud_second_without_azp", |s| {
        s.id_token.claims.wrap("aud", &["Other1"]);
        s.id_token.claims.remove("azp");
    }),
    scenario("id_token.azp_wrong", |s| s.claim("azp", "Other1")),
    scenario("id_token.azp_missing", |s| s.id_token.claims.remove("azp")),
    scenario("id_token.nonce_wrong", |s| s.claim("nonce", "other")),
    scenario("id_token.nonce_missing", |s| {
        s.id_token.claims.remove("nonce")
    }),
    scenario("id_token.nonce_number", |s| s.claim("nonce", 1)),
    scenario("id_token.sub_missing", |s| s.id_token.claims.remove("sub")),
    scenario("id_token.sub_empty", |s| s.claim("sub", "")),
    scenario("id_token.sub_number", |s| s.claim("sub", 1)),
    scenario("id_token.sub_overlong", |s| s.claim("sub", "x".repeat(256))),
    scenario("id_token.sub_twice", |s| {
        s.id_token.claims.twice("sub", "somebody else");
    }),
    scenario("id_token.at_hash_missing", |s| {
        s.id_token.claims.remove("at_hash")
    }),
    scenario("id_token.at_hash_wrong", |s| {
        s.claim("at_hash", "77QmUPtjPfzWtF2AnpK9RQ");
    }),
    scenario("id_token.at_hash_empty", |s| s.claim("at_hash", "")),
    scenario("id_token.acr_missing", |s| s.id_token.claims.remove("acr")),
    scenario("id_token.acr_lower", |s| s.claim("acr", "aal1")),
    scenario("id_token.acr_array", |s| s.id_token.claims.wrap("acr", &[])),
    scenario("id_token.payload_null", |s| s.id_token.shape = Shape::Null),
];

/// When. Each differs by more than any leeway.
pub(super) const TIMES: &[Scenario] = &[
    scenario("id_token.iat_missing", |s| s.id_token.claims.remove("iat")),
    scenario("id_token.iat_future", |s| {
        s.id_token.claims.shift("iat", 3_600);
        s.id_token.claims.shift("exp", 3_600);
    }),
    scenario("id_token.iat_old", |s| {
        s.id_token.claims.shift("iat", -86_400)
    }),
    scenario("id_token.iat_text", |s| s.id_token.claims.quote("iat")),
    scenario("id_token.exp_missing", |s| s.id_token.claims.remove("exp")),
    scenario("id_token.exp_past", |s| {
        s.id_token.claims.shift("exp", -3_600);
        s.id_token.claims.shift("iat", -3_600);
    }),
    scenario("id_token.exp_text", |s| s.id_token.claims.quote("exp")),
    scenario("id_token.exp_huge", |s| s.claim("exp", u64::MAX)),
    scenario("id_token.nbf_future", |s| s.claim("nbf", 9_999_999_999_i64)),
    scenario("id_token.auth_time_future", |s| {
        s.id_token.claims.shift("auth_time", 3_600);
    }),
    scenario("id_token.auth_time_old", |s| {
        s.id_token.claims.shift("auth_time", -86_400);
    }),
    scenario("id_token.auth_time_text", |s| {
        s.id_token.claims.quote("auth_time");
    }),
];

/// Headers, and which key they name.
pub(super) const HEADERS: &[Scenario] = &[
    scenario("id_token.header_jku", |s| {
        s.id_token.header.set("jku", ELSEWHERE)
    }),
    scenario("id_token.header_jwk", |s| {
        s.id_token.header.set("jwk", json!({ "kty": "EC" }));
    }),
    scenario("id_token.header_x5u", |s| {
        s.id_token.header.set("x5u", ELSEWHERE)
    }),
    scenario("id_token.header_x5c", |s| {
        s.id_token.header.set("x5c", json!(["MIIB"]));
    }),
    scenario("id_token.header_crit", |s| {
        s.id_token.header.set("crit", json!(["exp"]));
    }),
    scenario("id_token.header_crit_empty", |s| {
        s.id_token.header.set("crit", json!([]));
    }),
    scenario("id_token.header_b64", |s| {
        s.id_token.header.set("b64", false)
    }),
    scenario("id_token.header_zip", |s| {
        s.id_token.header.set("zip", "DEF")
    }),
    scenario("id_token.header_alg_twice", |s| {
        s.id_token.header.twice("alg", "none");
    }),
    scenario("id_token.header_alg_missing", |s| {
        s.id_token.header.remove("alg")
    }),
    scenario("id_token.header_typ_access_token", |s| {
        s.id_token.header.set("typ", "at+jwt");
    }),
    scenario("id_token.header_typ_missing", |s| {
        s.id_token.header.remove("typ")
    }),
    scenario("id_token.kid_missing_one_key", |s| {
        s.id_token.header.remove("kid");
        s.keys.contents = KeySet::SigningKeyAlone;
    }),
    scenario("id_token.kid_missing_several_keys", |s| {
        s.id_token.header.remove("kid");
        s.keys.contents = KeySet::TwoSigningKeys;
    }),
    scenario("id_token.kid_unknown", |s| {
        s.id_token.header.set("kid", "es-99")
    }),
    scenario("id_token.kid_number", |s| s.id_token.header.set("kid", 1)),
    scenario("id_token.kid_null", |s| {
        s.id_token.header.set("kid", Value::Null)
    }),
    scenario("id_token.kid_of_encryption_key", |s| {
        s.id_token.header.set("kid", "enc-1");
    }),
    scenario("id_token.kid_of_rs256_key", |s| {
        s.id_token.header.set("kid", "rs-1")
    }),
];

/// Signatures, and the form of the token.
pub(super) const SIGNATURES: &[Scenario] = &[
    scenario("id_token.alg_none", |s| {
        s.id_token.signature = Signature::Unsigned
    }),
    scenario("id_token.alg_none_kid_missing", |s| {
        s.id_token.signature = Signature::Unsigned;
        s.id_token.header.remove("kid");
    }),
    scenario("id_token.alg_none_mixed_case", |s| {
        s.id_token.signature = Signature::Unsigned;
        s.id_token.header.set("alg", "nOnE");
    }),
    scenario("id_token.hs256_of_es256_key", |s| {
        s.id_token.signature = Signature::HmacOfEs256Key;
    }),
    scenario("id_token.hs256_of_rs256_key", |s| {
        s.id_token.signature = Signature::HmacOfRs256Key;
    }),
    scenario("id_token.rs256", |s| {
        s.id_token.signature = Signature::Rs256
    }),
    scenario("id_token.es384", |s| {
        s.id_token.signature = Signature::Es384
    }),
    scenario("id_token.p384_under_es256", |s| {
        s.id_token.signature = Signature::P384UnderEs256;
    }),
    scenario("id_token.rs256_under_es256", |s| {
        s.id_token.signature = Signature::Rs256UnderEs256;
    }),
    scenario("id_token.signature_der", |s| {
        s.id_token.signature = Signature::Der
    }),
    scenario("id_token.signature_broken", |s| {
        s.id_token.signature = Signature::Broken;
    }),
    scenario("id_token.signature_zero", |s| {
        s.id_token.signature = Signature::Zero;
    }),
    scenario("id_token.signature_missing", |s| {
        s.id_token.signature = Signature::Missing;
    }),
    scenario("id_token.other_key", |s| {
        s.id_token.signature = Signature::OtherKey
    }),
    scenario("id_token.embedded_key", |s| {
        s.id_token.signature = Signature::EmbeddedKey;
    }),
    scenario("id_token.trailing_part", |s| {
        s.id_token.shape = Shape::TrailingPart;
    }),
    scenario("id_token.two_parts", |s| s.id_token.shape = Shape::TwoParts),
    scenario("id_token.padded", |s| s.id_token.shape = Shape::Padded),
    scenario("id_token.encrypted", |s| {
        s.id_token.shape = Shape::Encrypted
    }),
    scenario("id_token.points", |s| s.id_token.shape = Shape::Points),
    scenario("id_token.huge", |s| s.id_token.shape = Shape::Huge),
];
