//! The box office: a ticket is bound to whoever shows a card or a phone.

use std::sync::Arc;

use askama::Template;
use axum::Router;
use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use relying_party::page::{Frame, next, page, reword};
use relying_party::{Denied, Ledger, Pairwise, StartError, Use};
use tashika::Duration;
use tashika::jpki::Kind;
use tashika::mdoc::Retention;
use tashika::revocation::health::{Channel, SourceState};
use tashika_tower::{Recheck, Session, SessionMode, SessionPolicy, Visitors, WhenUndetermined};
use tower_http::csrf::CsrfLayer;

use crate::{Hall, Holder, SEATS, number};

const VISIT: SessionPolicy = SessionPolicy {
    idle: Duration::minutes(10),
    absolute: Duration::minutes(30),
    recheck: Recheck::After(Duration::minutes(5), WhenUndetermined::Refuse),
    mode: SessionMode::Web,
    visitors: Visitors::Pass,
};

pub(crate) fn routes(hall: &Arc<Hall>) -> Result<Router, StartError> {
    let (backing, asked) = (&hall.backing, Pairwise::requested(Retention::Retained)?);
    let sessions = backing.sessions(backing.certificates(Kind::Authentication)?, VISIT)?;
    let phones = backing.presentation("buy", asked, backing.browser("/buy/phone")?)?;
    Ok(Router::new()
        .route("/", get(front))
        .route("/buy/card/answer", post(sell))
        .route("/buy/phone/response", post(sell))
        .route("/ticket", get(ticket))
        .route("/leave", post(leave))
        .layer(backing.challenge("/buy/card", "buy")?)
        .layer(phones)
        .layer(sessions)
        .layer(CsrfLayer::new())
        .with_state(Arc::clone(hall)))
}

#[derive(Template)]
#[template(path = "front.html")]
struct Front<'p> {
    frame: &'p Frame,
    hall: &'p Hall,
}

async fn front(State(hall): State<Arc<Hall>>, frame: Frame) -> Response {
    let (frame, hall) = (&frame, &*hall);
    page(&Front { frame, hall })
}

async fn sell(
    State(hall): State<Arc<Hall>>,
    frame: Frame,
    holder: Result<Holder, Denied>,
) -> Response {
    let sold = holder.and_then(|Holder(holder, by)| hall.tickets.issue(holder, by, SEATS));
    let Err(denied) = sold else {
        return next("/ticket");
    };
    let (japanese, english) = match denied {
        Ledger::ISSUED => (
            "この公演の券はすでにお持ちです。券番号がなくても、同じカードまたはスマートフォンで入場できます。",
            "You already have a ticket. You need no number: come with the same card or phone.",
        ),
        Ledger::FULL => ("この公演は完売しました。", "The performance is sold out."),
        _ => (
            "ただいま購入できません。時間をおいて、もう一度お試しください。",
            "Tickets cannot be sold right now. Please try again later.",
        ),
    };
    reword(
        denied.into_response(),
        denied.1,
        frame.say(japanese, english),
    )
}

#[derive(Template)]
#[template(path = "ticket.html")]
struct Ticket<'p> {
    frame: &'p Frame,
    number: String,
    uses: Vec<Use>,
}

async fn ticket(State(hall): State<Arc<Hall>>, visit: Option<Session>, frame: Frame) -> Response {
    let by = visit.map(|visit| visit.gained().gaining().transaction);
    let Some(holder) = by.and_then(|by| hall.tickets.issued_by(by)) else {
        return Redirect::to("/").into_response();
    };
    let (number, uses) = (number(&holder), hall.tickets.uses_of(&holder));
    page(&Ticket {
        frame: &frame,
        number,
        uses,
    })
}

async fn leave(visit: Option<Session>) -> Redirect {
    visit.iter().for_each(Session::end);
    Redirect::to("/")
}
