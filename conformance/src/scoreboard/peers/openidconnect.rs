//! The crate `openidconnect`, with its own verifier and its own keys.
//!
//! It reads the answer of the token endpoint, verifies the ID token and
//! compares nonce and `at_hash`. Userinfo it cannot read: an address that is
//! one text is none to it.

use chrono::DateTime;
use openidconnect::core::{
    CoreIdTokenVerifier, CoreJsonWebKeySet, CoreJwsSigningAlgorithm, CoreTokenResponse,
};
use openidconnect::{
    AccessTokenHash, ClientId, IssuerUrl, Nonce, OAuth2TokenResponse as _, TokenResponse as _,
};

use crate::desk::NOW;
use crate::scoreboard::auth_app::Login;
use crate::scoreboard::contest::{Cases, Contender};
use crate::scoreboard::failure::Faulty;

pub(crate) fn login(cases: &Cases<Login>) -> Result<Contender, Faulty> {
    Contender::new("openidconnect", cases, Verifying::of, |login| {
        login.verify().is_some()
    })
}

struct Verifying {
    verifier: CoreIdTokenVerifier<'static>,
    nonce: Nonce,
    body: Vec<u8>,
}

impl Verifying {
    fn of(login: &Login) -> Option<Self> {
        let registration = login.registration();
        let keys: CoreJsonWebKeySet = serde_json::from_slice(login.jwks()).ok()?;
        let issuer = IssuerUrl::new(registration.provider().issuer().to_owned());
        let client = ClientId::new(registration.client_id().as_str().to_owned());
        let algorithms = [
            CoreJwsSigningAlgorithm::EcdsaP256Sha256,
            CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256,
        ];
        let verifier = CoreIdTokenVerifier::new_public_client(client, issuer.ok()?, keys)
            .set_allowed_algs(algorithms)
            .set_time_fn(|| DateTime::from_timestamp(NOW.as_unix(), 0).unwrap_or_default());
        Some(Self {
            verifier,
            nonce: Nonce::new(login.nonce()?),
            body: login.tokens().to_vec(),
        })
    }

    fn verify(&self) -> Option<()> {
        let answer: CoreTokenResponse = serde_json::from_slice(&self.body).ok()?;
        let token = answer.id_token()?;
        let claims = token.claims(&self.verifier, &self.nonce).ok()?;
        let algorithm = token.signing_alg().ok()?;
        let key = token.signing_key(&self.verifier).ok()?;
        let hash = AccessTokenHash::from_token(answer.access_token(), algorithm, key).ok()?;
        (claims.access_token_hash()? == &hash).then_some(())
    }
}
