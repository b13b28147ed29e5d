//! The front page, and that of the shop's staff.

use std::sync::Arc;

use askama::Template;
use axum::Router;
use axum::extract::{Path, State};
use axum::response::Redirect;
use axum::routing::{get, post};
use http::StatusCode;
use http::header::CONTENT_TYPE;
use relying_party::Worth;
use relying_party::page::{Frame, page};
use relying_party::turns::Verdict;

use crate::{Routes, Shop};

#[derive(Template)]
#[template(path = "front.html")]
struct Front {
    frame: Frame,
    shop: Arc<Shop>,
}

#[derive(Template)]
#[template(path = "staff.html")]
struct Staff {
    frame: Frame,
    shop: Arc<Shop>,
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
    // Makes the browser that follows it the lane's screen.
    let open = async |State(shop): State<Arc<Shop>>, Path(lane): Path<String>| {
        let (origin, ticket) = (&shop.backing.settings().origin, shop.turns.link(&lane));
        let ticket = ticket.map_err(|_| StatusCode::INTERNAL_SERVER_ERROR)?;
        let url = format!("{origin}/lane/{lane}/open?ticket={ticket}");
        Ok::<_, StatusCode>(Redirect::to(&url))
    };
    let free = async |State(shop): State<Arc<Shop>>, Path(lane): Path<String>| {
        shop.turns.next(&lane);
        Redirect::to("/")
    };
    Router::new()
        .route("/", get(office))
        .route("/lane/{lane}", get(open))
        .route("/lane/{lane}/next", post(free))
}
