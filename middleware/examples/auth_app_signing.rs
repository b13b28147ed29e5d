//! A service that has people sign through the auth app what they apply for.
//!
//! ```sh
//! cargo run -p tashika-tower --features auth-app --example auth_app_signing
//! ```
//!
//! The service is what stands in `service`. The provider, and the platform operator
//! that alone can read what comes back, are of a testbed, on ports of this machine.

mod world;

use std::error::Error;
use std::io;
use std::sync::Arc;

use axum::routing::{get, post};
use axum::{Extension, Router};
use serde_json::Value;
use tashika::Time;
use tashika::auth_app::signing::{
    OperatorClient, OperatorProfile, SigningOperator, SigningProfile, Verification, VerifiedSigning,
};
use tashika::auth_app::{
    AcrPolicy, AssertionAudience, AssertionKey, AssertionKeys, AuthApp, ClientId, PrivateKeyJwt,
    Provider, RedirectUri, Registration,
};
use tashika::signer::{EcdsaSigner, Immediate};
use tashika::transaction::Purpose;
use tashika::transport::Tls;
use tashika_testbed::auth_app::{
    self as testbed, Choice, Citizen, ClientKey, RegisteredClient, ResultForm, SigningSettings,
};
use tashika_testbed::{Algorithm, KeyPair, Rng};
use tashika_tower::{
    AuthAppSigningLayer, SignedRequest, Signers, SigningJudge, SigningPaths, Signings, Verified,
};

use world::Browser;

const CLIENT: &str = "Bank1";
const ORIGIN: &str = "https://bank.example";
const REDIRECT_URI: &str = "https://bank.example/apply/callback";

/// Makes a document of what somebody has filled in.
async fn application(plan: String) -> String {
    format!("I apply for an account, and choose the plan \"{plan}\".\n")
}

/// Runs for documents that somebody has signed, and for no others.
async fn accept(
    proof: Extension<Verified<VerifiedSigning>>,
    request: Extension<SignedRequest>,
) -> String {
    let who = match proof.verification() {
        Verification::Ourselves(proof) => proof.holder().name().as_str().to_owned(),
        // It has seen the certificate, and we have its word that it is a good one.
        Verification::Operator(word) => format!("Somebody whom {} knows", word.operator()),
    };
    let document = String::from_utf8_lossy(request.document());
    format!("{who} has signed this:\n{document}")
}

/// Who the service is at the provider. A real one has `Provider::production()`,
/// and roots to know it by.
fn relying_party(provider: &str, key: &[u8]) -> Result<AuthApp, Box<dyn Error>> {
    let (client, provider) = (ClientId::new(CLIENT)?, Provider::at(provider)?);
    let audience = AssertionAudience::new(provider.token_endpoint())?;
    let signer = Immediate::new(EcdsaSigner::from_pkcs8(key)?);
    let key = AssertionKey::new(Arc::new(signer), Time::from_unix(0))?;
    let proof = PrivateKeyJwt::new(client.clone(), audience, AssertionKeys::new(vec![key])?);
    let registration = Registration::new(provider, client, RedirectUri::new(REDIRECT_URI)?);
    Ok(AuthApp::over(registration, proof, Tls::no_roots())?)
}

fn service(auth_app: AuthApp, operator: &str) -> Result<Router, Box<dyn Error>> {
    // A real one knows the operator by its roots, and shows it a certificate.
    let operator = SigningOperator::at(operator, OperatorProfile::standard())?;
    let operator = OperatorClient::over(operator, Tls::no_roots())?;
    let signings = Signings {
        paths: SigningPaths::under("/apply")?,
        purpose: Purpose::named("open-account")?,
        signers: Signers::Whoever,
        acr: AcrPolicy::standard(),
        profile: SigningProfile::standard(),
    };
    let judge = SigningJudge::Operator(Arc::new(operator));
    let signed = AuthAppSigningLayer::new(world::site()?, auth_app, signings, judge)?;
    let app = Router::new()
        .route("/apply/request", post(application))
        .route("/apply/callback", get(accept));
    Ok(app.layer(signed))
}

#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), Box<dyn Error>> {
    let operator = testbed::SigningOperator::start(6)?;
    let provider = provider(&operator)?;
    let key = KeyPair::generate(Algorithm::P256, &mut Rng::from_seed(5));
    provider.register(RegisteredClient::new(
        CLIENT,
        REDIRECT_URI,
        ClientKey::of(&key),
    ));
    let auth_app = relying_party(&provider.base(), &key.pkcs8())?;
    let (app, mut browser) = (service(auth_app, &operator.url())?, Browser::default());

    for (who, choice, due) in [
        ("Somebody thinks better of it", Choice::Cancel, 403),
        ("Somebody signs", Choice::citizen("hanako"), 200),
    ] {
        let (_, offer) = browser
            .post(&app, "/apply/request", "text/plain", "tea")
            .await?;
        let offer: Value = serde_json::from_str(&offer)?;
        let back = provider.authorize(world::member(&offer, "location")?, choice);
        let callback = back.strip_prefix(ORIGIN).ok_or("elsewhere")?;
        let (status, text) = browser.get(&app, callback).await?;
        println!("{who}: {status}\n{text}\n");
        if status != due {
            return Err("another outcome was due".into());
        }
    }
    Ok(())
}

/// A provider of today, which knows somebody with a card to sign with, and gives
/// results that this operator reads.
fn provider(operator: &testbed::SigningOperator) -> io::Result<testbed::Provider> {
    let provider = testbed::Provider::start(testbed::Settings {
        clock: testbed::Clock::System,
        signing: SigningSettings {
            form: ResultForm::Jwe,
            operator: Some(operator.public_key()),
            ..SigningSettings::default()
        },
        ..testbed::Settings::default()
    })?;
    let card = world::testbed().algorithm(Algorithm::RSA_2048).card(0);
    provider.enrol(Citizen::new("hanako", card.person()).signing(card.signing()));
    Ok(provider)
}
