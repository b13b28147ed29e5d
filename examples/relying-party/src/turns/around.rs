//! What stands outside of the layers that ask at places.

use std::sync::Arc;

use axum::Json;
use axum::body::to_bytes;
use axum::extract::{Form, Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Redirect, Response};
use http::header::{CONTENT_TYPE, LOCATION};
use http::{HeaderValue, Method, StatusCode, Uri};
use serde::Deserialize;
use serde_json::{Value, json};
use tashika::Error;

use super::Turns;
use crate::page::Frame;
use crate::terminal::Place;
use crate::trouble::Trouble;

/// Octets of what a layer asks.
const QUESTION: usize = 256 * 1024;

/// A middleware for the layers that ask at places, whose paths begin with something
/// and the place, as `/lane/2/request` does. A terminal tells its [`Place`], and for
/// other paths a query does (`?place=2`).
///
/// | request | what becomes of it |
/// |---|---|
/// | `POST …/response` | the layer answers it; a refusal is shown at the place |
/// | `POST …/code` | the layer is asked what it is at `…/request`; the question waits for a phone, and the screen is shown again |
/// | `POST`, any other | somebody's turn begins, and the transaction carries it. Who is to be sent elsewhere is told so as `{"location": "…"}` |
/// | any other | it passes |
pub async fn around(State(turns): State<Arc<Turns>>, request: Request, next: Next) -> Response {
    if request.method() != Method::POST {
        return next.run(request).await;
    }
    if !request.uri().path().ends_with("/response") {
        let begun = begin(&turns, request, next).await;
        return begun.unwrap_or_else(|| StatusCode::NOT_FOUND.into_response());
    }
    let query = request.uri().query().unwrap_or_default().to_owned();
    let response = next.run(request).await;
    let error = response.extensions().get::<Error>();
    if let (Some(error), Some(transaction)) = (error, query.strip_prefix("transaction=")) {
        turns.refuse(transaction, Trouble::Sdk(*error).into());
    }
    response
}

/// None if there is no such place.
async fn begin(turns: &Turns, mut request: Request, next: Next) -> Option<Response> {
    let turn = turns.begin(turns.place_of(&request)?)?;
    request.extensions_mut().insert(turn.carry().ok()?);
    let path = request.uri().path();
    let screen = path.strip_suffix("/code").map(str::to_owned);
    if let Some(screen) = &screen {
        *request.uri_mut() = Uri::try_from(format!("{screen}/request")).ok()?;
    }
    let (mut parts, body) = next.run(request).await.into_parts();
    let mut body = to_bytes(body, QUESTION).await.unwrap_or_default();
    let said: Value = serde_json::from_slice(&body).unwrap_or_default();
    let transaction = said.get("transaction").and_then(Value::as_str);
    match (parts.extensions.get::<Error>(), transaction, &screen) {
        (Some(error), _, _) => {
            turns.show(&turn, Trouble::Sdk(*error).into());
        }
        (None, Some(transaction), None) => turns.ask(&turn, transaction),
        (None, Some(transaction), Some(_)) => turns.offer(&turn, transaction, said.clone()),
        (None, None, _) => {}
    }
    if let Some(location) = parts.headers.remove(LOCATION) {
        let location = location.to_str().ok()?;
        body = json!({ "location": location }).to_string().into();
        let json = HeaderValue::from_static("application/json");
        parts.headers.insert(CONTENT_TYPE, json);
        parts.status = StatusCode::OK;
    }
    Some(match screen {
        // Without the cookie: it is another device that will answer.
        Some(screen) => Redirect::to(&screen).into_response(),
        None => Response::from_parts(parts, body.into()),
    })
}

/// The question behind a code, by its transaction.
#[derive(Debug, Deserialize)]
pub struct Ticket {
    ticket: String,
}

/// A handler for the phone that has opened a code: gives it the question, if it is the
/// first.
pub async fn question(
    State(turns): State<Arc<Turns>>,
    frame: Frame,
    Form(Ticket { ticket }): Form<Ticket>,
) -> Response {
    match turns.take(&ticket) {
        Ok(question) => Json(question).into_response(),
        Err(gone) => gone.respond(&frame),
    }
}

impl Turns {
    /// The place that a request is about: that of its terminal, or of its path, or
    /// else of its query, in this order. None if it is no place of ours, and of a path
    /// that is written otherwise than ours are: a handler may read another place there.
    pub(super) fn place_of<'r>(&self, request: &'r Request) -> Option<&'r str> {
        let uri = request.uri();
        let plain = !uri.path().contains('%');
        let reader = request.extensions().get::<Place>();
        let reader = reader.map(|place| place.0.as_str());
        let path = uri.path().split('/').nth(2);
        let query = uri.query().and_then(|query| query.strip_prefix("place="));
        let ours = |place: &&str| self.phase(place).is_some();
        match reader {
            Some(place) => Some(place).filter(ours),
            None => path.filter(ours).or(query.filter(ours)).filter(|_| plain),
        }
    }
}
