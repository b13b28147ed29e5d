//! What stands around a house's routes.

use askama::Template;
use axum::Router;
use axum::extract::{Request, State};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use http::header::{
    ACCEPT, ACCEPT_LANGUAGE, CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HeaderName,
    REFERRER_POLICY, SET_COOKIE, X_CONTENT_TYPE_OPTIONS,
};
use http::{HeaderMap, HeaderValue, Method, StatusCode};
use tashika::{Error, Language, Message};

use super::{Frame, Words, page_with};
use crate::{Backing, Party, cookie};

/// Whose pages they are.
#[derive(Clone, Debug)]
pub struct Brand {
    /// What it is called, in Japanese and in English.
    pub title: (&'static str, &'static str),
    /// A word that the stylesheet colours it by.
    pub theme: &'static str,
    /// Where a testbed's phone and card are, if they are.
    pub wallet: Option<String>,
}

impl Brand {
    /// That of a relying party.
    #[must_use]
    pub fn of(party: &Party, backing: &Backing) -> Self {
        Self {
            title: party.title,
            theme: party.name,
            wallet: backing.settings().testbed_wallet.clone(),
        }
    }

    /// That of its staff's pages, to which nobody comes with a phone.
    #[must_use]
    pub fn for_staff(&self, title: (&'static str, &'static str)) -> Self {
        Self {
            title,
            theme: self.theme,
            wallet: None,
        }
    }
}

const STYLE: &str = include_str!("../../assets/house.css");
const SCRIPT: &str = include_str!("../../assets/ask.js");

/// Nothing but the house's own style, scripts, pictures and connections, in
/// nobody's frame. Portraits come from the phone and are shown as `data:`.
const POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; \
    img-src 'self' data:; connect-src 'self'; form-action 'self'; base-uri 'none'; \
    frame-ancestors 'none'";

/// Puts around `routes` what the pages of a brand have in common.
pub fn dress(routes: Router, brand: Brand) -> Router {
    let asset = |media_type: &'static str, text: &'static str| {
        get(move || async move {
            let headers = [(CONTENT_TYPE, media_type), (CACHE_CONTROL, "max-age=60")];
            (headers, text)
        })
    };
    let routes = routes
        .route("/assets/house.css", asset("text/css; charset=utf-8", STYLE))
        .route(
            "/assets/ask.js",
            asset("text/javascript; charset=utf-8", SCRIPT),
        );
    // A layer answers paths for which there is no route: a fallback of our own
    // would stand in its place.
    routes.layer(from_fn_with_state(brand, around))
}

async fn around(State(brand): State<Brand>, mut request: Request, next: Next) -> Response {
    if let Some(response) = change_language(&request) {
        return response;
    }
    let language = language(request.headers());
    let frame = Frame {
        language,
        brand,
        path: path_here(&request).unwrap_or("/").to_owned(),
    };
    // One word for the pages and for the layers' texts.
    let tag = HeaderValue::from_static(frame.lang());
    request.headers_mut().insert(ACCEPT_LANGUAGE, tag);
    request.extensions_mut().insert(frame.clone());
    let wants_page = wants_page(&request);
    let mut response = next.run(request).await;
    if wants_page && let Some(refusal) = refusal(&response, &frame) {
        response = refusal;
    }
    bind(response.headers_mut());
    response
}

/// Sends whoever chose a language back to the page, and remembers it.
fn change_language(request: &Request) -> Option<Response> {
    let to = match request.uri().query()? {
        "lang=ja" => "ja",
        "lang=en" => "en",
        _ => return None,
    };
    let cookie = format!("lang={to}; Path=/; Max-Age=31536000; SameSite=Lax; HttpOnly");
    let cookie = HeaderValue::from_str(&cookie).ok()?;
    let mut response = Redirect::to(path_here(request)?).into_response();
    response.headers_mut().insert(SET_COOKIE, cookie);
    (request.method() == Method::GET).then_some(response)
}

/// The path of a request; none if a browser would follow it to another site.
fn path_here(request: &Request) -> Option<&str> {
    let path = request.uri().path();
    let elsewhere = ["//", "/\\"].iter().any(|start| path.starts_with(start));
    (!elsewhere).then_some(path)
}

