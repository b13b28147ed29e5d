//! The provider behind its door: which endpoint answers what.

use std::fmt;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};
use std::time::{SystemTime, UNIX_EPOCH};

use super::authorization::{Fault, Request};
use super::choice::Choice;
use super::citizen::{Citizen, pairwise};
use super::client::RegisteredClient;
use super::event::{Endpoint, Event};
use super::json::Object;
use super::keys::Keys;
use super::parameters::{Parameters, with_query};
use super::refusal::Refusal;
use super::settings::{Clock, Settings};
use super::state::{Grant, State};
use super::switches::Switches;
use super::{page, signing, token, userinfo};
use crate::Rng;
use crate::server::{Answer, Received};

pub(super) struct Core {
    pub(super) settings: Settings,
    pub(super) base: String,
    /// What a fixed clock shows, or how far the machine's is put forward.
    time: AtomicI64,
    is_down: AtomicBool,
    secret: Vec<u8>,
    keys: Mutex<Arc<Keys>>,
    clients: RwLock<Vec<RegisteredClient>>,
    switches: Mutex<Switches>,
    state: Mutex<State>,
    log: Mutex<Vec<Event>>,
}

/// Where an authorization leads the browser.
#[derive(Clone, PartialEq, Eq)]
pub enum Visit {
    /// Back to the relying party, to this URL.
    Redirect(String),
    /// Nowhere: the person is shown what is wrong with the request.
    Shown(Refusal),
}

impl Visit {
    /// The status code that a browser sees.
    #[must_use]
    pub const fn status(&self) -> u16 {
        match self {
            Self::Redirect(_) => 302,
            Self::Shown(_) => 400,
        }
    }
}

impl fmt::Debug for Visit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            // A code may be in it.
            Self::Redirect(_) => f.write_str("Redirect(..)"),
            Self::Shown(refusal) => f.debug_tuple("Shown").field(refusal).finish(),
        }
    }
}

impl Core {
    pub(super) fn new(settings: Settings, base: String) -> Self {
        let rng = Rng::from_seed(settings.seed).derive("auth app");
        let time = match settings.clock {
            Clock::Fixed(now) => now,
            Clock::System => 0,
        };
        Self {
            base,
            time: AtomicI64::new(time),
            is_down: AtomicBool::new(false),
            secret: rng.derive("subjects").bytes(32),
            keys: Mutex::new(Arc::new(Keys::of_seed(settings.seed))),
            clients: RwLock::default(),
            switches: Mutex::default(),
            state: Mutex::new(State::new(rng.derive("state"))),
            log: Mutex::default(),
            settings,
        }
    }

    pub(super) fn now(&self) -> i64 {
        let time = self.time.load(Ordering::SeqCst);
        match self.settings.clock {
            Clock::Fixed(_) => time,
            Clock::System => SystemTime::now()
                .duration_since(UNIX_EPOCH)
                .map_or(0, |since| {
                    i64::try_from(since.as_secs()).unwrap_or(i64::MAX)
                })
                .saturating_add(time),
        }
    }

    pub(super) fn set_down(&self, is_down: bool) {
        self.is_down.store(is_down, Ordering::SeqCst);
    }

    pub(super) fn set_time(&self, now: i64) {
        self.time.store(now, Ordering::SeqCst);
    }

    pub(super) fn issuer(&self) -> String {
        format!("{}/realms/main", self.base)
    }

    pub(super) fn url(&self, endpoint: Endpoint) -> String {
        format!("{}{}", self.base, endpoint.path())
    }

    pub(super) fn register(&self, client: RegisteredClient) {
        let mut clients = self.clients.write().unwrap_or_else(PoisonError::into_inner);
        clients.retain(|other| other.id != client.id);
        clients.push(client);
    }

    /// Does something with the registered clients.
    pub(super) fn with_clients<T>(&self, look: impl FnOnce(&[RegisteredClient]) -> T) -> T {
        look(&self.clients.read().unwrap_or_else(PoisonError::into_inner))
    }

