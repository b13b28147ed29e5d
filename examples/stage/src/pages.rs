//! The pages of a stage: its front, and phone and card.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, State};
use axum::middleware::map_response;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use http::header::{CACHE_CONTROL, CONTENT_TYPE};
use http::{HeaderName, HeaderValue, StatusCode};
use relying_party::page::{Brand, Frame, dress, page};
use serde::Serialize;
use serde_json::json;

use crate::backstage::{Backstage, Change, Life, WorldView};
use crate::wallet::{DEFECTS, Kind, NoAnswer, Question, Row, Tap};
use crate::world::PORTRAITS;

const SCRIPT: &str = include_str!("../assets/wallet.js");
const STYLE: &str = include_str!("../assets/wallet.css");

/// Phone and card.
pub(crate) fn wallet(backstage: Arc<Backstage>) -> Router {
    let brand = Brand {
        title: ("体験用のスマートフォンとカード", "Phone and card to try"),
        theme: "stage",
        wallet: None,
    };
    let asset = |media_type: &'static str, text: &'static str| {
        get(move || async move {
            let headers = [(CONTENT_TYPE, media_type), (CACHE_CONTROL, "max-age=60")];
            (headers, text)
        })
    };
    let routes = Router::new()
        .route("/", get(home))
        .route("/present", get(present))
        .route(
            "/assets/wallet.js",
            asset("text/javascript; charset=utf-8", SCRIPT),
        )
        .route(
            "/assets/wallet.css",
            asset("text/css; charset=utf-8", STYLE),
        )
        .route("/portraits/{file}", get(portrait))
        .route("/api/defects", get(|| async { Json(DEFECTS) }))
        .route("/api/asked", post(asked))
        .route("/api/answer", post(answer))
        .route("/api/tap", post(tap))
        .route("/api/world", get(world).post(change))
        .route("/api/world/reset", post(reset))
        .route("/api/life", post(live))
        .with_state(backstage);
    // Between a page and the window that it opened, the browser cuts the tie if the
    // window's page wants one for itself.
    dress(routes, brand).layer(map_response(|mut response: Response| async {
        let name = HeaderName::from_static("cross-origin-opener-policy");
        let value = HeaderValue::from_static("unsafe-none");
        response.headers_mut().insert(name, value);
        response
    }))
}

/// The page that leads to everybody else.
pub(crate) fn front(backstage: Arc<Backstage>, wallet: String) -> Router {
    let brand = Brand {
        title: ("Tashika（確か）", "Tashika (確か)"),
        theme: "stage",
        wallet: None,
    };
    let shown = move |frame: Frame, State(backstage): State<Arc<Backstage>>| async move {
        page(&FrontPage {
            frame: &frame,
            world: &backstage.view(),
            wallet: &wallet,
        })
    };
    let routes = Router::new().route("/", get(shown)).with_state(backstage);
    dress(routes, brand)
}

#[derive(Template)]
#[template(path = "front.html")]
struct FrontPage<'p> {
    frame: &'p Frame,
    world: &'p WorldView,
    wallet: &'p str,
}

/// People, what can happen to them and to the world, and readers to hold a phone to.
#[derive(Template)]
#[template(path = "home.html")]
struct HomePage<'p> {
    frame: &'p Frame,
    world: &'p WorldView,
    /// What can be broken before a reader.
    defects: Vec<&'static Row>,
}

/// The window that a page opens to ask.
#[derive(Template)]
#[template(path = "present.html")]
struct PresentPage<'p> {
    frame: &'p Frame,
    world: &'p WorldView,
    defects: &'static [Row],
}

async fn home(frame: Frame, State(backstage): State<Arc<Backstage>>) -> Response {
    let defects = DEFECTS.iter().filter(|row| row.kinds.contains(&Kind::Tap));
    page(&HomePage {
        frame: &frame,
        world: &backstage.view(),
        defects: defects.collect(),
    })
}

async fn present(frame: Frame, State(backstage): State<Arc<Backstage>>) -> Response {
    page(&PresentPage {
        frame: &frame,
        world: &backstage.view(),
        defects: &DEFECTS,
    })
}

async fn portrait(Path(file): Path<String>) -> Response {
    let number = file.strip_suffix(".jpg").and_then(|name| name.parse().ok());
    let portrait = number.and_then(|number: usize| PORTRAITS.get(number));
    match portrait {
        Some(portrait) => ([(CONTENT_TYPE, "image/jpeg")], *portrait).into_response(),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

async fn asked(
    frame: Frame,
    State(backstage): State<Arc<Backstage>>,
    Json(question): Json<Question>,
) -> Response {
    told(&frame, backstage.explain(&question))
}

async fn answer(
    frame: Frame,
    State(backstage): State<Arc<Backstage>>,
    Json(question): Json<Question>,
) -> Response {
    let answer = backstage.answer(question).await;
    told(&frame, answer.map(|answer| json!({ "answer": answer })))
}

async fn tap(
    frame: Frame,
    State(backstage): State<Arc<Backstage>>,
    Json(tap): Json<Tap>,
) -> Response {
    told(&frame, backstage.tap(tap).await)
}

async fn world(State(backstage): State<Arc<Backstage>>) -> Json<WorldView> {
    Json(backstage.view())
}

async fn change(
    frame: Frame,
    State(backstage): State<Arc<Backstage>>,
    Json(change): Json<Change>,
) -> Response {
    told(&frame, backstage.change(change).await)
}

async fn reset(State(backstage): State<Arc<Backstage>>) -> Json<WorldView> {
    Json(backstage.reset().await)
}

async fn live(
    frame: Frame,
    State(backstage): State<Arc<Backstage>>,
    Json(life): Json<Life>,
) -> Response {
    told(&frame, backstage.live(life).await)
}

fn told(frame: &Frame, told: Result<impl Serialize, NoAnswer>) -> Response {
    match told {
        Ok(told) => Json(told).into_response(),
        Err(NoAnswer(ja, en)) => {
            let refused = json!({ "refused": frame.say(&ja, &en) });
            (StatusCode::UNPROCESSABLE_ENTITY, Json(refused)).into_response()
        }
    }
}
