//! Many people at once.

use std::sync::Arc;

use axum::Router;
use tashika_conformance::desk::NOW;
use tashika_testbed::Person;
use tashika_testbed::auth_app::{AccessTokenForm, Choice, Citizen, Settings};
use tashika_tower::Landing;
use tokio::sync::{Barrier, Semaphore};
use tokio::task::JoinSet;

use super::scene::{Bank, CALLBACK, sent_on};
use crate::browser::{Answer, Browser};

const PEOPLE: usize = 200;

/// As many come back at a time as the relying party asks for at once.
const AT_A_TIME: usize = 60;

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn everybody_is_seen_as_who_they_are() {
    log_in(Landing::Handler).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn everybody_has_a_session_of_their_own() {
    log_in(Landing::Redirect).await;
}

/// Logs everybody in. All are in the app at once, half of them in two tabs, of
/// which the second ends first.
async fn log_in(landing: Landing) {
    let settings = Settings {
        access_tokens: AccessTokenForm::Opaque,
        ..Settings::default()
    };
    let bank = Arc::new(Bank::with(CALLBACK, settings));
    let mut person = Person::everybody(NOW.as_unix()).swap_remove(0);
    for number in 0..PEOPLE {
        person.name = name(number);
        let citizen = Citizen::new(&number.to_string(), &person);
        bank.desk.provider().enrol(citizen);
    }
    let app = bank.app_with_sessions(bank.layer(landing));
    let all_begun = Arc::new(Barrier::new(PEOPLE));
    let turns = Arc::new(Semaphore::new(AT_A_TIME));
    let mut people = JoinSet::new();
    for number in 0..PEOPLE {
        let (all_begun, turns) = (Arc::clone(&all_begun), Arc::clone(&turns));
        let mut visit = Visit {
            bank: Arc::clone(&bank),
            app: app.clone(),
            browser: Browser::new(),
            number,
        };
        people.spawn(async move {
            let mut tabs = Vec::new();
            for tab in 0..=number % 2 {
                tabs.push(visit.begin(tab).await);
            }
            all_begun.wait().await;
            while let Some(url) = tabs.pop() {
                let _turn = turns.acquire().await.unwrap();
                match landing {
                    Landing::Handler => visit.is_seen(tabs.len(), &url).await,
                    Landing::Redirect => visit.has_a_session(tabs.len(), &url).await,
                }
            }
        });
    }
    assert_eq!(people.join_all().await.len(), PEOPLE);
    assert!(bank.nothing_waits());
}

fn name(number: usize) -> String {
    format!("架空　{number}")
}

/// Somebody who comes to the bank.
struct Visit {
    bank: Arc<Bank>,
    app: Router,
    browser: Browser,
    number: usize,
}

impl Visit {
    async fn begin(&mut self, tab: usize) -> String {
        let query = format!("?return_to={}", self.return_to(tab));
        let Self {
            bank, app, browser, ..
        } = self;
        bank.begin(app, browser, &query).await
    }

    async fn come_back(&mut self, url: &str) -> Answer {
        let choice = Choice::citizen(&self.number.to_string());
        let back = self.bank.sent_back(url, &choice);
        let answer = self.browser.get(&self.app, &back).await;
        assert_eq!(answer.refusal, None);
        answer
    }

    async fn is_seen(&mut self, tab: usize, url: &str) {
        let seen = self.come_back(url).await.json();
        assert_eq!(seen["subject"], self.subject());
        assert_eq!(seen["name"], name(self.number));
        assert_eq!(seen["return_to"], self.return_to(tab));
    }

    async fn has_a_session(&mut self, tab: usize, url: &str) {
        let onwards = self.come_back(url).await;
        assert_eq!(sent_on(&onwards), self.return_to(tab));
        let account = self.browser.get(&self.app, "/account").await;
        assert_eq!(account.text(), self.subject());
    }

    fn return_to(&self, tab: usize) -> String {
        format!("/of/{}/{tab}", self.number)
    }

    fn subject(&self) -> String {
        self.bank.subject(&self.number.to_string())
    }
}
