//! Logins with the auth app, over loopback to a provider that runs beside.

use axum::Router;
use axum::routing::get;
use http::header::LOCATION;
use tashika::auth_app::{AuthApp, Callback, LoginRequest, VerifiedLogin};
use tashika::transaction::{Purpose, TransactionId};
use tashika::transport::Tls;
use tashika::{Code, Time};
use tashika_conformance::desk::NOW;
use tashika_conformance::logins::{LoginDesk, everything};
use tashika_testbed::Person;
use tashika_testbed::auth_app::{AccessTokenForm, Choice, Citizen, Settings};
use tashika_tower::{AuthAppLayer, Landing, LoginPaths, Logins, Verified};

use crate::browser::Answer;
use crate::flow::{Flow, Sent};
use crate::house::{House, ORIGIN};
use crate::service::{NOBODY, Service};

type Login = Verified<VerifiedLogin>;

/// The provider, which knows so many people.
pub(crate) struct AuthAppLogins(LoginDesk);

impl AuthAppLogins {
    pub(crate) fn of(people: usize) -> Self {
        let settings = Settings {
            access_tokens: AccessTokenForm::Opaque,
            ..Settings::default()
        };
        let desk = LoginDesk::at(&format!("{ORIGIN}/auth/callback"), settings).unwrap();
        let mut person = Person::everybody(NOW.as_unix()).swap_remove(0);
        for who in 0..people {
            person.name = format!("架空　{who}");
            let citizen = Citizen::new(&who.to_string(), &person);
            desk.provider().enrol(citizen);
        }
        Self(desk)
    }
}

/// The provider's name of somebody, and their own.
fn called(subject: &str, name: &str) -> String {
    format!("{subject} {name}")
}

/// What stands for a name in the query of a URL. Of what is looked for here
/// nothing is escaped.
fn member<'u>(url: &'u str, name: &str) -> &'u str {
    let (_, query) = url.split_once('?').unwrap();
    let mut members = query.split('&').filter_map(|member| member.split_once('='));
    members.find(|(found, _)| *found == name).unwrap().1
}

impl Flow for AuthAppLogins {
    fn app(&self, node: &House, service: Service) -> Router {
        let (registration, client) = (self.0.registration().clone(), self.0.steps().client);
        let auth_app = AuthApp::over(registration, client, Tls::no_roots()).unwrap();
        let logins = Logins {
            paths: LoginPaths::under("/auth").unwrap(),
            purpose: Purpose::named("login").unwrap(),
            request: LoginRequest::new(everything()),
            landing: Landing::Handler,
        };
        let layer = AuthAppLayer::optional(node.site.clone(), auth_app, logins);
        let within = service.within;
        let greet = |proof: Login| {
            let name = proof.claims().name().unwrap_or_default();
            let name = called(proof.subject().as_str(), name);
            service.greet(proof, name)
        };
        let app = Router::new()
            .route("/auth/callback", get(greet))
            .route("/", get(front));
        within(app).layer(layer.unwrap())
    }

    fn begin(&self, _: usize) -> Sent {
        Sent::get("/auth/login")
    }

    fn transaction(&self, begun: &Answer) -> TransactionId {
        let state = member(begun.headers[LOCATION].to_str().unwrap(), "state");
        let callback = Callback::from_query(&format!("state={state}&code=x"));
        callback.unwrap().transaction().unwrap()
    }

    fn answer(&self, who: usize, begun: &Answer) -> Sent {
        let (url, citizen) = (&begun.headers[LOCATION], Choice::citizen(&who.to_string()));
        let back = self.0.provider().authorize(url.to_str().unwrap(), citizen);
        Sent::get(back.strip_prefix(ORIGIN).unwrap())
    }

    fn name(&self, who: usize) -> String {
        let client = self.0.registration().client_id().as_str();
        let subject = self.0.provider().sub_for(client, &who.to_string());
        called(&subject, &format!("架空　{who}"))
    }

    /// The code of one, with the state of the other.
    fn swap(&self, stolen: &Sent, bait: &Sent) -> Sent {
        let code = |sent: &'_ Sent| member(&sent.path, "code").to_owned();
        Sent::get(&bait.path.replace(&code(bait), &code(stolen)))
    }

    fn swapped(&self) -> Code {
        Code::AuthAppCodeRefused
    }

    fn elsewhere(&self) -> Code {
        Code::AuthAppBrowser
    }

    /// A code that comes twice is worth nothing any more, nor what was given for
    /// it.
    fn is_spoilt_by_theft(&self, code: Code) -> bool {
        [Code::AuthAppCodeRefused, Code::AuthAppTokenRefused].contains(&code)
    }

    fn tells_time(&self, now: Time) {
        self.0.provider().set_time(now.as_unix());
    }

    /// A relying party asks its provider no more than so much at once.
    fn at_a_time(&self) -> usize {
        8
    }
}

async fn front(proof: Option<Login>) -> &'static str {
    proof.map_or(NOBODY, |_| "somebody")
}
