//! The provider as tests and demonstrations hold it.

use std::fmt;
use std::io;
use std::sync::Arc;

use super::choice::Choice;
use super::citizen::Citizen;
use super::client::RegisteredClient;
use super::core::{Core, Visit};
use super::event::{Endpoint, Event};
use super::parameters::{Parameters, with_query};
use super::settings::Settings;
use super::switches::Switches;
use crate::server::{Received, Server};

/// The auth app's provider on a loopback port of its own, gone when it is dropped.
pub struct Provider {
    core: Arc<Core>,
    server: Server,
}

impl Provider {
    /// Starts one. It knows no relying party and nobody.
    ///
    /// # Errors
    ///
    /// If no loopback port can be had.
    pub fn start(settings: Settings) -> io::Result<Self> {
        let server = Server::start()?;
        let base = settings.base.clone();
        let base = base.unwrap_or_else(|| server.url("/api"));
        let core = Arc::new(Core::new(settings, base));
        let at_work = Arc::clone(&core);
        server.otherwise(move |received| at_work.answer(received));
        Ok(Self { core, server })
    }

    /// The base URL, under which all endpoints are.
    #[must_use]
    pub fn base(&self) -> String {
        self.core.base.clone()
    }

    /// Its name in tokens.
    #[must_use]
    pub fn issuer(&self) -> String {
        self.core.issuer()
    }

    /// The URL of an endpoint.
    #[must_use]
    pub fn url(&self, endpoint: Endpoint) -> String {
        self.core.url(endpoint)
    }

    /// The server beneath.
    #[must_use]
    pub fn server(&self) -> &Server {
        &self.server
    }

    /// Lets a relying party in, in the place of one of that name.
    pub fn register(&self, client: RegisteredClient) {
        self.core.register(client);
    }

    /// Gives somebody card and app; returns how the first relying party knows the
    /// person, which is nothing while there is none.
    pub fn enrol(&self, person: Citizen) -> String {
        let first = |clients: &[RegisteredClient]| clients.first().map(|client| client.id.clone());
        let subject = self.core.with_clients(first);
        let subject = subject.map(|client| self.core.subject(&client, &person));
        self.core.state().enrol(person);
        subject.unwrap_or_default()
    }

    /// How a relying party knows a person.
    ///
    /// # Panics
    ///
    /// If nobody of that name was enrolled.
    #[must_use]
    pub fn sub_for(&self, client_id: &str, person: &str) -> String {
        let citizen = self.core.state().citizen(person);
        let citizen = citizen.unwrap_or_else(|| panic!("nobody was enrolled as {person}"));
        self.core.subject(client_id, &citizen)
    }

    /// Changes what is wrong with it.
    pub fn switch(&self, change: impl FnOnce(&mut Switches)) {
        change(&mut self.core.switches());
    }

    /// Changes what is wrong with it from nothing.
    pub fn only(&self, change: impl FnOnce(&mut Switches)) {
        let mut switches = self.core.switches();
        *switches = Switches::default();
        change(&mut switches);
    }

    /// Signs ID tokens with a new key. The old one is published no longer, or, if so
    /// switched, still.
    pub fn rotate(&self) {
        self.core.rotate();
    }

    /// What time it is, in unix seconds.
    #[must_use]
    pub fn now(&self) -> i64 {
        self.core.now()
    }

    /// Sets a fixed clock; one of the machine is [put forward](Self::put_forward).
    pub fn set_time(&self, now: i64) {
        self.core.set_time(now);
    }

    /// Puts the clock of the machine so many seconds forward.
    pub fn put_forward(&self, seconds: i64) {
        self.core.set_time(seconds);
    }

    /// Is down from now on, or up again: while it is down every request is answered
    /// 503.
    pub fn set_down(&self, is_down: bool) {
        self.core.set_down(is_down);
    }

    /// What it was asked, in this order.
    #[must_use]
    pub fn log(&self) -> Vec<Event> {
        self.core.log()
    }

    /// What browser and person do with an authorization URL: where it leads.
    #[must_use]
    pub fn visit(&self, url: &str, choice: &Choice) -> Visit {
        let parameters = Parameters::of_target(url);
        let visit = self.core.visit(&parameters, choice);
        self.core.remember(Event {
            endpoint: Endpoint::Authorization,
            method: "GET".to_owned(),
            parameters: parameters.all().to_vec(),
            bearer: None,
            status: visit.status(),
        });
        visit
    }

    /// What browser and person do with an authorization URL: the callback URL.
    ///
    /// # Panics
    ///
    /// If the request is such that nobody may be redirected; [`Self::visit`] tells.
    #[must_use]
    #[expect(
        clippy::needless_pass_by_value,
        reason = "choices are written in place"
    )]
    pub fn authorize(&self, url: &str, choice: Choice) -> String {
        match self.visit(url, &choice) {
            Visit::Redirect(url) => url,
            Visit::Shown(refusal) => panic!("not redirected: {}", refusal.description),
        }
    }

    /// Mix-up (RFC 9700, 4.4): the relying party believes that this provider is asked,
    /// but it sends the browser on to an honest one, under the name by which that one
    /// knows the relying party. The code then comes back for this one to collect.
    #[must_use]
    pub fn mix_up(&self, honest: &Self, url: &str, client_id: &str, choice: &Choice) -> Visit {
        let parameters = Parameters::of_target(url).with("client_id", client_id);
        let query = with_query(&honest.url(Endpoint::Authorization), parameters.pairs());
        honest.visit(&query, choice)
    }

    /// Answers a request without a socket: status, header fields and body. Names of
    /// header fields are read in lower case.
    #[must_use]
    pub fn handle(
        &self,
        method: &str,
        target: &str,
        headers: &[(String, String)],
        body: &[u8],
    ) -> (u16, Vec<(String, String)>, Vec<u8>) {
        let lower = |(name, value): &(String, String)| (name.to_ascii_lowercase(), value.clone());
        let answer = self.core.answer(&Received {
            method: method.to_owned(),
            target: target.to_owned(),
            headers: headers.iter().map(lower).collect(),
            body: body.to_vec(),
        });
        let (status, headers, body) = answer.parts();
        (status, headers.to_vec(), body.to_vec())
    }
}

impl fmt::Debug for Provider {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Provider")
            .field("base", &self.core.base)
            .finish_non_exhaustive()
    }
}
