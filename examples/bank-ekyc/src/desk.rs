//! What applicants fill in, sign, show and see.

use askama::Template;
use axum::extract::Path;
use axum::response::{IntoResponse, Redirect, Response};
use http::StatusCode;
use relying_party::form::{Filled, Statement};
use relying_party::page::{Frame, Leaves, Problem, next, page, text};
use tashika::audit::InForce;
use tashika::auth_app::signing::VerifiedSigning;
use tashika::jpki::VerifiedSignature;
use tashika::mdoc::VerifiedPresentation;
use tashika::person::{Doubt, Likeness};
use tashika_tower::{Refusal, Session, Verified};

use crate::Shared;
use crate::book::{Application, State};

#[derive(Template)]
#[template(path = "front.html")]
struct Front {
    frame: Frame,
    bank: Shared,
}

/// Whoever comes next to this browser, and goes back, sees nothing of who was here.
pub(crate) async fn front(bank: Shared, frame: Frame, _: Leaves) -> Response {
    page(&Front { frame, bank })
}

#[derive(Template)]
#[template(path = "apply.html")]
struct Apply {
    frame: Frame,
    bank: Shared,
    way: String,
}

pub(crate) async fn apply(bank: Shared, frame: Frame, Path(way): Path<String>) -> Response {
    match way.as_str() {
        "card" | "cms" | "phone" | "app" => page(&Apply { frame, bank, way }),
        _ => StatusCode::NOT_FOUND.into_response(),
    }
}

/// The application as people read it and sign it, with all that was typed.
#[derive(Template)]
#[template(path = "document.txt")]
struct Document {
    typed: Statement,
    now: String,
}

pub(crate) async fn document(bank: Shared, frame: Frame, typed: Filled<Statement>) -> Response {
    let (Filled(typed), now) = (typed, frame.time(bank.backing.now()));
    text(&Document { typed, now })
}

/// Runs for applications that were signed with a card, and are on record.
pub(crate) async fn signed(
    bank: Shared,
    typed: Filled<Statement>,
    proof: Verified<VerifiedSignature>,
) -> Response {
    let found = bank.identification.by_signature(&typed, &proof).await;
    next(&bank.book().file("card", found))
}

/// Runs for applications that were signed through the app, and are on record.
pub(crate) async fn signed_in_app(
    bank: Shared,
    frame: Frame,
    typed: Filled<Statement>,
    proof: Verified<VerifiedSigning>,
) -> Result<Redirect, Refusal> {
    let found = bank.identification.by_signing(&typed, &proof).await;
    let found = found.map_err(|error| frame.refuse(error))?;
    Ok(Redirect::to(&bank.book().file("app", found)))
}

/// Runs for people who have shown the card in their phone, and are on record.
pub(crate) async fn presented(
    bank: Shared,
    frame: Frame,
    typed: Filled<Statement>,
    proof: Verified<VerifiedPresentation>,
) -> Result<Response, Refusal> {
    let found = bank.identification.by_presentation(&typed, &proof);
    let found = found.map_err(|error| frame.refuse(error))?;
    Ok(next(&bank.book().file("phone", found)))
}

#[derive(Template)]
#[template(path = "application.html")]
struct Outcome {
    frame: Frame,
    application: Application,
}

/// The outcome, for the browser in which it was gained and no other.
pub(crate) async fn application(
    bank: Shared,
    frame: Frame,
    Path(id): Path<String>,
    session: Option<Session>,
) -> Response {
    let own = session.map(|session| session.gained().gaining().transaction.to_string());
    let own = own.filter(|own| *own == id);
    match own.and_then(|own| bank.book().get(&own).cloned()) {
        Some(application) => page(&Outcome { frame, application }),
        None => Problem::NOT_HERE.respond(&frame),
    }
}