    pub(super) fn state(&self) -> MutexGuard<'_, State> {
        lock(&self.state)
    }

    pub(super) fn switches(&self) -> MutexGuard<'_, Switches> {
        lock(&self.switches)
    }

    pub(super) fn keys(&self) -> Arc<Keys> {
        Arc::clone(&lock(&self.keys))
    }

    pub(super) fn rotate(&self) {
        let old = self.switches().keys.old;
        Arc::make_mut(&mut lock(&self.keys)).rotate(old);
    }

    pub(super) fn subject(&self, client_id: &str, citizen: &Citizen) -> String {
        pairwise(&self.secret, client_id, &citizen.id)
    }

    pub(super) fn log(&self) -> Vec<Event> {
        lock(&self.log).clone()
    }

    pub(super) fn remember(&self, event: Event) {
        lock(&self.log).push(event);
    }

    /// Answers a request and remembers it.
    pub(super) fn answer(&self, received: &Received) -> Answer {
        let path = received.target.split(['?', '#']).next().unwrap_or_default();
        let path = path.strip_prefix("/api").unwrap_or_default();
        let endpoint = Endpoint::of_path(path);
        let parameters = match received.method.as_str() {
            "GET" => Parameters::of_target(&received.target),
            _ => Parameters::parse(&received.body),
        };
        let answer = match self.is_down.load(Ordering::SeqCst) {
            true => Answer::status(503).header("Retry-After", "30"),
            false => self.answer_of(endpoint, path, received, &parameters),
        };
        self.remember(Event {
            endpoint,
            method: received.method.clone(),
            parameters: match endpoint {
                Endpoint::StartSigning => Vec::new(),
                _ => parameters.all().to_vec(),
            },
            bearer: bearer(received).map(str::to_owned),
            status: answer.parts().0,
        });
        answer
    }

    fn answer_of(
        &self,
        endpoint: Endpoint,
        path: &str,
        received: &Received,
        parameters: &Parameters,
    ) -> Answer {
        match (endpoint, received.method.as_str()) {
            (Endpoint::Authorization, "GET") => match self.request(parameters) {
                Ok(request) => page::choices(self, &request, parameters),
                Err(fault) => self.fault(fault),
            },
            (Endpoint::Authorization, "POST") => match self.chosen(parameters) {
                Some(choice) => answer_of_visit(self.visit(parameters, &choice)),
                None => page::refusal(&Refusal::request("nothing was chosen")),
            },
            (Endpoint::Token, "POST") => token::answer(self, received, parameters),
            (Endpoint::Userinfo, "GET" | "POST") => userinfo::answer(self, received),
            (Endpoint::Jwks, "GET") => self.key_set(),
            (Endpoint::Discovery, "GET") => self.metadata(),
            (Endpoint::StartSigning, "POST") => signing::start(self, received),
            (Endpoint::SigningResult, "GET") => signing::result(self, received, path),
            (Endpoint::Unknown, _) => Answer::status(404),
            _ => Answer::status(405),
        }
    }

    fn chosen(&self, parameters: &Parameters) -> Option<Choice> {
        Choice::of_value(parameters.get(page::CHOICE)?)
    }

    fn request(&self, parameters: &Parameters) -> Result<Request, Fault> {
        let request = self.with_clients(|clients| {
            Request::read(parameters, |id| {
                clients.iter().find(|client| client.id == id)
            })
        })?;
        let known = |id: &String| self.state().transactions.contains_key(id);
        if request.transaction.as_ref().is_some_and(|id| !known(id)) {
            return Err(Fault::Redirected {
                redirect_uri: request.redirect_uri,
                state: Some(request.state),
                refusal: Refusal::request("sign_transaction_id is unknown"),
            });
        }
        Ok(request)
    }

    /// What browser and person do with an authorization request.
    pub(super) fn visit(&self, parameters: &Parameters, choice: &Choice) -> Visit {
        let mut request = match self.request(parameters) {
            Ok(request) => request,
            Err(Fault::Shown(refusal)) => return Visit::Shown(refusal),
            Err(fault) => return self.redirected(fault),
        };
        let switches = self.switches().clone();
        if switches.acr_values_lost {
            request.acr_values.clear();
        }
        let (redirect_uri, state) = (request.redirect_uri.clone(), request.state.clone());
        let error = switches.outcome.clone().or_else(|| {
            let (error, description) = choice.error()?;
            Some((error.to_owned(), description.to_owned()))
        });
        let outcome = match (error, choice) {
            (Some(error), _) => Err(error),
            (None, Choice::Citizen(id)) => self.grant(request, id, &switches),
            (None, _) => return Visit::Shown(Refusal::request("nothing was chosen")),
        };
        let mut callback = match outcome {
            Ok((code, session)) => Object::new()
                .with("code", code)
                .with("session_state", session),
            Err((error, description)) => Object::new()
                .with("error", error)
                .with("error_description", description),
        };
        callback.set("state", state.into());
        if self.settings.callback_issuer {
            callback.set("iss", self.issuer().into());
        }
        switches.callback.apply(&mut callback);
        Visit::Redirect(callback_url(&redirect_uri, &callback))
    }

    /// A code and a session for somebody who showed card and PIN.
    fn grant(
        &self,
        request: Request,
        id: &str,
        switches: &Switches,
    ) -> Result<(String, String), (String, String)> {
        let refuse = |error: &str, description: &str| (error.to_owned(), description.to_owned());
        let citizen = self.state().citizen(id);
        let citizen = citizen.ok_or_else(|| refuse("server_error", "nobody of that name"))?;
        if let (true, Some((error, description))) =
            (citizen.is_revoked, Choice::RevokedCertificate.error())
        {
            return Err(refuse(error, description));
        }
        if let Some(transaction) = &request.transaction {
            signing::sign(self, transaction, &request.client_id, &citizen, switches)
                .map_err(|(error, description)| refuse(error, description))?;
        }
        let now = self.now();
        let acr = match request.wants_card_and_pin() {
            true => &self.settings.acr,
            false => &self.settings.lesser_acr,
        };
        let mut state = self.state();
        let session = state.uuid();
        let grant = Grant {
            request,
            citizen,
            mistaken_for: None,
            acr: acr.clone(),
            auth_time: now,
            session: session.clone(),
        };
        let expires = now + self.settings.lifetimes.code;
        Ok((state.code(grant, expires, switches.swap), session))
    }

    fn fault(&self, fault: Fault) -> Answer {
        match fault {
            Fault::Shown(refusal) => page::refusal(&refusal),
            fault => answer_of_visit(self.redirected(fault)),
        }
    }

    fn redirected(&self, fault: Fault) -> Visit {
        match fault {
            Fault::Shown(refusal) => Visit::Shown(refusal),
            Fault::Redirected {
                redirect_uri,
                state,
                refusal,
            } => {
                let issuer = self.settings.callback_issuer.then(|| self.issuer());
                let fixed = [
                    ("error", refusal.error),
                    ("error_description", refusal.description),
                ];
                let state = state.as_deref().map(|state| ("state", state));
                let issuer = issuer.as_deref().map(|issuer| ("iss", issuer));
                let all = fixed.into_iter().chain(state).chain(issuer);
                Visit::Redirect(with_query(&redirect_uri, all))
            }
        }
    }
}

fn answer_of_visit(visit: Visit) -> Answer {
    match visit {
        Visit::Redirect(url) => Answer::redirect(&url).header("Cache-Control", "no-store"),
        Visit::Shown(refusal) => page::refusal(&refusal),
    }
}

/// Values that are no strings stand there as JSON.
fn callback_url(redirect_uri: &str, callback: &Object) -> String {
    let text = |value: &serde_json::Value| match value.as_str() {
        Some(text) => text.to_owned(),
        None => value.to_string(),
    };
    let members = callback.members().iter();
    let pairs: Vec<_> = members
        .map(|(name, value)| (name.as_str(), text(value)))
        .collect();
    with_query(
        redirect_uri,
        pairs.iter().map(|(name, value)| (*name, value.as_str())),
    )
}

/// The token of `Authorization: Bearer` (RFC 6750, 2.1).
pub(super) fn bearer(received: &Received) -> Option<&str> {
    let (scheme, token) = received.header("authorization")?.split_once(' ')?;
    scheme
        .eq_ignore_ascii_case("bearer")
        .then_some(token.trim())
}

/// A thread that panicked with a lock was a test that failed.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
