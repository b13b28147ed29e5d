//! Screens that the staff has let in: whoever could begin a turn at home would have
//! a screen say yes to somebody else who stands before it.

use std::sync::Arc;

use axum::extract::{Path, Query, Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Redirect, Response};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::header::SET_COOKIE;
use http::{HeaderMap, StatusCode};
use serde::Deserialize;
use tashika::transaction::{ClientKey, Purpose, TransactionId};
use tashika::{Code, Duration, Error};
use tashika_tower::{Mark, Seen};

use super::Turns;
use crate::cookie;
use crate::page::{Frame, Problem};
use crate::terminal::Place;
use crate::trouble::Trouble;

/// How long a link serves that makes a browser a screen, and how long it is one.
const LINK: Duration = Duration::seconds(60);
const SCREEN: Duration = Duration::hours(24 * 30);

const NO_SCREEN: Problem = Problem {
    status: StatusCode::FORBIDDEN,
    code: "screen.unknown",
    text: (
        "この端末は、ここの画面として登録されていません。係員のページから開いてください。",
        "This device is not a screen of this place. Open it from the staff's page.",
    ),
};

/// What a link says of a screen.
#[derive(Debug, Deserialize)]
pub struct Ticket {
    ticket: String,
}

impl Turns {
    /// What stands in the query of a link (`?ticket=…`) that makes a browser the
    /// screen of this place. It serves once, and soon.
    pub(super) fn link(&self, place: &str) -> Result<String, Error> {
        self.seal("screen-link", place, LINK)
    }

    /// The cookie of a screen, for whoever brings such a link.
    async fn let_in(&self, place: &str, ticket: &str) -> Result<String, Trouble> {
        if !self.opens("screen-link", place, ticket) {
            return Err(NO_SCREEN.into());
        }
        let (mark, now) = (Mark::of("screen-link", ticket.as_bytes()), self.site.now());
        let staff = ClientKey::of(b"staff");
        let seen = self.site.store().mark(mark, staff, now.plus(LINK), now);
        if seen.await? == Seen::Again {
            return Err(NO_SCREEN.into());
        }
        let (value, seconds) = (self.seal("screen", place, SCREEN)?, SCREEN.as_seconds());
        let attributes = format!("Path=/; Max-Age={seconds}; Secure; HttpOnly; SameSite=Lax");
        Ok(format!("{}{value}; {attributes}", cookie_name(place)))
    }

    fn is_screen(&self, place: &str, headers: &HeaderMap) -> bool {
        let value = cookie::find(headers, &cookie_name(place));
        value.is_some_and(|value| self.opens("screen", place, value))
    }

    fn seal(&self, purpose: &str, place: &str, lifetime: Duration) -> Result<String, Error> {
        let (purpose, name) = (Purpose::named(purpose)?, TransactionId::generate()?);
        let ends = self.site.now().plus(lifetime);
        let sealer = self.site.sealer();
        let sealed = sealer.seal(&purpose, &name, ends, place.as_bytes())?;
        Ok(format!("{name}.{}", URL_SAFE_NO_PAD.encode(sealed)))
    }

    fn opens(&self, purpose: &str, place: &str, value: &str) -> bool {
        let open = || {
            let (name, sealed) = value.split_once('.').ok_or(Code::TransactionForm)?;
            let sealed = URL_SAFE_NO_PAD.decode(sealed);
            let sealed = sealed.map_err(|_| Code::TransactionForm)?;
            let (purpose, name) = (Purpose::named(purpose)?, name.parse()?);
            let (sealer, now) = (self.site.sealer(), self.site.now());
            sealer.open(&purpose, &name, &sealed, now)
        };
        let opened: Result<_, Error> = open();
        opened.is_ok_and(|of| of.as_slice() == place.as_bytes())
    }
}

/// It is of this host alone, set over TLS, for all paths (RFC 6265bis, 4.1.3.2).
fn cookie_name(place: &str) -> String {
    format!("__Host-screen-{place}=")
}

