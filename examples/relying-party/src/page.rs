//! How pages look, and what they may do.
//!
//! A page is a template that extends `base.html` and has a [`Frame`] called
//! `frame`. [`dress`] puts around a house's routes what all pages have in common:
//! the language, the headers that bind the browser, and a page in the place of a
//! refusal that a person would otherwise see as JSON.

mod dress;
mod problem;
mod qr;

use std::convert::Infallible;

use askama::Template;
use axum::extract::FromRequestParts;
use axum::response::{Html, IntoResponse, Response};
use http::request::Parts;
use http::{HeaderValue, StatusCode, header};
use tashika::{Error, Language, Time};
use tashika_tower::{Refusal, Session};

pub use dress::{Brand, dress};
pub use problem::Problem;
pub use qr::qr_code;

/// What every page has around it.
#[derive(Clone, Debug)]
pub struct Frame {
    /// The language of whoever looks.
    pub language: Language,
    /// Whose page it is.
    pub brand: Brand,
    /// Its path, for the link to the other language.
    pub path: String,
}

impl Frame {
    /// The text in the language of whoever looks.
    #[must_use]
    pub fn say<'t>(&self, japanese: &'t str, english: &'t str) -> &'t str {
        match self.language {
            Language::English => english,
            _ => japanese,
        }
    }

    /// The language's tag (RFC 5646).
    #[must_use]
    pub fn lang(&self) -> &'static str {
        self.say("ja", "en")
    }

    /// A refusal in the language of whoever looks.
    #[must_use]
    pub fn refuse(&self, error: Error) -> Refusal {
        Refusal::new(error, self.language)
    }

    /// A time as people in Japan read it, to the minute.
    #[must_use]
    pub fn time(&self, time: Time) -> String {
        // Japan is nine hours ahead and has no summer time.
        let seconds = time.as_unix().saturating_add(9 * 3600);
        let minutes = seconds.rem_euclid(86_400) / 60;
        let (hour, minute) = (minutes / 60, minutes % 60);
        match time.date_in_japan() {
            Ok(date) => format!("{date} {hour:02}:{minute:02} JST"),
            Err(_) => "—".to_owned(),
        }
    }

    /// An age in words, from seconds.
    #[must_use]
    pub fn age(&self, seconds: i64) -> String {
        let (number, japanese, english) = match seconds.max(0) {
            seconds @ 0..120 => (seconds, "秒", "s"),
            seconds @ 120..7200 => (seconds / 60, "分", "min"),
            seconds @ 7200..172_800 => (seconds / 3600, "時間", "h"),
            seconds => (seconds / 86_400, "日", "d"),
        };
        match self.language {
            Language::English => format!("{number} {english}"),
            _ => format!("{number}{japanese}"),
        }
    }
}

/// Whoever asks for this page has left the ones before: the session, if there is one,
/// ends, and the way back shows nothing to the next person at the same browser.
#[derive(Clone, Copy, Debug)]
pub struct Leaves;

impl<S: Sync> FromRequestParts<S> for Leaves {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        if let Some(session) = parts.extensions.get::<Session>() {
            session.end();
        }
        Ok(Self)
    }
}

/// The frame of a request that came through [`dress`].
impl<S: Sync> FromRequestParts<S> for Frame {
    type Rejection = StatusCode;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, StatusCode> {
        let frame = parts.extensions.get::<Self>().cloned();
        frame.ok_or(StatusCode::INTERNAL_SERVER_ERROR)
    }
}

/// A page of a template: 200, never kept by caches.
pub fn page(template: &impl Template) -> Response {
    page_with(StatusCode::OK, template)
}

/// The same with another status.
pub fn page_with(status: StatusCode, template: &impl Template) -> Response {
    let Ok(html) = template.render() else {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    let no_store = HeaderValue::from_static("no-store");
    (status, [(header::CACHE_CONTROL, no_store)], Html(html)).into_response()
}

/// What a refusal says instead, for the page in its place.
#[derive(Clone)]
struct Words {
    code: String,
    detail: String,
}

/// The same refusal in these words, as a problem (RFC 9457): status and headers
/// stay, and nothing tells any more why.
#[must_use]
pub fn reword(response: Response, code: &str, detail: &str) -> Response {
    let (mut parts, _) = response.into_parts();
    let status = parts.status.as_u16();
    let problem = serde_json::json!({ "status": status, "code": code, "detail": detail });
    parts.extensions = http::Extensions::new();
    parts.extensions.insert(Words {
        code: code.to_owned(),
        detail: detail.to_owned(),
    });
    let headers = [
        (header::CONTENT_TYPE, "application/problem+json"),
        (header::CACHE_CONTROL, "no-store"),
    ];
    for (name, value) in headers {
        parts.headers.insert(name, HeaderValue::from_static(value));
    }
    parts.headers.remove(header::CONTENT_LENGTH);
    Response::from_parts(parts, problem.to_string().into())
}

/// The text of a template, for somebody to sign.
pub fn text(template: &impl Template) -> Response {
    let media_type = (header::CONTENT_TYPE, "text/plain; charset=utf-8");
    match template.render() {
        Ok(text) => ([media_type], text).into_response(),
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

/// Where a script sends the browser when an answer was accepted.
pub fn next(path: &str) -> Response {
    axum::Json(serde_json::json!({ "next": path })).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frame(language: Language) -> Frame {
        let brand = Brand {
            title: ("店", "shop"),
            theme: "self-checkout",
            wallet: None,
        };
        let path = "/".to_owned();
        Frame {
            language,
            brand,
            path,
        }
    }

    #[test]
    fn times_are_those_of_japan() {
        let frame = frame(Language::Japanese);
        let new_year = Time::from_unix(1_798_729_200);
        assert_eq!(frame.time(new_year), "2027-01-01 00:00 JST");
        let minute_before = Time::from_unix(1_798_729_140);
        assert_eq!(frame.time(minute_before), "2026-12-31 23:59 JST");
        // What somebody else has written may be no time at all.
        for never in [i64::MIN, i64::MAX] {
            assert_eq!(frame.time(Time::from_unix(never)), "—");
        }
    }

    #[test]
    fn ages_are_rounded_down_to_what_people_say() {
        let (japanese, english) = (frame(Language::Japanese), frame(Language::English));
        for (seconds, ja, en) in [
            (-5, "0秒", "0 s"),
            (119, "119秒", "119 s"),
            (120, "2分", "2 min"),
            (7199, "119分", "119 min"),
            (7200, "2時間", "2 h"),
            (172_800, "2日", "2 d"),
        ] {
            assert_eq!(
                (japanese.age(seconds), english.age(seconds)),
                (ja.into(), en.into())
            );
        }
    }

    #[test]
    fn a_code_is_a_picture_and_a_text_that_is_too_long_is_none() {
        assert!(qr_code("http://shop.example/lane/2").starts_with("<svg"));
        assert_eq!(qr_code(&"x".repeat(5000)), "");
    }
}
