//! What the browser is shown. Nothing of what it brought stands in it.

use std::fmt::Write;

use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HeaderName, LOCATION, REFERRER_POLICY,
    SET_COOKIE, X_CONTENT_TYPE_OPTIONS,
};
use http::{HeaderValue, Response, StatusCode};
use http_body_util::Full;
use tashika::{Code, Disposition, Language, Message};

use super::party::Departure;

/// Answers go to nobody else, are kept by nobody, and run nothing.
const STYLE: &str = include_str!("page.css");

/// Sends the browser to the provider.
pub(super) fn departure(departure: &Departure) -> Response<Full<Bytes>> {
    let fields = [
        (LOCATION, &departure.url),
        (SET_COOKIE, &departure.set_cookie),
    ];
    let mut response = bare(StatusCode::FOUND, String::new());
    for (name, text) in fields {
        match HeaderValue::from_str(text) {
            Ok(value) => response.headers_mut().insert(name, value),
            Err(_) => return outcome(Some(Code::MisuseArgument)),
        };
    }
    response
}

/// Tells what came of a login: its code, or none.
pub(super) fn outcome(code: Option<Code>) -> Response<Full<Bytes>> {
    let message = code.map_or(Message::Accepted, Code::message);
    let (status, [ja, en]) = match code.map(Code::disposition) {
        None => (StatusCode::OK, ["ログインできました", "You are logged in"]),
        Some(Disposition::Undetermined) => {
            let title = ["いまは確認できません", "This cannot be checked now"];
            (StatusCode::SERVICE_UNAVAILABLE, title)
        }
        Some(Disposition::Misuse) => {
            let title = ["システムの不具合です", "A fault on our side"];
            (StatusCode::INTERNAL_SERVER_ERROR, title)
        }
        Some(_) => {
            let title = ["ログインできませんでした", "You are not logged in"];
            (StatusCode::FORBIDDEN, title)
        }
    };
    let text = |language| message.text(language);
    let mut html = head(ja);
    let told = [text(Language::Japanese), text(Language::English)];
    let back = "この画面を閉じて、ターミナルに戻ってください。";
    let _ = write!(
        html,
        "<h1>{ja}</h1><p>{}</p><p>{back}</p>\
         <div lang=\"en\"><h2>{en}</h2><p>{}</p><p>Close this page and go back to the terminal.</p></div>",
        told[0], told[1],
    );
    if let Some(code) = code {
        let _ = write!(html, "<p class=\"code\"><code>{code}</code></p>");
    }
    html.push_str("</main></body></html>");
    bare(status, html)
}

/// There is nothing here.
pub(super) fn nothing() -> Response<Full<Bytes>> {
    let mut html = head("ページがありません");
    html.push_str("<h1>ページがありません</h1><p lang=\"en\">There is no such page.</p>");
    html.push_str("</main></body></html>");
    bare(StatusCode::NOT_FOUND, html)
}

fn head(title: &str) -> String {
    format!(
        "<!doctype html><html lang=\"ja\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\
         <title>{title}</title><style>{STYLE}</style></head><body><main>"
    )
}

fn bare(status: StatusCode, html: String) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(html.into()));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    let fixed: [(HeaderName, &str); 4] = [
        (CONTENT_TYPE, "text/html; charset=utf-8"),
        (CACHE_CONTROL, "no-store"),
        (REFERRER_POLICY, "no-referrer"),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ];
    for (name, value) in fixed {
        headers.insert(name, HeaderValue::from_static(value));
    }
    let style = STANDARD.encode(digest(&SHA256, STYLE.as_bytes()));
    let policy = format!(
        "default-src 'none'; style-src 'sha256-{style}'; base-uri 'none'; \
         form-action 'none'; frame-ancestors 'none'"
    );
    if let Ok(policy) = HeaderValue::from_str(&policy) {
        headers.insert(CONTENT_SECURITY_POLICY, policy);
    }
    response
}
