//! Providers and stores that give no answer.

use std::sync::Arc;

use axum::Router;
use tashika::transaction::{ClientKey, TransactionId};
use tashika::{Code, Error, Time};
use tashika_testbed::Answer as Page;
use tashika_testbed::auth_app::{Choice, Endpoint};
use tashika_tower::{Entry, Landing, Mark, Reach, Seen, StoreFuture, TransactionStore};

use super::scene::Bank;
use crate::browser::Browser;

async fn is_down(bank: &Bank, app: &Router, code: Code, retry_after: &str) {
    let refused = bank.log_in(app, &mut Browser::new(), "", "hanako").await;
    assert_eq!((refused.refused(), refused.status.as_u16()), (code, 503));
    assert_eq!(refused.headers["retry-after"], retry_after);
}

#[tokio::test]
async fn a_provider_that_is_down_says_when_to_come_back() {
    for (status, code) in [(503, Code::AuthAppUnavailable), (429, Code::AuthAppBusy)] {
        let bank = Bank::new();
        let app = bank.app(bank.layer(Landing::Handler));
        let page = Page::status(status).header("Retry-After", "77");
        bank.desk.provider().only(|s| s.token.instead = Some(page));
        is_down(&bank, &app, code, "77").await;
        // It is left alone. What is left of the last second is a whole one.
        is_down(&bank, &app, Code::AuthAppPaused, "77").await;
        assert_eq!(bank.asked(Endpoint::Token), 1);
    }
}

#[tokio::test]
async fn a_provider_that_does_not_say_is_asked_again_in_a_minute() {
    let bank = Bank::new();
    let app = bank.app(bank.layer(Landing::Handler));
    let page = Page::status(503);
    bank.desk.provider().only(|s| s.token.instead = Some(page));
    is_down(&bank, &app, Code::AuthAppUnavailable, "60").await;
}

/// Our own fault is no outage.
#[tokio::test]
async fn a_provider_that_does_not_know_us_is_our_fault() {
    let bank = Bank::new();
    let app = bank.app(bank.layer(Landing::Handler));
    bank.desk
        .provider()
        .only(|s| s.token_error(401, "invalid_client"));
    let refused = bank.log_in(&app, &mut Browser::new(), "", "hanako").await;
    assert_eq!(
        (refused.refused(), refused.status.as_u16()),
        (Code::AuthAppInvalidClient, 500)
    );
    assert!(!refused.headers.contains_key("retry-after"));
}

/// What a provider mistakes for another's is noticed, and tells nobody.
#[tokio::test]
async fn a_refusal_tells_of_nobody() {
    let bank = Bank::new();
    let app = bank.app(bank.layer(Landing::Handler));
    bank.desk
        .provider()
        .only(|s| s.userinfo.members.set("sub", "secret-subject"));
    let refused = bank.log_in(&app, &mut Browser::new(), "", "hanako").await;
    assert_eq!(refused.refused(), Code::AuthAppSubject);
    let shown = format!("{refused:?}");
    for told in ["secret-subject", "架空", &bank.subject("hanako")] {
        assert!(!shown.contains(told), "{shown}");
    }
}

/// A store that keeps nothing, or gives nothing.
#[derive(Debug)]
struct Broken {
    puts: bool,
}

impl TransactionStore for Broken {
    fn reach(&self) -> Reach {
        Reach::Process
    }

    fn put(&self, _: Entry, _: Time) -> StoreFuture<()> {
        StoreFuture::known(if self.puts { Ok(()) } else { Err(down()) })
    }

    fn take(&self, _: TransactionId, _: Time) -> StoreFuture<Vec<u8>> {
        StoreFuture::known(Err(down()))
    }

    fn mark(&self, _: Mark, _: ClientKey, _: Time, _: Time) -> StoreFuture<Seen> {
        StoreFuture::known(Err(down()))
    }
}

fn down() -> Error {
    Code::TransactionStore.into()
}

#[tokio::test]
async fn a_store_that_gives_no_answer_is_no_login() {
    let bank = Bank::new();
    let keeping = |puts| {
        let layer = bank.layer_over(Arc::new(Broken { puts }));
        bank.app(layer)
    };
    let mut browser = Browser::new();
    let refused = browser.get(&keeping(false), "/auth/login").await;
    assert_eq!(
        (refused.refused(), refused.status.as_u16()),
        (Code::TransactionStore, 503)
    );
    assert!(browser.cookies().is_empty());

    let app = keeping(true);
    let url = bank.begin(&app, &mut browser, "").await;
    let back = bank.sent_back(&url, &Choice::citizen("hanako"));
    let refused = browser.get(&app, &back).await;
    assert_eq!(
        (refused.refused(), refused.status.as_u16()),
        (Code::TransactionStore, 503)
    );
    assert_eq!(bank.asked(Endpoint::Token), 0);
}
