//! From a session to its cookie.

use std::sync::Arc;

use http::header::{CACHE_CONTROL, SET_COOKIE};
use http::{HeaderMap, HeaderName, HeaderValue, Response, StatusCode};
use tashika::transaction::ClientKey;

use crate::body::Body;
use crate::session::Gained;
use crate::session::cookie;
use crate::session::desk::SessionDesk;
use crate::session::slot::{Otherwise, SessionSlot, Word};
use crate::session::store::SessionKey;

/// What is remembered of a request until its response.
pub(super) struct Ticket {
    desk: Arc<SessionDesk>,
    slot: SessionSlot,
    came: Came,
    accept_language: Option<HeaderValue>,
}

/// With what a request came.
pub(super) enum Came {
    /// No cookie, or one that stays what it is.
    Nothing,
    /// A cookie whose session, if there is one, is in one of these places: it is
    /// not for this request.
    Unseen(Vec<SessionKey>),
    /// A cookie for which there is no session.
    Stray,
    /// A session that lives on.
    Live(SessionKey),
    /// A session that ends with this request.
    UsedUp,
}

/// What a response calls for.
pub(super) enum Duty {
    /// What does not need the store.
    Mark,
    Begin(Gained, ClientKey),
    End,
}

/// What was done.
enum After {
    /// With the cookie of the session.
    Begun(HeaderValue),
    Ended,
}

/// <https://www.w3.org/TR/clear-site-data/>. It is for the whole host.
const CLEAR_SITE_DATA: HeaderName = HeaderName::from_static("clear-site-data");

impl Ticket {
    pub(super) fn new(
        desk: Arc<SessionDesk>,
        slot: SessionSlot,
        came: Came,
        accept_language: Option<HeaderValue>,
    ) -> Self {
        Self {
            desk,
            slot,
            came,
            accept_language,
        }
    }

    /// What a response of this status calls for. Whom the service refuses after
    /// all has no session of it.
    pub(super) fn duty(&self, status: StatusCode) -> Duty {
        match (self.slot.take(), &self.came) {
            (Word::Begin(gained, client, _), _)
                if status.is_success() || status.is_redirection() =>
            {
                Duty::Begin(gained, client)
            }
            (Word::End | Word::Begin(_, _, Otherwise::Ends), Came::Live(_) | Came::Unseen(_)) => {
                Duty::End
            }
            (Word::None | Word::Begin(..) | Word::End, _) => Duty::Mark,
        }
    }

    /// The response, when what it calls for is done; a refusal, if it cannot be.
    pub(super) async fn perform<R>(self, duty: Duty, response: Response<R>) -> Response<Body<R>> {
        let desk = &self.desk;
        let done = match duty {
            Duty::Mark => return self.came.mark(response.map(Body::passing)),
            Duty::Begin(gained, client) => {
                let begun = desk.begin(gained, client, &self.came).await;
                begun.map(After::Begun)
            }
            Duty::End => desk.end(&self.came).await.map(|()| After::Ended),
        };
        match done {
            Ok(After::Begun(cookie)) => {
                let mut response = response.map(Body::passing);
                set_cookie(response.headers_mut(), cookie);
                response
            }
            Ok(After::Ended) => {
                let gone = self.desk.gone();
                gone.mark(response.map(Body::passing))
            }
            Err(error) => {
                let language = self.accept_language.as_ref();
                let refusal = desk.site.refusal_in(error, language);
                self.came.mark(refusal.into_response().map(Body::own))
            }
        }
    }

    /// A response that calls for nothing else.
    pub(super) fn mark<R>(&self, response: Response<R>) -> Response<R> {
        self.came.mark(response)
    }
}

impl Came {
    /// Where the session is kept that ends when another begins, or with this
    /// request.
    pub(super) fn places(&self) -> &[SessionKey] {
        match self {
            Self::Nothing | Self::Stray | Self::UsedUp => &[],
            Self::Unseen(places) => places,
            Self::Live(key) => std::slice::from_ref(key),
        }
    }

    /// A response to a request that came so.
    pub(super) fn mark<R>(&self, mut response: Response<R>) -> Response<R> {
        let headers = response.headers_mut();
        match self {
            Self::Nothing | Self::Unseen(_) => {}
            Self::Stray => set_cookie(headers, cookie::clear()),
            // It is for one person, unless who made it knows better.
            Self::Live(_) => {
                let caching = headers.entry(CACHE_CONTROL);
                caching.or_insert(NO_STORE);
            }
            Self::UsedUp => {
                set_cookie(headers, cookie::clear());
                let all = HeaderValue::from_static(r#""cookies", "storage", "cache""#);
                headers.insert(CLEAR_SITE_DATA, all);
            }
        }
        response
    }
}

const NO_STORE: HeaderValue = HeaderValue::from_static("no-store");

/// With it nobody between may keep the response.
fn set_cookie(headers: &mut HeaderMap, cookie: HeaderValue) {
    headers.append(SET_COOKIE, cookie);
    headers.insert(CACHE_CONTROL, NO_STORE);
}
