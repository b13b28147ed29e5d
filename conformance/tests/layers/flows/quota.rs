//! Whoever opens many transactions takes nobody's place.

use std::num::NonZeroUsize;
use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use http::header::RETRY_AFTER;
use http::{HeaderValue, Method};
use tashika::Code;
use tashika_conformance::desk::NOW;
use tashika_testbed::Register;
use tashika_tower::{MemoryTransactions, Nodes, PeerAddress};

use super::refused;
use crate::browser::{Answer, Browser, request};
use crate::flow::Flow;
use crate::house::House;

/// A service, and its store.
struct Scene {
    flow: Flow,
    house: House,
    app: Router,
    store: MemoryTransactions,
}

impl Scene {
    fn new(flow: Flow, store: MemoryTransactions) -> Self {
        let house = House::over(Arc::new(store.clone()), Nodes::One);
        let app = flow.service(&house, house.revocation(&Register::new()));
        Self {
            flow,
            house,
            app,
            store,
        }
    }

    /// Somebody at this address opens a transaction, and says what they like
    /// about where they come from.
    async fn opens(&self, browser: &mut Browser, address: [u8; 4], claim: &str) -> Answer {
        let path = format!("{}/request", self.flow.path());
        let mut request = request(Method::POST, &path, Body::empty());
        request
            .extensions_mut()
            .insert(PeerAddress((address, 1).into()));
        for name in ["x-forwarded-for", "forwarded", "x-real-ip", "x-client-ip"] {
            let claim = HeaderValue::from_str(claim).unwrap();
            request.headers_mut().insert(name, claim);
        }
        browser.send(&self.app, request).await
    }

    /// Somebody goes the whole way.
    async fn goes_through(&self, address: [u8; 4]) {
        let mut browser = Browser::new();
        let opened = self.opens(&mut browser, address, "").await;
        self.finishes(&mut browser, &opened).await;
    }

    async fn finishes(&self, browser: &mut Browser, opened: &Answer) {
        assert_eq!(opened.status, 200, "{opened:?}");
        let request = opened.json();
        let response = self.flow.answer(self.house.desk.card(), &request);
        let to = request["answer"].as_str().unwrap();
        let seen = browser.post_json(&self.app, to, &response).await;
        assert_eq!(seen.status, 200, "{seen:?}");
    }
}

fn room(capacity: usize, per_client: usize) -> MemoryTransactions {
    let count = |n| NonZeroUsize::new(n).unwrap();
    MemoryTransactions::new(count(capacity), count(per_client))
}

const GREEDY: [u8; 4] = [192, 0, 2, 1];
const HONEST: [u8; 4] = [192, 0, 2, 2];

#[tokio::test]
async fn a_client_holds_its_share_whatever_it_says_of_itself() {
    for flow in Flow::BOTH {
        let scene = Scene::new(flow, room(8, 2));
        let mut browser = Browser::new();
        let opened = scene.opens(&mut browser, GREEDY, "").await;
        assert_eq!(scene.opens(&mut browser, GREEDY, "").await.status, 200);
        for claim in ["", "198.51.100.1", "198.51.100.2, 198.51.100.3"] {
            let full = scene.opens(&mut browser, GREEDY, claim).await;
            refused(&full, Code::TransactionFull, 503);
            assert_eq!(full.headers[RETRY_AFTER], "60");
        }
        scene.goes_through(HONEST).await;
        // What was open is, and what is finished makes room.
        scene.finishes(&mut browser, &opened).await;
        assert_eq!(scene.opens(&mut browser, GREEDY, "").await.status, 200);
    }
}

#[tokio::test]
async fn a_full_store_lets_those_finish_who_have_begun() {
    for flow in Flow::BOTH {
        let scene = Scene::new(flow, room(4, 4));
        let mut browser = Browser::new();
        let opened = scene.opens(&mut browser, HONEST, "").await;
        for last in 3..6 {
            let full = scene
                .opens(&mut Browser::new(), [192, 0, 2, last], "")
                .await;
            assert_eq!(full.status, 200);
        }
        let full = scene.opens(&mut Browser::new(), [192, 0, 2, 9], "").await;
        refused(&full, Code::TransactionFull, 503);
        scene.finishes(&mut browser, &opened).await;
        scene.goes_through([192, 0, 2, 9]).await;
    }
}

#[tokio::test]
async fn ten_thousand_half_open_transactions_of_one_client_are_a_hundred() {
    for flow in Flow::BOTH {
        let scene = Scene::new(flow, MemoryTransactions::standard());
        let mut opened = 0;
        for number in 0..10_000 {
            let answer = scene.opens(&mut Browser::new(), GREEDY, "").await;
            match answer.refusal {
                None => opened += 1,
                Some(_) => refused(&answer, Code::TransactionFull, 503),
            }
            if number % 500 == 0 {
                scene.goes_through(HONEST).await;
            }
        }
        assert_eq!((opened, scene.store.len(NOW)), (100, 100));
    }
}
