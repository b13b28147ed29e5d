//! Transactions of others, of before, and of nobody.

use std::sync::Arc;

use axum::Router;
use serde_json::Value;
use tashika::transaction::{ClientKey, TransactionId};
use tashika::{Code, Time};
use tashika_conformance::desk::NOW;
use tashika_testbed::{Card, Register};
use tashika_tower::{
    Entry, Mark, MemoryTransactions, Nodes, Reach, Seen, StoreFuture, TransactionStore,
};

use super::{Visit, refused};
use crate::browser::Browser;
use crate::flow::{self, Flow};
use crate::house::{House, Watch};
use crate::{challenge, signature};

#[tokio::test]
async fn the_query_names_one_transaction() {
    for flow in Flow::BOTH {
        let mut visit = Visit::new(flow).await;
        let (path, response) = (format!("{}/answer", flow.path()), visit.answer());
        let transaction = visit.request["transaction"].as_str().unwrap().to_owned();
        for query in [
            String::new(),
            "?".to_owned(),
            "?transaction=".to_owned(),
            format!("?transaction={transaction}&transaction={transaction}"),
            format!("?transaction={transaction}&transaction="),
            format!("?transaction={transaction}0"),
            format!("?transaction={}", &transaction[1..]),
            format!("?transaction=%20{transaction}"),
            format!("?Transaction={transaction}"),
            format!("?transaction={}", "g".repeat(32)),
        ] {
            let path = format!("{path}{query}");
            let answer = visit.browser.post_json(&visit.app, &path, &response).await;
            refused(&answer, Code::InputAnswer, 422);
        }
        let nobodys = format!("{path}?transaction={}", "0".repeat(32));
        let answer = visit
            .browser
            .post_json(&visit.app, &nobodys, &response)
            .await;
        refused(&answer, Code::TransactionBrowser, 403);
        visit.passes().await;
    }
}

#[tokio::test]
async fn an_answer_comes_from_the_browser_that_asked() {
    for flow in Flow::BOTH {
        let mut visit = Visit::new(flow).await;
        let (to, response) = (visit.to().to_owned(), visit.answer());
        let mut fresh = Browser::new();
        let mut stranger = Browser::new();
        flow.begin(&mut stranger, &visit.app).await;
        for browser in [&mut fresh, &mut stranger] {
            let answer = browser.post_json(&visit.app, &to, &response).await;
            refused(&answer, Code::TransactionBrowser, 403);
        }
        // The cookie has the right name, which is no secret.
        let names: Vec<_> = visit.browser.cookies().keys().cloned().collect();
        let mut guesser = stranger.clone();
        let guess = stranger.cookies().values().next().unwrap().clone();
        for name in names {
            guesser.cookies().insert(name, guess.clone());
        }
        let answer = guesser.post_json(&visit.app, &to, &response).await;
        refused(&answer, Code::TransactionUnknown, 403);
        visit.passes().await;
    }
}

/// Two people in two browsers of one service.
async fn two(flow: Flow) -> [(Visit, Card); 2] {
    let one = Visit::new(flow).await;
    let (house, app) = (House::new(), one.app.clone());
    let card = |number| house.desk.testbed().card(number);
    let cards = [card(0), card(1)];
    let other = Visit::of(flow, house, app).await;
    let [first, second] = cards;
    [(one, first), (other, second)]
}

#[tokio::test]
async fn what_two_people_swap_passes_for_neither() {
    for flow in Flow::BOTH {
        // Each sends what the other has signed, as an answer to their own.
        let [(mut one, card), (mut other, another)] = two(flow).await;
        let ours = flow.answer(&card, &one.request);
        let theirs = flow.answer(&another, &other.request);
        refused(&one.send(&theirs).await, Code::SignatureInvalid, 403);
        refused(&other.send(&ours).await, Code::SignatureInvalid, 403);

        // Each sends their own to where the other's belongs.
        let [(mut one, card), (mut other, another)] = two(flow).await;
        let ours = flow.answer(&card, &one.request);
        let theirs = flow.answer(&another, &other.request);
        std::mem::swap(&mut one.request, &mut other.request);
        refused(&one.send(&ours).await, Code::TransactionBrowser, 403);
        refused(&other.send(&theirs).await, Code::TransactionBrowser, 403);

        // Nobody has lost anything by it.
        std::mem::swap(&mut one.request, &mut other.request);
        let (one, other) = (one.send(&ours).await, other.send(&theirs).await);
        assert_eq!((one.status.as_u16(), other.status.as_u16()), (200, 200));
        assert_ne!(one.text(), other.text());
    }
}

#[tokio::test]
async fn an_answer_counts_once() {
    for flow in Flow::BOTH {
        let mut visit = Visit::new(flow).await;
        let (to, response) = (visit.to().to_owned(), visit.answer());
        let mut before = visit.browser.clone();
        assert_eq!(visit.send(&response).await.status, 200);
        refused(&visit.send(&response).await, Code::TransactionBrowser, 403);
        // Neither where somebody has kept the cookie.
        for _ in 0..2 {
            let answer = before.post_json(&visit.app, &to, &response).await;
            refused(&answer, Code::TransactionUnknown, 403);
        }
    }
}

