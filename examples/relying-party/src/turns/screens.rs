//! Screens that the staff has let in: whoever could begin a turn at home would have
//! a screen say yes to somebody else who stands before it.

use std::sync::Arc;

use axum::extract::{Path, Query, Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Redirect, Response};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::header::{COOKIE, SET_COOKIE};
use http::{HeaderMap, StatusCode};
use serde::Deserialize;
use tashika::transaction::{ClientKey, Purpose, TransactionId};
use tashika::{Code, Duration, Error};
use tashika_tower::{Mark, Seen};

use super::Turns;
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
        let name = cookie_name(place);
        let lines = headers.get_all(COOKIE).into_iter();
        let lines = lines.filter_map(|line| line.to_str().ok());
        let mut cookies = lines.flat_map(|line| line.split(';'));
        let value = cookies.find_map(|cookie| cookie.trim().strip_prefix(&name));
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

/// A middleware for what screens alone may do: others hear `screen.unknown`. Readers
/// pass, and so do answers, for which their transaction stands.
pub async fn screens_only(
    State(turns): State<Arc<Turns>>,
    frame: Frame,
    request: Request,
    next: Next,
) -> Response {
    let reader = request.extensions().get::<Place>().is_some();
    let place = turns.place_of(&request);
    let answers = request.uri().path().ends_with("/response");
    let known = place.is_none_or(|place| turns.is_screen(place, request.headers()));
    match known || reader || answers {
        true => next.run(request).await,
        false => NO_SCREEN.respond(&frame),
    }
}
