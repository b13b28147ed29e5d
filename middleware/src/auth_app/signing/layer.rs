//! The layer.

use std::sync::Mutex;

use tashika::auth_app::AuthApp;
use tashika::transport::{Client, HttpService};
use tashika::{Code, Error};

use super::{DOCUMENT, SigningDesk, SigningJudge, Signings};
use crate::auth_app::layer::leads_to;
use crate::front::layer;
use crate::site::Site;

layer! {
    /// Has people sign a document through the auth app, with the 署名用 certificate
    /// of their card and its password.
    ///
    /// | request | what answers |
    /// |---|---|
    /// | `POST …/request` | the service behind the layer, with the document; the layer has the provider begin a transaction for it, and one in this browser |
    /// | `GET …/callback?code=…&state=…` | the layer, if it is refused; else the service behind it, with [`Verified<VerifiedSigning>`](crate::Verified) and [`SignedRequest`](crate::SignedRequest) in the request's extensions |
    /// | any other | the service behind it |
    ///
    /// # The document
    ///
    /// It is the body of the service's response to the first, where that is a
    /// success (2xx), as a form that somebody filled in; of at most
    /// [`DOCUMENT`](AuthAppSigningLayer::DOCUMENT) octets. Of the response's
    /// headers `Set-Cookie` is passed on. What is no success passes as it is. If it
    /// is too long, breaks off, or comes with a `Content-Encoding`, the response is
    /// 500 with `misuse.argument`.
    ///
    /// What is signed is the document behind lines that tie it to the transaction,
    /// as with [`SignatureLayer`](crate::SignatureLayer). The provider gets no more
    /// than the digest: the app does not show the document, so the page has to,
    /// before it sends anybody there.
    ///
    /// The layer answers in JSON:
    ///
    /// ```json
    /// {
    ///   "transaction": "07070707070707070707070707070707",
    ///   "location": "https://auth-and-sign.go.jp/api/realms/main/…",
    ///   "expires": "2027-01-15T08:10:00Z"
    /// }
    /// ```
    ///
    /// and with a cookie without which the callback is refused. The page sends the
    /// browser to `location`, which nobody should log.
    ///
    /// Each request has the provider begin a transaction, before it is known
    /// whether the store has room: limits for those who begin too many belong
    /// outside of the layer.
    ///
    /// A [`SessionLayer`](crate::SessionLayer) that refuses visitors has to leave both
    /// paths open, where people sign who have no session. Every refusal is
    /// `application/problem+json`, at the callback too; a page for people is made of
    /// it by a layer outside, which finds the [`Error`] in the response's extensions.
    ///
    /// # At the callback
    ///
    /// The transaction's cookie and the callback's state name what was begun in
    /// this browser. Another browser has no such cookie, is refused as
    /// `auth_app.browser`, and takes nothing away from the one that has. What has
    /// come once does not come again, whatever became of it. A result that is not
    /// there yet is waited for two seconds; then, or if the provider or whoever
    /// [verifies](crate::SigningJudge) gave no answer, the person starts again.
    ///
    /// A session that begins with it is one of a login
    /// ([`Identity::Login`](crate::Identity)): the provider has said who signed.
    AuthAppSigningLayer, AuthAppSigningService, SigningDesk<H>, <H: HttpService = Client>
}

impl<H: HttpService> AuthAppSigningLayer<H> {
    /// How many octets a document has at most: what is kept of an open
    /// transaction is it, what the transaction [carries](crate::Carry), and what is
    /// remembered of the provider's.
    pub const DOCUMENT: usize = DOCUMENT;

    /// Has documents signed at a provider, for a relying party that is registered
    /// there with the callback as its redirect URI; `judge` verifies what comes
    /// back.
    ///
    /// # Errors
    /// `misuse.layer` if another layer of the site has one of the paths,
    /// `misuse.argument` if the redirect URI that is registered at the provider is
    /// not the callback's path at the site's origin, or the provider has no
    /// signing API.
    pub fn new(
        site: Site,
        auth_app: AuthApp<H>,
        signings: Signings,
        judge: SigningJudge<H>,
    ) -> Result<Self, Error> {
        let registration = auth_app.registration();
        let callback = &signings.paths.callback;
        let leads = leads_to(registration.redirect_uri(), site.relying_party(), callback);
        if !leads || registration.provider().sign_transactions().is_none() {
            return Err(Code::MisuseArgument.into());
        }
        let paths = signings.paths.flow();
        site.claim(paths.all())?;
        Ok(Self::of(SigningDesk {
            site,
            auth_app,
            signings,
            paths,
            judge,
            token: Mutex::default(),
        }))
    }
}
