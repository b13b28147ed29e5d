//! The age pass: an age is checked once, in an app of the shop's, and from then on
//! codes that live for a minute say at a till that it was.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use axum::routing::{get, post};
use axum::{Extension, Router};
use http::StatusCode;
use relying_party::codes::Statement;
use relying_party::page::{Frame, Problem, page};
use relying_party::passes::Holder;
use tashika::Duration;
use tashika::person::AtLeast;
use tashika_tower::{Carried, Verified, VerifiedAge};

use crate::{Routes, Shop};

/// What a code says.
pub const OF_AGE: Statement = Statement("Mihon Mart age pass: 20 or over");

/// How long a pass is good.
pub(crate) const GOOD: Duration = Duration::hours(12);

const NO_AGE: Problem = Problem {
    status: StatusCode::FORBIDDEN,
    code: "pass.age",
    text: (
        "年齢パスを作成できませんでした。",
        "An age pass cannot be made.",
    ),
};

#[derive(Template)]
#[template(path = "pass.html")]
struct PassPage {
    frame: Frame,
    ready: bool,
}

pub(crate) fn routes() -> Routes {
    let show = async |frame, session: Holder| {
        let ready = session.is_some();
        page(&PassPage { frame, ready })
    };
    Router::new()
        .route("/pass", get(show))
        .route("/pass/response", post(enrol))
}

/// Runs for whoever's age was told by a phone. The session begins unless this
/// refuses.
async fn enrol(
    State(shop): State<Shop>,
    frame: Frame,
    proof: Extension<Verified<VerifiedAge>>,
    key: Extension<Carried>,
) -> Response {
    match proof.outcome() {
        AtLeast::Yes => shop
            .passes
            .begin(&frame, proof.transaction(), &key, "/pass"),
        AtLeast::No | AtLeast::Unknown => NO_AGE.respond(&frame),
    }
}
