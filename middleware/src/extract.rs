//! Proofs and sessions as arguments of axum's handlers.

use std::future::{Future, ready};
use std::net::{IpAddr, SocketAddr};

use axum::body::Body;
use axum::extract::{ConnectInfo, FromRequestParts, OptionalFromRequestParts};
use axum::response::{IntoResponse, Response};
use http::request::Parts;

use crate::behind::{self, FromLayer};
use crate::refusal::Refusal;
use crate::session::Session;
use crate::verified::Verified;

/// The address at the other end of the connection, where axum has put it.
pub(crate) fn peer(parts: &Parts) -> Option<IpAddr> {
    let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>();
    peer.map(|ConnectInfo(address)| address.ip())
}

/// A handler with this argument runs for requests that carry the proof, and for
/// no other.
///
/// The rejection is `misuse.layer`, a 500 that names the layer, if the layer does
/// not stand before the handler or lets a proof through at another path.
impl<S, T> FromRequestParts<S> for Verified<T>
where
    S: Sync,
    T: Send + Sync,
    Self: FromLayer,
{
    type Rejection = Refusal;

    fn from_request_parts(
        parts: &mut Parts,
        _: &S,
    ) -> impl Future<Output = Result<Self, Refusal>> + Send {
        ready(behind::demand(parts))
    }
}

/// None where the layer stands before the handler and has let no proof through.
///
/// The rejection is `misuse.layer` if it does not stand there.
impl<S, T> OptionalFromRequestParts<S> for Verified<T>
where
    S: Sync,
    T: Send + Sync,
    Self: FromLayer,
{
    type Rejection = Refusal;

    fn from_request_parts(
        parts: &mut Parts,
        _: &S,
    ) -> impl Future<Output = Result<Option<Self>, Refusal>> + Send {
        ready(behind::find(parts))
    }
}

/// A handler with this argument runs for requests of a living session.
///
/// The rejection is `transaction.session` if there is none, and `misuse.layer`, a
/// 500, if no `SessionLayer` stands before the handler.
impl<S: Sync> FromRequestParts<S> for Session {
    type Rejection = Refusal;

    fn from_request_parts(
        parts: &mut Parts,
        _: &S,
    ) -> impl Future<Output = Result<Self, Refusal>> + Send {
        ready(behind::demand(parts))
    }
}

/// None where there is no session.
///
/// The rejection is `misuse.layer` if no `SessionLayer` stands before the
/// handler.
impl<S: Sync> OptionalFromRequestParts<S> for Session {
    type Rejection = Refusal;

    fn from_request_parts(
        parts: &mut Parts,
        _: &S,
    ) -> impl Future<Output = Result<Option<Self>, Refusal>> + Send {
        ready(behind::find(parts))
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        // The method of the type, not this one.
        Refusal::into_response(self).map(Body::from)
    }
}
