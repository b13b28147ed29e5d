//! Logins with the auth app, and with other OpenID providers of its kind; and
//! documents that are signed through it.

mod kept;
mod layer;
mod outset;
mod paths;
mod return_to;
mod signing;

use std::fmt;

use bytes::Bytes;
use http::Method;
use http::request::Parts;
use tashika::audit::{Flow, Record};
use tashika::auth_app::{AuthApp, Callback, Fault, LoginRequest, PendingLogin, VerifiedLogin};
use tashika::transaction::{Purpose, TransactionId};
use tashika::transport::HttpService;
use tashika::{Code, Error, Time};

use crate::answer;
use crate::body::BodyLimit;
use crate::front::{Desk, Proceed, Route, Step};
use crate::refusal::Refusal;
use crate::session::{Identity, Session, SessionSlot};
use crate::site::{CrossDevice, Redeemed, Site, cookie_of};

use kept::{Aim, Kept};

pub use layer::{AuthAppLayer, AuthAppService};
pub use paths::LoginPaths;
pub use return_to::ReturnTo;
pub use signing::{
    AuthAppSigningLayer, AuthAppSigningService, Signers, SigningJudge, SigningPaths, Signings,
};

/// What stands behind [`AuthAppLayer`].
pub(crate) struct AuthAppDesk<H> {
    site: Site,
    auth_app: AuthApp<H>,
    logins: Logins,
    entry: Entry,
}

/// What logins are for, and where they begin and end.
#[derive(Clone, Debug)]
pub struct Logins {
    /// Where the layer answers, and where people go from there.
    pub paths: LoginPaths,
    /// What a login is for.
    pub purpose: Purpose,
    /// What is asked of the provider.
    pub request: LoginRequest,
    /// Who answers somebody who has logged in.
    pub landing: Landing,
}

/// Who answers somebody who has logged in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Landing {
    /// The layer, which sends them to where they wanted to go. What was gained is
    /// known from then on in their [`Session`] alone.
    ///
    /// Who relinks an account lands at the handler all the same.
    Redirect,
    /// The service behind the layer, at the path of the callback.
    Handler,
}

/// Why somebody has come back from the app, in the extensions of their request.
///
/// That there is a [`Session`] says nothing of it: whoever logs in may have one,
/// and it may be somebody else's.
#[derive(Clone, Debug)]
pub enum Arrival {
    /// To log in.
    Login,
    /// To have the account of this session, which is still there, belong to the
    /// login from now on.
    Relink(Session),
}

/// What becomes of requests that no path here is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Entry {
    /// They pass.
    Optional,
    /// They pass with a session.
    Forcing,
}

/// What a request is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ask {
    Login,
    Callback,
    Logout,
    Relink,
    /// Something that nobody gets without a session.
    Entry,
}

/// A form with the longest path to return to, and what else a page sends.
const FORM: BodyLimit = BodyLimit::octets(16 * 1024);

impl<H: HttpService> Desk for AuthAppDesk<H> {
    type Proof = VerifiedLogin;
    type Route = Ask;

    fn site(&self) -> &Site {
        &self.site
    }

    fn route(&self, parts: &Parts) -> Option<Route<Ask>> {
        if let Some(ask) = self.logins.paths.find(parts) {
            return Some(Route::Answers(ask));
        }
        let outside = session_of(parts).is_none();
        (outside && self.entry == Entry::Forcing).then_some(Route::Unread(Ask::Entry))
    }

    fn limit(&self, _: Ask) -> BodyLimit {
        FORM
    }

    fn methods(&self, ask: Ask) -> &'static [Method] {
        match ask {
            Ask::Callback | Ask::Entry => &[Method::GET],
            // Somebody who only follows a link does not log out.
            Ask::Logout => &[Method::POST],
            Ask::Login | Ask::Relink => &[Method::GET, Method::POST],
        }
    }

    fn flow(&self, ask: Ask) -> Option<Flow> {
        (ask == Ask::Callback).then_some(Flow::Login)
    }

    fn transaction(&self, _: Ask, parts: &Parts) -> Option<TransactionId> {
        called_back(parts)
    }

    async fn handle(
        &self,
        ask: Ask,
        parts: &Parts,
        body: Bytes,
    ) -> Result<Step<VerifiedLogin>, Refusal> {
        let now = self.site.now();
        let step = match ask {
            Ask::Login => self.log_in(parts, &body, now).await.map_err(Fault::from),
            Ask::Relink => self.relink(parts, &body, now).await.map_err(Fault::from),
            Ask::Callback => self.land(parts, now).await,
            Ask::Logout => self.log_out(parts).map_err(Fault::from),
            Ask::Entry => self.show_in(parts).map_err(Fault::from),
        };
        step.map_err(|fault| refusal(&self.site, fault, parts))
    }
}

