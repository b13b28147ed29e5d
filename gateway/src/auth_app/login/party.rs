//! The relying party: begins logins, remembers them, and finishes them.

use std::num::NonZeroUsize;
use std::sync::{Mutex, PoisonError};

use tashika::auth_app::{AuthApp, Callback, Fault, LoginRequest, PendingLogin, VerifiedLogin};
use tashika::seal::{Sealer, SealingKey};
use tashika::transaction::{
    Audience, Binding, BrowserSecret, ClientKey, MemoryStore, Purpose, RelyingParty, TransactionId,
};
use tashika::{Duration, Error, Time};
use url::Url;

use super::registered::Registered;
use super::steps::{Announced, say};

/// Logins that may wait at once: somebody who reloads the page begins another.
const WAITING: NonZeroUsize = NonZeroUsize::new(64).unwrap();

pub(super) struct Party {
    app: AuthApp<Announced>,
    request: LoginRequest,
    audience: Audience,
    lifetime: Duration,
    store: MemoryStore,
    sealer: Sealer,
    /// The names of the cookies that browsers were given here.
    cookies: Mutex<Vec<String>>,
    /// Whether cookies go over TLS alone.
    secure: bool,
}

/// Where a browser goes, and the cookie that it takes along.
pub(super) struct Departure {
    pub(super) url: String,
    pub(super) set_cookie: String,
}

/// What a request to the redirect URI was.
pub(super) enum Arrival {
    /// The end of a login that began here.
    Login(Outcome),
    /// Something that nobody here waits for. Anybody can send that.
    Stray(Error),
}

pub(super) type Outcome = Result<Box<VerifiedLogin>, Fault>;

impl Party {
    pub(super) fn new(registered: Registered, lifetime: Duration) -> Result<Self, Error> {
        let redirect_uri = Url::parse(registered.registration.redirect_uri().as_str());
        let redirect_uri = redirect_uri.map_err(|_| tashika::Code::MisuseArgument)?;
        Ok(Self {
            audience: Audience {
                relying_party: RelyingParty::from_origin(
                    &redirect_uri.origin().ascii_serialization(),
                )?,
                purpose: Purpose::named("login")?,
            },
            request: registered.request.clone(),
            app: registered.app(),
            lifetime,
            store: MemoryStore::new(WAITING, WAITING),
            sealer: Sealer::new(SealingKey::generate("login")?, Vec::new())?,
            cookies: Mutex::default(),
            secure: redirect_uri.scheme() == "https",
        })
    }

    /// Begins a login.
    pub(super) fn begin(&self, now: Time) -> Result<Departure, Error> {
        let transaction = TransactionId::generate()?;
        let binding = Binding {
            audience: self.audience.clone(),
            transaction,
            expires: now.plus(self.lifetime),
        };
        let expires = binding.expires;
        let begun = self.app.begin(binding, self.request.clone())?;
        let (sealed, client) = (begun.pending.seal(&self.sealer)?, ClientKey::of(b"browser"));
        self.store.put(transaction, client, expires, sealed, now)?;
        let name = cookie_name(&transaction);
        let set_cookie = format!(
            "{name}={}; Max-Age={}; Path=/; HttpOnly; SameSite=Lax{}",
            begun.browser.value(),
            self.lifetime.as_seconds(),
            if self.secure { "; Secure" } else { "" },
        );
        self.cookies().push(name);
        tell_request(&begun.url);
        let url = begun.url;
        Ok(Departure { url, set_cookie })
    }

    /// Takes what a browser brings to the redirect URI.
    pub(super) async fn receive(&self, query: &str, cookies: &str, now: Time) -> Arrival {
        let (pending, callback, transaction) = match self.find(query, now) {
            Ok(found) => found,
            // A browser in which a login began ends it, whatever it brings.
            Err(error) if self.is_known(cookies) => return Arrival::Login(Err(error.into())),
            Err(error) => return Arrival::Stray(error),
        };
        let name = cookie_name(&transaction);
        let browser = value_of(cookies, &name);
        let login = self.app.finish(pending, callback, browser, now).await;
        Arrival::Login(login.map(Box::new))
    }

    fn find(
        &self,
        query: &str,
        now: Time,
    ) -> Result<(PendingLogin, Callback, TransactionId), Error> {
        let callback = Callback::from_query(query)?;
        let transaction = callback.transaction()?;
        let sealed = self.store.take(&transaction, now)?;
        let pending = PendingLogin::open(&self.sealer, &self.audience, &transaction, &sealed, now)?;
        Ok((pending, callback, transaction))
    }

    fn is_known(&self, cookies: &str) -> bool {
        let begun = self.cookies();
        begun.iter().any(|name| value_of(cookies, name).is_some())
    }

    fn cookies(&self) -> std::sync::MutexGuard<'_, Vec<String>> {
        self.cookies.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The name of a transaction's cookie, without the prefix that binds it to TLS:
/// not every browser keeps a cookie with it that comes over plain HTTP, be it
/// from its own machine.
fn cookie_name(transaction: &TransactionId) -> String {
    BrowserSecret::cookie_name(transaction).replacen("__Host-", "", 1)
}

/// The value of the one cookie of this name in a header `Cookie`.
fn value_of<'c>(cookies: &'c str, name: &str) -> Option<&'c str> {
    let pairs = cookies.split(';').filter_map(|c| c.trim().split_once('='));
    let mut values = pairs.filter(|(found, _)| *found == name);
    let (_, value) = values.next()?;
    values.next().is_none().then_some(value)
}

/// The parameters of a request that are no secrets.
const TOLD: [&str; 6] = [
    "response_type",
    "client_id",
    "redirect_uri",
    "scope",
    "acr_values",
    "code_challenge_method",
];

/// Tells where the browser is sent, and what is asked for.
fn tell_request(url: &str) {
    let Ok(url) = Url::parse(url) else {
        return;
    };
    let endpoint = url.as_str().split('?').next().unwrap_or_default();
    say(&format!("→ the browser goes to {endpoint}"));
    for (name, value) in url.query_pairs() {
        if TOLD.contains(&name.as_ref()) {
            say(&format!("    {name}={value}"));
        }
    }
}