/// A handler for the link: makes the browser the screen of the place in its path, as
/// `/lane/2/open?ticket=…`, and shows the screen, `/lane/2`.
pub async fn open(
    State(turns): State<Arc<Turns>>,
    frame: Frame,
    Path(place): Path<String>,
    Query(Ticket { ticket }): Query<Ticket>,
) -> Response {
    let screen = frame.path.strip_suffix("/open").unwrap_or("/");
    match turns.let_in(&place, &ticket).await {
        Ok(cookie) => ([(SET_COOKIE, cookie)], Redirect::to(screen)).into_response(),
        Err(trouble) => trouble.respond(&frame),
    }
}

/// A middleware for what screens alone may do: others hear `screen.unknown`, and so
/// does what is about no place. Readers pass, and so do answers, `…/response` and
/// `…/callback`, for which their transaction stands.
pub async fn screens_only(
    State(turns): State<Arc<Turns>>,
    frame: Frame,
    request: Request,
    next: Next,
) -> Response {
    let reader = request.extensions().get::<Place>().is_some();
    let place = turns.place_of(&request);
    let path = request.uri().path();
    let answers = ["/response", "/callback"]
        .iter()
        .any(|end| path.ends_with(end));
    let known = place.is_some_and(|place| turns.is_screen(place, request.headers()));
    match known || reader || answers {
        true => next.run(request).await,
        false => NO_SCREEN.respond(&frame),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::Router;
    use axum::body::Body;
    use axum::middleware::from_fn_with_state;
    use axum::routing::post;
    use http::Request as HttpRequest;
    use http::header::COOKIE;
    use tashika::Time;
    use tower::ServiceExt;

    use crate::page::{Brand, dress};
    use crate::testing;

    fn turns() -> Arc<Turns> {
        let site = testing::site(|| Time::from_unix(1_800_000_000));
        let minute = Duration::minutes(1);
        Arc::new(Turns::new(&["1", "2"], site, minute, minute))
    }

    /// What becomes of a request to a place, with this cookie.
    async fn ask(turns: &Arc<Turns>, path: &str, cookie: &str) -> StatusCode {
        let took = async |Path(place): Path<String>| place;
        let routes = Router::new()
            .route("/lane/{lane}/pass", post(took))
            .route("/lane/{lane}/response", post(took))
            .layer(from_fn_with_state(Arc::clone(turns), screens_only));
        let brand = Brand {
            title: ("店", "shop"),
            theme: "self-checkout",
            wallet: None,
        };
        let request = HttpRequest::post(path).header(COOKIE, cookie);
        let request = request.body(Body::empty()).unwrap();
        let response = dress(routes, brand).oneshot(request).await;
        response.unwrap().status()
    }

    #[tokio::test]
    async fn a_screen_is_that_of_its_place_and_nobody_else_is_one() {
        let turns = turns();
        let link = turns.link("1").unwrap();
        let cookie = turns.let_in("1", &link).await.unwrap();
        let cookie = cookie.split(';').next().unwrap();
        assert_eq!(ask(&turns, "/lane/1/pass", cookie).await, StatusCode::OK);
        for (path, cookie) in [
            ("/lane/1/pass", ""),
            ("/lane/2/pass", cookie),
            ("/lane/2/pass?place=1", cookie),
            // The handler reads the place of these as 1, too.
            ("/lane/%31/pass", ""),
            ("/lane/%31/pass?place=2", ""),
            ("/lane/%32/pass?place=1", cookie),
        ] {
            let refused = ask(&turns, path, cookie).await;
            assert_eq!(refused, StatusCode::FORBIDDEN, "{path}");
        }
        // An answer comes with its transaction.
        assert_eq!(ask(&turns, "/lane/1/response", "").await, StatusCode::OK);
        // A link serves once, and at its place.
        for (place, link) in [("1", link), ("2", turns.link("1").unwrap())] {
            let refused = turns.let_in(place, &link).await;
            assert!(
                matches!(refused, Err(Trouble::Ours(problem)) if problem.code == NO_SCREEN.code)
            );
        }
    }
}