impl<H: HttpService> AuthAppDesk<H> {
    /// Takes what the browser brought back.
    async fn land(&self, parts: &Parts, now: Time) -> Result<Step<VerifiedLogin>, Fault> {
        if self.logins.landing == Landing::Redirect {
            slot_of(parts)?;
        }
        let callback = Callback::from_query(query_of(parts))?;
        let transaction = callback.transaction()?;
        let browser = cookie_of(parts, &transaction).ok_or(Code::AuthAppBrowser)?;
        let redeemed = self.redeem(transaction, parts, now).await?;
        let kept = Kept::read(&redeemed.state)?;
        let arrival = arrival(kept.aim, parts)?;
        let (sealer, audience) = (self.site.sealer(), self.site.audience(&self.logins.purpose));
        let pending = PendingLogin::open(sealer, &audience, &transaction, &kept.pending, now)?;
        let login = self.auth_app.finish(pending, callback, Some(browser), now);
        let proof = login.await?;
        let return_to = kept.return_to.unwrap_or_else(|| self.logins.paths.home());
        Ok(self.conclude(proof, (arrival, return_to), redeemed, now)?)
    }

    async fn redeem(
        &self,
        transaction: TransactionId,
        parts: &Parts,
        now: Time,
    ) -> Result<Redeemed, Error> {
        let (site, purpose) = (&self.site, &self.logins.purpose);
        site.redeem_named(transaction, purpose, CrossDevice::Refused, parts, now)
            .await
    }

    fn conclude(
        &self,
        proof: VerifiedLogin,
        (arrival, return_to): (Arrival, ReturnTo),
        redeemed: Redeemed,
        now: Time,
    ) -> Result<Step<VerifiedLogin>, Error> {
        let transaction = redeemed.transaction;
        let response = match (self.logins.landing, &arrival) {
            (Landing::Redirect, Arrival::Login) => Some(answer::see_other(return_to.as_str())?),
            (Landing::Redirect, Arrival::Relink(_)) | (Landing::Handler, _) => None,
        };
        let (record, identity) = (Record::of_login(&proof, transaction, now), identity(&proof));
        let mut proceed = Proceed::new(proof, identity, Some(record), redeemed, now)?;
        proceed.extensions.insert(return_to);
        proceed.extensions.insert(arrival);
        let proceed = Box::new(proceed);
        Ok(match response {
            Some(response) => Step::Conclude(proceed, response),
            None => Step::Proceed(proceed),
        })
    }

    fn log_out(&self, parts: &Parts) -> Result<Step<VerifiedLogin>, Error> {
        slot_of(parts)?.end();
        let response = answer::see_other(self.logins.paths.logged_out.as_str())?;
        Ok(Step::Respond(response))
    }
}

/// The refusal because of a fault, which may say when to come back.
fn refusal(site: &Site, fault: Fault, parts: &Parts) -> Refusal {
    let refusal = site.refusal(fault.error(), parts);
    let Some(after) = fault.retry_after() else {
        return refusal;
    };
    let begun = u64::from(after.subsec_nanos() > 0);
    let seconds = after.as_secs().saturating_add(begun);
    refusal.retry_after(u32::try_from(seconds).unwrap_or(u32::MAX))
}

/// The transaction that a callback says it answers.
fn called_back(parts: &Parts) -> Option<TransactionId> {
    let callback = Callback::from_query(query_of(parts)).ok()?;
    callback.transaction().ok()
}

/// `transaction.session` unless the session of an account that is to be relinked
/// is the one that is there.
fn arrival(aim: Aim, parts: &Parts) -> Result<Arrival, Error> {
    let Aim::Relink(id) = aim else {
        return Ok(Arrival::Login);
    };
    let session = session_of(parts).filter(|session| *session.id().octets() == id);
    let session = session.ok_or(Code::TransactionSession)?;
    Ok(Arrival::Relink(session.clone()))
}

/// The session of somebody who has logged in.
fn session_of(parts: &Parts) -> Option<&Session> {
    let session = parts.extensions.get::<Session>()?;
    has_logged_in(session.gained().identity()).then_some(session)
}

/// Whether it is known who somebody is: not only their age, or that they have a
/// document.
fn has_logged_in(identity: &Identity) -> bool {
    match identity {
        Identity::Login { .. } | Identity::Certificate(..) => true,
        Identity::Presentation { .. } | Identity::Age { .. } => false,
    }
}

fn identity(login: &VerifiedLogin) -> Identity {
    Identity::Login {
        issuer: login.issuer().to_owned(),
        subject: login.subject().as_str().to_owned(),
        acr: login.acr().map(str::to_owned),
    }
}

/// Where word is left for the session.
///
/// `misuse.layer` if no `SessionLayer` stands outside.
fn slot_of(parts: &Parts) -> Result<&SessionSlot, Error> {
    let slot = parts.extensions.get::<SessionSlot>();
    if slot.is_none() {
        tracing::error!("no SessionLayer stands outside of the AuthAppLayer, which needs one here");
    }
    Ok(slot.ok_or(Code::MisuseLayer)?)
}

fn query_of(parts: &Parts) -> &str {
    parts.uri.query().unwrap_or_default()
}

impl<H: HttpService> fmt::Debug for AuthAppDesk<H> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AuthAppDesk")
            .field("site", &self.site)
            .field("auth_app", &self.auth_app)
            .field("logins", &self.logins)
            .field("entry", &self.entry)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_only_showed_a_document_has_not_logged_in() {
        assert!(has_logged_in(&Identity::Login {
            issuer: "https://op.example".to_owned(),
            subject: "1".to_owned(),
            acr: None,
        }));
        let doc_types = vec!["org.iso.18013.5.1.mDL".to_owned()];
        assert!(!has_logged_in(&Identity::Presentation { doc_types }));
    }
}
