//! Client assertions that a token has signed, before OpenSSL.

use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use tashika::Time;
use tashika::auth_app::{
    AssertionAudience, AssertionId, AssertionKey, AssertionKeys, ClientId, ClientPublicKey,
    PrivateKeyJwt,
};
use tashika::signer::{OnThreads, TokenKey};
use tashika_testbed::der;

use crate::Case;
use crate::tokens::{Signed, Tokens};

pub(crate) const CASES: &[Case] = &[(
    "a_token_signs_client_assertions",
    a_token_signs_client_assertions,
)];

const NOW: i64 = 1_800_000_000;

fn a_token_signs_client_assertions(tokens: &Tokens) {
    for (name, algorithm) in [("p256", "ES256"), ("rsa", "RS256")] {
        let signer = tokens.open(TokenKey::Label(name.to_owned())).unwrap();
        let kid = ClientPublicKey::from_spki(signer.public_key())
            .unwrap()
            .kid();
        let sent = assertion(
            AssertionKey::new(Arc::new(OnThreads::new(signer)), Time::from_unix(NOW - 1))
                .unwrap()
                .with_kid(&kid)
                .unwrap(),
        );

        let (input, signature) = sent.rsplit_once('.').unwrap();
        let (header, claims) = input.split_once('.').unwrap();
        let expected = json!({ "alg": algorithm, "kid": kid, "typ": "JWT" });
        assert_eq!(json_of(header), expected);
        let claims = json_of(claims);
        assert_eq!(claims["iss"], "client0");
        assert_eq!(claims["exp"], NOW + 60);

        let signature = URL_SAFE_NO_PAD.decode(signature).unwrap();
        let signature = match name {
            "p256" => in_der(&signature),
            _ => signature,
        };
        let signed = Signed {
            case: &format!("{name}.assertion"),
            message: input.as_bytes(),
            signature: &signature,
        };
        assert!(tokens.openssl_verifies(name, "-sha256", &signed), "{name}");
    }
}

fn assertion(key: AssertionKey) -> String {
    let authentication = PrivateKeyJwt::new(
        ClientId::new("client0").unwrap(),
        AssertionAudience::new("https://idp.example/token").unwrap(),
        AssertionKeys::new(vec![key]).unwrap(),
    );
    let id = AssertionId::generate().unwrap();
    let unsigned = authentication.prepare(id, Time::from_unix(NOW)).unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().build();
    let signed = runtime.unwrap().block_on(unsigned.sign()).unwrap();
    signed.as_str().to_owned()
}

fn json_of(part: &str) -> Value {
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap()
}

/// r‖s (RFC 7518, 3.4) as OpenSSL wants it.
fn in_der(signature: &[u8]) -> Vec<u8> {
    assert_eq!(signature.len(), 64);
    let (r, s) = signature.split_at(32);
    der::sequence([der::unsigned(r), der::unsigned(s)])
}