/// By the cookie, or else by the browser's first choice.
fn language(headers: &HeaderMap) -> Language {
    let chosen = cookie::find(headers, "lang=");
    let liked = headers
        .get(ACCEPT_LANGUAGE)
        .and_then(|value| value.to_str().ok());
    match chosen.or(liked) {
        Some(tag) if tag.trim_start().starts_with("en") => Language::English,
        Some(_) | None => Language::Japanese,
    }
}

fn wants_page(request: &Request) -> bool {
    let accept = request
        .headers()
        .get(ACCEPT)
        .and_then(|value| value.to_str().ok());
    accept.is_some_and(|accept| accept.contains("text/html"))
}

/// What a person sees in the place of a refusal.
#[derive(Template)]
#[template(path = "refusal.html")]
struct RefusalPage<'r> {
    frame: &'r Frame,
    title: &'r str,
    text: &'r str,
    /// For the house's staff: it says nothing about the person.
    code: &'r str,
    /// Whether nothing could be found out, which is no refusal.
    undetermined: bool,
}

/// The page for a response that is not meant for people; none if it is.
fn refusal(response: &Response, frame: &Frame) -> Option<Response> {
    let status = response.status();
    if !status.is_client_error() && !status.is_server_error() {
        return None;
    }
    let media_type = response.headers().get(CONTENT_TYPE);
    let media_type = media_type.and_then(|value| value.to_str().ok());
    if media_type.is_some_and(|media_type| media_type.starts_with("text/html")) {
        return None;
    }
    let error = response.extensions().get::<Error>();
    let words = response.extensions().get::<Words>();
    let text = match (error, status) {
        (Some(error), _) => error.code().message().text(frame.language),
        (None, StatusCode::NOT_FOUND) => frame.say(
            "アドレスをご確認のうえ、最初の画面からお進みください。",
            "Check the address, or start from the first page.",
        ),
        (None, _) => Message::NotAccepted.text(frame.language),
    };
    let text = words.map_or(text, |words| &words.detail);
    let title = match error.map(Error::code) {
        Some(code) if code.as_str().starts_with("transaction.") => {
            frame.say("お手続きの続きができません", "This cannot be continued")
        }
        None if status == StatusCode::NOT_FOUND => {
            frame.say("ページが見つかりません", "There is no such page")
        }
        _ if status.is_server_error() => {
            frame.say("ただいま確認できません", "It cannot be checked now")
        }
        _ => frame.say("確認できませんでした", "This was not accepted"),
    };
    let code = error.map(|error| error.code().outside());
    let code = words
        .map(|words| words.code.as_str())
        .or(code)
        .unwrap_or_default();
    let mut page = page_with(
        status,
        &RefusalPage {
            frame,
            title,
            text,
            code,
            undetermined: status.is_server_error() || status == StatusCode::NOT_FOUND,
        },
    );
    // What a layer took back stays taken back.
    for cookie in response.headers().get_all(SET_COOKIE) {
        page.headers_mut().append(SET_COOKIE, cookie.clone());
    }
    if let Some(after) = response.headers().get(http::header::RETRY_AFTER) {
        page.headers_mut()
            .insert(http::header::RETRY_AFTER, after.clone());
    }
    Some(page)
}

