//! The discovery document and the key set.

use serde_json::{Value, json};

use super::authorization::SCOPES;
use super::core::Core;
use super::event::Endpoint;
use super::jose::VerifyingKey;
use super::json::Object;
use super::keys::Keys;
use super::settings::IdTokenAlgorithm;
use super::switches::KeySet;
use crate::{Algorithm, KeyPair, Rng, server::Answer};

impl Core {
    /// The discovery document (OpenID Connect Discovery 1.0, 3).
    pub(super) fn metadata(&self) -> Answer {
        let instead = self.switches().discovery.take();
        if let Some(answer) = instead {
            return answer;
        }
        let url = |endpoint| self.url(endpoint);
        let algorithm = match self.settings.id_token {
            IdTokenAlgorithm::Es256 => "ES256",
            IdTokenAlgorithm::Rs256 => "RS256",
        };
        let issuer = self.settings.callback_issuer;
        let document = Object::new()
            .with("issuer", self.issuer())
            .with("authorization_endpoint", url(Endpoint::Authorization))
            .with("token_endpoint", url(Endpoint::Token))
            .with("userinfo_endpoint", url(Endpoint::Userinfo))
            .with("jwks_uri", url(Endpoint::Jwks))
            .with("response_types_supported", json!(["code"]))
            .with("response_modes_supported", json!(["query"]))
            .with(
                "grant_types_supported",
                json!(["authorization_code", "refresh_token", "client_credentials"]),
            )
            .with("subject_types_supported", json!(["pairwise"]))
            .with("id_token_signing_alg_values_supported", json!([algorithm]))
            .with(
                "token_endpoint_auth_methods_supported",
                json!(["private_key_jwt"]),
            )
            .with(
                "token_endpoint_auth_signing_alg_values_supported",
                json!(["RS256", "ES256"]),
            )
            .with("code_challenge_methods_supported", json!(["S256"]))
            .with("acr_values_supported", json!(["aal1", "aal3", "crl"]))
            .with("scopes_supported", json!(SCOPES))
            .with(
                "claims_supported",
                json!(["sub", "name", "address", "birthdate", "gender"]),
            )
            .with("claims_parameter_supported", false)
            .with("request_parameter_supported", false)
            .with("request_uri_parameter_supported", false)
            .with("authorization_response_iss_parameter_supported", issuer);
        let reply = self.switches().discovery.clone();
        reply.json(document)
    }

    /// The key set.
    pub(super) fn key_set(&self) -> Answer {
        let instead = self.switches().jwks.take();
        if let Some(answer) = instead {
            return answer;
        }
        let switches = self.switches().clone();
        let mut keys = contents(switches.keys.contents, &self.keys(), self.settings.id_token);
        keys.iter_mut()
            .for_each(|key| switches.keys.members.apply(key));
        // Keys may have members twice, so they are put together as text.
        let texts: Vec<_> = keys.iter().map(Object::to_string).collect();
        let text = format!(r#"{{"keys":[{}]}}"#, texts.join(","));
        let reply = self.switches().jwks.clone();
        reply.text(text)
    }
}

fn contents(set: KeySet, keys: &Keys, algorithm: IdTokenAlgorithm) -> Vec<Object> {
    let right = keys.published();
    let signing = &keys.id_token(algorithm).id;
    let is_signing = |key: &Object| key.get("kid").and_then(Value::as_str) == Some(signing);
    let replaced = |with: &dyn Fn(&Object) -> Object| {
        let replace = |key: &Object| {
            if is_signing(key) {
                with(key)
            } else {
                key.clone()
            }
        };
        right.iter().map(replace).collect()
    };
    match set {
        KeySet::Right => right,
        KeySet::Outdated => keys.of_the_beginning(),
        KeySet::Empty => Vec::new(),
        KeySet::SigningKeyAlone => right.into_iter().filter(is_signing).collect(),
        KeySet::TwoSigningKeys => with_more(right, 1),
        KeySet::Many(count) => with_more(right, count),
        KeySet::SameName => {
            let other = dressed(&keys.stranger, "ES256").with("kid", signing.as_str());
            [other].into_iter().chain(right).collect()
        }
        KeySet::Private => {
            let scalar = keys.es256.key.scalar().unwrap_or_default();
            let d = super::jose::base64url(scalar);
            replaced(&|key| key.clone().with("d", d.as_str()))
        }
        KeySet::OtherType => {
            let other = dressed(&keys.rs256.key, "RS256").with("kid", signing.as_str());
            replaced(&|_| other.clone())
        }
        KeySet::OffCurve => {
            // Zero is the x coordinate of no point with this y.
            let nowhere = super::jose::base64url([0; 32]);
            replaced(&|key| key.clone().with("x", nowhere.as_str()))
        }
        KeySet::OtherCurve => {
            let other = dressed(&keys.p384, "ES384").with("kid", signing.as_str());
            replaced(&|_| other.clone())
        }
    }
}

/// With so many keys on P-256 that nothing was ever signed with.
fn with_more(right: Vec<Object>, count: u8) -> Vec<Object> {
    let more = (1..=count).map(|number| {
        let mut rng = Rng::from_seed(u64::from(number)).derive("more keys");
        let key = KeyPair::generate(Algorithm::P256, &mut rng);
        dressed(&key, "ES256").with("kid", format!("more-{number}"))
    });
    right.into_iter().chain(more).collect()
}

fn dressed(key: &KeyPair, algorithm: &str) -> Object {
    let jwk = VerifyingKey::of(key).map(|key| key.jwk());
    let jwk = jwk.unwrap_or_default();
    jwk.with("use", "sig").with("alg", algorithm)
}
