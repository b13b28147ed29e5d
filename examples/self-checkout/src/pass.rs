//! The age pass: an age is checked once, in an app of the shop's, and from then on
//! codes that live for a minute say at a till that it was.

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use axum::{Extension, Json, Router};
use http::header::SET_COOKIE;
use http::{HeaderMap, StatusCode};
use relying_party::codes::Statement;
use relying_party::device::Signed;
use relying_party::page::{Frame, Problem, next, page, qr_code};
use relying_party::{Trouble, told};
use serde_json::json;
use tashika::Duration;
use tashika::person::AtLeast;
use tashika::transaction::TransactionId;
use tashika_tower::{
    Carried, Identity, Recheck, Session, SessionMode, SessionPolicy, Verified, VerifiedAge,
    Visitors,
};

use crate::{Routes, Shop};

/// What a code says.
pub const OF_AGE: Statement = Statement("Mihon Mart age pass: 20 or over");

/// How long a code lives.
pub(crate) const LIFE: Duration = Duration::seconds(60);

/// It has the outcome and nothing else, so no certificate to ask about again.
pub(crate) const SESSION: SessionPolicy = SessionPolicy {
    idle: Duration::hours(12),
    absolute: Duration::hours(12),
    recheck: Recheck::DangerNever,
    mode: SessionMode::Web,
    visitors: Visitors::Pass,
};

const NO_AGE: Problem = Problem {
    status: StatusCode::FORBIDDEN,
    code: "pass.age",
    text: (
        "年齢パスを作成できませんでした。",
        "An age pass cannot be made.",
    ),
};
const NO_PASS: Problem = Problem {
    status: StatusCode::FORBIDDEN,
    code: "pass.none",
    text: (
        "このブラウザーには有効な年齢パスがありません。もう一度ご登録ください。",
        "There is no valid age pass in this browser. Please set it up again.",
    ),
};

#[derive(Template)]
#[template(path = "pass.html")]
struct PassPage {
    frame: Frame,
    ready: bool,
}

type Holder = Option<Extension<Session>>;

pub(crate) fn routes() -> Routes {
    Router::new()
        .route("/pass", get(show))
        .route("/pass/response", post(enrol))
        .route("/pass/nonce", post(nonce))
        .route("/pass/code", post(code))
        .route("/pass/end", post(end))
}

async fn show(frame: Frame, session: Holder) -> Response {
    let ready = holder(session.as_ref()).is_ok();
    page(&PassPage { frame, ready })
}

/// Runs for whoever's age was told by a phone. The session begins unless this
/// refuses.
async fn enrol(
    State(shop): State<Arc<Shop>>,
    frame: Frame,
    proof: Extension<Verified<VerifiedAge>>,
    key: Extension<Carried>,
) -> Response {
    if proof.outcome() != AtLeast::Yes {
        return NO_AGE.respond(&frame);
    }
    match shop.devices.bind(&proof.transaction(), key.octets()) {
        Ok(cookie) => ([(SET_COOKIE, cookie)], next("/pass")).into_response(),
        Err(error) => Trouble::Sdk(error).respond(&frame),
    }
}

async fn nonce(State(shop): State<Arc<Shop>>, frame: Frame, session: Holder) -> Response {
    let nonce = async {
        let nonce = shop.devices.nonce(&holder(session.as_ref())?).await?;
        Ok(json!({ "nonce": nonce }))
    };
    told(&frame, nonce.await)
}

async fn code(
    State(shop): State<Arc<Shop>>,
    frame: Frame,
    session: Holder,
    headers: HeaderMap,
    signed: Json<Signed>,
) -> Response {
    let code = async {
        let holder = holder(session.as_ref())?;
        shop.devices.check(&holder, &headers, &signed).await?;
        let code = shop.codes.issue(shop.backing.now())?;
        let (picture, seconds) = (qr_code(&code), LIFE.as_seconds());
        Ok(json!({ "code": code, "picture": picture, "seconds": seconds }))
    };
    told(&frame, code.await)
}

/// The cookie with the key opens nothing without the session.
async fn end(session: Holder) -> Redirect {
    if let Some(session) = session {
        session.end();
    }
    Redirect::to("/pass")
}

/// The transaction in which this session's holder showed that they are of age.
fn holder(session: Option<&Extension<Session>>) -> Result<TransactionId, Trouble> {
    let gained = session.map(|session| session.gained()).ok_or(NO_PASS)?;
    match gained.identity() {
        Identity::Age {
            outcome: AtLeast::Yes,
            ..
        } => Ok(gained.gaining().transaction),
        _ => Err(NO_PASS.into()),
    }
}
