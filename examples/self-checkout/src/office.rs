//! The front page, and that of the shop's staff.

use std::sync::Arc;

use askama::Template;
use axum::Router;
use axum::extract::{Path, State};
use axum::response::{Redirect, Response};
use axum::routing::{get, post};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::header::CONTENT_TYPE;
use relying_party::page::{Frame, page};
use relying_party::turns::{Counts, Verdict};
use relying_party::{ListSource, Worth};

use crate::{Routes, Shop};

#[derive(Template)]
#[template(path = "front.html")]
struct Front {
    frame: Frame,
    staff: Option<String>,
}

#[derive(Template)]
#[template(path = "staff.html")]
struct Staff {
    frame: Frame,
    lanes: Vec<(&'static str, Counts)>,
    lists: Vec<ListSource>,
    /// Where the records of age checks are, their key, and their last line.
    folder: String,
    key: String,
    head: Option<String>,
    /// By which tills know the codes of age passes.
    pass_key: String,
}

pub(crate) fn routes() -> Routes {
    let media_type = [(CONTENT_TYPE, "text/javascript; charset=utf-8")];
    let script = (media_type, include_str!("../assets/pass.js"));
    Router::new()
        .route("/", get(front))
        .route("/assets/pass.js", get(async || script))
}

async fn front(State(shop): State<Arc<Shop>>, frame: Frame) -> Response {
    let staff = shop.backing.settings().staff.as_ref();
    let staff = staff.map(|staff| staff.origin.clone());
    page(&Front { frame, staff })
}

pub(crate) fn staff() -> Routes {
    let free = async |State(shop): State<Arc<Shop>>, Path(lane): Path<String>| {
        shop.turns.next(&lane);
        Redirect::to("/")
    };
    Router::new()
        .route("/", get(office))
        .route("/lane/{lane}/next", post(free))
}

async fn office(State(shop): State<Arc<Shop>>, frame: Frame) -> Response {
    let data = &shop.backing.settings().data;
    page(&Staff {
        frame,
        lanes: shop.turns.counts(),
        lists: shop.backing.list_sources(),
        folder: data.join("ages").display().to_string(),
        key: data.join("keys/ages").display().to_string(),
        head: shop.ages.head().map(|head| head.to_string()),
        pass_key: URL_SAFE_NO_PAD.encode(shop.codes.public_key()),
    })
}
