//! Requests that are none: methods, media types, envelopes, paths, headers.

use axum::body::Body;
use http::header::CONTENT_TYPE;
use http::{HeaderName, HeaderValue, Method};
use serde_json::{Value, json};
use tashika::Code;

use super::{Visit, refused};
use crate::browser::{Answer, request};
use crate::flow::Flow;

#[tokio::test]
async fn only_a_post_is_an_answer() {
    for flow in Flow::BOTH {
        let mut visit = Visit::new(flow).await;
        let begins = format!("{}/request", flow.path());
        for method in [Method::GET, Method::PUT, Method::DELETE] {
            for path in [visit.to().to_owned(), begins.clone()] {
                let mut request = request(method.clone(), &path, visit.answer().to_string().into());
                let json = HeaderValue::from_static("application/json");
                request.headers_mut().insert(CONTENT_TYPE, json);
                let answer = visit.browser.send(&visit.app, request).await;
                refused(&answer, Code::InputMethod, 405);
                assert_eq!(answer.headers["allow"], "POST");
            }
        }
        visit.passes().await;
    }
}

#[tokio::test]
async fn an_envelope_has_one_form() {
    for flow in Flow::BOTH {
        let mut visit = Visit::new(flow).await;
        let (good, to) = (visit.answer(), visit.to().to_owned());
        let text = good.to_string();
        let (certificate, signature) = (&good["certificate"], &good["signature"]);
        for bad in [
            String::new(),
            "null".to_owned(),
            "{}".to_owned(),
            text[..text.len() - 1].to_owned(),
            format!("{text} {text}"),
            json!([certificate, signature]).to_string(),
            json!({ "certificate": certificate }).to_string(),
            json!({ "signature": signature }).to_string(),
            json!({ "certificate": certificate, "signature": null }).to_string(),
            json!({ "certificate": certificate, "signature": signature, "content": "" })
                .to_string(),
            text.replace('{', r#"{"signature":"","#),
            text.replace("signature", "Signature"),
            text.replace("MII", "MII\\n"),
            text.replace("MII", "-_I"),
            text.replace("MII", "MI"),
            format!("\u{feff}{text}"),
        ] {
            let answer = visit
                .browser
                .post(&visit.app, &to, "application/json", bad.clone());
            refused(&answer.await, Code::InputAnswer, 422);
        }
        for media_type in [
            "text/plain",
            "text/json",
            "application/json-seq",
            "application",
        ] {
            let answer = visit
                .browser
                .post(&visit.app, &to, media_type, text.clone());
            refused(&answer.await, Code::InputMediaType, 415);
        }
        let untyped = request(Method::POST, &to, Body::from(text.clone()));
        let answer = visit.browser.send(&visit.app, untyped).await;
        refused(&answer, Code::InputMediaType, 415);
        visit.passes().await;
    }
}

#[tokio::test]
async fn a_path_that_looks_like_ours_is_somebody_elses() {
    for flow in Flow::BOTH {
        let visit = Visit::new(flow).await;
        let path = flow.path();
        for like in [
            format!("{path}/answer/"),
            format!("{path}//answer"),
            format!("/.{path}/answer"),
            format!("{path}/%61nswer"),
            format!("{path}/answer%00"),
            format!("{path}/answer;x"),
            format!("{}/answer", path.to_uppercase()),
            format!("{path}/request/"),
        ] {
            let to = visit.to().replacen(&format!("{path}/answer"), &like, 1);
            let mut browser = visit.browser.clone();
            let passed = browser.post_json(&visit.app, &to, &visit.answer()).await;
            assert_eq!(
                (passed.status.as_u16(), passed.refusal),
                (404, None),
                "{to}"
            );
        }
        visit.passes().await;
    }
}

/// Headers with the names of what layers know.
const SMUGGLED: [(&str, &str); 12] = [
    ("x-tashika-verified", "true"),
    ("x-tashika-transaction", "07070707070707070707070707070707"),
    ("x-tashika-proof", "VerifiedSignature"),
    ("verified", "VerifiedAuthentication"),
    ("x-verified-identity", "somebody"),
    ("x-forwarded-for", "203.0.113.9"),
    ("x-forwarded-host", "evil.example"),
    ("x-forwarded-proto", "http"),
    ("x-original-url", "/sign/answer"),
    ("x-http-method-override", "POST"),
    ("origin", "https://evil.example"),
    ("host", "evil.example"),
];

/// Sends a response with all of them.
async fn smuggles(visit: &mut Visit, path: &str, response: &Value) -> Answer {
    let mut request = request(Method::POST, path, response.to_string().into());
    let headers = request.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    for (name, value) in SMUGGLED {
        let name = HeaderName::from_static(name);
        headers.insert(name, HeaderValue::from_static(value));
    }
    visit.browser.send(&visit.app, request).await
}

#[tokio::test]
async fn no_header_makes_a_proof_or_breaks_one() {
    for flow in Flow::BOTH {
        let mut visit = Visit::new(flow).await;
        let (to, mut response) = (visit.to().to_owned(), visit.answer());
        let elsewhere = smuggles(&mut visit, "/", &response).await;
        assert_eq!(elsewhere.text(), "passed without a proof");
        let answer = smuggles(&mut visit, &to, &response).await;
        assert_eq!(answer.status, 200, "{answer:?}");

        let mut visit = Visit::new(flow).await;
        let to = visit.to().to_owned();
        response["signature"] = Value::from("AA==");
        let answer = smuggles(&mut visit, &to, &response).await;
        refused(&answer, Code::SignatureInvalid, 403);
    }
}
