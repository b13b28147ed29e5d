//! The layer.

use tashika::auth_app::{AuthApp, RedirectUri};
use tashika::transaction::RelyingParty;
use tashika::transport::{Client, HttpService};
use tashika::{Code, Error};

use super::{AuthAppDesk, Entry, Logins};
use crate::front::layer;
use crate::site::{Site, SitePath};

layer! {
    /// Logs people in with the auth app.
    ///
    /// | request | what answers |
    /// |---|---|
    /// | `GET` or `POST …/login` | the layer, which sends the browser to the provider, in a transaction of this browser |
    /// | `GET …/callback?code=…&state=…` | the layer, if it is refused; else whoever [`Landing`](crate::Landing) says |
    /// | `POST …/logout` | the layer, which ends the session and sends the browser on |
    /// | `GET` or `POST …/relink` | the layer, which begins a login for the account of the session |
    /// | any other | the service behind it, or nobody without a session: [`forcing`](AuthAppLayer::forcing) |
    ///
    /// A login may say where it is to end, in the query or in a form:
    /// `/auth/login?return_to=/account`. What is no path of this site is refused
    /// as `input.return_to` before anything begins ([`ReturnTo`](crate::ReturnTo)).
    ///
    /// A [`SessionLayer`](crate::SessionLayer) stands outside, and where it refuses
    /// visitors, leaves the login and the callback open. Where it is missing,
    /// `misuse.layer` is the answer to whoever would be known by a session alone:
    /// who logs out, relinks, is sent on after a login, or is shown in.
    ///
    /// So should a layer stand outside against requests of other sites. A login or
    /// a relink that another site begins opens the provider's page and no more; a
    /// logout is taken by `POST` alone.
    ///
    /// Every refusal is `application/problem+json`, to people's browsers too; a
    /// page for people is made of it by a layer outside, which finds the
    /// [`Error`](tashika::Error) in the response's extensions.
    ///
    /// # At the callback
    ///
    /// The transaction's cookie and the callback's state name what was begun in
    /// this browser. Another browser has no such cookie, is refused as
    /// `auth_app.browser`, and takes nothing away from the one that has. What has
    /// come once does not come again, whatever became of it: if the provider gave
    /// no answer, the person starts again.
    ///
    /// Where the service behind the layer answers, it finds in the extensions
    ///
    /// * [`Verified<VerifiedLogin>`](crate::Verified), the proof;
    /// * [`ReturnTo`](crate::ReturnTo), where the person wanted to go, to which it
    ///   should send them on with status 303: a page that it shows here stands
    ///   under the callback's query;
    /// * [`Arrival`](crate::Arrival), why they have come.
    ///
    /// The session begins if the service does not refuse the request, so it is
    /// the one to know whether there is an account.
    ///
    /// # Accounts that change hands
    ///
    /// A provider may call a person otherwise after a card was lost or has
    /// expired. Whoever still has a session, or got one in another way, relinks:
    /// the handler finds [`Arrival::Relink`](crate::Arrival::Relink) with the
    /// session that has been there throughout, and moves its account to the
    /// subject of the new login. If it refuses, the session stays as it is. If
    /// the session has ended in the meantime, or another one has begun, the
    /// answer is `transaction.session`.
    AuthAppLayer, AuthAppService, AuthAppDesk<H>, <H: HttpService = Client>
}

impl<H: HttpService> AuthAppLayer<H> {
    /// Logs people in at a provider, and lets every other request pass, with a
    /// session or without.
    ///
    /// Each provider that the site has logins with needs a layer with paths of its
    /// own.
    ///
    /// # Errors
    /// `misuse.layer` if another layer of the site has one of the paths,
    /// `misuse.argument` if the redirect URI that is registered at the provider is
    /// not the callback's path at the site's origin.
    pub fn optional(site: Site, auth_app: AuthApp<H>, logins: Logins) -> Result<Self, Error> {
        Self::by(site, auth_app, logins, Entry::Optional)
    }

    /// The same, but that of all other requests only those pass that have a
    /// session, of this login or of another, or of a card. Somebody without one
    /// who looks for a page (`GET`, with `text/html` among what is accepted) is
    /// sent to log in, and from there back to what they looked for; any other
    /// request is refused as `transaction.session`. That an age or a document was
    /// shown is no login.
    ///
    /// What everybody may see, and other ways to log in, stand outside of the
    /// layer.
    ///
    /// # Errors
    /// As [`optional`](Self::optional).
    pub fn forcing(site: Site, auth_app: AuthApp<H>, logins: Logins) -> Result<Self, Error> {
        Self::by(site, auth_app, logins, Entry::Forcing)
    }

    fn by(site: Site, auth_app: AuthApp<H>, logins: Logins, entry: Entry) -> Result<Self, Error> {
        let redirect_uri = auth_app.registration().redirect_uri();
        if !leads_to(redirect_uri, site.relying_party(), &logins.paths.callback) {
            return Err(Code::MisuseArgument.into());
        }
        site.claim(logins.paths.own().map(|(path, _)| path))?;
        Ok(Self::of(AuthAppDesk {
            site,
            auth_app,
            logins,
            entry,
        }))
    }
}

/// Whether people who are sent there arrive at this path of the site.
pub(super) fn leads_to(
    redirect_uri: &RedirectUri,
    site: &RelyingParty,
    callback: &SitePath,
) -> bool {
    let path = redirect_uri.as_str().strip_prefix(site.as_str());
    let path = path.and_then(|path| path.split('?').next());
    path == Some(callback.as_str())
}
