//! The staff's pages: the gates, what became of people, and what happened twice.

use std::collections::HashMap;
use std::sync::Arc;

use askama::Template;
use axum::Router;
use axum::extract::{Form, State};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use relying_party::page::{Frame, page, reword};
use relying_party::{Denied, Ledger, StartError, Worth};
use tashika::Time;
use tashika::revocation::health::Channel;
use tower_http::csrf::CsrfLayer;

use crate::{Hall, gate, number};

pub(crate) fn routes(hall: &Arc<Hall>) -> Result<Router, StartError> {
    let routes = gate::pages(hall)?
        .route("/", get(overview))
        .route("/cut", post(cut))
        .route("/ledger", get(export).post(import));
    Ok(routes.layer(CsrfLayer::new()).with_state(Arc::clone(hall)))
}

#[derive(Template)]
#[template(path = "staff.html")]
struct Overview<'p> {
    frame: &'p Frame,
    hall: &'p Hall,
}

async fn overview(State(hall): State<Arc<Hall>>, frame: Frame) -> Response {
    page(&Overview {
        frame: &frame,
        hall: &hall,
    })
}

async fn export(State(hall): State<Arc<Hall>>) -> String {
    hall.tickets.to_text()
}

type Fields = Form<HashMap<String, String>>;

/// Cuts a gate off from the others, or joins it again.
async fn cut(State(hall): State<Arc<Hall>>, frame: Frame, Form(form): Fields) -> Response {
    let gate = form.get("gate").and_then(|name| hall.gate(name));
    match gate {
        Some((name, _)) => back(hall.tickets.cut_or_join(name).await, &frame),
        None => back(Err(Ledger::UNREADABLE), &frame),
    }
}

/// Takes in the ledger of another process.
async fn import(State(hall): State<Arc<Hall>>, frame: Frame, Form(form): Fields) -> Response {
    let text = form.get("ledger").map(String::as_str).unwrap_or_default();
    back(hall.tickets.reconcile(text).await, &frame)
}

fn back(done: Result<(), Denied>, frame: &Frame) -> Response {
    let Err(denied) = done else {
        return Redirect::to("/").into_response();
    };
    let text = match denied {
        Ledger::UNREADABLE => frame.say(
            "読み取れない内容です。何も取り込んでいません。",
            "This is no ledger. Nothing was taken in.",
        ),
        _ => frame.say(
            "完了できませんでした。もう一度お試しください。",
            "This could not be finished. Try it again.",
        ),
    };
    reword(denied.into_response(), denied.1, text)
}
