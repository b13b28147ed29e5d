//! Handlers of places.

use std::sync::Arc;

use axum::extract::{FromRef, FromRequestParts, Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use axum::{Extension, Json};
use http::StatusCode;
use http::request::Parts;
use serde_json::json;
use tashika_tower::{Carried, Verified, VerifiedAge};

use super::{Phase, Shown, Turns};
use crate::page::{Frame, next};
use crate::terminal::RESPONSE;

/// What is the case at the place in a path, such as `/lane/{lane}/screen`. Where
/// there is no such place, the answer is 404.
#[derive(Clone, Debug)]
pub struct At {
    /// The place.
    pub place: String,
    /// What is the case there.
    pub phase: Phase,
}

impl<S: Send + Sync> FromRequestParts<S> for At
where
    Arc<Turns>: FromRef<S>,
{
    type Rejection = StatusCode;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, StatusCode> {
        let place = Path::<String>::from_request_parts(parts, state).await;
        let Path(place) = place.map_err(|_| StatusCode::NOT_FOUND)?;
        let phase = Arc::<Turns>::from_ref(state).phase(&place);
        let phase = phase.ok_or(StatusCode::NOT_FOUND)?;
        Ok(Self { place, phase })
    }
}

/// A handler for whoever's age was told by a phone, at `…/response`: shows it, and
/// sends the browser to the screen (`…`), or the phone that opened a code to
/// `…/phone/done`. A reader hears the verdict, for its lamp.
pub async fn answered(
    State(turns): State<Arc<Turns>>,
    frame: Frame,
    proof: Extension<Verified<VerifiedAge>>,
    carried: Extension<Carried>,
) -> Response {
    let screen = frame.path.strip_suffix("/response").unwrap_or_default();
    let shown = Shown::from(&proof.0);
    let (elsewhere, verdict) = (shown.elsewhere, shown.verdict.as_str());
    match turns.conclude(&carried, shown) {
        Ok(_) if frame.path == RESPONSE => Json(json!({ "verdict": verdict })).into_response(),
        Ok(_) if elsewhere => next(&format!("{screen}/phone/done")),
        Ok(_) => next(screen),
        Err(over) => over.respond(&frame),
    }
}

/// A handler for `…/next`: the turn at the place in its path is over, and the screen
/// is shown again.
pub async fn free(State(turns): State<Arc<Turns>>, frame: Frame, place: Path<String>) -> Redirect {
    turns.next(&place);
    Redirect::to(frame.path.strip_suffix("/next").unwrap_or("/"))
}

/// A handler of the staff's: sends the browser to where it becomes the screen of the
/// place in its path ([`open`](super::open)), which is the same path at the site's
/// origin.
pub async fn invite(State(turns): State<Arc<Turns>>, frame: Frame, at: At) -> Response {
    let (origin, path) = (turns.site.relying_party().as_str(), &frame.path);
    match turns.link(&at.place) {
        Ok(ticket) => Redirect::to(&format!("{origin}{path}/open?ticket={ticket}")).into_response(),
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}
