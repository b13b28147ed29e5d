//! The layer.

use std::sync::Arc;

use tashika::Error;
use tashika::transaction::Purpose;
use tower_layer::Layer;

use crate::session::certificates::Certificates;
use crate::session::current::Session;
use crate::session::desk::SessionDesk;
use crate::session::keys::SessionKeys;
use crate::session::policy::SessionPolicy;
use crate::session::service::SessionService;
use crate::session::store::SessionStore;
use crate::site::Site;

/// Remembers what a browser has gained, for the requests that come after.
///
/// It stands outside the layers by which people log in, and inside those of
/// audit and against forged requests:
///
/// ```text
/// AuditLayer → CsrfLayer (tower-http) → SessionLayer → ChallengeLayer … → service
/// ```
///
/// | request | what happens |
/// |---|---|
/// | without the cookie | it passes, or is refused (403, `transaction.session`): [`Visitors`](crate::Visitors) |
/// | with the cookie of a session that lives | it passes, with the [`Session`](crate::Session) in its extensions |
/// | with a cookie of none, two, or no form | as without; its response takes the cookie away |
/// | whose session cannot be looked up | it is refused (503, `transaction.store`) |
/// | whose certificate is asked about again, and revoked | it is refused (403), and the session ends |
/// | by which somebody has logged in | if the service answers with 2xx or 3xx, a session begins, and that which was before ends |
///
/// # What a session is bound to
///
/// A session begins in one place only: with the response to the request that
/// has redeemed a transaction, which takes the cookie of the browser in which
/// the transaction began. Its secret is drawn then. A cookie that a browser
/// brings is never made a session, so there is nothing to gain from planting
/// one.
///
/// The cookie is `__Host-tashika-session` (256 bits; `Secure`, `HttpOnly`,
/// `SameSite=Lax`, without a time of its own). The store has a keyed digest of
/// it and a sealed state, which opens in this place alone.
///
/// A service that has nothing to say about caching has its response to a session
/// marked `no-store`.
///
/// # What it does not do
///
/// `SameSite=Lax` keeps `POST` requests of other sites from carrying the cookie
/// in today's browsers. That is one defence, and `tower_http::csrf::CsrfLayer`
/// outside of this layer is the other.
#[derive(Clone, Debug)]
pub struct SessionLayer {
    desk: Arc<SessionDesk>,
}

impl SessionLayer {
    /// Keeps sessions of `site` in `store`.
    ///
    /// # Errors
    /// `misuse.store` if several nodes are configured and the store is one of
    /// this process alone; `misuse.argument` unless the times of the policy are
    /// positive, and each is no longer than what contains it: the idle time than
    /// the absolute one, `After` than `DangerGoOn`.
    pub fn new(
        site: Site,
        store: Arc<dyn SessionStore>,
        keys: SessionKeys,
        certificates: Certificates,
        policy: SessionPolicy,
    ) -> Result<Self, Error> {
        site.check_reach(store.reach())?;
        policy.check()?;
        let desk = SessionDesk {
            site,
            store,
            keys,
            certificates,
            policy,
            purpose: Purpose::named("session")?,
        };
        Ok(Self {
            desk: Arc::new(desk),
        })
    }
}

impl<S> Layer<S> for SessionLayer {
    type Service = SessionService<S>;

    fn layer(&self, inner: S) -> SessionService<S> {
        self.desk.site.placed::<Session>();
        SessionService::new(inner, Arc::clone(&self.desk))
    }
}
