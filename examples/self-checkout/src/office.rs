//! The front page, and that of the shop's staff.

use askama::Template;
use axum::Router;
use axum::extract::{Path, State};
use axum::response::Redirect;
use axum::routing::{get, post};
use http::header::CONTENT_TYPE;
use relying_party::Worth;
use relying_party::page::{Frame, page};
use relying_party::turns::{Verdict, invite};

use crate::{Routes, Shop};

#[derive(Template)]
#[template(path = "front.html")]
struct Front {
    frame: Frame,
    shop: Shop,
}

#[derive(Template)]
#[template(path = "staff.html")]
struct Staff {
    frame: Frame,
    shop: Shop,
}

pub(crate) fn routes() -> Routes {
    let media_type = [(CONTENT_TYPE, "text/javascript; charset=utf-8")];
    let script = (media_type, include_str!("../assets/pass.js"));
    let front = async |State(shop), frame| page(&Front { frame, shop });
    Router::new()
        .route("/", get(front))
        .route("/assets/pass.js", get(async || script))
}

pub(crate) fn staff() -> Routes {
    let office = async |State(shop), frame| page(&Staff { frame, shop });
    let free = async |State(shop): State<Shop>, Path(lane): Path<String>| {
        shop.turns.next(&lane);
        Redirect::to("/")
    };
    Router::new()
        .route("/", get(office))
        .route("/lane/{lane}", get(invite))
        .route("/lane/{lane}/next", post(free))
}
