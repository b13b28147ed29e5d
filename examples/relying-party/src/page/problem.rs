//! Refusals of a house's own.

use axum::response::{IntoResponse, Response};
use http::StatusCode;

use super::{Frame, reword};

/// A refusal that no layer knows of, such as that somebody's turn is over. Scripts
/// get `application/problem+json` (RFC 9457) as from the layers, people a page.
#[derive(Clone, Copy, Debug)]
pub struct Problem {
    /// The status.
    pub status: StatusCode,
    /// A word for it, such as `lane.turn_over`. It begins with none of the sdk's
    /// prefixes, and says nothing about the person.
    pub code: &'static str,
    /// What a person is told, in Japanese and in English.
    pub text: (&'static str, &'static str),
}

impl Problem {
    /// That what somebody looks for is not theirs, or no longer: whether there is
    /// such a thing is told to nobody.
    pub const NOT_HERE: Self = Self {
        status: StatusCode::NOT_FOUND,
        code: "page.not_here",
        text: (
            "このお手続きの結果は、ここでは表示できません。時間が経過したか、このブラウザーで別のお手続きが始まっています。お手続きの内容は失われていません。",
            "The outcome cannot be shown here: time has passed, or something else was begun in this browser. Nothing is lost.",
        ),
    };

    /// The refusal, in the language of whoever looks.
    #[must_use]
    pub fn respond(&self, frame: &Frame) -> Response {
        let text = frame.say(self.text.0, self.text.1);
        reword(self.status.into_response(), self.code, text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::page::{Brand, dress};
    use axum::Router;
    use axum::body::Body;
    use axum::routing::get;
    use http::header::{ACCEPT, ACCEPT_LANGUAGE, CONTENT_TYPE};
    use http::{HeaderValue, Request};
    use http_body_util::BodyExt;
    use tower::ServiceExt;

    const OVER: Problem = Problem {
        status: StatusCode::CONFLICT,
        code: "lane.turn_over",
        text: ("終わりました。", "It is over."),
    };

    async fn ask(accept: &str, language: &str) -> (StatusCode, HeaderValue, String) {
        let brand = Brand {
            title: ("店", "shop"),
            theme: "self-checkout",
            wallet: None,
        };
        let over = |frame: Frame| async move { OVER.respond(&frame) };
        let house = dress(Router::new().route("/", get(over)), brand);
        let request = Request::get("/").header(ACCEPT, accept);
        let request = request.header(ACCEPT_LANGUAGE, language);
        let response = house.oneshot(request.body(Body::empty()).unwrap()).await;
        let (mut parts, body) = response.unwrap().into_parts();
        let body = body.collect().await.unwrap().to_bytes();
        let media_type = parts.headers.remove(CONTENT_TYPE).unwrap();
        (
            parts.status,
            media_type,
            String::from_utf8(body.to_vec()).unwrap(),
        )
    }

    #[tokio::test]
    async fn a_script_gets_the_problem_and_a_person_a_page() {
        let (status, media_type, body) = ask("application/json", "en").await;
        assert_eq!(status, StatusCode::CONFLICT);
        assert_eq!(media_type, "application/problem+json");
        let body: serde_json::Value = serde_json::from_str(&body).unwrap();
        assert_eq!(body["code"], "lane.turn_over");
        assert_eq!(body["detail"], "It is over.");
        let (status, media_type, body) = ask("text/html", "ja").await;
        assert_eq!(status, StatusCode::CONFLICT);
        assert!(media_type.to_str().unwrap().starts_with("text/html"));
        assert!(body.contains("終わりました。") && body.contains("<code>lane.turn_over</code>"));
    }
}
