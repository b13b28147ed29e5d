//! The lanes: what their screens show, and of what.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Form, Path, Query, State};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use axum::{Extension, Router};
use http::StatusCode;
use relying_party::page::{Frame, next, page, qr_code};
use relying_party::turns::{Phase, Shown, Turns, Verdict, question};
use relying_party::{ListSource, Worth};
use serde::Deserialize;
use tashika::auth_app::VerifiedLogin;
use tashika::person::AtLeast;
use tashika_tower::{Carried, Verified, VerifiedAge};

use crate::{AGE, Routes, Shop};

#[derive(Template)]
#[template(path = "lane.html")]
struct Lane {
    frame: Frame,
    lane: String,
    app: bool,
    screen: Screen,
}

#[derive(Template)]
#[template(path = "screen.html")]
struct Screen {
    frame: Frame,
    phase: Phase,
    /// Where the customer's phone finds the question.
    phone: String,
    lists: Option<ListSource>,
}

#[derive(Template)]
#[template(path = "phone.html")]
struct Phone {
    frame: Frame,
    /// The transaction; none when it has been answered.
    ticket: Option<String>,
}

#[derive(Deserialize)]
struct Ticket {
    ticket: String,
}

#[derive(Deserialize)]
struct Scanned {
    code: String,
}

pub(crate) fn routes(turns: &Arc<Turns>) -> Routes {
    let question = post(question).with_state(Arc::clone(turns));
    let done = async |frame| {
        page(&Phone {
            frame,
            ticket: None,
        })
    };
    Router::new()
        .route("/lane/{lane}", get(show))
        .route("/lane/{lane}/screen", get(screen))
        .route("/lane/{lane}/next", post(free))
        .route("/lane/{lane}/pass", post(scan))
        .route("/lane/2/phone", get(phone))
        .route("/lane/2/phone/request", question)
        .route("/lane/2/phone/done", get(done))
}

async fn show(State(shop): State<Arc<Shop>>, frame: Frame, Path(lane): Path<String>) -> Response {
    let app = shop.backing.settings().auth_app.is_some();
    match shop.screen(frame.clone(), &lane) {
        Some(screen) => page(&Lane {
            frame,
            lane,
            app,
            screen,
        }),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

async fn screen(State(shop): State<Arc<Shop>>, frame: Frame, Path(lane): Path<String>) -> Response {
    match shop.screen(frame, &lane) {
        Some(screen) => page(&screen),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

impl Shop {
    fn screen(&self, frame: Frame, lane: &str) -> Option<Screen> {
        let phase = self.turns.phase(lane)?;
        let origin = &self.backing.settings().origin;
        let phone = match &phase {
            Phase::Offered(ticket, _) => format!("{origin}/lane/2/phone?ticket={ticket}"),
            Phase::Free | Phase::Asked(_) | Phase::Shown(_) => String::new(),
        };
        // The oldest comes first.
        let lists = self.backing.list_sources().into_iter().next();
        Some(Screen {
            frame,
            phase,
            phone,
            lists,
        })
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
    State(shop): State<Arc<Shop>>,
    Path(lane): Path<String>,
    Form(scanned): Form<Scanned>,
) -> Response {
    let Some(turn) = shop.turns.begin(&lane) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let taken = shop.codes.take(&scanned.code, shop.backing.site()).await;
    let shown = taken.map_or_else(Shown::from, |()| AtLeast::Yes.into());
    shop.turns.show(&turn, shown);
    Redirect::to(&format!("/lane/{lane}")).into_response()
}

/// The page that the code on a lane's screen opens on the customer's phone.
async fn phone(frame: Frame, Query(Ticket { ticket }): Query<Ticket>) -> Response {
    page(&Phone {
        frame,
        ticket: Some(ticket),
    })
}
