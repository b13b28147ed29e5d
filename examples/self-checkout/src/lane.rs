//! The lanes: what their screens show, and of what.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Form, FromRequestParts, Path, Query, State};
use axum::middleware::from_fn_with_state;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use axum::{Extension, Router};
use http::StatusCode;
use http::request::Parts;
use relying_party::Worth;
use relying_party::page::{Frame, next, page, qr_code};
use relying_party::turns::{Phase, Shown, Turns, Verdict, open, question, screens_only};
use serde::Deserialize;
use tashika::auth_app::VerifiedLogin;
use tashika::person::AtLeast;
use tashika_tower::{Carried, Verified, VerifiedAge};

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
    shop: Arc<Shop>,
    lane: String,
    phase: Phase,
}

#[derive(Template)]
#[template(path = "phone.html")]
struct Phone {
    frame: Frame,
    /// The transaction; none when it has been answered.
    ticket: Option<String>,
}

/// None if there is no such lane.
type Found = Result<Response, StatusCode>;

#[derive(Deserialize)]
struct Ticket {
    ticket: String,
}

#[derive(Deserialize)]
struct Scanned {
    code: String,
}

/// Screens of the shop have been let in by its staff; phones have not.
pub(crate) fn routes(turns: &Arc<Turns>) -> Routes {
    let question = post(question).with_state(Arc::clone(turns));
    let open = get(open).with_state(Arc::clone(turns));
    let screen = async |screen: Screen| page(&screen);
    let done = async |frame| {
        page(&Phone {
            frame,
            ticket: None,
        })
    };
    let only = from_fn_with_state(Arc::clone(turns), screens_only);
    let screens = Router::new()
        .route("/lane/{lane}", get(show))
        .route("/lane/{lane}/screen", get(screen))
        .route("/lane/{lane}/next", post(free))
        .route("/lane/{lane}/pass", post(scan));
    let phones = Router::new()
        .route("/lane/2/phone", get(phone))
        .route("/lane/2/phone/request", question)
        .route("/lane/2/phone/done", get(done));
    let routes = screens.layer(only).merge(phones);
    routes.route("/lane/{lane}/open", open)
}

async fn show(frame: Frame, screen: Screen) -> Response {
    page(&Lane { frame, screen })
}

/// What a lane shows, which there has to be.
impl FromRequestParts<Arc<Shop>> for Screen {
    type Rejection = StatusCode;

    async fn from_request_parts(parts: &mut Parts, shop: &Arc<Shop>) -> Result<Self, StatusCode> {
        let frame = Frame::from_request_parts(parts, shop).await?;
        let lane = Path::<String>::from_request_parts(parts, shop).await;
        let Path(lane) = lane.map_err(|_| StatusCode::NOT_FOUND)?;
        let phase = shop.turns.phase(&lane).ok_or(StatusCode::NOT_FOUND)?;
        let shop = Arc::clone(shop);
        Ok(Self {
            frame,
            shop,
            lane,
            phase,
        })
    }
}

impl Shop {
    /// Where a customer's phone finds the question of this transaction.
    fn phone(&self, ticket: &str) -> String {
        let origin = &self.backing.settings().origin;
        format!("{origin}/lane/2/phone?ticket={ticket}")
    }
}

async fn free(State(shop): State<Arc<Shop>>, Path(lane): Path<String>) -> Redirect {
    shop.turns.next(&lane);
    Redirect::to(&format!("/lane/{lane}"))
}

/// Runs for whoever's age was told by a phone.
pub(crate) async fn answered(
    State(shop): State<Arc<Shop>>,
    frame: Frame,
    proof: Extension<Verified<VerifiedAge>>,
    carried: Extension<Carried>,
) -> Response {
    let shown = Shown::from(&proof.0);
    let elsewhere = shown.elsewhere;
    match shop.turns.conclude(&carried, shown) {
        Ok(_) if elsewhere => next("/lane/2/phone/done"),
        Ok(turn) => next(&format!("/lane/{}", turn.place())),
        Err(over) => over.respond(&frame),
    }
}

/// Runs for whoever's date of birth was told by the auth app: it ends here.
pub(crate) async fn logged_in(
    State(shop): State<Arc<Shop>>,
    frame: Frame,
    proof: Extension<Verified<VerifiedLogin>>,
    carried: Extension<Carried>,
) -> Response {
    let born = proof.claims().birthdate();
    let reached = born.and_then(|born| born.has_reached(AGE, shop.backing.now()).ok());
    let reached = reached.unwrap_or(AtLeast::Unknown);
    match shop.turns.conclude(&carried, reached.into()) {
        Ok(turn) => Redirect::to(&format!("/lane/{}", turn.place())).into_response(),
        Err(over) => over.respond(&frame),
    }
}

/// Takes what a scanner reads, which types like a keyboard.
async fn scan(
    shop: State<Arc<Shop>>,
    Path(lane): Path<String>,
    Form(scanned): Form<Scanned>,
) -> Found {
    let turn = shop.turns.begin(&lane).ok_or(StatusCode::NOT_FOUND)?;
    let taken = shop.passes.take(&scanned.code).await;
    let shown = taken.map_or_else(Shown::from, |()| AtLeast::Yes.into());
    shop.turns.show(&turn, shown);
    Ok(Redirect::to(&format!("/lane/{lane}")).into_response())
}

/// The page that the code on a lane's screen opens on the customer's phone.
async fn phone(frame: Frame, Query(Ticket { ticket }): Query<Ticket>) -> Response {
    page(&Phone {
        frame,
        ticket: Some(ticket),
    })
}
