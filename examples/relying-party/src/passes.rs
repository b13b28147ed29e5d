//! Passes: what somebody has shown once, a session of one device remembers, and
//! codes say at a counter, for a moment each and once.
//!
//! The house keeps nothing of a person for it. A browser has the session, the key of
//! its device ([`device`](crate::device)), and nothing that it could copy to another.

use std::sync::Arc;

use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::post;
use axum::{Extension, Json, Router};
use http::HeaderMap;
use http::header::SET_COOKIE;
use serde_json::{Value, json};
use tashika::Duration;
use tashika::transaction::TransactionId;
use tashika_tower::{
    Carried, Certificates, Recheck, Session, SessionLayer, SessionMode, SessionPolicy, Visitors,
};

use crate::codes::{Codes, Statement};
use crate::device::{DeviceKeys, Signed};
use crate::page::{Frame, next, qr_code};
use crate::{Backing, StartError, Trouble, told};

/// The passes of a house.
#[derive(Debug)]
pub struct Passes {
    backing: Backing,
    codes: Codes,
    devices: DeviceKeys,
    policy: SessionPolicy,
}

/// How long a code lives.
const CODE: Duration = Duration::seconds(60);

/// The session of a request, if there is one.
pub type Holder = Option<Extension<Session>>;

impl Passes {
    /// Passes that are good for so long, and whose codes say this.
    ///
    /// # Errors
    /// If the key for codes cannot be had.
    pub fn new(backing: &Backing, says: Statement, good: Duration) -> Result<Self, StartError> {
        let seed = backing.keys().get("codes")?;
        // What was shown once stays true, and no certificate is at hand that could be
        // asked about again.
        let policy = SessionPolicy {
            idle: good,
            absolute: good,
            recheck: Recheck::DangerNever,
            mode: SessionMode::Web,
            visitors: Visitors::Pass,
        };
        Ok(Self {
            codes: Codes::new(&seed, says, CODE)?,
            devices: DeviceKeys::new(backing.site().clone(), "pass", good)?,
            backing: backing.clone(),
            policy,
        })
    }

    /// Its codes.
    #[must_use]
    pub fn codes(&self) -> &Codes {
        &self.codes
    }

    /// The layer of its sessions, which stands around its [`routes`](Self::routes) and
    /// the layer by which somebody shows what the pass says.
    ///
    /// # Errors
    /// As [`SessionLayer::new`].
    pub fn sessions(&self) -> Result<SessionLayer, StartError> {
        let policy = self.policy.clone();
        self.backing.sessions(Certificates::none(), policy)
    }

    /// What scripts and pages of this path ask for, below it.
    ///
    /// | request | what is said |
    /// |---|---|
    /// | `POST …/nonce` | `{"nonce": "…"}`, for the device to sign |
    /// | `POST …/code`, with `{"nonce": "…", "signature": "…"}` | `{"code": "…", "picture": "<svg…", "seconds": 60}` |
    /// | `POST …/end` | the pass ends, and the page of this path is shown |
    pub fn routes<S: Clone + Send + Sync + 'static>(self: &Arc<Self>, path: &str) -> Router<S> {
        let (nonces, codes, page) = (Arc::clone(self), Arc::clone(self), path.to_owned());
        let nonce = async move |frame: Frame, session: Holder| {
            told(&frame, nonces.devices.nonce(session).await)
        };
        let code =
            async move |frame: Frame, session: Holder, headers: HeaderMap, signed: Json<Signed>| {
                told(&frame, codes.code(session, &headers, &signed).await)
            };
        let end = async move |session: Holder| {
            if let Some(session) = session {
                session.end();
            }
            Redirect::to(&page)
        };
        Router::new()
            .route(&format!("{path}/nonce"), post(nonce))
            .route(&format!("{path}/code"), post(code))
            .route(&format!("{path}/end"), post(end))
    }

    /// What a handler says by which a pass begins: the cookie with the key that the
    /// transaction of this proof carried, and where the browser goes next.
    pub fn begin(
        &self,
        frame: &Frame,
        transaction: TransactionId,
        key: &Carried,
        path: &str,
    ) -> Response {
        match self.devices.bind(&transaction, key.octets()) {
            Ok(cookie) => ([(SET_COOKIE, cookie)], next(path)).into_response(),
            Err(error) => Trouble::Sdk(error).respond(frame),
        }
    }

    /// Takes a code at a counter.
    ///
    /// # Errors
    /// As [`Codes::take`].
    pub async fn take(&self, code: &str) -> Result<(), Trouble> {
        self.codes.take(code, self.backing.site()).await
    }

    /// A code for the device of a session. That the session is of a pass, its key
    /// tells: there is one where a pass began, and nowhere else.
    async fn code(
        &self,
        session: Holder,
        headers: &HeaderMap,
        signed: &Signed,
    ) -> Result<Value, Trouble> {
        self.devices.check(session, headers, signed).await?;
        let code = self.codes.issue(self.backing.now())?;
        let (picture, seconds) = (qr_code(&code), CODE.as_seconds());
        Ok(json!({ "code": code, "picture": picture, "seconds": seconds }))
    }
}
