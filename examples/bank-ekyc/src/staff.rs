//! What the staff sees. Whoever reaches these pages has been let in before.

use askama::Template;
use axum::Router;
use axum::extract::Path;
use axum::response::{Redirect, Response};
use axum::routing::{get, post};
use relying_party::Watch;
use relying_party::page::{Frame, Problem, page};
use tashika::audit::InForce;
use tashika::person::{Doubt, Likeness};
use tashika::report::CheckStatus;
use tower_http::csrf::CsrfLayer;

use crate::book::{Application, State};
use crate::{Bank, Shared};

pub(crate) fn routes(bank: std::sync::Arc<Bank>) -> Router {
    let routes = Router::new()
        .route("/", get(list))
        .route("/watch", post(watch))
        .route("/application/{id}", get(one))
        .route("/application/{id}/{decision}", post(decide));
    routes.with_state(bank).layer(CsrfLayer::new())
}

#[derive(Template)]
#[template(path = "staff.html")]
struct List {
    frame: Frame,
    bank: Shared,
}

async fn list(bank: Shared, frame: Frame) -> Response {
    page(&List { frame, bank })
}

async fn watch(bank: Shared) -> Redirect {
    Watch::now(&bank).await;
    Redirect::to("/#watch")
}

#[derive(Template)]
#[template(path = "case.html")]
struct Case {
    frame: Frame,
    application: Application,
}

async fn one(bank: Shared, frame: Frame, Path(id): Path<String>) -> Response {
    match bank.book().get(&id).cloned() {
        Some(application) => page(&Case { frame, application }),
        None => Problem::NOT_HERE.respond(&frame),
    }
}

async fn decide(bank: Shared, Path((id, decision)): Path<(String, State)>) -> Redirect {
    bank.book().decide(&id, decision);
    Redirect::to(&format!("/application/{id}"))
}