#[tokio::test]
async fn a_transaction_ends_with_its_last_second() {
    for flow in Flow::BOTH {
        for (seconds, code) in [(600, None), (601, Some(Code::TransactionUnknown))] {
            let watch = Watch::new();
            let house = House::new().by(&watch);
            let app = flow.service(&house, house.revocation(&Register::new()));
            let mut visit = Visit::of(flow, house, app).await;
            watch.put_forward(seconds);
            let response = visit.answer();
            assert_eq!(visit.send(&response).await.refusal, code);
        }
    }
}

/// A store for which it is always the same second.
#[derive(Debug)]
struct Late(MemoryTransactions);

impl TransactionStore for Late {
    fn reach(&self) -> Reach {
        Reach::Process
    }

    fn put(&self, entry: Entry, _: Time) -> StoreFuture<()> {
        self.0.put(entry, NOW)
    }

    fn take(&self, transaction: TransactionId, _: Time) -> StoreFuture<Vec<u8>> {
        self.0.take(transaction, NOW)
    }

    fn mark(&self, mark: Mark, client: ClientKey, expires: Time, _: Time) -> StoreFuture<Seen> {
        self.0.mark(mark, client, expires, NOW)
    }
}

#[tokio::test]
async fn a_store_that_forgets_nothing_brings_nothing_back() {
    for flow in Flow::BOTH {
        let watch = Watch::new();
        let store = Late(MemoryTransactions::standard());
        let house = House::over(Arc::new(store), Nodes::One).by(&watch);
        let app = flow.service(&house, house.revocation(&Register::new()));
        let mut visit = Visit::of(flow, house, app).await;
        watch.put_forward(601);
        let response = visit.answer();
        refused(&visit.send(&response).await, Code::TransactionExpired, 403);
    }
}

/// Answers at `elsewhere`, with the certificate that is asked for there, what was
/// begun here.
async fn answered_elsewhere(mut visit: Visit, there: Flow, elsewhere: &Router) -> Code {
    let here = visit.flow.path();
    let to = visit.to().replacen(here, there.path(), 1);
    let card = visit.house.desk.card();
    let response: Value = flow::answer(card.credential(there.kind()), &visit.request);
    let answer = visit.browser.post_json(elsewhere, &to, &response).await;
    assert!(answer.status.is_client_error());
    answer.refused()
}

#[tokio::test]
async fn an_answer_belongs_to_the_layer_that_asked() {
    for flow in Flow::BOTH {
        let house = House::new();
        let revocation = || house.revocation(&Register::new());
        let app = flow.service(&house, revocation());
        let other = flow.other().service(&house, revocation());
        let visit = Visit::of(flow, house, app).await;
        let code = answered_elsewhere(visit, flow.other(), &other).await;
        assert_eq!(code, Code::TransactionSeal);

        // Neither where somebody has given both the same purpose.
        let house = House::new();
        let revocation = || house.revocation(&Register::new());
        let login = challenge::service(&house, revocation(), "both");
        let sign = signature::service(&house, revocation(), "both");
        let (app, other) = match flow {
            Flow::Login => (login, sign),
            Flow::Signature => (sign, login),
        };
        let visit = Visit::of(flow, house, app).await;
        let code = answered_elsewhere(visit, flow.other(), &other).await;
        assert_eq!(code, Code::TransactionForeign);
    }
}

/// What somebody signs in one place of a site is no consent to what another asks
/// for, though both were given one purpose.
#[tokio::test]
async fn an_answer_belongs_to_the_place_that_asked() {
    for flow in Flow::BOTH {
        let mut visit = Visit::new(flow).await;
        let (house, path) = (&visit.house, "/elsewhere");
        let revocation = house.revocation(&Register::new());
        let elsewhere = match flow {
            Flow::Login => challenge::service_under(path, house, revocation, "login"),
            Flow::Signature => signature::service_under(path, house, revocation, "sign"),
        };
        let to = visit.to().replacen(flow.path(), path, 1);
        let response = visit.answer();
        let answer = visit.browser.post_json(&elsewhere, &to, &response).await;
        refused(&answer, Code::TransactionForeign, 403);
    }
}

#[tokio::test]
async fn an_answer_belongs_to_the_relying_party_that_asked() {
    for flow in Flow::BOTH {
        // Two that share a store and a key.
        let store = Arc::new(MemoryTransactions::standard());
        let bank = House::over(Arc::clone(&store) as _, Nodes::One);
        let shop = House::at("https://shop.example", store, Nodes::One);
        let app = flow.service(&bank, bank.revocation(&Register::new()));
        let other = flow.service(&shop, shop.revocation(&Register::new()));
        let visit = Visit::of(flow, bank, app).await;
        let code = answered_elsewhere(visit, flow, &other).await;
        assert_eq!(code, Code::TransactionForeign);
    }
}
