//! The auth app: logins and signatures through a provider that is simulated, and
//! what is refused of them.

pub(super) mod signature;

use bytes::Bytes;
use http::{Request, Response};
use tashika::auth_app::{
    AssertionId, Callback, ClientAssertion, Fault, KeySet, LoginRequest, PendingLogin, RedirectUri,
    Scope, Scopes, VerifiedLogin,
};
use tashika::transaction::BrowserSecret;
use tashika::{Code, Error, Time};
use tashika_testbed::auth_app::{Choice, Citizen, Clock};
use tashika_testbed::{Card, Rng};
use tokio::runtime::Builder;

use crate::auth_app::Simulation;
use crate::exit::Failure;
use crate::tour::world::{Outcome, World, binding};

const ORIGIN: &str = "https://bank.example";

/// A provider whose clock stands at the time of the tour, and in which the person
/// of the tour has this card.
pub(super) fn simulation(seed: Option<u64>, card: &Card, now: Time) -> Result<Simulation, Failure> {
    let rng = seed.map_or_else(Rng::from_entropy, Rng::from_seed);
    let redirect_uri = RedirectUri::new(&format!("{ORIGIN}/auth-app/callback"))?;
    let simulation = Simulation::start(rng, Clock::Fixed(now.as_unix()), redirect_uri, now)?;
    let person = Citizen::new("hanako", card.person()).signing(card.signing());
    simulation.provider.enrol(person);
    Ok(simulation)
}

pub(super) fn login(world: &World) -> Result<Outcome, Error> {
    world.auth_app.mend();
    told(log_in(world, &Choice::citizen("hanako"), Browser::Same))
}

pub(super) fn cancelled(world: &World) -> Result<Outcome, Error> {
    world.auth_app.mend();
    told(log_in(world, &Choice::Cancel, Browser::Same))
}

pub(super) fn other_browser(world: &World) -> Result<Outcome, Error> {
    world.auth_app.mend();
    told(log_in(world, &Choice::citizen("hanako"), Browser::Other))
}

pub(super) fn forged(world: &World) -> Result<Outcome, Error> {
    world.auth_app.forge();
    told(log_in(world, &Choice::citizen("hanako"), Browser::Same))
}

pub(super) fn unavailable(world: &World) -> Result<Outcome, Error> {
    world.auth_app.take_out_of_service();
    told(log_in(world, &Choice::citizen("hanako"), Browser::Same))
}

/// In which browser the callback is opened.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Browser {
    Same,
    Other,
}

fn told(login: Result<VerifiedLogin, Fault>) -> Result<Outcome, Error> {
    let checks = login.map(|proof| proof.trace().iter().count());
    Ok(Outcome {
        result: checks.map_err(|fault| fault.error()),
        status: None,
    })
}

/// A login from its beginning to its end, step by step.
fn log_in(world: &World, choice: &Choice, browser: Browser) -> Result<VerifiedLogin, Fault> {
    let (registration, now) = (&world.auth_app.registration, world.now);
    let scopes = Scopes::openid().with(Scope::Name).with(Scope::Birthdate);
    let request = LoginRequest::new(scopes);
    let begun = PendingLogin::begin(binding(ORIGIN, "login", now)?, registration, request)?;

    let back = world
        .auth_app
        .provider
        .authorize(&begun.url, choice.clone());
    let (_, query) = back.split_once('?').unwrap_or_default();
    let callback = Callback::from_query(query)?;
    let cookie = (browser == Browser::Same).then(|| BrowserSecret::value(&begun.browser));
    let authorized = begun.pending.receive(callback, cookie, registration, now)?;

    let answer = world.ask(authorized.token_request(registration, &world.assertion()?)?)?;
    let tokens = authorized.tokens(registration, &answer)?;
    let login = tokens.verify(registration, &world.keys()?, now)?;
    match login.userinfo_request(registration)? {
        Some(request) => login.userinfo(&world.ask(request)?),
        None => Ok(login.without_userinfo()?),
    }
}

impl World {
    /// Who we are, for one request.
    fn assertion(&self) -> Result<ClientAssertion, Error> {
        let unsigned = self
            .auth_app
            .client
            .prepare(AssertionId::generate()?, self.now)?;
        let runtime = Builder::new_current_thread().build();
        let runtime = runtime.map_err(|_| Code::MisuseSigner)?;
        runtime.block_on(unsigned.sign())
    }

    /// The provider's keys.
    fn keys(&self) -> Result<KeySet, Error> {
        let url = self.auth_app.registration.provider().jwks_uri();
        let request = Request::get(url).body(Bytes::new());
        let keys = self.ask(request.map_err(|_| Code::MisuseArgument)?)?;
        KeySet::read(keys.body())
    }

    /// What the provider answers.
    fn ask(&self, request: Request<Bytes>) -> Result<Response<Bytes>, Error> {
        let (head, body) = request.into_parts();
        let text = |value: &http::HeaderValue| value.to_str().unwrap_or_default().to_owned();
        let headers = head.headers.iter();
        let headers: Vec<_> = headers
            .map(|(name, value)| (name.as_str().to_owned(), text(value)))
            .collect();
        let (method, path) = (head.method.as_str(), head.uri.path());
        let (status, headers, body) = self.auth_app.provider.handle(method, path, &headers, &body);
        let response = headers.iter().fold(
            Response::builder().status(status),
            |response, (name, value)| response.header(name, value),
        );
        let response = response.body(body.into());
        response.map_err(|_| Code::MisuseArgument.into())
    }
}
