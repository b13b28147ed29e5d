//! A service that people log in to with the auth app.
//!
//! ```sh
//! cargo run -p tashika-tower --features auth-app --example auth_app
//! ```
//!
//! The service is what stands in `service`. The provider is one of a testbed, on a
//! port of this machine.

mod world;

use std::error::Error;
use std::sync::Arc;

use axum::response::Redirect;
use axum::routing::get;
use axum::{Extension, Router};
use tashika::auth_app::{
    AssertionAudience, AssertionKey, AssertionKeys, AuthApp, ClientId, LoginRequest, PrivateKeyJwt,
    Provider, RedirectUri, Registration, Scope, Scopes, VerifiedLogin,
};
use tashika::signer::{EcdsaSigner, Immediate};
use tashika::transaction::Purpose;
use tashika::transport::Tls;
use tashika::{Duration, Time};
use tashika_testbed::auth_app::{self as testbed, Choice, Citizen, ClientKey, RegisteredClient};
use tashika_testbed::{Algorithm, KeyPair, Person, Rng};
use tashika_tower::{
    AuthAppLayer, Certificates, Clock, Landing, LoginPaths, Logins, MemorySessions, Recheck,
    ReturnTo, Session, SessionKeys, SessionLayer, SessionMode, SessionPolicy, Verified, Visitors,
};

use world::Browser;

const CLIENT: &str = "Bank1";
const REDIRECT_URI: &str = "https://bank.example/auth/callback";

/// Runs for people who have logged in, and for nobody else, once for each login. A
/// real one looks for the person's account, and refuses who has none.
async fn welcome(
    proof: Extension<Verified<VerifiedLogin>>,
    return_to: Extension<ReturnTo>,
) -> Redirect {
    let born = proof.claims().birthdate().is_some();
    println!("Somebody has logged in; their date of birth is known: {born}");
    Redirect::to(return_to.as_str())
}

/// Runs for people with a session.
async fn account(session: Extension<Session>) -> String {
    format!("your session began at {}", session.begun())
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

fn service(auth_app: AuthApp) -> Result<Router, tashika::Error> {
    let site = world::site()?;
    let sessions = SessionLayer::new(
        site.clone(),
        Arc::new(MemorySessions::standard()),
        SessionKeys::generate()?,
        Certificates::none(),
        POLICY,
    )?;
    let logins = Logins {
        paths: LoginPaths::under("/auth")?,
        purpose: Purpose::named("login")?,
        request: LoginRequest::new(Scopes::openid().with(Scope::Birthdate)),
        landing: Landing::Handler,
    };
    let login = AuthAppLayer::forcing(site, auth_app, logins)?;
    let app = Router::new()
        .route("/auth/callback", get(welcome))
        .route("/account", get(account));
    Ok(app.layer(login).layer(sessions))
}

/// An hour without a request, and a working day. No session hangs on a
/// certificate here.
const POLICY: SessionPolicy = SessionPolicy {
    idle: Duration::hours(1),
    absolute: Duration::hours(8),
    recheck: Recheck::DangerNever,
    mode: SessionMode::Web,
    visitors: Visitors::Pass,
};

#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), Box<dyn Error>> {
    let provider = provider()?;
    let key = KeyPair::generate(Algorithm::P256, &mut Rng::from_seed(5));
    provider.register(RegisteredClient::new(
        CLIENT,
        REDIRECT_URI,
        ClientKey::of(&key),
    ));
    let app = service(relying_party(&provider.base(), &key.pkcs8())?)?;
    let mut browser = Browser::default();

    let (status, login) = browser.get(&app, "/account").await?;
    println!("Somebody looks for their account: {status}\n{login}\n");
    let (status, url) = browser.get(&app, &login).await?;
    let (endpoint, _) = url.split_once('?').ok_or("no login")?;
    println!("They are sent to the provider: {status}\n{endpoint}\n");
    let back = provider.authorize(&url, Choice::citizen("hanako"));
    let callback = back
        .strip_prefix("https://bank.example")
        .ok_or("elsewhere")?;
    let (status, onwards) = browser.get(&app, callback).await?;
    println!("They come back, and are sent on: {status}\n{onwards}\n");
    for (who, path) in [
        ("They are known", onwards.as_str()),
        ("Somebody opens the link of the provider again", callback),
        (
            "Somebody would rather end elsewhere",
            "/auth/login?return_to=//evil.example",
        ),
    ] {
        let (status, text) = browser.get(&app, path).await?;
        println!("{who}: {status}\n{text}\n");
    }
    Ok(())
}

/// A provider of today, which knows somebody.
fn provider() -> std::io::Result<testbed::Provider> {
    let provider = testbed::Provider::start(testbed::Settings {
        clock: testbed::Clock::System,
        ..testbed::Settings::default()
    })?;
    let people = Person::everybody(Clock::system().now().as_unix());
    for person in people.iter().take(1) {
        provider.enrol(Citizen::new("hanako", person));
    }
    Ok(provider)
}
