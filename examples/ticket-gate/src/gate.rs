//! The gates: a phone is held to the reader, or a card put on it.

use std::sync::Arc;
use std::time::Duration;

use askama::Template;
use axum::extract::{Path, Request, State};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Extension, Json, Router};
use http::{Method, StatusCode};
use relying_party::page::{Frame, page};
use relying_party::terminal::{self, Place};
use relying_party::{Denied, Pairwise, StartError, Tally};
use serde_json::{Value, json};
use tashika::mdoc::Retention;

use crate::{Hall, Holder};

/// How long a verdict stands on the screen.
const SHOWN: Duration = Duration::from_secs(6);

/// The gates' pages. They are for the devices that stand there: whoever could
/// begin an entry at home would open a gate for somebody else.
pub(crate) fn pages(hall: &Arc<Hall>) -> Result<Router<Arc<Hall>>, StartError> {
    let mut routes = Router::new();
    for (gate, _) in &hall.gates {
        let path = format!("/gate/{gate}/card");
        let routes_here = routes.route(&format!("{path}/answer"), post(admit));
        routes = routes_here.layer(hall.backing.challenge(&path, "enter")?);
    }
    let routes = routes.layer(from_fn_with_state(Arc::clone(hall), watch));
    let routes = routes.route("/gate/{gate}", get(screen));
    Ok(routes.route("/gate/{gate}/now", get(screen)))
}

/// What the gates' readers bring.
pub(crate) fn terminals(hall: &Arc<Hall>) -> Result<Router, StartError> {
    let (backing, asked) = (&hall.backing, Pairwise::requested(Retention::NotRetained)?);
    let phones = backing.presentation("enter", asked, backing.proximity(terminal::BASE)?)?;
    let routes = Router::new().route(terminal::RESPONSE, post(admit));
    let routes = routes.layer(phones).with_state(Arc::clone(hall));
    Ok(routes.layer(from_fn_with_state(Arc::clone(hall), watch)))
}

async fn admit(
    State(hall): State<Arc<Hall>>,
    Extension(Place(gate)): Extension<Place>,
    Holder(holder, by): Holder,
) -> Result<Json<Value>, Denied> {
    hall.tickets.use_once(&gate, holder, by).await?;
    let next = format!("/gate/{gate}");
    Ok(Json(json!({ "next": next, "code": "admitted" })))
}

/// Finds the gate of what is asked, and leaves of a refusal what everybody may
/// hear: it is the same for who has no ticket, or has entered, or has a card that
/// was revoked.
async fn watch(State(hall): State<Arc<Hall>>, mut request: Request, next: Next) -> Response {
    let path = request.uri().path().strip_prefix("/gate/");
    let named = path.and_then(|path| path.split('/').next());
    let named = named.map(|gate| Place(gate.to_owned()));
    let place = request.extensions().get::<Place>().cloned().or(named);
    let Some(place) = place.filter(|_| request.method() == Method::POST) else {
        return next.run(request).await;
    };
    let Some((_, tally)) = hall.gate(&place.0) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    request.extensions_mut().insert(place);
    let frame = request.extensions().get::<Frame>().cloned();
    let say = |japanese, english| frame.map_or(japanese, |frame| frame.say(japanese, english));
    let word = |undetermined| match undetermined {
        true => ("undetermined", say(UNDETERMINED.0, UNDETERMINED.1)),
        false => ("refused", say(REFUSED.0, REFUSED.1)),
    };
    tally.watch(request, next, word).await
}

const REFUSED: (&str, &str) = (
    "お通しできません。係員にお声がけください。",
    "We cannot let you in here. Please speak to our staff.",
);
const UNDETERMINED: (&str, &str) = (
    "ただいま確認できません。係員がご案内しますので、そのままお待ちください。",
    "This cannot be checked right now. Please wait here; our staff will help you.",
);

#[derive(Template)]
#[template(path = "gate.html", blocks = ["now"])]
struct Screen<'p> {
    frame: &'p Frame,
    name: &'p str,
    tally: &'p Tally,
    cut: bool,
    shown: Option<StatusCode>,
}

/// The gate's screen, or what changes of it.
async fn screen(State(hall): State<Arc<Hall>>, Path(gate): Path<String>, frame: Frame) -> Response {
    let Some((name, tally)) = hall.gate(&gate) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let screen = Screen {
        frame: &frame,
        name,
        tally,
        cut: hall.tickets.is_cut(name),
        shown: tally.last(SHOWN),
    };
    match frame.path.ends_with("/now") {
        true => page(&screen.as_now()),
        false => page(&screen),
    }
}