/// Binds the browser.
fn bind(headers: &mut HeaderMap) {
    const BOUND: [(HeaderName, &str); 5] = [
        (CONTENT_SECURITY_POLICY, POLICY),
        (REFERRER_POLICY, "no-referrer"),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
        // A testbed's wallet answers the page that opened it.
        (
            HeaderName::from_static("cross-origin-opener-policy"),
            "same-origin-allow-popups",
        ),
        (
            HeaderName::from_static("permissions-policy"),
            "digital-credentials-get=(self), camera=(), geolocation=(), microphone=()",
        ),
    ];
    for (name, value) in BOUND {
        headers.insert(name, HeaderValue::from_static(value));
    }
    // What says nothing about caches is somebody's.
    let no_store = HeaderValue::from_static("no-store");
    headers.entry(CACHE_CONTROL).or_insert(no_store);
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::body::Body;
    use axum::routing::post;
    use http::header::COOKIE;
    use http_body_util::BodyExt;
    use tashika::Code;
    use tashika_tower::Refusal;
    use tower::ServiceExt;

    fn house() -> Router {
        let refuse = || async {
            let error = Error::new(Code::RevokedCertificateHold);
            Refusal::new(error, Language::English)
                .into_response()
                .map(Body::from)
        };
        let brand = Brand {
            title: ("銀行", "bank"),
            theme: "bank-ekyc",
            wallet: Some("http://wallet.localhost:8101".to_owned()),
        };
        let routes = Router::new()
            .route("/refused", post(refuse))
            .route("/language", get(|frame: Frame| async move { frame.lang() }));
        dress(routes, brand)
    }

    async fn ask(
        method: &str,
        path: &str,
        headers: &[(HeaderName, &str)],
    ) -> (StatusCode, HeaderMap, String) {
        let mut request = Request::builder().method(method).uri(path);
        for (name, value) in headers {
            request = request.header(name, *value);
        }
        let request = request.body(Body::empty()).unwrap();
        let response = house().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let body = body.collect().await.unwrap().to_bytes();
        let body = String::from_utf8(body.to_vec()).unwrap();
        (parts.status, parts.headers, body)
    }

    #[tokio::test]
    async fn a_person_sees_a_page_and_a_script_the_problem() {
        let page = ask(
            "POST",
            "/refused",
            &[(ACCEPT, "text/html"), (ACCEPT_LANGUAGE, "en")],
        )
        .await;
        assert_eq!(page.0, StatusCode::FORBIDDEN);
        assert!(page.2.contains("<code>revoked</code>") && page.2.contains("lang=\"en\""));
        // Neither the reason nor a word that hints at it.
        assert!(!page.2.contains("hold") && !page.2.contains("lost"));
        let problem = ask("POST", "/refused", &[(ACCEPT, "application/json")]).await;
        assert_eq!(problem.1[CONTENT_TYPE], "application/problem+json");
        let nowhere = ask("GET", "/nowhere", &[(ACCEPT, "text/html")]).await;
        assert_eq!(nowhere.0, StatusCode::NOT_FOUND);
        assert!(nowhere.2.contains("ページが見つかりません"));
        for headers in [page.1, problem.1, nowhere.1] {
            assert_eq!(headers[CONTENT_SECURITY_POLICY], POLICY);
            assert_eq!(headers[REFERRER_POLICY], "no-referrer");
            assert_eq!(headers[CACHE_CONTROL], "no-store");
        }
    }

    #[tokio::test]
    async fn a_language_is_chosen_once_and_otherwise_the_browsers() {
        let chosen = ask("GET", "/language?lang=en", &[]).await;
        assert_eq!(
            (chosen.0, &chosen.1["location"]),
            (
                StatusCode::SEE_OTHER,
                &HeaderValue::from_static("/language")
            )
        );
        let cookie = chosen.1[SET_COOKIE].to_str().unwrap();
        assert!(cookie.starts_with("lang=en;"));
        let (liked, cookie) = ((ACCEPT_LANGUAGE, "ja"), (COOKIE, "a=b; lang=en"));
        assert_eq!(
            ask("GET", "/language", &[(ACCEPT_LANGUAGE, "ja,en;q=0.5")])
                .await
                .2,
            "ja"
        );
        let english = ask("GET", "/language", &[liked, cookie]).await;
        assert_eq!(
            (&*english.2, &english.1[CACHE_CONTROL]),
            ("en", &HeaderValue::from_static("no-store"))
        );
        assert_eq!(
            ask("GET", "/language", &[(ACCEPT_LANGUAGE, "en-GB")])
                .await
                .2,
            "en"
        );
        // Nobody is sent elsewhere by a form.
        assert_eq!(
            ask("POST", "/language?lang=en", &[]).await.0,
            StatusCode::METHOD_NOT_ALLOWED
        );
        for path in ["//evil.example/", "/\\evil.example/"] {
            let elsewhere = ask("GET", &format!("{path}?lang=en"), &[]).await;
            assert_eq!(elsewhere.0, StatusCode::NOT_FOUND, "{path}");
            assert!(!elsewhere.1.contains_key("location"), "{path}");
            let page = ask("GET", path, &[(ACCEPT, "text/html")]).await.2;
            assert!(page.contains(r#"href="/?lang=en""#), "{page}");
        }
    }
}
