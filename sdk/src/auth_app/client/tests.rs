//! A driver whose key takes its time.

use std::future::pending;
use std::sync::Arc;

use bytes::Bytes;
use http::{Request, Response};
use http_body_util::Full;
use tower::service_fn;

use super::*;
use crate::algorithm::KeyKind;
use crate::auth_app::{
    AssertionAudience, AssertionKey, AssertionKeys, ClientId, Provider, RedirectUri, Scopes,
};
use crate::signer::{self, AsyncSigner, Signing};
use crate::transaction::{Audience, Purpose, RelyingParty, TransactionId};

const NOW: Time = Time::from_unix(1_800_000_000);

/// A module that does not come back.
struct Stuck(Vec<u8>);

impl AsyncSigner for Stuck {
    fn algorithm(&self) -> &[u8] {
        &self.0
    }

    fn sign<'a>(&'a self, _: &'a [u8]) -> Signing<'a> {
        Box::pin(pending())
    }
}

/// Whoever waits for ever keeps the leave to ask, and with it everybody out.
#[tokio::test(start_paused = true)]
async fn a_key_that_does_not_sign_is_not_waited_for_for_ever() {
    let provider = Provider::at("https://op.example/api").unwrap();
    let client_id = ClientId::new("bank1").unwrap();
    let audience = AssertionAudience::new(provider.token_endpoint()).unwrap();
    let stuck = Stuck(signer::algorithm(KeyKind::P256));
    let key = AssertionKey::new(Arc::new(stuck), NOW).unwrap();
    let keys = AssertionKeys::new(vec![key]).unwrap();
    let client = PrivateKeyJwt::new(client_id.clone(), audience, keys);
    let redirect_uri = RedirectUri::new("https://bank.example/callback").unwrap();
    let registration = Registration::new(provider, client_id, redirect_uri);
    let nobody = service_fn(
        async |_: Request<Bytes>| -> Result<Response<Full<Bytes>>, TransportError> {
            panic!("somebody was asked")
        },
    );
    let auth_app = AuthApp::new(registration, client, nobody);

    let binding = Binding {
        audience: Audience {
            relying_party: RelyingParty::from_origin("https://bank.example").unwrap(),
            purpose: Purpose::named("login").unwrap(),
        },
        transaction: TransactionId::from_entropy([7; 16]),
        expires: NOW.plus(crate::time::Duration::minutes(10)),
    };
    let begun = auth_app
        .begin(binding, LoginRequest::new(Scopes::openid()))
        .unwrap();
    let state = url::Url::parse(&begun.url).unwrap();
    let state = state
        .query_pairs()
        .find(|(name, _)| name == "state")
        .unwrap()
        .1
        .into_owned();
    let callback = Callback::from_query(&format!("code=c&state={state}")).unwrap();
    let cookie = begun.browser.value();
    let fault = auth_app
        .finish(begun.pending, callback, Some(cookie), NOW)
        .await
        .unwrap_err();
    assert_eq!(fault.code(), Code::MisuseSigner);
}
