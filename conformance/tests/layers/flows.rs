//! What is refused in both flows in which a card signs, and leaves the service as
//! it was.

mod bodies;
mod evidence;
mod quota;
mod requests;
mod transactions;

use axum::Router;
use http::StatusCode;
use serde_json::Value;
use tashika::Code;
use tashika_testbed::Register;

use crate::browser::{Answer, Browser};
use crate::flow::Flow;
use crate::house::House;

/// A person in the midst of a flow.
struct Visit {
    flow: Flow,
    house: House,
    app: Router,
    browser: Browser,
    request: Value,
}

impl Visit {
    async fn new(flow: Flow) -> Self {
        let house = House::new();
        let app = flow.service(&house, house.revocation(&Register::new()));
        Self::of(flow, house, app).await
    }

    async fn of(flow: Flow, house: House, app: Router) -> Self {
        let mut browser = Browser::new();
        let request = flow.begin(&mut browser, &app).await;
        Self {
            flow,
            house,
            app,
            browser,
            request,
        }
    }

    /// Where the answer goes.
    fn to(&self) -> &str {
        self.request["answer"].as_str().unwrap()
    }

    /// What the card says.
    fn answer(&self) -> Value {
        self.flow.answer(self.house.desk.card(), &self.request)
    }

    async fn send(&mut self, response: &Value) -> Answer {
        let to = self.to().to_owned();
        self.browser.post_json(&self.app, &to, response).await
    }

    /// Answers as is right.
    async fn passes(mut self) {
        let response = self.answer();
        let seen = self.send(&response).await;
        assert_eq!((seen.status, seen.text().len()), (StatusCode::OK, 64));
    }
}

/// Refused so, in the words of HTTP.
fn refused(answer: &Answer, code: Code, status: u16) {
    assert_eq!(answer.refused(), code);
    assert_eq!(answer.status.as_u16(), status);
}
