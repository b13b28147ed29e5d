//! The lanes: what their screens show, and of what.

use askama::Template;
use axum::extract::{Form, Path, RawQuery, State};
use axum::middleware::from_fn_with_state;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use axum::{Extension, Router};
use http::StatusCode;
use relying_party::Worth;
use relying_party::page::{Frame, page, qr_code};
use relying_party::turns::{At, Phase, Shown, Verdict, free, open, question, screens_only};
use serde::Deserialize;
use tashika::auth_app::VerifiedLogin;
use tashika::person::AtLeast;
use tashika_tower::{Carried, Verified};

use crate::{AGE, Routes, Shop};

#[derive(Template)]
#[template(path = "lane.html")]
struct Lane {
    frame: Frame,
    screen: Screen,
}

#[derive(Template)]
#[template(path = "screen.html")]
struct Screen {
    frame: Frame,
    shop: Shop,
    at: At,
}

#[derive(Template)]
#[template(path = "phone.html")]
struct Phone {
    frame: Frame,
    ticket: String,
}

#[derive(Deserialize)]
struct Scanned {
    code: String,
}

/// Screens have been let in by the staff; phones have not.
pub(crate) fn routes(shop: &Shop) -> Routes {
    let screens = Router::new()
        .route("/lane/{lane}", get(show))
        .route("/lane/{lane}/screen", get(screen))
        .route("/lane/{lane}/next", post(free))
        .route("/lane/{lane}/pass", post(scan));
    let screens = screens.layer(from_fn_with_state(shop.turns.clone(), screens_only));
    screens
        .route("/lane/{lane}/open", get(open))
        .route("/lane/2/phone", get(phone))
        .route("/lane/2/phone/request", post(question))
        .route("/lane/2/phone/done", get(phone))
}

async fn show(State(shop): State<Shop>, frame: Frame, at: At) -> Response {
    let screen = Screen {
        frame: frame.clone(),
        shop,
        at,
    };
    page(&Lane { frame, screen })
}

async fn screen(State(shop): State<Shop>, frame: Frame, at: At) -> Response {
    page(&Screen { frame, shop, at })
}

/// The page that the code on a lane's screen opens on the customer's phone, and the
/// one after the answer.
async fn phone(frame: Frame, RawQuery(query): RawQuery) -> Response {
    let ticket = query.unwrap_or_default().replace("ticket=", "");
    page(&Phone { frame, ticket })
}

/// Runs for whoever's date of birth was told by the auth app: it ends here.
pub(crate) async fn logged_in(
    State(shop): State<Shop>,
    frame: Frame,
    proof: Extension<Verified<VerifiedLogin>>,
    carried: Extension<Carried>,
) -> Response {
    let born = proof.claims().birthdate();
    let reached = born.and_then(|born| born.has_reached(AGE, shop.backing.now()).ok());
    let shown = reached.unwrap_or(AtLeast::Unknown).into();
    match shop.turns.conclude(&carried, shown) {
        Ok(turn) => Redirect::to(&format!("/lane/{}", turn.place())).into_response(),
        Err(over) => over.respond(&frame),
    }
}

/// Takes what a scanner reads, which types like a keyboard.
async fn scan(
    State(shop): State<Shop>,
    Path(lane): Path<String>,
    Form(scanned): Form<Scanned>,
) -> Result<Redirect, StatusCode> {
    let turn = shop.turns.begin(&lane).ok_or(StatusCode::NOT_FOUND)?;
    let taken = shop.passes.take(&scanned.code).await;
    let shown = taken.map_or_else(Shown::from, |()| AtLeast::Yes.into());
    shop.turns.show(&turn, shown);
    Ok(Redirect::to(&format!("/lane/{lane}")))
}
